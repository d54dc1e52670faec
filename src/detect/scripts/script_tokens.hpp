// Source text of scripting languages as tokens: names, texts, numbers, signs. One tokenizer with a few switches
// serves all languages, since what is looked for later needs no grammar. What it does not know becomes signs.
//
// Hostile: one pass, linear, no recursion; a bound on tokens; brackets are matched with a list, so depth costs
// nothing.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "detect/scripts/script_language.hpp"

namespace hullcheck::detect {

enum class TokenKind : std::uint8_t { name, text, number, sign, end };

struct ScriptToken {
  TokenKind kind = TokenKind::end;
  // Of a text: ' " ` or / for a regular expression; 'v' where nothing is escaped. Of what replaces matches of the
  // expression before it, in Perl: 's' a text, 'e' code, 'E' code whose result is code, 'y' a table of characters.
  char quote = 0;
  bool filled = false;  // a text in which names are replaced: f"…", "…" of PHP and Perl, `…`
  bool bytes = false;   // b"…"
  std::uint32_t line = 1;
  std::uint32_t column = 0;  // of the line's first token: how far the line is indented
  std::uint32_t begin = 0;   // in the code; of a text: behind the quote
  std::uint32_t end = 0;
  std::uint32_t match = 0;  // of a bracket: the token that closes or opens it; itself when there is none
};

struct ScriptTokens {
  std::string_view code;  // borrowed
  ScriptLanguage language = ScriptLanguage::none;
  std::vector<ScriptToken> tokens;
  std::string_view data;  // behind __END__ or __DATA__
  bool truncated = false;

  std::string_view text(std::size_t i) const {
    return i < tokens.size() ? code.substr(tokens[i].begin, tokens[i].end - tokens[i].begin) : std::string_view();
  }
  bool is_sign(std::size_t i, std::string_view sign) const {
    return i < tokens.size() && tokens[i].kind == TokenKind::sign && is_same(tokens[i], sign);
  }
  bool is_name(std::size_t i) const { return i < tokens.size() && tokens[i].kind == TokenKind::name; }
  bool is_name(std::size_t i, std::string_view name) const { return is_name(i) && is_same(tokens[i], name); }

 private:
  // The first byte settles most questions.
  bool is_same(const ScriptToken& token, std::string_view other) const {
    return token.end - token.begin == other.size() && !other.empty() && code[token.begin] == other[0] &&
           code.compare(token.begin, other.size(), other) == 0;
  }
};

constexpr std::size_t k_most_script_tokens = 600'000;
// Of so few bytes what a script decodes is worked out, whether or not it runs anything.
constexpr std::size_t k_small_script = 4U << 10;

// `code` must outlive the result. `page`: text outside of <?php … ?> or <% … %> is no code.
ScriptTokens script_tokens(std::string_view code, ScriptLanguage language, bool page,
                           std::size_t most = k_most_script_tokens);

// The code without what nobody runs: comments, documentation, texts that stand alone as statements. What stood
// between two tokens becomes one blank.
std::string spoken_code(const ScriptTokens& tokens);

// The text of a text token as the program sees it.
std::string unescaped(std::string_view raw, const ScriptToken& token, ScriptLanguage language);

}  // namespace hullcheck::detect
