#include "cli/db_commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "advisories/sources_markdown.hpp"
#include "advisories/update.hpp"
#include "cli/database_place.hpp"
#include "detect/secrets/confirm.hpp"
#include "util/clock.hpp"
#include "util/shell_word.hpp"
#include "util/text.hpp"

namespace hullcheck::cli {
namespace {

using advisories::Database;
using advisories::SourceOutcome;

void line(std::FILE* out, const std::string& text) { fmt::print(out, "{}\n", text); }

std::optional<std::chrono::seconds> age_of(const std::string& checked, std::chrono::sys_seconds now) {
  const auto time = util::parse_rfc3339(checked);
  if (!time) return std::nullopt;
  return std::max(now - *time, std::chrono::seconds(0));
}

// Columns as wide as their widest cell; the last one runs free.
void print_table(std::FILE* out, const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], util::display_width(row[i]));
  }
  for (const auto& row : rows) {
    std::string text;
    for (std::size_t i = 0; i < row.size(); ++i) text += util::pad_right(row[i], widths[i]) + "  ";
    line(out, text.substr(0, text.find_last_not_of(' ') + 1));
  }
}

// As an answer; as an error it is that of fail_of_database().
std::string no_database(const DbStatusArguments& arguments) {
  std::string text = absent_text(arguments.database);
  text.front() = 'T';
  return util::escape_for_terminal(
      fmt::format("{}; to make one, run: {}", text, renewal_of(arguments.given, false).command));
}

// Once each: some twenty sources share the remark that their format lists fixed flaws only.
void print_gaps(const std::vector<model::Gap>& gaps, std::FILE* out) {
  constexpr std::size_t k_most_named = 4;
  std::map<std::string, std::vector<std::string>> by_reason;
  for (const auto& gap : gaps) by_reason[fmt::format("{} ({})", gap.reason, gap.id)].push_back(gap.subject);
  for (const auto& [reason, subjects] : by_reason) {
    const std::size_t named = subjects.size() <= k_most_named + 1 ? subjects.size() : k_most_named;
    std::string names;
    for (std::size_t i = 0; i < named; ++i) names += (i == 0 ? "" : ", ") + subjects[i];
    if (named < subjects.size()) names += fmt::format(" and {} more", subjects.size() - named);
    line(out, fmt::format("\n{}\n  {}", util::escape_for_terminal(reason), util::escape_for_terminal(names)));
  }
}

struct Opened {
  std::optional<Database> database;
  int exit_code = 0;  // when there is none
};

Opened open_for_reading(const DbStatusArguments& arguments, std::FILE* error) {
  auto opened = Database::open(arguments.database);
  if (opened.ok()) return {std::move(opened).value(), 0};
  if (opened.error().name == "database-absent") return {std::nullopt, 1};
  static_cast<void>(error);
  return {std::nullopt, fail_of_database(opened.error(), arguments.database, arguments.given)};
}

struct Summary {
  std::uint64_t loaded = 0, records = 0;
  std::optional<std::chrono::seconds> oldest;
  std::size_t stale = 0;
};

Summary summarize(const model::DatabaseState& state, const DbStatusArguments& arguments) {
  Summary summary;
  for (const auto& source : state.sources) {
    const auto age = age_of(source.checked, arguments.now);
    if (!age) continue;
    ++summary.loaded;
    summary.records += source.records;
    summary.oldest = std::max(summary.oldest.value_or(*age), *age);
    if (*age > arguments.max_age) ++summary.stale;
  }
  return summary;
}

