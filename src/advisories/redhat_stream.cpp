#include "advisories/redhat_stream.hpp"

#include <algorithm>
#include <array>

namespace hullcheck::advisories {
namespace {

constexpr std::string_view k_prefix = "Red Hat:";
constexpr std::size_t k_longest = 100;

struct Extended {
  std::string_view product, key;
};
constexpr std::array k_extended{
    Extended{"rhel_eus", "eus"},
    Extended{"enterprise_linux_eus", "eus"},
    Extended{"rhel_aus", "aus"},
    Extended{"enterprise_linux_aus", "aus"},
    Extended{"rhel_tus", "tus"},
    Extended{"enterprise_linux_tus", "tus"},
    Extended{"rhel_e4s", "e4s"},
    Extended{"enterprise_linux_e4s", "e4s"},
    Extended{"rhel_els", "els"},
    Extended{"enterprise_linux_els", "els"},
    Extended{"rhel_eus_long_life", "eus_long_life"},
    Extended{"enterprise_linux_eus_long_life", "eus_long_life"},
    Extended{"rhel_mission_critical", "mission_critical"},
};

bool is_plain(std::string_view text) {
  return !text.empty() && text.size() <= k_longest && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-' || c == '+';
  });
}

std::string_view take_field(std::string_view& text) {
  const std::size_t end = std::min(text.find(':'), text.size());
  const std::string_view field = text.substr(0, end);
  text.remove_prefix(std::min(text.size(), end + 1));
  return field;
}

struct Product {
  std::string_view name, version, edition;
};

std::optional<Product> product_of(std::string_view cpe) {
  const bool formatted = cpe.starts_with("cpe:2.3:"), address = cpe.starts_with("cpe:/");
  if (formatted || address) {
    cpe.remove_prefix(formatted ? 8 : 5);
    take_field(cpe);  // the part
    if (take_field(cpe) != "redhat") return std::nullopt;
  }
  Product product;
  product.name = take_field(cpe);
  product.version = take_field(cpe);
  take_field(cpe);  // the update
  product.edition = take_field(cpe);
  if (product.edition == "*") product.edition = {};
  if (!is_plain(product.name) || !is_plain(product.version) || product.version == "-") return std::nullopt;
  return product;
}

}  // namespace

std::optional<std::string> redhat_ecosystem(std::string_view cpe) {
  const auto product = product_of(cpe);
  if (!product) return std::nullopt;
  const std::string version(product->version);
  if (product->name == "enterprise_linux") return std::string(k_prefix) + version.substr(0, version.find('.'));
  for (const Extended& row : k_extended)
    if (product->name == row.product) return std::string(k_prefix) + std::string(row.key) + ":" + version;
  std::string key = std::string(k_prefix) + std::string(product->name) + ":" + version;
  const bool for_release = product->edition.starts_with("el") && is_plain(product->edition);
  return for_release ? key + ":" + std::string(product->edition) : key;
}

std::vector<std::string> redhat_ecosystems(std::string_view cpe) {
  auto exact = redhat_ecosystem(cpe);
  if (!exact) return {};
  std::vector<std::string> list{*exact};
  if (is_redhat_main(*exact) || !redhat_minor_release(*exact).empty()) return list;
  const auto product = product_of(cpe);
  const std::string name = std::string(k_prefix) + std::string(product->name) + ":";
  for (std::string version(product->version); !version.empty();) {
    if (name + version != list.back()) list.push_back(name + version);
    const std::size_t dot = version.rfind('.');
    version.resize(dot == std::string::npos ? 0 : dot);
  }
  return list;
}

bool is_redhat_main(std::string_view ecosystem) {
  return ecosystem.starts_with(k_prefix) && ecosystem.find(':', k_prefix.size()) == std::string_view::npos;
}

std::string_view redhat_minor_release(std::string_view ecosystem) {
  if (!ecosystem.starts_with(k_prefix)) return {};
  std::string_view rest = ecosystem.substr(k_prefix.size());
  const std::string_view key = take_field(rest);
  const bool extended =
      std::any_of(k_extended.begin(), k_extended.end(), [&](const Extended& row) { return row.key == key; });
  return extended ? rest : std::string_view();
}

}  // namespace hullcheck::advisories
