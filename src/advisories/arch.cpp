// Arch Linux security tracker (https://security.archlinux.org/all.json): a list of groups
//   {"name": "AVG-…", "packages": […], "status", "severity", "affected", "fixed", "issues": ["CVE-…"], "advisories"}
// A group is about several flaws in several packages of one version. `status`: Vulnerable, Testing (a fix waits in
// the testing repository), Fixed, Not affected, Unknown. Hostile: the whole document and every name in it.
#include <algorithm>

#include "advisories/feed.hpp"
#include "formats/json.hpp"

namespace hullcheck::advisories {
namespace {

using json::Element;
using model::VulnerabilityStatus;

constexpr std::uint64_t k_largest_document = 128ULL << 20;
constexpr std::size_t k_longest_name = 256;

VulnerabilityStatus status_of(std::string_view status) {
  if (status == "Not affected") return VulnerabilityStatus::not_affected;
  return status == "Unknown" ? VulnerabilityStatus::under_investigation : VulnerabilityStatus::affected;
}

class Arch final : public Feed {
 public:
  Result<void> update(const SourceRow& source, Download& download, AdvisoryWriter& writer) const override {
    json::Document parsed("feed");
    Buffer bytes = TRY(download.get_all(source.url, k_largest_document));
    const Element document = TRY(parsed.parse(std::move(bytes), "tracker"));
    return json::each_record(document, "feed", "groups", [&](Element group) { add(source.subject, group, writer); });
  }

 private:
  static void add(const std::string& ecosystem, Element group, AdvisoryWriter& writer) {
    Advisory advisory;
    advisory.id = json::text(group, "name", k_longest_name);
    advisory.covers = json::strings(group, "issues");
    const auto packages = json::strings(group, "packages");
    if (advisory.id.empty() || packages.empty()) {
      writer.bad_record(make_error(ErrorCode::malformed, "feed-malformed", "a group has no name or no package"));
      return;
    }
    std::sort(advisory.covers.begin(), advisory.covers.end());
    advisory.ecosystem = ecosystem;
    advisory.status = status_of(json::text(group, "status", 32));
    advisory.severity = model::severity_from(json::text(group, "severity", 32));
    if (advisory.severity != model::Severity::unrated) advisory.severity_source = "arch";
    advisory.title = json::text(group, "type", 200);
    advisory.link = "https://security.archlinux.org/" + advisory.id;
    const std::string fixed(json::text(group, "fixed", k_longest_name));
    advisory.ranges.push_back({"", fixed, ""});
    for (const auto& package : packages) {
      advisory.package = package;
      writer.add(advisory);
    }
  }
};

const util::Registered<Arch> registered{{.id = "arch",
                                         .version = 1,
                                         .summary = "Arch Linux security tracker",
                                         .example = "https://security.archlinux.org/all.json"}};

}  // namespace
}  // namespace hullcheck::advisories
