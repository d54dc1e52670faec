// JSON as miners read it (RFC 8259 with comments and trailing commas), from one key on.
//
// XMRig and those after it: "pools": [{"url": …, "user": …}] beside settings that no other program has. XMR-Stak:
// "pool_list": [{"pool_address": …, "wallet_address": …}]. cpuminer and old XMRig: url and user in the object itself.
// Hostile: the text may be cut, endless or nested without end. Only k_most_text bytes round the key are looked at,
// nesting is counted and not followed, and every step moves forward.
#include <algorithm>
#include <array>
#include <set>

#include "detect/mining/miner_config.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_text = std::size_t{12} << 10;  // on either side of the key
constexpr std::size_t k_most_depth = 64;
constexpr std::size_t k_most_pools = 8;
constexpr std::size_t k_most_value = 512;
constexpr std::size_t k_fewest_marks = 2;

// Keys beside url and user that make a list of pools a miner's.
constexpr std::array<std::string_view, 22> k_marks = {
    "algo",         "coin",           "keepalive",   "nicehash",         "rig-id",
    "donate-level", "randomx",        "cpu",         "opencl",           "cuda",
    "print-time",   "huge-pages",     "tls",         "retries",          "donate-over-proxy",
    "pass",         "hw-aes",         "retry-pause", "max-threads-hint", "asm",
    "self-select",  "tls-fingerprint"};
// Common words: these two count once together.
constexpr std::array<std::string_view, 3> k_common = {"tls", "pass", "retries"};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

enum class Kind : std::uint8_t { end, open, close, string, colon, comma, word };

struct Token {
  Kind kind = Kind::end;
  char bracket = 0;
  std::string text;  // of a string, unescaped as far as ASCII goes
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : m_text(text) {}
  std::size_t position() const { return m_at; }

  Token next() {
    skip_blanks();
    if (m_at >= m_text.size()) return {};
    const char c = m_text[m_at];
    switch (c) {
      case '{':
      case '[': ++m_at; return {Kind::open, c, {}};
      case '}':
      case ']': ++m_at; return {Kind::close, c, {}};
      case ':': ++m_at; return {Kind::colon, c, {}};
      case ',': ++m_at; return {Kind::comma, c, {}};
      case '"': return string();
      default: return word();
    }
  }

 private:
  void skip_blanks() {
    while (m_at < m_text.size()) {
      const std::string_view rest = m_text.substr(m_at);
      if (is_space(rest[0])) {
        ++m_at;
      } else if (rest.starts_with("//") || rest[0] == '#') {
        m_at = std::min(m_text.find('\n', m_at), m_text.size());
      } else if (rest.starts_with("/*")) {
        const std::size_t end = m_text.find("*/", m_at + 2);
        m_at = end == std::string_view::npos ? m_text.size() : end + 2;
      } else {
        return;
      }
    }
  }

  Token string() {
    Token token{Kind::string, 0, {}};
    for (++m_at; m_at < m_text.size() && m_text[m_at] != '"'; ++m_at) {
      char c = m_text[m_at];
      if (c == '\\' && m_at + 1 < m_text.size()) c = escaped();
      if (token.text.size() < k_most_value) token.text += c;
    }
    if (m_at < m_text.size()) ++m_at;
    return token;
  }

  char escaped() {
    const char c = m_text[++m_at];
    if (c != 'u' || m_at + 4 >= m_text.size()) return c;
    unsigned value = 0;
    for (unsigned i = 1; i <= 4; ++i) {
      const char digit = m_text[m_at + i];
      const char lower = static_cast<char>(digit | 0x20);
      if (digit >= '0' && digit <= '9')
        value = value * 16 + static_cast<unsigned>(digit - '0');
      else if (lower >= 'a' && lower <= 'f')
        value = value * 16 + static_cast<unsigned>(lower - 'a' + 10);
      else
        return c;
    }
    m_at += 4;
    return value < 0x80 ? static_cast<char>(value) : '?';
  }

  Token word() {
    while (m_at < m_text.size() && !is_space(m_text[m_at]) &&
           std::string_view("{}[]:,\"").find(m_text[m_at]) == std::string_view::npos)
      ++m_at;
    return {Kind::word, 0, {}};
  }

  std::string_view m_text;
  std::size_t m_at = 0;
};

// Calls visit(key, value, depth) for each key with a string value (value "" for all others) until the bracket that
// was open at the start is closed.
template <class Visit>
bool walk(Lexer& lexer, std::size_t depth, Visit visit) {
  const std::size_t least = depth;
  Token before;
  bool after_key = false;
  std::string key;
  for (;;) {
    Token token = lexer.next();
    if (token.kind == Kind::end) return false;
    if (after_key) {
      visit(key, token.kind == Kind::string ? token.text : std::string(), depth);
      after_key = false;
    }
    if (token.kind == Kind::colon && before.kind == Kind::string) {
      key = before.text;
      after_key = true;
    }
    if (token.kind == Kind::open && ++depth > least + k_most_depth) return false;
    if (token.kind == Kind::close && --depth < least) return true;
    before = std::move(token);
  }
}

