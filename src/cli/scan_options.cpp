#include "cli/scan_options.hpp"

#include <fmt/core.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "cli/command.hpp"
#include "cli/database_place.hpp"
#include "model/scan_result.hpp"
#include "policy/exceptions.hpp"
#include "report/report.hpp"
#include "util/clock.hpp"
#include "util/file.hpp"
#include "util/spill.hpp"
#include "util/text.hpp"

namespace hullcheck::cli {
namespace {

constexpr const char* k_vex_registry = "registry";

std::vector<std::string> report_formats() {
  std::vector<std::string> ids;
  for (const auto& report : report::ReportRegistry::all()) ids.emplace_back(report.descriptor.id);
  return ids;
}

When when_of(const std::string& word) {
  if (word == "always") return When::always;
  return word == "never" ? When::never : When::automatic;
}

bool to_standard_output(const JudgeArguments& arguments) {
  return arguments.output.empty() || arguments.output == "-";
}

report::ReportOptions report_options(const JudgeArguments& arguments) {
  report::ReportOptions options;
  const bool to_terminal = to_standard_output(arguments);
  options.width = to_terminal ? terminal_width(STDOUT_FILENO) : 100;
  options.color = to_terminal ? want_color(when_of(arguments.color)) : arguments.color == "always";
  options.hyperlinks = options.color && to_terminal && is_terminal(STDOUT_FILENO);
  options.ascii = to_terminal && !takes_utf8(STDOUT_FILENO);
  options.quiet = arguments.quiet;
  options.deterministic = arguments.deterministic;
  options.show_suppressed = arguments.show_suppressed;
  options.command = "hullcheck";
  return options;
}

class TextOutput final : public report::Output {
 public:
  void write(std::string_view text) override { m_text += text; }
  Result<void> finish() override { return {}; }
  const std::string& text() const { return m_text; }

