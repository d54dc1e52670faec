#include "detect/secrets/confirm.hpp"

#include <algorithm>
#include <cctype>
#include <map>

#include "detect/content/regex.hpp"
#include "detect/secrets/value.hpp"
#include "util/result.hpp"

namespace hullcheck::detect::secrets {
namespace {

// Between a name and its value: JSON, YAML, shell, properties, XML, code, with the quotes of one string in another.
constexpr std::string_view k_between =
    "(?:[\\\\\"'\\]]{0,4}[ \\t]{0,8}(?:=>|:=|[=:,])[ \\t]{0,8}|[\"']?[ \\t]{1,4}|>)(?:value=)?[\\\\\"'`]{0,4}";
constexpr int k_most_tries = 4;

bool is_alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool is_word(char c) { return is_alnum(c) || c == '_'; }

const Regex& regex_of(const Kind& kind) {
  static const std::vector<Regex> k_all = [] {
    std::vector<Regex> made;
    for (const Kind& one : all_kinds()) {
      const std::string pattern(one.pattern);
      made.emplace_back(one.form == Form::assigned ? std::string(k_between) + "(" + pattern + ")" : pattern);
    }
    return made;
  }();
  const Regex& regex = k_all[static_cast<std::size_t>(&kind - all_kinds().data())];
  HULLCHECK_ASSERT(regex.ok());
  return regex;
}

// True when a word may begin at `at`: after a blank, a sign, an escape ("\n") or a code of an address ("%3D").
bool begins_word(std::string_view text, std::size_t at) {
  if (at == 0 || !is_word(text[at - 1])) return true;
  const char before = text[at - 1];
  if (at >= 2 && text[at - 2] == '\\') return before == 'n' || before == 't' || before == 'r';
  const auto is_hex = [](char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; };
  return at >= 3 && text[at - 3] == '%' && is_hex(text[at - 2]) && is_hex(before);
}

bool ends_word(std::string_view text, std::size_t at) { return at >= text.size() || !is_word(text[at]); }

// A match of an unanchored pattern must take in the literal; others before it have hits of their own.
std::optional<Regex::Match> find_round(const Regex& regex, const Kind& kind, std::string_view window,
                                       std::size_t position, std::size_t size) {
  std::size_t from = position - std::min(position, kind.lead);
  const std::size_t to = std::min(window.size(), position + size + k_window);
  for (int i = 0; i < k_most_tries && from <= position; ++i) {
    const auto match = regex.find(window, from, to, kind.lead == 0 ? Regex::At::begin : Regex::At::anywhere);
    if (!match || match->begin > position) return std::nullopt;
    if (match->end >= position + size) return match;
    from = std::max(match->end, from + 1);
  }
  return std::nullopt;
}

std::optional<Regex::Match> match_at(const Kind& kind, std::string_view window, std::size_t position,
                                     std::size_t size) {
  const Regex& regex = regex_of(kind);
  const std::size_t to = std::min(window.size(), position + size + k_window);
  switch (kind.form) {
    case Form::token: {
      if (!begins_word(window, position)) return std::nullopt;
      const auto match = regex.find(window, position, to, Regex::At::begin);
      return match && ends_word(window, match->value_end) ? match : std::nullopt;
    }
    case Form::assigned: {
      const auto match = regex.find(window, position + size, to, Regex::At::begin);
      return match && ends_word(window, match->value_end) ? match : std::nullopt;
    }
    case Form::inside: {
      const auto match = find_round(regex, kind, window, position, size);
      if (!match || (kind.lead > 0 && !begins_word(window, match->value_begin) && match->value_begin == match->begin))
        return std::nullopt;
      return match && ends_word(window, match->value_end) ? match : std::nullopt;
    }
  }
  return std::nullopt;
}

// The fixed beginning of a token is no part of what must be random, and no secret.
std::size_t public_prefix(const Keyword& keyword, std::string_view value) {
  return value.starts_with(keyword.bytes) ? keyword.bytes.size() : 0;
}

// Code assigns calls and other variables to such names, which are no values.
bool is_code(std::string_view window, std::size_t end, std::string_view value) {
  const char next = end < window.size() ? window[end] : '\0';
  if (next == '(' || next == '[' || next == '{') return true;
  return value.find("()") != std::string_view::npos || value.find("://") != std::string_view::npos;
}

bool is_plausible(const Kind& kind, const Keyword& keyword, std::string_view window, const Regex::Match& match) {
  const std::string_view value = window.substr(match.value_begin, match.value_end - match.value_begin);
  if (is_published(value)) return false;
  if (kind.entropy == 0) return true;  // nothing of it is random: its check decides
  const std::string_view random = value.substr(public_prefix(keyword, value));
  if (is_placeholder(random) || entropy(random) < kind.entropy) return false;
  if (kind.form != Form::assigned) return true;
  // Some formats have no digits; in all others letters alone are an identifier.
  const bool phrase = value.find(' ') != std::string_view::npos || kind.pattern.find("0-9") == std::string_view::npos;
  return !is_default_password(value) && !is_code(window, match.value_end, value) &&
         (phrase || kind.strength != Strength::contextual || has_letters_and_digits(value));
}

}  // namespace

std::optional<Span> match_of(const Kind& kind, std::string_view window, std::size_t position, std::size_t size) {
  const auto match = match_at(kind, window, position, size);
  if (!match) return std::nullopt;
  return Span{match->value_begin, match->value_end};
}

EvidenceClass class_of(Strength strength, Validity validity) {
  if (validity == Validity::certain) return EvidenceClass::strong;
  EvidenceClass cls = EvidenceClass::context;
  if (strength == Strength::verified || strength == Strength::structured) cls = EvidenceClass::strong;
  if (strength == Strength::contextual) cls = EvidenceClass::supporting;
  if (validity == Validity::weaker && cls != EvidenceClass::context)
    cls = static_cast<EvidenceClass>(static_cast<std::uint8_t>(cls) + 1);
  return cls;
}

const std::vector<Keyword>& keywords() {
  static const std::vector<Keyword> all = [] {
    std::map<std::pair<std::string, bool>, std::vector<std::uint32_t>> found;
    for (std::uint32_t i = 0; i < all_kinds().size(); ++i) {
      const Kind& kind = all_kinds()[i];
      std::string_view rest = kind.literals;
      while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(' '), rest.size());
        std::string word(rest.substr(0, end));
        std::replace(word.begin(), word.end(), '\t', ' ');
        const bool caseless = kind.form == Form::assigned || word.front() == ';';
        if (!word.empty()) found[{word, caseless}].push_back(i);
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
    std::vector<Keyword> made;
    for (auto& [key, kinds] : found) made.push_back({key.first, key.second, std::move(kinds)});
    return made;
  }();
  return all;
}

std::optional<Found> confirm(const Kind& kind, const Keyword& keyword, std::string_view window,
                             std::size_t position) {
  // Checks look no further than this round the literal.
  const std::size_t from = position - std::min(position, k_window);
  const std::size_t to = std::min(window.size(), position + keyword.bytes.size() + 2 * k_window);
  const std::string_view near = window.substr(from, to - from);
  const auto match = match_at(kind, near, position - from, keyword.bytes.size());
  if (!match || !is_plausible(kind, keyword, near, *match)) return std::nullopt;
  Judgement judgement;
  if (kind.check != nullptr) judgement = kind.check({near, match->value_begin, match->value_end});
  if (judgement.validity == Validity::invalid || judgement.validity == Validity::example) return std::nullopt;
  const std::string_view value = near.substr(match->value_begin, match->value_end - match->value_begin);
  return Found{&kind,
               class_of(kind.strength, judgement.validity),
               from + match->value_begin,
               from + match->value_end,
               masked(value, public_prefix(keyword, value)),
               std::move(judgement.detail)};
}

}  // namespace hullcheck::detect::secrets
