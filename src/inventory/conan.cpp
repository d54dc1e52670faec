// conan: C and C++ libraries in the cache of Conan, and where its deployers copy them.
// Format: Conan 1 has conaninfo.txt in .conan/data/NAME/VERSION/USER/CHANNEL/package/ID; its path names the library.
// The section [full_requires] lists "name/1.2.3:hash" of what it was built against, which lies beside it in the cache
// or was linked in. Conan 2 keeps packages in .conan2/p/b/NAME+HASH/p and names them in p/cache.sqlite3: the table
// packages(reference, rrev, pkgid, prev, path, …), whose path is the folder below p. Its deployers make
// full_deploy/host/NAME/VERSION/…, with the package's conaninfo.txt and conanmanifest.txt.
// Hostile: text, database and path are anything; names are taken in that form only. A folder that is a package
// (both files are there) and that nothing names is said, so a database that was removed or emptied hides nothing.
// Reads: conaninfo.txt, .conan2/p/cache.sqlite3
#include <set>
#include <vector>

#include "formats/sqlite.hpp"
#include "inventory/deb822.hpp"
#include "inventory/readers/language.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_bytes = 1 << 20;
constexpr std::uint64_t k_most_rows = 200'000;
// FileFacts::kind of Conan 2's database, whose packages have their folder in inner_path, and of a package's file that
// does not name it.
constexpr std::string_view k_cache = "cache", k_unnamed = "unnamed";

// "name/1.2.3@user/channel:hash#revision"
model::Package* add_reference(std::string_view reference, FileFacts& facts) {
  reference = util::trim(reference);
  reference = reference.substr(0, reference.find_first_of("@:#"));
  const std::size_t slash = reference.find('/');
  if (slash == std::string_view::npos) return nullptr;
  return add_package(facts, "conan", reference.substr(0, slash), reference.substr(slash + 1));
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
  for (std::size_t i = 0; i + 4 < parts.size(); ++i)
    if (parts[i] == "full_deploy" && (parts[i + 1] == "host" || parts[i + 1] == "build"))
      add_package(facts, "conan", parts[i + 2], parts[i + 3]);
}

class CacheRows final : public formats::SqliteRows {
 public:
  explicit CacheRows(FileFacts& facts) : m_facts(facts) {}

  bool begin(std::uint64_t) override {
    if (++m_rows <= k_most_rows && m_facts.packages.size() < k_most_language_packages) return true;
    m_facts.truncated = true;
    return false;
  }
  void take(std::uint64_t row, Bytes record) override {
    const auto reference = formats::read_sqlite_column(record, 0), path = formats::read_sqlite_column(record, 4);
    const bool whole = reference && path && reference->is_text() && path->is_text();
    const std::string_view folder = whole ? as_text(path->data) : std::string_view();
    model::Package* const package =
        whole && !folder.empty() && folder.size() <= 4096 && layers::is_canonical_path(folder)
            ? add_reference(as_text(reference->data), m_facts)
            : nullptr;
    if (package != nullptr)
      package->inner_path = folder;
    else
      add_problem(m_facts, "row " + std::to_string(row) + " of the cache names no package and its folder");
  }
  void problem(std::uint64_t, ErrorCode, std::string name, std::string message) override {
    add_problem(m_facts, name + ": " + message);
  }
  void truncated(std::string) override { m_facts.truncated = true; }

 private:
  FileFacts& m_facts;
  std::uint64_t m_rows = 0;
};

bool is_cache(const layers::FileInfo& file) { return file.name() == "cache.sqlite3"; }

