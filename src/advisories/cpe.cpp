#include "advisories/cpe.hpp"

#include <array>

#include "util/ascii.hpp"

namespace hullcheck::advisories {
namespace {

constexpr std::size_t k_longest_name = 512, k_longest_word = 1024;
constexpr std::string_view k_signs = "<>=";

struct BoundSign {
  CpeBound bound;
  std::string_view sign;  // the longer ones first
};
constexpr std::array k_bounds{BoundSign{CpeBound::at_least, ">="}, BoundSign{CpeBound::at_most, "<="},
                              BoundSign{CpeBound::above, ">"}, BoundSign{CpeBound::below, "<"}};

bool is_plain(std::string_view text) {
  return !text.empty() && text.find_first_of(k_signs) == std::string_view::npos &&
         text.find_first_of(": \t\n") == std::string_view::npos;
}
// Of a version; unlike a name it may have colons.
bool is_plain_version(std::string_view text) {
  return !text.empty() && text.find_first_of(k_signs) == std::string_view::npos &&
         text.find_first_of(" \t\n") == std::string_view::npos;
}

std::string_view take_field(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && text[end] != ':') end += text[end] == '\\' ? 2 : 1;
  end = std::min(end, text.size());
  const std::string_view field = text.substr(0, end);
  text = end < text.size() ? text.substr(end + 1) : std::string_view();
  return field;
}

std::string plain(std::string_view field) {
  std::string out;
  for (const char c : field)
    if (c != '\\') out += c;
  return util::lower(out);
}

}  // namespace

std::optional<CpeName> parse_cpe(std::string_view text) {
  constexpr std::string_view k_prefix = "cpe:2.3:";
  if (text.size() > k_longest_name || text.substr(0, k_prefix.size()) != k_prefix) return std::nullopt;
  text.remove_prefix(k_prefix.size());
  std::array<std::string, 11> fields;
  for (std::string& field : fields) field = plain(take_field(text));
  CpeName name{fields[0], fields[1], fields[2], fields[3], fields[4], fields[7], fields[8], fields[9]};
  const bool known_part = name.part == "a" || name.part == "o" || name.part == "h";
  if (!known_part || name.vendor.empty() || name.product.empty() || name.version.empty()) return std::nullopt;
  return name;
}

std::optional<std::string> write_cpe_subject(const CpeSubject& subject) {
  if (!is_plain(subject.part) || !is_plain(subject.vendor) || !is_plain(subject.product)) return std::nullopt;
  std::string word = subject.part + ":" + subject.vendor + ":" + subject.product;
  for (const auto& [bound, version] : subject.bounds) {
    if (!is_plain_version(version)) return std::nullopt;
    for (const BoundSign& row : k_bounds)
      if (row.bound == bound) word += row.sign;
    word += version;
  }
  return word.size() > k_longest_word ? std::nullopt : std::optional(std::move(word));
}

std::optional<CpeSubject> read_cpe_subject(std::string_view word) {
  CpeSubject subject;
  const std::size_t bounds = std::min(word.find_first_of(k_signs), word.size());
  std::string_view name = word.substr(0, bounds), rest = word.substr(bounds);
  subject.part = take_field(name);
  subject.vendor = take_field(name);
  subject.product = name;
  if (!is_plain(subject.part) || !is_plain(subject.vendor) || !is_plain(subject.product)) return std::nullopt;
  while (!rest.empty()) {
    const BoundSign* found = nullptr;
    for (const BoundSign& row : k_bounds)
      if (found == nullptr && rest.starts_with(row.sign)) found = &row;
    if (found == nullptr) return std::nullopt;
    rest.remove_prefix(found->sign.size());
    const std::size_t end = std::min(rest.find_first_of(k_signs), rest.size());
    if (end == 0) return std::nullopt;
    subject.bounds.emplace_back(found->bound, rest.substr(0, end));
    rest.remove_prefix(end);
  }
  return subject;
}

}  // namespace hullcheck::advisories
