// A vector falls into one of 270 macro vectors by six equivalence classes; each has a score that experts agreed upon.
// Within one, the score goes down towards the next lower ones, in proportion to how far the vector is from the
// gravest vector of its own class. Distances are counted in steps between the values of a metric.
#include "advisories/cvss4.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace hullcheck::advisories {
namespace {

// Scores times ten by (EQ1, EQ2, EQ3, EQ4, EQ5, EQ6), 0 where no vector falls.
constexpr std::array<std::uint8_t, 324> k_scores{
    100, 99, 98, 95, 95, 92, 100, 96, 93, 87, 91, 81, 93, 90, 89, 80, 81, 68, 98, 95, 95, 92, 90, 84, 93, 92, 89,
    81,  81, 65, 88, 80, 78, 70,  69, 48, 0,  92, 0,  82, 0,  72, 0,  79, 0,  69, 0,  50, 0,  69, 0,  55, 0,  27,
    99,  97, 95, 92, 92, 85, 95,  91, 90, 83, 84, 71, 92, 81, 82, 71, 72, 53, 95, 93, 92, 85, 85, 73, 92, 82, 80,
    72,  70, 59, 84, 70, 71, 52,  50, 30, 0,  86, 0,  75, 0,  52, 0,  71, 0,  52, 0,  29, 0,  63, 0,  29, 0,  17,
    98,  95, 94, 87, 91, 81, 94,  89, 86, 74, 77, 64, 87, 75, 74, 63, 63, 49, 94, 89, 88, 77, 76, 67, 86, 76, 74,
    58,  59, 50, 72, 57, 57, 52,  52, 25, 0,  83, 0,  70, 0,  54, 0,  65, 0,  58, 0,  26, 0,  53, 0,  21, 0,  13,
    95,  90, 88, 76, 76, 70, 90,  77, 75, 62, 61, 53, 77, 66, 68, 59, 52, 30, 89, 78, 76, 67, 62, 58, 74, 59, 57,
    57,  47, 23, 61, 52, 57, 29,  24, 16, 0,  71, 0,  59, 0,  30, 0,  58, 0,  26, 0,  15, 0,  23, 0,  13, 0,  6,
    93,  87, 86, 72, 75, 58, 86,  74, 74, 61, 56, 34, 70, 54, 52, 40, 40, 22, 85, 75, 74, 55, 62, 51, 72, 57, 55,
    41,  46, 19, 53, 36, 34, 19,  19, 8,  0,  64, 0,  51, 0,  20, 0,  47, 0,  21, 0,  11, 0,  24, 0,  9,  0,  4,
    88,  75, 73, 53, 60, 50, 73,  55, 59, 40, 41, 20, 54, 43, 45, 22, 20, 11, 75, 55, 58, 45, 40, 21, 61, 51, 48,
    18,  20, 9,  46, 18, 17, 7,   8,  2,  0,  53, 0,  24, 0,  14, 0,  24, 0,  12, 0,  5,  0,  10, 0,  3,  0,  1,
};

// Metrics that count, with their values from the gravest down. A modified metric ("MAV") stands for the base one.
struct Metric {
  std::string_view name;
  std::string_view values;  // one letter each
  bool required;
  char otherwise;  // what an absent or undefined one is taken for
};
enum Index : std::size_t { AV, PR, UI, AC, AT, VC, VI, VA, SC, SI, SA, CR, IR, AR, E, k_metric_count };
constexpr std::array<Metric, k_metric_count> k_metrics{
    Metric{"AV", "NALP", true, 0},   Metric{"PR", "NLH", true, 0},    Metric{"UI", "NPA", true, 0},
    Metric{"AC", "LH", true, 0},     Metric{"AT", "NP", true, 0},     Metric{"VC", "HLN", true, 0},
    Metric{"VI", "HLN", true, 0},    Metric{"VA", "HLN", true, 0},    Metric{"SC", "SHLN", true, 0},
    Metric{"SI", "SHLN", true, 0},   Metric{"SA", "SHLN", true, 0},   Metric{"CR", "HML", false, 'H'},
    Metric{"IR", "HML", false, 'H'}, Metric{"AR", "HML", false, 'H'}, Metric{"E", "APU", false, 'A'},
};
using Levels = std::array<int, k_metric_count>;  // places in `values`
constexpr int k_unset = -1;

// "Safety" is a value of the modified metrics of integrity and availability only.
bool allowed(std::size_t metric, char value, bool modified) {
  const bool subsequent = metric == SC || metric == SI || metric == SA;
  return !(subsequent && value == 'S' && (!modified || metric == SC));
}

bool take(std::string_view name, std::string_view value, Levels& base, Levels& modified) {
  const bool is_modified = name.size() == 3 && name[0] == 'M';
  if (is_modified) name.remove_prefix(1);
  for (std::size_t i = 0; i < k_metric_count; ++i) {
    if (k_metrics[i].name != name) continue;
    int& place = (is_modified ? modified : base)[i];
    if (place != k_unset || value.size() != 1) return false;
    if (value == "X") return is_modified || !k_metrics[i].required;
    const auto at = k_metrics[i].values.find(value[0]);
    if (at == std::string_view::npos || !allowed(i, value[0], is_modified)) return false;
    place = static_cast<int>(at);
    return true;
  }
  return true;  // supplemental metrics have no part in the score
}

std::optional<Levels> parse(std::string_view text) {
  Levels base, modified;
  base.fill(k_unset);
  modified.fill(k_unset);
  while (!text.empty()) {
    const auto slash = text.find('/');
    const std::string_view part = text.substr(0, slash);
    text = slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
    const auto colon = part.find(':');
    if (colon == std::string_view::npos || !take(part.substr(0, colon), part.substr(colon + 1), base, modified))
      return std::nullopt;
  }
  for (std::size_t i = 0; i < k_metric_count; ++i) {
    if (base[i] == k_unset && k_metrics[i].required) return std::nullopt;
    if (base[i] == k_unset) base[i] = static_cast<int>(k_metrics[i].values.find(k_metrics[i].otherwise));
    if (modified[i] != k_unset) base[i] = modified[i];
  }
  return base;
}

bool is(const Levels& levels, std::size_t metric, char value) {
  return k_metrics[metric].values[static_cast<std::size_t>(levels[metric])] == value;
}

struct Classes {
  int eq1, eq2, eq3, eq4, eq5, eq6;
};

Classes classify(const Levels& v) {
  Classes out{};
  const int open = is(v, AV, 'N') + is(v, PR, 'N') + is(v, UI, 'N');
  out.eq1 = open == 3 ? 0 : is(v, AV, 'P') || open == 0 ? 2 : 1;
  out.eq2 = is(v, AC, 'L') && is(v, AT, 'N') ? 0 : 1;
  if (is(v, VC, 'H') && is(v, VI, 'H'))
    out.eq3 = 0;
  else
    out.eq3 = is(v, VC, 'H') || is(v, VI, 'H') || is(v, VA, 'H') ? 1 : 2;
  if (is(v, SI, 'S') || is(v, SA, 'S'))
    out.eq4 = 0;
  else
    out.eq4 = is(v, SC, 'H') || is(v, SI, 'H') || is(v, SA, 'H') ? 1 : 2;
  out.eq5 = v[E];
  const bool wanted =
      (is(v, CR, 'H') && is(v, VC, 'H')) || (is(v, IR, 'H') && is(v, VI, 'H')) || (is(v, AR, 'H') && is(v, VA, 'H'));
  out.eq6 = wanted ? 0 : 1;
  return out;
}

// -1 where there is no such macro vector.
int score_of(const Classes& c) {
  if (c.eq1 > 2 || c.eq2 > 1 || c.eq3 > 2 || c.eq4 > 2 || c.eq5 > 2 || c.eq6 > 1) return -1;
  const int place = ((((c.eq1 * 2 + c.eq2) * 3 + c.eq3) * 3 + c.eq4) * 3 + c.eq5) * 2 + c.eq6;
  const int score = k_scores[static_cast<std::size_t>(place)];
  return score == 0 ? -1 : score;
}

// The gravest vectors of each class: the values of the metrics that the class is about, in the order of `metrics`.
struct Gravest {
  int level, level6;  // level6 is of EQ6 and only of EQ3's rows
  std::string_view values;
};
constexpr Gravest k_eq1[] = {{0, 0, "NNN"}, {1, 0, "ANN"}, {1, 0, "NLN"},
                             {1, 0, "NNP"}, {2, 0, "PNN"}, {2, 0, "ALP"}};
constexpr Gravest k_eq2[] = {{0, 0, "LN"}, {1, 0, "HN"}, {1, 0, "LP"}};
constexpr Gravest k_eq3[] = {{0, 0, "HHHHHH"}, {0, 1, "HHLMMH"}, {0, 1, "HHHMMM"}, {1, 0, "LHHHHH"},
                             {1, 0, "HLHHHH"}, {1, 1, "LHLHMH"}, {1, 1, "LHHHMM"}, {1, 1, "HLHMHM"},
                             {1, 1, "HLLMHH"}, {1, 1, "LLHHHM"}, {2, 1, "LLLHHH"}};
constexpr Gravest k_eq4[] = {{0, 0, "HSS"}, {1, 0, "HHH"}, {2, 0, "LLL"}};

// Steps from the gravest vector of the class that is at least as grave in every metric.
template <std::size_t rows, std::size_t count>
int distance(const Levels& v, const Gravest (&table)[rows], const std::size_t (&metrics)[count], int level,
             int level6) {
  for (const Gravest& row : table) {
    if (row.level != level || row.level6 != level6) continue;
    int sum = 0;
    bool fits = true;
    for (std::size_t i = 0; i < count; ++i) {
      const int steps = v[metrics[i]] - static_cast<int>(k_metrics[metrics[i]].values.find(row.values[i]));
      fits = fits && steps >= 0;
      sum += steps;
    }
    if (fits) return sum;
  }
  return 0;
}

// How many steps deep each class is.
constexpr int k_depth1[] = {1, 4, 5}, k_depth2[] = {1, 2}, k_depth4[] = {6, 5, 4};
constexpr int k_depth36[3][2] = {{7, 6}, {8, 8}, {0, 10}};

int next_of_eq3_and_eq6(Classes c) {
  Classes other = c;
  if (c.eq3 == 0 && c.eq6 == 0) {
    c.eq6 = 1;
    other.eq3 = 1;
    return std::max(score_of(c), score_of(other));
  }
  if (c.eq3 == 1 && c.eq6 == 0)
    c.eq6 = 1;
  else
    ++c.eq3;
  return score_of(c);
}

}  // namespace

