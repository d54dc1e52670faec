// rpm: the database of installed packages, as SQLite (rpmdb.sqlite), NDB (Packages.db) or Berkeley DB (Packages).
// Formats: formats/rpmdb.hpp and formats/rpm_header.hpp. Public keys that rpm keeps among the packages are none.
// Hostile: see there. What could not be read is a problem of the facts, a database that ends early is marked.
// Reads: {var/lib,usr/lib/sysimage,usr/share}/rpm/{rpmdb.sqlite,Packages.db,Packages}
#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "formats/rpmdb.hpp"
#include "inventory/analyzer.hpp"
#include "inventory/kept_text.hpp"

namespace hullcheck::inventory {
namespace {

// rpm reads one of them, by its configuration; newer kinds first, for what they replace often stays behind.
constexpr std::array<std::string_view, 7> k_databases{"usr/lib/sysimage/rpm/rpmdb.sqlite",
                                                      "var/lib/rpm/rpmdb.sqlite",
                                                      "usr/share/rpm/rpmdb.sqlite",
                                                      "usr/lib/sysimage/rpm/Packages.db",
                                                      "var/lib/rpm/Packages.db",
                                                      "usr/lib/sysimage/rpm/Packages",
                                                      "var/lib/rpm/Packages"};
constexpr std::size_t k_most_problems = 20;
constexpr std::size_t k_most_scripts = 200;

bool is_database(std::string_view path) {
  return std::any_of(k_databases.begin(), k_databases.end(), [&](std::string_view name) {
    return path == name || (path.ends_with(name) && path[path.size() - name.size() - 1] == '/');
  });
}

// A database under a name of its own choosing: NDB by its magic, SQLite by the table that rpm makes, Berkeley by the
// magic of a hash, which others have too.
bool looks_like_database(std::string_view head) {
  using namespace std::string_view_literals;
  constexpr std::size_t k_hash_magic = 12;
  if (head.starts_with("RpmP")) return true;
  if (head.starts_with("SQLite format 3\0"sv)) return head.find("hnum INTEGER PRIMARY KEY") != std::string_view::npos;
  return head.size() > k_hash_magic && head.substr(k_hash_magic).starts_with("\x61\x15\x06\0"sv);
}

model::DigestAlgorithm algorithm_of(formats::RpmDigest digest) {
  switch (digest) {
    case formats::RpmDigest::md5: return model::DigestAlgorithm::md5;
    case formats::RpmDigest::sha1: return model::DigestAlgorithm::sha1;
    case formats::RpmDigest::sha256: return model::DigestAlgorithm::sha256;
    case formats::RpmDigest::sha384: return model::DigestAlgorithm::sha384;
    case formats::RpmDigest::sha512: return model::DigestAlgorithm::sha512;
    default: return model::DigestAlgorithm::none;
  }
}

std::string evr(const formats::RpmPackage& package) {
  const std::string version = package.version + "-" + package.release;
  return package.epoch.value_or(0) == 0 ? version : std::to_string(*package.epoch) + ":" + version;
}

// "bash-5.1.8-4.el9.src.rpm" is bash, 5.1.8-4.el9.
void set_source(model::Package& package, std::string_view source) {
  package.source_name = package.name;
  package.source_version = package.version;
  for (const std::string_view suffix : {".src.rpm", ".nosrc.rpm"})
    if (source.ends_with(suffix)) source.remove_suffix(suffix.size());
  const std::size_t release = source.rfind('-');
  if (release == std::string_view::npos || release == 0) return;
  const std::size_t version = source.rfind('-', release - 1);
  if (version == std::string_view::npos || version == 0) return;
  package.source_name = source.substr(0, version);
  package.source_version = source.substr(version + 1);
}

model::Package package_of(const formats::RpmPackage& from) {
  model::Package package;
  package.type = "rpm";
  package.name = from.name;
  package.version = evr(from);
  package.architecture = from.arch;
  package.epoch = from.epoch.value_or(0);
  if (!from.licence.empty()) package.licenses.push_back(from.licence);
  package.vendor = from.vendor.empty() ? from.packager : from.vendor;
  package.modularity = from.modularity_label;
  set_source(package, from.source_rpm);
  const model::DigestAlgorithm algorithm = algorithm_of(from.digest_algorithm);
  for (const formats::RpmFile& file : from.files) {
    if ((file.mode & 0170000U) == 0040000U) continue;  // a folder
    if ((file.flags & formats::RpmFile::k_ghost) != 0 && file.digest.empty()) continue;
    const bool config = (file.flags & (formats::RpmFile::k_config | formats::RpmFile::k_ghost)) != 0;
    package.files.push_back({layers::canonical_path(file.path).path,
                             file.digest.empty() ? model::DigestAlgorithm::none : algorithm, file.digest, file.mode,
                             config});
  }
  return package;
}

// Whether a script of a package does more than packages do: only those are kept, for detect/ to look at.
bool is_odd_script(std::string_view text) {
  static constexpr std::array<std::string_view, 10> k_words{"://",   "/dev/tcp", "base64", "curl", "wget",
                                                            "/tmp/", "xxd",      "python", "perl", "nc "};
  return std::any_of(k_words.begin(), k_words.end(),
                     [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

void keep_odd_scripts(const formats::RpmPackage& package, std::size_t& kept, FileFacts& facts) {
  for (const formats::RpmScript& script : package.scripts)
    if (kept < k_most_scripts && is_odd_script(script.text)) {
      ++kept;
      facts.values.emplace_back("script",
                                package.name + " " + std::string(script.when) + "\n" + kept_text(script.text));
    }
}

// The file's own order may change with every update of a package.
void sort(std::vector<model::Package>& packages) {
  const auto key = [](const model::Package& package) {
    return std::tie(package.name, package.architecture, package.version);
  };
  std::sort(packages.begin(), packages.end(), [&](const auto& a, const auto& b) { return key(a) < key(b); });
}

class Rpm final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return is_database(file.path()) || looks_like_database(as_text(file.head));
  }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = "database";
    if (file.bytes.empty()) return facts;
    std::size_t scripts = 0;
    auto read = formats::visit_rpm_packages(file.bytes, {}, [&](const formats::RpmPackage& package) {
      if (package.is_public_key()) return;
      keep_odd_scripts(package, scripts, facts);
      facts.packages.push_back(package_of(package));
    });
    if (!read.ok() && !is_database(file.path())) return facts;  // a hash of something else
    const formats::RpmdbReport report = TRY(std::move(read));
    sort(facts.packages);
    facts.truncated = report.truncated;
    for (const formats::RpmdbProblem& problem : report.problems) {
      if (facts.problems.size() >= k_most_problems) break;
      facts.problems.push_back(problem.error.describe());
    }
    if (report.write_ahead_log) facts.values.emplace_back("write-ahead-log", "yes");
    if (facts.packages.empty() && !is_database(file.path())) return FileFacts{};
    if (facts.packages.empty()) facts.values.emplace_back("empty", "yes");
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    std::vector<FoundFacts> all = found_facts(image, "rpm", &out.gaps);
    std::set<layers::FileRef> read;
    const FoundFacts* taken = nullptr;
    for (const std::string_view path : k_databases) {
      note_unread_database(image, path, all, out);
      const auto target = image.resolve(path);
      if (!target) continue;
      for (FoundFacts& found : all) {
        if (found.file != *target || !read.insert(found.file).second) continue;
        if (taken == nullptr) {
          if (!found.facts.packages.empty()) taken = &found;
          take(image, found, std::string(path), out);
        } else if (!lists_all_of(*taken, found)) {
          out.gaps.push_back(database_gap("package-database-ambiguous", path,
                                          "a second package database lists packages that the first does not"));
        }
      }
    }
    for (FoundFacts& found : all) {
      if (read.contains(found.file) || found.facts.packages.empty()) continue;
      const bool final = found.visibility == model::Visibility::final;
      if (final && is_database(found.path))
        take(image, found, found.path, out);
      else if (final && (taken == nullptr || !lists_all_of(*taken, found)))
        out.gaps.push_back(database_gap("package-database-misplaced", found.path,
                                        "a package database lies where no package manager looks for it"));
      else if (!final && taken == nullptr && is_database(found.path))
        out.gaps.push_back(
            database_gap("package-database-removed", found.path,
                         "a later layer removes the package database; what is installed is not known"));
    }
  }

 private:
  // What a change of the database's kind leaves behind is old, but it names no package that the new one does not
  // know.
  static bool lists_all_of(const FoundFacts& first, const FoundFacts& second) {
    std::set<std::string_view> names;
    for (const model::Package& package : first.facts.packages) names.insert(package.name);
    return std::all_of(second.facts.packages.begin(), second.facts.packages.end(),
                       [&](const model::Package& package) { return names.contains(package.name); });
  }

  // Their files go along: what stays here are the names.
  static void take(const layers::ImageView& image, FoundFacts& found, const std::string& path, Inventory& out) {
    for (model::Package& listed : found.facts.packages) {
      std::vector<model::OwnedFile> files = std::move(listed.files);
      model::Package package = listed;
      package.files = std::move(files);
      package.database_path = path;
      package.database_layer = found.file.layer;
      out.packages.push_back(std::move(package));
      out.has_package_database = true;
    }
    if (found.facts.truncated)
      out.gaps.push_back(database_gap("package-database-truncated", path, "the package database ends too early"));
    for (const std::string& problem : found.facts.problems)
      out.gaps.push_back(database_gap("package-database-damaged", path, problem));
    const auto log = image.resolve(path + "-wal");
    if (!found.facts.value("write-ahead-log").empty() && log && image.entry(*log).size > 0)
      out.gaps.push_back(
          database_gap("package-database-log", path,
                       "changes to the package database that are still in its write-ahead log are not read"));
  }
};

const util::Registered<Rpm> registered{{.id = "rpm",
                                        .version = 5,
                                        .summary = "rpm packages from SQLite, NDB and Berkeley databases",
                                        .example = "openssl-libs 1:3.0.7-27.el9 (source openssl)"}};

}  // namespace
}  // namespace hullcheck::inventory
