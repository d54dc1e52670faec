// hackage: Haskell packages that are registered with a compiler.
// Format: package.conf.d/NAME-VERSION-HASH.conf, lines "name: x" and "version: 1.2.3" (Cabal's
// InstalledPackageInfo).
// Hostile: any text may be there; without the two lines it is a problem of the file.
// Reads: package.conf.d/*.conf
#include "inventory/readers/language.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_bytes = 256 * 1024;

class Hackage final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.path().ends_with(".conf") &&
           (contains(file.path(), "package.conf.d/") || contains(file.path(), "package.db/"));
  }
  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_installed;
    std::string_view name, version, license, text = file.text().substr(0, k_most_bytes);
    while (!text.empty()) {
      const std::string_view line = take_line(text);
      if (line.starts_with("name:") && name.empty()) name = trimmed_quotes(line.substr(5));
      if (line.starts_with("version:") && version.empty()) version = trimmed_quotes(line.substr(8));
      if (line.starts_with("license:") && license.empty()) license = trimmed_quotes(line.substr(8));
    }
    if (model::Package* const package = add_package(facts, "hackage", name, version))
      add_license(*package, license);
    else
      add_problem(facts, "it names no Haskell package and version");
    return facts;
  }
  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_language_packages(image, "hackage", out);
  }
};

const util::Registered<Hackage> registered{{.id = "hackage",
                                            .version = 1,
                                            .summary = "Haskell packages registered with a compiler",
                                            .example = "aeson 1.5.6.0 (package.conf.d/aeson-1.5.6.0-x.conf)"}};

}  // namespace
}  // namespace hullcheck::inventory
