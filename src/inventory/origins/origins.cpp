// Signs, strongest first.
//   deb: base-files carries the release as its version ("12.4+deb12u5"; Ubuntu's is Debian's with "ubuntu" in it);
//        security updates end in "+deb12u5"; Ubuntu's libc6, of which each release has one.
//   apk: the packages alpine-release and *-baselayout.
//   rpm: the tag in the release ("-5.el9_4", ".fc40", ".amzn2023", ".azl3"), and for ".el" the vendor.
//   The C library (Debian's libc6, Alpine's musl), of which a few releases each have one, raises doubt and no more.
// Somebody who forges os-release would have to forge every package too, and then each has another version than the
// files that he wants to hide.
#include "inventory/origins/origins.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "inventory/origins/release_files.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

using model::Distribution;
using Votes = std::map<std::pair<std::string, std::string>, std::size_t>;

std::string digits(std::string_view text) {
  return std::string(text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size())));
}

struct Release {
  std::string_view prefix, version;
};
// Ubuntu's libc6 by release.
constexpr Release k_ubuntu_libc[] = {
    {"2.19-0ubuntu", "14.04"}, {"2.23-0ubuntu", "16.04"}, {"2.27-3ubuntu", "18.04"}, {"2.31-0ubuntu", "20.04"},
    {"2.35-0ubuntu", "22.04"}, {"2.39-0ubuntu", "24.04"}, {"2.41-6ubuntu", "25.04"},
};

// Debian's, by release.
constexpr Release k_debian_libc[] = {{"2.19-18", "8"},  {"2.24-11", "9"}, {"2.28-10", "10"},
                                     {"2.31-13", "11"}, {"2.36-9", "12"}, {"2.41-12", "13"}};
// Alpine's musl: the releases 3.FIRST to 3.LAST have it.
struct Musl {
  std::string_view version;
  int first, last;
};
constexpr int k_still = 1000;
constexpr Musl k_musl[] = {{"1.1.14", 4, 4},  {"1.1.15", 5, 5},  {"1.1.16", 6, 6},   {"1.1.18", 7, 7},
                           {"1.1.19", 8, 8},  {"1.1.20", 9, 9},  {"1.1.22", 10, 10}, {"1.1.24", 11, 12},
                           {"1.2.2", 13, 15}, {"1.2.3", 16, 17}, {"1.2.4", 18, 19},  {"1.2.5", 20, k_still}};

// A release that there is: a package of an odd version says nothing about the release.
bool is_debian_release(std::string_view number) {
  constexpr int k_first = 6, k_last = 20;
  const int release = number.empty() || number.size() > 2 ? 0 : std::stoi(std::string(number));
  return release >= k_first && release <= k_last;
}
bool is_alpine_release(std::string_view version) { return version.starts_with("3.") || version.starts_with("2."); }

void vote_deb(const model::Package& package, Votes& votes) {
  const std::string& version = package.version;
  const bool ubuntu = version.find("ubuntu") != std::string::npos;
  constexpr std::size_t k_decides = 1000;
  if (ubuntu) ++votes[{"ubuntu", ""}];
  if (package.name == "base-files" && !ubuntu) {
    const std::string release = digits(version);
    if (is_debian_release(release)) votes[{"debian", release}] += k_decides;
  }
  if (package.name == "base-files" && ubuntu) votes[{"ubuntu", ""}] += k_decides;
  if (package.name == "libc6")
    for (const Release& row : k_ubuntu_libc)
      if (version.starts_with(row.prefix)) votes[{"ubuntu", std::string(row.version)}] += k_decides * 2;
  const std::size_t tag = version.find("deb");
  if (ubuntu || tag == std::string::npos || tag == 0 || (version[tag - 1] != '+' && version[tag - 1] != '~')) return;
  const std::string release = digits(std::string_view(version).substr(tag + 3));
  if (is_debian_release(release) && version.find('u', tag + 3) == tag + 3 + release.size())
    ++votes[{"debian", release}];
}

