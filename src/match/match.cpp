// Every package of the inventory against the advisory database, and what could not be said about them.
#include "match/match.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "advisories/enrichment.hpp"
#include "advisories/redhat_stream.hpp"
#include "inventory/origins/origins.hpp"
#include "match/bitnami.hpp"
#include "match/end_of_life.hpp"
#include "match/enrich.hpp"
#include "match/flaws.hpp"
#include "match/kernel.hpp"
#include "match/malware.hpp"
#include "match/matcher.hpp"
#include "match/sources.hpp"
#include "match/third_party.hpp"
#include "match/unmatched.hpp"
#include "util/clock.hpp"
#include "util/text.hpp"

namespace hullcheck::match {
namespace {

using advisories::Advisory;
using model::GapEffect;

constexpr std::size_t k_most_package_gaps = 100;  // after these, one gap with a count
constexpr std::string_view k_update = "hullcheck db update";

bool has_system_packages(const inventory::Inventory& inventory) {
  return std::any_of(inventory.packages.begin(), inventory.packages.end(), model::is_system_package);
}

std::string named(const model::Distribution& distribution) {
  return distribution.pretty_name.empty() ? inventory::id_and_version(distribution) : distribution.pretty_name;
}

class Run {
 public:
  Run(const inventory::Inventory& inventory, const layers::ImageView& image, const advisories::Database* database,
      const MatchOptions& options)
      : m_inventory(inventory), m_image(image), m_database(database), m_options(options) {}

  Matches run() {
    judge_distribution();
    m_result.database.renewal = m_options.renewal;
    if (m_database == nullptr) {
      const std::string& why = m_options.database_trouble;
      gap("no-advisory-database", "",
          fmt::format("{}; {}", why.empty() ? "there is no advisory database" : why, how()));
      return std::move(m_result);
    }
    m_result.database = m_database->state();
    m_result.database.renewal = m_options.renewal;
    m_enrichment.emplace(*m_database);
    add_products_of_repositories();
    for (const auto& package : m_inventory.packages) match_package(package);
    for (const auto& package : m_inventory.declared) match_package(package);
    finish_package_gaps();
    for (auto& gap : m_unmatched.gaps(named(m_inventory.distribution))) m_result.gaps.push_back(std::move(gap));
    note_sources(m_ecosystems, *m_database, m_options, how(), m_result);
    sort_results();
    return std::move(m_result);
  }

 private:
  void gap(std::string_view id, std::string_view subject, std::string reason, GapEffect effect = GapEffect::unknown) {
    m_result.gaps.push_back(advisory_gap(id, subject, std::move(reason), effect));
  }

  std::string how() const {
    const std::string& command = m_options.renewal.command;
    return fmt::format("run: {}", command.empty() ? std::string(k_update) : command);
  }

  void judge_distribution() {
    const auto& distribution = m_inventory.distribution;
    if (distribution.id.empty()) {
      if (has_system_packages(m_inventory))
        gap("unknown-distribution", "", "nothing in the image says which distribution its packages are of");
      return;
    }
    const auto life = end_of_life(distribution);
    if (!life) {
      gap("unknown-distribution", named(distribution),
          "it is not known until when this release gets security updates");
      return;
    }
    const auto today = std::chrono::floor<std::chrono::days>(m_options.now);
    if (life->date && *life->date < today)
      gap("end-of-life", named(distribution),
          fmt::format("this release has had no security updates since {} ({}); newer flaws are not in any advisory",
                      util::iso_date(*life->date), life->source));
  }

  // Red Hat's images name the repositories that they were built from; the database knows of which products these are.
  void add_products_of_repositories() {
    m_distribution = m_inventory.distribution;
    for (const std::string& set : m_inventory.distribution.content_sets) {
      const auto rows = m_database->look_up(advisories::k_redhat_repositories, set);
      if (!rows.ok()) continue;  // as if it was not listed: its name may still say it
      for (const Advisory& row : *rows)
        for (const auto& [key, value] : row.extra)
          if (key == "cpe") m_distribution.cpes.push_back(value);
    }
  }

