// The options that every command that judges images shares, and what they become.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "advisories/database.hpp"
#include "cli/terminal.hpp"
#include "policy/policy.hpp"
#include "scan/scan.hpp"
#include "util/profile.hpp"

namespace CLI {
class App;
}

namespace hullcheck::cli {

struct JudgeArguments {
  std::string database;  // file; "" = data folder
  std::string policy;    // file; "" = built in
  std::string fail_on;   // severity
  bool ignore_unfixed = false;
  std::vector<std::string> ignore_status;  // statuses of vulnerabilities
  std::vector<std::string> ignore_files;   // beside those that lie in the working folder
  bool no_ignore_files = false;            // do not look for any
  std::vector<std::string> vex;            // files, folders and the word "registry"
  bool show_suppressed = false;
  std::string max_db_age = "5d";
  std::string format = "terminal";
  std::string output;  // file; "" = standard output
  std::string color = "auto";
  bool quiet = false;
  bool deterministic = false;
  bool profile = false;
  std::vector<std::string> rules;  // files and folders of the user's
  std::string cache_folder;        // "" = the default one
  bool no_cache = false;
};

// --vex registry
bool wants_registry_vex(const JudgeArguments& arguments);

void declare_judge_options(CLI::App& app, JudgeArguments& arguments);
// A variable that is not set must not mean another database, or the public feeds instead of a mirror: every option
// that the command has so far takes a word.
void refuse_empty_words(CLI::App& app);

// "90", "90s", "15m", "36h", "5d"; "invalid-duration".
Result<std::chrono::seconds> parse_duration(std::string_view option, const std::string& text);
std::string default_database_path();

// Where layer facts, compiled rules and the last report are kept; "" with --no-cache, or where there is no home.
std::string cache_place(const JudgeArguments& arguments);
std::string last_report_path(const std::string& cache_folder);

// The rules of --rules; null where there are none. A bad one is an error with file, line and reason.
Result<std::shared_ptr<const detect::UserRules>> load_rules(const JudgeArguments& arguments, detect::Depth depth);

struct Judge {
  policy::Policy policy;
  std::optional<advisories::Database> database;
  scan::JudgeOptions options;
};
// As many as were asked for; one per processor for 0.
std::size_t threads_for(std::size_t asked);

// Reads policy and database. A missing database is no error: the scan says so in its answer. One thread per
// processor.
Result<Judge> prepare_judge(const JudgeArguments& arguments, bool offline = false);

// Judges every image, prints the report, gives the exit code of the worst verdict.
Result<int> judge_and_report(const scan::Collected& collected, const JudgeArguments& arguments, const Judge& judge,
                             util::Profile& profile);
// Prints the report, gives the exit code of its verdict.
Result<int> write_report(const report::ReportInput& input, const JudgeArguments& arguments);
void print_profile(const util::Profile& profile);

}  // namespace hullcheck::cli
