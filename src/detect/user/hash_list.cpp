// Formats, told apart line by line:
//   HEX                      a digest alone: 64 digits SHA-256, 40 SHA-1, 32 MD5
//   HEX NAME, HEX,NAME       the same with a name, also what sha256sum prints; "# …" at its end is the name too
//   HEX:SIZE:NAME[:LEVELS]   ClamAV's .hdb and .hsb; SIZE is a number or *, LEVELS are of its engine and not used
// Empty lines and lines that begin with # or // are skipped. Anything else is an error: a list that is read by half
// would be believed by whole.
#include "detect/user/hash_list.hpp"

#include <algorithm>
#include <charconv>

#include "util/ascii.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_name = 200;

std::size_t place_of(util::Hash kind) { return kind == util::Hash::md5 ? 0 : kind == util::Hash::sha1 ? 1 : 2; }

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Error malformed(std::string message) {
  return make_error(ErrorCode::malformed, "hash-list-malformed", std::move(message));
}

std::optional<std::size_t> kind_of(std::size_t digits) {
  if (digits == 32) return 0;
  if (digits == 40) return 1;
  if (digits == 64) return 2;
  return std::nullopt;
}

// The name behind a digest: "  path", " *path", ",name", " # remark".
std::string_view name_behind(std::string_view rest) {
  rest = util::trim(rest);
  while (!rest.empty() && std::string_view(",;#*\t ").find(rest.front()) != std::string_view::npos)
    rest.remove_prefix(1);
  return util::trim(rest);
}

}  // namespace

Result<void> HashLists::read_line(std::string_view line, std::uint32_t list) {
  Item item;
  item.list = list;
  std::size_t digits = 0;
  while (digits < line.size() && nibble(line[digits]) >= 0) ++digits;
  const auto kind = kind_of(digits);
  if (!kind) return malformed("a line begins with 64 hex digits of a SHA-256 (or 40 of a SHA-1, 32 of an MD5)");
  for (std::size_t i = 0; i < digits / 2; ++i)
    item.digest[i] = static_cast<std::uint8_t>(nibble(line[2 * i]) * 16 + nibble(line[2 * i + 1]));
  std::string_view rest = line.substr(digits);
  std::string_view name;
  if (rest.starts_with(':')) {
    rest.remove_prefix(1);
    const std::size_t end = rest.find(':');
    if (end == std::string_view::npos) return malformed("HASH:SIZE:NAME is cut off behind the size");
    const std::string_view size = rest.substr(0, end);
    if (size != "*") {
      const auto [stop, bad] = std::from_chars(size.data(), size.data() + size.size(), item.size);
      if (bad != std::errc() || stop != size.data() + size.size() || size.empty() || item.size == k_any_size)
        return malformed("the size is a number or *");
    }
    rest.remove_prefix(end + 1);
    name = util::trim(rest.substr(0, rest.find(':')));
    if (name.empty()) return malformed("HASH:SIZE:NAME has no name");
  } else if (!rest.empty() && std::string_view(" \t,;#").find(rest.front()) == std::string_view::npos) {
    return malformed("behind a digest stands a blank, a comma or a colon");
  } else {
    name = name_behind(rest);
  }
  name = name.substr(0, k_most_name);
  item.name_at = m_names.size();
  item.name_size = static_cast<std::uint32_t>(name.size());
  m_names += name;
  if (item.size == k_any_size)
    m_any_size[*kind] = true;
  else
    m_sizes.push_back(item.size);
  m_all[*kind].push_back(item);
  return {};
}

Result<void> HashLists::read(std::string_view text, std::string_view file, std::uint32_t list) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = util::trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with('#') || line.starts_with("//")) continue;
    const std::string place = std::string(file) + ":" + std::to_string(number);
    if (line.size() > k_most_line_bytes) return malformed("the line is too long").in(place);
    if (++m_lines > k_most_lines)
      return make_error(ErrorCode::limit, "hash-list-limit", "there are more than 8 million digests", place);
    if (auto read = read_line(line, list); !read) return std::move(read).error().in(place);
  }
  return {};
}

void HashLists::finish() {
  for (auto& items : m_all) std::sort(items.begin(), items.end());
  std::sort(m_sizes.begin(), m_sizes.end());
  m_sizes.erase(std::unique(m_sizes.begin(), m_sizes.end()), m_sizes.end());
}

bool HashLists::has(util::Hash kind) const { return !m_all[place_of(kind)].empty(); }
bool HashLists::any_size(util::Hash kind) const { return m_any_size[place_of(kind)]; }
bool HashLists::lists_size(std::uint64_t size) const {
  return std::binary_search(m_sizes.begin(), m_sizes.end(), size);
}

std::optional<HashLists::Listed> HashLists::find(util::Hash kind, Bytes digest, std::uint64_t size) const {
  const std::vector<Item>& items = m_all[place_of(kind)];
  std::array<std::uint8_t, 32> wanted{};
  std::copy_n(digest.begin(), std::min(digest.size(), wanted.size()), wanted.begin());
  auto at = std::lower_bound(items.begin(), items.end(), wanted,
                             [](const Item& item, const auto& key) { return item.digest < key; });
  const Item* best = nullptr;
  for (; at != items.end() && at->digest == wanted; ++at)
    if ((at->size == k_any_size || at->size == size) && (best == nullptr || at->list < best->list)) best = &*at;
  if (best == nullptr) return std::nullopt;
  return Listed{best->list, std::string_view(m_names).substr(best->name_at, best->name_size)};
}

}  // namespace hullcheck::detect
