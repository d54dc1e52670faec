// apk-repositories: where Alpine's package manager gets its packages from.
// Format: etc/apk/repositories, an address a line ("https://…/alpine/v3.20/main"), "@tag " before it where packages
// have to ask for it, "#" for comments. The branch that they name is what was really installed from.
// Hostile: written by anybody; it can contradict the release, which is a gap, and never makes anything safe.
// Reads: etc/apk/repositories
#include <set>

#include "inventory/kept_text.hpp"
#include "inventory/readers/language.hpp"
#include "inventory/readers/system_files.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::string_view k_path = "etc/apk/repositories";
constexpr std::size_t k_most_lines = 200;

// "https://dl-cdn.example.org/alpine/v3.20/main" → "v3.20"; "edge"; "" for another publisher.
std::string_view branch_of(std::string_view address) {
  while (!address.empty()) {
    const std::size_t slash = address.find('/');
    const std::string_view part = address.substr(0, slash);
    if (part == "edge" || part == "latest-stable") return part;
    if (part.size() > 2 && part[0] == 'v' && part.find_first_not_of("0123456789.", 1) == std::string_view::npos)
      return part;
    if (slash == std::string_view::npos) break;
    address = address.substr(slash + 1);
  }
  return {};
}

class ApkRepositories final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override { return file.path() == k_path; }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = "repositories";
    std::string_view text = file.text();
    while (!text.empty() && facts.values.size() < k_most_lines) {
      std::string_view line = take_line(text);
      while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
      if (line.empty() || line.front() == '#') continue;
      const bool tagged = line.front() == '@';
      if (tagged) line = line.substr(std::min(line.find(' '), line.size()));
      const std::string_view branch = branch_of(line);
      const bool own = line.find("alpine") != std::string_view::npos && !branch.empty();
      // The address of a server that is not Alpine's may hold a login.
      facts.values.emplace_back(!own     ? "other"
                                : tagged ? "tagged"
                                         : "branch",
                                own ? std::string(branch) : kept_text(std::string(trimmed_quotes(line))));
    }
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    if (out.distribution.id != "alpine") return;
    const auto target = image.resolve(k_path);
    if (!target) return;
    for (const FoundFacts& found : found_facts(image, "apk-repositories", &out.gaps))
      if (found.file == *target) compare(found, out);
  }

 private:
  static void compare(const FoundFacts& found, Inventory& out) {
    const std::string& version = out.distribution.version_id;
    const bool edge = version.find("_alpha") != std::string::npos;
    const std::size_t dot = version.find('.');
    const std::string release =
        edge ? "edge" : "v" + version.substr(0, dot == std::string::npos ? dot : version.find('.', dot + 1));
    bool same = false;
    std::set<std::string> others;
    for (const auto& [kind, branch] : found.facts.values) {
      if (kind == "branch" && (branch == release || branch == "latest-stable")) same = true;
      if (kind != "other" && branch != release && branch != "latest-stable") others.insert(branch);
      if (kind == "other")
        out.gaps.push_back({"third-party-repository", "inventory", "/" + found.path,
                            "packages may be from " + branch + ", of which no advisories are read",
                            model::GapEffect::note});
    }
    if (others.empty()) return;
    std::string names;
    for (const std::string& name : others) names += (names.empty() ? "" : ", ") + name;
    if (same)
      out.gaps.push_back({"mixed-repositories", "inventory", "/" + found.path,
                          "packages may be from " + names + " although the release is " + release,
                          model::GapEffect::note});
    else
      out.gaps.push_back(database_gap("distribution-contradicted", found.path,
                                      "the release is said to be " + release + ", packages come from " + names));
  }
};

const util::Registered<ApkRepositories> registered{{.id = "apk-repositories",
                                                    .version = 2,
                                                    .summary = "Branches that Alpine's packages are from",
                                                    .example = "v3.20 (etc/apk/repositories)"}};

}  // namespace
}  // namespace hullcheck::inventory
