// opkg: packages of OpenWrt and of systems that Yocto builds.
// Format: as dpkg's (deb822 stanzas with a Status) in {usr,var}/lib/opkg/status, one package a file in
// {usr,var}/lib/opkg/info/NAME.control, and NAME.list with its paths, each with what follows a tab left away.
// Hostile: as dpkg's.
// Reads: {usr,var}/lib/opkg/status, info/*.control, info/*.list
#include <map>
#include <set>

#include "inventory/deb822.hpp"
#include "inventory/readers/language.hpp"
#include "inventory/readers/system_files.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::string_view k_folder = "lib/opkg/";
constexpr std::size_t k_most_files = 200'000;

bool is_status(std::string_view path) { return path.ends_with("lib/opkg/status"); }
bool is_control(std::string_view path) {
  return path.ends_with(".control") && path.find("lib/opkg/info/") != std::string_view::npos;
}
bool is_list(std::string_view path) {
  return path.ends_with(".list") && path.find("lib/opkg/info/") != std::string_view::npos;
}

// What is built from "feeds/packages/net/wget" has that for a source; the last part is the name that people know.
std::string_view source_of(std::string_view source) {
  source = util::trim(source);
  return source.find('/') == std::string_view::npos ? source : layers::base_name(source);
}

bool installed(std::string_view status) {
  status = util::trim(status);
  const std::size_t space = status.rfind(' ');
  const std::string_view state = space == std::string_view::npos ? status : status.substr(space + 1);
  return state == "installed" || state == "unpacked" || state == "half-installed";
}

class Opkg final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    const std::string_view path = file.path();
    return path.find(k_folder) != std::string_view::npos && (is_status(path) || is_control(path) || is_list(path));
  }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    std::string_view text = file.text();
    if (is_list(file.path())) {
      facts.kind = "list";
      while (!text.empty() && facts.owned.size() < k_most_files) {
        const std::string_view line = take_line(text);
        std::string path = layers::canonical_path(line.substr(0, line.find('\t'))).path;
        if (!path.empty()) facts.owned.push_back({std::move(path), model::DigestAlgorithm::none, {}, 0, false});
      }
      return facts;
    }
    const bool status = is_status(file.path());
    facts.kind = status ? k_packages : "control";
    facts.truncated = status && !text.empty() && text.back() != '\n';
    Stanza stanza;
    bool odd = false;
    while (next_stanza(text, stanza, &odd)) {
      if (status && odd) add_problem(facts, "an entry has a field twice, a line that is none, or no end");
      if (status && !installed(field(stanza, "Status"))) continue;
      model::Package* const package = add_system_package(facts, "opkg", util::trim(field(stanza, "Package")),
                                                         util::trim(field(stanza, "Version")));
      if (package == nullptr) {
        add_problem(facts, "an installed package has no name or no version");
        continue;
      }
      package->architecture = util::trim(field(stanza, "Architecture"));
      package->vendor = util::trim(field(stanza, "Maintainer"));
      add_license(*package, field(stanza, "License"));
      if (const auto source = source_of(field(stanza, "Source")); !source.empty()) package->source_name = source;
    }
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    const std::vector<FoundFacts> all = found_facts(image, "opkg", &out.gaps);
    const std::size_t before = out.packages.size();
    take_system_packages(image, all, is_status, out);
    std::map<std::string, const FoundFacts*> controls, lists;  // by name
    for (const FoundFacts& found : all) {
      if (found.visibility != model::Visibility::final) continue;
      const std::string_view name = layers::base_name(found.path);
      if (found.facts.kind == "control") controls[std::string(name.substr(0, name.rfind('.')))] = &found;
      if (found.facts.kind == "list") lists[std::string(name.substr(0, name.rfind('.')))] = &found;
    }
    std::set<std::string_view> listed;
    for (std::size_t i = before; i < out.packages.size(); ++i) {
      model::Package& package = out.packages[i];
      listed.insert(package.name);
      if (const auto control = controls.find(package.name); control != controls.end())
        complete(*control->second, package);
      if (const auto list = lists.find(package.name); list != lists.end()) package.files = list->second->facts.owned;
    }
    for (const auto& [name, control] : controls)
      if (!listed.contains(name) && out.packages.size() > before)
        out.gaps.push_back(database_gap("package-database-edited", control->path,
                                        "the package database does not list a package whose control file is there"));
    if (out.packages.size() == before && !controls.empty())
      out.gaps.push_back(database_gap("package-database-unreadable", controls.begin()->second->path,
                                      "control files of packages are there, the list of what is installed is not"));
  }

 private:
  // The status file of newer versions has the fields that opkg needs and no more.
  static void complete(const FoundFacts& control, model::Package& package) {
    if (control.facts.packages.empty() || control.facts.packages.front().version != package.version) return;
    const model::Package& more = control.facts.packages.front();
    if (package.source_name == package.name) package.source_name = more.source_name;
    if (package.licenses.empty()) package.licenses = more.licenses;
    if (package.vendor.empty()) package.vendor = more.vendor;
  }
};

const util::Registered<Opkg> registered{{.id = "opkg",
                                         .version = 2,
                                         .summary = "OpenWrt and Yocto packages",
                                         .example = "busybox 1.36.1-1 (usr/lib/opkg/status)"}};

}  // namespace
}  // namespace hullcheck::inventory
