// hullcheck db update|status|list: the advisory database.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/command.hpp"
#include "cli/db_commands.hpp"
#include "cli/scan_options.hpp"
#include "cli/terminal.hpp"
#include "util/clock.hpp"

namespace hullcheck::cli {
namespace {

struct Arguments {
  DbUpdateArguments update;
  DbStatusArguments status;
  std::string database;
  std::string max_age = "5d";
  std::string format = "terminal";
  bool quiet = false;
};

Result<int> update(Arguments& arguments) {
  StopWatch watch(std::nullopt);
  arguments.update.database = arguments.database.empty() ? default_database_path() : arguments.database;
  arguments.update.now = util::system_now();
  ProgressLine progress(is_terminal(STDERR_FILENO) && !arguments.quiet);
  const int code = run_db_update(arguments.update, progress, watch.token(), stdout, stderr);
  return watch.interrupted() ? k_interrupted : code;
}

Result<int> prepare_status(Arguments& arguments, int (*run)(const DbStatusArguments&, std::FILE*, std::FILE*)) {
  arguments.status.database = arguments.database.empty() ? default_database_path() : arguments.database;
  arguments.status.json = arguments.format == "json";
  arguments.status.now = util::system_now();
  arguments.status.max_age = TRY(parse_duration(arguments.max_age));
  return run(arguments.status, stdout, stderr);
}

Result<int> status(Arguments& arguments) { return prepare_status(arguments, run_db_status); }
Result<int> list(Arguments& arguments) { return prepare_status(arguments, run_db_list); }

class DbCommand final : public Command {
 public:
  using Kind = Command;
  std::function<int()> declare(CLI::App& app) const override {
    const auto arguments = std::make_shared<Arguments>();
    const auto action = std::make_shared<Result<int> (*)(Arguments&)>(nullptr);
    app.require_subcommand(1);
    const auto add = [&](const char* name, const char* summary, Result<int> (*run)(Arguments&)) {
      CLI::App* const sub = app.add_subcommand(name, summary);
      sub->add_option("--db", arguments->database, "Advisory database")->type_name("FILE");
      sub->callback([action, run] { *action = run; });
      return sub;
    };
    CLI::App* const updating = add("update", "Fetch what changed from the public feeds", update);
    updating->add_option("--mirror", arguments->update.mirror, "Folder or URL that mirrors the feeds as HOST/PATH")
        ->type_name("BASE");
    updating->add_option("--feeds", arguments->update.feeds, "Only these sources (see `hullcheck db list`)")
        ->delimiter(',')
        ->type_name("LIST");
    updating->add_option("--threads", arguments->update.threads, "Downloads at the same time")
        ->check(CLI::Range(1, 64));
    updating->add_flag("-q,--quiet", arguments->quiet, "No progress");
    for (CLI::App* const sub : {add("status", "Age and size of the database, source by source", status),
                                add("list", "Every source that an update knows", list)}) {
      sub->add_option("--format", arguments->format, "How to print it")
          ->check(CLI::IsMember({"terminal", "json"}))
          ->capture_default_str();
      sub->add_option("--max-db-age", arguments->max_age, "From when on a source is old")->capture_default_str();
    }
    return [arguments, action] { return finish((*action)(*arguments)); };
  }
};

const util::Registered<DbCommand> registered{
    {.id = "db", .summary = "Update and inspect the advisory database", .example = R"(  hullcheck db update
  hullcheck db update --mirror ./feeds --feeds debian,kev
  hullcheck db status)"}};

}  // namespace
}  // namespace hullcheck::cli
