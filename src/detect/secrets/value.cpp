#include "detect/secrets/value.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "util/ascii.hpp"
#include "util/digest.hpp"

namespace hullcheck::detect::secrets {
namespace {

constexpr std::size_t k_longest_run = 6;  // of one character
constexpr std::size_t k_digest_digits = 12;
constexpr std::size_t k_least_for_digest = 20;

constexpr std::array<std::string_view, 42> k_stand_ins = {
    "example",   "sample",     "dummy",       "placeholder", "changeme",    "change_me",  "change-me",
    "changeit",  "your_",      "your-",       "yourpass",    "yoursecr",    "yourtok",    "yourkey",
    "xxxx",      "redacted",   "replaceme",   "replace_",    "insert_",     "insert-",    "foobar",
    "deadbeef",  "abcdef",     "123456",      "987654",      "qwerty",      "....",       "****",
    "fakekey",   "faketok",    "notasecret",  "not-a-sec",   "notreal",     "my_secret",  "mysecret",
    "my-secret", "mypassword", "supersecret", "todo_",       "secret_here", "token_here", "lorem"};

// A piece of a template: what fills it in is not here.
constexpr std::array<std::string_view, 10> k_template_marks = {"${", "$(", "{{", "}}", "<%",
                                                               "%(", "#{", "$[", "%s", "\\u003c"};

constexpr std::array<std::string_view, 40> k_default_passwords = {
    "password", "passwd",   "pass",     "pwd",      "secret",    "root",     "toor",    "admin",
    "user",     "username", "test",     "testing",  "guest",     "postgres", "mysql",   "mariadb",
    "redis",    "rabbitmq", "mongo",    "mongodb",  "oracle",    "default",  "pass1",   "password1",
    "p4ssw0rd", "passw0rd", "p@ssw0rd", "changeit", "change_me", "letmein",  "hunter2", "demo",
    "dev",      "local",    "docker",   "example",  "foo",       "bar",      "baz",     "none"};

// The begin of the SHA-256 of published values, so that they stand nowhere in our sources: the keys of Azure's
// storage and document database emulators, the first accounts of the development nodes Hardhat and Ganache, and the
// key of a payment provider's manual.
constexpr std::array<std::string_view, 8> k_published = {
    "0011cc25eb4320717494d270", "5542e69a765bbcd60e6abf7c", "60a09e4357868c1e9b801052", "bc1a50966c9e6486bc4ebf88",
    "095101cf732c298a0ce0320b", "8335c55334821eefd4334369", "424742fc6538f5e7e01d32ce", "2cafc0970149a84f3b9e62ea"};

// Most of it counts up, down or stands still: "abcdefgh", "0123456789", "aaaa".
bool is_sequence(std::string_view text) {
  if (text.size() < 8) return false;
  std::size_t steps = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const int step = static_cast<unsigned char>(text[i]) - static_cast<unsigned char>(text[i - 1]);
    steps += step >= -1 && step <= 1 ? 1 : 0;
  }
  return steps * 2 >= text.size();
}

bool has_long_run(std::string_view text) {
  std::size_t run = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    // Zero bits in base 64 are no stand-in.
    run = i > 0 && text[i] == text[i - 1] && text[i] != 'A' ? run + 1 : 1;
    if (run >= k_longest_run) return true;
  }
  return false;
}

}  // namespace

double entropy(std::string_view text) {
  if (text.empty()) return 0;
  std::array<std::size_t, 256> counts{};
  for (const char c : text) ++counts[static_cast<unsigned char>(c)];
  double bits = 0;
  for (const std::size_t count : counts) {
    if (count == 0) continue;
    const double share = static_cast<double>(count) / static_cast<double>(text.size());
    bits -= share * std::log2(share);
  }
  return bits;
}

bool is_placeholder(std::string_view value) {
  if (value.empty() || is_sequence(value) || has_long_run(value)) return true;
  if (value.front() == '<' || value.front() == '$' || value.front() == '%') return true;
  const auto holds = [](std::string_view text) {
    return [text](std::string_view mark) { return text.find(mark) != std::string_view::npos; };
  };
  if (std::any_of(k_template_marks.begin(), k_template_marks.end(), holds(value))) return true;
  // Long random text holds short words by chance.
  if (value.size() > 400) return false;
  const std::string small = util::lower(value);
  return std::any_of(k_stand_ins.begin(), k_stand_ins.end(), holds(small));
}

bool is_published(std::string_view value) {
  const std::string digest = util::sha256_hex(as_bytes(value)).substr(0, 24);
  return std::find(k_published.begin(), k_published.end(), digest) != k_published.end();
}

bool is_default_password(std::string_view value) {
  const std::string small = util::lower(value);
  return std::find(k_default_passwords.begin(), k_default_passwords.end(), small) != k_default_passwords.end();
}

bool has_letters_and_digits(std::string_view value) {
  const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  const auto is_letter = [](unsigned char c) { return std::isalpha(c) != 0; };
  return std::any_of(value.begin(), value.end(), is_digit) && std::any_of(value.begin(), value.end(), is_letter);
}

std::string masked(std::string_view value, std::size_t shown) {
  std::string text(value.substr(0, std::min(shown, value.size() / 2)));
  text += "… (" + std::to_string(value.size()) + " characters";
  if (value.size() >= k_least_for_digest)
    text += ", digest " + util::sha256_hex(as_bytes(value)).substr(0, k_digest_digits);
  return text + ")";
}

}  // namespace hullcheck::detect::secrets