void vote_apk(const model::Package& package, Votes& votes) {
  constexpr std::size_t k_decides = 1000;
  if (package.name == "alpine-release") {
    const std::size_t dash = package.version.find("-r");
    const std::string release = package.version.substr(0, dash);
    if (is_alpine_release(release)) votes[{"alpine", release}] += k_decides;
  } else if (package.name == "alpine-baselayout") {
    votes[{"alpine", ""}] += k_decides / 2;
  } else if (package.name == "wolfi-baselayout") {
    votes[{"wolfi", ""}] += k_decides;
  } else if (package.name == "clnstrt-baselayout") {
    votes[{"cleanstart", ""}] += k_decides;
  } else if (package.name == "chainguard-baselayout") {
    votes[{"chainguard", ""}] += k_decides * 2;
  }
}

struct Tag {
  std::string_view tag;  // behind a dot of the release; the number follows
  std::string_view id;
};
constexpr Tag k_tags[] = {{"fc", "fedora"},  {"amzn", "amzn"}, {"azl", "azurelinux"},
                          {"cm", "mariner"}, {"ph", "photon"}, {"mga", "mageia"}};
struct Vendor {
  std::string_view word, id;
};
constexpr Vendor k_el_vendors[] = {
    {"red hat", "rhel"}, {"centos", "centos"}, {"rocky", "rocky"}, {"almalinux", "almalinux"}, {"oracle", "ol"}};

// "3.20.1" → 20, -1 for what is no release of Alpine 3.
int alpine_minor(std::string_view version) {
  if (!version.starts_with("3.")) return -1;
  const std::string minor = digits(version.substr(2));
  return minor.empty() || minor.size() > 3 ? -1 : std::stoi(minor);
}

// The C library of a system, against the release that is named: one that other releases have tells which.
void vote_musl(const std::vector<const model::Package*>& packages, const Distribution& said, Votes& votes) {
  const model::Package* musl = nullptr;
  for (const model::Package* const package : packages) {
    if (package->type != "apk") continue;
    if (package->name == "glibc") return;  // musl is there for builds, or as a guest
    if (package->name == "musl") musl = package;
  }
  if (musl == nullptr) return;
  constexpr std::size_t k_decides = 1000;
  // Of the others with this package manager some are built on musl, too.
  if (said.id == "wolfi" || said.id == "chainguard" || said.id == "minimos") votes[{"alpine", ""}] += k_decides / 2;
  const int minor = said.id == "alpine" ? alpine_minor(said.version_id) : -1;
  if (minor < 0) return;
  for (const Musl& row : k_musl) {
    const bool is = musl->version.starts_with(row.version) &&
                    digits(std::string_view(musl->version).substr(row.version.size())).empty();
    if (is && (minor < row.first || minor > row.last))
      votes[{"alpine", "3." + std::to_string(row.last == k_still ? row.first : row.last)}] += k_decides;
  }
}

// What the C library says. It is one package, and its version may be another's in a system that is none the less what
// it says; so it raises doubt, and decides only where nothing else does.
Votes votes_of_libraries(const std::vector<const model::Package*>& packages, const Distribution& said) {
  constexpr std::size_t k_decides = 1000;
  Votes votes;
  for (const model::Package* const package : packages) {
    if (package->type != "deb" || package->name != "libc6") continue;
    if (package->version.find("ubuntu") != std::string::npos) continue;
    for (const Release& row : k_debian_libc)
      if (package->version.starts_with(row.prefix)) votes[{"debian", std::string(row.version)}] += k_decides;
  }
  vote_musl(packages, said, votes);
  return votes;
}