  void match_package(const model::Package& package) {
    if (belongs_to_bitnami(package, m_inventory)) return;
    if (std::string publisher = third_party(m_inventory.distribution, package); !publisher.empty()) {
      m_unmatched.of_publisher(std::move(publisher), package);
      return;
    }
    if (package.version.empty()) return m_unmatched.without_version(package);
    for (const auto& matcher : MatcherRegistry::all()) {
      const auto query = matcher.instance->query(m_distribution, package);
      if (!query) continue;
      // What is only declared needs no data: it cannot raise the verdict.
      if (!package.declared_only) m_ecosystems.insert(query->ecosystem);
      match_query(package, *query, *matcher.instance);
      return;
    }
    m_unmatched.without_matcher(package);
  }

  // What the advisories of one query say of a package.
  struct Answer {
    std::vector<AffectingAdvisory> affecting;
    Denials denials;
    std::set<std::string_view> told;
    bool listed = false;  // there are advisories of the name
  };

  void match_query(const model::Package& package, const Query& query, const Matcher& matcher) {
    std::vector<const Query*> queries;
    const auto further = [&](const std::vector<Query>& list) {
      for (const Query& more : list) {
        if (!m_database->has_ecosystem(more.ecosystem)) continue;
        if (!package.declared_only) m_ecosystems.insert(more.ecosystem);
        queries.push_back(&more);
      }
    };
    further(query.before);
    queries.push_back(&query);
    further(query.also);
    std::set<std::string_view> told;  // flaws that earlier queries have a record of, whatever it says of this version
    std::vector<std::pair<const Query*, Answer>> answers;
    bool listed = false;
    for (const Query* const one : queries) {
      auto answer = ask(package, *one, matcher, told);
      if (!answer) return;
      listed = listed || answer->listed;
      if (one->joined && !answers.empty())
        join(answers.back().second, std::move(*answer));
      else
        answers.emplace_back(one, std::move(*answer));
      if (one != queries.back()) remember(*one, told);
    }
    if (package.declared_only) return;
    if (query.listed_only && !listed) return m_unmatched.without_matcher(package);
    ++m_result.packages_assessed;
    add_flaws(package, answers, matcher);
  }

  // Adds what `more` says, but for flaws that are spoken of already and that the package does not have.
  static void join(Answer& answer, Answer more) {
    const auto move_all = [](auto& from, auto& to) {
      to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
    };
    answer.told = std::move(more.told);
    for (const auto& affecting : answer.affecting) {
      const Advisory& advisory = *affecting.advisory;
      for (const auto& flaw : advisory.covers) answer.told.erase(flaw);
      if (!advisory.covers.empty()) continue;
      answer.told.erase(advisory.id);
      for (const auto& alias : advisory.aliases) answer.told.erase(alias);
    }
    move_all(more.affecting, answer.affecting);
    answer.denials.merge(more.denials);
  }

  void remember(const Query& query, std::set<std::string_view>& told) {
    for (const auto& name : query.names) {
      const auto known = m_look_ups.find({query.ecosystem, name});
      if (known == m_look_ups.end()) continue;
      for (const auto& advisory : known->second) {
        told.insert(advisory.covers.begin(), advisory.covers.end());
        if (!advisory.covers.empty()) continue;
        told.insert(advisory.id);
        told.insert(advisory.aliases.begin(), advisory.aliases.end());
      }
    }
  }

  static const versions::Comparator& comparator_of(const Query& query) {
    const auto* extension = versions::ComparatorRegistry::find(query.scheme);
    HULLCHECK_ASSERT(extension != nullptr);
    return *extension->instance;
  }

  // Nothing: the package cannot be judged, and a gap says why.
  std::optional<Answer> ask(const model::Package& package, const Query& query, const Matcher& matcher,
                            const std::set<std::string_view>& told) {
    const auto& comparator = comparator_of(query);
    Answer answer;
    for (const auto& name : query.names) {
      const auto* advisories = look_up(query.ecosystem, name, package);
      if (advisories == nullptr) return std::nullopt;
      if (!advisories->empty() && !answer.listed && !comparator.valid(query.version)) {
        package_gap("package-version-unreadable", package,
                    fmt::format("its version is none of the {} form, so no advisory can be judged", query.scheme));
        return std::nullopt;
      }
      answer.listed = answer.listed || !advisories->empty();
      for (const auto& advisory : *advisories) weigh(package, advisory, query, comparator, matcher, answer);
    }
    // A bulletin may be about a flaw that was spoken of and one that was not: it is the flaws that are left out.
    answer.told = told;
    return answer;
  }

