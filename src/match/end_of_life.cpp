// The table of end-of-life dates, as of August 2026 (openEuler's as of October 2026, Photon's and OpenWrt's as of
// September 2026). A row is a fact that a publisher announced, or the first day that its rules allow ("not before");
// a release with neither has no row, and an image of it then counts as not assessed rather than as supported.
// Photon's dates are those its maintainers gave in November 2025, which replace the ones announced with each release:
// 3.0 went with vSphere 7, 4.0 goes with vSphere 8, 5.0 with its successor and so not before 4.0.
// OpenWrt ends a release half a year after the next one, and not before it is a year old: 25.12 came on 6 March 2026.
// No dates: Bottlerocket (the next version replaces the last one within weeks; no day is named), Yocto (whoever
// builds an image of it maintains it), Bitnami, Chisel and distroless (the system below them counts).
#include "match/end_of_life.hpp"

#include <algorithm>
#include <string>

namespace hullcheck::match {
namespace {

using std::literals::chrono_literals::operator""y;

struct Row {
  std::string_view id;
  std::string_view version;  // also matches every version below it: "3.10" is for "3.10.4" too
  std::chrono::year_month_day last_day;
  bool exact = false;  // not for versions below it
};

constexpr Row k_rows[] = {
    {"debian", "3.0", 2006y / 6 / 30},
    {"debian", "3.1", 2008y / 3 / 31},
    {"debian", "4", 2010y / 2 / 15},
    {"debian", "5", 2012y / 2 / 6},
    {"debian", "6", 2016y / 2 / 29},
    {"debian", "7", 2018y / 5 / 31},
    {"debian", "8", 2020y / 6 / 30},
    {"debian", "9", 2022y / 6 / 30},
    {"debian", "10", 2024y / 6 / 30},
    {"debian", "11", 2026y / 8 / 31},
    {"debian", "12", 2028y / 6 / 30},
    {"debian", "13", 2030y / 6 / 30},
    {"ubuntu", "10.04", 2015y / 4 / 30},
    {"ubuntu", "12.04", 2017y / 4 / 28},
    {"ubuntu", "14.04", 2019y / 4 / 25},
    {"ubuntu", "16.04", 2021y / 4 / 30},
    {"ubuntu", "16.10", 2017y / 7 / 20},
    {"ubuntu", "17.04", 2018y / 1 / 13},
    {"ubuntu", "17.10", 2018y / 7 / 19},
    {"ubuntu", "18.04", 2023y / 5 / 31},
    {"ubuntu", "18.10", 2019y / 7 / 18},
    {"ubuntu", "19.04", 2020y / 1 / 23},
    {"ubuntu", "19.10", 2020y / 7 / 17},
    {"ubuntu", "20.04", 2025y / 5 / 31},
    {"ubuntu", "20.10", 2021y / 7 / 22},
    {"ubuntu", "21.04", 2022y / 1 / 20},
    {"ubuntu", "21.10", 2022y / 7 / 14},
    {"ubuntu", "22.04", 2027y / 5 / 31},
    {"ubuntu", "22.10", 2023y / 7 / 20},
    {"ubuntu", "23.04", 2024y / 1 / 25},
    {"ubuntu", "23.10", 2024y / 7 / 11},
    {"ubuntu", "24.04", 2029y / 5 / 31},
    {"ubuntu", "24.10", 2025y / 7 / 10},
    {"ubuntu", "25.04", 2026y / 1 / 15},
    {"ubuntu", "25.10", 2026y / 7 / 9},
    {"ubuntu", "26.04", 2031y / 5 / 31},
    {"alpine", "2.7", 2015y / 11 / 1},
    {"alpine", "3.0", 2016y / 5 / 1},
    {"alpine", "3.1", 2016y / 11 / 1},
    {"alpine", "3.2", 2017y / 5 / 1},
    {"alpine", "3.3", 2017y / 11 / 1},
    {"alpine", "3.4", 2018y / 5 / 1},
    {"alpine", "3.5", 2018y / 11 / 1},
    {"alpine", "3.6", 2019y / 5 / 1},
    {"alpine", "3.7", 2019y / 11 / 1},
    {"alpine", "3.8", 2020y / 5 / 1},
    {"alpine", "3.9", 2020y / 11 / 1},
    {"alpine", "3.10", 2021y / 5 / 1},
    {"alpine", "3.11", 2021y / 11 / 1},
    {"alpine", "3.12", 2022y / 5 / 1},
    {"alpine", "3.13", 2022y / 11 / 1},
    {"alpine", "3.14", 2023y / 5 / 1},
    {"alpine", "3.15", 2023y / 11 / 1},
    {"alpine", "3.16", 2024y / 5 / 23},
    {"alpine", "3.17", 2024y / 11 / 22},
    {"alpine", "3.18", 2025y / 5 / 9},
    {"alpine", "3.19", 2025y / 11 / 1},
    {"alpine", "3.20", 2026y / 4 / 1},
    {"alpine", "3.21", 2026y / 11 / 1},
    {"alpine", "3.22", 2027y / 5 / 1},
    {"alpine", "3.23", 2027y / 11 / 1},
    {"ubuntu", "4.10", 2006y / 4 / 30},
    {"ubuntu", "5.04", 2006y / 10 / 31},
    {"ubuntu", "5.10", 2007y / 4 / 13},
    {"ubuntu", "6.06", 2011y / 6 / 1},
    {"ubuntu", "6.10", 2008y / 4 / 25},
    {"ubuntu", "7.04", 2008y / 10 / 19},
    {"ubuntu", "7.10", 2009y / 4 / 18},
    {"ubuntu", "8.04", 2013y / 5 / 9},
    {"ubuntu", "8.10", 2010y / 4 / 30},
    {"ubuntu", "9.04", 2010y / 10 / 23},
    {"ubuntu", "9.10", 2011y / 4 / 30},
    {"ubuntu", "10.10", 2012y / 4 / 10},
    {"ubuntu", "11.04", 2012y / 10 / 28},
    {"ubuntu", "11.10", 2013y / 5 / 9},
    {"ubuntu", "12.10", 2014y / 5 / 16},
    {"ubuntu", "13.04", 2014y / 1 / 27},
    {"ubuntu", "13.10", 2014y / 7 / 17},
    {"ubuntu", "14.10", 2015y / 7 / 23},
    {"ubuntu", "15.04", 2016y / 2 / 4},
    {"ubuntu", "15.10", 2016y / 7 / 28},
    {"ubuntu-esm", "14.04", 2024y / 4 / 30},
    {"ubuntu-esm", "16.04", 2026y / 4 / 30},
    {"ubuntu-esm", "18.04", 2028y / 4 / 30},
    {"ubuntu-esm", "20.04", 2030y / 4 / 30},
    {"ubuntu-esm", "22.04", 2032y / 4 / 30},
    {"ubuntu-esm", "24.04", 2034y / 4 / 30},
    {"alpine", "2.1", 2012y / 11 / 1},
    {"alpine", "2.2", 2013y / 5 / 1},
    {"alpine", "2.3", 2013y / 11 / 1},
    {"alpine", "2.4", 2014y / 5 / 1},
    {"alpine", "2.5", 2014y / 11 / 1},
    {"alpine", "2.6", 2015y / 5 / 1},
    {"rhel-eus", "8.1", 2021y / 11 / 30},
    {"rhel-eus", "8.2", 2022y / 4 / 30},
    {"rhel-eus", "8.4", 2023y / 5 / 31},
    {"rhel-eus", "8.6", 2024y / 5 / 31},
    {"rhel-eus", "8.8", 2025y / 5 / 31},
    {"rhel-eus", "9.0", 2024y / 5 / 31},
    {"rhel-eus", "9.2", 2025y / 5 / 31},
    {"rhel-eus", "9.4", 2026y / 4 / 30},
    {"rhel-eus", "9.6", 2027y / 5 / 31},
    {"rhel-eus", "10.0", 2027y / 5 / 31},
    {"rhel", "4", 2012y / 2 / 29},
    {"fedora", "20", 2015y / 6 / 23},
    {"fedora", "21", 2015y / 12 / 1},
    {"fedora", "22", 2016y / 7 / 19},
    {"fedora", "23", 2016y / 12 / 20},
    {"fedora", "24", 2017y / 8 / 8},
    {"fedora", "25", 2017y / 12 / 12},
    {"fedora", "26", 2018y / 5 / 29},
    {"fedora", "27", 2018y / 11 / 30},
    {"amzn", "2017.03", 2023y / 12 / 31},
    {"amzn", "2017.09", 2023y / 12 / 31},
    {"amzn", "2016.09", 2023y / 12 / 31},
    {"amzn", "2016.03", 2023y / 12 / 31},
    {"amzn", "2015.09", 2023y / 12 / 31},
    {"amzn", "2015.03", 2023y / 12 / 31},
    {"amzn", "2014.09", 2023y / 12 / 31},
    {"amzn", "2014.03", 2023y / 12 / 31},
    {"sles", "11", 2010y / 12 / 31, true},
    {"sles", "11.1", 2012y / 8 / 31},
    {"sles", "11.2", 2014y / 1 / 31},
    {"sles", "11.3", 2016y / 1 / 31},
    {"sles", "12", 2016y / 6 / 30, true},
    {"sles", "12.1", 2017y / 5 / 31},
    {"opensuse-leap", "42.1", 2017y / 5 / 17},
    {"opensuse-leap", "42.2", 2018y / 1 / 26},
    {"ol", "5", 2017y / 6 / 30},
    {"almalinux", "8", 2029y / 3 / 1},
    {"almalinux", "9", 2032y / 5 / 31},
    {"almalinux", "10", 2035y / 5 / 31},
    {"rocky", "8", 2029y / 5 / 31},
    {"rocky", "9", 2032y / 5 / 31},
    {"rocky", "10", 2035y / 5 / 31},
    {"centos", "5", 2017y / 3 / 31},
    {"centos", "6", 2020y / 11 / 30},
    {"centos", "7", 2024y / 6 / 30},
    {"centos", "8", 2021y / 12 / 31},
    {"centos-stream", "8", 2024y / 5 / 31},
    {"centos-stream", "9", 2027y / 5 / 31},
    {"centos-stream", "10", 2030y / 1 / 1},
    {"fedora", "28", 2019y / 5 / 28},
    {"fedora", "29", 2019y / 11 / 26},
    {"fedora", "30", 2020y / 5 / 26},
    {"fedora", "31", 2020y / 11 / 24},
    {"fedora", "32", 2021y / 5 / 25},
    {"fedora", "33", 2021y / 11 / 30},
    {"fedora", "34", 2022y / 6 / 7},
    {"fedora", "35", 2022y / 12 / 13},
    {"fedora", "36", 2023y / 5 / 16},
    {"fedora", "37", 2023y / 12 / 5},
    {"fedora", "38", 2024y / 5 / 21},
    {"fedora", "39", 2024y / 11 / 26},
    {"fedora", "40", 2025y / 5 / 13},
    {"fedora", "41", 2025y / 12 / 15},
    {"fedora", "42", 2026y / 5 / 13},
    {"fedora", "43", 2026y / 12 / 2},
    {"rhel", "5", 2017y / 3 / 31},
    {"rhel", "6", 2020y / 11 / 30},
    {"rhel", "7", 2024y / 6 / 30},
    {"rhel", "8", 2029y / 5 / 31},
    {"rhel", "9", 2032y / 5 / 31},
    {"rhel", "10", 2035y / 5 / 31},
    {"amzn", "2018.03", 2023y / 12 / 31},
    {"amzn", "2", 2026y / 6 / 30},
    {"amzn", "2023", 2029y / 6 / 30},
    {"sles", "11.4", 2019y / 3 / 31},
    {"sles", "12.2", 2018y / 3 / 31},
    {"sles", "12.3", 2019y / 6 / 30},
    {"sles", "12.4", 2020y / 6 / 30},
    {"sles", "12.5", 2024y / 10 / 31},
    {"sles", "15", 2019y / 12 / 31, true},
    {"sles", "15.1", 2021y / 1 / 31},
    {"sles", "15.2", 2021y / 12 / 31},
    {"sles", "15.3", 2022y / 12 / 31},
    {"sles", "15.4", 2023y / 12 / 31},
    {"sles", "15.5", 2024y / 12 / 31},
    {"sles", "15.6", 2025y / 12 / 31},
    {"sles", "15.7", 2031y / 7 / 31},
    {"sles", "16.0", 2027y / 11 / 30},
    {"opensuse-leap", "42.3", 2019y / 7 / 1},
    {"opensuse-leap", "15.0", 2019y / 12 / 3},
    {"opensuse-leap", "15.1", 2021y / 2 / 2},
    {"opensuse-leap", "15.2", 2022y / 1 / 4},
    {"opensuse-leap", "15.3", 2022y / 12 / 31},
    {"opensuse-leap", "15.4", 2023y / 12 / 7},
    {"opensuse-leap", "15.5", 2024y / 12 / 31},
    {"opensuse-leap", "15.6", 2026y / 4 / 30},
    {"opensuse-leap", "16.0", 2027y / 10 / 31},
    {"ol", "6", 2021y / 3 / 31},
    {"ol", "7", 2024y / 12 / 31},
    {"ol", "8", 2029y / 7 / 31},
    {"ol", "9", 2032y / 6 / 30},
    {"ol", "10", 2035y / 6 / 30},
    {"photon", "1.0", 2022y / 2 / 28},
    {"photon", "2.0", 2022y / 12 / 31},
    {"photon", "3.0", 2025y / 10 / 2},
    {"photon", "4.0", 2027y / 10 / 11},
    {"photon", "5.0", 2027y / 10 / 11},  // not before
    {"mariner", "1.0", 2023y / 7 / 31},
    {"mariner", "2.0", 2025y / 7 / 31},
    {"azurelinux", "3.0", 2027y / 7 / 31},
    {"openeuler", "20.03-LTS", 2021y / 3 / 31, true},
    {"openeuler", "20.03-LTS-SP1", 2022y / 12 / 31, true},
    {"openeuler", "20.03-LTS-SP2", 2022y / 4 / 30, true},
    {"openeuler", "20.03-LTS-SP3", 2023y / 12 / 31, true},
    {"openeuler", "20.03-LTS-SP4", 2025y / 11 / 30, true},
    {"openeuler", "22.03-LTS", 2024y / 3 / 31, true},
    {"openeuler", "22.03-LTS-SP1", 2024y / 12 / 31, true},
    {"openeuler", "22.03-LTS-SP2", 2024y / 3 / 31, true},
    {"openeuler", "22.03-LTS-SP3", 2025y / 12 / 31, true},
    {"openeuler", "22.03-LTS-SP4", 2026y / 6 / 30, true},
    {"openeuler", "23.03", 2023y / 9 / 30, true},
    {"openeuler", "23.09", 2024y / 3 / 31, true},
    {"openeuler", "24.03-LTS", 2026y / 5 / 31, true},
    {"openeuler", "24.03-LTS-SP1", 2026y / 12 / 31, true},
    {"openeuler", "24.03-LTS-SP2", 2026y / 3 / 31, true},
    {"openeuler", "24.03-LTS-SP3", 2027y / 12 / 31, true},
    {"openeuler", "24.03-LTS-SP4", 2027y / 3 / 31, true},
    {"openeuler", "24.09", 2025y / 3 / 31, true},
    {"openeuler", "25.03", 2025y / 9 / 30, true},
    {"openeuler", "25.09", 2026y / 3 / 31, true},
    {"openeuler", "26.09", 2027y / 3 / 31, true},
    {"openwrt", "17.01", 2019y / 2 / 1},
    {"openwrt", "18.06", 2021y / 7 / 1},
    {"openwrt", "19.07", 2022y / 4 / 30},
    {"openwrt", "21.02", 2023y / 4 / 30},
    {"openwrt", "22.03", 2024y / 4 / 11},
    {"openwrt", "23.05", 2025y / 8 / 16},
    {"openwrt", "24.10", 2026y / 9 / 6},
    {"openwrt", "25.12", 2027y / 3 / 6},  // not before
};

struct Source {
  std::string_view id, address;
};
constexpr Source k_sources[] = {
    {"debian", "https://wiki.debian.org/LTS"},
    {"ubuntu-esm", "https://ubuntu.com/about/release-cycle"},
    {"rhel-eus", "https://access.redhat.com/support/policy/updates/errata"},
    {"ubuntu", "https://wiki.ubuntu.com/Releases"},
    {"alpine", "https://alpinelinux.org/releases/"},
    {"almalinux", "https://wiki.almalinux.org/release-notes/"},
    {"rocky", "https://wiki.rockylinux.org/rocky/version/"},
    {"centos", "https://www.centos.org/centos-linux-eol/"},
    {"centos-stream", "https://www.centos.org/cl-vs-cs/"},
    {"fedora", "https://docs.fedoraproject.org/en-US/releases/eol/"},
    {"rhel", "https://access.redhat.com/support/policy/updates/errata"},
    {"amzn", "https://aws.amazon.com/amazon-linux-2/faqs/"},
    {"sles", "https://www.suse.com/lifecycle"},
    {"opensuse-leap", "https://en.opensuse.org/Lifetime"},
    {"ol", "https://www.oracle.com/a/ocom/docs/elsp-lifetime-069338.pdf"},
    {"photon", "https://github.com/endoflife-date/endoflife.date/pull/9025"},
    {"mariner", "https://github.com/microsoft/azurelinux"},
    {"azurelinux", "https://github.com/microsoft/azurelinux"},
    {"openeuler", "https://www.openeuler.org/en/download/archive/"},
    {"openwrt", "https://openwrt.org/docs/guide-developer/security"},
    {"alpaquita", "https://bell-sw.com/alpaquita-linux/"},
    {"bellsoft-hardened-containers", "https://bell-sw.com/bellsoft-hardened-images/"},
};

// Always current, for as long as the image is.
constexpr Source k_rolling[] = {
    {"wolfi", "https://github.com/wolfi-dev"},
    {"chainguard", "https://edu.chainguard.dev/"},
    {"minimos", "https://docs.minimus.io/"},
    {"arch", "https://archlinux.org/"},
    {"gentoo", "https://www.gentoo.org/"},
    {"opensuse-tumbleweed", "https://get.opensuse.org/tumbleweed/"},
    {"kali", "https://www.kali.org/"},
    {"void", "https://voidlinux.org/"},
    {"cleanstart", "https://www.cleanstart.com/"},
    {"echo", "https://www.echo.ai/"},
};

bool covers(const Row& row, std::string_view version) {
  if (version.substr(0, row.version.size()) != row.version) return false;
  return version.size() == row.version.size() || (!row.exact && version[row.version.size()] == '.');
}

// Debian's testing and unstable have no number; Alpine's edge has the number of the next release and a marker.
bool is_development(std::string_view id, const model::Distribution& distribution) {
  if (id == "debian") return distribution.version_id.empty();
  if (id == "alpaquita" || id == "bellsoft-hardened-containers") return distribution.version_id == "stream";
  return id == "alpine" && distribution.version_id.find("_alpha") != std::string::npos;
}

std::string_view source_of(std::string_view id) {
  for (const auto& source : k_sources)
    if (source.id == id) return source.address;
  return {};
}

}  // namespace

std::string openeuler_release(const model::Distribution& distribution) {
  std::string release = distribution.version_id;
  const std::string_view name = distribution.pretty_name;
  const std::size_t open = name.find('('), close = name.find(')');
  if (open != std::string_view::npos && close != std::string_view::npos && close > open + 1)
    release += "-" + std::string(name.substr(open + 1, close - open - 1));
  return release;
}

std::string_view table_id(const model::Distribution& distribution) {
  // Updates beyond the ordinary ones, which the inventory says in the name (see inventory/support_programs.cpp).
  if (distribution.id == "ubuntu" && distribution.pretty_name.ends_with(" (ESM)")) return "ubuntu-esm";
  if (distribution.id == "rhel" && distribution.pretty_name.ends_with(" (EUS)")) return "rhel-eus";
  if (distribution.id == "centos" && distribution.pretty_name.find("Stream") != std::string::npos)
    return "centos-stream";
  // Docker's hardened images live as long as what they are built from: Alpine counts "3.22", Debian "13".
  if (distribution.id == "dhi") return distribution.version_id.find('.') == std::string::npos ? "debian" : "alpine";
  return distribution.id;
}

std::optional<EndOfLife> end_of_life(const model::Distribution& distribution) {
  const std::string_view id = table_id(distribution);
  for (const auto& rolling : k_rolling)
    if (rolling.id == id) return EndOfLife{std::nullopt, rolling.address};
  if (is_development(id, distribution)) return EndOfLife{std::nullopt, source_of(id)};
  const std::string version = id == "openeuler" ? openeuler_release(distribution) : distribution.version_id;
  const Row* best = nullptr;
  for (const auto& row : k_rows)
    if (row.id == id && covers(row, version) && (best == nullptr || row.version.size() > best->version.size()))
      best = &row;
  if (best == nullptr) return std::nullopt;
  return EndOfLife{std::chrono::sys_days(best->last_day), source_of(id)};
}

}  // namespace hullcheck::match
