// Addresses of Monero and its relatives, in any bytes, recognised by their checksum and by nothing else.
//
// There is no word to search for. But an address is an unbroken run of at least 95 base58 characters. Hostile: a file
// of nothing but base58 characters costs a walk over it and no decoding, as no run has the length.
//
// An address alone says little (documentation, donations, tests). It says much next to a pool: then its evidence
// carries "near".
#include <algorithm>
#include <array>

#include "detect/detector.hpp"
#include "detect/mining/cryptonote.hpp"
#include "detect/mining/pool_hosts.hpp"

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

// Runs of base58 characters that begin in [from, to) of the sweep and are long enough, without those that are far too
// long. One that began before was reported with the window before.
template <class Visit>
void each_run(const Sweep& sweep, Visit visit) {
  for (const DigitStretch& stretch : sweep.stretches) {
    if (stretch.end - stretch.begin < k_shortest_address || stretch.end <= sweep.from || stretch.begin >= sweep.to)
      continue;
    for (std::size_t at = stretch.begin; at + k_shortest_address <= stretch.end; ++at) {
      const std::size_t begin = at;
      while (at < stretch.end && is_base58(sweep.window[at])) ++at;
      const bool long_enough = at - begin >= k_shortest_address && at - begin <= k_longest_address + k_most_glued;
      if (long_enough && begin >= sweep.from && begin < sweep.to) visit(Run{begin, at});
    }
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
    each_run(sweep, [&](const Run& run) { look_at(sweep, run, out); });
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
