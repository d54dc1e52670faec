// Texts are short, or many (the words of every command of every script), so they are looked at once for four bytes
// that begin something: a literal of the kinds, the word of a phrase. Only what such bytes begin is looked at again.
//
// Hostile: a text may be full of what begins a secret; every look at one place is bounded (confirm.hpp), and the
// expressions are linear in the text.
#include "detect/secrets/places.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <unordered_map>

#include "detect/content/regex.hpp"
#include "detect/secrets/config_secrets.hpp"
#include "detect/secrets/confirm.hpp"
#include "detect/secrets/pairs.hpp"
#include "detect/secrets/value.hpp"
#include "detect/secrets/variables.hpp"
#include "util/ascii.hpp"

namespace hullcheck::detect::secrets {
namespace {

constexpr std::size_t k_key_bytes = 4;
constexpr std::size_t k_least_cut = 6;         // characters of a token that the end of the text cuts off
constexpr std::size_t k_least_key_body = 32;   // of a private key
constexpr std::size_t k_most_key = 64U << 10;  // likewise
constexpr std::size_t k_longest_name = 100;    // of a variable

// ---- four bytes that begin something

enum Mark : std::uint8_t { k_literal = 1, k_word = 2, k_option = 4, k_block = 8 };

constexpr std::array<std::pair<std::string_view, Mark>, 21> k_marks{{
    {"pass", k_word},   {"secr", k_word},   {"toke", k_word},   {"apik", k_word},   {"api_", k_word},
    {"api-", k_word},   {"acce", k_word},   {"priv", k_word},   {"auth", k_word},   {"cred", k_word},
    {"_pwd", k_word},   {"\"kty", k_word},  {"iden", k_word},   {"--us", k_option}, {"--pr", k_option},
    {"mysq", k_option}, {"mari", k_option}, {"sshp", k_option}, {"----", k_block},  {"encr", k_word},
    {"pwd_", k_word},
}};

constexpr std::uint32_t with_byte(std::uint32_t key, char c) {
  return key << 8U | static_cast<std::uint8_t>(util::lower(c));
}
constexpr std::size_t slot_of(std::uint32_t key) { return (key * 0x9e3779b1U) >> 16U; }

std::uint32_t key_of(std::string_view text) {
  std::uint32_t key = 0;
  for (std::size_t i = 0; i < k_key_bytes; ++i) key = with_byte(key, text[i]);
  return key;
}

const std::vector<std::uint8_t>& marks() {
  static const std::vector<std::uint8_t> all = [] {
    std::vector<std::uint8_t> made(std::size_t{1} << 16U);
    for (const Keyword& keyword : keywords()) made[slot_of(key_of(keyword.bytes))] |= k_literal;
    for (const auto& [text, mark] : k_marks) made[slot_of(key_of(text))] |= mark;
    return made;
  }();
  return all;
}

struct Glance {
  std::uint8_t seen = 0;
  std::vector<std::size_t> literals;  // where one may stand
};

Glance glance_at(std::string_view text) {
  const std::vector<std::uint8_t>& table = marks();
  Glance glance;
  std::uint32_t key = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    key = with_byte(key, text[i]);
    const std::uint8_t mark = i + 1 < k_key_bytes ? std::uint8_t{0} : table[slot_of(key)];
    if (mark == 0) continue;
    glance.seen |= mark;
    if ((mark & k_literal) != 0) glance.literals.push_back(i + 1 - k_key_bytes);
  }
  return glance;
}

// ---- tokens by their form

const std::unordered_multimap<std::uint32_t, const Keyword*>& keyword_index() {
  static const auto index = [] {
    std::unordered_multimap<std::uint32_t, const Keyword*> made;
    for (const Keyword& keyword : keywords()) made.emplace(key_of(keyword.bytes), &keyword);
    return made;
  }();
  return index;
}

bool stands_at(std::string_view text, std::size_t at, const Keyword& keyword) {
  if (text.size() - at < keyword.bytes.size()) return false;
  if (!keyword.caseless) return text.substr(at, keyword.bytes.size()) == keyword.bytes;
  return std::equal(keyword.bytes.begin(), keyword.bytes.end(), text.begin() + static_cast<std::ptrdiff_t>(at),
                    [](char a, char b) { return util::lower(a) == util::lower(b); });
}

Place place_of(std::string_view text, std::size_t begin, std::size_t end, std::size_t open = 0) {
  const std::string_view value = text.substr(begin, end - begin);
  return {begin, end, std::min(open, value.size() / 2), masked(value, open)};
}

// The characters that tokens are made of, from some place on. Many may begin in one stretch of them: its end is
// looked for once.
class Stretches {
 public:
  explicit Stretches(std::string_view text) : m_text(text) {}
  std::size_t end_from(std::size_t at) {
    if (at >= m_begin && at < m_end) return m_end;
    m_begin = at;
    for (m_end = at; m_end < m_text.size() && is_part(m_text[m_end]);) ++m_end;
    return m_end;
  }

