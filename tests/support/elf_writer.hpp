// Writes shared libraries with a dynamic symbol table, for tests.
#pragma once

#include <string>
#include <vector>

namespace hullcheck::test {

struct LibraryOptions {
  std::vector<std::string> defines;
  std::vector<std::string> imports;
  std::vector<std::string> needed;
  std::string shared_name;
  bool is_64 = true;
  bool big_endian = false;
  bool sections = true;  // a table of two empty ones at the end
};
std::string make_library(const LibraryOptions& options);

}  // namespace hullcheck::test
