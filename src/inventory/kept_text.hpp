// What analyzers keep of an image's own words: scripts of packages, lines of configuration. They are cached and
// saved, so secrets in them are blanked first. What is a secret is known to detect/, above this folder, which says so
// when the program starts; without it texts are kept as they are.
#pragma once

#include <string>

namespace hullcheck::inventory {

// Any thread. The text stays as long as it was, and commands in it stay commands.
using BlankSecrets = void (*)(std::string& text);

// At most one, before main().
struct RegisteredBlanking {
  explicit RegisteredBlanking(BlankSecrets blank);
};

std::string kept_text(std::string text);

}  // namespace hullcheck::inventory
