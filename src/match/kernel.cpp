#include "match/kernel.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace hullcheck::match {
namespace {

// What follows "linux-" in source packages that are kernels; "linux-firmware", "linux-base" and the PAM of that name
// are none.
constexpr std::array<std::string_view, 24> k_flavours{"aws",        "azure", "gcp",    "gke",      "hwe", "oem",
                                                      "oracle",     "kvm",   "raspi",  "raspi2",   "ibm", "intel",
                                                      "lowlatency", "lts",   "virt",   "edge",     "rt",  "signed",
                                                      "headers",    "rpi",   "nvidia", "realtime", "fde", "hardened"};

constexpr std::array<std::string_view, 16> k_without_code{
    "headers", "libc-dev", "devel",   "-doc",        "-tools",      "-source",   "perf", "libbpf",
    "bpftool", "-kbuild",  "-config", "stablelists", "srpm-macros", "-support-", "rtla", "-dev"};

bool is_kernel(std::string_view source) {
  if (source == "linux" || source == "kernel" || source == "kernel-uek" || source == "linux-zen") return true;
  constexpr std::string_view k_linux = "linux-", k_kernel = "kernel-";
  if (source.substr(0, k_kernel.size()) == k_kernel) {
    // SUSE and Amazon: "kernel-default", "kernel6.1"; not "kernel-firmware".
    return source.find("firmware") == std::string_view::npos;
  }
  if (source.size() > 6 && source.substr(0, 6) == "kernel" && source[6] >= '0' && source[6] <= '9') return true;
  if (source.substr(0, k_linux.size()) != k_linux) return false;
  const std::string_view rest = source.substr(k_linux.size());
  const std::string_view flavour = rest.substr(0, rest.find('-'));
  // "linux-6.1" of backports, "linux-signed-amd64".
  return (!flavour.empty() && flavour[0] >= '0' && flavour[0] <= '9') ||
         std::find(k_flavours.begin(), k_flavours.end(), flavour) != k_flavours.end();
}

}  // namespace

KernelPart kernel_part(const model::Package& package) {
  const std::string_view source = package.source_name.empty() ? package.name : package.source_name;
  if (!model::is_system_package(package) || !is_kernel(source)) return KernelPart::none;
  const std::string_view name = package.name;
  const bool without = std::any_of(k_without_code.begin(), k_without_code.end(),
                                   [&](std::string_view word) { return name.find(word) != std::string_view::npos; });
  return without ? KernelPart::no_code : KernelPart::code;
}

}  // namespace hullcheck::match
