// Packages and images whose names can be taken for well-known ones (L05): a letter more, less, other or swapped,
// digits and letters of other scripts that look the same, parts in another order.
//
// Names are cheap and many are close to each other for no reason, so this is a hint to look, and short names are left
// alone. Whatever is well known itself is no imitation. Hostile: names are any bytes of any length; long ones are
// passed over.
#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "detect/detector.hpp"
#include "detect/image_support.hpp"
#include "detect/supply/popular_names.hpp"
#include "util/text.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_shortest = 5, k_longest = 40;
constexpr std::size_t k_long_enough_for_two = 9;
constexpr std::size_t k_most = 32;

constexpr std::array<RuleRow, 1> k_rows{{
    {"L05", EvidenceClass::supporting, model::Severity::medium, 50, "Name that can be taken for a well-known one",
     "T1195.001", "Check that this is the package or image that was meant."},
}};

// Letters that look like Latin ones, and digits in their place.
std::string plain_letters(std::string_view name) {
  struct Twin {
    char32_t other;
    char letter;
  };
  static constexpr std::array<Twin, 20> k_twins{{{0x430, 'a'}, {0x435, 'e'}, {0x43e, 'o'}, {0x440, 'p'}, {0x441, 'c'},
                                                 {0x445, 'x'}, {0x443, 'y'}, {0x456, 'i'}, {0x455, 's'}, {0x458, 'j'},
                                                 {0x3bf, 'o'}, {0x3b1, 'a'}, {0x131, 'i'}, {0x1c3, 'l'}, {'0', 'o'},
                                                 {'1', 'l'},   {'3', 'e'},   {'5', 's'},   {'4', 'a'},   {'7', 't'}}};
  std::string out;
  while (!name.empty()) {
    const util::CodePoint c = util::decode_utf8(name);
    const auto twin =
        std::find_if(k_twins.begin(), k_twins.end(), [&](const Twin& one) { return one.other == c.value; });
    if (twin != k_twins.end())
      out += twin->letter;
    else
      out.append(name.substr(0, c.size));
    name.remove_prefix(c.size);
  }
  // "rn" is drawn like "m", "vv" like "w".
  for (const auto& [pair, letter] : {std::pair{"rn", "m"}, std::pair{"vv", "w"}})
    for (std::size_t at = out.find(pair); at != std::string::npos; at = out.find(pair, at + 1))
      out.replace(at, 2, letter);
  return out;
}

// Changes of one letter, or of two neighbours, from one name to the other; `most` + 1 for more.
std::size_t distance(std::string_view a, std::string_view b, std::size_t most) {
  if (a.size() > b.size() + most || b.size() > a.size() + most) return most + 1;
  std::vector<std::vector<std::size_t>> rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        rows[i][j] = i + j;
        continue;
      }
      rows[i][j] =
          std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return std::min(rows[a.size()][b.size()], most + 1);
}

std::vector<std::string> parts_of(std::string_view name) {
  std::vector<std::string> parts(1);
  for (const char c : name)
    if (c == '-' || c == '_' || c == '.')
      parts.emplace_back();
    else
      parts.back() += c;
  std::sort(parts.begin(), parts.end());
  return parts;
}

std::string without_separators(std::string_view name) {
  std::string out;
  for (const char c : name)
    if (c != '-' && c != '_' && c != '.') out += c;
  return out;
}

struct Likeness {
  std::string_view name;
  std::string_view how;
  EvidenceClass cls;
};

std::optional<Likeness> likeness(std::string_view kind, std::string_view name) {
  if (name.size() < k_shortest || name.size() > k_longest) return std::nullopt;
  const auto popular = popular_names(kind);
  if (std::find(popular.begin(), popular.end(), name) != popular.end() || is_known_neighbour(kind, name))
    return std::nullopt;
  const std::string letters = plain_letters(name);
  const std::vector<std::string> parts = parts_of(name);
  for (const std::string_view known : popular) {
    if (known.size() < k_shortest) continue;
    if (letters != name && letters == known)
      return Likeness{known, "with letters that look the same", EvidenceClass::supporting};
    if (parts.size() > 1 && parts == parts_of(known))
      return Likeness{known, "with its parts in another order", EvidenceClass::supporting};
    const std::size_t apart = distance(name, known, 2);
    // A digit at the end makes the next version of a thing.
    const bool versioned = name.substr(0, known.size()) == known || known.substr(0, name.size()) == name;
    const bool digit = !name.empty() && name.back() >= '0' && name.back() <= '9';
    if (apart == 1 && !(versioned && digit) && known.size() > k_shortest)
      return Likeness{known, "but for one letter", EvidenceClass::supporting};
    if (apart == 1 && !(versioned && digit)) return Likeness{known, "but for one letter", EvidenceClass::context};
    if (apart == 2 && known.size() >= k_long_enough_for_two)
      return Likeness{known, "but for two letters", EvidenceClass::context};
    if (known.size() > k_shortest && without_separators(name) == without_separators(known) && kind != "pypi")
      return Likeness{known, "but for its separators", EvidenceClass::context};
  }
  return std::nullopt;
}

// PyPI takes "Foo_Bar" and "foo-bar" for one name.
std::string usual_spelling(std::string_view kind, std::string_view name) {
  std::string out;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    if (kind == "pypi" && c == '_') c = '-';
    out += c;
  }
  return out;
}

std::string_view last_part(std::string_view reference) {
  reference = reference.substr(0, reference.find('@'));
  const std::size_t slash = reference.rfind('/');
  if (slash != std::string_view::npos) reference.remove_prefix(slash + 1);
  return reference.substr(0, reference.find(':'));
}

class LookalikeNames final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    of_image(context, out);
    std::set<std::string> seen;
    for (const model::Package& package : context.inventory.packages) {
      const std::string name = usual_spelling(package.type, package.name);
      // A scope says whose package it is.
      if (name.starts_with('@') || seen.size() >= k_most) continue;
      const auto like = likeness(package.type, name);
      if (!like || !seen.insert(package.type + name).second) continue;
      PlacedEvidence placed;
      if (const auto file = context.image.find(package.database_path)) {
        placed = place_of(context, *file);
      } else {
        placed.path = package.database_path;
        placed.visibility = model::Visibility::final;
      }
      placed.reach = Reach::present;
      placed.evidence = said(package.type + " package " + package.name, *like);
      out.add(std::move(placed));
    }
  }

 private:
  static Evidence said(const std::string& what, const Likeness& like) {
    return with_class(evidence_of(k_rows[0], what + " is " + std::string(like.name) + " " + std::string(like.how)),
                      like.cls);
  }

  static void of_image(const ImageContext& context, ImageEvidence& out) {
    const model::Image& image = context.image.image();
    if (image.source == "rootfs") return;
    const std::string name = usual_spelling("image", last_part(image.reference));
    const auto like = likeness("image", name);
    if (!like) return;
    PlacedEvidence placed;
    placed.path = "config:image";
    placed.visibility = model::Visibility::config;
    placed.reach = Reach::present;
    placed.evidence = said("image " + image.reference, *like);
    out.add(std::move(placed));
  }
};

const util::Registered<LookalikeNames> registered{{
    .id = "lookalike-names",
    .version = 1,
    .summary = "packages and images whose names can be taken for well-known ones",
    .example = "npm package expresss is express but for one letter",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