  void weigh(const model::Package& package, const Advisory& advisory, const Query& query,
             const versions::Comparator& comparator, const Matcher& matcher, Answer& answer) {
    if (advisory.status == model::VulnerabilityStatus::fixed || !matcher.concerns(advisory, package, m_inventory))
      return;
    if (advisory.status == model::VulnerabilityStatus::not_affected)
      return deny(advisory, query.version, comparator, answer.denials);
    auto assessment = assess(advisory, query.version, comparator);
    if (assessment.affected == Affected::yes && is_malware(advisory))
      add_malware(package, advisory);
    else if (assessment.affected == Affected::yes)
      add_affecting(package, advisory, std::move(assessment.fixed_version), matcher, answer);
    else if (assessment.affected == Affected::unreadable)
      package_gap("advisory-version-unreadable", package,
                  fmt::format("{} names a version that is none of the {} form", advisory.id, query.scheme));
  }

  void add_affecting(const model::Package& package, const Advisory& advisory, std::string fixed,
                     const Matcher& matcher, Answer& answer) {
    AffectingAdvisory affecting{&advisory, std::move(fixed)};
    if (!affecting.fixed_version.empty())
      affecting.channel = matcher.fix_channel(advisory, affecting.fixed_version, package, m_inventory);
    affecting.cve = cve_of(advisory);
    // Counted under its CVE, which the same bulletin names too.
    if (affecting.cve.empty() && is_twin(advisory)) return;
    answer.affecting.push_back(std::move(affecting));
  }

  static bool is_twin(const Advisory& advisory) {
    return std::any_of(advisory.extra.begin(), advisory.extra.end(),
                       [](const auto& extra) { return extra.first == advisories::k_twin; });
  }

  // The CVE of an advisory that has a name of GitHub's alone, where another source knows it.
  std::string cve_of(const Advisory& advisory) const {
    if (advisory.id.compare(0, 5, "GHSA-") != 0 || !advisory.covers.empty()) return {};
    const auto is_cve = [](const std::string& name) { return name.compare(0, 4, "CVE-") == 0; };
    if (std::any_of(advisory.aliases.begin(), advisory.aliases.end(), is_cve)) return {};
    const auto rows = m_database->look_up(advisories::k_alias_ecosystem, advisory.id);
    if (!rows.ok()) return {};
    for (const Advisory& row : *rows)
      if (!row.aliases.empty() && is_cve(row.aliases.front())) return row.aliases.front();
    return {};
  }

  static void deny(const Advisory& advisory, std::string_view version, const versions::Comparator& comparator,
                   Denials& denials) {
    if (assess(advisory, version, comparator).affected != Affected::yes) return;
    for (const auto& flaw : advisory.covers) denials.emplace(flaw, advisory.feed);
    if (!advisory.covers.empty()) return;
    denials.emplace(advisory.id, advisory.feed);
    for (const auto& alias : advisory.aliases) denials.emplace(alias, advisory.feed);
  }

  void add_flaws(const model::Package& package, const std::vector<std::pair<const Query*, Answer>>& answers,
                 const Matcher& matcher) {
    const KernelPart kernel = kernel_part(package);
    // Image, modules and their variants of one build have the same flaws.
    if (kernel == KernelPart::code &&
        !m_kernels.emplace(package.source_name, package.source_version, package.version).second)
      return;
    for (const auto& [query, answer] : answers) {
      if (kernel == KernelPart::no_code)
        suppress_kernel(package, answer, comparator_of(*query), matcher);
      else
        add_flaws(package, answer, comparator_of(*query), matcher);
    }
  }

