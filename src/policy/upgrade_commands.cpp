// Packages of one format have several managers: which one an image has follows from its distribution and, where a
// distribution has images with less, from what is installed.
#include "policy/upgrade_commands.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "util/text.hpp"

namespace hullcheck::policy {
namespace {

struct Manager {
  std::string_view name;        // the package that holds it
  std::string_view all, named;  // {}: the packages
};
constexpr Manager k_apt{"apt", "RUN apt-get update && apt-get upgrade -y && rm -rf /var/lib/apt/lists/*",
                        "RUN apt-get update && apt-get install -y --only-upgrade {} && rm -rf /var/lib/apt/lists/*"};
constexpr Manager k_apk{"apk-tools", "RUN apk upgrade --no-cache", "RUN apk add --no-cache --upgrade {}"};
constexpr Manager k_pacman{"pacman", "RUN pacman -Syu --noconfirm && pacman -Scc --noconfirm",
                           "RUN pacman -Syu --noconfirm {} && pacman -Scc --noconfirm"};
constexpr Manager k_portage{"portage", "RUN emerge --sync && emerge --update --deep @world",
                            "RUN emerge --sync && emerge --oneshot {}"};
constexpr Manager k_opkg{"opkg", "RUN opkg update && opkg upgrade $(opkg list-upgradable | cut -d ' ' -f 1)",
                         "RUN opkg update && opkg upgrade {}"};
constexpr Manager k_dnf{"dnf", "RUN dnf upgrade -y && dnf clean all", "RUN dnf upgrade -y {} && dnf clean all"};
constexpr Manager k_microdnf{"microdnf", "RUN microdnf upgrade -y && microdnf clean all",
                             "RUN microdnf upgrade -y {} && microdnf clean all"};
constexpr Manager k_yum{"yum", "RUN yum update -y && yum clean all", "RUN yum update -y {} && yum clean all"};
constexpr Manager k_zypper{"zypper", "RUN zypper --non-interactive update && zypper clean --all",
                           "RUN zypper --non-interactive update {} && zypper clean --all"};
constexpr Manager k_tdnf{"tdnf", "RUN tdnf update -y && tdnf clean all", "RUN tdnf update -y {} && tdnf clean all"};

bool has(const model::ScanResult& result, std::string_view name) {
  return std::any_of(result.packages.begin(), result.packages.end(),
                     [&](const model::Package& package) { return package.type == "rpm" && package.name == name; });
}

bool starts_with_any(std::string_view id, std::initializer_list<std::string_view> fronts) {
  return std::any_of(fronts.begin(), fronts.end(), [&](std::string_view front) { return id.starts_with(front); });
}

const Manager& manager_of_rpm(const model::ScanResult& result) {
  const std::string_view id = result.distribution.id, version = result.distribution.version_id;
  if (starts_with_any(id, {"sle", "sl-", "suse", "opensuse"})) return k_zypper;
  if (id == "photon" || id == "azurelinux" || id == "mariner") return k_tdnf;
  for (const Manager* const manager : {&k_dnf, &k_microdnf, &k_yum})
    if (has(result, manager->name) || (manager == &k_dnf && has(result, "dnf5"))) return *manager;
  const bool old = (id == "amzn" && version != "2023") ||
                   ((id == "rhel" || id == "centos" || id == "ol") && starts_with_any(version, {"5", "6", "7"}));
  return old ? k_yum : k_dnf;
}

const Manager* manager_of(const model::ScanResult& result, std::string_view type) {
  if (type == "deb") return &k_apt;
  if (type == "apk") return &k_apk;
  if (type == "alpm") return &k_pacman;
  if (type == "ebuild") return &k_portage;
  if (type == "opkg") return &k_opkg;
  return type == "rpm" ? &manager_of_rpm(result) : nullptr;
}

}  // namespace

std::optional<std::string> upgrade_command(const model::ScanResult& result, std::string_view type,
                                           const std::vector<std::string>& names) {
  const Manager* const manager = manager_of(result, type);
  if (manager == nullptr) return std::nullopt;
  if (names.empty()) return std::string(manager->all);
  return fmt::format(fmt::runtime(manager->named), util::join(names, " "));
}

}  // namespace hullcheck::policy