// Other programs have a cache.sqlite3 too: outside Conan's home only one with packages of that form is taken.
FileFacts read_cache(const layers::FileView& file) {
  FileFacts facts;
  facts.kind = k_cache;
  if (formats::is_sqlite(file.bytes)) {
    CacheRows rows(facts);
    const auto read = formats::read_sqlite_table(file.bytes, "packages", {}, rows);
    if (!read.ok()) add_problem(facts, read.error().name + ": " + read.error().message);
    if (formats::has_write_ahead_log(file.bytes))
      add_problem(facts, "the database has a write-ahead log, whose rows are not read");
  } else {
    add_problem(facts, "the database of Conan's cache is no SQLite database");
  }
  const bool at_home = contains(file.path(), ".conan2/");
  return at_home || !facts.packages.empty() ? facts : FileFacts{};
}

FileFacts read_info(const layers::FileView& file) {
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
  if (facts.packages.empty() && !facts.truncated) {
    facts.kind = k_unnamed;
    facts.values.emplace_back("present", "");
  }
  return facts;
}

class Conan final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override { return file.name() == "conaninfo.txt" || is_cache(file); }
  Result<FileFacts> collect(const layers::FileView& file) const override {
    return is_cache(file) ? read_cache(file) : read_info(file);
  }
  void resolve(const layers::ImageView& image, Inventory& out) const override {
    const std::vector<FoundFacts> all = found_facts(image, "conan", &out.gaps);
    std::set<std::string> named;  // folders of packages that a cache names
    for (const FoundFacts& found : all) {
      if (found.visibility != model::Visibility::final) continue;
      if (found.facts.kind == k_installed) take_language_file(found, out);
      if (found.facts.kind == k_cache) take_cache(image, found, named, out);
    }
    for (const FoundFacts& found : all)
      if (found.visibility == model::Visibility::final && found.facts.kind == k_unnamed)
        note_unnamed(image, found, named, out);
  }

 private:
  // In p lies the package, in b what it was built in; an archive may have no entries for the folders themselves.
  static bool is_there(const layers::ImageView& image, const std::string& folder) {
    return !image.children(folder + "/p").empty() || !image.children(folder + "/b").empty() ||
           !image.children(folder).empty();
  }

  // A package is installed when its folder is there; one whose folder is gone was used to build what is.
  static void take_cache(const layers::ImageView& image, const FoundFacts& cache, std::set<std::string>& named,
                         Inventory& out) {
    std::string root(layers::parent_path(cache.path));
    if (!root.empty()) root += '/';
    FoundFacts installed = cache, declared = cache;
    installed.facts.kind = k_installed;
    declared.facts = {};
    declared.facts.kind = k_declared;
    installed.facts.packages.clear();
    std::set<std::pair<std::string, std::string>> taken;  // one build of a library is as good as another
    for (const bool present : {true, false})
      for (const model::Package& package : cache.facts.packages) {
        const std::string folder = root + package.inner_path;
        if (is_there(image, folder) != present) continue;
        if (present) named.insert(folder);
        if (!taken.emplace(package.name, package.version).second) continue;
        auto& list = (present ? installed : declared).facts.packages;
        list.push_back(package);
        list.back().inner_path.clear();
      }
    take_language_file(installed, out);
    take_language_file(declared, out);
  }

  static void note_unnamed(const layers::ImageView& image, const FoundFacts& info, const std::set<std::string>& named,
                           Inventory& out) {
    const std::string folder(layers::parent_path(info.path));
    if (!image.resolve(folder + "/conanmanifest.txt")) return;
    for (std::string_view above = folder; !above.empty(); above = layers::parent_path(above))
      if (named.contains(std::string(above))) return;
    out.file_gaps.emplace_back(
        info.file, model::Gap{"package-list-damaged", "inventory", "/" + info.path,
                              "a package of Conan that no database and no path names", model::GapEffect::unknown});
  }
};

const util::Registered<Conan> registered{{.id = "conan",
                                          .version = 2,
                                          .summary = "C and C++ libraries in the cache of Conan 1 and 2",
                                          .example = "zlib 1.2.11 (.conan2/p/cache.sqlite3)"}};

}  // namespace
}  // namespace hullcheck::inventory
