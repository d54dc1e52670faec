// OpenVEX 0.2.0 (https://openvex.dev/ns/v0.2.0): what this scan says of each flaw in this image, for other tools. One
// statement a flaw and status: "affected" with what to do, "under_investigation", and "not_affected" with the reason
// for what the policy ignores or a record rules out. OpenVEX knows five justifications; none is claimed that nobody
// gave: the reason goes along as a statement in words.
#include <map>
#include <set>

#include "report/report.hpp"
#include "util/digest.hpp"
#include "util/json_writer.hpp"
#include "util/version.hpp"

namespace hullcheck::report {
namespace {

using model::Vulnerability;
using model::VulnerabilityStatus;
using util::JsonWriter;

struct Statement {
  std::set<std::string> aliases, packages;
  std::string text;  // impact or action
};
// By flaw and status.
using Statements = std::map<std::pair<std::string, std::string_view>, Statement>;

std::string_view status_of(const Vulnerability& flaw) {
  if (flaw.decision == "ignore" || flaw.status == VulnerabilityStatus::not_affected) return "not_affected";
  switch (flaw.status) {
    case VulnerabilityStatus::fixed: return "fixed";
    case VulnerabilityStatus::under_investigation:
    case VulnerabilityStatus::disputed: return "under_investigation";
    default: return "affected";
  }
}

// An ignored flaw is there all the same: only a reason that rules it out makes it "not_affected".
bool ruled_out(const Vulnerability& flaw) {
  return flaw.status == VulnerabilityStatus::not_affected || (flaw.decision == "ignore" && !flaw.reason.empty());
}

std::string text_of(const Vulnerability& flaw, std::string_view status) {
  if (status == "not_affected") return flaw.reason;
  if (status != "affected") return {};
  return flaw.fixed_version.empty() ? "There is no fixed version yet"
                                    : "Upgrade " + flaw.package + " to " + flaw.fixed_version + " or later";
}

void gather(const std::vector<Vulnerability>& flaws, Statements& out) {
  for (const Vulnerability& flaw : flaws) {
    std::string_view status = status_of(flaw);
    if (status == "not_affected" && !ruled_out(flaw)) status = "affected";
    Statement& statement = out[{flaw.advisory, status}];
    statement.aliases.insert(flaw.aliases.begin(), flaw.aliases.end());
    if (!flaw.purl.empty()) statement.packages.insert(flaw.purl);
    if (statement.text.empty()) statement.text = text_of(flaw, status);
  }
}

// pkg:oci/NAME@sha256%3A…
std::string image_id(const model::Image& image) {
  std::string reference = image.reference.substr(0, image.reference.find('@'));
  const auto slash = reference.find_last_of('/');
  std::string name = slash == std::string::npos ? reference : reference.substr(slash + 1);
  name = name.substr(0, name.find(':'));
  std::string plain;
  for (const char c : name)
    plain += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ? c : '-';
  const std::string& digest = image.manifest_digest.empty() ? image.config_digest : image.manifest_digest;
  std::string id = "pkg:oci/" + (plain.empty() ? std::string("image") : plain);
  if (const auto colon = digest.find(':'); colon != std::string::npos)
    id += "@" + digest.substr(0, colon) + "%3A" + digest.substr(colon + 1);
  return id;
}

void write_statement(JsonWriter& json, const std::string& image, const std::string& flaw, std::string_view status,
                     const Statement& statement) {
  json.begin_object();
  json.key("vulnerability");
  json.begin_object();
  json.field("name", flaw);
  json.strings("aliases", {statement.aliases.begin(), statement.aliases.end()});
  json.end_object();
  json.key("products");
  json.begin_array();
  json.begin_object();
  json.field("@id", image);
  json.key("subcomponents");
  json.begin_array();
  for (const auto& purl : statement.packages) {
    json.begin_object();
    json.field("@id", purl);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  json.end_array();
  json.field("status", status);
  if (status == "not_affected") json.field("impact_statement", statement.text);
  if (status == "affected") json.field("action_statement", statement.text);
  json.end_object();
}

class OpenVex final : public Report {
 public:
  void write(const ReportInput& input, const ReportOptions& options, Output& out) const override {
    std::string names, time;
    for (const auto& result : input.results) {
      names += image_id(result.image) + "\n";
      if (!options.deterministic) time = std::max(time, result.scanned_at);
    }
    JsonWriter json([&](std::string_view text) { out.write(text); });
    json.begin_object();
    json.field("@context", "https://openvex.dev/ns/v0.2.0");
    json.field("@id", "https://openvex.dev/docs/public/vex-" + util::sha256_hex(as_bytes(names + time)));
    json.field("author", "hullcheck");
    json.field("role", "scanner");
    json.field("timestamp", time.empty() ? "1970-01-01T00:00:00Z" : time);
    json.field("version", 1);
    json.field("tooling", std::string("hullcheck ") + std::string(util::k_version));
    json.key("statements");
    json.begin_array();
    for (const auto& result : input.results) {
      Statements statements;
      gather(result.vulnerabilities, statements);
      gather(result.suppressed, statements);
      for (const auto& [key, statement] : statements)
        write_statement(json, image_id(result.image), key.first, key.second, statement);
    }
    json.end_array();
    json.end_object();
    json.finish();
  }
};

const util::Registered<OpenVex> registered{{.id = "openvex",
                                            .version = 1,
                                            .summary = "What is and is not affected, as OpenVEX",
                                            .example = "hullcheck image --format openvex nginx:1.27",
                                            .media_type = "application/json"}};

}  // namespace
}  // namespace hullcheck::report
