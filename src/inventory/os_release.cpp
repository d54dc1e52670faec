// os-release: which distribution the image is.
// Format: os-release(5), shell-like KEY=value lines. Older systems have one-line files instead (debian_version,
// alpine-release, redhat-release), Ubuntu's lsb-release is KEY=value too.
// Hostile: any file may be missing, huge, or contradict another; the order below decides and nothing is executed.
// Reads: etc/os-release, usr/lib/os-release, etc/lsb-release, etc/*-release, etc/debian_version
#include <algorithm>
#include <array>
#include <cctype>

#include "inventory/analyzer.hpp"

#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_bytes = 64 * 1024;
constexpr std::size_t k_most_values = 200;

// In order of trust: the first that gives an id wins.
constexpr std::array<std::string_view, 10> k_files{
    "etc/os-release",     "usr/lib/os-release", "etc/lsb-release",    "etc/alpine-release", "etc/debian_version",
    "etc/redhat-release", "etc/centos-release", "etc/system-release", "etc/SuSE-release",   "etc/photon-release"};

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

bool is_file(std::string_view path, std::string_view name) {
  return path == name || (path.ends_with(name) && path[path.size() - name.size() - 1] == '/');
}

// Files of keys from their first line on, which may be empty or a comment.
bool is_keys_file(std::string_view path) { return is_file(path, "os-release") || is_file(path, "lsb-release"); }

// The first run of digits and dots.
std::string version_in(std::string_view text) {
  const std::size_t first = text.find_first_of("0123456789");
  if (first == std::string_view::npos) return {};
  std::string_view rest = text.substr(first);
  rest = rest.substr(0, std::min(rest.find_first_not_of("0123456789."), rest.size()));
  while (rest.ends_with('.')) rest.remove_suffix(1);
  return std::string(rest);
}

struct ReleaseName {
  std::string_view phrase;
  std::string_view id;
};
constexpr std::array k_release_names{ReleaseName{"red hat", "rhel"},    ReleaseName{"centos", "centos"},
                                     ReleaseName{"rocky", "rocky"},     ReleaseName{"almalinux", "almalinux"},
                                     ReleaseName{"oracle", "ol"},       ReleaseName{"fedora", "fedora"},
                                     ReleaseName{"amazon", "amzn"},     ReleaseName{"opensuse", "opensuse"},
                                     ReleaseName{"suse", "sles"},       ReleaseName{"photon", "photon"},
                                     ReleaseName{"mariner", "mariner"}, ReleaseName{"azure linux", "azurelinux"}};

void from_one_line(std::string_view path, std::string_view text, model::Distribution& out) {
  if (is_file(path, "alpine-release")) {
    out.id = "alpine";
    out.version_id = version_in(text);
    return;
  }
  if (is_file(path, "debian_version")) {
    out.id = "debian";
    out.version_id = version_in(text);
    out.version_id = out.version_id.substr(0, out.version_id.find('.'));
    if (out.version_id.empty()) out.codename = text.substr(0, text.find('/'));
    return;
  }
  const std::string words = util::lower(text);
  for (const ReleaseName& name : k_release_names)
    if (words.find(name.phrase) != std::string::npos) {
      out.id = name.id;
      out.version_id = version_in(words);
      return;
    }
}

model::Distribution distribution_of(const FoundFacts& found, std::string_view path) {
  model::Distribution out;
  out.evidence_path = path;
  // As a shell that reads the file: of several assignments the last one counts.
  const auto value = [&](std::string_view key) {
    std::string last;
    for (const auto& [name, text] : found.facts.values)
      if (name == key) last = text;
    return last;
  };
  if (found.facts.kind == "line") {
    out.pretty_name = value("line");
    from_one_line(path, out.pretty_name, out);
    return out;
  }
  out.id = util::lower(value("ID").empty() ? value("DISTRIB_ID") : value("ID"));
  out.id_like = util::lower(value("ID_LIKE"));
  out.version_id = value("VERSION_ID").empty() ? value("DISTRIB_RELEASE") : value("VERSION_ID");
  out.codename = value("VERSION_CODENAME").empty() ? value("DISTRIB_CODENAME") : value("VERSION_CODENAME");
  const std::string cpe = value("CPE_NAME");
  if (cpe.starts_with("cpe:") && cpe.find_first_of(" \t") == std::string::npos) out.cpes.push_back(cpe);
  out.pretty_name = value("PRETTY_NAME").empty() ? value("DISTRIB_DESCRIPTION") : value("PRETTY_NAME");
  return out;
}

class OsRelease final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    // By content too: os-release may be a link to a file of any name.
    return std::any_of(k_files.begin(), k_files.end(), [&](auto name) { return is_file(file.path(), name); }) ||
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
    facts.kind = first.find('=') == std::string_view::npos && !is_keys_file(file.path()) ? "line" : "keys";
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
    for (const std::string_view path : k_files) {
      const auto target = image.resolve(path);
      if (!target) continue;
      const auto found = std::find_if(all.begin(), all.end(), [&](const auto& f) { return f.file == *target; });
      if (found == all.end()) continue;
      model::Distribution distribution = distribution_of(*found, path);
      if (distribution.id.empty()) continue;
      refine(image, all, distribution);
      out.distribution = std::move(distribution);
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
  static void refine(const layers::ImageView& image, const std::vector<FoundFacts>& all, model::Distribution& out) {
    if (out.id != "debian" || !out.version_id.empty()) return;
    const auto target = image.resolve("etc/debian_version");
    for (const FoundFacts& found : all)
      if (target && found.file == *target) out.version_id = distribution_of(found, "etc/debian_version").version_id;
  }
};

const util::Registered<OsRelease> registered{
    {.id = "os-release", .summary = "The distribution's name and version", .example = "debian 12 (bookworm)"}};

}  // namespace
}  // namespace hullcheck::inventory
