// hullcheck judge FACTS: judges saved facts again, without the image.
#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/command.hpp"
#include "cli/scan_options.hpp"
#include "scan/saved_facts.hpp"

namespace hullcheck::cli {
namespace {

struct Arguments {
  JudgeArguments judge;
  std::string facts;
};

// Facts that rules have looked into every file of are judged by rules that do.
detect::Depth depth_of(const scan::Collected& collected) {
  const bool deep = std::any_of(collected.images.begin(), collected.images.end(),
                                [](const scan::ImageFacts& image) { return image.user.deep; });
  return deep ? detect::Depth::everything : detect::Depth::candidates;
}

Result<int> judge_facts(const Arguments& arguments) {
  const Judge judge = TRY(prepare_judge(arguments.judge));
  scan::Collected collected = TRY(scan::load_facts(arguments.facts));
  if (const auto rules = TRY(load_rules(arguments.judge, depth_of(collected)))) scan::apply_rules(*rules, collected);
  util::Profile profile;
  const int code = TRY(judge_and_report(collected, arguments.judge, judge, profile));
  if (arguments.judge.profile) print_profile(profile);
  return code;
}

class JudgeCommand final : public Command {
 public:
  using Kind = Command;
  std::function<int()> declare(CLI::App& app) const override {
    const auto arguments = std::make_shared<Arguments>();
    app.add_option("facts", arguments->facts, "What `hullcheck image --save-facts` wrote")
        ->required()
        ->type_name("FILE");
    declare_judge_options(app, arguments->judge);
    return [arguments] { return finish(judge_facts(*arguments)); };
  }
};

const util::Registered<JudgeCommand> registered{{.id = "judge",
                                                 .summary = "Judge saved facts again, with today's advisories",
                                                 .example = R"(  hullcheck image app --save-facts app.facts
  hullcheck db update
  hullcheck judge app.facts
  hullcheck judge app.facts --rules new-hashes.sha256)"}};

}  // namespace
}  // namespace hullcheck::cli
