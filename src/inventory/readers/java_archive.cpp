#include "inventory/readers/java_archive.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <set>

#include "formats/zip.hpp"
#include "inventory/deb822.hpp"
#include "inventory/readers/java_groups.hpp"
#include "inventory/readers/java_markers.hpp"
#include "inventory/readers/java_pom.hpp"
#include "inventory/readers/language.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t k_most_problems = 20;
constexpr std::size_t k_most_poms = 5000;  // in one archive
constexpr std::size_t k_most_unversioned = 100;
constexpr std::size_t k_longest_inner_path = 2000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A later part of a version that begins with a letter: "31.1-jre", "5.0.0.Final", "2.0-rc-1".
bool is_qualifier(std::string_view word) {
  static constexpr std::array k_words{
      "alpha"sv, "beta"sv,       "m"sv,     "rc"sv,  "cr"sv,      "snapshot"sv,  "release"sv, "final"sv, "ga"sv,
      "sp"sv,    "incubating"sv, "jre"sv,   "jdk"sv, "android"sv, "redhat"sv,    "b"sv,       "pre"sv,   "ea"sv,
      "java"sv,  "milestone"sv,  "build"sv, "p"sv,   "patch"sv,   "atlassian"sv, "v"sv,       "r"sv,     "hotfix"sv};
  const std::string lower = util::lower(word);
  const std::size_t letters = lower.find_first_not_of("abcdefghijklmnopqrstuvwxyz");
  const std::string_view stem = std::string_view(lower).substr(0, letters);
  return std::find(k_words.begin(), k_words.end(), stem) != k_words.end();
}

bool is_version(std::string_view text) {
  if (text.empty() || !is_digit(text.front())) return false;
  bool first = true;
  while (!text.empty()) {
    const std::size_t dash = text.find('-');
    const std::string_view part = text.substr(0, dash);
    if (part.empty() || (!first && !is_digit(part.front()) && !is_qualifier(part))) return false;
    first = false;
    text = dash == std::string_view::npos ? std::string_view() : text.substr(dash + 1);
  }
  return true;
}

// What may stand behind the version: builds of one library for a platform, or with others in it.
constexpr std::array k_classifiers{"-linux-x86_64"sv,
                                   "-linux-aarch_64"sv,
                                   "-osx-x86_64"sv,
                                   "-osx-aarch_64"sv,
                                   "-windows-x86_64"sv,
                                   "-natives-linux"sv,
                                   "-linux"sv,
                                   "-shaded"sv,
                                   "-all"sv,
                                   "-jar-with-dependencies"sv,
                                   "-uber"sv,
                                   "-fat"sv,
                                   "-standalone"sv,
                                   "-exec"sv,
                                   "-runner"sv,
                                   "-nodep"sv,
                                   "-bundle"sv,
                                   "-no_aop"sv,
                                   "-noaop"sv,
                                   "-tests"sv,
                                   "-boot"sv,
                                   "-hadoop2"sv,
                                   "-hadoop3"sv,
                                   "-jakarta"sv};

// "a-b-1.2" → ("a-b", "1.2").
ArchiveName split_stem(std::string_view stem) {
  for (std::size_t at = stem.find('-'); at != std::string_view::npos; at = stem.find('-', at + 1))
    if (at > 0 && is_version(stem.substr(at + 1))) return {stem.substr(0, at), stem.substr(at + 1)};
  return {stem, {}};
}

using Manifest = std::map<std::string, std::string, std::less<>>;  // main section, lower-case keys

// Lines of at most 72 bytes; a line that begins with a space continues the one before.
Manifest read_manifest(std::string_view text) {
  Manifest manifest;
  std::string* last = nullptr;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty()) break;
    if (line.front() == ' ') {
      if (last != nullptr && last->size() < 4096) last->append(line.substr(1));
      continue;
    }
    const std::size_t colon = line.find(':');
    last = nullptr;
    if (colon == std::string_view::npos || manifest.size() >= 500) continue;
    last = &manifest[util::lower(line.substr(0, colon))];
    *last = util::trim(line.substr(colon + 1));
  }
  return manifest;
}

std::string_view value_of(const Manifest& manifest, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys)
    if (const auto found = manifest.find(key); found != manifest.end() && !found->second.empty())
      return found->second;
  return {};
}

std::map<std::string, std::string, std::less<>> read_properties(std::string_view text) {
  std::map<std::string, std::string, std::less<>> properties;
  while (!text.empty() && properties.size() < 100) {
    const std::string_view line = util::trim(take_line(text));
    const std::size_t equals = line.find_first_of("=:");
    if (line.empty() || line.front() == '#' || line.front() == '!' || equals == std::string_view::npos) continue;
    properties[std::string(util::trim(line.substr(0, equals)))] = util::trim(line.substr(equals + 1));
  }
  return properties;
}

