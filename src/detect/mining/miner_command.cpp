// A miner by the shape of its arguments (M06), whatever the program is called: where the pool is, who gets paid, how
// to mine.
//
// The words come from the option tables of the common miners (XMRig, XMR-Stak, cpuminer, ethminer and those that copy
// them). No single one is enough: "-o" and "-u" belong to half of all programs.
#include <algorithm>
#include <array>

#include "detect/shell/shell_support.hpp"
#include "detect/words.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"M06", EvidenceClass::decisive, model::Severity::high, 90, "Command line of a coin miner", "T1496.001",
     "Do not run this image unless it is meant to mine."},
}};

constexpr std::array<std::string_view, 8> k_pool_options = {"-o",      "--url",   "--pool",   "-P",
                                                            "--proxy", "-server", "--server", "--o"};
constexpr std::array<std::string_view, 9> k_user_options = {
    "-u", "--user", "--wallet", "-w", "-wal", "--userpass", "-O", "--coinbase-addr", "--username"};
// Options that only miners have.
constexpr std::array<std::string_view, 18> k_mining_options = {"--donate-level",
                                                               "--donate-over-proxy",
                                                               "--nicehash",
                                                               "--rig-id",
                                                               "--randomx-mode",
                                                               "--randomx-1gb-pages",
                                                               "--randomx-init",
                                                               "--cpu-max-threads-hint",
                                                               "--cpu-affinity",
                                                               "--huge-pages-jit",
                                                               "--no-huge-pages",
                                                               "--coin",
                                                               "--asm",
                                                               "--av",
                                                               "--argon2-impl",
                                                               "--cuda-loader",
                                                               "--opencl-devices",
                                                               "--max-cpu-usage"};
constexpr std::array<std::string_view, 3> k_algorithm_options = {"-a", "--algo", "--algorithm"};
constexpr std::array<std::string_view, 20> k_algorithms = {
    "rx/0",   "randomx", "cryptonight", "cn/",       "cn-lite",  "cn-heavy", "ghostrider",
    "kawpow", "scrypt",  "sha256d",     "verushash", "yespower", "argon2/",  "astrobwt",
    "ethash", "etchash", "rx/",         "cn-pico",   "monero",   "panthera"};

bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_stratum(std::string_view value) { return value.starts_with("stratum"); }

// host:port, with or without a scheme of a pool.
bool is_pool(std::string_view value) {
  if (is_stratum(value)) return true;
  if (const std::size_t scheme = value.find("://"); scheme != std::string_view::npos) {
    const std::string_view name = value.substr(0, scheme);
    if (name != "ssl" && name != "tcp" && name != "tls" && name != "http" && name != "https") return false;
    value.remove_prefix(scheme + 3);
  }
  const std::size_t colon = value.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == value.size()) return false;
  const std::string_view host = value.substr(0, colon), port = value.substr(colon + 1);
  return port.size() <= 5 && port.find_first_not_of("0123456789") == std::string_view::npos &&
         host.find_first_of("/=, ") == std::string_view::npos && host.find('.') != std::string_view::npos;
}

// A payment address, perhaps with a coin before it and a worker behind it: a long run of letters and digits of both
// kinds.
bool is_payee(std::string_view value) {
  if (const std::size_t colon = value.find(':'); colon != std::string_view::npos && colon <= 8)
    value.remove_prefix(colon + 1);
  const auto end = std::find_if_not(value.begin(), value.end(), is_alnum);
  const std::string_view address = value.substr(0, static_cast<std::size_t>(end - value.begin()));
  if (address.size() < 25 || address.size() > 110) return false;
  const bool digit = address.find_first_of("0123456789") != std::string_view::npos;
  const bool letter = std::any_of(address.begin(), address.end(), [](char c) { return is_alnum(c) && c > '9'; });
  return digit && letter;
}

struct Shape {
  bool pool = false;           // a pool option whose value is an address of a server
  bool stratum = false;        // a stratum URL in any place
  bool payee = false;          // a user option whose value looks like a payment address
  bool worker_option = false;  // a user option, with whatever value
  bool pool_option = false;
  int mining = 0;  // options that only miners have
  std::string pool_text, payee_text;

  bool is_miner() const {
    const bool who = payee || worker_option;
    if (stratum) return who || mining > 0;
    if (pool) return payee || mining > 0;
    // Both come from variables: the options of a miner tell.
    return pool_option && who && mining > 0;
  }
};

void read_option(std::string_view option, std::string_view value, Shape& shape) {
  if (is_one(option, k_pool_options)) {
    shape.pool_option = true;
    if (is_pool(value)) {
      shape.pool = true;
      shape.pool_text = value;
    }
  }
  if (is_one(option, k_user_options)) {
    shape.worker_option = true;
    if (is_payee(value)) {
      shape.payee = true;
      shape.payee_text = value;
    }
  }
  if (is_one(option, k_mining_options)) ++shape.mining;
  const bool algorithm = is_one(option, k_algorithm_options) &&
                         std::any_of(k_algorithms.begin(), k_algorithms.end(),
                                     [&](std::string_view name) { return value.starts_with(name); });
  if (algorithm) ++shape.mining;
}

Shape shape_of(const std::vector<std::string>& argv) {
  Shape shape;
  for (std::size_t i = 1; i < argv.size(); ++i) {
    const std::string_view word = argv[i];
    if (is_stratum(word) && word.find("://") != std::string_view::npos) {
      shape.stratum = true;
      shape.pool_text = word;
    }
    if (!word.starts_with('-')) continue;
    const std::size_t equals = word.find('=');
    if (equals != std::string_view::npos) {
      read_option(word.substr(0, equals), word.substr(equals + 1), shape);
      if (is_stratum(word.substr(equals + 1))) shape.stratum = true;
      continue;
    }
    read_option(word, i + 1 < argv.size() ? std::string_view(argv[i + 1]) : std::string_view{}, shape);
    // "-opool.example:3333"
    if (word.size() > 6 && !word.starts_with("--")) read_option(word.substr(0, 2), word.substr(2), shape);
  }
  return shape;
}

class MinerCommand final : public Detector {
 public:
  void shell(const ShellUnit& unit, EvidenceSink& out) const override {
    for (const ShellCommand* own : own_commands(unit.facts)) {
      const ShellCommand& command = *own;
      if (command.argv.size() < 4) continue;
      const Shape shape = shape_of(command.argv);
      if (!shape.is_miner()) continue;
      Evidence evidence = shell_evidence(k_rows[0], unit, command.line, words(command), k_rows[0].cls);
      if (!shape.pool_text.empty()) evidence.values.emplace_back("host", host_of(shape.pool_text));
      if (!shape.payee_text.empty()) evidence.values.emplace_back("address", shape.payee_text);
      out.add(std::move(evidence));
    }
  }
};

const util::Registered<MinerCommand> registered{{
    .id = "miner-command",
    .version = 1,
    .summary = "command lines of coin miners, whatever the program is called",
    .example = "./kworker -o pool.example:3333 -u 4EXAMPLE… --donate-level 1",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
