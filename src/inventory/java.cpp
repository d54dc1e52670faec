// java: libraries in Java archives, nested ones too (java_archive.hpp says how they are named).
// Hostile: an archive is named by whoever made it. One that cannot be read to its end is a gap of that file, and one
// that names nothing stays among the programs that nobody accounts for. Applications that were unpacked, as servers
// do with war files, have the same META-INF/maven and the same classes as files.
// Reads: *.jar, *.war, *.ear, *.par, *.sar, *.nar, *.jpi, *.hpi, *.kar, *.lpkg, nested too; pom.properties
#include <map>
#include <set>

#include "inventory/readers/java_archive.hpp"
#include "inventory/readers/java_markers.hpp"
#include "inventory/readers/language.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

// A jar whose name says something else: its first entry is the manifest's folder, as the jar tool writes it.
bool begins_as_jar(std::string_view head) {
  return head.starts_with("PK\x03\x04") && head.size() > 50 &&
         (head.substr(30).starts_with("META-INF/MANIFEST.MF") || head.substr(30).starts_with("META-INF/"));
}

constexpr std::string_view k_class = "class";
constexpr std::uint64_t k_largest_unnamed = 64 << 20;  // of zips that no name says anything of

bool is_loose_pom(std::string_view path) {
  return path.ends_with("/pom.properties") && contains(path, "META-INF/maven/");
}

const JavaMarker* marker_of(std::string_view path) {
  if (!path.ends_with(".class")) return nullptr;
  for (const JavaMarker& marker : java_markers())
    if (ends_as_path(path, marker.entry)) return &marker;
  return nullptr;
}

// Java programs with something in front that starts them: a script as some builders make them, or a program of
// Windows. Nothing in their first bytes says whether a zip follows.
bool may_have_jar_behind(const layers::FileInfo& file) {
  const std::string_view head = as_text(file.head);
  if (file.entry.content == layers::ContentKind::script)
    return contains(head, "-jar") || contains(head, "PK\x03\x04");
  return head.starts_with("MZ") && util::lower(file.name()).ends_with(".exe");
}

// Those of other makers, which other analyzers read or which hold no Java.
bool has_other_name(std::string_view name) {
  for (const std::string_view suffix : {".whl", ".nupkg", ".docx", ".xlsx", ".pptx", ".odt", ".ods"})
    if (name.ends_with(suffix)) return true;
  return false;
}

// groupId, artifactId and version of a pom.properties.
void read_pom(std::string_view text, FileFacts& facts) {
  std::map<std::string, std::string_view, std::less<>> values;
  while (!text.empty() && values.size() < 100) {
    const std::string_view line = util::trim(take_line(text));
    const std::size_t equals = line.find('=');
    if (equals != std::string_view::npos)
      values.emplace(util::trim(line.substr(0, equals)), util::trim(line.substr(equals + 1)));
  }
  const std::string name = std::string(values["groupId"]) + ":" + std::string(values["artifactId"]);
  if (values["artifactId"].empty() || contains(values["version"], "$") ||
      add_package(facts, "maven", name, values["version"]) == nullptr)
    add_problem(facts, "it names no library and version");
}

class Java final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    // Java finds an archive by its end: whatever stands before it, the name says enough.
    if (is_java_archive_name(file.name()) || may_have_jar_behind(file)) return true;
    if (is_loose_pom(file.path()) || marker_of(file.path()) != nullptr) return true;
    return file.entry.content == layers::ContentKind::zip &&
           (file.name().ends_with(".zip") || begins_as_jar(as_text(file.head)) ||
            (file.size() <= k_largest_unnamed && !has_other_name(file.name())));
  }
  bool needs_content(const layers::FileInfo& file) const override { return marker_of(file.path()) == nullptr; }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_installed;
    if (const JavaMarker* const marker = marker_of(file.path())) {
      facts.kind = k_class;
      facts.values.emplace_back(marker->group, marker->artifact);
      return facts;
    }
    if (is_loose_pom(file.path())) {
      read_pom(file.text().substr(0, 64 * 1024), facts);
      return facts;
    }
    JavaArchive archive = read_java_archive(file.name(), file.bytes);
    for (JavaPackage& found : archive.packages) {
      const std::string name = found.group.empty() ? found.artifact : found.group + ":" + found.artifact;
      model::Package* const package = add_package(facts, "maven", name, found.version);
      if (package == nullptr) continue;
      package->inner_path = std::move(found.inner_path);
      add_license(*package, found.license);
    }
    for (const JavaPackage& found : archive.unversioned)
      facts.values.emplace_back("unversioned", found.group + ":" + found.artifact +
                                                   (found.inner_path.empty() ? "" : " in " + found.inner_path));
    facts.truncated = facts.truncated || archive.truncated;
    for (std::string& problem : archive.problems) add_problem(facts, std::move(problem));
    // A zip that cannot be read is no Java archive until something in it says so.
    const bool archive_or_script =
        file.entry.content == layers::ContentKind::zip || file.entry.content == layers::ContentKind::script;
    const bool plain = !is_java_archive_name(file.name()) || (!archive_or_script && archive.unreadable);
    if (facts.packages.empty() && facts.values.empty() && (plain || (facts.problems.empty() && !facts.truncated)))
      return FileFacts{};
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_language_packages(image, "java", out);
    std::set<std::string> named;                     // by files of their own
    std::map<std::string, const FoundFacts*> loose;  // library → the first file that is of it
    const std::vector<FoundFacts> all = found_facts(image, "java", nullptr);
    for (const FoundFacts& found : all) {
      if (found.visibility != model::Visibility::final) continue;
      if (is_loose_pom(found.path))
        for (const model::Package& package : found.facts.packages) named.insert(package.name);
      for (const auto& [key, value] : found.facts.values) {
        if (found.facts.kind == k_class) {
          const auto [place, fresh] = loose.emplace(key + ":" + value, &found);
          if (!fresh && found.path < place->second->path) place->second = &found;
        } else if (key == "unversioned") {
          note_unversioned(found, value + "; keep its META-INF/maven when the archive is built", out);
        }
      }
    }
    for (const auto& [library, found] : loose)
      if (!named.contains(library)) note_unversioned(*found, library, out);
  }

 private:
  static void note_unversioned(const FoundFacts& found, const std::string& library, Inventory& out) {
    out.file_gaps.emplace_back(
        found.file, model::Gap{"library-of-unknown-version", "inventory", "/" + found.path,
                               "classes of a library were copied in, and nothing says in which version: " + library,
                               model::GapEffect::unknown});
  }
};

const util::Registered<Java> registered{
    {.id = "java",
     .version = 5,
     .summary = "Java libraries: jar, war, ear and others, nested and shaded ones",
     .example = "org.apache.logging.log4j:log4j-core 2.14.1 (app.jar!/BOOT-INF/lib/log4j-core-2.14.1.jar)"}};

}  // namespace
}  // namespace hullcheck::inventory
