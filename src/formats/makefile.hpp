// Rules of a Makefile and recipes of a justfile, as text for a shell.
//
// Source: the manual of GNU make, "Writing Rules", "Writing Recipes" and "How to Use Variables"; of just, "Recipes".
// Read are explicit rules, their recipes, variables, and what $(shell …) runs outside of recipes. Conditionals are
// not decided: all their branches count. Functions other than $(shell …) and $(call …), and included files, are not
// followed.
//
// Hostile: lines, rules, names, and the text that variables make are bounded; what was cut sets `truncated`. A
// variable that holds itself ends at a depth. Pure, for any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hullcheck::formats {

struct MakeRule {
  std::vector<std::string> targets;
  std::vector<std::string> needs;  // what is made first
  std::uint32_t line = 0;          // of the first line of the recipe, else of the rule
  std::string recipe;              // lines without the marks "@-+"; "" for none
};

// The first target that may be is what is made when none is named: no ".NAME" and no pattern.
bool may_be_default(std::string_view target);

struct Makefile {
  std::vector<MakeRule> rules;  // as they stand; the first whose target is no ".NAME" and no pattern is the default
  std::string when_read;        // commands that run before any rule, one a line
  std::uint32_t when_read_line = 0;
  bool truncated = false;

  // nullptr when there is none.
  const MakeRule* default_rule() const;
};

struct MakefileLimits {
  std::size_t max_rules = 512;
  std::size_t max_names = 64;  // targets, or needs, of one rule
  std::size_t max_variables = 1024;
  std::size_t max_text_bytes = 8192;          // of a recipe, a value, or anything expanded
  std::size_t max_expanded_bytes = 1U << 20;  // of all of it together
};

Makefile read_makefile(std::string_view text, const MakefileLimits& limits = {});

}  // namespace hullcheck::formats
