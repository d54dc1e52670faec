// Writes small zip archives for tests, honest or lying.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "util/bytes.hpp"

namespace hullcheck::test {

struct ZipMember {
  std::string name;
  std::string data;  // as stored in the archive
  std::uint16_t method = 0;
  std::uint32_t size = 0;  // unpacked; 0: data.size()
  std::uint32_t crc = 0;
  bool right_crc = true;  // computed from data (stored members)
  std::uint16_t flags = 0;
};

// "deflate" below is raw deflate data of `text`.
std::string deflate(std::string_view text);
ZipMember deflated(std::string name, std::string_view text);
Buffer make_zip(const std::vector<ZipMember>& members, bool zip64 = false);

}  // namespace hullcheck::test
