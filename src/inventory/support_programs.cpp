// support-programs: longer support than a release has by itself, which some images are entitled to.
// Format: JSON. Ubuntu Pro's status has "services" with name ("esm-infra") and status ("enabled"); Red Hat's content
// manifests have "content_sets", the repositories that the image was built from
// ("rhel-9-for-x86_64-baseos-eus-rpms"). Both kinds of repositories, and the CPE names in os-release and in the
// labels that Red Hat's builds keep in a file, are noted with the distribution: Red Hat's records are by product. The
// distribution's name says it from then on, "… (ESM)", "… (EUS)", and dates of the end follow (match/end_of_life).
// Hostile: who forges one gains a later date of the release's end; it is noted, so that it can be seen.
// Reads: var/lib/ubuntu-advantage/status.json, root/buildinfo/content_manifests/*.json, usr/share/buildinfo/*.json,
// labels.json beside them
#include <algorithm>

#include "inventory/readers/json_file.hpp"
#include "inventory/readers/system_files.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::string_view k_ubuntu = "var/lib/ubuntu-advantage/status.json";
constexpr std::size_t k_most_sets = 1000;

bool is_content_manifest(std::string_view path) {
  return path.ends_with(".json") &&
         (path.starts_with("root/buildinfo/content_manifests/") || path.starts_with("usr/share/buildinfo/"));
}

// The labels of the image, as a file that is there before the image is.
bool is_labels(std::string_view path) {
  return path == "root/buildinfo/labels.json" || path == "usr/share/buildinfo/labels.json";
}

bool is_cpe(std::string_view text) {
  return (text.starts_with("cpe:/") || text.starts_with("cpe:2.3:")) && text.size() <= k_longest_name &&
         text.find_first_of(" \t\n") == std::string_view::npos;
}

void sort_unique(std::vector<std::string>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

class SupportPrograms final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.path() == k_ubuntu || is_content_manifest(file.path()) || is_labels(file.path());
  }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = file.path() == k_ubuntu ? "ubuntu" : "content-sets";
    JsonFile json_file;
    const auto document = json_file.parse(file.bytes, facts);
    if (!document) return facts;
    json::each(*document, "services", [&](json::Element service) {
      if (json::text(service, "status") == "enabled" && json::text(service, "name").starts_with("esm-"))
        facts.values.emplace_back("service", json::text(service, "name", 100));
    });
    for (std::string& name : json::strings(*document, "content_sets", k_most_sets))
      if (!name.empty() && name.size() <= k_longest_name) facts.values.emplace_back("content-set", std::move(name));
    if (const std::string_view cpe = json::text(*document, "cpe"); is_labels(file.path()) && is_cpe(cpe))
      facts.values.emplace_back("cpe", cpe);
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    for (const FoundFacts& found : found_facts(image, "support-programs", &out.gaps)) {
      if (found.visibility != model::Visibility::final) continue;
      if (found.facts.kind == "ubuntu" && out.distribution.id == "ubuntu" && !found.facts.value("service").empty())
        mark(" (ESM)", "Ubuntu Pro's extended maintenance is enabled: " + found.facts.value("service"), found, out);
      if (found.facts.kind == "content-sets") take_names(found, out.distribution);
      if (found.facts.kind != "content-sets" || out.distribution.id != "rhel") continue;
      for (const auto& [key, name] : found.facts.values)
        if (name.find("-eus-") != std::string::npos) {
          mark(" (EUS)", "it was built from repositories of extended update support: " + name, found, out);
          break;
        }
    }
    for (const auto& [key, text] : image.config().labels)
      if (key == "cpe" && is_cpe(text)) out.distribution.cpes.push_back(text);
    sort_unique(out.distribution.content_sets);
    sort_unique(out.distribution.cpes);
  }

 private:
  static void take_names(const FoundFacts& found, model::Distribution& distribution) {
    for (const auto& [key, name] : found.facts.values) {
      if (key == "content-set") distribution.content_sets.push_back(name);
      if (key == "cpe") distribution.cpes.push_back(name);
    }
  }

  static void mark(std::string_view suffix, const std::string& reason, const FoundFacts& found, Inventory& out) {
    std::string& name = out.distribution.pretty_name;
    if (name.ends_with(suffix)) return;
    if (name.empty()) name = out.distribution.id + " " + out.distribution.version_id;
    name += suffix;
    out.gaps.push_back({"extended-support", "inventory", "/" + found.path, reason, model::GapEffect::note});
  }
};

const util::Registered<SupportPrograms> registered{{.id = "support-programs",
                                                    .version = 2,
                                                    .summary = "Ubuntu Pro and Red Hat's extended updates",
                                                    .example = "esm-infra enabled (ubuntu-advantage/status.json)"}};

}  // namespace
}  // namespace hullcheck::inventory