 private:
  static bool is_part(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("_-+/=.").find(c) != std::string_view::npos;
  }

  std::string_view m_text;
  std::size_t m_begin = 0, m_end = 0;
};

// A token whose end is not there any more.
std::optional<Place> cut_token(std::string_view text, std::size_t at, const Keyword& keyword, Stretches& stretches) {
  if (at > 0 && std::isalnum(static_cast<unsigned char>(text[at - 1])) != 0) return std::nullopt;
  const std::size_t begin = at + keyword.bytes.size(), end = stretches.end_from(begin);
  const bool cut = end == text.size() || text.substr(end).starts_with("…");
  const std::string_view rest = text.substr(begin, end - begin);
  if (!cut || rest.size() < k_least_cut || rest.size() > k_window || !has_letters_and_digits(rest) ||
      is_placeholder(rest))
    return std::nullopt;
  return Place{at, end, keyword.bytes.size(), keyword.bytes + "…"};
}

void add_token(std::string_view text, std::size_t at, const Keyword& keyword, const Kind& kind, Stretches& stretches,
               std::vector<Place>& out) {
  if (kind.entropy == 0) return;  // what it matches is no secret, only a mark of one
  const auto span = match_of(kind, text, at, keyword.bytes.size());
  const std::string_view value = span ? text.substr(span->begin, span->end - span->begin) : "";
  if (!span || is_placeholder(value)) {
    if (span || kind.form != Form::token) return;
    if (auto cut = cut_token(text, at, keyword, stretches)) out.push_back(std::move(*cut));
    return;
  }
  out.push_back(place_of(text, span->begin, span->end, value.starts_with(keyword.bytes) ? keyword.bytes.size() : 0));
  const std::string_view other = other_half(kind, {text, span->begin, span->end});
  if (other.empty()) return;
  const auto begin = static_cast<std::size_t>(other.data() - text.data());
  out.push_back(place_of(text, begin, begin + other.size()));
}

void add_tokens(std::string_view text, const std::vector<std::size_t>& places, std::vector<Place>& out) {
  Stretches stretches(text);
  for (const std::size_t at : places) {
    const auto [first, last] = keyword_index().equal_range(key_of(text.substr(at)));
    for (auto entry = first; entry != last; ++entry) {
      const Keyword& keyword = *entry->second;
      if (!stands_at(text, at, keyword)) continue;
      for (const std::uint32_t index : keyword.kinds)
        add_token(text, at, keyword, all_kinds()[index], stretches, out);
    }
  }
}

// ---- secrets by what stands before them

enum class Sort : std::uint8_t { address, option, word, key_set };

struct Phrase {
  Sort sort;
  std::string_view pattern;  // the value is the first group
  bool plain = false;        // any value counts, not only one with letters and digits
};

constexpr std::array<Phrase, 10> k_phrases = {{
    {Sort::address, "://[^\\s/:@]{0,100}:([^\\s/@]{4,400})@", true},
    {Sort::option, "(?:^|\\s)(?:-u|--user|--proxy-user)[= ]?[\"']?[^\\s:\"'=]{1,64}:([^\\s\"']{4,200})"},
    {Sort::word, "(?i)authorization[\"']?\\s*[:=]\\s*[\"']?(?:bearer|token|basic)\\s+([^\\s\"']{6,})"},
    {Sort::word,
     "(?i)(?:^|[\\s/"
     "])-{1,2}(?:password|passwd|pass|token|api[-_]?key|secret|access[-_]?key)(?:=|\\s+)[\"']?([^\\s\"']{6,})"},
    {Sort::word,
     "(?i)(?:password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key|auth_?key|_pass|_pwd|"
     "credentials?)[\"']?\\s*(?:=|:)\\s*[\"']?([^\\s\"';&,]{6,})"},
    // Behind a user's name only: other programs have folders, projects and ports there.
    {Sort::option, "(?:^|\\s)(?:-u|--user)[= ]?[^\\s]{1,200}\\s(?:.{0,200}\\s)?-p[= ]?[\"']?([^\\s\"']{6,})"},
    {Sort::option,
     "(?:^|[\\s/])(?:mysql[a-z]{0,20}|mariadb[a-z-]{0,20}|sshpass)\\s(?:[^|;&\\n]{0,200}\\s)?-p "
     "?[\"']?([^\\s\"']{6,})"},
    {Sort::word, "(?i)identified\\s+by\\s+[\"']?([^\\s\"';]{6,})"},
    // The private members of a JSON Web Key.
    {Sort::key_set, "\"(?:d|p|q|dp|dq|qi|k)\"\\s{0,4}:\\s{0,4}\"([A-Za-z0-9_-]{16,})\"", true},
    // The private part of a PuTTY key.
    {Sort::word, "Private-Lines: [0-9]{1,4}[\\r\\n]{1,2}([A-Za-z0-9+/=\\r\\n]{16,})", true},
}};

void add_phrase(const Phrase& phrase, const Regex& regex, std::string_view text, std::vector<Place>& out) {
  for (std::size_t from = 0;;) {
    const auto match = regex.find(text, from, text.size());
    if (!match || match->end <= from) return;
    from = match->end;
    const std::string_view value = text.substr(match->value_begin, match->value_end - match->value_begin);
    const bool secret = phrase.plain || (has_letters_and_digits(value) && value.front() != '/');
    if (secret && !is_placeholder(value) && value.find("…") == std::string_view::npos)
      out.push_back(place_of(text, match->value_begin, match->value_end));
  }
}

void add_phrases(std::string_view text, std::uint8_t seen, std::vector<Place>& out) {
  static const std::vector<Regex> regexes = [] {
    std::vector<Regex> made;
    for (const Phrase& phrase : k_phrases) made.emplace_back(phrase.pattern);
    return made;
  }();
  const std::size_t scheme = text.find("://");
  const bool address = scheme != std::string_view::npos && text.find('@', scheme) != std::string_view::npos;
  const bool option = (seen & k_option) != 0 || text.find("-u") != std::string_view::npos;
  const bool word = (seen & k_word) != 0;
  const bool key_set = word && text.find("\"kty\"") != std::string_view::npos;
  const std::array<bool, 4> asked{address, option, word, key_set};  // by Sort
  for (std::size_t i = 0; i < k_phrases.size(); ++i)
    if (asked[static_cast<std::size_t>(k_phrases[i].sort)]) add_phrase(k_phrases[i], regexes[i], text, out);
}

// The body between the lines of a private key, whether or not it is one.
void add_private_keys(std::string_view text, std::vector<Place>& out) {
  constexpr std::string_view k_begin = "-----BEGIN ", k_dashes = "-----";
  for (std::size_t at = text.find(k_begin); at != std::string_view::npos; at = text.find(k_begin, at + 1)) {
    const std::string_view rest = text.substr(at + k_begin.size(), k_most_key);
    const std::size_t label = rest.find(k_dashes);
    if (label == std::string_view::npos || label > 60) continue;
    if (rest.substr(0, label).find("PRIVATE KEY") == std::string_view::npos) continue;
    const std::size_t begin = at + k_begin.size() + label + k_dashes.size();
    const std::size_t end = std::min(text.find(k_dashes, begin), std::min(text.size(), begin + k_most_key));
    const std::string_view body = text.substr(begin, end - begin);
    if (body.size() >= k_least_key_body && !is_placeholder(body)) out.push_back(place_of(text, begin, end));
  }
}

// ---- a configuration's

// NAME=value, where the name promises a secret. What such a value holds is looked at once.
void add_variables(std::string_view text, std::vector<Place>& out) {
  const auto part = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
  };
  for (std::size_t equals = text.find('='); equals != std::string_view::npos; equals = text.find('=', equals)) {
    std::size_t name = equals;
    while (name > 0 && equals - name < k_longest_name && part(text[name - 1])) --name;
    const std::string_view named = text.substr(name, equals - name);
    std::size_t begin = ++equals;
    if (!is_secret_variable(named, "value")) continue;
    const char quote = begin < text.size() ? text[begin] : '\0';
    const bool quoted = quote == '"' || quote == '\'';
    if (quoted) ++begin;
    equals = std::min(quoted ? text.find(quote, begin) : text.find_first_of(" \t\r\n;|&", begin), text.size());
    const std::string_view value = text.substr(begin, equals - begin);
    if (is_secret_variable(named, value) && value.find("…") == std::string_view::npos)
      out.push_back(place_of(text, begin, equals));
  }
}

}  // namespace

std::vector<Place> places_of(std::string_view text, Look look) {
  std::vector<Place> places;
  const Glance glance = glance_at(text);
  add_tokens(text, glance.literals, places);
  add_phrases(text, glance.seen, places);
  if ((glance.seen & k_block) != 0) add_private_keys(text, places);
  if (look == Look::configuration) {
    for (const NamedValue& value : named_values(text)) places.push_back(place_of(text, value.begin, value.end));
    add_variables(text, places);
  }
  std::sort(places.begin(), places.end(),
            [](const Place& a, const Place& b) { return a.begin != b.begin ? a.begin < b.begin : a.end > b.end; });
  return places;
}

}  // namespace hullcheck::detect::secrets
