#include "inventory/readers/java_archive.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <set>

#include "formats/zip.hpp"
#include "inventory/deb822.hpp"
#include "inventory/readers/java_groups.hpp"
#include "inventory/readers/java_manifest.hpp"
#include "inventory/readers/java_markers.hpp"
#include "inventory/readers/java_pom.hpp"
#include "inventory/readers/language.hpp"
#include "util/ascii.hpp"
#include "util/spill.hpp"

namespace hullcheck::inventory {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t k_most_problems = 20;
constexpr std::size_t k_most_poms = 5000;  // in one archive
constexpr std::size_t k_most_unversioned = 100;
constexpr std::size_t k_longest_inner_path = 2000;
constexpr std::uint64_t k_in_memory = 8ULL << 20;  // of an archive in an archive
constexpr std::uint64_t k_in_files = 1ULL << 30;

// One archive that is open, and where in it the walk stands.
struct Frame {
  std::string name;                    // last part: what the name heuristics see
  std::string path;                    // inner path
  std::unique_ptr<util::Spill> bytes;  // none of the outermost, which is borrowed
  std::unique_ptr<formats::ZipArchive> zip;
  std::vector<std::size_t> inner;  // entries that are archives
  std::size_t next = 0;
};

class Walk {
 public:
  Walk(const JavaLimits& limits, JavaArchive& out) : m_limits(limits), m_out(out) {}

  void run(std::string_view name, Bytes bytes) {
    Frame first;
    first.name = layers::base_name(name);
    if (!open(first, bytes)) {
      m_out.unreadable = true;
      return;
    }
    m_stack.push_back(std::move(first));
    while (!m_stack.empty()) {
      Frame& frame = m_stack.back();
      if (frame.next >= frame.inner.size()) {
        m_stack.pop_back();
        continue;
      }
      enter(frame, frame.zip->entries()[frame.inner[frame.next++]]);
    }
  }

 private:
  void problem(std::string text) {
    if (m_out.problems.size() < k_most_problems) m_out.problems.push_back(std::move(text));
  }

  void failed(const Error& error, const std::string& path) {
    if (error.code == ErrorCode::limit)
      m_out.truncated = true;
    else
      problem(path.empty() ? error.message : path + ": " + error.message);
  }

  bool open(Frame& frame, Bytes bytes) {
    formats::ZipLimits limits;
    limits.entry_bytes = m_limits.entry_bytes;
    limits.output_bytes = m_limits.output_bytes;
    auto zip = formats::ZipArchive::open(bytes, limits);
    if (!zip.ok()) {
      failed(zip.error(), frame.path);
      return false;
    }
    frame.zip = std::make_unique<formats::ZipArchive>(std::move(zip).value());
    if (const std::string text = frame.zip->contradiction(); !text.empty())
      problem(frame.path.empty() ? text : frame.path + ": " + text);
    identify(frame);
    return true;
  }

  void enter(Frame& parent, const formats::ZipEntry& entry) {
    if (m_stack.size() >= m_limits.depth || ++m_archives > m_limits.archives ||
        parent.path.size() + entry.name.size() > k_longest_inner_path) {
      m_out.truncated = true;
      return;
    }
    Frame inner;
    inner.name = layers::base_name(entry.name);
    inner.path = parent.path.empty() ? std::string(entry.name) : parent.path + "!/" + std::string(entry.name);
    inner.bytes = std::make_unique<util::Spill>(k_in_memory, k_in_files);
    const auto content = read(*parent.zip, entry, *inner.bytes, inner.path);
    if (!content) return;
    const Bytes bytes = *content;
    // What no name calls an archive and is none by its bytes either is something else.
    const bool named = is_java_archive_name(inner.name) || is_plain_zip(inner.name);
    if (!named && !formats::ZipArchive::open(bytes).ok()) return;
    if (open(inner, bytes)) m_stack.push_back(std::move(inner));
  }

  template <class Storage>
  std::optional<Bytes> read(formats::ZipArchive& zip, const formats::ZipEntry& entry, Storage& storage,
                            const std::string& path) {
    if (entry.size > m_limits.output_bytes - std::min(m_output, m_limits.output_bytes)) {
      m_out.truncated = true;
      return std::nullopt;
    }
    auto content = zip.read(entry, storage);
    if (!content.ok()) {
      failed(content.error(), path);
      return std::nullopt;
    }
    m_output += content->size();
    return *content;
  }

  std::string small_text(Frame& frame, const formats::ZipEntry& entry) {
    if (entry.size > m_limits.manifest_bytes) {
      m_out.truncated = true;
      return {};
    }
    const auto content = read(*frame.zip, entry, m_small, frame.path);
    return content ? std::string(as_text(*content)) : std::string();
  }

