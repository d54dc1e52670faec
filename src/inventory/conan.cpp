// conan: C and C++ libraries in the cache of Conan.
// Format: conaninfo.txt in .conan/data/NAME/VERSION/USER/CHANNEL/package/ID (Conan 1); its path names the library.
// The section [full_requires] lists "name/1.2.3:hash" of what it was built against, which lies beside it in the cache
// or was linked in. Hostile: text and path are anything; names are taken in that form only.
// Reads: conaninfo.txt
#include <vector>

#include "inventory/deb822.hpp"
#include "inventory/readers/language.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_bytes = 1 << 20;

// "name/1.2.3@user/channel:hash#revision"
void add_reference(std::string_view reference, FileFacts& facts) {
  reference = util::trim(reference);
  reference = reference.substr(0, reference.find_first_of("@:#"));
  const std::size_t slash = reference.find('/');
  if (slash != std::string_view::npos)
    add_package(facts, "conan", reference.substr(0, slash), reference.substr(slash + 1));
}

void add_by_path(std::string_view path, FileFacts& facts) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
  }
  // NAME VERSION USER CHANNEL package ID conaninfo.txt
  if (parts.size() >= 7 && parts[parts.size() - 3] == "package")
    add_package(facts, "conan", parts[parts.size() - 7], parts[parts.size() - 6]);
}

class Conan final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override { return file.name() == "conaninfo.txt"; }
  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_installed;
    add_by_path(file.path(), facts);
    std::string_view text = file.text().substr(0, k_most_bytes);
    bool requires_section = false;
    while (!text.empty()) {
      const std::string_view line = util::trim(take_line(text));
      if (line.starts_with('['))
        requires_section = line == "[full_requires]";
      else if (requires_section)
        add_reference(line, facts);
    }
    return facts.packages.empty() && !facts.truncated ? FileFacts{} : facts;
  }
  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_language_packages(image, "conan", out);
  }
};

const util::Registered<Conan> registered{{.id = "conan",
                                          .version = 1,
                                          .summary = "C and C++ libraries in the cache of Conan",
                                          .example = "zlib 1.2.11 (.conan/data/zlib/1.2.11/_/_/package/…)"}};

}  // namespace
}  // namespace hullcheck::inventory
