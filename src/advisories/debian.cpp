// Debian security tracker (https://security-tracker.debian.org/tracker/data/json):
//   {SOURCE: {FLAW: {"description": …, "releases": {CODENAME: {"status", "urgency", "fixed_version",
//   "nodsa_reason"}}}}}
//
// `status` is resolved, open or undetermined. fixed_version "0" says that the release was never affected. `urgency`
// is the team's own word (unimportant, low, medium, high, end-of-life, not yet assigned); only the first four are
// severities. A copy without any open entry is one that lists fixed flaws only: that is noted, since "no unfixed
// flaws" would be a false answer. Hostile: the whole document and every name in it.
#include "advisories/feed.hpp"
#include "formats/json.hpp"

namespace hullcheck::advisories {
namespace {

using json::Element;
using model::VulnerabilityStatus;

constexpr std::uint64_t k_largest_document = 512ULL << 20;
constexpr std::size_t k_longest_name = 256, k_longest_title = 200;

// Codenames as the tracker spells them. Image distributions carry numbers.
constexpr std::pair<std::string_view, std::string_view> k_releases[] = {
    {"sid", "sid"},   {"forky", "14"},  {"trixie", "13"}, {"bookworm", "12"}, {"bullseye", "11"},
    {"buster", "10"}, {"stretch", "9"}, {"jessie", "8"},  {"wheezy", "7"},    {"squeeze", "6"},
    {"lenny", "5"},   {"etch", "4"},    {"sarge", "3.1"}, {"woody", "3.0"},   {"duke", "15"},
};

std::string_view release_number(std::string_view codename) {
  for (const auto& [name, number] : k_releases)
    if (name == codename) return number;
  return {};
}

std::string_view without_stars(std::string_view urgency) {
  // "low**": set by the tracker from another source, and just as much its word.
  while (!urgency.empty() && urgency.back() == '*') urgency.remove_suffix(1);
  return urgency;
}

VulnerabilityStatus status_of(std::string_view status, std::string_view urgency,
                              std::string_view no_advisory_reason) {
  if (urgency == "unimportant") return VulnerabilityStatus::unimportant;
  if (status == "undetermined") return VulnerabilityStatus::under_investigation;
  if (status == "resolved") return VulnerabilityStatus::affected;  // up to the fixed version
  if (urgency == "end-of-life") return VulnerabilityStatus::end_of_life;
  if (no_advisory_reason == "ignored") return VulnerabilityStatus::will_not_fix;
  if (no_advisory_reason == "postponed") return VulnerabilityStatus::deferred;
  return VulnerabilityStatus::affected;
}

class Debian final : public Feed {
 public:
  Result<void> update(const SourceRow& source, Download& download, AdvisoryWriter& writer) const override {
    json::Document parsed("feed");
    Buffer bytes = TRY(download.get_all(source.url, k_largest_document));
    const Element document = TRY(parsed.parse(std::move(bytes), "tracker"));
    if (!document.is_object())
      return make_error(ErrorCode::malformed, "feed-malformed", "the tracker's document is no object");
    std::uint64_t open = 0, all = 0;
    json::each_member(document, [&](std::string_view package, Element flaws) {
      json::each_member(flaws, [&](std::string_view id, Element flaw) {
        const auto releases = json::member(flaw, "releases");
        if (!releases || package.size() > k_longest_name || id.size() > k_longest_name) {
          writer.bad_record(make_error(ErrorCode::malformed, "feed-malformed", "a flaw has no releases",
                                       std::string(json::cut(id, k_longest_name))));
          return;
        }
        json::each_member(*releases, [&](std::string_view codename, Element entry) {
          ++all;
          if (json::text(entry, "status", 32) != "resolved") ++open;
          add(package, id, flaw, codename, entry, writer);
        });
      });
    });
    if (all == 0) return make_error(ErrorCode::malformed, "feed-malformed", "the tracker's document lists nothing");
    if (open == 0) writer.note("unfixed flaws not assessed: this copy of the tracker lists fixed flaws only");
    return {};
  }

 private:
  static void add(std::string_view package, std::string_view id, Element flaw, std::string_view codename,
                  Element entry, AdvisoryWriter& writer) {
    const std::string_view release = release_number(codename);
    const std::string_view status = json::text(entry, "status", 32);
    const std::string_view fixed = json::text(entry, "fixed_version", k_longest_name);
    if (release.empty()) return;
    if (status == "resolved" && fixed == "0") return deny(package, id, release, writer);
    if (status == "resolved" && fixed.empty()) {
      writer.bad_record(make_error(ErrorCode::malformed, "feed-malformed", "a resolved flaw has no fixed version",
                                   std::string(id)));
      return;
    }
    const std::string_view urgency = without_stars(json::text(entry, "urgency", 32));
    Advisory advisory;
    advisory.id = id;
    advisory.ecosystem = "Debian:";
    advisory.ecosystem += release;
    advisory.package = package;
    advisory.ranges.push_back({"", status == "resolved" ? std::string(fixed) : std::string(), ""});
    advisory.status = status_of(status, urgency, json::text(entry, "nodsa_reason", 32));
    advisory.severity = model::severity_from(urgency);
    if (advisory.severity != model::Severity::unrated) advisory.severity_source = "debian";
    advisory.title = json::text(flaw, "description", k_longest_title);
    writer.add(std::move(advisory));
  }

  // That a release was never affected silences what others say of it.
  static void deny(std::string_view package, std::string_view id, std::string_view release, AdvisoryWriter& writer) {
    Advisory advisory;
    advisory.id = id;
    advisory.ecosystem = "Debian:";
    advisory.ecosystem += release;
    advisory.package = package;
    advisory.ranges.emplace_back();
    advisory.status = VulnerabilityStatus::not_affected;
    writer.add(std::move(advisory));
  }
};

const util::Registered<Debian> registered{{.id = "debian",
                                           .version = 2,
                                           .summary = "Debian security tracker: every source package and release",
                                           .example = "https://security-tracker.debian.org/tracker/data/json"}};

}  // namespace
}  // namespace hullcheck::advisories
