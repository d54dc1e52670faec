// Lock files that are read line by line: each of these programs writes one layout only, in notations of their own or
// in so little of YAML that its lines say everything.
#include <algorithm>

#include "inventory/readers/lock_forms.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

std::size_t indent_of(std::string_view line) { return std::min(line.find_first_not_of(' '), line.size()); }

// "@scope/name@range" → "@scope/name"
std::string_view before_at(std::string_view text) {
  const std::size_t at = text.find('@', 1);
  return text.substr(0, at);
}

// yarn 1: '"@s/a@^1", b@2:' and '  version "1.2.3"'; yarn 2 and later: '"a@npm:^1":' and '  version: 1.2.3'.
void yarn_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  std::string_view text = lock_text(bytes, facts), name;
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
  std::string_view text = lock_text(bytes, facts);
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

// "name[extra]==1.2.3 ; marker --hash=…" with one exact version.
void requirements(Bytes bytes, std::string_view type, FileFacts& facts) {
  std::string_view text = lock_text(bytes, facts);
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
  std::string_view text = lock_text(bytes, facts);
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
  std::string_view text = lock_text(bytes, facts);
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
  std::string_view text = lock_text(bytes, facts);
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
  std::string_view text = lock_text(bytes, facts);
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
  std::string_view text = lock_text(bytes, facts);
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
  std::string_view text = lock_text(bytes, facts), name;
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
  std::string_view text = lock_text(bytes, facts);
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
  std::string_view text = lock_text(bytes, facts);
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

constexpr LockForm k_forms[] = {
    {"yarn.lock", "npm", yarn_lock},
    {"pnpm-lock.yaml", "npm", pnpm_lock},
    {"requirements.txt", "pypi", requirements},
    {"Gemfile.lock", "gem", gemfile_lock},
    {"gems.locked", "gem", gemfile_lock},
    {"go.mod", "golang", go_mod},
    {"gradle.lockfile", "maven", gradle_lock},
    {"mix.lock", "hex", mix_lock},
    {"rebar.lock", "hex", rebar_lock},
    {"pubspec.lock", "pub", pubspec_lock},
    {"Podfile.lock", "cocoapods", podfile_lock},
    {"stack.yaml.lock", "hackage", haskell_freeze},
    {"cabal.project.freeze", "hackage", haskell_freeze},
};

}  // namespace

std::span<const LockForm> line_lock_forms() { return k_forms; }

}  // namespace hullcheck::inventory
