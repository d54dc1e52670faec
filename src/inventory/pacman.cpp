// pacman: packages of Arch Linux and its relatives.
// Format (alpm-db(7)): a folder a package below var/lib/pacman/local, in it `desc` and `files`: a line "%NAME%", then
// the values one a line until an empty line. `files` has paths without a slash at their start, folders with one at
// their end, and %BACKUP% with the MD5 of configuration as it was shipped.
// Hostile: cut off anywhere, keys repeated; a package without name or version is a problem of the file.
// Reads: var/lib/pacman/local/*/desc, files
#include <map>

#include "inventory/readers/language.hpp"
#include "inventory/readers/system_files.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::string_view k_folder = "var/lib/pacman/local/";
constexpr std::size_t k_most_files = 200'000;

bool in_database(std::string_view path, std::string_view name) {
  return path.find(k_folder) != std::string_view::npos && layers::base_name(path) == name;
}

// Calls visit(key, value) for each line below a "%KEY%".
template <class Visit>
void each_value(std::string_view text, Visit visit) {
  std::string_view key;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty())
      key = {};
    else if (key.empty() && line.size() > 2 && line.front() == '%' && line.back() == '%')
      key = line.substr(1, line.size() - 2);
    else if (!key.empty())
      visit(key, line);
  }
}

FileFacts read_desc(std::string_view text) {
  FileFacts facts;
  facts.kind = k_packages;
  std::map<std::string_view, std::string_view> first;
  std::vector<std::string_view> licenses;
  each_value(text, [&](std::string_view key, std::string_view value) {
    if (key == "LICENSE" && licenses.size() < 20) licenses.push_back(value);
    first.try_emplace(key, value);
  });
  model::Package* const package = add_system_package(facts, "alpm", first["NAME"], first["VERSION"]);
  if (package == nullptr) {
    add_problem(facts, "a package has no name or no version");
    return facts;
  }
  package->architecture = first["ARCH"];
  package->vendor = first["PACKAGER"];
  if (!first["BASE"].empty() && first["BASE"].size() <= k_longest_name) package->source_name = first["BASE"];
  for (const std::string_view license : licenses) add_license(*package, license);
  return facts;
}

FileFacts read_files(std::string_view text) {
  FileFacts facts;
  facts.kind = "files";
  std::map<std::string, std::string, std::less<>> backup;
  each_value(text, [&](std::string_view key, std::string_view value) {
    if (facts.owned.size() >= k_most_files) return;
    if (key == "FILES" && !value.ends_with('/'))
      facts.owned.push_back({layers::canonical_path(value).path, model::DigestAlgorithm::none, {}, 0, false});
    const std::size_t tab = value.find('\t');
    if (key == "BACKUP" && tab != std::string_view::npos && value.size() == tab + 33)
      backup.emplace(layers::canonical_path(value.substr(0, tab)).path, value.substr(tab + 1));
  });
  for (model::OwnedFile& file : facts.owned)
    if (const auto found = backup.find(file.path); found != backup.end()) {
      file.algorithm = model::DigestAlgorithm::md5;
      file.digest = found->second;
      file.config = true;
    }
  return facts;
}

class Pacman final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return in_database(file.path(), "desc") || in_database(file.path(), "files");
  }
  Result<FileFacts> collect(const layers::FileView& file) const override {
    return layers::base_name(file.path()) == "desc" ? read_desc(file.text()) : read_files(file.text());
  }
  void resolve(const layers::ImageView& image, Inventory& out) const override {
    const std::vector<FoundFacts> all = found_facts(image, "pacman", &out.gaps);
    const std::size_t before = out.packages.size();
    take_system_packages(
        image, all, [](std::string_view path) { return in_database(path, "desc"); }, out);
    std::map<std::string_view, const FoundFacts*> lists;  // by folder
    for (const FoundFacts& found : all)
      if (found.facts.kind == "files" && found.visibility == model::Visibility::final)
        lists[layers::parent_path(found.path)] = &found;
    for (std::size_t i = before; i < out.packages.size(); ++i) {
      const auto list = lists.find(layers::parent_path(out.packages[i].database_path));
      if (list != lists.end()) out.packages[i].files = list->second->facts.owned;
    }
  }
};

const util::Registered<Pacman> registered{{.id = "pacman",
                                           .version = 1,
                                           .summary = "Arch Linux packages with their files",
                                           .example = "bash 5.2.026-2 (var/lib/pacman/local/bash-5.2.026-2/desc)"}};

}  // namespace
}  // namespace hullcheck::inventory
