#include "inventory/readers/java_manifest.hpp"

#include "inventory/readers/language.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_keys = 500, k_most_properties = 100;
constexpr std::size_t k_longest_value = 4096;  // after which no further line is added

}  // namespace

// Lines of at most 72 bytes; a line that begins with a space continues the one before.
Manifest read_manifest(std::string_view text) {
  Manifest manifest;
  std::string* last = nullptr;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty()) break;
    if (line.front() == ' ') {
      if (last != nullptr && last->size() < k_longest_value) last->append(line.substr(1));
      continue;
    }
    const std::size_t colon = line.find(':');
    last = nullptr;
    if (colon == std::string_view::npos || manifest.size() >= k_most_keys) continue;
    last = &manifest[util::lower(line.substr(0, colon))];
    *last = util::trim(line.substr(colon + 1));
  }
  return manifest;
}

std::string_view value_of(const Manifest& manifest, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys)
    if (const auto found = manifest.find(key); found != manifest.end() && !found->second.empty())
      return found->second;
  return {};
}

std::map<std::string, std::string, std::less<>> read_properties(std::string_view text) {
  std::map<std::string, std::string, std::less<>> properties;
  while (!text.empty() && properties.size() < k_most_properties) {
    const std::string_view line = util::trim(take_line(text));
    const std::size_t equals = line.find_first_of("=:");
    if (line.empty() || line.front() == '#' || line.front() == '!' || equals == std::string_view::npos) continue;
    properties[std::string(util::trim(line.substr(0, equals)))] = util::trim(line.substr(equals + 1));
  }
  return properties;
}

}  // namespace hullcheck::inventory
