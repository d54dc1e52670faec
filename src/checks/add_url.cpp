// add-url: a build step added a file straight from the network, so the same Dockerfile gives another image tomorrow.
// The history shows such a step with its URL; an added archive or folder of the build context shows a digest.
// A checksum in the step (ADD --checksum=…) settles it.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "checks/check.hpp"

namespace hullcheck::checks {
namespace {

constexpr std::array<std::string_view, 3> k_schemes{"http://", "https://", "ftp://"};
constexpr std::size_t k_longest_evidence = 300;

// The first URL of an ADD step, "" where the line is no such step.
std::string_view added_url(std::string_view line) {
  const std::size_t start = line.find_first_not_of(" \t");
  if (start == std::string_view::npos) return {};
  line = line.substr(start);
  constexpr std::string_view k_classic = "/bin/sh -c #(nop)";
  if (line.substr(0, k_classic.size()) == k_classic) {
    line = line.substr(k_classic.size());
    line = line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
  }
  if (line.substr(0, 4) != "ADD " || line.find("--checksum=") != std::string_view::npos) return {};
  for (line = line.substr(4); !line.empty();) {
    const std::size_t space = line.find(' ');
    const std::string_view word = line.substr(0, space);
    if (std::any_of(k_schemes.begin(), k_schemes.end(),
                    [&](std::string_view scheme) { return word.substr(0, scheme.size()) == scheme; }))
      return word;
    line = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
  }
  return {};
}

class AddUrl final : public Check {
 public:
  void run(const CheckContext& context, std::vector<model::Finding>& out) const override {
    const auto& history = context.image.config().history;
    for (std::size_t i = 0; i < history.size(); ++i)
      if (const std::string_view url = added_url(history[i].created_by); !url.empty())
        out.push_back(
            found_in_config(fmt::format("history[{}]", i), fmt::format("ADD {}", url.substr(0, k_longest_evidence))));
  }
};

const util::Registered<AddUrl> registered{{.id = "add-url",
                                           .version = 1,
                                           .summary = "File added straight from the network",
                                           .example = "ADD https://example.org/tool.tar.gz /opt/",
                                           .severity = model::Severity::low,
                                           .remediation = "Use ADD --checksum, or fetch and verify in a RUN step",
                                           .reference = "CIS Docker 4.9"}};

}  // namespace
}  // namespace hullcheck::checks
