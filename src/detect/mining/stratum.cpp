// Addresses of mining pools in the form that miners take: stratum+tcp://HOST:PORT.
//
// Form: "stratum" or "stratum1", "stratum2"; an optional "s" or "ss"; any "+transport"; "://", also as JSON, percent
// encoding and shells escape it; a host name, an IPv4 address or one in brackets, or a variable that will hold one; a
// port. The bare scheme without a host is in every miner's help text and says nothing.
#include <algorithm>
#include <array>
#include <optional>

#include "detect/content/hidden_literal.hpp"
#include "detect/detector.hpp"
#include "detect/mining/pool_hosts.hpp"

namespace hullcheck::detect {
namespace {

constexpr auto k_scheme = hide("stratum");
constexpr std::size_t k_most_host = 253;
constexpr std::size_t k_most_transport = 16;

constexpr std::array<RuleRow, 1> k_rows{{
    {"M01", EvidenceClass::decisive, model::Severity::high, 90, "Mining pool address (stratum URL)", "T1496.001",
     "Do not run this image unless it is meant to mine."},
}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// A pointer into text that takes what it is asked for, or stays.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : m_rest(text) {}
  std::string_view rest() const { return m_rest; }

  bool take(std::string_view word) {
    if (!m_rest.starts_with(word)) return false;
    m_rest.remove_prefix(word.size());
    return true;
  }
  bool take_any(std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return take(word); });
  }
  template <class Test>
  std::string_view take_while(Test test, std::size_t most) {
    std::size_t size = 0;
    while (size < m_rest.size() && size < most && test(m_rest[size])) ++size;
    const std::string_view taken = m_rest.substr(0, size);
    m_rest.remove_prefix(size);
    return taken;
  }

 private:
  std::string_view m_rest;
};

bool take_colon(Cursor& at) { return at.take_any({":", "%3A", "%3a", "\\:", "\\u003a", "\\x3a"}); }
bool take_slash(Cursor& at) { return at.take_any({"/", "\\/", "%2F", "%2f", "\\u002f", "\\x2f"}); }

enum class HostKind : std::uint8_t { name, address, shell_variable, placeholder };

struct Host {
  std::string text;
  HostKind kind = HostKind::name;
};

bool is_ipv4(std::string_view host) {
  return std::count(host.begin(), host.end(), '.') == 3 &&
         host.find_first_not_of("0123456789.") == std::string_view::npos;
}

// "$POOL", "${POOL:-x}", "$(cmd)", "%s", "{host}", "<host>".
std::optional<Host> take_variable(Cursor& at) {
  const std::string_view before = at.rest();
  const auto used = [&] { return std::string(before.substr(0, before.size() - at.rest().size())); };
  const auto until = [&](char close) {
    at.take_while([close](char c) { return c != close && c != '\n' && c != '\0'; }, 128);
    return at.take(std::string_view(&close, 1));
  };
  if (at.take("${")) return until('}') ? std::optional(Host{used(), HostKind::shell_variable}) : std::nullopt;
  if (at.take("$(")) return until(')') ? std::optional(Host{used(), HostKind::shell_variable}) : std::nullopt;
  if (at.take("$")) {
    const auto name = at.take_while([](char c) { return is_letter(c) || is_digit(c) || c == '_'; }, 64);
    if (name.empty()) return std::nullopt;
    return Host{used(), HostKind::shell_variable};
  }
  if (at.take_any({"%s", "%.*s", "%d", "%u", "%hu", "%i", "{}"})) return Host{used(), HostKind::placeholder};
  if (at.take("{")) return until('}') ? std::optional(Host{used(), HostKind::placeholder}) : std::nullopt;
  if (at.take("<")) return until('>') ? std::optional(Host{used(), HostKind::placeholder}) : std::nullopt;
  return std::nullopt;
}

std::optional<Host> take_host(Cursor& at) {
  if (at.take("[")) {
    const auto inner =
        at.take_while([](char c) { return is_digit(c) || is_letter(c) || c == ':' || c == '.' || c == '%'; }, 64);
    if (!at.take("]") || inner.find(':') == std::string_view::npos) return std::nullopt;
    return Host{std::string(inner), HostKind::address};
  }
  if (auto variable = take_variable(at)) return variable;
  std::string_view name = at.take_while(is_host_character, k_most_host);
  while (name.ends_with('.')) name.remove_suffix(1);
  if (name.empty() || name.front() == '.' || name.front() == '-') return std::nullopt;
  return Host{std::string(name), is_ipv4(name) ? HostKind::address : HostKind::name};
}

// "wallet.worker:password@" before the host.
void skip_user(Cursor& at) {
  Cursor ahead = at;
  ahead.take_while([](char c) { return is_host_character(c) || c == ':' || c == '+' || c == '%' || c == '$'; }, 300);
  if (ahead.take("@")) at = ahead;
}

struct Pool {
  std::string url;
  Host host;
  std::string port;  // "" where there is none, or a variable
};

bool valid_port(std::string_view digits) {
  if (digits.empty() || digits.size() > 5) return false;
  unsigned value = 0;
  for (const char c : digits) value = value * 10 + static_cast<unsigned>(c - '0');
  return value >= 1 && value <= 65535;
}

// `text` starts with the scheme's word.
std::optional<Pool> parse_pool(std::string_view text, std::size_t word) {
  Cursor at(text.substr(word));
  at.take_any({"1", "2", "V2", "v2"});
  at.take_any({"ss", "s", "SS", "S"});
  while (at.take_any({"+", "%2B", "%2b"})) {
    if (at.take_while([](char c) { return is_letter(c) || is_digit(c) || c == '.'; }, k_most_transport).empty())
      return std::nullopt;
  }
  if (!take_colon(at) || !take_slash(at) || !take_slash(at)) return std::nullopt;
  skip_user(at);
  const auto host = take_host(at);
  if (!host) return std::nullopt;
  Pool pool;
  pool.host = *host;
  if (take_colon(at)) {
    const std::string_view digits = at.take_while(is_digit, 6);
    if (valid_port(digits))
      pool.port = digits;
    else if (const auto variable = take_variable(at))
      pool.port = variable->text;
  }
  pool.url = text.substr(0, text.size() - at.rest().size());
  return pool;
}

// A single word is a placeholder ("pool", "host") unless a port follows: then it may be a name of the local network.
bool plausible(const Pool& pool) {
  if (pool.host.kind != HostKind::name) return true;
  const std::string_view name = pool.host.text;
  if (name.find('.') == std::string_view::npos) return !pool.port.empty() && is_digit(pool.port.front());
  return name.find("..") == std::string_view::npos;
}

class Stratum final : public Detector {
 public:
  std::vector<Literal> literals() const override { return {{k_scheme.reveal(), true}}; }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    const std::string_view text = as_text(hit.window).substr(hit.position, 1024);
    const auto pool = parse_pool(text, k_scheme.bytes.size());
    if (!pool || !plausible(*pool)) return;
    Evidence evidence = evidence_of(k_rows[0], pool->url);
    if (pool->host.kind == HostKind::placeholder) {
      evidence.cls = EvidenceClass::supporting;
      evidence.confidence = 50;
    }
    evidence.offset = hit.offset;
    evidence.line = hit.line();
    evidence.values.emplace_back("host", pool->host.text);
    evidence.values.emplace_back("port", pool->port);
    out.add(std::move(evidence));
  }
};

const util::Registered<Stratum> registered{{
    .id = "stratum",
    .version = 1,
    .summary = "stratum URLs of mining pools",
    .example = "stratum+ssl://pool[.]example:3333",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
