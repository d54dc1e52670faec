// hullcheck cache status|clear: the layer facts kept between scans, and beside them compiled patterns and rules, and
// the last report.
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

// Nothing where nothing was kept yet: to look is not to make a folder.
Result<std::unique_ptr<store::FactStore>> open_store(const std::string& folder) {
  std::error_code ignored;
  const auto kind = std::filesystem::status(folder, ignored).type();
  const bool empty =
      kind == std::filesystem::file_type::not_found ||
      (kind == std::filesystem::file_type::directory && !std::filesystem::exists(folder + "/facts.db", ignored));
  if (empty) return std::unique_ptr<store::FactStore>();
  return store::open_sqlite_store(folder);
}

Result<store::Usage> usage_of(store::FactStore* store, const std::string& folder) {
  if (store != nullptr) return store->usage();
  store::Usage usage;
  usage.limit = store::k_default_limit;
  usage.place = folder;
  return usage;
}

std::string layers_of(const store::Usage& usage) {
  return std::to_string(usage.layers) + (usage.layers == 1 ? " layer" : " layers");
}

Result<int> status(const Arguments& arguments) {
  const auto store = TRY(open_store(place(arguments)));
  const store::Usage usage = TRY(usage_of(store.get(), place(arguments)));
  std::printf("%s in %s of at most %s\n%s\n", layers_of(usage).c_str(), util::human_size(usage.bytes).c_str(),
              util::human_size(usage.limit).c_str(), util::escape_for_terminal(usage.place).c_str());
  return k_done;
}

// Compiled patterns and rules, and what `explain` reads. Nothing else in the folder is ours to remove.
bool is_ours(const std::string& name) {
  const auto is_key = [](std::string_view text) {
    return text.size() == 16 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  };
  if (name.starts_with("patterns-")) return is_key(std::string_view(name).substr(9));
  return name.starts_with("yara-") && name.ends_with(".bin");
}

void forget_files(const std::string& folder) {
  std::error_code ignored;
  std::filesystem::remove(last_report_path(folder), ignored);
  for (std::filesystem::directory_iterator at(folder, ignored), end; !ignored && at != end; at.increment(ignored)) {
    if (!is_ours(at->path().filename().string())) continue;
    std::error_code stays;
    std::filesystem::remove(at->path(), stays);
  }
}

Result<int> clear(const Arguments& arguments) {
  const auto store = TRY(open_store(place(arguments)));
  const store::Usage usage = TRY(usage_of(store.get(), place(arguments)));
  if (store) TRY(store->clear());
  forget_files(place(arguments));
  std::printf("cleared: %s, %s\n", layers_of(usage).c_str(), util::human_size(usage.bytes).c_str());
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
