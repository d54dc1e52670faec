#include "formats/pyinstaller.hpp"

#include <algorithm>
#include <array>

namespace hullcheck::formats {
namespace {

constexpr std::array<char, 8> k_magic{'M', 'E', 'I', 014, 013, 012, 013, 016};
constexpr std::size_t k_cookie = 24, k_cookie_with_library = 88;
constexpr std::size_t k_entry = 18;  // before the name

Error malformed() {
  return make_error(ErrorCode::malformed, "pyinstaller-malformed", "the archive's table of contents makes no sense");
}

struct Cookie {
  std::size_t at = 0;
  std::uint32_t size = 0, table = 0, table_size = 0;
};

Cookie cookie_at(Bytes file, std::size_t at) {
  const auto u32 = [&](std::size_t offset) { return read_be<std::uint32_t>(file, at + offset).value_or(0); };
  return {at, u32(8), u32(12), u32(16)};
}

bool makes_sense(const Cookie& cookie) {
  return cookie.size > k_cookie && cookie.table < cookie.size && cookie.table_size > 0 &&
         cookie.table_size <= cookie.size - cookie.table;
}

}  // namespace

Result<std::vector<PyInstallerEntry>> read_pyinstaller(Bytes file, const PyInstallerLimits& limits) {
  const std::string_view tail = as_text(file.last(std::min(file.size(), limits.cookie_search)));
  const std::size_t found = tail.rfind(std::string_view(k_magic.data(), k_magic.size()));
  if (found == std::string_view::npos)
    return make_error(ErrorCode::not_found, "pyinstaller-not-found", "there is no cookie of an archive");
  const Cookie cookie = cookie_at(file, file.size() - tail.size() + found);
  if (!makes_sense(cookie)) return malformed();
  // The size of all counts the cookie, of either length.
  bool whole = false;
  for (const std::size_t length : {k_cookie_with_library, k_cookie}) {
    const std::uint64_t end = cookie.at + length;
    if (end > file.size()) continue;
    if (end < cookie.size && whole) break;
    if (end < cookie.size)
      return make_error(ErrorCode::truncated, "pyinstaller-truncated", "the archive begins before what is at hand");
    whole = true;
    const Bytes archive = file.subspan(static_cast<std::size_t>(end - cookie.size), cookie.size);
    std::vector<PyInstallerEntry> entries;
    bool sound = true;
    std::size_t at = cookie.table;
    for (const std::size_t table_end = at + cookie.table_size; sound && at < table_end;) {
      if (entries.size() >= limits.entries)
        return make_error(ErrorCode::limit, "pyinstaller-entries-limit", "the archive has too many entries");
      const auto u32 = [&](std::size_t offset) { return read_be<std::uint32_t>(archive, at + offset).value_or(0); };
      const std::size_t size = u32(0);
      const auto data = slice(archive, u32(4), u32(8));
      sound = size > k_entry && size <= table_end - at && data.has_value();
      if (!sound) break;
      const std::string_view name = as_text(archive.subspan(at + k_entry, size - k_entry));
      entries.push_back({name.substr(0, name.find('\0')), static_cast<char>(archive[at + 17]), archive[at + 16] != 0,
                         u32(12), *data});
      at += size;
    }
    if (sound) return entries;
  }
  return malformed();
}

bool is_pyz(Bytes content) {
  using namespace std::string_view_literals;
  return as_text(content).starts_with("PYZ\0"sv);
}

}  // namespace hullcheck::formats
