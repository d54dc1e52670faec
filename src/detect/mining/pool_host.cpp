// Hosts of public mining pools, compared as parsed names.
//
// A pool's name stands in three sorts of text: in a miner's settings, mostly with a port; in a link to the pool's web
// site; and in lists (blocked hosts, preloaded HSTS, rules of other scanners). The first is what is looked for. A
// link counts less. A list is told by the company that the name keeps: other hosts by the hundred, or other pools by
// the dozen. A port or the word stratum beside it ends that benefit, for lists have neither.
#include <algorithm>
#include <array>
#include <set>

#include "detect/detector.hpp"
#include "detect/mining/pool_hosts.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_around = 8192;  // bytes on either side that are looked at for other hosts
constexpr std::size_t k_hosts_of_list = 200;
constexpr std::size_t k_pools_of_list = 8;
// Large files show less around a hit; a list is dense.
constexpr std::size_t k_hosts_of_dense_list = 60;
constexpr std::size_t k_dense = 4608;

constexpr std::array<RuleRow, 1> k_rows{{
    {"M02", EvidenceClass::strong, model::Severity::high, 80, "Host of a public mining pool", "T1496.001",
     "Do not run this image unless it is meant to mine."},
}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct Mention {
  std::string_view host;
  std::string_view domain;
  std::string_view port;    // digits
  std::string_view scheme;  // "http", "https", "stratum+tcp"; "" without
  bool mail = false;
};

std::string_view port_after(std::string_view text, std::size_t end) {
  if (end >= text.size() || text[end] != ':') return {};
  std::size_t stop = end + 1;
  while (stop < text.size() && stop - end <= 6 && is_digit(text[stop])) ++stop;
  const std::string_view digits = text.substr(end + 1, stop - end - 1);
  return digits.size() <= 5 ? digits : std::string_view();
}

std::string_view scheme_before(std::string_view text, std::size_t begin) {
  std::size_t at = begin;
  for (unsigned slashes = 0; slashes < 2; ++slashes) {
    if (at == 0 || text[at - 1] != '/') return {};
    --at;
    if (at > 0 && text[at - 1] == '\\') --at;
  }
  if (at == 0 || text[at - 1] != ':') return {};
  const std::size_t end = --at;
  while (at > 0 && end - at < 24 && (is_host_character(text[at - 1]) || text[at - 1] == '+')) --at;
  return text.substr(at, end - at);
}

// The mention round a domain that starts at `position`; nothing when the domain is a part of something longer.
Mention mention_at(std::string_view text, std::size_t position) {
  std::size_t begin = position, end = position;
  while (begin > 0 && position - begin < 253 && is_host_character(text[begin - 1])) --begin;
  while (end < text.size() && end - position < 253 && is_host_character(text[end])) ++end;
  while (end > position && text[end - 1] == '.') --end;
  // Escaped line ends stick to names: "\nxmr.pool.example".
  if (begin > 0 && text[begin - 1] == '\\' && begin < position) ++begin;
  Mention mention;
  mention.host = text.substr(begin, end - begin);
  mention.domain = pool_domain_of(mention.host);
  mention.port = port_after(text, end);
  mention.scheme = scheme_before(text, begin);
  mention.mail = begin > 0 && text[begin - 1] == '@' && mention.scheme.empty() && mention.port.empty();
  return mention;
}

struct Company {
  std::size_t hosts = 0, pools = 0;
};

// Distinct names with a dot between letters, up to what makes a list.
Company company_of(std::string_view text) {
  std::set<std::string_view> hosts, pools;
  for (std::size_t at = 0; at < text.size() && hosts.size() < k_hosts_of_list;) {
    std::size_t end = at;
    bool dot = false, letter = false;
    while (end < text.size() && is_host_character(text[end])) {
      dot |= text[end] == '.' && end > at && end + 1 < text.size() && is_host_character(text[end + 1]);
      letter |= !is_digit(text[end]) && text[end] != '.';
      ++end;
    }
    if (dot && letter && end - at >= 4 && end - at <= 253) {
      const std::string_view host = text.substr(at, end - at);
      hosts.insert(host);
      if (const std::string_view domain = pool_domain_of(host); !domain.empty()) pools.insert(domain);
    }
    at = end + 1;
  }
  return {hosts.size(), pools.size()};
}

bool is_list(std::string_view window, std::size_t position) {
  const std::size_t from = position - std::min(position, k_around);
  const std::string_view around = window.substr(from, position - from + k_around);
  const Company company = company_of(around);
  const std::size_t most = around.size() <= k_dense ? k_hosts_of_dense_list : k_hosts_of_list;
  return company.hosts >= most || company.pools >= k_pools_of_list;
}

// What is said on the line to keep others from the host: an address that leads nowhere in front of it, a name
// server's word for "no such name", a firewall's for "drop".
bool is_blocked(std::string_view window, std::size_t position) {
  constexpr std::size_t k_longest = 400;
  static constexpr std::array<std::string_view, 6> k_nowhere = {"0.0.0.0", "127.0.0.1", "127.1.1.1",
                                                                "::1",     "::",        "255.255.255.255"};
  static constexpr std::array<std::string_view, 12> k_refused = {
      "always_nxdomain", "always_refuse", "always_null", "-j DROP", "-j REJECT", " nxdomain",
      " refuse",         "/0.0.0.0",      "/127.0.0.1",  "/::",     "CNAME .",   " drop"};
  std::size_t begin = position, end = std::min(window.find('\n', position), window.size());
  while (begin > 0 && position - begin < k_longest && window[begin - 1] != '\n') --begin;
  std::string_view line = window.substr(begin, std::min(end - begin, 2 * k_longest));
  const std::size_t blank = line.find_first_of(" \t");
  if (blank != std::string_view::npos &&
      std::find(k_nowhere.begin(), k_nowhere.end(), line.substr(0, blank)) != k_nowhere.end())
    return true;
  // dnsmasq: address=/HOST/ and local=/HOST/ answer with nothing.
  while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
  if ((line.starts_with("address=/") || line.starts_with("local=/") || line.starts_with("server=/")) &&
      (line.ends_with('/') || line.ends_with("/#")))
    return true;
  return std::any_of(k_refused.begin(), k_refused.end(),
                     [line](std::string_view word) { return line.find(word) != std::string_view::npos; });
}

bool is_web(const Mention& mention) {
  const bool scheme = mention.scheme == "http" || mention.scheme == "https";
  return scheme && (mention.port.empty() || mention.port == "80" || mention.port == "443");
}

class PoolHost final : public Detector {
 public:
  std::vector<Literal> literals() const override {
    std::vector<Literal> list;
    for (const std::string& domain : pool_domains()) list.push_back({domain, true});
    return list;
  }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    const std::string_view window = as_text(hit.window);
    const Mention mention = mention_at(window, hit.position);
    if (mention.domain.empty() || mention.mail) return;
    const bool contact = !is_web(mention) && (!mention.port.empty() || !mention.scheme.empty());
    if (!contact && is_list(window, hit.position)) return;
    if (!contact && is_blocked(window, hit.position)) return;
    std::string text(mention.host);
    if (!mention.port.empty()) text += ":" + std::string(mention.port);
    Evidence evidence = evidence_of(k_rows[0], std::move(text));
    if (is_web(mention)) {
      evidence.cls = EvidenceClass::supporting;
      evidence.text += " (web link)";
    }
    evidence.offset = hit.offset;
    evidence.line = hit.line();
    evidence.values.emplace_back("host", std::string(mention.host));
    evidence.values.emplace_back("port", std::string(mention.port));
    evidence.values.emplace_back("pool", std::string(mention.domain));
    out.add(std::move(evidence));
  }
};

const util::Registered<PoolHost> registered{{
    .id = "pool-host",
    .version = 2,
    .summary = "host names of public mining pools",
    .example = "gulf.moneroocean[.]stream:10128",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
