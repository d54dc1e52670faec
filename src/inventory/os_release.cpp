// os-release: which distribution the image is.
// Format: os-release(5), shell-like KEY=value lines. Older systems have one-line files instead (debian_version,
// alpine-release, redhat-release), Ubuntu's lsb-release is KEY=value too.
// Hostile: any file may be missing, huge, or contradict another; the order below decides and nothing is executed.
// Reads: etc/os-release, usr/lib/os-release, etc/lsb-release, etc/*-release, etc/debian_version
#include <algorithm>

#include "inventory/analyzer.hpp"
#include "inventory/origins/release_files.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_bytes = 64 * 1024;
constexpr std::size_t k_most_values = 200;

// Shell quoting as os-release(5) allows it: '…' and "…" with backslash escapes, no expansion.
std::string unquote(std::string_view value) {
  value = util::trim(value);
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front()) {
    const bool escapes = value.front() == '"';
    value = value.substr(1, value.size() - 2);
    std::string out;
    for (std::size_t i = 0; i < value.size(); ++i) {
      if (escapes && value[i] == '\\' && i + 1 < value.size()) ++i;
      out += value[i];
    }
    return out;
  }
  return std::string(value);
}

class OsRelease final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    // By content too: os-release may be a link to a file of any name.
    return is_release_file(file.path()) ||
           (file.size() <= k_most_bytes && file.name().find("release") != std::string_view::npos &&
            as_text(file.head).find("ID=") != std::string_view::npos);
  }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    std::string_view text = file.text();
    if (text.size() > k_most_bytes) {
      facts.truncated = true;
      text = text.substr(0, k_most_bytes);
    }
    // SuSE-release has its name in the first line and its version below, as a key.
    const std::string_view first = text.substr(0, text.find('\n'));
    facts.kind = first.find('=') == std::string_view::npos && !is_release_keys_file(file.path()) ? "line" : "keys";
    if (facts.kind == "line") {
      facts.values.emplace_back("line", util::trim(first));
      return facts;
    }
    while (!text.empty() && facts.values.size() < k_most_values) {
      const std::size_t end = text.find('\n');
      const std::string_view line = util::trim(text.substr(0, end));
      text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
      const std::size_t equals = line.find('=');
      if (line.starts_with('#') || equals == std::string_view::npos) continue;
      facts.values.emplace_back(util::trim(line.substr(0, equals)), unquote(line.substr(equals + 1)));
    }
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    const std::vector<FoundFacts> all = found_facts(image, "os-release", &out.gaps);
    std::vector<model::Distribution> named = named_distributions(image, all, "");
    if (!named.empty()) {
      refine(named);
      out.distribution = std::move(named.front());
      return;
    }
    const bool removed = std::any_of(all.begin(), all.end(), [](const FoundFacts& found) {
      return found.visibility != model::Visibility::final &&
             (found.path == "etc/os-release" || found.path == "usr/lib/os-release");
    });
    out.gaps.push_back({removed ? "os-release-removed" : "no-os-release", "inventory", "/etc/os-release",
                        removed ? "a later layer removes the file that names the distribution"
                                : "no file of the image names its distribution",
                        model::GapEffect::unknown});
  }

 private:
  // Debian's os-release has no VERSION_ID on testing and unstable; debian_version may still have one.
  static void refine(std::vector<model::Distribution>& named) {
    model::Distribution& first = named.front();
    if (first.id != "debian" || !first.version_id.empty()) return;
    for (const model::Distribution& other : named)
      if (other.evidence_path == "etc/debian_version") first.version_id = other.version_id;
  }
};

const util::Registered<OsRelease> registered{
    {.id = "os-release", .summary = "The distribution's name and version", .example = "debian 12 (bookworm)"}};

}  // namespace
}  // namespace hullcheck::inventory
