// Writes rpm headers as an rpm database keeps them: a signed region, and behind it what was added at installation.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/rpm_header.hpp"
#include "util/bytes.hpp"

namespace hullcheck::tests {

class RpmHeaderWriter {
 public:
  using Tag = formats::RpmTag;
  using Type = formats::RpmType;

  RpmHeaderWriter& text(Tag tag, std::string_view value);
  RpmHeaderWriter& translated(Tag tag, const std::vector<std::string>& values);
  RpmHeaderWriter& texts(Tag tag, const std::vector<std::string>& values);
  RpmHeaderWriter& numbers16(Tag tag, const std::vector<std::uint16_t>& values);
  RpmHeaderWriter& numbers32(Tag tag, const std::vector<std::uint32_t>& values);
  RpmHeaderWriter& numbers64(Tag tag, const std::vector<std::uint64_t>& values);
  RpmHeaderWriter& bytes(Tag tag, Bytes value);
  // Anything, also what no honest writer would write.
  RpmHeaderWriter& raw(std::uint32_t tag, std::uint32_t type, std::uint32_t count, Buffer data);
  RpmHeaderWriter& end_region();  // the tags that follow are not part of the region

  Buffer blob(bool with_region = true) const;

 private:
  struct Entry {
    std::uint32_t tag;
    std::uint32_t type;
    std::uint32_t count;
    Buffer data;
  };
  std::vector<Entry> m_entries;
  std::size_t m_region = static_cast<std::size_t>(-1);
};

// Overwrites one field of the index entry `index` of a finished header. Fields: 0 tag, 1 type, 2 offset, 3 count.
void set_index_field(Buffer& blob, std::size_t index, std::size_t field, std::uint32_t value);

// A small package with a name, a version and `files` files of a few hundred bytes in all.
Buffer sample_package(std::string_view name, std::string_view version, unsigned files = 3);
// One whose header takes at least `bytes`.
Buffer big_package(std::string_view name, std::size_t bytes);

}  // namespace hullcheck::tests
