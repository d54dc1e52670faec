#include "inventory/readers/lock_readers.hpp"

#include <algorithm>
#include <vector>

#include "inventory/deb822.hpp"
#include "inventory/readers/json_file.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_largest_text = 32 << 20;
constexpr std::string_view k_node_folder = "node_modules/";

std::string_view text_of(Bytes bytes, FileFacts& facts) {
  if (bytes.size() > k_largest_text) facts.truncated = true;
  return as_text(bytes).substr(0, k_largest_text);
}

std::size_t indent_of(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

// "@scope/name@range" → "@scope/name"
std::string_view before_at(std::string_view text) {
  const std::size_t at = text.find('@', 1);
  return text.substr(0, at);
}

// --- JSON ----------------------------------------------------------------------------------------------------------

// Of lock version 1: objects in objects, to any depth.
void npm_dependencies(json::Element root, std::string_view type, FileFacts& facts) {
  std::vector<json::Element> open{root};
  while (!open.empty()) {
    const json::Element holder = open.back();
    open.pop_back();
    const auto dependencies = json::member(holder, "dependencies");
    if (!dependencies) continue;
    json::each_member(*dependencies, [&](std::string_view name, json::Element dependency) {
      add_package(facts, type, name, json::text(dependency, "version"));
      open.push_back(dependency);
    });
  }
}

void npm_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  JsonFile file;
  const auto document = file.parse(bytes, facts);
  if (!document) return;
  const auto packages = json::member(*document, "packages");
  if (!packages) return npm_dependencies(*document, type, facts);
  json::each_member(*packages, [&](std::string_view key, json::Element package) {
    const std::size_t at = key.rfind(k_node_folder);
    if (at == std::string_view::npos) return;
    const std::string_view name = json::text(package, "name");
    add_package(facts, type, name.empty() ? key.substr(at + k_node_folder.size()) : name,
                json::text(package, "version"));
  });
}

void pipfile_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  JsonFile file;
  const auto document = file.parse(bytes, facts);
  if (!document) return;
  for (const std::string_view section : {"default", "develop"})
    if (const auto packages = json::member(*document, section))
      json::each_member(*packages, [&](std::string_view name, json::Element package) {
        std::string_view version = json::text(package, "version");
        version = version.substr(std::min(version.find_first_not_of("= "), version.size()));
        add_package(facts, type, name, version);
      });
}

void composer_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  JsonFile file;
  const auto document = file.parse(bytes, facts);
  if (!document) return;
  for (const std::string_view section : {"packages", "packages-dev"})
    json::each(*document, section, [&](json::Element package) {
      add_package(facts, type, json::text(package, "name"), json::text(package, "version"));
    });
}

void nuget_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  JsonFile file;
  const auto document = file.parse(bytes, facts);
  const auto frameworks = document ? json::member(*document, "dependencies") : std::nullopt;
  if (!frameworks) return;
  json::each_member(*frameworks, [&](std::string_view, json::Element packages) {
    json::each_member(packages, [&](std::string_view name, json::Element package) {
      add_package(facts, type, name, json::text(package, "resolved"));
    });
  });
}

void swift_resolved(Bytes bytes, std::string_view type, FileFacts& facts) {
  JsonFile file;
  const auto document = file.parse(bytes, facts);
  if (!document) return;
  const auto add = [&](json::Element pin) {
    std::string_view place = json::text(pin, "location");
    if (place.empty()) place = json::text(pin, "repositoryURL");
    const std::string name = swift_name(place);
    if (const auto state = json::member(pin, "state")) add_package(facts, type, name, json::text(*state, "version"));
  };
  json::each(*document, "pins", add);
  if (const auto object = json::member(*document, "object")) json::each(*object, "pins", add);
}

// "zlib/1.2.11@user/channel#revision"
void add_conan_reference(std::string_view reference, std::string_view type, FileFacts& facts) {
  reference = reference.substr(0, reference.find_first_of("@#%"));
  const std::size_t slash = reference.find('/');
  if (slash != std::string_view::npos)
    add_package(facts, type, reference.substr(0, slash), reference.substr(slash + 1));
}