  void suppress_kernel(const model::Package& package, const Answer& answer, const versions::Comparator& comparator,
                       const Matcher& matcher) {
    const auto flaws = collapse(answer.affecting, comparator, {}, answer.told);
    for (const auto& flaw : flaws)
      suppress(package, flaw, matcher, "the package is built from the kernel's source and holds no code of it");
    m_kernel_flaws += flaws.size();
    if (!flaws.empty()) m_kernel_packages.insert(package.name);
  }

  void add_flaws(const model::Package& package, const Answer& answer, const versions::Comparator& comparator,
                 const Matcher& matcher) {
    const auto flaws = collapse(answer.affecting, comparator, answer.denials, answer.told);
    for (const auto& flaw : flaws) add(package, flaw, matcher);
    if (answer.denials.empty()) return;
    for (const auto& flaw : collapse(answer.affecting, comparator, {}, answer.told)) {
      const bool counted = std::any_of(flaws.begin(), flaws.end(), [&](const Flaw& f) { return f.id == flaw.id; });
      const auto denial = answer.denials.find(flaw.id);
      if (!counted)
        suppress(package, flaw, matcher,
                 fmt::format("{} says that the package does not have it",
                             denial == answer.denials.end() ? std::string_view("its vendor") : denial->second));
    }
  }

  void suppress(const model::Package& package, const Flaw& flaw, const Matcher& matcher, std::string reason) {
    auto found = vulnerability(package, flaw, matcher);
    found.status = model::VulnerabilityStatus::not_affected;
    found.reason = std::move(reason);
    m_result.suppressed.push_back(std::move(found));
  }

  // Many binary packages share a source, so answers are kept for the run. Null: could not be read; the gap is noted.
  const std::vector<Advisory>* look_up(const std::string& ecosystem, const std::string& name,
                                       const model::Package& package) {
    const auto known = m_look_ups.find({ecosystem, name});
    if (known != m_look_ups.end()) return &known->second;
    auto advisories = m_database->look_up(ecosystem, name);
    if (!advisories.ok()) {
      package_gap("advisory-database-damaged", package, advisories.error().describe());
      return nullptr;
    }
    return &m_look_ups.emplace(std::pair(ecosystem, name), std::move(advisories).value()).first->second;
  }

  void add(const model::Package& package, const Flaw& flaw, const Matcher& matcher) {
    m_result.vulnerabilities.push_back(vulnerability(package, flaw, matcher));
  }

  model::Vulnerability vulnerability(const model::Package& package, const Flaw& flaw, const Matcher& matcher) {
    const Advisory& advisory = *flaw.advisory;
    model::Vulnerability found;
    found.advisory = flaw.id;
    found.aliases = flaw.aliases;
    found.package = package.name;
    found.package_version = package.version;
    found.architecture = package.architecture;
    found.source_name = package.source_name;
    found.purl = model::purl(package, m_inventory.distribution);
    found.severity = advisory.severity;
    found.severity_source = advisory.severity_source;
    found.cvss_score = flaw.scored->cvss_score;
    found.cvss_vector = flaw.scored->cvss_vector;
    found.fixed_version = flaw.fixed_version;
    found.status = flaw.channel.empty() || advisory.status != model::VulnerabilityStatus::affected
                       ? advisory.status
                       : model::VulnerabilityStatus::will_not_fix;
    found.link = advisory.link.empty() ? matcher.link(advisory, flaw.id) : advisory.link;
    found.title = advisory.title;
    if (!flaw.channel.empty())
      found.title += fmt::format("{}fixed by {} in {} only", found.title.empty() ? "" : "; ", flaw.channel_version,
                                 flaw.channel);
    found.feed = advisory.feed;
    found.ecosystem = advisory.ecosystem;
    found.published = advisory.published;
    found.location.path = model::place(package);
    if (package.layer != model::k_no_layer) found.location.layer = m_image.layer_id(package.layer);
    const model::Exposure exposure = m_enrichment->enrich(found);
    found.id = model::finding_id(
        found.advisory, found.location.path,
        fmt::format("{} {} {} {}", package.type, package.name, package.version, package.architecture),
        found.location.layer);
    m_result.exposures.insert_or_assign(found.id, exposure);
    return found;
  }

