// Releases that were themselves the attack: the xz of 2024 with a door into sshd, and releases of scanners and build
// tools that somebody else had published.
//
// The door of xz is a function in the library, and its first instructions are the same in every copy of it (the byte
// pattern was published with the disclosure, oss-security, 29 March 2024, CVE-2024-3094). Releases are known by name
// and version from the packages of the image, of systems and of languages alike; those of languages are in
// bad_releases.cpp.
#include <algorithm>
#include <array>

#include "detect/assess.hpp"
#include "detect/content/hidden_literal.hpp"
#include "detect/detector.hpp"
#include "detect/evasion/bad_releases.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 2> k_rows{{
    {"E15", EvidenceClass::decisive, model::Severity::critical, 95, "Backdoored compression library (xz)", "T1554",
     "Do not run this image; install xz 5.4.6 or 5.6.2 and later, and take new keys where it has run."},
    {"L09", EvidenceClass::decisive, model::Severity::critical, 95, "Release that was published by an attacker",
     "T1195.002", "Do not run this image; take a release before or after it, and change what it could read."},
}};
enum Row : std::size_t { xz, release };

constexpr auto k_door = hide(
    "\xf3\x0f\x1e\xfa\x55\x48\x89\xf5\x4c\x89\xce\x53\x89\xfb\x81\xe7\x00\x00\x00\x80\x48\x83\xec\x28\x48\x89\x54\x24"
    "\x18\x48\x89\x4c\x24\x10");

// Source of each: the project's own advisory of that release.
struct Release {
  std::string_view package;  // the last part of a name
  std::string_view version;
  Row row;
  EvidenceClass cls;
};
constexpr std::array<Release, 5> k_releases{{
    // Distributions took the door out under the same number with a suffix; the number alone is no proof.
    {"xz", "5.6.0", Row::xz, EvidenceClass::strong},
    {"xz", "5.6.1", Row::xz, EvidenceClass::strong},
    {"trivy", "0.69.4", Row::release, EvidenceClass::decisive},
    {"trivy", "0.69.5", Row::release, EvidenceClass::decisive},
    {"trivy", "0.69.6", Row::release, EvidenceClass::decisive},
}};
constexpr std::array<std::string_view, 6> k_xz_names = {"xz",      "xz-utils", "xz-libs",
                                                        "liblzma", "liblzma5", "liblzma-dev"};

// "1:5.6.1-1" and "v5.6.1-r0" are 5.6.1; "5.6.1+really5.4.5" is not.
bool is_version(std::string_view version, std::string_view wanted) {
  if (const std::size_t epoch = version.find(':'); epoch != std::string_view::npos) version.remove_prefix(epoch + 1);
  if (version.starts_with('v')) version.remove_prefix(1);
  if (!version.starts_with(wanted)) return false;
  const std::string_view rest = version.substr(wanted.size());
  return rest.empty() || rest.front() == '-';
}

bool is_package(std::string_view name, std::string_view wanted) {
  if (wanted == "xz") return std::find(k_xz_names.begin(), k_xz_names.end(), name) != k_xz_names.end();
  return name == wanted ||
         (name.size() > wanted.size() && name.ends_with(wanted) && name[name.size() - wanted.size() - 1] == '/');
}

// Alpine's xz never had the door: its build does not meet the conditions, and its revisions came after.
bool cannot_be(const model::Package& package, const Release& row) {
  return row.row == Row::xz && package.type == "apk";
}

class KnownReleases final : public Detector {
 public:
  std::vector<Literal> literals() const override { return {{k_door.reveal(), false}}; }
  void confirm(const Hit& hit, EvidenceSink& out) const override {
    Evidence evidence = evidence_of(k_rows[Row::xz], "the function that opens sshd to its owner");
    evidence.offset = hit.offset;
    out.add(std::move(evidence));
  }

  void image(const ImageContext& context, ImageEvidence& out) const override {
    for (const model::Package& package : context.inventory.packages) {
      if (package.declared_only) continue;
      for (const Release& row : k_releases)
        if (is_package(package.name, row.package) && is_version(package.version, row.version) &&
            !cannot_be(package, row))
          say(context, package, row.row, row.cls, {}, out);
      if (const auto bad = bad_release(package.type, package.name, package.version))
        say(context, package, Row::release, bad->sabotage ? EvidenceClass::strong : EvidenceClass::decisive,
            bad->reference, out);
    }
  }

 private:
  static void say(const ImageContext& context, const model::Package& package, Row row, EvidenceClass cls,
                  std::string_view reference, ImageEvidence& out) {
    PlacedEvidence placed;
    placed.path = package.database_path;
    if (const auto file = context.image.resolve(package.database_path)) {
      placed.file = *file;
      placed.reach = std::max(Reach::present, context.reach(*file));
    }
    std::string text = package.name + " " + package.version;
    if (!reference.empty()) text += " (" + std::string(reference) + ")";
    placed.evidence = evidence_of(k_rows[row], std::move(text));
    placed.evidence.cls = cls;
    placed.evidence.values = {{"package", package.name}};
    out.add(std::move(placed));
  }
};

const util::Registered<KnownReleases> registered{{
    .id = "known-releases",
    .version = 3,
    .summary =
        "releases that were themselves an attack: xz 5.6.0 and 5.6.1, scanners and packages published by others",
    .example = "xz-utils 5.6.1-1",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
