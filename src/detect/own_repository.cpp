#include "detect/own_files.hpp"

#include <algorithm>

#include "util/bytes.hpp"
#include "util/digest.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_key_digits = 32;
constexpr std::size_t k_most_depth = 40;  // of folders above the repository and in it

bool is_known(std::string_view key) {
  std::size_t low = 0, high = k_own_files.size() / k_key_digits;
  while (low < high) {
    const std::size_t middle = (low + high) / 2;
    const std::string_view at = k_own_files.substr(middle * k_key_digits, k_key_digits);
    if (at == key) return true;
    if (at < key)
      low = middle + 1;
    else
      high = middle;
  }
  return false;
}

}  // namespace

std::optional<std::string> own_repository(std::string_view path, const layers::Sha256& digest) {
  const std::string content = to_hex(digest);
  std::size_t begin = 0;
  for (std::size_t depth = 0; depth < k_most_depth; ++depth) {
    const std::string text = std::string(path.substr(begin)) + "\n" + content;
    if (is_known(std::string_view(util::sha256_hex(as_bytes(text))).substr(0, k_key_digits)))
      return std::string(path.substr(0, begin == 0 ? 0 : begin - 1));
    const std::size_t slash = path.find('/', begin);
    if (slash == std::string_view::npos) break;
    begin = slash + 1;
  }
  return std::nullopt;
}

}  // namespace hullcheck::detect
