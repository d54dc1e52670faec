// julia: packages in the depot of Julia's package manager.
// Format: packages/NAME/SLUG/Project.toml below .julia: 'name = "x"', 'uuid = "…"', 'version = "1.2.3"' before the
// first table. Hostile: any text may be there; only lines of that form are read.
// Reads: packages/NAME/SLUG/Project.toml below .julia
#include <algorithm>

#include "inventory/deb822.hpp"
#include "inventory/readers/language.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_bytes = 256 * 1024;

std::string_view value_of(std::string_view line, std::string_view key) {
  if (!line.starts_with(key)) return {};
  const std::string_view rest = util::trim(line.substr(key.size()));
  return rest.starts_with('=') ? trimmed_quotes(rest.substr(1)) : std::string_view();
}

class Julia final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return (file.name() == "Project.toml" || file.name() == "JuliaProject.toml") &&
           (contains(file.path(), "/packages/") || file.path().starts_with("packages/")) &&
           !in_subfolder(file.path());
  }
  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_installed;
    std::string_view name, version, uuid, text = file.text().substr(0, k_most_bytes);
    while (!text.empty()) {
      const std::string_view line = take_line(text);
      if (line.starts_with('[')) break;
      if (name.empty()) name = value_of(line, "name");
      if (version.empty()) version = value_of(line, "version");
      if (uuid.empty()) uuid = value_of(line, "uuid");
    }
    model::Package* const package = add_package(facts, "julia", name, version);
    if (package == nullptr) return FileFacts{};
    if (uuid.size() == 36) package->qualifiers.emplace_back("uuid", uuid);
    return facts;
  }
  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_language_packages(image, "julia", out);
  }

 private:
  // packages/NAME/SLUG/Project.toml, not its test/ or docs/.
  static bool in_subfolder(std::string_view path) {
    const std::string_view rest = path.substr(path.rfind("packages/") + 9);
    return std::count(rest.begin(), rest.end(), '/') != 2;
  }
};

const util::Registered<Julia> registered{{.id = "julia",
                                          .version = 1,
                                          .summary = "Julia packages in a depot",
                                          .example = "HTTP 1.9.0 (.julia/packages/HTTP/abcde/Project.toml)"}};

}  // namespace
}  // namespace hullcheck::inventory
