// A package is the same in every module of a service pack that has it, so a row of any of them is about it. Fixes of
// the years after a service pack's general support are for those who pay for them (LTSS): an image that has the
// product's release package is theirs.
#include "match/suse_products.hpp"

#include <algorithm>
#include <array>

#include "match/matcher.hpp"
#include "util/ascii.hpp"

namespace hullcheck::match {
namespace {

constexpr std::string_view k_ltss = "LTSS";

struct Base {
  std::string_view id, product;
};
constexpr std::array k_bases{
    Base{"sles", "Linux Enterprise Server "},
    Base{"sles_sap", "Linux Enterprise Server for SAP Applications "},
    Base{"sled", "Linux Enterprise Desktop "},
    Base{"sle_hpc", "Linux Enterprise High Performance Computing "},
    Base{"sle-micro", "Linux Enterprise Micro "},
    Base{"suse-microos", "Linux Enterprise Micro "},
    Base{"sl-micro", "Linux Micro "},
};

constexpr std::string_view k_modules_15[] = {
    "Basesystem",
    "Server Applications",
    "Development Tools",
    "Web and Scripting",
    "Containers",
    "Desktop Applications",
    "Legacy",
    "Public Cloud",
    "Python 3",
    "Certifications",
    "Systems Management",
    "Transactional Server",
    "High Performance Computing",
};
constexpr std::string_view k_modules_12[] = {
    "Containers", "Legacy", "Public Cloud", "Toolchain", "Web and Scripting", "Advanced Systems Management",
};

const Base* base_of(std::string_view id) {
  const auto row = std::find_if(k_bases.begin(), k_bases.end(), [&](const Base& base) { return base.id == id; });
  return row == k_bases.end() ? nullptr : &*row;
}

// "15.5" → "15 SP5". Micro, and everything since 16, is counted as it is written.
std::string release_of(const model::Distribution& distribution) {
  const std::string& version = distribution.version_id;
  const auto dot = version.find('.');
  const std::string major = version.substr(0, dot);
  const bool packs = major == "11" || major == "12" || major == "15";
  if (!packs || dot == std::string::npos) return version;
  return major + " SP" + version.substr(dot + 1);
}

}  // namespace

bool is_suse_enterprise(std::string_view distribution_id) { return base_of(distribution_id) != nullptr; }

std::string suse_product(const model::Distribution& distribution) {
  return "SUSE:" + std::string(base_of(distribution.id)->product) + release_of(distribution);
}

std::vector<std::string> suse_further_products(const model::Distribution& distribution) {
  std::vector<std::string> list;
  const std::string release = release_of(distribution);
  const std::string major = version_parts(distribution.version_id, 1);
  if (major == "15")
    for (const auto module : k_modules_15)
      list.push_back("SUSE:Linux Enterprise Module for " + std::string(module) + " " + release);
  if (major == "12")
    for (const auto module : k_modules_12)
      list.push_back("SUSE:Linux Enterprise Module for " + std::string(module) + " 12");
  if (major == "11" || major == "12" || major == "15") {
    list.push_back("SUSE:Linux Enterprise Server " + release + "-LTSS");
    list.push_back("SUSE:Linux Enterprise Server LTSS Extended Security " + release);
  }
  return list;
}

std::string_view suse_fix_channel(std::string_view ecosystem, const inventory::Inventory& inventory) {
  if (!ecosystem.starts_with("SUSE:") || ecosystem.find(k_ltss) == std::string_view::npos) return {};
  const bool entitled = std::any_of(inventory.packages.begin(), inventory.packages.end(), [](const auto& package) {
    return package.type == "rpm" && package.name.find("elease") != std::string::npos &&
           util::lower(package.name).find("ltss") != std::string::npos;
  });
  return entitled ? std::string_view() : "SUSE LTSS";
}

}  // namespace hullcheck::match
