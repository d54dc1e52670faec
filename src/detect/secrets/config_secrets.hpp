// Secrets without a form of their own, by what stands beside them in a configuration or on a command line.
#pragma once

#include <string_view>
#include <vector>

#include "detect/evidence.hpp"

namespace hullcheck::detect {

struct ShellFacts;    // shell_facts.hpp
struct ShellCommand;  // likewise
struct ShellLogin;    // likewise

}  // namespace hullcheck::detect

namespace hullcheck::detect::secrets {

struct NamedValue {
  std::size_t name = 0;            // where what names it begins
  std::size_t begin = 0, end = 0;  // of the value
};

// Values behind names and options that promise a secret, and that look like one; those behind names first.
std::vector<NamedValue> named_values(std::string_view text);

// What is said of those in a part of the configuration.
std::vector<Evidence> named_secrets(std::string_view text);

// Logins in the addresses that commands name, with the commands' lines. Bounded.
std::vector<ShellLogin> logins_in(const std::vector<ShellCommand>& commands);

}  // namespace hullcheck::detect::secrets
