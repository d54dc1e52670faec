// report_sample FORMAT SAMPLE [WIDTH] [color] prints a sample result ("all" for every one under a wrapper) in a
// format; without arguments it lists the samples. For the tests of the schemas, and for looking at reports.
#include <cstdio>
#include <cstdlib>
#include <iterator>

#include "report/report.hpp"
#include "support/sample_results.hpp"

namespace {

class Standard final : public hullcheck::report::Output {
 public:
  void write(std::string_view text) override { std::fwrite(text.data(), 1, text.size(), stdout); }
  hullcheck::Result<void> finish() override { return {}; }
};

}  // namespace

int main(int argc, char** argv) {
  using namespace hullcheck;
  std::vector<test::Sample> samples = test::sample_results();
  if (argc < 3) {
    for (const test::Sample& sample : samples) std::printf("%s\n", sample.name.c_str());
    return 0;
  }
  const auto* report = report::ReportRegistry::find(argv[1]);
  if (report == nullptr) return 3;
  report::ReportInput input;
  input.target = argv[2];
  for (test::Sample& sample : samples) {
    if (sample.name != argv[2] && input.target != "all") continue;
    input.verdict = std::max(input.verdict, sample.result.verdict);
    input.results.push_back(std::move(sample.result));
  }
  if (input.results.empty()) return 3;
  input.wrapped = input.target == "all";
  report::ReportOptions options;
  if (argc > 3) options.width = std::atoi(argv[3]);
  for (int i = 4; i < argc; ++i) {
    options.color = options.color || std::string_view(argv[i]) == "color";
    options.quiet = options.quiet || std::string_view(argv[i]) == "quiet";
  }
  Standard out;
  report->instance->write(input, options, out);
  return 0;
}
