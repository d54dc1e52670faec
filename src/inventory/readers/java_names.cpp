#include "inventory/readers/java_names.hpp"

#include <algorithm>
#include <array>

#include "layers/entry.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

using namespace std::string_view_literals;

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

bool is_plain_zip(std::string_view name) { return util::lower(name).ends_with(".zip"); }

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

bool is_filled(std::string_view text) {
  return !text.empty() && text.size() <= 256 && text.find_first_of(" \t${}\"<>") == std::string_view::npos;
}

bool is_group(std::string_view text) {
  return is_filled(text) &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
             std::string_view::npos;
}

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

}  // namespace hullcheck::inventory
