#include "advisories/nvd_configurations.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "advisories/cpe.hpp"
#include "advisories/cpe_products.hpp"
#include "advisories/enrichment.hpp"

namespace hullcheck::advisories {
namespace {

using json::Element;

constexpr std::size_t k_most_nodes = 1000, k_most_matches = 50'000, k_most_rows = 2000;  // of one flaw
constexpr std::size_t k_most_words = 500;                                                // of one condition
constexpr std::size_t k_most_ranges = 5000;                                              // of one row
constexpr std::size_t k_longest_version = 128;

struct Match {
  CpeName name;
  Range range;
  std::string above;  // the range's start is not in it
  bool vulnerable = false;
  bool versioned = true;  // false: of no version ("-"), or of a pattern of them; as a condition of any
};
struct Node {
  std::vector<Match> matches;
  bool all = false;  // AND; else OR
  bool negated = false;
};

bool is_any(std::string_view field) { return field.empty() || field == "*"; }
bool is_open(std::string_view field) { return is_any(field) || field == "-"; }

bool is_java(const CpeName& name) {
  return (name.vendor == "oracle" || name.vendor == "sun") &&
         (name.product == "openjdk" || name.product == "jdk" || name.product == "jre");
}

// Java's releases as the inventory spells them, whatever the NVD's mood: "1.8.0:update_292", "8:update292" and
// "1.8.0_292" are "8.0.292"; the numbers since 9 stay.
std::string java_version(std::string version) {
  if (version.starts_with("1.") && version.size() > 2 && version[2] >= '2' && version[2] <= '9') version.erase(0, 2);
  const std::size_t update = std::min(version.find(":update"), version.find('_'));
  if (update == std::string::npos) return version;
  const std::size_t number = version.find_first_of("0123456789", update);
  if (number == std::string::npos) return version;
  const std::size_t end = version.find_first_not_of("0123456789", number);
  return version.substr(0, version.find_first_of(".:_")) + ".0." +
         version.substr(number, end == std::string::npos ? end : end - number);
}

std::optional<Match> match_of(Element element) {
  auto name = parse_cpe(json::text(element, "criteria", 512));
  if (!name) return std::nullopt;
  Match match;
  const auto flag = json::member(element, "vulnerable");
  bool vulnerable = false;
  match.vulnerable = flag && flag->get_bool().get(vulnerable) == simdjson::SUCCESS && vulnerable;
  const auto bound = [&](std::string_view key) { return std::string(json::text(element, key, k_longest_version)); };
  if (is_any(name->version)) {
    match.range.introduced = bound("versionStartIncluding");
    match.above = bound("versionStartExcluding");
    if (match.range.introduced.empty()) match.range.introduced = match.above;
    match.range.fixed = bound("versionEndExcluding");
    match.range.last_affected = bound("versionEndIncluding");
  } else if (name->version == "-" || name->version.find_first_of("*?") != std::string::npos) {
    match.versioned = false;
  } else {
    std::string version = name->version;
    if (!is_open(name->update)) version += ":" + name->update;
    match.range.introduced = match.range.last_affected = version.substr(0, k_longest_version);
  }
  if (is_java(*name))
    for (auto* const version :
         {&match.range.introduced, &match.range.fixed, &match.range.last_affected, &match.above})
      *version = java_version(std::move(*version));
  match.name = std::move(*name);
  return match;
}

// What a match says as a condition: nothing where it cannot be written down.
std::optional<std::string> word_of(const Match& match) {
  CpeSubject subject{match.name.part, match.name.vendor, match.name.product, {}};
  if (!match.above.empty())
    subject.bounds.emplace_back(CpeBound::above, match.above);
  else if (!match.range.introduced.empty())
    subject.bounds.emplace_back(CpeBound::at_least, match.range.introduced);
  if (!match.range.fixed.empty()) subject.bounds.emplace_back(CpeBound::below, match.range.fixed);
  if (!match.range.last_affected.empty()) subject.bounds.emplace_back(CpeBound::at_most, match.range.last_affected);
  return write_cpe_subject(subject);
}

// The condition that one of the matches holds; "" where that cannot be written down or is too much: it is then taken
// to hold, since a flaw too many is seen and one too few is not.
std::string alternatives(const std::vector<Match>& matches) {
  std::string words;
  if (matches.size() > k_most_words) return {};
  for (const Match& match : matches) {
    const auto word = word_of(match);
    if (!word) return {};
    words += (words.empty() ? "" : " ") + *word;
  }
  return words;
}

// Editions for other systems than the one in an image: plug-ins of other programs, builds for Windows.
bool is_for_linux(const CpeName& name) {
  constexpr std::array<std::string_view, 4> k_targets{"linux", "linux_kernel", "unix", "docker"};
  return is_open(name.target_software) ||
         std::find(k_targets.begin(), k_targets.end(), name.target_software) != k_targets.end();
}

std::string edition_of(const CpeName& name) {
  constexpr std::array<std::string_view, 5> k_sold{"enterprise", "plus", "pro", "premium", "business"};
  const bool sold = std::find(k_sold.begin(), k_sold.end(), name.software_edition) != k_sold.end();
  return sold ? "enterprise" : "";
}

class Rows {
 public:
  Rows(const Advisory& common, std::vector<Advisory>& out) : m_common(common), m_out(out) {}