  // Packages of this archive, and the list of archives in it.
  void identify(Frame& frame) {
    Manifest manifest;
    std::vector<JavaPackage> poms;
    std::vector<PomPath> bare;  // pom.xml, which may have no properties beside it
    const auto& entries = frame.zip->entries();
    std::vector<const JavaMarker*> marked;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const std::string_view name = entries[i].name;
      if (name.ends_with(".class")) {
        for (const JavaMarker& marker : java_markers())
          if (ends_as_path(name, marker.entry)) marked.push_back(&marker);
      } else if (is_java_archive_name(name) || is_plain_zip(name)) {
        frame.inner.push_back(i);
      } else if (name == "META-INF/MANIFEST.MF") {
        manifest = read_manifest(small_text(frame, entries[i]));
      } else if (poms.size() + bare.size() < k_most_poms) {
        if (const auto path = pom_path(name, "/pom.properties")) {
          add_pom(*path, small_text(frame, entries[i]), poms);
        } else if (auto xml = pom_path(name, "/pom.xml")) {
          xml->entry = i;
          bare.push_back(std::move(*xml));
        }
      } else if (contains(name, "META-INF/maven/")) {
        m_out.truncated = true;
      }
      if (!is_java_archive_name(name) && !is_plain_zip(name) && may_be_unnamed_archive(name) &&
          frame.zip->begins_with(entries[i], "PK\x03\x04"))
        frame.inner.push_back(i);
    }
    const std::set<std::string> named = settle(frame, manifest, poms, bare);
    for (const JavaMarker* const marker : marked) take_marked(frame, *marker, named);
  }

  // Whether an artifact's name says that it holds the library: itself, "netty-codec-http-shaded", or "spring", of
  // which "spring-beans" was once a part.
  static bool stands_for(std::string_view artifact, std::string_view library) {
    return contains(artifact, library) ||
           (library.starts_with(artifact) && library.substr(artifact.size(), 1) == "-");
  }

  void take_marked(Frame& frame, const JavaMarker& marker, const std::set<std::string>& named) {
    if (std::any_of(named.begin(), named.end(), [&](const auto& name) { return stands_for(name, marker.artifact); }))
      return;
    JavaPackage package{std::string(marker.group), std::string(marker.artifact), {}, frame.path, {}};
    for (const formats::ZipEntry& entry : frame.zip->entries()) {
      if (marker.version_file.empty() || !ends_as_path(entry.name, marker.version_file)) continue;
      const std::string content = small_text(frame, entry);
      package.version =
          marker.version_key.empty() ? version_constant(as_bytes(content)) : property(content, marker.version_key);
      break;
    }
    if (!package.version.empty()) return add(std::move(package));
    if (m_out.unversioned.size() < k_most_unversioned) m_out.unversioned.push_back(std::move(package));
  }

  static std::string property(const std::string& text, std::string_view key) {
    const auto properties = read_properties(text);
    const auto found = properties.find(key);
    return found != properties.end() && is_filled(found->second) ? found->second : std::string();
  }

  static void add_pom(const PomPath& path, const std::string& text, std::vector<JavaPackage>& poms) {
    const auto properties = read_properties(text);
    const auto get = [&](std::string_view key, const std::string& fallback) {
      const auto found = properties.find(key);
      return found != properties.end() && is_filled(found->second) ? found->second : fallback;
    };
    JavaPackage package{get("groupId", path.group), get("artifactId", path.artifact), get("version", ""), {}, {}};
    if (!package.artifact.empty() && is_group(package.group)) poms.push_back(std::move(package));
  }

  // Gives the artifacts that have a version now.
  std::set<std::string> settle(Frame& frame, const Manifest& manifest, std::vector<JavaPackage>& poms,
                               const std::vector<PomPath>& bare) {
    std::set<std::string> named;
    const ArchiveName name = split_archive_name(frame.name);
    for (const PomPath& path : bare) {
      const bool known = std::any_of(poms.begin(), poms.end(), [&](const JavaPackage& pom) {
        return pom.artifact == path.artifact && pom.group == path.group;
      });
      // A pom.xml tells no version by its place. That of the archive itself may have one elsewhere.
      if (known || !is_group(path.group)) continue;
      std::string version = pom_version(as_bytes(small_text(frame, frame.zip->entries()[path.entry])));
      if (!version.empty() || path.artifact == name.artifact || bare.size() == 1)
        poms.push_back({path.group, path.artifact, std::move(version), {}, {}});
    }
    const std::string version = own_version(name, manifest);
    bool own = false;
    for (JavaPackage& pom : poms) {
      const bool is_own = pom.artifact == name.artifact || (poms.size() == 1 && !has_other_name(manifest, name, pom));
      if (is_own && pom.version.empty()) pom.version = version;
      own = own || is_own;
      pom.inner_path = frame.path;
      if (is_own) pom.license = license_of(manifest);
      if (!pom.version.empty()) named.insert(pom.artifact);
      add(std::move(pom));
    }
    if (!version.empty()) named.insert(std::string(name.artifact));
    if (!own) add_own(frame, name, version, manifest);
    return named;
  }