void print_status_json(const Database* database, const DbStatusArguments& arguments, std::FILE* out) {
  using Json = nlohmann::ordered_json;
  Json root;
  root["present"] = database != nullptr;
  root["path"] = arguments.database;
  root["digest"] = database != nullptr ? Json(database->state().digest) : Json(nullptr);
  root["built"] = database != nullptr ? Json(database->state().built) : Json(nullptr);
  auto sources = Json::array(), gaps = Json::array();
  for (std::size_t i = 0; database != nullptr && i < database->sources().size(); ++i) {
    const auto& stored = database->sources()[i];
    const auto& state = database->state().sources[i];
    const auto age = age_of(state.checked, arguments.now);
    const auto text_or_null = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
    Json source;
    source["name"] = stored.name;
    source["feed"] = stored.feed;
    source["url"] = stored.url;
    source["ecosystem"] = stored.subject;
    source["outcome"] = stored.outcome;
    source["checked"] = text_or_null(state.checked);
    source["ageSeconds"] = age ? Json(age->count()) : Json(nullptr);
    source["newestRecord"] = text_or_null(state.newest_record);
    source["records"] = state.records;
    source["skipped"] = stored.skipped;
    source["stale"] = age && *age > arguments.max_age;
    sources.push_back(std::move(source));
  }
  if (database != nullptr)
    for (const auto& gap : database->gaps())
      gaps.push_back({{"id", gap.id},
                      {"subject", gap.subject},
                      {"reason", gap.reason},
                      {"effect", std::string(model::to_string(gap.effect))}});
  root["sources"] = std::move(sources);
  root["gaps"] = std::move(gaps);
  line(out, root.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
}

// The address of a mirror may hold a password.
std::string shown(const Error& error) {
  return util::escape_for_terminal(detect::secrets::redacted(error.describe()));
}

}  // namespace

std::string age_text(std::optional<std::chrono::seconds> age) {
  if (!age) return "never";
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(*age).count();
  if (minutes < 1) return "now";
  if (minutes < 120) return fmt::format("{} min", minutes);
  if (minutes < 48 * 60) return fmt::format("{} hours", minutes / 60);
  return fmt::format("{} days", minutes / (24 * 60));
}

int run_db_update(const DbUpdateArguments& arguments, util::Progress& progress, std::stop_token stop, std::FILE* out,
                  std::FILE* error) {
  const auto fail = [&](const Error& problem) {
    line(error, fmt::format("hullcheck: {}", shown(problem)));
    return problem.code == ErrorCode::cancelled ? 130 : 3;
  };
  if (const auto allowed = may_replace(arguments.given); !allowed.ok()) return fail(allowed.error());
  auto transport = advisories::make_transport(arguments.mirror);
  if (!transport.ok()) return fail(transport.error());
  advisories::UpdateOptions options;
  options.database = arguments.database;
  options.feeds = arguments.feeds;
  options.accept_shrink = arguments.accept_shrink;
  options.command += database_option(arguments.given);
  // It is said in messages, and those are kept: whoever follows it knows the login of the mirror.
  if (!arguments.mirror.empty())
    options.command += " --mirror " + util::shell_quoted(detect::secrets::redacted(arguments.mirror));
  options.threads = arguments.threads;
  options.now = arguments.now;
  options.optional_too = !arguments.mirror.empty() && arguments.feeds.empty();
  const auto report = advisories::update(options, **transport, progress, std::move(stop));
  if (!report.ok()) return fail(report.error());

  const auto loaded = report->count(SourceOutcome::loaded), unchanged = report->count(SourceOutcome::unchanged);
  const auto failed = report->count(SourceOutcome::failed), absent = report->count(SourceOutcome::not_mirrored);
  // Those that failed or were not asked for keep what they had.
  const auto holding = std::count_if(report->sources.begin(), report->sources.end(), [](const auto& source) {
    return source.records > 0 || source.outcome == SourceOutcome::loaded ||
           source.outcome == SourceOutcome::unchanged;
  });
  if (report->written)
    line(out,
         fmt::format("The advisory database holds {} from {}: {} loaded, {} unchanged, {} failed, {} not "
                     "mirrored.",
                     util::plural(report->records, "record"),
                     util::plural(static_cast<std::size_t>(holding), "source"), loaded, unchanged, failed, absent));
  else
    line(out, "Nothing was loaded; the advisory database is as it was.");
  std::vector<std::vector<std::string>> rows;
  for (const auto& source : report->sources) {
    if (source.outcome != SourceOutcome::loaded && source.outcome != SourceOutcome::unchanged) continue;
    rows.push_back({"  " + source.name, std::string(to_string(source.outcome)),
                    util::plural(source.records, "record"),
                    source.skipped == 0 ? "" : fmt::format("{} skipped", util::human_count(source.skipped))});
  }
  print_table(out, rows);
  for (const auto& source : report->sources)
    if (source.outcome == SourceOutcome::failed)
      line(out, fmt::format("  {} failed: {} ({})", source.name, shown(source.error), source.error.name));
  return report->written ? 0 : 3;
}

