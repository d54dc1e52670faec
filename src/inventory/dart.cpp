// dart: packages in the cache of Dart's and Flutter's package manager.
// Format: hosted/HOST/NAME-VERSION/pubspec.yaml below .pub-cache; the two lines "name: x" and "version: 1.2.3" stand
// at the left edge.
// Hostile: YAML of any shape; only those two lines are read, in a bounded text.
// Reads: pubspec.yaml below .pub-cache
#include "inventory/readers/language.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_bytes = 256 * 1024;

class Dart final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.name() == "pubspec.yaml" && contains(file.path(), "/hosted/");
  }
  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_installed;
    std::string_view name, version, text = file.text().substr(0, k_most_bytes);
    while (!text.empty()) {
      const std::string_view line = take_line(text);
      if (line.starts_with("name:") && name.empty()) name = trimmed_quotes(line.substr(5));
      if (line.starts_with("version:") && version.empty()) version = trimmed_quotes(line.substr(8));
    }
    if (add_package(facts, "pub", name, version) == nullptr)
      add_problem(facts, "it names no Dart package and version");
    return facts;
  }
  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_language_packages(image, "dart", out);
  }
};

const util::Registered<Dart> registered{{.id = "dart",
                                         .version = 1,
                                         .summary = "Dart packages in the pub cache",
                                         .example = "http 0.13.2 (.pub-cache/hosted/pub.dev/http-0.13.2)"}};

}  // namespace
}  // namespace hullcheck::inventory
