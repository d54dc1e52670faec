// hullcheck rules list|show|test: what is looked for, and what a rule finds in files at hand.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <thread>

#include "cli/command.hpp"
#include "cli/scan_options.hpp"
#include "detect/assess.hpp"
#include "detect/catalogue.hpp"
#include "inventory/ownership.hpp"
#include "scan/scan.hpp"
#include "util/file.hpp"
#include "util/json_writer.hpp"
#include "util/text.hpp"

namespace hullcheck::cli {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  JudgeArguments judge;  // rules and cache
  std::string format = "table";
  std::string id;
  std::vector<std::string> paths;
};

// A row of either sort.
struct Row {
  detect::RuleRow row;
  std::string source;  // "built in", or where the user's rule stands
  std::string benign, reference;
  std::string detectors;
};

std::string detectors_of(std::string_view rule) {
  std::vector<std::string> ids;
  for (const auto& detector : detect::DetectorRegistry::all())
    for (const detect::RuleRow& row : detector.descriptor.rules)
      if (row.id == rule && (ids.empty() || ids.back() != detector.descriptor.id))
        ids.emplace_back(detector.descriptor.id);
  return util::join(ids, ", ");
}

std::vector<Row> all_rows(const detect::UserRules* rules) {
  std::vector<Row> rows;
  for (const detect::RuleRow& row : detect::all_rules())
    rows.push_back({row, "built in", std::string(detect::benign_reading(row.id)), "", detectors_of(row.id)});
  if (rules != nullptr)
    for (const detect::UserRule& rule : rules->rules())
      rows.push_back({detect::row_of(rule), rule.source, rule.benign, rule.reference, ""});
  return rows;
}

void write_row(util::JsonWriter& json, const Row& row) {
  json.begin_object();
  json.field("id", row.row.id);
  json.field("title", row.row.title);
  json.field("class", detect::to_string(row.row.cls));
  json.field("severity", model::to_string(row.row.severity));
  json.field("confidence", static_cast<int>(row.row.confidence));
  json.field_or_null("technique", row.row.technique);
  json.field_or_null("remediation", row.row.remediation);
  json.field_or_null("benign", row.benign);
  json.field_or_null("reference", row.reference);
  json.field_or_null("detectors", row.detectors);
  json.field("source", row.source);
  json.end_object();
}

void print(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stdout); }

Result<std::shared_ptr<const detect::UserRules>> rules_of(const Arguments& arguments) {
  return load_rules(arguments.judge, detect::Depth::everything);
}

Result<int> list(const Arguments& arguments) {
  const auto rules = TRY(rules_of(arguments));
  if (arguments.format == "markdown") {
    print(detect::detections_page());
    return k_done;
  }
  const std::vector<Row> rows = all_rows(rules.get());
  if (arguments.format == "json") {
    util::JsonWriter json(print);
    json.begin_array();
    for (const Row& row : rows) write_row(json, row);
    json.end_array();
    json.finish();
    return k_done;
  }
  std::size_t widest = 4;
  for (const Row& row : rows)
    widest = std::max(widest, std::min<std::size_t>(40, util::display_width(util::escape_for_terminal(row.row.id))));
  fmt::print("{}  class  severity    sure   finds\n", util::pad_right("rule", widest));
  for (const Row& row : rows)
    fmt::print("{}  {}      {} {:>4} %  {}\n", util::pad_right(util::escape_for_terminal(row.row.id), widest),
               detect::to_string(row.row.cls), util::pad_right(model::to_string(row.row.severity), 10),
               static_cast<int>(row.row.confidence), util::escape_for_terminal(row.row.title));
  return k_done;
}

void print_line(std::string_view label, std::string_view text) {
  if (text.empty()) return;
  const auto lines = util::wrap(util::escape_for_terminal(text),
                                static_cast<std::size_t>(std::max(40, terminal_width(STDOUT_FILENO) - 14)));
  for (std::size_t i = 0; i < lines.size(); ++i)
    fmt::print("{}{}\n", util::pad_right(i == 0 ? label : "", 13), lines[i]);
}

void print_row(const Row& row) {
  fmt::print("{}  {}\n", util::escape_for_terminal(row.row.id), util::escape_for_terminal(row.row.title));
  print_line("class", fmt::format("{}, severity {}, confidence {} %", detect::to_string(row.row.cls),
                                  model::to_string(row.row.severity), static_cast<int>(row.row.confidence)));
  std::string_view rest = row.row.technique;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    const std::string id(rest.substr(0, end));
    const detect::Technique* known = detect::find_technique(id);
    print_line("technique", known == nullptr ? id : fmt::format("{} {} ({})", id, known->name, known->tactics));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  print_line("detectors", row.detectors);
  print_line("source", row.source);
  print_line("benign?", row.benign);
  print_line("what to do", row.row.remediation);
  print_line("read more", row.reference);
}