void conan_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  JsonFile file;
  const auto document = file.parse(bytes, facts);
  if (!document) return;
  for (const std::string_view section : {"requires", "build_requires", "python_requires"})
    json::each(*document, section,
               [&](json::Element reference) { add_conan_reference(json::as_text(reference), type, facts); });
  const auto graph = json::member(*document, "graph_lock");
  const auto nodes = graph ? json::member(*graph, "nodes") : std::nullopt;
  if (nodes)
    json::each_member(*nodes, [&](std::string_view, json::Element node) {
      add_conan_reference(json::text(node, "ref"), type, facts);
    });
}

void renv_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  JsonFile file;
  const auto document = file.parse(bytes, facts);
  const auto packages = document ? json::member(*document, "Packages") : std::nullopt;
  if (packages)
    json::each_member(*packages, [&](std::string_view name, json::Element package) {
      add_package(facts, type, name, json::text(package, "Version"));
    });
}

// --- lines ---------------------------------------------------------------------------------------------------------

// yarn 1: '"@s/a@^1", b@2:' and '  version "1.2.3"'; yarn 2 and later: '"a@npm:^1":' and '  version: 1.2.3'.
void yarn_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  std::string_view text = text_of(bytes, facts), name;
  while (!text.empty()) {
    std::string_view line = take_line(text);
    if (line.empty() || line.front() == '#') continue;
    if (line.front() != ' ') {
      if (line.front() == '"') line.remove_prefix(1);
      name = line.starts_with("__metadata") ? std::string_view() : before_at(line);
      continue;
    }
    line = util::trim(line);
    if (name.empty() || !line.starts_with("version")) continue;
    line.remove_prefix(7);
    if (line.starts_with(':')) line.remove_prefix(1);
    const std::string_view version = trimmed_quotes(line);
    if (version != "0.0.0-use.local") add_package(facts, type, name, version);
    name = {};
  }
}

// The slash of "/1.2.3", as pnpm wrote it until its lock version 5.
std::size_t version_part(std::string_view key) {
  for (std::size_t at = key.find('/'); at != std::string_view::npos; at = key.find('/', at + 1)) {
    const std::string_view rest = key.substr(at + 1);
    const std::size_t digits = rest.find_first_not_of("0123456789");
    if (digits != 0 && digits != std::string_view::npos && rest[digits] == '.') return at;
  }
  return std::string_view::npos;
}

// Keys of "packages:" and "snapshots:": "/a/1.2.3", "/a@1.2.3(b@1)", "'@s/a@1.2.3'".
void pnpm_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  std::string_view text = text_of(bytes, facts);
  bool inside = false;
  while (!text.empty()) {
    std::string_view line = take_line(text);
    if (!line.empty() && line.front() != ' ') inside = line == "packages:" || line == "snapshots:";
    if (!inside || indent_of(line) != 2 || !line.ends_with(':')) continue;
    std::string_view key = trimmed_quotes(line.substr(0, line.size() - 1));
    key = key.substr(0, key.find('('));
    if (key.starts_with('/')) key.remove_prefix(1);
    std::size_t at = version_part(key);
    if (at == std::string_view::npos) at = key.find('@', 1);
    if (at == std::string_view::npos) continue;
    std::string_view version = key.substr(at + 1);
    version = version.substr(0, version.find('_'));
    add_package(facts, type, key.substr(0, at), version);
  }
}

std::string_view toml_value(std::string_view line, std::string_view key) {
  if (!line.starts_with(key)) return {};
  const std::string_view rest = util::trim(line.substr(key.size()));
  return rest.starts_with('=') ? trimmed_quotes(rest.substr(1)) : std::string_view();
}

// Tables "[[package]]" with name and version: Cargo, Poetry, uv, pdm.
void toml_packages(Bytes bytes, std::string_view type, FileFacts& facts) {
  std::string_view text = text_of(bytes, facts), name, version;
  bool inside = false;
  const auto flush = [&] {
    if (inside && !name.empty()) add_package(facts, type, name, version);
    name = version = {};
  };
  while (!text.empty()) {
    const std::string_view line = util::trim(take_line(text));
    if (line.starts_with('[')) {
      flush();
      inside = line == "[[package]]";
      continue;
    }
    if (name.empty()) name = toml_value(line, "name");
    if (version.empty()) version = toml_value(line, "version");
  }
  flush();
}

