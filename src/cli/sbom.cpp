// hullcheck sbom FILE: judges the packages that an SBOM lists.
#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "cli/scan_options.hpp"
#include "sbom/document.hpp"
#include "scan/judge_sbom.hpp"
#include "util/file.hpp"

namespace hullcheck::cli {
namespace {

struct Arguments {
  JudgeArguments judge;
  std::string file;
  std::string distribution;
};

// "debian:12", for lists of package URLs that do not say it.
Result<void> set_distribution(const std::string& text, model::Distribution& out) {
  if (text.empty()) return {};
  const std::size_t colon = text.find(':');
  if (colon == 0 || colon == text.size() - 1)
    return make_error(ErrorCode::invalid_argument, "invalid-distribution",
                      "'" + text + "' is no distribution (examples: debian:12, alpine:3.20, wolfi)");
  out = {};
  out.id = text.substr(0, colon);
  if (colon != std::string::npos) out.version_id = text.substr(colon + 1);
  return {};
}

Result<sbom::Document> read_document(const Arguments& arguments) {
  const sbom::Limits limits;
  const std::string path = arguments.file == "-" ? "/dev/stdin" : arguments.file;
  const Buffer bytes = TRY(util::read_file(path, limits.bytes));
  auto document = sbom::read(bytes, limits);
  if (!document) return std::move(document).error().in(arguments.file);
  TRY(set_distribution(arguments.distribution, document->distribution));
  return document;
}

Result<int> judge_file(const Arguments& arguments) {
  const Judge judge = TRY(prepare_judge(arguments.judge));
  const scan::SbomFacts facts{arguments.file, TRY(read_document(arguments))};
  util::Profile profile;
  report::ReportInput input;
  input.target = arguments.file;
  input.results.push_back(
      scan::judge_sbom(facts, judge.database ? &*judge.database : nullptr, judge.policy, judge.options, profile));
  input.verdict = input.results.front().verdict;
  const int code = TRY(write_report(input, arguments.judge));
  if (arguments.judge.profile) print_profile(profile);
  return code;
}

class SbomCommand final : public Command {
 public:
  using Kind = Command;
  std::function<int()> declare(CLI::App& app) const override {
    const auto arguments = std::make_shared<Arguments>();
    app.add_option("file", arguments->file,
                   "CycloneDX or SPDX as JSON, SPDX tag-value, syft-json, a list of package URLs, or -")
        ->required()
        ->type_name("FILE");
    app.add_option("--distro", arguments->distribution,
                   "Distribution of its packages, where it is not named: debian:12")
        ->type_name("ID:VERSION")
        ->group("Judgement");
    declare_judge_options(app, arguments->judge);
    return [arguments] { return finish(judge_file(*arguments)); };
  }
};

const util::Registered<SbomCommand> registered{{.id = "sbom",
                                                .summary = "Judge the packages of an SBOM",
                                                .example = R"(  hullcheck sbom app.cdx.json --fail-on high
  hullcheck image app:1.0 --format cyclonedx | hullcheck sbom -)"}};

}  // namespace
}  // namespace hullcheck::cli