int run_db_status(const DbStatusArguments& arguments, std::FILE* out, std::FILE* error) {
  const auto opened = open_for_reading(arguments, error);
  const Database* database = opened.database ? &*opened.database : nullptr;
  if (database == nullptr && opened.exit_code == 3) return 3;
  if (arguments.json) {
    print_status_json(database, arguments, out);
    return database == nullptr || summarize(database->state(), arguments).stale > 0 ? 1 : 0;
  }
  if (database == nullptr) {
    line(out, no_database(arguments));
    return 1;
  }
  const auto& state = database->state();
  const auto summary = summarize(state, arguments);
  line(out,
       fmt::format("{} from {}, the oldest checked {}{}.", util::plural(summary.records, "record"),
                   util::plural(summary.loaded, "source"),
                   summary.oldest && *summary.oldest >= std::chrono::minutes(1) ? age_text(summary.oldest) + " ago"
                                                                                : "just now",
                   summary.stale == 0
                       ? ""
                       : fmt::format("; {} older than {}", summary.stale, util::duration_text(arguments.max_age))));
  line(out, fmt::format("File:   {}", util::escape_for_terminal(arguments.database)));
  line(out, fmt::format("Built:  {}", state.built));
  line(out, fmt::format("Digest: {}", state.digest));
  line(out, "");
  std::vector<std::vector<std::string>> rows{{"SOURCE", "RECORDS", "CHECKED", "NEWEST RECORD", "LAST UPDATE"}};
  for (std::size_t i = 0; i < state.sources.size(); ++i) {
    const auto& source = state.sources[i];
    if (source.checked.empty() && database->sources()[i].outcome != "failed") continue;
    rows.push_back({source.name, util::human_count(source.records), age_text(age_of(source.checked, arguments.now)),
                    source.newest_record.empty() ? "-" : source.newest_record, database->sources()[i].outcome});
  }
  print_table(out, rows);
  print_gaps(database->gaps(), out);
  return summary.stale > 0 ? 1 : 0;
}

int run_db_list(const DbStatusArguments& arguments, std::FILE* out, std::FILE* error) {
  if (arguments.markdown) {
    fmt::print(out, "{}", advisories::sources_as_markdown());
    return 0;
  }
  const auto opened = open_for_reading(arguments, error);
  if (opened.exit_code == 3) return 3;
  std::map<std::string, const model::SourceState*> loaded;
  if (opened.database)
    for (const auto& source : opened.database->state().sources)
      if (!source.checked.empty()) loaded[source.name] = &source;
  const auto sources = advisories::default_sources();
  if (arguments.json) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& source : sources) {
      const auto found = loaded.find(source.name);
      nlohmann::ordered_json entry;
      entry["name"] = source.name;
      entry["feed"] = source.feed;
      entry["ecosystem"] = source.subject;
      entry["url"] = source.url;
      entry["licence"] = source.licence;
      entry["roughBytes"] = source.rough_bytes;
      entry["namedOnly"] = source.optional;
      entry["loaded"] = found != loaded.end();
      entry["records"] = found == loaded.end() ? 0 : found->second->records;
      list.push_back(std::move(entry));
    }
    line(out, list.dump(2));
    return 0;
  }
  line(out, fmt::format("{}, {} loaded.", util::plural(sources.size(), "source"), loaded.size()));
  std::vector<std::vector<std::string>> rows{{"SOURCE", "RECORDS", "CHECKED", "SIZE", "LICENCE", "ADDRESS"}};
  for (const auto& source : sources) {
    const auto found = loaded.find(source.name);
    const char* const not_loaded = source.optional ? "named only" : "-";
    rows.push_back({source.name, found == loaded.end() ? not_loaded : util::human_count(found->second->records),
                    found == loaded.end() ? "-" : age_text(age_of(found->second->checked, arguments.now)),
                    util::human_size(source.rough_bytes), std::string(source.licence), source.url});
  }
  print_table(out, rows);
  line(out,
       "\"named only\": large, or said by another source too; fetched once `db update --feeds NAME` has named it.");
  return 0;
}

}  // namespace hullcheck::cli