  // A single pom in an archive of another name is a library that was copied into it, if the manifest says so too.
  static bool has_other_name(const Manifest& manifest, const ArchiveName& name, const JavaPackage& pom) {
    if (contains(name.artifact, pom.artifact) || contains(pom.artifact, name.artifact)) return false;
    const std::string_view title = value_of(manifest, {"implementation-title", "bundle-name", "specification-title"});
    return is_filled(title) && title != pom.artifact && title == name.artifact;
  }

  static std::string own_version(const ArchiveName& name, const Manifest& manifest) {
    if (!name.version.empty()) return std::string(name.version);
    for (const std::string_view key :
         {"implementation-version"sv, "bundle-version"sv, "plugin-version"sv, "specification-version"sv}) {
      std::string_view value = value_of(manifest, {key});
      value = value.substr(0, value.find(' '));
      if (is_filled(value) && value.find_first_of("0123456789") != std::string_view::npos) return std::string(value);
    }
    return {};
  }

  static std::string license_of(const Manifest& manifest) {
    const std::string_view license = value_of(manifest, {"bundle-license"});
    return std::string(license.substr(0, license.find_first_of(",;")));
  }

  // The name of a zip and the manifest in it say nothing of a library, nor does any other name without a manifest.
  void add_own(const Frame& frame, const ArchiveName& name, const std::string& version, const Manifest& manifest) {
    if (is_plain_zip(frame.name) || (manifest.empty() && !is_java_archive_name(frame.name))) return;
    std::string artifact(own_name(name, manifest));
    // Jenkins' plugins are known by the short name in their manifest.
    if (const std::string_view plugin = value_of(manifest, {"short-name"}); is_filled(plugin)) artifact = plugin;
    std::string group = group_of(manifest, artifact);
    // What Tomcat ships as catalina.jar goes by another name where libraries are published.
    if (group == "org.apache.tomcat") artifact = published_tomcat_name(artifact);
    add({std::move(group), artifact, version, frame.path, license_of(manifest)});
  }

  // The file's name, unless that says nothing (no version, no known library) and the manifest has the name of one.
  static std::string_view own_name(const ArchiveName& name, const Manifest& manifest) {
    const std::string_view title = value_of(manifest, {"implementation-title"});
    const bool is_artifact =
        !title.empty() && title.size() <= 64 && contains(title, "-") &&
        title.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
    const bool unknown = name.version.empty() && known_java_group(name.artifact).empty();
    return is_artifact && unknown && !contains(name.artifact, title) ? title : name.artifact;
  }

  static std::string group_of(const Manifest& manifest, std::string_view artifact) {
    if (const std::string_view known = known_java_group(artifact); !known.empty()) return std::string(known);
    for (const std::string_view key : {"group-id"sv, "implementation-vendor-id"sv, "bundle-symbolicname"sv,
                                       "automatic-module-name"sv, "extension-name"sv}) {
      std::string_view value = value_of(manifest, {key});
      value = util::trim(value.substr(0, value.find(';')));
      if (!is_group(value) || !contains(value, ".")) continue;
      // "org.apache.commons.lang3" for commons-lang3, "com.google.guava" for guava: the last part is often its own.
      const std::size_t dot = value.rfind('.');
      std::string tail = util::lower(value.substr(dot + 1));
      std::string own = util::lower(artifact);
      own.erase(std::remove(own.begin(), own.end(), '-'), own.end());
      const bool repeats = own.ends_with(tail) && value.find('.') != dot && key != "group-id" &&
                           key != "implementation-vendor-id" &&
                           value.substr(0, dot).rfind('.') != std::string_view::npos;
      return std::string(repeats ? value.substr(0, dot) : value);
    }
    return {};
  }

  void add(JavaPackage package) {
    if (package.version.empty() || package.artifact.empty()) return;
    if (m_out.packages.size() >= m_limits.packages) {
      m_out.truncated = true;
      return;
    }
    if (m_seen.insert({package.group, package.artifact, package.version, package.inner_path}).second)
      m_out.packages.push_back(std::move(package));
  }

  const JavaLimits& m_limits;
  JavaArchive& m_out;
  std::vector<Frame> m_stack;
  std::set<std::array<std::string, 4>> m_seen;
  Buffer m_small;
  std::uint64_t m_output = 0;
  std::size_t m_archives = 0;
};

}  // namespace

JavaArchive read_java_archive(std::string_view name, Bytes bytes, const JavaLimits& limits) {
  JavaArchive out;
  Walk(limits, out).run(name, bytes);
  return out;
}

}  // namespace hullcheck::inventory
