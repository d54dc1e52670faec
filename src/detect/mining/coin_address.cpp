// Addresses of other coins than Monero (M04), in any bytes, by their checksums.
//
// An address is an unbroken run of its alphabet with something else on both sides. Donations, libraries and tests
// carry addresses; what counts is one next to a pool, in the image's environment, or with a worker's name behind it.
// Hostile: a file full of runs of the right length costs a bounded number of decodings a window.
#include <algorithm>
#include <array>

#include "detect/detector.hpp"
#include "detect/mining/coin_addresses.hpp"
#include "detect/mining/coin_checksums.hpp"
#include "detect/mining/cryptonote.hpp"
#include "detect/mining/pool_hosts.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_near = 512;
constexpr std::size_t k_most_decoded = 2000;  // of each form and window
constexpr std::size_t k_longest_worker = 32;
// One address of many thousands is shorter; looking for those too would cost every file a third more.
constexpr std::size_t k_usual_length = 32;

constexpr std::array<RuleRow, 1> k_rows{{
    {"M04", EvidenceClass::supporting, model::Severity::medium, 80, "Address of a coin", "T1496.001",
     "Find out whose wallet this is and why the image carries it."},
}};

bool is_alphanumeric(std::uint8_t c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_hex(std::uint8_t c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

struct Run {
  std::size_t begin, end;
};

// Runs of characters that belong together, of `least` to `most` length, that begin in [from, to) of the sweep. One
// that began before was reported with the window before.
template <class Belongs, class Visit>
void each_run(const Sweep& sweep, std::size_t least, std::size_t most, Belongs belongs, Visit visit) {
  for (const DigitStretch& stretch : sweep.stretches) {
    if (stretch.end - stretch.begin < least || stretch.end <= sweep.from || stretch.begin >= sweep.to) continue;
    for (std::size_t at = stretch.begin; at + least <= stretch.end;) {
      // Its last character first: when that is none, no run holds what stands before it.
      std::size_t broken = at + least;
      while (broken > at && belongs(sweep.window[broken - 1])) --broken;
      if (broken > at) {
        at = broken;
        continue;
      }
      std::size_t end = at + least;
      while (end < stretch.end && belongs(sweep.window[end])) ++end;
      if (end - at <= most && at >= sweep.from && at < sweep.to) visit(Run{at, end});
      at = end;
    }
  }
}

// Nothing can be read in there.
bool is_packed(layers::ContentKind kind) {
  return kind == layers::ContentKind::gzip || kind == layers::ContentKind::xz || kind == layers::ContentKind::zstd ||
         kind == layers::ContentKind::bzip2 || kind == layers::ContentKind::zip;
}

bool stands_alone(Bytes bytes, const Run& run) {
  return (run.begin == 0 || !is_alphanumeric(bytes[run.begin - 1])) &&
         (run.end == bytes.size() || !is_alphanumeric(bytes[run.end]));
}

// ".rig1" behind the address, as pools want it.
bool has_worker(std::string_view after) {
  if (after.empty() || (after.front() != '.' && after.front() != '+')) return false;
  std::size_t length = 0;
  while (length + 1 < after.size() && length < k_longest_worker &&
         (is_alphanumeric(static_cast<std::uint8_t>(after[length + 1])) || after[length + 1] == '_'))
    ++length;
  if (length == 0) return false;
  const char next = length + 1 < after.size() ? after[length + 1] : ' ';
  const std::string_view name = after.substr(1, length);
  // File names end the same way.
  const bool suffix =
      name == "json" || name == "txt" || name == "html" || name == "js" || name == "md" || name == "png";
  return !suffix && std::string_view(" \t\r\n\"'@:,;").find(next) != std::string_view::npos;
}

// How addresses begin that are long enough to be searched for; those with a prefix behind them.
constexpr std::array<std::string_view, 9> k_starts = {"bc1q",  "bc1p",  "BC1Q",   "BC1P",  "ltc1q",
                                                      "ltc1p", "tltc1", "dero1q", "addr1q"};
constexpr std::array<std::string_view, 6> k_cash_starts = {"bitcoincash:q", "bitcoincash:p", "bchtest:q",
                                                           "ecash:q",       "kaspa:q",       "nexa:n"};

// Coins in which pools pay at most: their addresses stand in programs that have nothing to do with mining.
bool is_not_mined(std::string_view coin) {
  return coin == "Ripple" || coin == "Stellar" || coin == "Cardano" || coin == "TON";
}

class CoinAddressDetector final : public Detector {
 public:
  std::vector<Literal> literals() const override {
    std::vector<Literal> all;
    for (const std::string_view one : k_starts) all.push_back({std::string(one), false});
    for (const std::string_view one : k_cash_starts) all.push_back({std::string(one), false});
    return all;
  }

  void confirm(const Hit& hit, EvidenceSink& out) const override {
    if (hit.literal >= k_starts.size()) return look_at_cash(hit, k_cash_starts[hit.literal - k_starts.size()], out);
    std::size_t end = hit.position;
    while (end < hit.window.size() && end - hit.position <= k_longest_bech32_address &&
           is_alphanumeric(hit.window[end]))
      ++end;
    const Run run{hit.position, end};
    if (!stands_alone(hit.window, run)) return;
    const std::string_view text = as_text(hit.window).substr(run.begin, run.end - run.begin);
    if (const auto address = parse_bech32_address(text))
      say(hit.window, run, hit.offset, hit.file, hit.cursor, *address, out);
  }

  bool sweeps() const override { return true; }

  void sweep(const Sweep& sweep, EvidenceSink& out) const override {
    const layers::ContentKind kind = sweep.file.entry.content;
    if (is_packed(kind)) return;
    const std::string_view window = as_text(sweep.window);
    std::size_t decoded = 0;
    const auto look = [&](const Run& run) {
      if (!stands_alone(sweep.window, run) || ++decoded > k_most_decoded) return;
      const std::string_view text = window.substr(run.begin, run.end - run.begin);
      auto address = parse_base58_address(text);
      if (!address) address = parse_ripple_address(text);
      if (address) say(sweep.window, run, sweep.offset + run.begin, sweep.file, nullptr, *address, out);
    };
    each_run(sweep, k_usual_length, k_longest_base58_address, is_base58, look);
    look_at_stretches(sweep, out);
    if (kind != layers::ContentKind::text && kind != layers::ContentKind::script) return;
    decoded = 0;
    each_run(sweep, k_account_digits, k_account_digits, is_hex, [&](const Run& run) {
      if (run.begin < 2 || window.substr(run.begin - 2, 2) != "0x") return;
      const Run whole{run.begin - 2, run.end};
      if (!stands_alone(sweep.window, whole) || ++decoded > k_most_decoded) return;
      if (const auto address = parse_account_address(window.substr(run.begin, k_account_digits)))
        say(sweep.window, whole, sweep.offset + whole.begin, sweep.file, nullptr, *address, out);
    });
  }

 private:
  // The prefix, a colon and the rest.
  static void look_at_cash(const Hit& hit, std::string_view start, EvidenceSink& out) {
    const std::size_t colon = start.find(':');
    const std::size_t begin = hit.position + colon + 1;
    std::size_t end = begin;
    while (end < hit.window.size() && end - begin <= k_longest_cash_address && is_alphanumeric(hit.window[end]))
      ++end;
    const Run run{hit.position, end};
    if (!stands_alone(hit.window, run)) return;
    const std::string_view data = as_text(hit.window).substr(begin, end - begin);
    if (const auto address = parse_cash_address(start.substr(0, colon), data))
      say(hit.window, run, hit.offset, hit.file, hit.cursor, *address, out);
  }

  // Forms that fill a stretch of digits from its start.
  static void look_at_stretches(const Sweep& sweep, EvidenceSink& out) {
    const std::string_view window = as_text(sweep.window);
    for (const DigitStretch& stretch : sweep.stretches) {
      if (stretch.begin < sweep.from || stretch.begin >= sweep.to) continue;
      const std::size_t length = stretch.end - stretch.begin;
      const std::string_view text = window.substr(stretch.begin, length);
      std::optional<CoinAddress> address;
      if (length == k_stellar_digits && text.starts_with('G'))
        address = parse_stellar_address(text);
      else if (length == k_ton_digits && (text[0] == 'E' || text[0] == 'U' || text[0] == 'k' || text[0] == '0'))
        address = parse_ton_address(text);
      else if (length >= k_shortest_shielded_address && length <= k_longest_shielded_address &&
               (text.starts_with("zs1") || text.starts_with("u1")))
        address = parse_shielded_address(text.substr(0, text.find_first_of("+/-_")));
      if (!address) continue;
      const Run run{stretch.begin, stretch.begin + std::min(length, text.find_first_of("+/-_"))};
      say(sweep.window, address->coin == "TON" ? Run{stretch.begin, stretch.end} : run, sweep.offset + stretch.begin,
          sweep.file, nullptr, *address, out);
    }
  }

  static void say(Bytes window, const Run& run, std::uint64_t offset, const layers::FileInfo& file,
                  LineCursor* cursor, const CoinAddress& address, EvidenceSink& out) {
    const std::string_view text = as_text(window);
    const std::string_view shown = text.substr(run.begin, run.end - run.begin);
    Evidence evidence = evidence_of(
        k_rows[0], std::string(address.coin) + (address.network == "test" ? " test" : "") + " address " +
                       std::string(shown.substr(0, 8)) + "…" + std::string(shown.substr(shown.size() - 6)));
    evidence.values = {{"address", std::string(shown)}, {"coin", std::string(address.coin)}};
    evidence.offset = offset;
    const std::size_t from = run.begin - std::min(run.begin, k_near);
    if (const std::string near = near_pool(text.substr(from, run.end - from + k_near)); !near.empty()) {
      evidence.text += ", next to " + near;
      evidence.values.emplace_back("near", near);
    } else if (has_worker(text.substr(run.end))) {
      evidence.text += ", with the name of a worker";
      evidence.values.emplace_back("near", "worker");
    } else if (file.path() == "config:Env") {
      evidence.text += ", in the environment";
      evidence.values.emplace_back("near", "environment");
    } else if (address.coin == "Ethereum" || address.network == "test" || is_not_mined(address.coin)) {
      // Contracts and tests are full of them.
      evidence.cls = EvidenceClass::context;
    }
    const Hit place{0, window, run.begin, offset, file, cursor};
    evidence.line = place.line();
    out.add(std::move(evidence));
  }
};

const util::Registered<CoinAddressDetector> registered{{
    .id = "coin-address",
    .version = 2,
    .summary = "addresses of Bitcoin and its relatives and of Ethereum with a right checksum",
    .example = "Bitcoin address bc1qexam…000000, next to a stratum URL",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
