// From the hit of a literal to a credential, or not.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detect/evidence.hpp"
#include "detect/secrets/kind.hpp"

namespace hullcheck::detect::secrets {

struct Found {
  const Kind* kind = nullptr;
  EvidenceClass cls = EvidenceClass::supporting;
  std::size_t begin = 0, end = 0;  // of the value in the window
  std::string shown;               // masked
  std::string detail;              // of the check, or ""
};

// One literal of the search and the kinds that it leads to.
struct Keyword {
  std::string bytes;
  bool caseless = false;
  std::vector<std::uint32_t> kinds;  // indices into all_kinds()
};
const std::vector<Keyword>& keywords();

// What `kind` finds at the literal `keyword` that stands at `position`. Bounded by k_window, any thread.
std::optional<Found> confirm(const Kind& kind, const Keyword& keyword, std::string_view window, std::size_t position);

// The weight of a kind whose check said `validity` (not invalid or example).
EvidenceClass class_of(Strength strength, Validity validity);

// Where the value stands that the pattern alone finds; no look at entropy, no check.
struct Span {
  std::size_t begin = 0, end = 0;
};
std::optional<Span> match_of(const Kind& kind, std::string_view window, std::size_t position, std::size_t size);

// Replaces every credential in `text` by its masked form, also one that the end of the text cuts off; passwords in
// addresses and options of commands too. What others say of an image goes through here before it is kept or shown.
std::string redacted(std::string_view text);

}  // namespace hullcheck::detect::secrets