// "[[deps.Name]]" or "[[Name]]", then version and uuid.
void julia_manifest(Bytes bytes, std::string_view type, FileFacts& facts) {
  std::string_view text = text_of(bytes, facts), name, version, uuid;
  const auto flush = [&] {
    if (model::Package* const package = name.empty() ? nullptr : add_package(facts, type, name, version))
      if (uuid.size() == 36) package->qualifiers.emplace_back("uuid", uuid);
    name = version = uuid = {};
  };
  while (!text.empty()) {
    const std::string_view line = util::trim(take_line(text));
    if (line.starts_with("[[") && line.ends_with("]]")) {
      flush();
      name = line.substr(2, line.size() - 4);
      if (name.starts_with("deps.")) name.remove_prefix(5);
    }
    if (version.empty()) version = toml_value(line, "version");
    if (uuid.empty()) uuid = toml_value(line, "uuid");
  }
  flush();
}

// "name[extra]==1.2.3 ; marker --hash=…" with one exact version.
void requirements(Bytes bytes, std::string_view type, FileFacts& facts) {
  std::string_view text = text_of(bytes, facts);
  while (!text.empty()) {
    std::string_view line = util::trim(take_line(text));
    if (line.empty() || line.front() == '#' || line.front() == '-') continue;
    line = line.substr(0, line.find_first_of(";#\\"));
    std::size_t at = line.find("==");
    if (at == std::string_view::npos) continue;
    std::string_view name = util::trim(line.substr(0, at));
    name = util::trim(name.substr(0, name.find('[')));
    std::string_view version = line.substr(at + 2);
    if (version.starts_with('=')) version.remove_prefix(1);
    version = util::trim(version);
    version = version.substr(0, version.find_first_of(" ,"));
    if (version.find('*') == std::string_view::npos) add_package(facts, type, name, version);
  }
}

// Below "specs:" four spaces, name, version in brackets.
void gemfile_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  std::string_view text = text_of(bytes, facts);
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const std::size_t open = line.find(" ("), close = line.rfind(')');
    if (indent_of(line) != 4 || open == std::string_view::npos || close == std::string_view::npos || close < open)
      continue;
    const std::string_view version = line.substr(open + 2, close - open - 2);
    if (version.empty() || version.front() < '0' || version.front() > '9') continue;
    add_package(facts, type, util::trim(line.substr(0, open)), version);
  }
}

// "require x v1" or a block of "x v1 // indirect".
void go_mod(Bytes bytes, std::string_view type, FileFacts& facts) {
  std::string_view text = text_of(bytes, facts);
  bool inside = false;
  while (!text.empty()) {
    std::string_view line = util::trim(take_line(text));
    if (line.starts_with("require") && line.ends_with('(')) {
      inside = true;
      continue;
    }
    if (line == ")") inside = false;
    const bool single = line.starts_with("require ");
    if (!inside && !single) continue;
    if (single) line = util::trim(line.substr(8));
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) continue;
    std::string_view version = util::trim(line.substr(space));
    version = version.substr(0, version.find(' '));
    if (version.starts_with('v')) add_package(facts, type, trimmed_quotes(line.substr(0, space)), version);
  }
}

// "group:artifact:1.2.3=configurations"
void gradle_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  std::string_view text = text_of(bytes, facts);
  while (!text.empty()) {
    std::string_view line = util::trim(take_line(text));
    if (line.empty() || line.front() == '#') continue;
    line = line.substr(0, line.find('='));
    const std::size_t version = line.rfind(':');
    if (version == std::string_view::npos || line.find(':') == version) continue;
    add_package(facts, type, line.substr(0, version), line.substr(version + 1));
  }
}

// '"name": {:hex, :name, "1.2.3", …'
void mix_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  std::string_view text = text_of(bytes, facts);
  while (!text.empty()) {
    const std::string_view line = util::trim(take_line(text));
    const std::size_t hex = line.find("{:hex, :");
    if (hex == std::string_view::npos) continue;
    const std::string_view rest = line.substr(hex + 8);
    const std::size_t comma = rest.find(',');
    if (comma == std::string_view::npos) continue;
    std::string_view version = util::trim(rest.substr(comma + 1));
    version = version.substr(0, version.find(','));
    add_package(facts, type, trimmed_quotes(rest.substr(0, comma)), trimmed_quotes(version));
  }
}

