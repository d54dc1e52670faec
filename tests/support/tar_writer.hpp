// Tar archives for tests, well formed or as broken as a test wants.
//
//   TarWriter tar;
//   tar.directory("etc").file("etc/passwd", "root:x:0:0", {.mode = 0600}).symlink("bin", "usr/bin");
//   tar.whiteout("etc/shadow").opaque("var/cache");
//   const std::string layer = tar.finish();
//
// Names of more than 100 bytes go to ustar's prefix, else to a pax record, or to a GNU "L" header when the writer was
// made with TarNames::gnu.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hullcheck::test {

using TextPairs = std::vector<std::pair<std::string, std::string>>;

struct TarAttributes {
  static constexpr std::uint32_t k_usual_mode = 0xffffffff;  // 0755 for a directory, 0777 for a symlink, else 0644
  std::uint32_t mode = k_usual_mode;
  std::uint64_t uid = 0, gid = 0;
  std::int64_t mtime = 1'500'000'000;
  TextPairs xattrs = {};  // as SCHILY.xattr.* records
  TextPairs pax = {};     // further records
};

// The fields of one header block, as they are; for what the methods of the writer would not do.
struct TarHeaderFields {
  std::string name = {};
  char type = '0';
  std::uint32_t mode = 0644;
  std::uint64_t uid = 0, gid = 0, size = 0;
  std::int64_t mtime = 1'500'000'000;
  std::string link = {};
  std::string magic = std::string(
      "ustar\0"
      "00",
      8);
  std::uint64_t device_major = 0, device_minor = 0;
  std::string prefix = {};
};
constexpr std::string_view k_gnu_magic{"ustar  \0", 8};
std::string tar_header(const TarHeaderFields& fields);
// Call it after changing bytes of a header.
void set_tar_checksum(std::string& header);
std::string tar_padded(std::string_view content);  // to whole blocks
std::string pax_record(std::string_view key, std::string_view value);

enum class TarNames : std::uint8_t { pax, gnu };
enum class TarSparse : std::uint8_t { old_gnu, pax_0_0, pax_0_1, pax_1_0 };

class TarWriter {
 public:
  explicit TarWriter(TarNames names = TarNames::pax) : m_names(names) {}

  TarWriter& file(std::string_view name, std::string_view content, const TarAttributes& attributes = {});
  TarWriter& directory(std::string_view name, const TarAttributes& attributes = {});  // adds the '/' at its end
  TarWriter& symlink(std::string_view name, std::string_view target, const TarAttributes& attributes = {});
  TarWriter& hard_link(std::string_view name, std::string_view target, const TarAttributes& attributes = {});
  TarWriter& char_device(std::string_view name, std::uint32_t major, std::uint32_t minor,
                         const TarAttributes& attributes = {});
  TarWriter& block_device(std::string_view name, std::uint32_t major, std::uint32_t minor,
                          const TarAttributes& attributes = {});
  TarWriter& fifo(std::string_view name, const TarAttributes& attributes = {});

  // "a/b" becomes "a/.wh.b".
  TarWriter& whiteout(std::string_view name);
  // "a" becomes "a/.wh..wh..opq"; "" is the root.
  TarWriter& opaque(std::string_view directory);

  // The segments are offsets and bytes, in order; all else up to `size` are holes.
  TarWriter& sparse_file(std::string_view name, std::uint64_t size,
                         const std::vector<std::pair<std::uint64_t, std::string>>& segments,
                         TarSparse form = TarSparse::pax_1_0, const TarAttributes& attributes = {});

  TarWriter& pax(const TextPairs& records, char type = 'x');  // for the member that comes next; 'g': global
  TarWriter& gnu_long(char type, std::string_view text);      // 'L' or 'K', for the member that comes next
  TarWriter& raw_header(const TarHeaderFields& fields);
  TarWriter& raw(std::string_view bytes);

  std::string finish();              // with two zero blocks; the writer is empty again
  std::string finish_without_end();  // without

 private:
  TarWriter& member(TarHeaderFields fields, std::string_view content, const TarAttributes& attributes);
  void place_name(TarHeaderFields& fields, TextPairs& records);

  TarNames m_names;
  std::string m_bytes;
};

}  // namespace hullcheck::test
