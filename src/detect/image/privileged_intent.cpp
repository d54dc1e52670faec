// Instructions in the image to run it with the host's rights (I06): labels and documents that say "privileged", mount
// the host's root or share its processes. A remark: tools for hosts say so openly, and so do those that lie.
#include <algorithm>
#include <array>

#include "detect/detector.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_round = 400;  // bytes on either side in which the command line must stand

constexpr std::array<RuleRow, 1> k_rows{{
    {"I06", EvidenceClass::context, model::Severity::low, 60, "Asks to be run with the host's rights", "T1204.003",
     "Give the container only what it needs, whatever its documentation says."},
}};

constexpr std::array<std::string_view, 7> k_words = {
    "--privileged", "privileged: true", "--pid=host", "pid: \"host\"", "-v /:/", "--volume=/:/", "--pid host"};

bool is_document(std::string_view path) {
  const std::string_view name = layers::base_name(path);
  return path.starts_with("config:") || name.starts_with("README") || name.ends_with(".md") ||
         name.ends_with(".rst") || name.starts_with("docker-compose") || name.starts_with("compose.") ||
         name == "Dockerfile";
}

// A command or a file that starts containers, not a document of kernels.
bool speaks_of_containers(std::string_view round, std::string_view path) {
  static constexpr std::array<std::string_view, 6> k_signs = {"docker run",    "podman run", "nerdctl run",
                                                              "docker create", "services:",  "image:"};
  const std::string_view name = layers::base_name(path);
  if (name.starts_with("docker-compose") || name.starts_with("compose.")) return true;
  return std::any_of(k_signs.begin(), k_signs.end(),
                     [&](std::string_view sign) { return round.find(sign) != std::string_view::npos; });
}

class PrivilegedIntent final : public Detector {
 public:
  std::vector<Literal> literals() const override {
    std::vector<Literal> all;
    for (const std::string_view word : k_words) all.push_back({std::string(word), false});
    return all;
  }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    if (!is_document(hit.file.path()) || hit.file.path().starts_with("config:history")) return;
    const std::string_view window = as_text(hit.window);
    const std::size_t from = hit.position - std::min(hit.position, k_round);
    if (!speaks_of_containers(window.substr(from, hit.position - from + k_round), hit.file.path())) return;
    const std::size_t start = window.rfind('\n', hit.position);
    const std::size_t begin = start == std::string_view::npos ? 0 : start + 1;
    Evidence evidence =
        evidence_of(k_rows[0], std::string(window.substr(begin, window.find('\n', hit.position) - begin)));
    evidence.offset = hit.offset;
    evidence.line = hit.line();
    out.add(std::move(evidence));
  }
};

const util::Registered<PrivilegedIntent> registered{{
    .id = "privileged-intent",
    .version = 1,
    .summary = "labels and documents that ask for the host's rights",
    .example = "docker run --privileged -v /:/host example/tool",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
