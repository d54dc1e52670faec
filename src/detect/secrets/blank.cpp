#include "detect/secrets/blank.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <vector>

#include "detect/secrets/config_secrets.hpp"
#include "detect/secrets/variables.hpp"
#include "detect/shell/shell_facts.hpp"
#include "inventory/kept_text.hpp"
#include "util/base64.hpp"
#include "util/digits.hpp"
#include "util/text.hpp"

namespace hullcheck::detect::secrets {
namespace {

constexpr char k_blank = 'x';
constexpr int k_most_depth = 3;
constexpr std::size_t k_least_digits = 24;       // that spell a secret
constexpr std::size_t k_most_digits = 1U << 20;  // likewise
constexpr std::size_t k_looked_at = 32;          // digits that tell whether text is spelt
constexpr std::size_t k_least_line = 40;         // of digits that go on in the next line

bool blank_text(std::string& text, Look look, Reading reading, int depth);

// A shell would do something with it, or it is where something comes from.
bool is_code(std::string_view value) {
  if (value.find_first_of("`|;&") != std::string_view::npos || value.find("://") != std::string_view::npos)
    return true;
  for (std::size_t i = 0; i + 1 < value.size(); ++i) {
    const char next = value[i + 1];
    const bool name =
        next == '(' || next == '{' || next == '_' || std::isalpha(static_cast<unsigned char>(next)) != 0;
    if (value[i] == '$' && name) return true;
  }
  return false;
}

// Words and lines stay what they are.
bool fill(std::string& text, std::size_t begin, std::size_t end) {
  bool changed = false;
  for (std::size_t i = begin; i < end; ++i) {
    if (text[i] == '\n' || text[i] == ' ' || text[i] == k_blank) continue;
    text[i] = k_blank;
    changed = true;
  }
  return changed;
}

// ---- digits that spell text

bool is_text(Bytes bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) {
    return byte >= 0x20 ? byte != 0x7f : byte == '\t' || byte == '\n' || byte == '\r';
  });
}

bool is_digit(char c) { return util::base64_digit(c) >= 0; }

std::optional<Buffer> from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) return std::nullopt;
  Buffer out;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = util::hex_digit(digits[i]), low = util::hex_digit(digits[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return out;
}

std::string to_hex(std::string_view text, bool capital) {
  const std::string_view digits = capital ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    out += digits[static_cast<std::uint8_t>(c) >> 4U];
    out += digits[static_cast<std::uint8_t>(c) & 15U];
  }
  return out;
}

std::string to_base64(std::string_view text, bool of_addresses) {
  std::string out = util::encode_base64_unpadded(as_bytes(text));
  if (of_addresses) {
    std::replace(out.begin(), out.end(), '+', '-');
    std::replace(out.begin(), out.end(), '/', '_');
  }
  return out;
}

// Random bytes are hardly ever UTF-8, which the texts of others are; the last character may be cut off.
bool is_readable(Bytes bytes) {
  constexpr std::size_t k_longest = 4;
  if (!is_text(bytes)) return false;
  for (std::string_view text = as_text(bytes); text.size() >= k_longest;) {
    const util::CodePoint one = util::decode_utf8(text);
    if (!one.valid) return false;
    text.remove_prefix(one.size);
  }
  return true;
}

// What is kept to be decoded later: its own secrets are blanked by then.
bool spells_text(std::string_view value) {
  if (value.size() < k_least_digits) return false;
  const std::string_view head = value.substr(0, k_looked_at);
  for (const auto& bytes : {from_hex(head), util::decode_base64(head, k_looked_at)})
    if (bytes && is_readable(*bytes)) return true;
  return false;
}

// The same digits with the secrets blanked in what they spell; nothing when there are none.
std::optional<std::string> respelt(const std::string& digits, Reading reading, int depth) {
  const auto spelt = [&](const auto& decode) -> std::optional<std::string> {
    const auto head = decode(std::string_view(digits).substr(0, k_looked_at));
    if (!head || !is_text(*head)) return std::nullopt;
    const auto all = decode(digits);
    if (!all) return std::nullopt;
    std::string text(as_text(*all));
    return blank_text(text, Look::anywhere, reading, depth + 1) ? std::optional(std::move(text)) : std::nullopt;
  };
  if (const auto text = spelt([](std::string_view part) { return from_hex(part); }))
    return to_hex(*text, digits.find_first_of("ABCDEF") != std::string::npos);
  const auto text = spelt([](std::string_view part) { return util::decode_base64(part, k_most_digits); });
  if (!text) return std::nullopt;
  std::string out = to_base64(*text, digits.find_first_of("-_") != std::string::npos);
  if (out.size() != digits.size()) out.assign(digits.size(), k_blank);
  return out;
}

// The end of the digits that begin at `at`; those of long lines go on in the next one.
std::size_t end_of_digits(std::string_view text, std::size_t at) {
  std::size_t line = at, end = at;
  for (;; ++end) {
    if (end < text.size() && is_digit(text[end])) continue;
    const bool goes_on = end + 1 < text.size() && text[end] == '\n' && end - line >= k_least_line &&
                         is_digit(text[end + 1]) && end - at < k_most_digits;
    if (!goes_on) return end;
    line = end + 1;
  }
}

