// portage: packages of Gentoo.
// Format (Package Manager Specification, installed packages): var/db/pkg/CATEGORY/NAME-VERSION/CONTENTS, one line a
// file: "obj PATH MD5 TIME", "sym PATH -> TARGET TIME", "dir PATH". Category, name and version are in the path.
// Hostile: names with spaces are in the format, lines of any other form are passed over.
// Reads: var/db/pkg/*/*/CONTENTS
#include "inventory/readers/language.hpp"
#include "inventory/readers/system_files.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::string_view k_folder = "var/db/pkg/";
constexpr std::size_t k_most_files = 500'000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_contents(std::string_view path) {
  return path.ends_with("/CONTENTS") && path.find(k_folder) != std::string_view::npos;
}

// "openssl-3.0.10-r1": the version is the last part that begins with a digit, a revision with it.
std::size_t version_at(std::string_view package) {
  std::size_t end = package.size();
  for (;;) {
    const std::size_t dash = package.rfind('-', end == 0 ? 0 : end - 1);
    if (dash == std::string_view::npos || dash == 0) return std::string_view::npos;
    const std::string_view part = package.substr(dash + 1, end - dash - 1);
    const bool revision = end == package.size() && part.size() > 1 && part[0] == 'r' &&
                          part.find_first_not_of("0123456789", 1) == std::string_view::npos;
    if (!revision) return !part.empty() && is_digit(part[0]) ? dash + 1 : std::string_view::npos;
    end = dash;
  }
}

// PATH MD5 TIME, where the path may hold spaces.
void add_object(std::string_view rest, model::Package& package) {
  const std::size_t time = rest.rfind(' ');
  const std::size_t digest = time == std::string_view::npos || time == 0 ? time : rest.rfind(' ', time - 1);
  if (digest == std::string_view::npos || time - digest != 33) return;
  package.files.push_back({layers::canonical_path(rest.substr(0, digest)).path, model::DigestAlgorithm::md5,
                           std::string(rest.substr(digest + 1, 32)), 0, false});
}

class Portage final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override { return is_contents(file.path()); }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_packages;
    const std::string_view folder = layers::parent_path(file.path());
    const std::string_view name = layers::base_name(folder);
    const std::string_view category = layers::base_name(layers::parent_path(folder));
    const std::size_t version = version_at(name);
    model::Package* const package =
        version == std::string_view::npos
            ? nullptr
            : add_system_package(facts, "ebuild",
                                 std::string(category) + "/" + std::string(name.substr(0, version - 1)),
                                 name.substr(version));
    if (package == nullptr) {
      add_problem(facts, "the folder's name is no package with a version");
      return facts;
    }
    std::string_view text = file.text();
    facts.truncated = !text.empty() && text.back() != '\n';
    while (!text.empty()) {
      const std::string_view line = take_line(text);
      if (package->files.size() >= k_most_files)
        facts.truncated = true;
      else if (line.starts_with("obj "))
        add_object(line.substr(4), *package);
      else if (const std::size_t arrow = line.find(" -> ");
               line.starts_with("sym ") && arrow != std::string_view::npos)
        package->files.push_back(
            {layers::canonical_path(line.substr(4, arrow - 4)).path, model::DigestAlgorithm::none, {}, 0, false});
    }
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_system_packages(image, found_facts(image, "portage", &out.gaps), is_contents, out);
  }
};

const util::Registered<Portage> registered{{.id = "portage",
                                            .version = 1,
                                            .summary = "Gentoo packages with the checksums of their files",
                                            .example = "dev-libs/openssl 3.0.10-r1"}};

}  // namespace
}  // namespace hullcheck::inventory
