// hullcheck db update|status|list|export|import|push|pull|diff|delta|explain: the advisory database.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "cli/command.hpp"
#include "cli/database_place.hpp"
#include "cli/db_commands.hpp"
#include "cli/db_shelf.hpp"
#include "cli/db_tools.hpp"
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
  bool slim = false;
  std::string file, older, newer, id, package;
  DbShelfArguments shelf;

  std::string path() const { return database.empty() ? default_database_path() : database; }
  bool json() const { return format == "json"; }
};

Result<int> update(Arguments& arguments) {
  StopWatch watch(std::nullopt);
  arguments.update.database = arguments.path();
  arguments.update.given = arguments.database;
  arguments.update.now = util::system_now();
  ProgressLine progress(is_terminal(STDERR_FILENO) && !arguments.quiet);
  const int code = run_db_update(arguments.update, progress, watch.token(), stdout, stderr);
  return watch.interrupted() ? k_interrupted : code;
}

Result<int> prepare_status(Arguments& arguments, int (*run)(const DbStatusArguments&, std::FILE*, std::FILE*)) {
  arguments.status.database = arguments.database.empty() ? default_database_path() : arguments.database;
  arguments.status.given = arguments.database;
  arguments.status.json = arguments.json();
  arguments.status.markdown = arguments.format == "markdown";
  arguments.status.now = util::system_now();
  arguments.status.max_age = TRY(parse_duration("--max-age", arguments.max_age));
  return run(arguments.status, stdout, stderr);
}

Result<int> status(Arguments& arguments) { return prepare_status(arguments, run_db_status); }
Result<int> list(Arguments& arguments) { return prepare_status(arguments, run_db_list); }

// Of a command that reads the database.
Result<int> hinted(Arguments& a, Result<int> done) {
  return done ? std::move(done) : Result<int>(fail_of_database(done.error(), a.path(), a.database));
}

Result<int> carry_out(Arguments& a) { return hinted(a, run_db_export(a.path(), a.file, a.slim, stdout)); }
Result<int> carry_in(Arguments& a) {
  TRY(may_replace(a.database));
  return hinted(a, run_db_import(a.file, a.path(), stdout));
}
Result<int> delta(Arguments& a) { return run_db_delta(a.older, a.newer, a.file, stdout); }
Result<int> diff(Arguments& a) { return run_db_diff(a.older, a.newer, a.json(), stdout); }
Result<int> explain(Arguments& a) { return hinted(a, run_db_explain(a.path(), a.id, a.package, a.json(), stdout)); }

Result<int> over_the_network(Arguments& arguments, Result<int> (*run)(const DbShelfArguments&, util::Progress&,
                                                                      std::stop_token, std::FILE*, std::FILE*)) {
  StopWatch watch(std::nullopt);
  arguments.shelf.database = arguments.path();
  arguments.shelf.given = arguments.database;
  arguments.shelf.slim = arguments.slim;
  arguments.shelf.now = util::system_now();
  ProgressLine progress(is_terminal(STDERR_FILENO) && !arguments.quiet);
  auto code = run(arguments.shelf, progress, watch.token(), stdout, stderr);
  if (watch.interrupted()) return k_interrupted;
  return code;
}
Result<int> push(Arguments& a) { return hinted(a, over_the_network(a, run_db_push)); }
Result<int> pull(Arguments& a) { return over_the_network(a, run_db_pull); }

class DbCommand final : public Command {
 public:
  using Kind = Command;