// '{<<"name">>,{pkg,<<"name">>,<<"1.2.3">>},0}'
void rebar_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  constexpr std::string_view k_package = "{pkg,<<\"";
  std::string_view text = text_of(bytes, facts);
  for (std::size_t at = text.find(k_package); at != std::string_view::npos; at = text.find(k_package, at + 1)) {
    const std::string_view rest = text.substr(at + k_package.size(), 1000);
    const std::size_t end = rest.find("\">>,<<\"");
    if (end == std::string_view::npos) continue;
    const std::string_view version = rest.substr(end + 7);
    add_package(facts, type, rest.substr(0, end), version.substr(0, version.find('"')));
  }
}

// "  name:" and, two deeper, "version: "1.2.3"".
void pubspec_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  std::string_view text = text_of(bytes, facts), name;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (indent_of(line) == 2 && line.ends_with(':')) name = trimmed_quotes(line.substr(0, line.size() - 1));
    const std::string_view inner = util::trim(line);
    if (indent_of(line) != 4 || !inner.starts_with("version:") || name.empty()) continue;
    add_package(facts, type, name, trimmed_quotes(inner.substr(8)));
    name = {};
  }
}

// "  - Name/Sub (1.2.3):" below PODS.
void podfile_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  std::string_view text = text_of(bytes, facts);
  bool inside = false;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (!line.empty() && line.front() != ' ') inside = line == "PODS:";
    const std::size_t open = line.find(" ("), close = line.rfind(')');
    if (!inside || !line.starts_with("  - ") || open == std::string_view::npos || close == std::string_view::npos ||
        close < open)
      continue;
    std::string_view name = line.substr(4, open - 4);
    if (name.starts_with('"')) name.remove_prefix(1);
    add_package(facts, type, name.substr(0, name.find('/')), line.substr(open + 2, close - open - 2));
  }
}

// "hackage: name-1.2.3@sha256:…", and of cabal "any.name ==1.2.3,".
void haskell_freeze(Bytes bytes, std::string_view type, FileFacts& facts) {
  std::string_view text = text_of(bytes, facts);
  while (!text.empty()) {
    std::string_view line = util::trim(take_line(text));
    if (const std::size_t at = line.find("hackage: "); at != std::string_view::npos) {
      line = line.substr(at + 9);
      line = line.substr(0, line.find('@'));
      const std::size_t dash = line.rfind('-');
      if (dash != std::string_view::npos) add_package(facts, type, line.substr(0, dash), line.substr(dash + 1));
    } else if (const std::size_t any = line.find("any."); any != std::string_view::npos) {
      line = line.substr(any + 4);
      const std::size_t equals = line.find(" ==");
      if (equals == std::string_view::npos) continue;
      const std::string_view version = line.substr(equals + 3);
      add_package(facts, type, line.substr(0, equals), version.substr(0, version.find_first_of(", ")));
    }
  }
}

std::string_view attribute(std::string_view tag, std::string_view name) {
  const std::size_t at = tag.find(name);
  if (at == std::string_view::npos || at == 0 || (tag[at - 1] != ' ' && tag[at - 1] != '\n' && tag[at - 1] != '\t'))
    return {};
  std::string_view rest = util::trim(tag.substr(at + name.size()));
  if (!rest.starts_with('=')) return {};
  rest = util::trim(rest.substr(1));
  if (rest.empty() || (rest.front() != '"' && rest.front() != '\'')) return {};
  const std::size_t close = rest.find(rest.front(), 1);
  return close == std::string_view::npos ? std::string_view() : rest.substr(1, close - 1);
}

// Tags '<package id="x" version="1.2.3"/>' and '<PackageVersion Include="x" Version="1.2.3"/>'.
void nuget_tags(Bytes bytes, std::string_view type, FileFacts& facts) {
  std::string_view text = text_of(bytes, facts);
  for (std::size_t open = text.find('<'); open != std::string_view::npos; open = text.find('<', open + 1)) {
    std::string_view tag = text.substr(open + 1, 2000);
    tag = tag.substr(0, tag.find('>'));
    if (tag.starts_with("package "))
      add_package(facts, type, attribute(tag, "id"), attribute(tag, "version"));
    else if (tag.starts_with("PackageVersion ") || tag.starts_with("PackageReference "))
      add_package(facts, type, attribute(tag, "Include"), attribute(tag, "Version"));
  }
}

