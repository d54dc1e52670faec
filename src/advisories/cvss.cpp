#include "advisories/cvss.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "advisories/cvss4.hpp"

namespace hullcheck::advisories {
namespace {

constexpr std::size_t k_longest_vector = 512;
constexpr std::string_view k_v30 = "CVSS:3.0/", k_v31 = "CVSS:3.1/", k_v40 = "CVSS:4.0/";

// Metric values by name, as they stand in the vector; at most one of each.
class Metrics {
 public:
  // False when a metric is given twice or is no "NAME:VALUE".
  bool parse(std::string_view text) {
    while (!text.empty()) {
      const auto slash = text.find('/');
      const std::string_view part = text.substr(0, slash);
      text = slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
      const auto colon = part.find(':');
      if (colon == std::string_view::npos || m_count == m_parts.size()) return false;
      const std::string_view name = part.substr(0, colon);
      if (!value(name).empty()) return false;
      m_parts[m_count++] = {name, part.substr(colon + 1)};
    }
    return true;
  }
  std::string_view value(std::string_view name) const {
    for (std::size_t i = 0; i < m_count; ++i)
      if (m_parts[i].first == name) return m_parts[i].second;
    return {};
  }

 private:
  std::array<std::pair<std::string_view, std::string_view>, 48> m_parts;
  std::size_t m_count = 0;
};

struct Weight {
  std::string_view metric, value;
  double weight;
};

constexpr Weight k_weights3[] = {
    {"AV", "N", 0.85}, {"AV", "A", 0.62}, {"AV", "L", 0.55}, {"AV", "P", 0.2},  {"AC", "L", 0.77}, {"AC", "H", 0.44},
    {"UI", "N", 0.85}, {"UI", "R", 0.62}, {"C", "H", 0.56},  {"C", "L", 0.22},  {"C", "N", 0},     {"I", "H", 0.56},
    {"I", "L", 0.22},  {"I", "N", 0},     {"A", "H", 0.56},  {"A", "L", 0.22},  {"A", "N", 0},     {"S", "U", 0},
    {"S", "C", 1},     {"PR", "N", 0.85}, {"PR", "L", 0.62}, {"PR", "H", 0.27},
};
constexpr Weight k_weights2[] = {
    {"AV", "L", 0.395}, {"AV", "A", 0.646}, {"AV", "N", 1.0},  {"AC", "H", 0.35},  {"AC", "M", 0.61},
    {"AC", "L", 0.71},  {"Au", "M", 0.45},  {"Au", "S", 0.56}, {"Au", "N", 0.704}, {"C", "N", 0},
    {"C", "P", 0.275},  {"C", "C", 0.660},  {"I", "N", 0},     {"I", "P", 0.275},  {"I", "C", 0.660},
    {"A", "N", 0},      {"A", "P", 0.275},  {"A", "C", 0.660},
};

// The weight of a metric; sets `missing` when the vector lacks it or gives a value that is none of its own.
template <std::size_t N>
double weight(const Weight (&table)[N], const Metrics& metrics, std::string_view metric, bool& missing) {
  const std::string_view value = metrics.value(metric);
  for (const auto& row : table)
    if (row.metric == metric && row.value == value) return row.weight;
  missing = true;
  return 0;
}

double round_up_30(double score) { return std::ceil(score * 10 - 1e-9) / 10; }

// v3.1 defines rounding over integers, so that every implementation rounds alike.
double round_up_31(double score) {
  const auto scaled = static_cast<std::int64_t>(std::lround(score * 100'000));
  const std::int64_t tenths = scaled / 10'000;
  return scaled % 10'000 == 0 ? static_cast<double>(scaled) / 100'000 : static_cast<double>(tenths + 1) / 10;
}

std::optional<double> score3(std::string_view text, bool v31) {
  Metrics metrics;
  if (!metrics.parse(text)) return std::nullopt;
  bool missing = false;
  const auto of = [&](std::string_view metric) { return weight(k_weights3, metrics, metric, missing); };
  const bool changed = of("S") > 0;
  double privileges = of("PR");
  if (changed && metrics.value("PR") == "L") privileges = 0.68;
  if (changed && metrics.value("PR") == "H") privileges = 0.5;
  const double base = 1 - (1 - of("C")) * (1 - of("I")) * (1 - of("A"));
  const double exploitability = 8.22 * of("AV") * of("AC") * privileges * of("UI");
  if (missing) return std::nullopt;
  const double impact = changed ? 7.52 * (base - 0.029) - 3.25 * std::pow(base - 0.02, 15) : 6.42 * base;
  if (impact <= 0) return 0.0;
  const double sum = std::min((changed ? 1.08 : 1.0) * (impact + exploitability), 10.0);
  return v31 ? round_up_31(sum) : round_up_30(sum);
}

std::optional<double> score2(std::string_view text) {
  Metrics metrics;
  if (!metrics.parse(text)) return std::nullopt;
  bool missing = false;
  const auto of = [&](std::string_view metric) { return weight(k_weights2, metrics, metric, missing); };
  const double impact = 10.41 * (1 - (1 - of("C")) * (1 - of("I")) * (1 - of("A")));
  const double exploitability = 20 * of("AV") * of("AC") * of("Au");
  if (missing) return std::nullopt;
  if (impact <= 0) return 0.0;
  return std::round((0.6 * impact + 0.4 * exploitability - 1.5) * 1.176 * 10) / 10;
}

bool is_v3(std::string_view vector) {
  return vector.substr(0, k_v30.size()) == k_v30 || vector.substr(0, k_v31.size()) == k_v31;
}

}  // namespace

std::optional<double> cvss_base_score(std::string_view vector) {
  if (vector.size() > k_longest_vector) return std::nullopt;
  if (is_v3(vector)) return score3(vector.substr(k_v30.size()), vector.substr(0, k_v31.size()) == k_v31);
  if (vector.substr(0, k_v40.size()) == k_v40) return cvss4_score(vector.substr(k_v40.size()));
  if (vector.substr(0, 5) == "CVSS:") return std::nullopt;
  if (vector.size() > 2 && vector.front() == '(' && vector.back() == ')')
    vector = vector.substr(1, vector.size() - 2);
  return score2(vector);
}

model::Severity cvss_band(std::string_view vector, double score) {
  if (score < 0) return model::Severity::unrated;
  if (vector.substr(0, 5) == "CVSS:") {  // versions 3 and 4 have the same bands
    if (score >= 9.0) return model::Severity::critical;
    if (score >= 7.0) return model::Severity::high;
    if (score >= 4.0) return model::Severity::medium;
    return score > 0 ? model::Severity::low : model::Severity::negligible;
  }
  if (score >= 7.0) return model::Severity::high;
  return score >= 4.0 ? model::Severity::medium : model::Severity::low;
}

}  // namespace hullcheck::advisories
