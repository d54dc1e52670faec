// RE2 (google/re2) behind Regex. Memory of a pattern is bounded, so a rule of a user's cannot ask for more.
#include "detect/content/regex.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <mutex>

namespace hullcheck::detect {
namespace {

constexpr int k_most_memory = 16 << 20;

RE2::Options options() {
  RE2::Options made(RE2::Latin1);
  made.set_log_errors(false);
  made.set_max_mem(k_most_memory);
  return made;
}

}  // namespace

struct Regex::State {
  explicit State(std::string_view text) : pattern(text) {}

  const RE2& compiled() {
    std::call_once(once, [this] { made.emplace(pattern, options()); });
    return *made;
  }

  // Positions are those in `text`, of which `subject` is a part.
  std::optional<Match> match(std::string_view text, const re2::StringPiece& subject, std::size_t from,
                             RE2::Anchor anchor) {
    const RE2& regex = compiled();
    if (!regex.ok()) return std::nullopt;
    std::array<re2::StringPiece, 2> parts;
    const int wanted = std::min(2, 1 + regex.NumberOfCapturingGroups());
    if (!regex.Match(subject, from, subject.size(), anchor, parts.data(), wanted)) return std::nullopt;
    const auto place = [&](const re2::StringPiece& part) {
      return static_cast<std::size_t>(part.data() - text.data());
    };
    Match match;
    match.begin = place(parts[0]);
    match.end = match.begin + parts[0].size();
    const bool group = wanted == 2 && parts[1].data() != nullptr;
    match.value_begin = group ? place(parts[1]) : match.begin;
    match.value_end = group ? match.value_begin + parts[1].size() : match.end;
    return match;
  }

  const std::string pattern;
  std::once_flag once;
  std::optional<RE2> made;
};

Regex::Regex(std::string_view pattern) : m_state(std::make_unique<State>(pattern)) {}
Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

bool Regex::ok() const { return m_state->compiled().ok(); }
std::string Regex::error() const { return m_state->compiled().error(); }

std::optional<Regex::Match> Regex::find(std::string_view text, std::size_t from, std::size_t to, At at) const {
  to = std::min(to, text.size());
  if (from > to) return std::nullopt;
  const re2::StringPiece subject(text.data() + from, to - from);
  return m_state->match(text, subject, 0, at == At::begin ? RE2::ANCHOR_START : RE2::UNANCHORED);
}

std::optional<Regex::Match> Regex::find_from(std::string_view text, std::size_t from) const {
  if (from > text.size()) return std::nullopt;
  return m_state->match(text, re2::StringPiece(text.data(), text.size()), from, RE2::UNANCHORED);
}

bool Regex::fits(std::string_view text) const {
  return m_state->match(text, re2::StringPiece(text.data(), text.size()), 0, RE2::ANCHOR_BOTH).has_value();
}

}  // namespace hullcheck::detect
