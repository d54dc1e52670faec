// Passwords in addresses of servers. Manuals and defaults are full of them, so one weighs only when it looks chosen
// or made, and when the server is somebody's: not this machine, not a name of the documentation.
#include <algorithm>
#include <array>
#include <cctype>

#include "detect/secrets/checks.hpp"
#include "detect/secrets/value.hpp"
#include "util/ascii.hpp"

namespace hullcheck::detect::secrets {
namespace {

constexpr std::size_t k_least_password = 6;
constexpr double k_least_entropy = 2.9;
constexpr std::size_t k_most_string = 400;  // of a connection string before its password

constexpr std::array<std::string_view, 8> k_here = {"localhost", "127.",     "0.0.0.0",     "[::1]",
                                                    "::1",       "192.0.2.", "198.51.100.", "203.0.113."};

std::string_view host_after(std::string_view window, std::size_t at) {
  if (at >= window.size() || window[at] != '@') return {};
  const std::string_view rest = window.substr(at + 1, 256);
  return rest.substr(0, rest.find_first_of("/:,?#;\"'<> \t\r\n\\)`]"));
}

bool is_documentation(std::string_view host) {
  const auto starts = [&](std::string_view begin) { return host.starts_with(begin); };
  if (std::any_of(k_here.begin(), k_here.end(), starts)) return true;
  for (const std::string_view end : {".example", ".test", ".invalid", ".localhost", ".local"})
    if (host.ends_with(end)) return true;
  return host.find("example") != std::string_view::npos || host.find_first_of("{$<%*") != std::string_view::npos;
}

bool looks_chosen(std::string_view password) {
  return password.size() >= 8 && has_letters_and_digits(password) && entropy(password) >= k_least_entropy;
}

// The user's name stands between "//" and ":" before the password.
bool same_as_user(const Around& around) {
  if (around.begin < 2) return false;
  const std::size_t colon = around.begin - 1;
  const std::size_t slash = around.window.substr(0, colon).rfind('/');
  return slash != std::string_view::npos && around.window.substr(slash + 1, colon - slash - 1) == around.value();
}

bool is_nobody(std::string_view password) {
  return password.size() < k_least_password || is_placeholder(password) || is_default_password(password) ||
         password.find_first_of("{}<>$*`|\\") != std::string_view::npos || password.find("...") != std::string::npos;
}

}  // namespace

Judgement check_url_password(const Around& around) {
  if (is_nobody(around.value()) || same_as_user(around)) return {Validity::invalid, {}};
  const std::string host = util::lower(host_after(around.window, around.end));
  if (host.empty() || is_documentation(host)) return {Validity::invalid, {}};
  // Reports escape nothing of what a name may be made of; anything else is no host.
  const bool name = std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '_' || c == '[';
  });
  if (!name) return {Validity::invalid, {}};
  const bool somewhere = host.find('.') != std::string::npos || host.front() == '[';
  return {somewhere && looks_chosen(around.value()) ? Validity::valid : Validity::weaker, "for " + host};
}

Judgement check_key_value(const Around& around) {
  if (is_nobody(around.value())) return {Validity::invalid, {}};
  const std::size_t from = around.begin - std::min(around.begin, k_most_string);
  const std::string before = util::lower(around.window.substr(from, around.begin - from));
  const std::size_t line = before.find_last_of("\r\n\"'<>`");
  const std::string text = line == std::string::npos ? before : before.substr(line + 1);
  std::string host;
  for (const std::string_view key : {"server=", "data source=", "host=", "addr=", "//"}) {
    const std::size_t at = text.find(key);
    if (at == std::string::npos) continue;
    host = text.substr(at + key.size());
    if (host.starts_with("tcp:")) host.erase(0, 4);
    host.resize(std::min(host.size(), host.find_first_of(";,:/?&\\ ")));
    break;
  }
  if (host.empty() || is_documentation(host)) return {Validity::invalid, {}};
  const bool somewhere = host.find('.') != std::string::npos && host != ".";
  return {somewhere && looks_chosen(around.value()) ? Validity::valid : Validity::weaker, "for " + host};
}

}  // namespace hullcheck::detect::secrets