void vote_rpm(const model::Package& package, std::string_view said, Votes& votes) {
  const std::size_t release = package.version.rfind('-');
  if (release == std::string::npos) return;
  std::string_view rest = std::string_view(package.version).substr(release + 1);
  for (std::size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
    rest = rest.substr(dot + 1);
    for (const Tag& row : k_tags)
      if (rest.starts_with(row.tag)) {
        std::string number = digits(rest.substr(row.tag.size()));
        if (number.empty()) continue;
        if (row.id == "azurelinux" || row.id == "mariner" || row.id == "photon") number += ".0";
        if (row.id == "amzn" && number == "1") number = "2018.03";
        ++votes[{std::string(row.id), std::move(number)}];
      }
    if (!rest.starts_with("el")) continue;
    const std::string number = digits(rest.substr(2));
    const std::string vendor = util::lower(package.vendor);
    for (const Vendor& row : k_el_vendors) {
      // Without a vendor the number still says whether it is the release that is named.
      const bool is = vendor.empty() ? row.id == said : vendor.find(row.word) != std::string::npos;
      if (!number.empty() && is) ++votes[{std::string(row.id), number}];
    }
  }
}

// Which package manager a distribution has, for those whose forgery would otherwise pass.
constexpr std::pair<std::string_view, std::string_view> k_types[] = {
    {"debian", "deb"},    {"ubuntu", "deb"},  {"alpine", "apk"},     {"wolfi", "apk"}, {"chainguard", "apk"},
    {"minimos", "apk"},   {"rhel", "rpm"},    {"centos", "rpm"},     {"rocky", "rpm"}, {"almalinux", "rpm"},
    {"ol", "rpm"},        {"fedora", "rpm"},  {"amzn", "rpm"},       {"sles", "rpm"},  {"opensuse-leap", "rpm"},
    {"photon", "rpm"},    {"mariner", "rpm"}, {"azurelinux", "rpm"}, {"arch", "alpm"}, {"gentoo", "ebuild"},
    {"openeuler", "rpm"},
};

std::string_view type_of(std::string_view id) {
  for (const auto& [name, type] : k_types)
    if (name == id) return type;
  return {};
}

// "12" against "12.4", "3.20" against "3.20.1".
bool same_release(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return true;
  if (a.size() > b.size()) std::swap(a, b);
  return b.starts_with(a) && (a.size() == b.size() || b[a.size()] == '.');
}

bool contradicts(const Distribution& said, const Distribution& seen) {
  if (seen.id.empty() || type_of(said.id).empty()) return false;  // a derivative that is not known here
  if (said.id == seen.id) {
    // Alpine's development branch and Debian's have the number of what comes next.
    if (said.version_id.empty() || said.version_id.find("_alpha") != std::string::npos) return false;
    const auto parts = [](std::string_view version) {
      const std::size_t dot = version.find('.');
      return version.substr(0, dot == std::string_view::npos ? dot : version.find('.', dot + 1));
    };
    return !same_release(parts(said.version_id), parts(seen.version_id));
  }
  // Chainguard's images are made of Wolfi's packages too, MinimOS has packages in their form.
  const auto apko = [](std::string_view id) { return id == "wolfi" || id == "chainguard" || id == "minimos"; };
  return !(apko(said.id) && apko(seen.id));
}

// Whether two release files cannot both be right. Those of one line name the ancestor on derivatives ("Red Hat" on
// Oracle Linux, Debian's on Ubuntu), so of those only the number counts, and only of the same distribution.
bool disagree(const Distribution& said, const Distribution& other) {
  if (said.id != other.id && !is_release_keys_file(other.evidence_path)) return false;
  return contradicts(said, other);
}

void note_disagreement(const layers::ImageView& image, Inventory& inventory) {
  const Distribution& said = inventory.distribution;
  for (const Distribution& other : named_distributions(image, found_facts(image, "os-release", nullptr), ""))
    if (disagree(said, other)) {
      inventory.gaps.push_back({"distribution-contradicted", "inventory", "/" + said.evidence_path,
                                "it names " + id_and_version(said) + ", and /" + other.evidence_path + " names " +
                                    id_and_version(other) + "; the packages do not tell which is right",
                                model::GapEffect::unknown});
      return;
    }
}

constexpr std::size_t k_sure = 1000;  // votes of a package that only the release itself has

