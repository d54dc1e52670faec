// hullcheck version: what this binary is, for reports of trouble.
#include <CLI/CLI.hpp>
#include <cstdio>

#include "advisories/feed.hpp"
#include "checks/check.hpp"
#include "cli/command.hpp"
#include "detect/assess.hpp"
#include "inventory/analyzer.hpp"
#include "layers/facts.hpp"
#include "util/version.hpp"

namespace hullcheck::cli {
namespace {

int print_version() {
  std::printf("hullcheck %s\n", std::string(util::k_version).c_str());
  std::printf("%zu analyzers, %zu detectors with %zu rules, %zu checks, %zu feeds; layer facts version %u\n",
              inventory::AnalyzerRegistry::all().size(), detect::DetectorRegistry::all().size(),
              detect::all_rules().size(), checks::CheckRegistry::all().size(), advisories::FeedRegistry::all().size(),
              layers::k_facts_version);
  return k_done;
}

class VersionCommand final : public Command {
 public:
  using Kind = Command;
  std::function<int()> declare(CLI::App&) const override { return print_version; }
};

const util::Registered<VersionCommand> registered{
    {.id = "version", .summary = "Print the version and what is built in", .example = "  hullcheck version"}};

}  // namespace
}  // namespace hullcheck::cli