  template <class Add>
  static void declare_tools(const Add& add, const std::shared_ptr<Arguments>& arguments) {
    CLI::App* const exporting = add("export", "Write the database to one compressed file", carry_out);
    exporting->add_option("file", arguments->file, "File to write")->required()->type_name("FILE");
    exporting->add_flag("--slim", arguments->slim, "Without titles, links and dates");
    CLI::App* const importing =
        add("import", "Take the database, or what changed in it, from a file of `db export` or `db delta`", carry_in);
    importing->add_option("file", arguments->file, "File to read")->required()->type_name("FILE");
    CLI::App* const pushing = add("push", "Put the database into a registry, for a team", push);
    CLI::App* const pulling = add("pull", "Take the database from a registry", pull);
    for (CLI::App* const sub : {pushing, pulling}) {
      sub->add_option("name", arguments->shelf.name, "Where: oci://HOST/REPOSITORY[:TAG], for pull also @DIGEST")
          ->required()
          ->type_name("NAME");
      sub->add_flag("--insecure", arguments->shelf.insecure, "Plain HTTP or an unverified certificate");
      sub->add_flag("-q,--quiet", arguments->quiet, "No progress");
    }
    pushing->add_flag("--slim", arguments->slim, "Without titles, links and dates");
    pulling->add_flag("--allow-older", arguments->shelf.allow_older,
                      "Also when the database that is here was updated later");
    CLI::App* const comparing = add("diff", "What one database says and another does not", diff);
    CLI::App* const changing = add("delta", "Write what changed between two databases to one file", delta);
    for (CLI::App* const sub : {comparing, changing}) {
      sub->add_option("older", arguments->older, "Older database")->required()->type_name("OLD");
      sub->add_option("newer", arguments->newer, "Newer database")->required()->type_name("NEW");
    }
    changing->add_option("-o,--output", arguments->file, "File to write")->required()->type_name("FILE");
    CLI::App* const explaining = add("explain", "What every source says of a flaw", explain);
    explaining->add_option("id", arguments->id, "CVE-…, GHSA-…, DSA-… or any other name")
        ->required()
        ->type_name("ID");
    explaining->add_option("package", arguments->package, "Of this package only")->type_name("PACKAGE");
    for (CLI::App* const sub : {comparing, explaining})
      sub->add_option("--format", arguments->format, "How to print it")
          ->check(CLI::IsMember({"terminal", "json"}))
          ->capture_default_str();
  }

  static std::string_view example_of(std::string_view name) {
    static constexpr std::pair<std::string_view, std::string_view> k_examples[] = {
        {"update", "  hullcheck db update\n  hullcheck db update --mirror ./feeds --feeds debian,kev"},
        {"status", "  hullcheck db status\n  hullcheck db status --format json --max-db-age 36h"},
        {"list", "  hullcheck db list"},
        {"export", "  hullcheck db export advisories.bundle --slim"},
        {"import", "  hullcheck db import advisories.bundle"},
        {"push", "  hullcheck db push oci://registry.example/team/advisories"},
        {"pull", "  hullcheck db pull oci://registry.example/team/advisories"},
        {"diff", "  hullcheck db diff yesterday.db today.db"},
        {"delta",
         "  hullcheck db delta yesterday.db today.db --output today.delta\n  hullcheck db import today.delta"},
        {"explain", "  hullcheck db explain CVE-2024-3094 xz-utils"},
    };
    const auto found = std::find_if(std::begin(k_examples), std::end(k_examples),
                                    [&](const auto& each) { return each.first == name; });
    return found == std::end(k_examples) ? std::string_view() : found->second;
  }

  std::function<int()> declare(CLI::App& app) const override {
    const auto arguments = std::make_shared<Arguments>();
    const auto action = std::make_shared<Result<int> (*)(Arguments&)>(nullptr);
    app.require_subcommand(1);
    const auto add = [&](const char* name, const char* summary, Result<int> (*run)(Arguments&)) {
      CLI::App* const sub = app.add_subcommand(name, summary);
      sub->footer("Examples:\n" + std::string(example_of(name)));
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
    updating
        ->add_option("--accept-shrink", arguments->update.accept_shrink,
                     "Sources that may lose half of their records or more; others that do keep the old ones")
        ->delimiter(',')
        ->type_name("LIST");
    updating->add_option("--threads", arguments->update.threads, "Downloads at the same time")
        ->check(CLI::Range(1, 64));
    updating->add_flag("-q,--quiet", arguments->quiet, "No progress");
    for (CLI::App* const sub : {add("status", "Age and size of the database, source by source", status),
                                add("list", "Every source that an update knows", list)}) {
      sub->add_option("--format", arguments->format, "How to print it")
          ->check(CLI::IsMember(sub->get_name() == "list" ? std::vector<std::string>{"terminal", "json", "markdown"}
                                                          : std::vector<std::string>{"terminal", "json"}))
          ->capture_default_str();
      sub->add_option("--max-db-age", arguments->max_age, "From when on a source is old")->capture_default_str();
    }
    declare_tools(add, arguments);
    for (CLI::App* const sub : app.get_subcommands({})) refuse_empty_words(*sub);
    return [arguments, action] { return finish((*action)(*arguments)); };
  }
};

const util::Registered<DbCommand> registered{
    {.id = "db", .summary = "Update and inspect the advisory database", .example = R"(  hullcheck db update
  hullcheck db update --mirror ./feeds --feeds debian,kev
  hullcheck db status
  hullcheck db export advisories.bundle --slim
  hullcheck db pull oci://registry.example/team/advisories
  hullcheck db explain CVE-2024-3094 xz-utils)"}};

}  // namespace
}  // namespace hullcheck::cli
