// hullcheck cache status|clear: the layer facts kept between scans, and beside them compiled rules and the last
// report.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "cli/command.hpp"
#include "cli/scan_options.hpp"
#include "store/fact_store.hpp"
#include "util/file.hpp"
#include "util/text.hpp"

namespace hullcheck::cli {
namespace {

struct Arguments {
  std::string folder;
};

std::string place(const Arguments& arguments) {
  return arguments.folder.empty() ? util::cache_folder() : arguments.folder;
}

Result<int> status(const Arguments& arguments) {
  const auto store = TRY(store::open_sqlite_store(place(arguments)));
  const store::Usage usage = TRY(store->usage());
  std::printf("%llu layers in %s of at most %s\n%s\n", static_cast<unsigned long long>(usage.layers),
              util::human_size(usage.bytes).c_str(), util::human_size(usage.limit).c_str(),
              util::escape_for_terminal(usage.place).c_str());
  return k_done;
}

// What rules of a user's were compiled to, and what `explain` reads. Nothing else in the folder is ours to remove.
void forget_files(const std::string& folder) {
  std::error_code ignored;
  std::filesystem::remove(last_report_path(folder), ignored);
  for (std::filesystem::directory_iterator at(folder, ignored), end; !ignored && at != end; at.increment(ignored)) {
    const std::string name = at->path().filename().string();
    if (!name.starts_with("yara-") || !name.ends_with(".bin")) continue;
    std::error_code stays;
    std::filesystem::remove(at->path(), stays);
  }
}

Result<int> clear(const Arguments& arguments) {
  const auto store = TRY(store::open_sqlite_store(place(arguments)));
  const store::Usage usage = TRY(store->usage());
  TRY(store->clear());
  forget_files(place(arguments));
  std::printf("cleared: %llu layers, %s\n", static_cast<unsigned long long>(usage.layers),
              util::human_size(usage.bytes).c_str());
  return k_done;
}

class CacheCommand final : public Command {
 public:
  using Kind = Command;
  std::function<int()> declare(CLI::App& app) const override {
    const auto arguments = std::make_shared<Arguments>();
    const auto action = std::make_shared<std::function<Result<int>(const Arguments&)>>();
    app.require_subcommand(1);
    const auto add = [&](const char* name, const char* summary, Result<int> (*run)(const Arguments&)) {
      CLI::App* const sub = app.add_subcommand(name, summary);
      sub->add_option("--cache-dir", arguments->folder, "Where layer facts are kept")->type_name("DIR");
      sub->callback([action, run] { *action = run; });
    };
    add("status", "How much is kept, and where", status);
    add("clear", "Forget everything", clear);
    return [arguments, action] { return finish((*action)(*arguments)); };
  }
};

const util::Registered<CacheCommand> registered{{.id = "cache",
                                                 .summary = "Show or clear the layer facts kept between scans",
                                                 .example = R"(  hullcheck cache status
  hullcheck cache clear)"}};

}  // namespace
}  // namespace hullcheck::cli
