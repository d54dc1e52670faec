// hullcheck judge FACTS: judges saved facts again, without the image.
#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "cli/scan_options.hpp"
#include "scan/saved_facts.hpp"

namespace hullcheck::cli {
namespace {

struct Arguments {
  JudgeArguments judge;
  std::string facts;
};

Result<int> judge_facts(const Arguments& arguments) {
  const Judge judge = TRY(prepare_judge(arguments.judge));
  const scan::Collected collected = TRY(scan::load_facts(arguments.facts));
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
  hullcheck judge app.facts)"}};

}  // namespace
}  // namespace hullcheck::cli