 private:
  std::string m_text;
};

// For `hullcheck explain`. A cache that cannot be written costs that and nothing else.
void keep_report(const report::ReportInput& input, const JudgeArguments& arguments) {
  const std::string folder = cache_place(arguments);
  if (folder.empty() || !util::make_folder(folder)) return;
  const auto* const json = report::ReportRegistry::find("json");
  HULLCHECK_ASSERT(json != nullptr);
  TextOutput out;
  report::ReportOptions options;
  options.deterministic = arguments.deterministic;
  json->instance->write(input, options, out);
  (void)util::write_file(last_report_path(folder), as_bytes(out.text()));
}

}  // namespace

void declare_judge_options(CLI::App& app, JudgeArguments& arguments) {
  app.add_option("--format", arguments.format, "How to print the answer")
      ->check(CLI::IsMember(report_formats()))
      ->capture_default_str()
      ->group("Output");
  app.add_option("-o,--output", arguments.output,
                 "Write the report to this file, whole or not at all; - is standard output")
      ->type_name("FILE")
      ->group("Output");
  app.add_flag("-q,--quiet", arguments.quiet, "Verdict and reasons only")->group("Output");
  app.add_option("--color", arguments.color, "Colour on a terminal")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->capture_default_str()
      ->group("Output");
  app.add_flag("--deterministic", arguments.deterministic,
               "No times in the report: the same facts give the same bytes")
      ->group("Output");
  app.add_flag("--profile", arguments.profile, "Print where the time went, on stderr")->group("Output");
  app.add_option("--policy", arguments.policy, "Policy file (docs/policy.md)")->type_name("FILE")->group("Judgement");
  app.add_option("--fail-on", arguments.fail_on, "Stop on every vulnerability at least this severe")
      ->check(CLI::IsMember({"negligible", "low", "medium", "high", "critical"}))
      ->group("Judgement");
  app.add_flag("--ignore-unfixed", arguments.ignore_unfixed, "Leave out vulnerabilities without a fix")
      ->group("Judgement");
  app.add_option("--ignore-status", arguments.ignore_status,
                 "Leave out vulnerabilities of these statuses (affected, will-not-fix, deferred, end-of-life, "
                 "under-investigation, unimportant, disputed)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->type_name("LIST")
      ->group("Judgement");
  app.add_option("--ignore-file", arguments.ignore_files,
                 "Exceptions: .hullcheck.yaml, .trivyignore[.yaml], .grype.yaml or osv-scanner.toml; those in the "
                 "working folder are read unasked; repeatable")
      ->allow_extra_args(false)  // what follows is the image
      ->type_name("FILE")
      ->group("Judgement");
  app.add_flag("--no-ignore-files", arguments.no_ignore_files, "Read no ignore files of the working folder")
      ->group("Judgement");
  app.add_option("--vex", arguments.vex,
                 "VEX documents (OpenVEX, CSAF, CycloneDX), a folder of them, or the word registry: what the image's "
                 "registry holds about it, which nobody verified; repeatable")
      ->allow_extra_args(false)
      ->type_name("PATH|registry")
      ->group("Judgement");
  app.add_flag("--show-suppressed", arguments.show_suppressed, "Also list what is ignored or ruled out, and why")
      ->group("Output");
  app.add_option("--max-db-age", arguments.max_db_age, "Older advisory sources make the answer unknown (36h, 5d)")
      ->capture_default_str()
      ->group("Judgement");
  app.add_option("--rules", arguments.rules,
                 "YARA rules, lists of digests or rule files, or a folder of them; repeatable (docs/rules.md)")
      ->type_name("FILE|DIR")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group("Judgement");
  app.add_option("--cache-dir", arguments.cache_folder,
                 "Where layer facts, compiled rules and the last report are kept")
      ->type_name("DIR")
      ->group("Cache");
  app.add_flag("--no-cache", arguments.no_cache, "Neither read nor keep anything between runs")->group("Cache");
  app.add_option("--db", arguments.database, "Advisory database")->type_name("FILE")->group("Judgement");
  refuse_empty_words(app);
}

void refuse_empty_words(CLI::App& app) {
  const CLI::Validator not_empty(
      [](const std::string& word) { return word.empty() ? std::string("the word is empty") : std::string(); }, "");
  for (CLI::Option* const option : app.get_options())
    if (option->get_items_expected_max() > 0) option->check(not_empty);
}

Result<std::chrono::seconds> parse_duration(std::string_view option, const std::string& text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data(), end, number);
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  const std::int64_t scale = unit.empty() || unit == "s" ? 1
                             : unit == "m"               ? 60
                             : unit == "h"               ? 3600
                             : unit == "d"               ? 86400
                                                         : 0;
  constexpr std::int64_t k_most = 100LL * 366 * 86400;
  if (failed != std::errc() || scale == 0 || number < 0 || number > k_most / scale)
    return make_error(ErrorCode::invalid_argument, "invalid-duration",
                      "'" + text + "' is no duration (examples: 90s, 15m, 36h, 5d)", std::string(option));
  return std::chrono::seconds(number * scale);
}

bool wants_registry_vex(const JudgeArguments& arguments) {
  return std::find(arguments.vex.begin(), arguments.vex.end(), k_vex_registry) != arguments.vex.end();
}

std::string cache_place(const JudgeArguments& arguments) {
  if (arguments.no_cache) return {};
  return arguments.cache_folder.empty() ? util::cache_folder() : arguments.cache_folder;
}

std::string last_report_path(const std::string& cache_folder) {
  return cache_folder.empty() ? std::string() : cache_folder + "/last-report.json";
}

Result<std::shared_ptr<const detect::UserRules>> load_rules(const JudgeArguments& arguments, detect::Depth depth) {
  std::vector<std::string> paths;
  for (const std::string& word : arguments.rules) {
    // HULLCHECK_RULES may name several, as PATH does.
    std::string_view rest = word;
    std::error_code ignored;
    while (rest.find(':') != std::string_view::npos && !std::filesystem::exists(rest, ignored)) {
      if (const std::string_view first = rest.substr(0, rest.find(':')); !first.empty()) paths.emplace_back(first);
      rest.remove_prefix(rest.find(':') + 1);
    }
    if (!rest.empty()) paths.emplace_back(rest);
  }
  if (paths.empty()) return std::shared_ptr<const detect::UserRules>();
  return detect::UserRules::load(paths, cache_place(arguments), depth);
}

std::string default_database_path() {
  const std::string folder = util::data_folder();
  return folder.empty() ? "advisories.db" : folder + "/advisories.db";
}

namespace {

Result<model::VulnerabilityStatus> status_from(std::string word) {
  std::replace(word.begin(), word.end(), '_', '-');
  std::vector<std::string> all;
  for (const auto status : {model::VulnerabilityStatus::affected, model::VulnerabilityStatus::under_investigation,
                            model::VulnerabilityStatus::will_not_fix, model::VulnerabilityStatus::deferred,
                            model::VulnerabilityStatus::end_of_life, model::VulnerabilityStatus::unimportant,
                            model::VulnerabilityStatus::disputed, model::VulnerabilityStatus::not_affected,
                            model::VulnerabilityStatus::fixed}) {
    std::string ours(model::to_string(status));
    std::replace(ours.begin(), ours.end(), ' ', '-');
    std::replace(ours.begin(), ours.end(), '_', '-');
    if (word == ours || (word == "fix-deferred" && status == model::VulnerabilityStatus::deferred)) return status;
    all.push_back(std::move(ours));
  }
  return make_error(ErrorCode::invalid_argument, "status-unknown",
                    "there is no such status of a vulnerability; there are " + util::join(all, ", "), word);
}

Result<void> read_exceptions(const JudgeArguments& arguments, policy::Policy& policy) {
  for (const auto& file : arguments.ignore_files) TRY(policy::add_ignore_file(file, policy));
  if (!arguments.no_ignore_files)
    for (const auto& file : policy::ignore_files_in("."))
      if (std::find(arguments.ignore_files.begin(), arguments.ignore_files.end(), file) ==
          arguments.ignore_files.end())
        TRY(policy::add_ignore_file(file, policy));
  for (const auto& path : arguments.vex)
    if (path != k_vex_registry) TRY(policy::add_vex(path, policy));
  policy.attached_vex = wants_registry_vex(arguments);
  return {};
}

}  // namespace

std::size_t threads_for(std::size_t asked) {
  return asked != 0 ? asked : std::max(1U, std::thread::hardware_concurrency());
}

Result<Judge> prepare_judge(const JudgeArguments& arguments, bool offline) {
  Judge judge;
  judge.options.threads = threads_for(0);
  judge.policy = arguments.policy.empty() ? policy::built_in() : TRY(policy::load(arguments.policy));
  judge.policy.ignore_unfixed = judge.policy.ignore_unfixed || arguments.ignore_unfixed;
  for (const auto& word : arguments.ignore_status) judge.policy.ignore_statuses.push_back(TRY(status_from(word)));
  TRY(read_exceptions(arguments, judge.policy));
  if (!arguments.fail_on.empty()) judge.policy.fail_on = model::severity_from(arguments.fail_on);
  judge.options.now = util::system_now();
  judge.options.deterministic = arguments.deterministic;
  judge.options.max_database_age = TRY(parse_duration("--max-db-age", arguments.max_db_age));
  const std::string path = arguments.database.empty() ? default_database_path() : arguments.database;
  auto database = advisories::Database::open(path);
  if (database)
    judge.database = std::move(*database);
  else if (database.error().name != "database-absent")
    judge.options.database_trouble = database.error().describe();
  else if (!arguments.database.empty())
    judge.options.database_trouble = absent_text(path);
  // Facts that are judged later give the same report as the scan, which may have been told to stay offline.
  judge.options.renewal = renewal_of(arguments.database, offline && !arguments.deterministic);
  return judge;
}

Result<int> judge_and_report(const scan::Collected& collected, const JudgeArguments& arguments, const Judge& judge,
                             util::Profile& profile) {
  report::ReportInput input;
  input.target = collected.target;
  input.wrapped = collected.many;
  input.verdict = model::Verdict::safe;
  for (const scan::ImageFacts& facts : collected.images) {
    input.results.push_back(
        scan::judge(facts, judge.database ? &*judge.database : nullptr, judge.policy, judge.options, profile));
    input.verdict = std::max(input.verdict, input.results.back().verdict);
  }
  return write_report(input, arguments);
}

Result<int> write_report(const report::ReportInput& input, const JudgeArguments& arguments) {
  const auto* const format = report::ReportRegistry::find(arguments.format);
  HULLCHECK_ASSERT(format != nullptr);
  const auto output = to_standard_output(arguments) ? standard_output() : file_output(arguments.output);
  format->instance->write(input, report_options(arguments), *output);
  TRY(output->finish());
  keep_report(input, arguments);
  return model::exit_code(input.verdict);
}

void print_profile(const util::Profile& profile) {
  std::fprintf(stderr, "%-24s %12s %10s\n", "stage", "seconds", "calls");
  for (const util::Profile::Row& row : profile.rows())
    std::fprintf(stderr, "%-24s %12.4f %10llu\n", row.name.c_str(), row.seconds,
                 static_cast<unsigned long long>(row.count));
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::fprintf(stderr, "%-24s %12s\n", "largest memory",
               util::human_size(static_cast<std::uint64_t>(usage.ru_maxrss) * 1024).c_str());
  std::fprintf(stderr, "%-24s %12s\n", "temporary space", util::human_size(util::Spill::peak_on_disk()).c_str());
}

}  // namespace hullcheck::cli