  void add_configuration(Element configuration) {
    const bool all = json::text(configuration, "operator", 8) == "AND";
    if (is_true(configuration, "negate")) return;  // "everywhere but there" is nothing to look up
    m_nodes.clear();
    json::each(configuration, "nodes", [&](Element node) { add_node(node); });
    for (std::size_t i = 0; i < m_nodes.size(); ++i) {
      if (m_nodes[i].negated) continue;
      for (std::size_t j = 0; j < m_nodes[i].matches.size(); ++j)
        if (is_wanted(m_nodes[i].matches[j])) add(i, j, conditions(i, j, all));
    }
  }

 private:
  using Conditions = std::vector<std::pair<std::string, std::string>>;

  static bool is_true(Element holder, std::string_view key) {
    const auto flag = json::member(holder, key);
    bool value = false;
    return flag && flag->get_bool().get(value) == simdjson::SUCCESS && value;
  }

  static bool is_wanted(const Match& match) {
    return match.vulnerable && match.versioned && match.name.part == "a" && is_for_linux(match.name) &&
           is_cpe_product(match.name.vendor + ":" + match.name.product);
  }

  void add_node(Element element) {
    if (m_nodes.size() >= k_most_nodes) return;
    Node& node = m_nodes.emplace_back();
    node.all = json::text(element, "operator", 8) == "AND";
    node.negated = is_true(element, "negate");
    json::each(element, "cpeMatch", [&](Element entry) {
      if (m_matches++ >= k_most_matches) return;
      if (auto match = match_of(entry)) node.matches.push_back(std::move(*match));
    });
  }

  // What must hold beside match `j` of node `i`.
  Conditions conditions(std::size_t i, std::size_t j, bool all) const {
    Conditions list;
    const auto needs = [&](std::string_view key, std::string words) {
      if (!words.empty()) list.emplace_back(key, std::move(words));
    };
    const auto each_of = [&](const Node& node, std::size_t but) {
      for (std::size_t k = 0; k < node.matches.size() && list.size() < k_most_words; ++k)
        if (k != but) needs(k_cpe_needs, alternatives({node.matches[k]}));
    };
    if (m_nodes[i].all) each_of(m_nodes[i], j);
    for (std::size_t k = 0; all && k < m_nodes.size() && list.size() < k_most_words; ++k) {
      if (k == i) continue;
      if (m_nodes[k].negated)
        needs(k_cpe_excludes, alternatives(m_nodes[k].matches));
      else if (m_nodes[k].all)
        each_of(m_nodes[k], m_nodes[k].matches.size());
      else
        needs(k_cpe_needs, alternatives(m_nodes[k].matches));
    }
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    return list;
  }

  void add(std::size_t i, std::size_t j, Conditions extra) {
    const Match& match = m_nodes[i].matches[j];
    if (std::string edition = edition_of(match.name); !edition.empty())
      extra.emplace_back(k_cpe_edition, std::move(edition));
    if (!match.above.empty()) extra.emplace_back(k_cpe_not, match.above);
    std::string product = match.name.vendor + ":" + match.name.product;
    const auto [place, fresh] = m_rows.emplace(std::pair(product, extra), m_out.size());
    if (fresh) {
      if (m_out.size() >= k_most_rows) {
        m_rows.erase(place);
        return;
      }
      Advisory& row = m_out.emplace_back(m_common);
      row.ecosystem = k_cpe_ecosystem;
      row.package = std::move(product);
      row.extra = std::move(extra);
    }
    auto& ranges = m_out[place->second].ranges;
    if (ranges.size() < k_most_ranges) ranges.push_back(match.range);
  }

  const Advisory& m_common;
  std::vector<Advisory>& m_out;
  std::vector<Node> m_nodes;  // of the configuration at hand
  std::size_t m_matches = 0;
  std::map<std::pair<std::string, Conditions>, std::size_t> m_rows;
};

}  // namespace

std::vector<Advisory> nvd_rows(Element flaw, const Advisory& common) {
  std::vector<Advisory> out;
  Rows rows(common, out);
  json::each(flaw, "configurations", [&](Element configuration) { rows.add_configuration(configuration); });
  return out;
}

}  // namespace hullcheck::advisories
