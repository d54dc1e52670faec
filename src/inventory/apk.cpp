// apk: Alpine's database of installed packages, lib/apk/db/installed (usr/lib/… after the usr-merge).
// Format: blocks of "X:value" lines, one blank line between packages (Alpine wiki, "Apk spec"). P name, V version, A
// architecture, o origin (source package), L licence, m maintainer; then F folder, R file in it, a owner and mode, Z
// checksum ("Q1" and base64 of a SHA-1, "Q2" of a SHA-256).
// Hostile: the file may be huge, cut off, or hold a block without a name; such a block is noted and skipped.
// Reads: lib/apk/db/installed, usr/lib/apk/db/installed
#include <array>
#include <charconv>
#include <set>

#include "inventory/analyzer.hpp"
#include "util/base64.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::array<std::string_view, 2> k_databases{"lib/apk/db/installed", "usr/lib/apk/db/installed"};
constexpr std::string_view k_files_cut = "files-cut";  // a value of the facts
constexpr std::size_t k_most_packages = 200'000;
constexpr std::size_t k_most_problems = 20;
constexpr std::size_t k_most_files = 400'000;  // of all packages; every package of a large desktop has fewer
constexpr std::size_t k_most_digest = 33;      // bytes; one more than there are in the longest

bool is_database(std::string_view path) { return path.ends_with("lib/apk/db/installed"); }

// The first line of an installed database is a checksum, a name soon follows.
bool looks_like_database(std::string_view head) {
  return head.starts_with("C:Q1") && head.find("\nP:") != std::string_view::npos &&
         head.find("\nV:") != std::string_view::npos;
}

void set_checksum(model::OwnedFile& file, std::string_view text) {
  const bool sha1 = text.starts_with("Q1");
  if (!sha1 && !text.starts_with("Q2")) return;
  const auto digest = util::decode_base64(text.substr(2), k_most_digest);
  if (!digest || digest->size() != (sha1 ? 20U : 32U)) return;
  file.algorithm = sha1 ? model::DigestAlgorithm::sha1 : model::DigestAlgorithm::sha256;
  file.digest = to_hex(*digest);
}

// "0:0:755"
void set_mode(model::OwnedFile& file, std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return;
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), file.mode, 8);
}

class Reader {
 public:
  explicit Reader(FileFacts& facts) : m_facts(facts) {}

  void line(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) {
      end_block();
      return;
    }
    if (line.size() < 2 || line[1] != ':') return;
    const bool again = (line[0] == 'P' && !m_package.name.empty()) || (line[0] == 'V' && !m_package.version.empty());
    if (again && m_facts.problems.size() < k_most_problems)
      m_facts.problems.push_back("an entry has its name or version twice, or does not end before the next");
    if (again && line[0] == 'P') end_block();
    m_open = true;
    const std::string_view value = line.substr(2);
    switch (line[0]) {
      case 'P': m_package.name = value; break;
      case 'V': m_package.version = value; break;
      case 'A': m_package.architecture = value; break;
      case 'o': m_package.source_name = value; break;
      case 'm': m_package.vendor = value; break;
      case 'L': m_package.licenses.assign(1, std::string(value)); break;
      case 'F': m_folder = layers::canonical_path(value).path; break;
      case 'R': add_file(value); break;
      case 'Z':
        if (m_in_file) set_checksum(m_package.files.back(), value);
        break;
      case 'a':
        if (m_in_file) set_mode(m_package.files.back(), value);
        break;
      default: break;
    }
    if (line[0] == 'F') m_in_file = false;
  }

  void end_block() {
    if (!m_open) return;
    if (m_package.name.empty() || m_package.version.empty()) {
      if (m_facts.problems.size() < k_most_problems)
        m_facts.problems.push_back("a package has no name or no version");
    } else if (m_facts.packages.size() >= k_most_packages) {
      m_facts.truncated = true;
    } else {
      m_package.type = "apk";
      if (m_package.source_name.empty()) m_package.source_name = m_package.name;
      m_package.source_version = m_package.version;
      m_facts.packages.push_back(std::move(m_package));
    }
    m_package = {};
    m_folder.clear();
    m_open = m_in_file = false;
  }

 private:
  void add_file(std::string_view name) {
    m_in_file = m_files < k_most_files;
    if (!m_in_file) {
      if (!std::exchange(m_full, true)) m_facts.values.emplace_back(k_files_cut, "");
      return;
    }
    ++m_files;
    model::OwnedFile file;
    file.path = layers::canonical_path(m_folder + "/" + std::string(name)).path;
    file.config = file.path.starts_with("etc/");
    m_package.files.push_back(std::move(file));
  }

  FileFacts& m_facts;
  model::Package m_package;
  std::string m_folder;
  std::size_t m_files = 0;
  bool m_full = false;
  bool m_open = false;
  bool m_in_file = false;
};

class Apk final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return is_database(file.path()) || looks_like_database(as_text(file.head));
  }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = "installed";
    std::string_view text = file.text();
    facts.truncated = !text.empty() && text.back() != '\n';
    Reader reader(facts);
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      reader.line(text.substr(0, end));
      text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    reader.end_block();
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    std::vector<FoundFacts> all = found_facts(image, "apk", &out.gaps);
    const std::size_t before = out.packages.size();
    std::set<layers::FileRef> read;
    for (const std::string_view path : k_databases)
      if (const auto target = image.resolve(path))
        for (FoundFacts& found : all)
          if (found.file == *target && read.insert(found.file).second) take(found, std::string(path), out);
    for (const std::string_view path : k_databases) note_unread_database(image, path, all, out);
    const bool taken = out.packages.size() > before;
    for (FoundFacts& found : all) {
      if (read.contains(found.file) || found.facts.packages.empty()) continue;
      const bool final = found.visibility == model::Visibility::final;
      if (final && is_database(found.path)) {
        take(found, found.path, out);
      } else if (final) {
        out.gaps.push_back(database_gap("package-database-misplaced", found.path,
                                        "a package database lies where no package manager looks for it"));
      } else if (!taken && is_database(found.path)) {
        out.gaps.push_back(
            database_gap("package-database-removed", found.path,
                         "a later layer removes the package database; what is installed is not known"));
      }
    }
  }

 private:
  static void take(FoundFacts& found, const std::string& path, Inventory& out) {
    // What the rest of the list names counts as nobody's.
    for (const auto& [key, value] : found.facts.values)
      if (key == k_files_cut)
        out.gaps.push_back(database_gap("package-files-limit", path, "it names more files than are read"));
    for (model::Package& package : std::exchange(found.facts.packages, {})) {
      package.database_path = path;
      package.database_layer = found.file.layer;
      out.packages.push_back(std::move(package));
      out.has_package_database = true;
    }
    if (found.facts.truncated)
      out.gaps.push_back(
          database_gap("package-database-truncated", path, "the package database ends in the middle of a line"));
    for (const std::string& problem : found.facts.problems)
      out.gaps.push_back(database_gap("package-database-damaged", path, problem));
  }
};

const util::Registered<Apk> registered{{.id = "apk",
                                        .version = 3,
                                        .summary = "Alpine packages with the checksums of their files",
                                        .example = "musl 1.2.4-r2"}};

}  // namespace
}  // namespace hullcheck::inventory