  void add_malware(const model::Package& package, const Advisory& advisory) {
    auto& list = package.declared_only ? m_result.warnings : m_result.threats;
    list.push_back(malware_finding(package, advisory, m_image, m_inventory.distribution));
  }

  void package_gap(std::string_view id, const model::Package& package, std::string reason) {
    if (package.declared_only) return;
    if (++m_package_gaps > k_most_package_gaps) return;
    gap(id, package.name + " " + package.version, std::move(reason));
  }

  void finish_package_gaps() {
    if (m_package_gaps > k_most_package_gaps)
      gap("packages-not-judged", "",
          fmt::format("{} more packages or advisories could not be judged", m_package_gaps - k_most_package_gaps));
    if (m_kernel_flaws > 0)
      gap("kernel-headers", *m_kernel_packages.begin(),
          fmt::format("{} of the kernel not counted: {} no code of it; a container runs on its host's kernel",
                      util::plural(m_kernel_flaws, "flaw"),
                      m_kernel_packages.size() == 1 ? "the package holds"
                                                    : fmt::format("{} such packages hold", m_kernel_packages.size())),
          GapEffect::note);
  }

  void sort_results() {
    for (auto* const list : {&m_result.vulnerabilities, &m_result.suppressed}) sort_flaws(*list);
    sort_rest();
  }

  static void sort_flaws(std::vector<model::Vulnerability>& list) {
    const auto order = [](const model::Vulnerability& v) {
      return std::tie(v.package, v.architecture, v.package_version, v.advisory, v.id);
    };
    // By pointers: a finding is large, and sorting moves each some fourteen times.
    std::vector<model::Vulnerability*> sorted;
    sorted.reserve(list.size());
    for (auto& entry : list) sorted.push_back(&entry);
    std::sort(sorted.begin(), sorted.end(), [&](const auto* a, const auto* b) { return order(*a) < order(*b); });
    // The same package listed twice by one database is one package.
    sorted.erase(
        std::unique(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->id == b->id; }),
        sorted.end());
    std::vector<model::Vulnerability> out;
    out.reserve(sorted.size());
    for (auto* const entry : sorted) out.push_back(std::move(*entry));
    list = std::move(out);
  }

  void sort_rest() {
    std::sort(m_result.gaps.begin(), m_result.gaps.end());
    m_result.gaps.erase(std::unique(m_result.gaps.begin(), m_result.gaps.end()), m_result.gaps.end());
    for (auto* const findings : {&m_result.threats, &m_result.warnings}) {
      std::sort(findings->begin(), findings->end(), [](const auto& a, const auto& b) { return a.id < b.id; });
      findings->erase(
          std::unique(findings->begin(), findings->end(), [](const auto& a, const auto& b) { return a.id == b.id; }),
          findings->end());
    }
  }

  const inventory::Inventory& m_inventory;
  model::Distribution m_distribution;  // with the products of its repositories
  const layers::ImageView& m_image;
  const advisories::Database* m_database;
  const MatchOptions& m_options;
  Matches m_result;
  std::map<std::pair<std::string, std::string>, std::vector<Advisory>> m_look_ups;
  std::set<std::string> m_ecosystems;
  Unmatched m_unmatched;
  std::size_t m_package_gaps = 0;
  std::optional<Enrichment> m_enrichment;                                 // there is one where there is a database
  std::set<std::tuple<std::string, std::string, std::string>> m_kernels;  // builds that are counted
  std::size_t m_kernel_flaws = 0;
  std::set<std::string> m_kernel_packages;
};

}  // namespace

std::string version_parts(std::string_view version, int parts) {
  std::size_t end = 0;
  for (int i = 0; i < parts && end < version.size(); ++i) {
    const auto dot = version.find('.', i == 0 ? 0 : end + 1);
    end = dot == std::string_view::npos ? version.size() : dot;
  }
  return std::string(version.substr(0, end));
}

Matches match(const inventory::Inventory& inventory, const layers::ImageView& image,
              const advisories::Database* database, const MatchOptions& options) {
  return Run(inventory, image, database, options).run();
}

}  // namespace hullcheck::match
