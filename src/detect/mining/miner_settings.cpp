// Miners' settings outside of JSON lists of pools: YAML, INI, one object, KEY=VALUE. Three things must stand in one
// small file: where the pool is, an address with a right checksum that gets paid, and a word that only mining needs.
//
// Hostile: only small texts are read, line by line, each piece once.
#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "detect/content/word_search.hpp"
#include "detect/detector.hpp"
#include "detect/mining/coin_addresses.hpp"
#include "detect/mining/cryptonote.hpp"
#include "detect/mining/pool_hosts.hpp"
#include "detect/words.hpp"
#include "util/ascii.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::uint64_t k_most_bytes = 32U << 10;
constexpr std::size_t k_most_settings = 2'000;

constexpr std::array<RuleRow, 1> k_rows{{
    {"M05", EvidenceClass::decisive, model::Severity::high, 95, "Miner configuration", "T1496.001",
     "Do not run this image unless it is meant to mine."},
}};

constexpr std::array<std::string_view, 8> k_pool_keys = {"url",          "pool", "pools", "server",
                                                         "pool_address", "host", "proxy", "stratum"};
constexpr std::array<std::string_view, 9> k_payee_keys = {
    "user", "wallet", "username", "login", "address", "account", "wallet_address", "wallet-address", "addr"};
constexpr std::array<std::string_view, 13> k_miner_keys = {
    "donate-level", "donate",  "nicehash", "rig-id",     "rig_id",           "rig",      "worker",
    "keepalive",    "randomx", "cuda",     "huge-pages", "max-threads-hint", "hugepages"};
constexpr std::array<std::string_view, 4> k_algorithm_keys = {"algo", "algorithm", "coin", "currency"};
constexpr std::array<std::string_view, 26> k_algorithms = {
    "rx/",       "randomx",  "cryptonight", "cn/",    "cn-",      "ghostrider", "kawpow",  "scrypt", "sha256",
    "verus",     "yespower", "yescrypt",    "argon2", "astrobwt", "ethash",     "etchash", "monero", "panthera",
    "autolykos", "xmr",      "raven",       "zeph",   "dero",     "equihash",   "progpow", "octopus"};

std::string_view trimmed(std::string_view text) {
  static constexpr std::string_view k_around = " \t\r\"'-";
  const std::size_t begin = text.find_first_not_of(k_around);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\"'") - begin + 1);
}

bool is_coin_address(std::string_view value) {
  value = value.substr(0, value.find_first_of(".+/@ "));
  if (const std::size_t colon = value.find(':'); colon != std::string_view::npos) value.remove_prefix(colon + 1);
  if (value.size() < k_shortest_base58_address) return false;
  if (parse_cryptonote_address(value) || parse_base58_address(value) || parse_bech32_address(value)) return true;
  return value.starts_with("0x") && parse_account_address(value.substr(2));
}

// HOST:PORT, with or without a scheme.
bool is_server(std::string_view value) {
  if (const std::size_t scheme = value.find("://"); scheme != std::string_view::npos) value.remove_prefix(scheme + 3);
  const std::size_t colon = value.rfind(':');
  if (colon == std::string_view::npos || value.size() - colon > 6 || colon + 1 >= value.size()) return false;
  const std::string_view host = value.substr(0, colon);
  return value.find_first_not_of("0123456789", colon + 1) == std::string_view::npos &&
         host.find('.') != std::string_view::npos && std::all_of(host.begin(), host.end(), is_host_character);
}

// A word long enough to be an address. Every licence has a line with a colon; hardly any text has such a word.
bool has_long_word(std::string_view text) {
  constexpr std::size_t k_step = k_shortest_base58_address;
  const auto in_word = [&](std::size_t at) { return std::isalnum(static_cast<unsigned char>(text[at])) != 0; };
  for (std::size_t at = k_step - 1; at < text.size(); at += k_step) {
    std::size_t begin = at, end = at;
    while (end < text.size() && in_word(end)) ++end;
    while (begin > 0 && end > at && in_word(begin - 1)) --begin;
    if (end - begin >= k_step) return true;
  }
  return false;
}

