// Our own rule files (YAML, docs/rules.md): what to look for in files, paths and the configuration of an image.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detect/user/user_facts.hpp"
#include "util/result.hpp"

namespace hullcheck::detect {

struct UserLiteral {
  std::string bytes;
  bool caseless = false;
};

// Where a rule looks in the configuration, in the order of k_config_parts.
struct ConfigCondition {
  std::size_t part = 0;
  std::vector<std::string> regexes;  // any of them in any item of the part
};
struct ConfigPart {
  std::string_view key;   // of the rule file
  std::string_view name;  // as reports give it, "config:Env"
};
constexpr std::array<ConfigPart, 11> k_config_parts{{
    {"entrypoint", "config:Entrypoint"},
    {"cmd", "config:Cmd"},
    {"env", "config:Env"},
    {"label", "config:Labels"},
    {"user", "config:User"},
    {"exposedPort", "config:ExposedPorts"},
    {"volume", "config:Volumes"},
    {"workingDir", "config:WorkingDir"},
    {"healthcheck", "config:Healthcheck"},
    {"onBuild", "config:OnBuild"},
    {"history", "config:history"},
}};

// One rule of a file. Either of files (patterns, paths, or both), or of the configuration.
struct FileRule {
  UserRule row;
  std::vector<UserLiteral> literals;
  std::vector<std::string> regexes;  // RE2 over bytes; hex patterns are among them
  std::vector<std::string> names;    // how evidence calls the regexes
  std::size_t needed = 1;            // of literals and regexes together
  std::vector<std::string> paths;    // RE2 made of globs
  std::vector<ConfigCondition> config;

  bool reads_content() const { return !literals.empty() || !regexes.empty(); }
};

constexpr std::size_t k_fewest_user_literal_bytes = 3;
constexpr std::size_t k_most_file_rules = 10'000;

// "rule-file-malformed" with "FILE:LINE:COLUMN" as its subject.
Result<std::vector<FileRule>> parse_rule_file(std::string_view yaml, const std::string& name);

// "/etc/**/x?.conf" as a regular expression over whole paths without their leading slash. A glob without a slash is
// one of a file name in any folder. Nothing for one that has no end of a bracket.
std::optional<std::string> regex_of_glob(std::string_view glob);
// "de ad ?? [2-4] ( be | ef )" as a regular expression over bytes; nothing for what is none.
std::optional<std::string> regex_of_hex(std::string_view hex);

// What YARA's metas and rule files have in common: words for a class, and the class that a severity stands for.
std::optional<EvidenceClass> class_from(std::string_view word);
EvidenceClass class_of(model::Severity severity);
model::Severity severity_of(EvidenceClass cls);

}  // namespace hullcheck::detect