Result<int> show(const Arguments& arguments) {
  const auto rules = TRY(rules_of(arguments));
  const std::vector<Row> rows = all_rows(rules.get());
  std::vector<const Row*> found;
  for (const Row& row : rows)
    if (row.row.id == arguments.id || row.row.id.substr(row.row.id.find(':') + 1) == arguments.id)
      found.push_back(&row);
  if (found.empty()) {
    for (const detect::Elsewhere& row : detect::reported_elsewhere())
      if (row.id == arguments.id) {
        fmt::print("{}  {}\n", row.id, row.title);
        print_line("found by", row.stage);
        print_line("benign?", detect::benign_reading(row.id));
        return k_done;
      }
    for (const detect::NotDone& row : detect::not_done())
      if (row.id == arguments.id) {
        fmt::print("{}  {}\nnot done     {}\n", row.id, row.title, row.reason);
        return k_negative;
      }
    fail("there is no rule '" + arguments.id.substr(0, 100) + "'",
         "see: hullcheck rules list (with --rules FILE for your own)");
    return k_negative;
  }
  if (arguments.format == "json") {
    util::JsonWriter json(print);
    json.begin_array();
    for (const Row* row : found) write_row(json, *row);
    json.end_array();
    json.finish();
    return k_done;
  }
  for (const Row* row : found) print_row(*row);
  return k_done;
}

// A folder with nothing but a copy of one file under its own name, for sources are folders.
class OneFile {
 public:
  static Result<std::unique_ptr<OneFile>> make(const std::string& path) {
    std::string folder = (fs::temp_directory_path() / "hullcheck-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr)
      return make_error(ErrorCode::io, "folder-unwritable", "no temporary folder can be made", folder);
    auto out = std::unique_ptr<OneFile>(new OneFile(folder));
    std::error_code failed;
    fs::copy_file(path, fs::path(folder) / fs::path(path).filename(), failed);
    if (failed) return make_error(ErrorCode::io, "file-unreadable", failed.message(), path);
    return out;
  }
  ~OneFile() {
    std::error_code ignored;
    fs::remove_all(m_folder, ignored);
  }
  OneFile(const OneFile&) = delete;
  OneFile& operator=(const OneFile&) = delete;
  const std::string& folder() const { return m_folder; }

 private:
  explicit OneFile(std::string folder) : m_folder(std::move(folder)) {}
  std::string m_folder;
};

struct TestHit {
  std::string path;
  detect::Evidence evidence;
};

struct Tested {
  std::vector<TestHit> hits;
  std::vector<std::string> troubles;
};

Result<void> test_path(const std::string& path, const Arguments& arguments,
                       const std::shared_ptr<const detect::UserRules>& rules, Tested& out) {
  std::error_code failed;
  const bool folder = fs::is_directory(path, failed);
  if (!fs::exists(path, failed)) return make_error(ErrorCode::not_found, "file-absent", "no such file", path);
  std::unique_ptr<OneFile> copy;
  if (!folder) copy = TRY(OneFile::make(path));
  scan::CollectOptions options;
  options.rules = rules;
  options.threads = 1;
  options.pattern_cache = cache_place(arguments.judge);
  const auto store = store::memory_store();
  util::Profile profile;
  const scan::Collected collected = TRY(
      scan::collect("rootfs:" + (folder ? path : copy->folder()), options, *store, {}, util::no_progress(), profile));
  const scan::ImageFacts& facts = collected.images.front();
  const layers::ImageView image(facts.image, facts.layer_facts);
  const inventory::Inventory inventory = inventory::take_inventory(image);
  const inventory::Ownership ownership(image, inventory);
  for (detect::PlacedEvidence& placed : detect::observe(image, inventory, ownership, &facts.user, &facts.config)) {
    std::string place = folder ? (fs::path(path) / placed.path).string() : path;
    if (placed.file.layer == layers::k_none) place = placed.path;
    out.hits.push_back({std::move(place), std::move(placed.evidence)});
  }
  for (const auto& layer : facts.layer_facts)
    if (layer)
      for (const auto& [id, section] : layer->sections)
        for (const layers::Problem& problem : section.problems)
          out.troubles.push_back((folder ? (fs::path(path) / problem.subject).string() : path) + ": " +
                                 problem.message);
  for (const model::Gap& gap : facts.image.gaps)
    if (gap.effect == model::GapEffect::unknown) out.troubles.push_back(gap.subject + ": " + gap.reason);
  return {};
}

const Row* row_named(const std::vector<Row>& rows, const std::string& id) {
  const auto at = std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.row.id == id; });
  return at == rows.end() ? nullptr : &*at;
}

