#include "cli/db_tools.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>

#include "advisories/bundle.hpp"
#include "advisories/enrichment.hpp"
#include "advisories/row.hpp"
#include "util/text.hpp"

namespace hullcheck::cli {
namespace {

using advisories::Advisory;
using advisories::Database;
using advisories::RecordChange;
using Json = nlohmann::ordered_json;

constexpr std::size_t k_most_listed = 40;  // changes that a person is shown

void line(std::FILE* out, const std::string& text) { fmt::print(out, "{}\n", text); }
std::string safe(std::string_view text) { return util::escape_for_terminal(text); }
std::string dumped(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace); }

std::string_view word(RecordChange::Kind kind) {
  switch (kind) {
    case RecordChange::Kind::added: return "added";
    case RecordChange::Kind::removed: return "removed";
    case RecordChange::Kind::changed: return "changed";
  }
  return "changed";
}

std::string range_text(const Advisory& advisory) {
  std::vector<std::string> parts;
  for (const auto& range : advisory.ranges) {
    std::string text = range.introduced.empty() ? "" : "from " + range.introduced + " ";
    if (!range.fixed.empty())
      text += "before " + range.fixed;
    else if (!range.last_affected.empty())
      text += "up to " + range.last_affected;
    else
      text += range.introduced.empty() ? "every version" : "on";
    parts.push_back(text);
  }
  if (!advisory.versions.empty()) parts.push_back(util::join_some(advisory.versions, 5));
  return util::join_some(parts, 6);
}

bool names(const Advisory& advisory, const std::string& id) {
  const auto has = [&](const std::vector<std::string>& list) {
    return std::find(list.begin(), list.end(), id) != list.end();
  };
  return advisory.id == id || has(advisory.aliases) || has(advisory.covers);
}

struct Found {
  Advisory advisory;
  std::string source;
};

Result<std::vector<Found>> find(const Database& database, const std::string& id, const std::string& package) {
  std::vector<Found> found;
  const auto look = [&](std::string_view ecosystem, std::string_view name, std::size_t source,
                        Bytes record) -> Result<void> {
    // Names stand in records as they are: most records need no decoding.
    if ((!package.empty() && name != package) || as_text(record).find(id) == std::string_view::npos) return {};
    if (ecosystem == advisories::k_epss_ecosystem || ecosystem == advisories::k_nvd_ecosystem) return {};
    auto advisory = TRY(advisories::decode_record(record));
    if (!names(advisory, id)) return {};
    advisory.ecosystem = ecosystem;
    advisory.package = name;
    found.push_back({std::move(advisory), database.sources()[source].name});
    return {};
  };
  TRY(database.each_record(look));
  return found;
}

Json to_json(const Found& found) {
  const Advisory& advisory = found.advisory;
  Json entry;
  entry["id"] = advisory.id;
  entry["aliases"] = advisory.aliases;
  entry["covers"] = advisory.covers;
  entry["source"] = found.source;
  entry["ecosystem"] = advisory.ecosystem;
  entry["package"] = advisory.package;
  auto ranges = Json::array();
  for (const auto& range : advisory.ranges)
    ranges.push_back(
        {{"introduced", range.introduced}, {"fixed", range.fixed}, {"lastAffected", range.last_affected}});
  entry["ranges"] = std::move(ranges);
  entry["versions"] = advisory.versions;
  entry["status"] = std::string(model::to_string(advisory.status));
  entry["severity"] = std::string(model::to_string(advisory.severity));
  entry["severitySource"] = advisory.severity_source;
  entry["cvss"] = advisory.cvss_score < 0 ? Json(nullptr) : Json(advisory.cvss_score);
  entry["vector"] = advisory.cvss_vector;
  entry["title"] = advisory.title;
  entry["link"] = advisory.link;
  return entry;
}

// What is known of the flaw beside packages: KEV, EPSS, NVD.
Result<Json> known_of(const Database& database, const std::string& id) {
  Json known = Json::object();
  if (const auto entry = TRY(database.known_exploited(id))) known["knownExploitedSince"] = entry->since;
  for (const auto& row : TRY(database.look_up(advisories::k_epss_ecosystem, id)))
    for (const auto& [key, value] : row.extra) known[key] = value;
  for (const auto& row : TRY(database.look_up(advisories::k_nvd_ecosystem, id))) {
    known["nvdScore"] = row.cvss_score;
    known["nvdVector"] = row.cvss_vector;
  }
  return known;
}

void print_found(const std::vector<Found>& found, std::FILE* out) {
  std::string before;
  for (const auto& [advisory, source] : found) {
    const std::string head = fmt::format("{} · {} ({})", advisory.ecosystem, advisory.package, source);
    if (head != before) line(out, "\n" + safe(head));
    before = head;
    std::string text = fmt::format("  {}: {}", advisory.id, range_text(advisory));
    text += fmt::format("; {}", model::to_string(advisory.status));
    if (advisory.severity != model::Severity::unrated)
      text += fmt::format("; {} ({})", model::to_string(advisory.severity), advisory.severity_source);
    if (advisory.cvss_score >= 0) text += fmt::format("; CVSS {:.1f}", advisory.cvss_score);
    line(out, safe(text));
    if (!advisory.aliases.empty()) line(out, safe("    also " + util::join_some(advisory.aliases, 8)));
    if (!advisory.covers.empty()) line(out, safe("    about " + util::join_some(advisory.covers, 8)));
  }
}

// As the sources write it, however it was typed: CVE-2024-1, GHSA-abcd-….
std::string id_as_written(std::string id) {
  const auto dash = id.find('-');
  const auto upper = [&](std::size_t end) {
    for (std::size_t i = 0; i < end; ++i) id[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(id[i])));
  };
  std::string word = id.substr(0, dash == std::string::npos ? 0 : dash);
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (word == "ghsa") upper(dash);
  for (const char* known :
       {"cve", "dsa", "dla", "usn", "rhsa", "alsa", "rlsa", "elsa", "alas", "mal", "pysec", "go", "rustsec"})
    if (word == known) upper(id.size());
  return id;
}

}  // namespace