bool contains(const auto& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

struct Names {
  std::string_view anchor, url, user, form;
};
constexpr std::array<Names, 2> k_lists{{
    {"pools", "url", "user", "pools"},
    {"pool_list", "pool_address", "wallet_address", "pool_list"},
}};

void add_mark(std::set<std::string>& marks, const std::string& key) {
  if (contains(k_marks, key)) marks.insert(contains(k_common, key) ? std::string("pass") : key);
}

// The array after the key: items with a URL and a user.
std::vector<MinerPool> read_pools(Lexer& lexer, const Names& names, std::set<std::string>& marks) {
  std::vector<MinerPool> pools;
  MinerPool item;
  bool has_url = false, has_user = false;
  std::size_t item_depth = 0;
  walk(lexer, 1, [&](const std::string& key, const std::string& value, std::size_t depth) {
    add_mark(marks, key);
    if (key == names.url) {
      if (has_url && pools.size() < k_most_pools) has_user = false;
      item = {value, has_user ? item.user : std::string()};
      has_url = !value.empty();
      item_depth = depth;
    }
    if (key == names.user) {
      item.user = value;
      has_user = true;
      if (item_depth != 0 && item_depth != depth) has_url = false;
      item_depth = depth;
    }
    if (has_url && has_user) {
      if (pools.size() < k_most_pools) pools.push_back(item);
      has_url = has_user = false;
      item_depth = 0;
    }
  });
  return pools;
}

// Keys before the list: what stands in quotes before a colon.
void marks_before(std::string_view text, std::set<std::string>& marks) {
  for (std::size_t at = text.find('"'); at != std::string_view::npos; at = text.find('"', at + 1)) {
    const std::size_t end = text.find('"', at + 1);
    if (end == std::string_view::npos) return;
    std::size_t after = end + 1;
    while (after < text.size() && is_space(text[after])) ++after;
    if (after < text.size() && text[after] == ':' && end - at <= 32)
      add_mark(marks, std::string(text.substr(at + 1, end - at - 1)));
  }
}

std::optional<MinerConfig> made(std::vector<MinerPool> pools, const std::set<std::string>& marks,
                                std::string_view form) {
  if (pools.empty() || marks.size() < k_fewest_marks) return std::nullopt;
  return MinerConfig{std::move(pools), {marks.begin(), marks.end()}, form};
}

std::optional<MinerConfig> list_at(std::string_view before, std::string_view after, const Names& names) {
  Lexer lexer(after);
  const Token key = lexer.next();
  if (key.text != names.anchor || lexer.next().kind != Kind::colon) return std::nullopt;
  const Token open = lexer.next();
  if (open.kind != Kind::open || open.bracket != '[') return std::nullopt;
  std::set<std::string> marks;
  std::vector<MinerPool> pools = read_pools(lexer, names, marks);
  if (pools.empty()) return std::nullopt;
  marks_before(before, marks);
  walk(lexer, 1, [&](const std::string& name, const std::string&, std::size_t) { add_mark(marks, name); });
  // XMR-Stak's two keys are like nobody else's.
  if (names.form == "pool_list") marks.insert({"pool_address", "wallet_address"});
  return made(std::move(pools), marks, names.form);
}

// One object with url and user and what only a miner sets.
std::optional<MinerConfig> flat_at(std::string_view before, std::string_view after) {
  const std::size_t open = before.rfind('{');
  if (open == std::string_view::npos) return std::nullopt;
  std::string object(before.substr(open + 1));
  object += after;
  Lexer lexer(object);
  std::set<std::string> marks;
  MinerPool pool;
  walk(lexer, 1, [&](const std::string& key, const std::string& value, std::size_t depth) {
    if (depth == 1) add_mark(marks, key);
    if (depth == 1 && key == "url" && pool.url.empty()) pool.url = value;
    if (depth == 1 && key == "user" && pool.user.empty()) pool.user = value;
  });
  if (pool.url.empty() || pool.user.empty()) return std::nullopt;
  return made({pool}, marks, "flat");
}

std::string without_escapes(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      if (text[i + 1] == '"') continue;
      if (text[i + 1] == 'n' || text[i + 1] == 't' || text[i + 1] == 'r') {
        plain += ' ';
        ++i;
        continue;
      }
    }
    plain += text[i];
  }
  return plain;
}

}  // namespace

std::optional<MinerConfig> miner_config_at(std::string_view text, std::size_t position) {
  if (position >= text.size()) return std::nullopt;
  const bool escaped = text[position] == '\\';
  const std::size_t from = position - std::min(position, k_most_text);
  std::string before(text.substr(from, position - from));
  std::string after(text.substr(position, k_most_text));
  if (escaped) {
    before = without_escapes(before);
    after = without_escapes(after);
  }
  for (const Names& names : k_lists)
    if (auto config = list_at(before, after, names)) return config;
  return flat_at(before, after);
}

}  // namespace hullcheck::detect
