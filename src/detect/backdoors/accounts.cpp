#include "detect/backdoors/accounts.hpp"

#include <algorithm>

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_lines = 20'000;
constexpr std::size_t k_most_fields = 9;  // as shadow has

}  // namespace

bool is_account_file(const layers::FileInfo& file, std::string_view name) {
  return file.name() == name && layers::base_name(layers::parent_path(file.path())) == "etc" && file.size() > 0 &&
         file.size() <= k_most_account_bytes;
}

std::vector<Account> accounts_of(std::string_view text) {
  std::vector<Account> accounts;
  for (std::uint32_t number = 1; !text.empty() && number <= k_most_lines; ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    Account account{number, {}};
    while (account.fields.size() < k_most_fields) {
      const std::size_t colon = std::min(line.find(':'), line.size());
      account.fields.push_back(line.substr(0, colon));
      if (colon == line.size()) break;
      line.remove_prefix(colon + 1);
    }
    if (account.fields.size() >= 3 && !account.name().empty()) accounts.push_back(std::move(account));
  }
  return accounts;
}

}  // namespace hullcheck::detect