void print_hits_as_json(const Tested& tested, const std::vector<Row>& rows) {
  util::JsonWriter json(print);
  json.begin_object();
  json.key("hits");
  json.begin_array();
  for (const TestHit& hit : tested.hits) {
    const Row* row = row_named(rows, hit.evidence.rule);
    json.begin_object();
    json.field("path", hit.path);
    json.field("rule", hit.evidence.rule);
    json.field_or_null("title", row != nullptr ? row->row.title : "");
    json.field("class", detect::to_string(hit.evidence.cls));
    json.field("confidence", static_cast<int>(hit.evidence.confidence));
    json.field("offset", hit.evidence.offset);
    json.key("line");
    if (hit.evidence.line == 0)
      json.null();
    else
      json.value(hit.evidence.line);
    json.field("evidence", hit.evidence.text);
    json.end_object();
  }
  json.end_array();
  json.strings("troubles", tested.troubles);
  json.end_object();
  json.finish();
}

void print_hits(const Tested& tested, const std::vector<Row>& rows) {
  for (const TestHit& hit : tested.hits) {
    const Row* row = row_named(rows, hit.evidence.rule);
    const std::string place =
        hit.evidence.line != 0 ? fmt::format(":{}", hit.evidence.line) : fmt::format(" at {}", hit.evidence.offset);
    fmt::print("{}{}\n  {} [{}], class {}\n  {}\n", util::escape_for_terminal(hit.path), place,
               util::escape_for_terminal(row != nullptr ? row->row.title : "Unknown rule"),
               util::escape_for_terminal(hit.evidence.rule), detect::to_string(hit.evidence.cls),
               util::escape_for_terminal(hit.evidence.text));
  }
  for (const std::string& trouble : tested.troubles)
    std::fprintf(stderr, "not examined: %s\n", util::escape_for_terminal(trouble).c_str());
  fmt::print("{}\n", tested.hits.empty() ? "no hits" : util::plural(tested.hits.size(), "hit"));
}

Result<int> test(const Arguments& arguments) {
  const auto rules = TRY(rules_of(arguments));
  Tested tested;
  for (const std::string& path : arguments.paths) TRY(test_path(path, arguments, rules, tested));
  std::stable_sort(tested.hits.begin(), tested.hits.end(), [](const TestHit& a, const TestHit& b) {
    return std::tie(a.path, a.evidence.offset, a.evidence.rule, a.evidence.text) <
           std::tie(b.path, b.evidence.offset, b.evidence.rule, b.evidence.text);
  });
  const std::vector<Row> rows = all_rows(rules.get());
  if (arguments.format == "json")
    print_hits_as_json(tested, rows);
  else
    print_hits(tested, rows);
  return tested.hits.empty() ? k_negative : k_done;
}

void declare_common(CLI::App& app, Arguments& arguments, std::vector<std::string> formats) {
  app.add_option("--rules", arguments.judge.rules, "Your own rules as well: a file or folder; repeatable")
      ->type_name("FILE|DIR")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--cache-dir", arguments.judge.cache_folder, "Where compiled rules are kept")->type_name("DIR");
  app.add_flag("--no-cache", arguments.judge.no_cache, "Keep no compiled rules");
  app.add_option("--format", arguments.format, "How to print it")
      ->check(CLI::IsMember(std::move(formats)))
      ->capture_default_str();
}

class RulesCommand final : public Command {
 public:
  using Kind = Command;
  std::function<int()> declare(CLI::App& app) const override {
    const auto arguments = std::make_shared<Arguments>();
    const auto action = std::make_shared<std::function<Result<int>(const Arguments&)>>();
    app.require_subcommand(1);
    CLI::App* const list_app = app.add_subcommand("list", "Every rule, built in and yours");
    declare_common(*list_app, *arguments, {"table", "json", "markdown"});
    list_app->callback([action] { *action = list; });
    CLI::App* const show_app = app.add_subcommand("show", "Everything about one rule");
    show_app->add_option("id", arguments->id, "Id of the rule, such as M07 or yara:Name")->required();
    declare_common(*show_app, *arguments, {"table", "json"});
    show_app->callback([action] { *action = show; });
    CLI::App* const test_app =
        app.add_subcommand("test", "What rules and detectors find in files or folders (exit 1: nothing)");
    test_app->add_option("path", arguments->paths, "Files or folders")->required();
    declare_common(*test_app, *arguments, {"table", "json"});
    test_app->callback([action] { *action = test; });
    return [arguments, action] { return finish((*action)(*arguments)); };
  }
};

const util::Registered<RulesCommand> registered{
    {.id = "rules", .summary = "List, show or try the rules of detection", .example = R"(  hullcheck rules list
  hullcheck rules show M07
  hullcheck rules list --rules ./my-rules --format json
  hullcheck rules test --rules beacon.yar ./samples)"}};

}  // namespace
}  // namespace hullcheck::cli
