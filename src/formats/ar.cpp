#include "formats/ar.hpp"

#include <algorithm>
#include <optional>

namespace hullcheck::formats {
namespace {

constexpr std::size_t k_header = 60;

std::string_view trimmed(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<std::uint64_t> decimal(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  return value;
}

}  // namespace

ArArchive read_ar(Bytes file, std::size_t most_members) {
  ArArchive archive;
  archive.complete = as_text(file).starts_with(k_ar_magic);
  std::uint64_t at = k_ar_magic.size();
  while (archive.complete && at < file.size()) {
    const auto header = slice(file, at, k_header);
    const std::string_view text = header ? as_text(*header) : std::string_view();
    const auto size = header ? decimal(trimmed(text.substr(48, 10))) : std::nullopt;
    const auto content = size ? slice(file, at + k_header, *size) : std::nullopt;
    if (!content || text.substr(58) != "`\n" || archive.members.size() >= most_members) {
      archive.complete = false;
      break;
    }
    std::string_view name = trimmed(text.substr(0, 16));
    if (name.size() > 1 && name.ends_with('/')) name.remove_suffix(1);
    archive.members.push_back({name, *content});
    at += k_header + *size + (*size & 1U);
  }
  return archive;
}

}  // namespace hullcheck::formats
