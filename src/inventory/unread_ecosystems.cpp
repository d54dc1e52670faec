// Language packages that are in the image and that this build does not read yet: each ecosystem is a named gap, so
// that nothing is called safe because nobody looked. What an operating-system package owns is covered by that
// package. Signs are paths, and for Go the build-id note that its linker puts among the first program headers.
// Hostile: a sign can be faked, which costs the image its "safe" and nothing more.
#include <array>
#include <map>

#include "inventory/analyzer.hpp"

namespace hullcheck::inventory {
namespace {

using namespace std::string_view_literals;

bool in_folder(std::string_view path, std::string_view folder) { return path.find(folder) != std::string_view::npos; }

bool is_npm(const layers::FileInfo& file) {
  return file.name() == "package.json" && in_folder(file.path(), "node_modules/");
}
bool is_python(const layers::FileInfo& file) {
  const std::string_view path = file.path();
  return path.ends_with(".dist-info/METADATA") || path.ends_with(".egg-info/PKG-INFO") ||
         path.ends_with(".egg-info") || path.ends_with("EGG-INFO/PKG-INFO");
}
bool is_java(const layers::FileInfo& file) {
  static constexpr std::array k_suffixes{".jar"sv, ".war"sv, ".ear"sv, ".par"sv,
                                         ".sar"sv, ".nar"sv, ".jpi"sv, ".hpi"sv};
  if (file.entry.content != layers::ContentKind::zip) return false;
  for (const std::string_view suffix : k_suffixes)
    if (file.path().ends_with(suffix)) return true;
  return as_text(file.head).find("META-INF/MANIFEST.MF") != std::string_view::npos;
}
bool is_go(const layers::FileInfo& file) {
  // Note: name size 4, any descriptor size, type 4, name "Go".
  return file.entry.content == layers::ContentKind::elf &&
         as_text(file.head).find("\x04\0\0\0Go\0\0"sv) != std::string_view::npos;
}
bool is_ruby(const layers::FileInfo& file) {
  return file.path().ends_with(".gemspec") && in_folder(file.path(), "/specifications/");
}
bool is_php(const layers::FileInfo& file) { return file.path().ends_with("composer/installed.json"); }
bool is_dotnet(const layers::FileInfo& file) { return file.path().ends_with(".deps.json"); }
bool is_conda(const layers::FileInfo& file) {
  return in_folder(file.path(), "conda-meta/") && file.path().ends_with(".json");
}

struct Ecosystem {
  std::string_view name;
  std::string_view what;
  bool (*matches)(const layers::FileInfo&);
};
constexpr std::array k_ecosystems{Ecosystem{"npm", "npm packages (node_modules)", is_npm},
                                  Ecosystem{"PyPI", "Python packages (dist-info, egg-info)", is_python},
                                  Ecosystem{"Maven", "Java archives", is_java},
                                  Ecosystem{"Go", "Go programs", is_go},
                                  Ecosystem{"RubyGems", "Ruby gems", is_ruby},
                                  Ecosystem{"Packagist", "PHP packages (composer)", is_php},
                                  Ecosystem{"NuGet", ".NET packages (deps.json)", is_dotnet},
                                  Ecosystem{"Conda", "conda packages", is_conda}};

const Ecosystem* ecosystem_of(const layers::FileInfo& file) {
  for (const Ecosystem& ecosystem : k_ecosystems)
    if (ecosystem.matches(file)) return &ecosystem;
  return nullptr;
}

// "zz" puts it behind the package databases, whose owned files it needs.
class UnreadEcosystems final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override { return ecosystem_of(file) != nullptr; }
  bool needs_content(const layers::FileInfo&) const override { return false; }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = ecosystem_of(file)->name;
    facts.values.emplace_back("present", "");
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    const Ownership ownership(image, out);
    std::map<std::string, std::pair<std::size_t, std::string>> found;  // ecosystem → count and first path
    for (const FoundFacts& facts : found_facts(image, "zz-unread", &out.gaps)) {
      if (facts.visibility != model::Visibility::final || ownership.owner(facts.file) != nullptr) continue;
      auto& [count, first] = found[facts.facts.kind];
      if (count == 0 || facts.path < first) first = facts.path;
      ++count;
    }
    for (const Ecosystem& ecosystem : k_ecosystems) {
      const auto present = found.find(std::string(ecosystem.name));
      if (present == found.end()) continue;
      const auto& [count, first] = present->second;
      out.gaps.push_back({"ecosystem-not-read", "inventory", std::string(ecosystem.name),
                          std::string(ecosystem.what) + " are present but not read yet: " + std::to_string(count) +
                              ", such as /" + first,
                          model::GapEffect::unknown});
    }
  }
};

const util::Registered<UnreadEcosystems> registered{
    {.id = "zz-unread",
     .summary = "Language ecosystems that are present but not read yet",
     .example = "node_modules/lodash/package.json"}};

}  // namespace
}  // namespace hullcheck::inventory
