// yarn-pnp: what a program started with Yarn's Plug'n'Play loads, and whether that is in the image.
// Format: .pnp.cjs (Yarn 2 and later) holds a JSON text in a literal of lines that end in "\", .pnp.data.json the
// same by itself, .pnp.js (Yarn 1) code:
//   ["lodash", [["npm:4.17.15", {"packageLocation": "./.yarn/cache/lodash-npm-….zip/node_modules/lodash/", …
//   ["lodash", new Map([["4.17.15", {packageLocation: path.resolve(__dirname, "…/node_modules/lodash/"), …
// A location below "__virtual__/NAME/N/" counts from N folders above.
// The packages themselves are found by analyzer npm, in the archives of the cache and in folders. So this one only
// compares: what the file names and nobody found is declared, and that it is missing or was not read is a gap.
// An unplugged folder that is missing is none: Yarn lists packages of other platforms too.
// Hostile: the file may name anything; it is searched, not run.
// Reads: .pnp.cjs, .pnp.data.json, .pnp.js
#include <array>
#include <set>

#include "inventory/readers/language.hpp"

namespace hullcheck::inventory {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t k_most_bytes = 64U << 20;
constexpr std::string_view k_folder = "node_modules/", k_virtual = "/__virtual__/";
constexpr std::string_view k_map = "map";  // FileFacts::kind; each package has its location in inner_path

bool is_map(std::string_view name) { return name == ".pnp.cjs" || name == ".pnp.data.json" || name == ".pnp.js"; }

// What stands in front of a location, spelled as the three files do.
constexpr std::array k_keys{R"("packageLocation": ")"sv, R"("packageLocation":")"sv,
                            R"(packageLocation: path.resolve(__dirname, ")"sv};

std::string_view quoted(std::string_view text) { return text.substr(0, text.find('"')); }

// The version in "npm:1.2.3", "virtual:0123…#npm:1.2.3", "patch:a@npm%3A1.2.3#…" and Yarn 1's "1.2.3"; "" for
// packages of the project itself and for those of other origin.
std::string_view version_of(std::string_view reference) {
  for (const std::string_view scheme : {"npm:"sv, "npm%3A"sv})
    if (const std::size_t at = reference.rfind(scheme); at != std::string_view::npos) {
      reference.remove_prefix(at + scheme.size());
      return reference.substr(0, reference.find_first_of("#:"));
    }
  const bool number = !reference.empty() && reference.front() >= '0' && reference.front() <= '9';
  return number ? reference : std::string_view();
}

void read_locations(std::string_view text, std::string_view key, FileFacts& facts) {
  std::size_t from = 0;
  for (std::size_t at = text.find(key); at != std::string_view::npos && !facts.truncated; at = text.find(key, from)) {
    const std::string_view location = quoted(text.substr(at + key.size()).substr(0, 4096));
    const std::size_t reference = text.substr(from, at - from).rfind("[\"");
    const std::string_view version =
        reference == std::string_view::npos
            ? std::string_view()
            : version_of(quoted(text.substr(from + reference + 2, at - from - reference - 2)));
    from = at + key.size() + location.size();
    const std::size_t folder = location.rfind(k_folder);
    if (version.empty() || folder == std::string_view::npos) continue;
    std::string_view name = location.substr(folder + k_folder.size());
    if (name.ends_with('/')) name.remove_suffix(1);
    if (model::Package* const package = add_package(facts, "npm", name, version)) package->inner_path = location;
  }
}

// Where a location of the map in `folder` leads: a path of the image.
std::string place_of(std::string_view folder, std::string_view location) {
  std::string path = std::string(folder) + "/" + std::string(location);
  for (int i = 0; i < 8; ++i) {
    const std::size_t at = path.find(k_virtual);
    const std::size_t name = at == std::string::npos ? at : path.find('/', at + k_virtual.size());
    if (name == std::string::npos) break;
    std::size_t end = path.find('/', name + 1);
    if (end == std::string::npos) end = path.size();
    std::string up;
    const std::string count = path.substr(name + 1, end - name - 1);
    if (count.empty() || count.size() > 2 || count.find_first_not_of("0123456789") != std::string::npos) break;
    for (int n = std::stoi(count); n > 0; --n) up += "/..";
    path = path.substr(0, at) + up + path.substr(end);
  }
  return layers::canonical_path(path).path;
}

class YarnPnp final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override { return is_map(file.name()); }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_map;
    const std::string_view text = file.text().substr(0, k_most_bytes);
    facts.truncated = file.size() > k_most_bytes;
    for (const std::string_view key : k_keys) read_locations(text, key, facts);
    return facts.packages.empty() && !facts.truncated ? FileFacts{} : facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    const std::vector<FoundFacts> maps = found_facts(image, "yarn-pnp", &out.gaps);
    if (maps.empty()) return;
    std::set<std::string> read;  // archives and package.json that analyzer npm found packages in
    std::vector<model::Gap> said_there;
    for (const FoundFacts& found : found_facts(image, "npm", &said_there))
      if (found.visibility == model::Visibility::final) read.insert(found.path);
    for (const FoundFacts& map : maps)
      if (map.visibility == model::Visibility::final) compare(image, map, read, out);
  }

 private:
  static void compare(const layers::ImageView& image, const FoundFacts& map, const std::set<std::string>& read,
                      Inventory& out) {
    FoundFacts declared = map;
    declared.facts.kind = k_declared;
    declared.facts.packages.clear();
    std::size_t missing = 0;
    std::string first;
    std::set<std::pair<std::string, std::string>> taken;
    for (const model::Package& package : map.facts.packages) {
      std::string place = place_of(layers::parent_path(map.path), package.inner_path);
      const std::size_t end = place.find(".zip/");
      const bool archive = end != std::string::npos;
      place = archive ? place.substr(0, end + 4) : place + "/package.json";
      if (const auto real = image.real_path(place)) place = *real;
      if (read.contains(place) || !taken.emplace(package.name, package.version).second) continue;
      declared.facts.packages.push_back(package);
      declared.facts.packages.back().inner_path.clear();
      if (!contains(package.inner_path, "unplugged/") && missing++ == 0)
        first = package.name + " " + package.version + " in /" + place;
    }
    take_language_file(declared, out);
    if (missing != 0)
      out.file_gaps.emplace_back(
          map.file,
          model::Gap{"package-missing", "inventory", "/" + map.path,
                     "packages that Yarn would load are not where it looks for them, or could not be read: " +
                         std::to_string(missing) + ", such as " + first,
                     model::GapEffect::unknown});
  }
};

const util::Registered<YarnPnp> registered{
    {.id = "yarn-pnp",
     .version = 1,
     .summary = "Yarn's Plug'n'Play: packages that a program loads from archives",
     .example = "lodash 4.17.15 (.pnp.cjs), declared only"}};

}  // namespace
}  // namespace hullcheck::inventory