// The element's text between its tags, directly within `block`, or "".
std::string_view element(std::string_view block, std::string_view name) {
  const std::string open = "<" + std::string(name) + ">", close = "</" + std::string(name) + ">";
  const std::size_t at = block.find(open);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = block.substr(at + open.size());
  const std::size_t end = rest.find(close);
  return end == std::string_view::npos ? std::string_view() : util::trim(rest.substr(0, end));
}

// Dependencies of a pom.xml that name an exact version. Properties are not followed: what they come to may be decided
// by a parent that is not here.
void maven_pom(Bytes bytes, std::string_view type, FileFacts& facts) {
  constexpr std::string_view k_open = "<dependency>", k_close = "</dependency>";
  std::string_view text = text_of(bytes, facts);
  for (std::size_t at = text.find(k_open); at != std::string_view::npos; at = text.find(k_open)) {
    text.remove_prefix(at + k_open.size());
    const std::size_t end = text.find(k_close);
    if (end == std::string_view::npos) return;
    const std::string_view block = text.substr(0, end);
    const std::string_view group = element(block, "groupId"), version = element(block, "version");
    if (group.find('$') == std::string_view::npos && version.find_first_of("$[(") == std::string_view::npos &&
        !group.empty())
      add_package(facts, type, std::string(group) + ":" + std::string(element(block, "artifactId")), version);
    text.remove_prefix(end);
  }
}

constexpr LockForm k_forms[] = {
    {"package-lock.json", "npm", npm_lock},
    {"npm-shrinkwrap.json", "npm", npm_lock},
    {"yarn.lock", "npm", yarn_lock},
    {"pnpm-lock.yaml", "npm", pnpm_lock},
    {"poetry.lock", "pypi", toml_packages},
    {"uv.lock", "pypi", toml_packages},
    {"pdm.lock", "pypi", toml_packages},
    {"Pipfile.lock", "pypi", pipfile_lock},
    {"requirements.txt", "pypi", requirements},
    {"Gemfile.lock", "gem", gemfile_lock},
    {"gems.locked", "gem", gemfile_lock},
    {"go.mod", "golang", go_mod},
    {"Cargo.lock", "cargo", toml_packages},
    {"composer.lock", "composer", composer_lock},
    {"pom.xml", "maven", maven_pom},
    {"gradle.lockfile", "maven", gradle_lock},
    {"packages.lock.json", "nuget", nuget_lock},
    {"packages.config", "nuget", nuget_tags},
    {"Directory.Packages.props", "nuget", nuget_tags},
    {"Packages.props", "nuget", nuget_tags},
    {"*.csproj", "nuget", nuget_tags},
    {"mix.lock", "hex", mix_lock},
    {"rebar.lock", "hex", rebar_lock},
    {"pubspec.lock", "pub", pubspec_lock},
    {"Podfile.lock", "cocoapods", podfile_lock},
    {"Package.resolved", "swift", swift_resolved},
    {"conan.lock", "conan", conan_lock},
    {"stack.yaml.lock", "hackage", haskell_freeze},
    {"cabal.project.freeze", "hackage", haskell_freeze},
    {"renv.lock", "cran", renv_lock},
    {"Manifest.toml", "julia", julia_manifest},
    {"JuliaManifest.toml", "julia", julia_manifest},
};

}  // namespace

std::string swift_name(std::string_view address) {
  const std::size_t scheme = address.find("://");
  const std::size_t user =
      address.substr(0, address.find('/', scheme == std::string_view::npos ? 0 : scheme + 3)).find('@');
  std::string name(address.substr(user != std::string_view::npos     ? user + 1
                                  : scheme != std::string_view::npos ? scheme + 3
                                                                     : 0));
  if (const std::size_t colon = name.find(':'); scheme == std::string_view::npos && colon != std::string::npos)
    name[colon] = '/';
  while (name.ends_with('/')) name.pop_back();
  if (name.ends_with(".git")) name.resize(name.size() - 4);
  return name;
}

const LockForm* lock_form(std::string_view file_name) {
  for (const LockForm& form : k_forms)
    if (form.name.front() == '*' ? file_name.ends_with(form.name.substr(1)) : file_name == form.name) return &form;
  return nullptr;
}

}  // namespace hullcheck::inventory
