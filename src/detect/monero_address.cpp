// Addresses of Monero and its relatives, in any bytes, recognised by their checksum and by nothing else.
//
// There is no word to search for. But an address is an unbroken run of at least 95 base58 characters, so a few bytes
// of every 84 are enough to look at. Hostile: a file of nothing but base58 characters costs a walk over it and no
// decoding, as no run has the length.
//
// An address alone says little (documentation, donations, tests). It says much next to a pool: then its evidence
// carries "near".
#include <algorithm>
#include <array>

#include "detect/cryptonote.hpp"
#include "detect/detector.hpp"
#include "detect/pool_hosts.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_near = 512;
// What may stick to an address without a blank: "-u" before it, an escaped line end, letters of a script.
constexpr std::size_t k_most_glued = 12;

constexpr std::array<RuleRow, 1> k_rows{{
    {"M03", EvidenceClass::supporting, model::Severity::medium, 95, "Monero address", "T1496.001",
     "Find out whose wallet this is and why the image carries it."},
}};

struct Run {
  std::size_t begin, end;
};

// So many characters up to a place must be base58 before anything is walked over: words are shorter.
constexpr std::size_t k_probe = 12;

bool all_base58(const std::uint8_t* end) {
  int seen = 0;
  for (std::size_t i = 1; i <= k_probe; ++i) seen |= k_base58_values[*(end - i)];
  return seen >= 0;
}

// Runs of base58 characters that begin in [from, to) and are long enough, without those that are far too long. When
// a probe fails, some character of it ends every run, so the next run that counts holds all of the next probe.
template <class Visit>
void each_run(Bytes bytes, std::size_t from, std::size_t to, Visit visit) {
  constexpr std::size_t k_step = k_shortest_address - k_probe + 1;
  std::size_t least = from;  // no run begins before
  for (std::size_t probe = from + k_shortest_address - 1; probe < bytes.size();) {
    if (!all_base58(bytes.data() + probe + 1)) {
      if (probe >= to + k_probe) return;
      probe += k_step;
      continue;
    }
    std::size_t begin = probe;
    while (begin > least && is_base58(bytes[begin - 1])) --begin;
    if (begin >= to) return;
    std::size_t end = probe + 1;
    while (end < bytes.size() && is_base58(bytes[end])) ++end;
    if (end - begin >= k_shortest_address && end - begin <= k_longest_address + k_most_glued) visit(Run{begin, end});
    least = end;
    probe = end + k_shortest_address;
  }
}

struct Found {
  std::string_view text;
  CryptonoteAddress address;
};

std::optional<Found> address_in(std::string_view run) {
  if (const auto whole = parse_cryptonote_address(run)) return Found{run, *whole};
  // With something glued to its front: Monero's own two lengths only.
  for (const std::size_t length : {std::size_t{95}, std::size_t{106}}) {
    if (run.size() <= length) continue;
    for (const std::string_view part : {run.substr(run.size() - length), run.substr(0, length)})
      if (const auto address = parse_cryptonote_address(part)) return Found{part, *address};
  }
  return std::nullopt;
}

std::string shortened(std::string_view address) {
  return std::string(address.substr(0, 8)) + "…" + std::string(address.substr(address.size() - 8));
}

class MoneroAddress final : public Detector {
 public:
  bool sweeps() const override { return true; }

  void sweep(const Sweep& sweep, EvidenceSink& out) const override {
    // A run that began before `from` was reported with the window before.
    std::size_t from = sweep.from;
    if (from > 0 && is_base58(sweep.window[from - 1]))
      while (from < sweep.to && is_base58(sweep.window[from])) ++from;
    each_run(sweep.window, from, sweep.to, [&](const Run& run) { look_at(sweep, run, out); });
  }

 private:
  static void look_at(const Sweep& sweep, const Run& run, EvidenceSink& out) {
    const std::string_view window = as_text(sweep.window);
    const auto found = address_in(window.substr(run.begin, run.end - run.begin));
    if (!found) return;
    const CryptonoteAddress& address = found->address;
    std::string text(address.coin);
    if (!address.network.empty() && address.network != "main") text += " " + std::string(address.network);
    Evidence evidence = evidence_of(
        k_rows[0], text + " " + std::string(to_string(address.kind)) + " address " + shortened(found->text));
    if (address.network == "test" || address.network == "stage") evidence.cls = EvidenceClass::context;
    evidence.values.emplace_back("address", std::string(found->text));
    evidence.values.emplace_back("coin", std::string(address.coin));
    const auto at = static_cast<std::size_t>(found->text.data() - window.data());
    evidence.offset = sweep.offset + at;
    const std::size_t near_from = at - std::min(at, k_near);
    const std::string near = near_pool(window.substr(near_from, at - near_from + found->text.size() + k_near));
    if (!near.empty()) {
      evidence.text += ", next to " + near;
      evidence.values.emplace_back("near", near);
    }
    const Hit place{0, sweep.window, at, evidence.offset, sweep.file, nullptr};
    evidence.line = place.line();
    out.add(std::move(evidence));
  }
};

const util::Registered<MoneroAddress> registered{{
    .id = "monero-address",
    .version = 1,
    .summary = "addresses of Monero and other CryptoNote coins with a right checksum",
    .example = "Monero standard address 4AbCdEfG…hIjKlMnO",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
