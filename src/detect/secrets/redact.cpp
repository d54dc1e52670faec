// Secrets in what is said about an image: command lines in evidence, lines of history, chains. A report goes to
// people and services who may not read the image.
//
// Texts are short, so their words are looked up by their first bytes instead of by the compiled search.
#include <algorithm>
#include <array>
#include <cctype>
#include <unordered_map>

#include "detect/content/regex.hpp"
#include "detect/secrets/confirm.hpp"
#include "detect/secrets/value.hpp"

namespace hullcheck::detect::secrets {
namespace {

constexpr std::size_t k_key_bytes = 4;
constexpr std::size_t k_least_cut = 6;  // characters of a token that the end of the text cuts off

// The value is the first group.
constexpr std::array<std::string_view, 6> k_phrases = {
    "://[^\\s/:@]{0,64}:([^\\s/@]{4,200})@",
    "(?:^|\\s)(?:-u|--user|--proxy-user)[= ]?[\"']?[^\\s:\"'=]{1,64}:([^\\s\"']{4,200})",
    "(?i)authorization[\"']?\\s*[:=]\\s*[\"']?(?:bearer|token|basic)\\s+([^\\s\"']{6,})",
    "(?i)(?:^|[\\s/"
    "])-{1,2}(?:password|passwd|pass|token|api[-_]?key|secret|access[-_]?key)(?:=|\\s+)[\"']?([^\\s\"']{6,})",
    "(?i)(?:password|passwd|passphrase|secret|token|api_?key|access_?key|private_?key)[\"']?\\s*(?:=|:)\\s*[\"']?"
    "([^\\s\"';&,]{6,})",
    // Behind a user's name only: other programs have folders, projects and ports there.
    "(?:^|\\s)(?:-u|--user)[= ]?[^\\s]{1,200}\\s(?:.{0,200}\\s)?-p[= ]?[\"']?([^\\s\"']{6,})"};

std::uint32_t key_at(std::string_view text, std::size_t at) {
  std::uint32_t key = 0;
  for (std::size_t i = 0; i < k_key_bytes; ++i)
    key = key << 8U | static_cast<std::uint32_t>(std::tolower(static_cast<unsigned char>(text[at + i])));
  return key;
}

const std::unordered_multimap<std::uint32_t, const Keyword*>& keyword_index() {
  static const auto index = [] {
    std::unordered_multimap<std::uint32_t, const Keyword*> made;
    for (const Keyword& keyword : keywords()) made.emplace(key_at(keyword.bytes, 0), &keyword);
    return made;
  }();
  return index;
}

bool stands_at(std::string_view text, std::size_t at, const Keyword& keyword) {
  if (text.size() - at < keyword.bytes.size()) return false;
  if (!keyword.caseless) return text.substr(at, keyword.bytes.size()) == keyword.bytes;
  return std::equal(
      keyword.bytes.begin(), keyword.bytes.end(), text.begin() + static_cast<std::ptrdiff_t>(at), [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
      });
}

struct Change {
  std::size_t begin, end;
  std::string text;
  bool operator<(const Change& other) const { return begin != other.begin ? begin < other.begin : end > other.end; }
};

// A token whose end is not there any more.
std::optional<Change> cut_token(std::string_view text, std::size_t at, const Keyword& keyword) {
  if (at > 0 && std::isalnum(static_cast<unsigned char>(text[at - 1])) != 0) return std::nullopt;
  std::size_t end = at + keyword.bytes.size();
  const auto part = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("_-+/=.").find(c) != std::string_view::npos;
  };
  while (end < text.size() && part(text[end])) ++end;
  const bool cut = end == text.size() || text.substr(end).starts_with("…");
  const std::string_view rest = text.substr(at + keyword.bytes.size(), end - at - keyword.bytes.size());
  if (!cut || rest.size() < k_least_cut || !has_letters_and_digits(rest)) return std::nullopt;
  return Change{at, end, keyword.bytes + "…"};
}

void find_tokens(std::string_view text, std::vector<Change>& out) {
  for (std::size_t at = 0; at + k_key_bytes <= text.size(); ++at) {
    const auto [first, last] = keyword_index().equal_range(key_at(text, at));
    for (auto entry = first; entry != last; ++entry) {
      const Keyword& keyword = *entry->second;
      if (!stands_at(text, at, keyword)) continue;
      for (const std::uint32_t index : keyword.kinds) {
        const Kind& kind = all_kinds()[index];
        if (kind.entropy == 0) continue;  // what it matches is no secret, only a mark of one
        const auto span = match_of(kind, text, at, keyword.bytes.size());
        const std::string_view value = span ? text.substr(span->begin, span->end - span->begin) : "";
        if (span && !is_placeholder(value))
          out.push_back(
              {span->begin, span->end, masked(value, value.starts_with(keyword.bytes) ? keyword.bytes.size() : 0)});
        else if (kind.form == Form::token)
          if (auto change = cut_token(text, at, keyword)) out.push_back(std::move(*change));
      }
    }
  }
}

void find_phrases(std::string_view text, std::vector<Change>& out) {
  static const std::vector<Regex> phrases = [] {
    std::vector<Regex> made;
    for (const std::string_view pattern : k_phrases) made.emplace_back(pattern);
    return made;
  }();
  for (const Regex& phrase : phrases) {
    for (std::size_t from = 0;;) {
      const auto match = phrase.find(text, from, text.size());
      if (!match || match->end <= from) break;
      from = match->end;
      const std::string_view value = text.substr(match->value_begin, match->value_end - match->value_begin);
      const bool address = &phrase == &phrases.front();
      const bool secret = address || (has_letters_and_digits(value) && value.front() != '/');
      if (secret && !is_placeholder(value) && value.find("…") == std::string_view::npos)
        out.push_back({match->value_begin, match->value_end, masked(value, 0)});
    }
  }
}

}  // namespace

std::string redacted(std::string_view text) {
  std::vector<Change> changes;
  find_tokens(text, changes);
  if (text.find_first_of(":=-") != std::string_view::npos) find_phrases(text, changes);
  if (changes.empty()) return std::string(text);
  std::sort(changes.begin(), changes.end());
  std::string out;
  std::size_t done = 0;
  for (const Change& change : changes) {
    if (change.begin < done) {
      // Overlapping ones: nothing of either may remain.
      done = std::max(done, change.end);
      continue;
    }
    out += text.substr(done, change.begin - done);
    out += change.text;
    done = change.end;
  }
  out += text.substr(std::min(done, text.size()));
  return out;
}

}  // namespace hullcheck::detect::secrets
