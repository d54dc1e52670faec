// hullcheck image REF: the whole scan.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "cli/command.hpp"
#include "cli/db_commands.hpp"
#include "cli/scan_options.hpp"
#include "scan/saved_facts.hpp"
#include "store/fact_store.hpp"
#include "util/clock.hpp"
#include "util/file.hpp"
#include "util/text.hpp"

namespace hullcheck::cli {
namespace {

struct Arguments {
  JudgeArguments judge;
  std::string reference;
  acquire::AcquireOptions acquire;
  std::size_t threads = 0;  // 0: one per processor
  std::string timeout;
  std::string digests = "needed";
  bool deep = false;
  std::string save_facts;
  bool update = false;
  std::string mirror;
};

std::unique_ptr<store::FactStore> open_store(const std::string& folder) {
  if (folder.empty()) return store::memory_store();
  auto store = store::open_sqlite_store(folder);
  if (store) return std::move(*store);
  // Slower, not wrong; but who wonders why every scan is a first one should find the reason.
  std::fprintf(stderr, "hullcheck: scanning without the cache: %s\n",
               util::escape_for_terminal(store.error().describe()).c_str());
  return store::memory_store();
}

scan::CollectOptions collect_options(const Arguments& arguments, std::shared_ptr<const detect::UserRules> rules) {
  scan::CollectOptions options;
  options.rules = std::move(rules);
  options.acquire = arguments.acquire;
  options.acquire.statements = wants_registry_vex(arguments.judge);
  options.threads = threads_for(arguments.threads);
  options.all_digests = arguments.digests == "all";
  // Compiled patterns say nothing about what was scanned, so --no-cache leaves them.
  options.pattern_cache = arguments.judge.cache_folder.empty() ? util::cache_folder() : arguments.judge.cache_folder;
  return options;
}

// Two answers in one file would leave one of them, and a file called "-" is nobody's wish.
Result<void> check_places(const Arguments& arguments) {
  if (arguments.save_facts == "-")
    return make_error(ErrorCode::invalid_argument, "option-invalid",
                      "facts go into a file, not to standard output; name one", "--save-facts");
  if (!arguments.save_facts.empty() && arguments.save_facts == arguments.judge.output)
    return make_error(ErrorCode::invalid_argument, "option-invalid",
                      "--output names the same file, and one would replace the other", "--save-facts");
  return {};
}

// What the stop cut short is named for its cause: a person asked, or the clock ran out.
void name_timeout(scan::Collected& collected, const std::string& timeout) {
  for (scan::ImageFacts& facts : collected.images)
    for (model::Gap& gap : facts.image.gaps)
      if (gap.id == "stopped" || gap.id == "cancelled") {
        gap.id = "timeout";
        gap.reason = "not read to its end within --timeout " + timeout;
      }
}

// A source that failed keeps its old rows and is a gap of the answer, so only an update that loaded nothing ends
// here.
int update_database(const Arguments& arguments, std::stop_token stop) {
  DbUpdateArguments update;
  update.database = arguments.judge.database.empty() ? default_database_path() : arguments.judge.database;
  update.given = arguments.judge.database;
  update.mirror = arguments.mirror;
  update.now = util::system_now();
  ProgressLine progress(is_terminal(STDERR_FILENO) && !arguments.judge.quiet);
  const int code = run_db_update(update, progress, std::move(stop), stderr, stderr);
  return code == k_failed ? k_failed : k_done;
}

Result<int> scan_image(const Arguments& arguments) {
  TRY(check_places(arguments));
  std::optional<std::chrono::seconds> timeout;
  if (!arguments.timeout.empty()) timeout = TRY(parse_duration("--timeout", arguments.timeout));
  StopWatch watch(timeout);
  if (arguments.update) {
    if (const int failed = update_database(arguments, watch.token()); failed != k_done) return failed;
  }
  // Before the long work: a bad policy should not cost a scan.
  Judge judge = TRY(prepare_judge(arguments.judge, arguments.acquire.offline));
  judge.options.threads = threads_for(arguments.threads);
  const auto rules =
      TRY(load_rules(arguments.judge, arguments.deep ? detect::Depth::everything : detect::Depth::candidates));
  util::Profile profile;
  const auto store = open_store(cache_place(arguments.judge));
  auto collected = [&] {
    ProgressLine progress(is_terminal(STDERR_FILENO) && !arguments.judge.quiet);
    return scan::collect(arguments.reference, collect_options(arguments, rules), *store, watch.token(), progress,
                         profile);
  }();
  if (watch.interrupted()) {
    fail("interrupted; nothing was decided");
    return k_interrupted;
  }
  if (!collected) {
    if (watch.timed_out() && collected.error().code == ErrorCode::cancelled)
      collected.error().message = "no manifest was reached within --timeout " + arguments.timeout +
                                  ", so there is nothing to judge yet; allow more time";
    return std::move(collected).error();
  }
  if (watch.timed_out()) name_timeout(*collected, arguments.timeout);
  if (!arguments.save_facts.empty()) TRY(scan::save_facts(*collected, arguments.save_facts));
  const int code = TRY(judge_and_report(*collected, arguments.judge, judge, profile));
  if (arguments.judge.profile) print_profile(profile);
  return code;
}

class ImageCommand final : public Command {
 public:
  using Kind = Command;
  std::function<int()> declare(CLI::App& app) const override {
    const auto arguments = std::make_shared<Arguments>();
    app.add_option("reference", arguments->reference,
                   "NAME, docker:NAME, podman:NAME, registry:REF, archive:FILE, oci:PATH[:TAG|@DIGEST], rootfs:DIR, "
                   "a path, or -")
        ->required();
    app.add_option("--platform", arguments->acquire.platform, "Of an image index: os/arch[/variant], or all")
        ->group("Image");
    app.add_option("--tag", arguments->acquire.tag, "Of an archive with several images")->group("Image");
    app.add_flag("--insecure", arguments->acquire.insecure,
                 "Plain HTTP or an unverified certificate for the registry")
        ->group("Image");
    app.add_flag("--offline", arguments->acquire.offline, "No network: local engines and files only")->group("Image");
    app.add_option("--digests", arguments->digests, "SHA-256 of the files that need one, or of all")
        ->check(CLI::IsMember({"needed", "all"}))
        ->capture_default_str()
        ->group("Image");
    app.add_option("--threads", arguments->threads, "Worker threads (default: one per processor)")
        ->check(CLI::Range(1, 1024))
        ->group("Image");
    app.add_option("--timeout", arguments->timeout, "Judge what was read by then; the rest is a gap (90s, 15m)")
        ->group("Image");
    app.add_flag("--deep", arguments->deep, "With --rules: look into every file, not only into likely ones")
        ->group("Judgement");
    app.add_option("--save-facts", arguments->save_facts,
                   "Keep the facts for `hullcheck judge`; secrets that were found are blanked in them")
        ->type_name("FILE")
        ->group("Output");
    app.add_flag("--update", arguments->update, "Update the advisory database first")->group("Judgement");
    app.add_option("--mirror", arguments->mirror, "With --update: folder or URL that mirrors the feeds")
        ->group("Judgement");
    declare_judge_options(app, arguments->judge);
    return [arguments] { return finish(scan_image(*arguments)); };
  }
};

const util::Registered<ImageCommand> registered{{.id = "image",
                                                 .summary = "Scan an image and say whether it is safe to run",
                                                 .example = R"(  hullcheck image nginx:1.25
  hullcheck image registry:localhost:5000/app@sha256:… --insecure
  hullcheck image oci:./layout:latest --format sarif --output app.sarif
  hullcheck image app --rules ./yara --rules known-bad.sha256 --deep
  docker save app | hullcheck image - --fail-on high)"}};

}  // namespace
}  // namespace hullcheck::cli