// Archives of anything, which hold Java archives now and then; they are no library themselves.
bool is_plain_zip(std::string_view name) { return util::lower(name).ends_with(".zip"); }

// What a zip in a zip may be called, whatever it is: a name that promises text, code or a picture is believed.
bool may_be_unnamed_archive(std::string_view name) {
  static constexpr std::array k_others{
      ".class"sv, ".xml"sv, ".properties"sv, ".txt"sv, ".html"sv, ".htm"sv,  ".js"sv,  ".mjs"sv,   ".css"sv,
      ".png"sv,   ".gif"sv, ".jpg"sv,        ".svg"sv, ".json"sv, ".java"sv, ".md"sv,  ".xsd"sv,   ".dtd"sv,
      ".mf"sv,    ".sf"sv,  ".rsa"sv,        ".dsa"sv, ".yml"sv,  ".yaml"sv, ".py"sv,  ".pyc"sv,   ".rb"sv,
      ".so"sv,    ".dll"sv, ".kt"sv,         ".ts"sv,  ".map"sv,  ".woff"sv, ".ttf"sv, ".docx"sv,  ".xlsx"sv,
      ".pptx"sv,  ".odt"sv, ".h"sv,          ".c"sv,   ".sql"sv,  ".ftl"sv,  ".vm"sv,  ".groovy"sv};
  if (name.ends_with('/')) return false;
  const std::string lower = util::lower(layers::base_name(name));
  return std::none_of(k_others.begin(), k_others.end(), [&](auto suffix) { return lower.ends_with(suffix); });
}

// "${project.version}" and the like were never filled in.
bool is_filled(std::string_view text) {
  return !text.empty() && text.size() <= 256 && text.find_first_of(" \t${}\"<>") == std::string_view::npos;
}

bool is_group(std::string_view text) {
  return is_filled(text) &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
             std::string_view::npos;
}

// "META-INF/maven/GROUP/ARTIFACT/FILE" below any prefix that war files and the like have.
struct PomPath {
  std::string group, artifact;
  std::size_t entry = 0;  // of the archive
};
std::optional<PomPath> pom_path(std::string_view name, std::string_view file) {
  constexpr std::string_view k_folder = "META-INF/maven/";
  if (!name.ends_with(file)) return std::nullopt;
  const std::size_t at = name.find(k_folder);
  if (at == std::string_view::npos || (at != 0 && name[at - 1] != '/')) return std::nullopt;
  std::string_view rest = name.substr(at + k_folder.size());
  rest.remove_suffix(file.size());
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos || rest.find('/', slash + 1) != std::string_view::npos) return std::nullopt;
  return PomPath{std::string(rest.substr(0, slash)), std::string(rest.substr(slash + 1)), 0};
}

// One archive that is open, and where in it the walk stands.
struct Frame {
  std::string name;  // last part: what the name heuristics see
  std::string path;  // inner path
  Buffer bytes;      // empty for the outermost, which is borrowed
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
    const auto content = read(*parent.zip, entry, inner.bytes, inner.path);
    if (!content) return;
    const Bytes bytes = *content;
    // What no name calls an archive and is none by its bytes either is something else.
    const bool named = is_java_archive_name(inner.name) || is_plain_zip(inner.name);
    if (!named && !formats::ZipArchive::open(bytes).ok()) return;
    if (open(inner, bytes)) m_stack.push_back(std::move(inner));
  }

  std::optional<Bytes> read(formats::ZipArchive& zip, const formats::ZipEntry& entry, Buffer& storage,
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
      if (is_filled(value) && std::any_of(value.begin(), value.end(), is_digit)) return std::string(value);
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

bool is_java_archive_name(std::string_view name) {
  static constexpr std::array k_suffixes{".jar"sv, ".war"sv, ".ear"sv, ".par"sv, ".sar"sv,
                                         ".nar"sv, ".jpi"sv, ".hpi"sv, ".kar"sv, ".lpkg"sv};
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || name.size() - dot > 5) return false;
  const std::string suffix = util::lower(name.substr(dot));
  return std::find(k_suffixes.begin(), k_suffixes.end(), suffix) != k_suffixes.end();
}

ArchiveName split_archive_name(std::string_view file_name) {
  const std::string_view stem = file_name.substr(0, file_name.rfind('.'));
  if (const ArchiveName name = split_stem(stem); !name.version.empty()) return name;
  for (const std::string_view classifier : k_classifiers) {
    if (!stem.ends_with(classifier)) continue;
    const ArchiveName name = split_stem(stem.substr(0, stem.size() - classifier.size()));
    if (!name.version.empty()) return name;
  }
  return {stem, {}};
}

JavaArchive read_java_archive(std::string_view name, Bytes bytes, const JavaLimits& limits) {
  JavaArchive out;
  Walk(limits, out).run(name, bytes);
  return out;
}

}  // namespace hullcheck::inventory