// Packages of the image's own system, or all where it has none.
std::vector<const model::Package*> voters_of(const std::vector<model::Package>& packages,
                                             const layers::ImageView* image) {
  std::vector<const model::Package*> all, own;
  std::map<std::string, bool> places;  // database → whether it is the image's own
  for (const model::Package& package : packages) {
    if (!model::is_system_package(package)) continue;
    all.push_back(&package);
    const auto [place, fresh] = places.try_emplace(package.database_path, true);
    if (fresh && image != nullptr) place->second = system_root(*image, package.database_path).empty();
    if (place->second) own.push_back(&package);
  }
  return own.empty() ? all : own;
}

Votes votes_of(const std::vector<const model::Package*>& packages, const Distribution& said) {
  Votes votes;
  for (const model::Package* const package : packages) {
    if (package->type == "deb") vote_deb(*package, votes);
    if (package->type == "apk") vote_apk(*package, votes);
    if (package->type == "rpm") vote_rpm(*package, said.id, votes);
  }
  return votes;
}

// A package that only this release has is there too: a second tree of another release lies in the image.
bool confirmed(const Distribution& said, const Votes& votes) {
  return std::any_of(votes.begin(), votes.end(), [&](const auto& vote) {
    return vote.first.first == said.id && vote.second >= k_sure && !vote.first.second.empty() &&
           same_release(vote.first.second, said.version_id);
  });
}

Distribution winner(const Votes& votes, const std::vector<const model::Package*>& packages) {
  Distribution out;
  std::size_t best = 0;
  for (const auto& [name, count] : votes)
    if (count > best) {
      best = count;
      out.id = name.first;
      out.version_id = name.second;
    }
  // A single package with a mark may come from anywhere; one in ten of all has to say so.
  const std::string_view type = type_of(out.id);
  const auto all = static_cast<std::size_t>(std::count_if(
      packages.begin(), packages.end(), [&](const model::Package* package) { return package->type == type; }));
  if (best < k_sure && (best < 2 || best * 10 < all)) return {};
  return out;
}

// As they say of themselves, or where they do not, as their C library says.
Distribution best_guess(Distribution seen, Distribution library) {
  return seen.id.empty() ? std::move(library) : std::move(seen);
}

}  // namespace

std::string id_and_version(const Distribution& distribution) {
  return distribution.version_id.empty() ? distribution.id : distribution.id + " " + distribution.version_id;
}

Distribution distribution_by_packages(const std::vector<model::Package>& packages) {
  const auto voters = voters_of(packages, nullptr);
  return best_guess(winner(votes_of(voters, {}), voters), winner(votes_of_libraries(voters, {}), voters));
}

void check_distribution(Inventory& inventory, const layers::ImageView* image) {
  const auto voters = voters_of(inventory.packages, image);
  if (voters.empty()) return;
  Distribution& said = inventory.distribution;
  const Votes votes = votes_of(voters, said);
  Distribution seen = winner(votes, voters);
  Distribution library = winner(votes_of_libraries(voters, said), voters);
  if (said.id.empty()) {
    Distribution guess = best_guess(std::move(seen), std::move(library));
    guess.evidence_path = "packages";
    if (!guess.id.empty()) said = std::move(guess);  // the gap of the missing file stays
    return;
  }
  const auto contradicted = [&](const std::string& how) {
    inventory.gaps.push_back({"distribution-contradicted", "inventory", "/" + said.evidence_path,
                              "it names " + id_and_version(said) + how, model::GapEffect::unknown});
  };
  if (!confirmed(said, votes)) {
    if (contradicts(said, seen)) {
      contradicted(", and the packages are of " + id_and_version(seen) + ", as which they were judged");
      seen.evidence_path = "packages";
      said = std::move(seen);
      return;
    }
    if (contradicts(said, library)) contradicted(", and the C library is that of " + id_and_version(library));
    if (image != nullptr) note_disagreement(*image, inventory);
  }
  const std::string_view type = type_of(said.id);
  if (type.empty()) return;
  const bool own = std::any_of(inventory.packages.begin(), inventory.packages.end(),
                               [&](const model::Package& package) { return package.type == type; });
  if (!own) contradicted(", whose packages are of another kind than those found");
}

}  // namespace hullcheck::inventory
