// java: libraries in Java archives, nested ones too (java_archive.hpp says how they are named).
// Hostile: an archive is named by whoever made it. One that cannot be read to its end is a gap of that file, and one
// that names nothing stays among the programs that nobody accounts for.
// Reads: *.jar, *.war, *.ear, *.par, *.sar, *.nar, *.jpi, *.hpi, *.kar, *.lpkg, nested ones too
#include "inventory/readers/java_archive.hpp"
#include "inventory/readers/language.hpp"

namespace hullcheck::inventory {
namespace {

// A jar whose name says something else: its first entry is the manifest's folder, as the jar tool writes it.
bool begins_as_jar(std::string_view head) {
  return head.starts_with("PK\x03\x04") && head.size() > 50 &&
         (head.substr(30).starts_with("META-INF/MANIFEST.MF") || head.substr(30).starts_with("META-INF/"));
}

class Java final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    // With a script in front that starts it, as some builders make them.
    if (file.entry.content == layers::ContentKind::script) return is_java_archive_name(file.name());
    return file.entry.content == layers::ContentKind::zip &&
           (is_java_archive_name(file.name()) || file.name().ends_with(".zip") || begins_as_jar(as_text(file.head)));
  }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_installed;
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
    const bool plain = !is_java_archive_name(file.name());
    if (facts.packages.empty() && facts.values.empty() && (plain || (facts.problems.empty() && !facts.truncated)))
      return FileFacts{};
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_language_packages(image, "java", out);
    for (const FoundFacts& found : found_facts(image, "java", nullptr)) {
      if (found.visibility != model::Visibility::final) continue;
      for (const auto& [key, library] : found.facts.values)
        if (key == "unversioned")
          out.file_gaps.emplace_back(
              found.file, model::Gap{"library-of-unknown-version", "inventory", "/" + found.path,
                                     "classes of a library were copied in, and nothing says in which version: " +
                                         library + "; keep its META-INF/maven when the archive is built",
                                     model::GapEffect::unknown});
    }
  }
};

const util::Registered<Java> registered{
    {.id = "java",
     .version = 3,
     .summary = "Java libraries: jar, war, ear and others, nested and shaded ones",
     .example = "org.apache.logging.log4j:log4j-core 2.14.1 (app.jar!/BOOT-INF/lib/log4j-core-2.14.1.jar)"}};

}  // namespace
}  // namespace hullcheck::inventory
