// dpkg: Debian's package database, as files of deb822 stanzas (deb-status: dpkg(1), deb-control(5)).
//   var/lib/dpkg/status            every package, with its state
//   var/lib/dpkg/status.d/NAME     distroless images: one package a file, always installed; NAME.md5sums beside it
//   var/lib/dpkg/info/NAME.list    owned paths; NAME.md5sums: MD5 of those that are regular files and no conffiles
//   var/lib/dpkg/diversions        triples of lines: a path, where it was moved to, the package that asked for it
//   usr/share/doc/NAME/copyright   licences (DEP-5), when written for machines
// Hostile: cut off anywhere, stanzas without a name, any number of packages; what cannot be read is noted and
// skipped.
// Reads: var/lib/dpkg/status, status.d/*, info/*.list, info/*.md5sums, diversions, usr/share/doc/*/copyright
#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <set>
#include <span>
#include <unordered_set>
#include <utility>

#include "inventory/analyzer.hpp"
#include "inventory/deb822.hpp"
#include "util/ascii.hpp"
#include "util/seeded_hash.hpp"

namespace hullcheck::inventory {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view k_status = "var/lib/dpkg/status";
constexpr std::string_view k_info = "var/lib/dpkg/info";
constexpr std::size_t k_most_packages = 200'000;
constexpr std::size_t k_most_problems = 20;
constexpr std::size_t k_most_owned = 500'000;  // paths in one list; the largest packages of Debian have 60,000
constexpr std::size_t k_most_copyright = 512 * 1024;

// States in which files of the package are on the disk; half-installed has some of them.
constexpr std::array<std::string_view, 6> k_present{"installed",       "triggers-pending", "triggers-awaited",
                                                    "half-configured", "half-installed",   "unpacked"};
constexpr std::array<std::string_view, 2> k_absent{"not-installed", "config-files"};

bool is_status(std::string_view path) { return path.ends_with("lib/dpkg/status"); }
bool is_status_part(std::string_view path) {
  return path.find("lib/dpkg/status.d/") != std::string_view::npos && !path.ends_with(".md5sums");
}
bool is_info(std::string_view path, std::string_view suffix) {
  return path.ends_with(suffix) && (path.find("lib/dpkg/info/") != std::string_view::npos ||
                                    path.find("lib/dpkg/status.d/") != std::string_view::npos);
}
bool is_copyright(std::string_view path) {
  return path.ends_with("/copyright") && path.starts_with("usr/share/doc/");
}
// Copies that dpkg and Debian's daily job keep by themselves; and opkg's database, which has the same form.
bool is_backup(std::string_view path) {
  return path.find("lib/opkg/") != std::string_view::npos || path.ends_with("lib/dpkg/status-old") ||
         path.find("var/backups/dpkg.status") != std::string_view::npos;
}
// A database under a name of its own choosing.
bool looks_like_status(std::string_view head) {
  return head.starts_with("Package: ") && head.find("\nStatus: ") != std::string_view::npos &&
         head.find("\nVersion: ") != std::string_view::npos;
}

template <std::size_t size>
bool is_one_of(std::string_view word, const std::array<std::string_view, size>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string_view last_word(std::string_view text) {
  text = util::trim(text);
  const std::size_t space = text.find_last_of(" \t");
  return space == std::string_view::npos ? text : text.substr(space + 1);
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  return line;
}

std::string without_slash(std::string_view path) { return layers::canonical_path(path).path; }

// "Source: name (version)", or nothing when it is the package itself.
void set_source(model::Package& package, std::string_view source) {
  package.source_name = package.name;
  package.source_version = package.version;
  if (source.empty()) return;
  const std::size_t open = source.find('(');
  if (const std::string_view name = util::trim(source.substr(0, open)); !name.empty()) package.source_name = name;
  if (open == std::string_view::npos) return;
  const std::string_view version = source.substr(open + 1, source.find(')', open) - open - 1);
  if (!util::trim(version).empty()) package.source_version = util::trim(version);
}

// One path and digest a line, "obsolete" and "remove-on-upgrade" behind it where dpkg no longer ships the file.
void add_conffiles(model::Package& package, std::string_view conffiles) {
  while (!conffiles.empty()) {
    const std::string_view line = util::trim(take_line(conffiles));
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) continue;
    std::string_view digest = line.substr(space + 1);
    digest = digest.substr(0, digest.find(' '));
    if (digest.size() != 32) continue;
    package.files.push_back(
        {without_slash(line.substr(0, space)), model::DigestAlgorithm::md5, std::string(digest), 0, true});
  }
}

std::uint32_t epoch_of(std::string_view version) {
  const std::size_t colon = version.find(':');
  std::uint32_t epoch = 0;
  if (colon != std::string_view::npos) std::from_chars(version.data(), version.data() + colon, epoch);
  return epoch;
}

model::Package package_of(const Stanza& stanza) {
  model::Package package;
  package.type = "deb";
  package.name = field(stanza, "Package");
  package.version = field(stanza, "Version");
  package.architecture = field(stanza, "Architecture");
  package.epoch = epoch_of(package.version);
  package.vendor = field(stanza, "Maintainer");
  set_source(package, field(stanza, "Source"));
  add_conffiles(package, field(stanza, "Conffiles"));
  return package;
}

// What is wrong with a stanza that should be an installed package, or "".
std::string trouble_of(const Stanza& stanza, std::string_view state) {
  const std::string name(field(stanza, "Package").substr(0, 100));
  // A cut in the middle of a stanza takes its Status away; an uninstalled package keeps it.
  if (state.empty()) return "package '" + name + "' has no status";
  if (!is_one_of(state, k_present)) return "package '" + name + "' has a status that dpkg does not know";
  if (name.empty() || field(stanza, "Version").empty()) return "an installed package has no name or no version";
  return {};
}

FileFacts read_status(std::string_view text, bool state_required) {
  FileFacts facts;
  facts.kind = "status";
  // A database that was not cut ends with a newline. A file of one package shows a cut that matters by what it lacks.
  facts.truncated = state_required && !text.empty() && text.back() != '\n';
  Stanza stanza;
  bool odd = false;
  while (next_stanza(text, stanza, &odd)) {
    if (odd && facts.problems.size() < k_most_problems)
      facts.problems.push_back("the entry of package '" + std::string(field(stanza, "Package").substr(0, 100)) +
                               "' is not as dpkg writes it: a field twice, a line that is none, or no end");
    std::string_view state = last_word(field(stanza, "Status"));
    if (state.empty() && !state_required) state = "installed";
    if (is_one_of(state, k_absent)) continue;
    if (std::string trouble = trouble_of(stanza, state); !trouble.empty()) {
      if (facts.problems.size() < k_most_problems) facts.problems.push_back(std::move(trouble));
      continue;
    }
    if (facts.packages.size() >= k_most_packages) {
      facts.truncated = true;
      break;
    }
    facts.packages.push_back(package_of(stanza));
  }
  return facts;
}

bool is_full(FileFacts& facts) { return facts.truncated = facts.owned.size() >= k_most_owned; }

FileFacts read_list(std::string_view text) {
  FileFacts facts;
  facts.kind = "list";
  while (!text.empty() && !is_full(facts)) {
    std::string path = without_slash(take_line(text));
    if (!path.empty()) facts.owned.push_back({std::move(path), model::DigestAlgorithm::none, {}, 0, false});
  }
  return facts;
}

FileFacts read_md5sums(std::string_view text) {
  FileFacts facts;
  facts.kind = "md5sums";
  while (!text.empty() && !is_full(facts)) {
    const std::string_view line = take_line(text);
    if (line.size() < 35 || line[32] != ' ') continue;
    facts.owned.push_back({without_slash(util::trim(line.substr(32))), model::DigestAlgorithm::md5,
                           std::string(line.substr(0, 32)), 0, false});
  }
  return facts;
}

FileFacts read_diversions(std::string_view text) {
  FileFacts facts;
  facts.kind = "diversions";
  while (!text.empty()) {
    std::string from = without_slash(take_line(text));
    std::string to = without_slash(take_line(text));
    const std::string_view by = take_line(text);
    if (!from.empty() && !to.empty()) facts.values.emplace_back(std::move(from), to + "\n" + std::string(by));
  }
  return facts;
}

// The short names of a DEP-5 file, each once, in order.
FileFacts read_copyright(std::string_view text) {
  FileFacts facts;
  text = text.substr(0, k_most_copyright);
  const std::string_view first = util::trim(text.substr(0, text.find('\n')));
  if (!first.starts_with("Format:")) return facts;
  facts.kind = "copyright";
  std::set<std::string, std::less<>> seen;
  Stanza stanza;
  while (next_stanza(text, stanza) && seen.size() < 50) {
    std::string_view license = field(stanza, "License");
    license = util::trim(license.substr(0, license.find('\n')));
    if (!license.empty() && license.size() <= 200 && seen.insert(std::string(license)).second)
      facts.values.emplace_back("license", license);
  }
  return facts;
}

class Dpkg final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    const std::string_view path = file.path();
    if (is_copyright(path)) return file.size() <= k_most_copyright;
    return is_status(path) || is_status_part(path) || is_info(path, ".list") || is_info(path, ".md5sums") ||
           path.ends_with("lib/dpkg/diversions") || (!is_backup(path) && looks_like_status(as_text(file.head)));
  }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    const std::string_view path = file.path();
    const std::string_view text = file.text();
    if (is_info(path, ".md5sums")) return read_md5sums(text);
    if (is_info(path, ".list")) return read_list(text);
    if (path.ends_with("lib/dpkg/diversions")) return read_diversions(text);
    if (is_copyright(path)) return read_copyright(text);
    return read_status(text, !is_status_part(path));
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    const std::size_t before = out.packages.size();
    std::set<layers::FileRef> read;
    std::vector<FoundFacts> all = found_facts(image, "dpkg", &out.gaps);
    if (const auto target = image.resolve(k_status)) {
      for (const FoundFacts& found : all)
        if (found.file == *target && found.facts.kind == "status" && read.insert(found.file).second)
          take(found, std::string(k_status), out);
      if (!read.contains(*target)) note_unread_database(image, k_status, {}, out);
    }
    for (const FoundFacts& found : all)
      if (found.visibility == model::Visibility::final && (is_status(found.path) || is_status_part(found.path)) &&
          read.insert(found.file).second)
        take(found, found.path, out);
    note_hidden(all, read, out.packages.size() > before, out);
    note_unlisted(all, before, out);
    note_cut_lists(all, out);
    if (out.packages.size() == before) return;
    out.has_package_database = true;
    Files files = files_of(all);
    const auto installed = std::span(out.packages).subspan(before);
    for (model::Package& package : installed) {
      add_files(files, package);
      add_licenses(image, files, package);
    }
  }

 private:
  static constexpr std::array k_list_suffixes{".md5sums"sv, ".list"sv};  // the one with digests first

  struct Files {
    std::map<std::string, FoundFacts*> info;                                // by final path
    std::map<std::string, std::pair<std::string, std::string>> diversions;  // from → (to, by)

    FoundFacts* find(const model::Package& package, std::string_view suffix) {
      std::string folder(layers::parent_path(package.database_path));
      if (!is_status_part(package.database_path)) folder += "/info";
      for (const std::string& name : {package.name + ":" + package.architecture, package.name}) {
        const auto place = info.find(folder + "/" + name + std::string(suffix));
        if (place != info.end()) return place->second;
      }
      return nullptr;
    }
  };

  static void take(const FoundFacts& found, const std::string& path, Inventory& out) {
    if (found.facts.kind != "status") return;
    for (model::Package package : found.facts.packages) {
      package.database_path = path;
      package.database_layer = found.file.layer;
      out.packages.push_back(std::move(package));
    }
    if (!found.facts.packages.empty()) out.has_package_database = true;
    if (found.facts.truncated)
      out.gaps.push_back(
          database_gap("package-database-truncated", path, "the package database ends in the middle of a line"));
    for (const std::string& problem : found.facts.problems)
      out.gaps.push_back(database_gap("package-database-damaged", path, problem));
  }

  // A database that the final image does not show in its place, but that is in one of its layers. `taken`: the final
  // image has another one with packages.
  static void note_hidden(const std::vector<FoundFacts>& all, const std::set<layers::FileRef>& read, bool taken,
                          Inventory& out) {
    for (const FoundFacts& found : all) {
      if (found.facts.kind != "status" || found.facts.packages.empty() || read.contains(found.file)) continue;
      const bool final = found.visibility == model::Visibility::final;
      if (final) {
        out.gaps.push_back(database_gap("package-database-misplaced", found.path,
                                        "a package database lies where no package manager looks for it"));
      } else if (!final && !taken && (is_status(found.path) || is_status_part(found.path))) {
        out.gaps.push_back(
            database_gap("package-database-removed", found.path,
                         "a later layer removes the package database; what is installed is not known"));
        if (is_status_part(found.path)) return;  // one for the whole folder
      }
    }
  }

  // dpkg keeps a list of checksums for what is unpacked, and for nothing else.
  static void note_unlisted(const std::vector<FoundFacts>& all, std::size_t before, Inventory& out) {
    std::set<std::string_view> listed;
    for (std::size_t i = before; i < out.packages.size(); ++i) listed.insert(out.packages[i].name);
    std::set<std::string> unlisted;
    for (const FoundFacts& found : all) {
      if (found.facts.kind != "md5sums" || found.visibility != model::Visibility::final) continue;
      if (layers::parent_path(found.path) != k_info) continue;
      const std::string_view file = layers::base_name(found.path);
      const std::string_view name = file.substr(0, std::min(file.find(':'), file.rfind('.')));
      if (!listed.contains(name)) unlisted.insert(std::string(name));
    }
    if (unlisted.empty() || listed.empty()) return;  // a database without any package has gaps of its own
    out.gaps.push_back(database_gap(
        "package-database-edited", k_status,
        "the package database does not list " + *unlisted.begin() +
            (unlisted.size() == 1 ? std::string() : " and " + std::to_string(unlisted.size() - 1) + " more") +
            ", whose checksums are in /" + std::string(k_info)));
  }

  // What the rest of such a list names counts as nobody's.
  static void note_cut_lists(const std::vector<FoundFacts>& all, Inventory& out) {
    for (const FoundFacts& found : all)
      if (found.visibility == model::Visibility::final && found.facts.truncated &&
          (found.facts.kind == "list" || found.facts.kind == "md5sums"))
        out.gaps.push_back(database_gap("package-files-limit", found.path, "it names more files than are read"));
  }

  static Files files_of(std::vector<FoundFacts>& all) {
    Files files;
    for (FoundFacts& found : all) {
      if (found.visibility != model::Visibility::final) continue;
      if (found.facts.kind == "list" || found.facts.kind == "md5sums" || found.facts.kind == "copyright")
        files.info[found.path] = &found;
      if (found.facts.kind == "diversions")
        for (const auto& [from, rest] : found.facts.values) {
          const std::size_t newline = rest.find('\n');
          files.diversions[from] = {rest.substr(0, newline), rest.substr(newline + 1)};
        }
    }
    return files;
  }

  // A list belongs to one package: of several stanzas with one name the first has its files.
  static void add_files(Files& files, model::Package& package) {
    std::array<std::vector<model::OwnedFile>, k_list_suffixes.size()> lists;
    std::size_t most = package.files.size();
    for (std::size_t i = 0; i < lists.size(); ++i) {
      FoundFacts* const found = files.find(package, k_list_suffixes[i]);
      if (found != nullptr) lists[i] = std::exchange(found->facts.owned, {});
      most += lists[i].size();
    }
    package.files.reserve(most);  // what is known points into it
    std::unordered_set<std::string_view, util::SeededHash> known(most);
    for (const model::OwnedFile& conffile : package.files) known.insert(conffile.path);
    for (auto& list : lists)
      for (model::OwnedFile& file : list) {
        package.files.push_back(std::move(file));
        if (!known.insert(package.files.back().path).second) package.files.pop_back();
      }
    for (model::OwnedFile& file : package.files) {
      const auto diversion = files.diversions.find(file.path);
      if (diversion != files.diversions.end() && diversion->second.second != package.name)
        file.path = diversion->second.first;
    }
  }

  static void add_licenses(const layers::ImageView& image, const Files& files, model::Package& package) {
    const auto copyright = image.resolve("usr/share/doc/" + package.name + "/copyright");
    if (!copyright) return;
    const auto found = files.info.find(image.path(*copyright));
    if (found == files.info.end() || found->second->facts.kind != "copyright") return;
    for (const auto& [key, license] : found->second->facts.values) package.licenses.push_back(license);
  }
};

const util::Registered<Dpkg> registered{{.id = "dpkg",
                                         .version = 3,
                                         .summary = "Debian packages: status, status.d of distroless, owned files",
                                         .example = "libc6 2.36-9+deb12u4 (source glibc)"}};

}  // namespace
}  // namespace hullcheck::inventory
