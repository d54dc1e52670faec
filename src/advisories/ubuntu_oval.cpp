// Ubuntu (OVAL, https://security-metadata.canonical.com/oval/com.ubuntu.CODENAME.cve.oval.xml): one definition a
// flaw. What is known of a source package is in the comment of its criterion, the names of the binary packages in a
// variable: "(CVE-2024-1) openssl package in jammy was vulnerable but has been fixed (note: '3.0.2-0ubuntu1.15')".
// Words for what is open: "is affected and may need fixing", "… a decision has been made to defer addressing it",
// "… will not be fixed", "is related … and needs evaluation".
// Hostile: see oval.hpp.
#include "advisories/feed.hpp"
#include "advisories/oval_row.hpp"

namespace hullcheck::advisories {
namespace {

using model::VulnerabilityStatus;

constexpr std::uint64_t k_largest_document = 2ULL << 30;

// Between an optional "(CVE-…) " and " package in ".
std::string source_of(std::string_view comment) {
  if (comment.substr(0, 1) == "(") comment = comment.substr(std::min(comment.size(), comment.find(')') + 2));
  const auto end = comment.find(" package in ");
  if (end == std::string_view::npos || comment.substr(0, end).find(' ') != std::string_view::npos) return {};
  return std::string(comment.substr(0, end));
}

struct StatusRow {
  std::string_view words;
  VulnerabilityStatus status;
};
constexpr StatusRow k_statuses[] = {
    {"is not affected", VulnerabilityStatus::not_affected},
    {"defer", VulnerabilityStatus::deferred},
    {"will not be fixed", VulnerabilityStatus::will_not_fix},
    {"has decided not to fix", VulnerabilityStatus::will_not_fix},
    {"end of life", VulnerabilityStatus::end_of_life},
    {"needs evaluation", VulnerabilityStatus::under_investigation},
    {"may be affected", VulnerabilityStatus::under_investigation},
};

VulnerabilityStatus status_of(std::string_view comment) {
  for (const auto& row : k_statuses)
    if (comment.find(row.words) != std::string_view::npos) return row.status;
  return VulnerabilityStatus::affected;
}

class UbuntuOval final : public Feed {
 public:
  Result<void> update(const SourceRow& source, Download& download, AdvisoryWriter& writer) const override {
    const Buffer bytes = TRY(download.get_all(source.url, k_largest_document));
    std::string newest;
    TRY(each_oval_definition(bytes, newest, [&](const OvalDefinition& definition) {
      if (definition.kind == "inventory") return;
      Advisory advisory = oval_advisory(definition, "ubuntu");
      if (advisory.id.empty()) {
        writer.bad_record(
            make_error(ErrorCode::malformed, "feed-malformed", "a definition names no flaw", definition.id));
        return;
      }
      for (const auto& package : definition.packages) add(source.subject, package, advisory, writer);
    }));
    writer.newest_record(newest);
    return {};
  }

 private:
  static void add(const std::string& ecosystem, const OvalPackage& package, Advisory advisory,
                  AdvisoryWriter& writer) {
    advisory.status = status_of(package.comment);
    const std::string name = source_of(package.comment);
    // Without a source package in the comment there are only the binary packages to go by.
    std::vector<std::string> names = package.names;
    if (!name.empty()) names = {name};
    if (names.empty()) names = {package.name};
    for (auto& each : names) {
      place_oval_package(advisory, package, ecosystem, std::move(each));
      writer.add(advisory);
    }
  }
};

const util::Registered<UbuntuOval> registered{
    {.id = "ubuntu-oval",
     .version = 1,
     .summary = "Ubuntu flaws of one release (OVAL), by source package, with Canonical's status",
     .example = "https://security-metadata.canonical.com/oval/com.ubuntu.jammy.cve.oval.xml"}};

}  // namespace
}  // namespace hullcheck::advisories