struct Settings {
  std::string pool, payee;
  std::set<std::string> marks;
  std::uint32_t line = 0;
};

void take(std::string_view key, std::string_view value, std::uint32_t line, Settings& out) {
  const std::string lower = util::lower(key.substr(0, 32));
  if (out.pool.empty() && is_one(lower, k_pool_keys) && is_server(value)) {
    out.pool = value;
    out.line = line;
  }
  if (out.payee.empty() && is_one(lower, k_payee_keys) && is_coin_address(value)) out.payee = value;
  if (is_one(lower, k_miner_keys)) out.marks.insert(lower);
  if (!is_one(lower, k_algorithm_keys)) return;
  const std::string name = util::lower(value.substr(0, 32));
  if (std::any_of(k_algorithms.begin(), k_algorithms.end(),
                  [&](std::string_view one) { return name.starts_with(one); }))
    out.marks.insert(lower);
}

// KEY = VALUE, KEY: VALUE, "KEY": "VALUE"; pieces end at a line's end, a comma or a bracket.
Settings settings_of(std::string_view text) {
  Settings out;
  std::uint32_t line = 1;
  std::size_t count = 0;
  while (!text.empty() && count++ < k_most_settings) {
    const std::size_t end = std::min(text.find_first_of("\n,{}[]"), text.size());
    const std::string_view piece = text.substr(0, end);
    const std::size_t sign = piece.find_first_of(":=");
    if (sign != std::string_view::npos)
      take(trimmed(piece.substr(0, sign)), trimmed(piece.substr(sign + 1)), line, out);
    if (end < text.size() && text[end] == '\n') ++line;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

class MinerSettings final : public Detector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    static constexpr std::array<std::string_view, 9> k_endings = {".yml",  ".yaml", ".json", ".ini", ".cfg",
                                                                  ".conf", ".toml", ".txt",  ".env"};
    if (file.entry.content != layers::ContentKind::text || file.size() > k_most_bytes) return false;
    const std::string_view name = file.name();
    const bool setting = name.find('.', 1) == std::string_view::npos ||
                         std::any_of(k_endings.begin(), k_endings.end(),
                                     [&](std::string_view ending) { return name.ends_with(ending); });
    const std::string_view head = as_text(file.head);
    static const WordSearch k_payees({"user", "wallet", "login", "address", "USER", "WALLET"});
    static const WordSearch k_marks({"algo", "donate", "nicehash", "rig", "worker", "keepalive", "coin", "ALGO"});
    return setting && k_payees.find(head).any() && k_marks.find(head).any();
  }

  void collect(const layers::FileView& file, EvidenceSink& out) const override {
    if (!has_long_word(file.text())) return;
    const Settings found = settings_of(file.text());
    if (found.pool.empty() || found.payee.empty() || found.marks.empty()) return;
    std::string text = "pool " + found.pool + ", user " + found.payee.substr(0, 24);
    if (found.payee.size() > 24) text += "…";
    Evidence evidence = evidence_of(k_rows[0], std::move(text));
    evidence.line = found.line;
    std::string keys;
    for (const std::string& mark : found.marks) keys += (keys.empty() ? "" : " ") + mark;
    evidence.values = {{"form", "settings"}, {"url", found.pool}, {"user", found.payee}, {"keys", keys}};
    if (const std::string near = near_pool(found.pool); !near.empty()) evidence.values.emplace_back("near", near);
    out.add(std::move(evidence));
  }
};

const util::Registered<MinerSettings> registered{{
    .id = "miner-settings",
    .version = 1,
    .summary = "settings of miners in YAML, INI and other lines of KEY and VALUE",
    .example = "pool=192.0.2.1:4444, user=ADDRESS.worker, algo=ETCHASH",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