std::optional<double> cvss4_score(std::string_view metrics) {
  const auto parsed = parse(metrics);
  if (!parsed) return std::nullopt;
  const Levels& v = *parsed;
  bool any_impact = false;
  for (const std::size_t metric : {VC, VI, VA, SC, SI, SA}) any_impact = any_impact || !is(v, metric, 'N');
  if (!any_impact) return 0.0;

  const Classes c = classify(v);
  const double score = score_of(c);
  double sum = 0;
  int lower_classes = 0;
  const auto towards = [&](int lower, int steps, int depth) {
    if (lower < 0) return;
    ++lower_classes;
    sum += (score - lower) * steps / depth;
  };
  const auto with = [&](int Classes::*eq) {
    Classes next = c;
    ++(next.*eq);
    return score_of(next);
  };
  towards(with(&Classes::eq1), distance(v, k_eq1, {AV, PR, UI}, c.eq1, 0), k_depth1[c.eq1]);
  towards(with(&Classes::eq2), distance(v, k_eq2, {AC, AT}, c.eq2, 0), k_depth2[c.eq2]);
  towards(next_of_eq3_and_eq6(c), distance(v, k_eq3, {VC, VI, VA, CR, IR, AR}, c.eq3, c.eq6),
          k_depth36[c.eq3][c.eq6]);
  towards(with(&Classes::eq4), distance(v, k_eq4, {SC, SI, SA}, c.eq4, 0), k_depth4[c.eq4]);
  towards(with(&Classes::eq5), 0, 1);
  const double result = lower_classes == 0 ? score : score - sum / lower_classes;
  return std::clamp(std::round(result + 1e-5) / 10, 0.0, 10.0);
}

}  // namespace hullcheck::advisories