bool blank_spelt(std::string& text, Reading reading, int depth) {
  bool changed = false;
  for (std::size_t at = 0; at + k_least_digits <= text.size();) {
    // Short words are skipped from their end.
    std::size_t last = at + k_least_digits;
    while (last > at && (is_digit(text[last - 1]) || text[last - 1] == '\n')) --last;
    if (last > at) {
      at = last;
      continue;
    }
    while (at < text.size() && text[at] == '\n') ++at;
    const std::size_t end = end_of_digits(text, at);
    std::string digits = text.substr(at, end - at);
    std::erase(digits, '\n');
    if (digits.size() >= k_least_digits && digits.size() <= k_most_digits)
      if (const auto other = respelt(digits, reading, depth)) {
        std::size_t next = 0;
        for (std::size_t i = at; i < end; ++i)
          if (text[i] != '\n') text[i] = (*other)[next++];
        changed = true;
      }
    at = end + 1;
  }
  return changed;
}

bool blank_text(std::string& text, Look look, Reading reading, int depth) {
  bool changed = depth < k_most_depth && blank_spelt(text, reading, depth);
  for (const Place& place : places_of(text, look)) {
    const std::string_view value = std::string_view(text).substr(place.begin, place.end - place.begin);
    if (reading == Reading::again && (is_code(value) || spells_text(value))) continue;
    changed |= fill(text, place.begin + place.open, place.end);
  }
  return changed;
}

// ---- several texts that stand beside each other

// Looked at as one text, with `separator` between them, and taken apart again.
void blank_beside(const std::vector<std::string*>& texts, char separator, Look look, Reading reading) {
  std::string all;
  for (const std::string* text : texts) {
    all += *text;
    all += separator;
  }
  if (!blank(all, look, reading)) return;
  std::size_t at = 0;
  for (std::string* text : texts) {
    text->assign(all, at, text->size());
    at += text->size() + 1;
  }
}

std::vector<std::string*> each_of(std::initializer_list<std::vector<std::string>*> lists) {
  std::vector<std::string*> texts;
  for (std::vector<std::string>* list : lists)
    for (std::string& text : *list) texts.push_back(&text);
  return texts;
}

void blank_command(ShellCommand& command) {
  blank_beside(each_of({&command.assignments, &command.argv}), ' ', Look::anywhere, Reading::done);
  for (ShellFd& fd : command.redirects) blank(fd.target, Look::anywhere, Reading::again);
}

void blank_flow(ShellFlow& flow) {
  for (std::string& url : flow.urls) blank(url);
  for (std::string* text : {&flow.path, &flow.host, &flow.tool, &flow.detail}) blank(*text);
  blank(flow.text, Look::anywhere, Reading::again);
}

// A variable that a start command or a shell may run; its commands are followed when the image is judged. No password
// fetches or redirects anything.
bool is_command(std::string_view value) {
  if (value.find_first_of("|;&<>`(") == std::string_view::npos) return false;
  if (value.starts_with("()")) value.remove_prefix(2);  // a function that Bash takes from there
  return !facts_of_text(value).flows.empty();
}

void blank_variables(std::vector<std::string>& variables) {
  std::vector<std::string*> others;
  for (std::string& variable : variables) {
    const std::size_t value = std::min(variable.find('='), variable.size() - 1) + 1;
    if (variable.empty() || !is_command(std::string_view(variable).substr(value))) {
      others.push_back(&variable);
      continue;
    }
    std::string command = variable.substr(value);
    blank(command, Look::anywhere, Reading::again);
    variable.replace(value, std::string::npos, command);
  }
  blank_beside(others, '\n', Look::configuration, Reading::done);
  for (std::string* variable : others) {
    const std::size_t equals = std::min(variable->find('='), variable->size());
    const std::string_view all = *variable;
    if (is_secret_variable(all.substr(0, equals), all.substr(std::min(equals + 1, all.size()))))
      std::fill(variable->begin() + static_cast<std::ptrdiff_t>(equals) + 1, variable->end(), k_blank);
  }
}

void blank_labels(std::map<std::string, std::string>& labels) {
  std::map<std::string, std::string> blanked;
  for (const auto& [key, value] : labels) {
    std::string both = key;
    both += '=';
    both += value;
    blank(both, Look::configuration, Reading::done);
    blanked.emplace(both.substr(0, key.size()), both.substr(key.size() + 1));
  }
  labels = std::move(blanked);
}

const inventory::RegisteredBlanking registered([](std::string& text) {
  blank_text(text, Look::anywhere, Reading::again, 0);
});

}  // namespace

bool blank(std::string& text, Look look, Reading reading) { return blank_text(text, look, reading, 0); }

void blank(ShellFacts& facts) {
  facts.logins = logins_in(facts.commands);
  for (ShellCommand& command : facts.commands) blank_command(command);
  for (ShellFlow& flow : facts.flows) blank_flow(flow);
  for (EmbeddedCode& code : facts.embedded) blank(code.code, Look::anywhere, Reading::again);
  for (FactProblem& problem : facts.problems) blank(problem.message);
}

void blank(model::ImageConfig& config) {
  constexpr Look k_look = Look::configuration;
  blank_variables(config.env);
  blank_labels(config.labels);
  // The two stand on one command line.
  blank_beside(each_of({&config.entrypoint, &config.cmd}), ' ', k_look, Reading::done);
  blank_beside(each_of({&config.healthcheck}), ' ', k_look, Reading::done);
  for (std::string* text : each_of({&config.shell, &config.onbuild, &config.volumes, &config.exposed_ports}))
    blank(*text, k_look);
  for (std::string* text : {&config.user, &config.working_dir, &config.stop_signal}) blank(*text, k_look);
  for (model::HistoryEntry& step : config.history)
    for (std::string* text : {&step.created_by, &step.comment}) blank(*text, k_look);
}

}  // namespace hullcheck::detect::secrets