Result<int> run_db_export(const std::string& database, const std::string& file, bool slim, std::FILE* out) {
  const auto info =
      TRY(advisories::export_database(database, file, slim ? advisories::Slim::yes : advisories::Slim::no));
  line(out,
       fmt::format("{}: {}, {}", safe(file), util::plural(info.records, "record"), util::human_size(info.bytes)));
  line(out, fmt::format("Digest of the content: {}", info.digest));
  return 0;
}

Result<int> run_db_import(const std::string& file, const std::string& database, std::FILE* out) {
  const auto info = TRY(advisories::import_bundle(file, database));
  line(out, fmt::format("The advisory database holds {}.", util::plural(info.records, "record")));
  line(out, fmt::format("Digest of the content: {}", info.digest));
  return 0;
}

Result<int> run_db_delta(const std::string& older, const std::string& newer, const std::string& file,
                         std::FILE* out) {
  const auto info = TRY(advisories::export_difference(older, newer, file));
  line(out, fmt::format("{}: {} gone or new, {}", safe(file), util::plural(info.records, "record"),
                        util::human_size(info.bytes)));
  line(out, fmt::format("Digest of the content that it gives: {}", info.digest));
  return 0;
}

Result<int> run_db_diff(const std::string& older, const std::string& newer, bool json, std::FILE* out) {
  const auto changes = TRY(advisories::compare_databases(older, newer));
  if (json) {
    auto list = Json::array();
    for (const auto& change : changes)
      list.push_back({{"change", std::string(word(change.kind))},
                      {"source", change.source},
                      {"ecosystem", change.ecosystem},
                      {"package", change.package},
                      {"id", change.id}});
    line(out, dumped(list));
    return changes.empty() ? 0 : 1;
  }
  std::map<std::string, std::map<std::string_view, std::uint64_t>> counts;
  for (const auto& change : changes) ++counts[change.source][word(change.kind)];
  if (changes.empty()) line(out, "Both databases say the same.");
  for (const auto& [source, kinds] : counts) {
    std::vector<std::string> words;
    for (const auto& [kind, count] : kinds) words.push_back(fmt::format("{} {}", util::human_count(count), kind));
    line(out, fmt::format("{}: {}", safe(source), util::join(words, ", ")));
  }
  for (std::size_t i = 0; i < changes.size() && i < k_most_listed; ++i)
    line(out, safe(fmt::format("  {} {} · {} {} ({})", word(changes[i].kind), changes[i].id, changes[i].ecosystem,
                               changes[i].package, changes[i].source)));
  if (changes.size() > k_most_listed)
    line(out,
         fmt::format("  … and {} more (--format json for all)", util::human_count(changes.size() - k_most_listed)));
  return changes.empty() ? 0 : 1;
}

Result<int> run_db_explain(const std::string& path, const std::string& typed, const std::string& package, bool json,
                           std::FILE* out) {
  const std::string id = id_as_written(typed);
  const Database database = TRY(Database::open(path));
  const auto found = TRY(find(database, id, package));
  const Json known = TRY(known_of(database, id));
  if (json) {
    Json root = {{"id", id}, {"known", known}};
    root["records"] = Json::array();
    for (const auto& each : found) root["records"].push_back(to_json(each));
    line(out, dumped(root));
    return found.empty() && known.empty() ? 1 : 0;
  }
  line(out, fmt::format("{}: {} in {}", safe(id), util::plural(found.size(), "record"), safe(path)));
  if (known.contains("knownExploitedSince"))
    line(out, "Known to be exploited since " + safe(known["knownExploitedSince"].get<std::string>()));
  if (known.contains("epss")) line(out, "EPSS " + safe(known["epss"].get<std::string>()));
  if (known.contains("nvdScore"))
    line(out,
         fmt::format("NVD {:.1f} {}", known["nvdScore"].get<double>(), safe(known["nvdVector"].get<std::string>())));
  if (!found.empty() && !found.front().advisory.title.empty()) line(out, safe(found.front().advisory.title));
  print_found(found, out);
  return found.empty() && known.empty() ? 1 : 0;
}

}  // namespace hullcheck::cli
