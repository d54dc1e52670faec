#include "advisories/csaf.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "advisories/cvss.hpp"

namespace hullcheck::advisories {
namespace {

using json::Element;
using model::VulnerabilityStatus;

constexpr std::size_t k_longest_id = 512, k_longest_name = 256, k_longest_title = 200;
constexpr std::size_t k_most_branches = 500'000, k_most_products = 500'000, k_most_parents = 8;

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

struct Purl {
  std::string type, name, version;
  std::map<std::string, std::string, std::less<>> qualifiers;
  std::string qualifier(std::string_view key) const {
    const auto found = qualifiers.find(key);
    return found == qualifiers.end() ? std::string() : found->second;
  }
};

// pkg:TYPE/[NAMESPACE/]NAME@VERSION?KEY=VALUE&…
std::optional<Purl> parse_purl(std::string_view text) {
  if (text.substr(0, 4) != "pkg:") return std::nullopt;
  text.remove_prefix(4);
  text = text.substr(0, text.find('#'));
  Purl purl;
  const auto question = text.find('?');
  std::string_view rest = question == std::string_view::npos ? std::string_view() : text.substr(question + 1);
  text = text.substr(0, question);
  const auto slash = text.find('/'), last = text.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  purl.type = text.substr(0, slash);
  const std::string_view name = text.substr(last + 1);
  const auto at = name.find('@');
  purl.name = percent_decoded(name.substr(0, at)).substr(0, k_longest_name);
  if (at != std::string_view::npos) purl.version = percent_decoded(name.substr(at + 1)).substr(0, k_longest_name);
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const std::string_view pair = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos)
      purl.qualifiers.emplace(pair.substr(0, equals),
                              percent_decoded(pair.substr(equals + 1)).substr(0, k_longest_name));
  }
  return purl;
}

// "libopenssl1_1-1.1.1l-150400.7.57.1" or "openssl-1:1.1.1k-6.el8.x86_64": name and EVR of a product id.
std::optional<std::pair<std::string, std::string>> split_nevr(std::string_view id) {
  const auto release = id.rfind('-');
  if (release == std::string_view::npos || release == 0) return std::nullopt;
  const auto version = id.rfind('-', release - 1);
  if (version == std::string_view::npos || version == 0 || version + 1 >= id.size()) return std::nullopt;
  const char first = id[version + 1];
  if (first < '0' || first > '9') return std::nullopt;
  return std::pair(std::string(id.substr(0, version)), std::string(id.substr(version + 1)));
}

struct Product {
  std::string name, purl, cpe;
  std::string component, platform;  // of a relationship: ids
};

class Document {
 public:
  Document(Element document, const CsafStyle& style) : m_document(document), m_style(style) {}

  Result<std::vector<Advisory>> run(std::vector<std::string>& ids) {
    const auto tree = json::member(m_document, "product_tree");
    if (!tree || !json::member(m_document, "document"))
      return make_error(ErrorCode::malformed, "feed-malformed", "the document is no CSAF document");
    read_branches(*tree);
    json::each(*tree, "full_product_names", [&](Element product) { add_product(product, ""); });
    json::each(*tree, "relationships", [&](Element relation) { add_relation(relation); });
    read_dates();
    json::each(m_document, "vulnerabilities", [&](Element flaw) { add_flaw(flaw, ids); });
    return std::move(m_rows);
  }

 private:
  using Statuses = std::map<std::string, VulnerabilityStatus, std::less<>>;

  void read_branches(Element tree) {
    std::vector<std::pair<Element, std::string>> open;  // branch, its name
    const auto push = [&](Element parent) {
      json::each(parent, "branches", [&](Element branch) {
        if (open.size() < k_most_branches && m_branches++ < k_most_branches)
          open.emplace_back(branch, std::string(json::text(branch, "name", k_longest_id)));
      });
    };
    push(tree);
    while (!open.empty()) {
      const auto [branch, name] = std::move(open.back());
      open.pop_back();
      if (const auto product = json::member(branch, "product")) add_product(*product, name);
      push(branch);
    }
  }

  void add_product(Element entry, const std::string& name) {
    const std::string id(json::text(entry, "product_id", k_longest_id));
    if (id.empty() || m_products.size() >= k_most_products) return;
    Product product;
    product.name = json::text(entry, "name", k_longest_id);
    if (product.name.empty()) product.name = name;
    if (const auto helper = json::member(entry, "product_identification_helper")) {
      product.purl = json::text(*helper, "purl", 1024);
      product.cpe = json::text(*helper, "cpe", 512);
    }
    m_products.insert_or_assign(id, std::move(product));
  }

  void add_relation(Element relation) {
    const auto whole = json::member(relation, "full_product_name");
    if (!whole || m_products.size() >= k_most_products) return;
    const std::string id(json::text(*whole, "product_id", k_longest_id));
    if (id.empty()) return;
    Product product;
    product.name = json::text(*whole, "name", k_longest_id);
    product.component = json::text(relation, "product_reference", k_longest_id);
    product.platform = json::text(relation, "relates_to_product_reference", k_longest_id);
    m_products.insert_or_assign(id, std::move(product));
  }

  // What an id stands for; nothing where it is no package of a product.
  std::optional<CsafComponent> component(const std::string& id) const {
    auto found = m_products.find(id);
    if (found == m_products.end()) return by_spelling(id);
    if (found->second.component.empty()) return std::nullopt;
    CsafComponent out;
    const std::string& own = found->second.component;
    if (!take_component(own, out)) return std::nullopt;
    std::string above = found->second.platform;
    for (std::size_t i = 0; i < k_most_parents; ++i) {
      found = m_products.find(above);
      if (found == m_products.end()) return std::nullopt;
      if (found->second.component.empty()) {
        out.platform = found->second.name;
        out.cpe = found->second.cpe;
        return out;
      }
      take_module(found->second.component, out);
      above = found->second.platform;
    }
    return std::nullopt;
  }

  // An id that the tree does not have: "PRODUCT:COMPONENT", where it has the product.
  std::optional<CsafComponent> by_spelling(const std::string& id) const {
    constexpr int k_most_colons = 3;
    std::size_t colon = id.find(':');
    for (int i = 0; i < k_most_colons && colon != std::string::npos; ++i, colon = id.find(':', colon + 1)) {
      const auto product = m_products.find(id.substr(0, colon));
      if (product == m_products.end() || !product->second.component.empty()) continue;
      CsafComponent out;
      if (!take_component(id.substr(colon + 1), out)) return std::nullopt;
      out.platform = product->second.name;
      out.cpe = product->second.cpe;
      return out;
    }
    return std::nullopt;
  }

  bool take_component(const std::string& id, CsafComponent& out) const {
    const auto found = m_products.find(id);
    const auto purl = found == m_products.end() ? std::nullopt : parse_purl(found->second.purl);
    if (purl && purl->type != "rpm" && purl->type != "deb") return false;  // images, archives, modules themselves
    if (purl) {
      out.name = purl->name;
      out.architecture = purl->qualifier("arch");
      out.version = purl->version;
      const std::string epoch = purl->qualifier("epoch");
      if (!out.version.empty() && !epoch.empty() && epoch != "0" && out.version.find(':') == std::string::npos)
        out.version = epoch + ":" + out.version;
      if (const std::string module = purl->qualifier("rpmmod"); !module.empty()) out.module = stream(module);
      return true;
    }
    // "postgresql:12/postgresql": a package of a module, without a version.
    const auto slash = id.find('/');
    if (slash != std::string::npos) {
      out.module = id.substr(0, slash);
      out.name = id.substr(slash + 1);
      return !out.name.empty();
    }
    if (const auto parts = split_nevr(id)) {
      std::tie(out.name, out.version) = *parts;
    } else {
      out.name = id;
    }
    return !out.name.empty();
  }

  void take_module(const std::string& id, CsafComponent& out) const {
    const auto found = m_products.find(id);
    if (found == m_products.end() || !out.module.empty()) return;
    const auto purl = parse_purl(found->second.purl);
    if (purl && purl->type == "rpmmod")
      out.module = purl->name + ":" + purl->version.substr(0, purl->version.find(':'));
    else
      out.module = stream(id);
  }

  // "postgresql:12:8040020210…" → "postgresql:12"
  static std::string stream(const std::string& label) {
    const auto name = label.find(':');
    return name == std::string::npos ? label : label.substr(0, label.find(':', name + 1));
  }

  void read_dates() {
    const auto head = json::member(m_document, "document");
    const auto tracking = head ? json::member(*head, "tracking") : std::nullopt;
    if (!tracking) return;
    m_published = json::text(*tracking, "initial_release_date", 40);
    m_modified = json::text(*tracking, "current_release_date", 40);
    m_withdrawn = json::text(*tracking, "status", 16) == "withdrawn";
  }

  void add_flaw(Element flaw, std::vector<std::string>& ids) {
    Advisory common;
    common.id = json::text(flaw, "cve", 64);
    if (common.id.empty()) return;
    ids.push_back(common.id);
    if (m_withdrawn) return;
    common.title = json::text(flaw, "title", k_longest_title);
    common.published = m_published;
    common.modified = m_modified;
    read_ratings(flaw);
    read_remediations(flaw);
    const auto status = json::member(flaw, "product_status");
    if (!status) return;
    m_seen.clear();
    m_fixed.clear();
    for (const std::string_view list : {"fixed", "first_fixed", "recommended"})
      each_product(*status, list,
                   [&](const std::string& id) { add_row(common, id, true, VulnerabilityStatus::affected); });
    each_product(*status, "known_affected", [&](const std::string& id) {
      const auto known = m_statuses.find(id);
      add_row(common, id, false, known == m_statuses.end() ? VulnerabilityStatus::affected : known->second);
    });
    each_product(*status, "under_investigation", [&](const std::string& id) {
      add_row(common, id, false, VulnerabilityStatus::under_investigation);
    });
    each_product(*status, "known_not_affected",
                 [&](const std::string& id) { add_row(common, id, false, VulnerabilityStatus::not_affected); });
  }

  template <class Visit>
  static void each_product(Element holder, std::string_view list, Visit visit) {
    json::each(holder, list, [&](Element id) { visit(std::string(json::as_text(id, k_longest_id))); });
  }

  void read_ratings(Element flaw) {
    m_severities.clear();
    m_vectors.clear();
    m_default_severity = model::Severity::unrated;
    m_default_vector.clear();
    json::each(flaw, "threats", [&](Element threat) {
      if (json::text(threat, "category", 16) != "impact") return;
      const auto severity = model::severity_from(json::text(threat, "details", 32));
      if (severity == model::Severity::unrated) return;
      m_default_severity = std::max(m_default_severity, severity);
      each_product(threat, "product_ids", [&](const std::string& id) { m_severities.emplace(id, severity); });
    });
    json::each(flaw, "scores", [&](Element score) {
      for (const std::string_view version : {"cvss_v4", "cvss_v3", "cvss_v2"}) {
        const auto cvss = json::member(score, version);
        const std::string vector(cvss ? json::text(*cvss, "vectorString", 256) : std::string_view());
        if (vector.empty() || !cvss_base_score(vector)) continue;
        if (m_default_vector.empty()) m_default_vector = vector;
        each_product(score, "products", [&](const std::string& id) { m_vectors.emplace(id, vector); });
      }
    });
  }

  void read_remediations(Element flaw) {
    m_statuses.clear();
    m_bulletins.clear();
    json::each(flaw, "remediations", [&](Element remedy) {
      const std::string_view category = json::text(remedy, "category", 32),
                             details = json::text(remedy, "details", 200);
      std::optional<VulnerabilityStatus> status;
      if (category == "no_fix_planned")
        status = details.find("ut of support") != std::string_view::npos ? VulnerabilityStatus::end_of_life
                                                                         : VulnerabilityStatus::will_not_fix;
      if (category == "none_available" && details.find("eferred") != std::string_view::npos)
        status = VulnerabilityStatus::deferred;
      // "https://access.redhat.com/errata/RHSA-2023:5363" names the bulletin that has the fix.
      const std::string_view url = json::text(remedy, "url", 512);
      const std::string_view bulletin = url.substr(url.rfind('/') + 1);
      const bool named = category == "vendor_fix" && bulletin.find("SA-") != std::string_view::npos;
      each_product(remedy, "product_ids", [&](const std::string& id) {
        if (status) m_statuses.emplace(id, *status);
        if (named) m_bulletins.emplace(id, bulletin);
      });
    });
  }

  void add_row(const Advisory& common, const std::string& id, bool fixed, VulnerabilityStatus status) {
    const auto found = component(id);
    if (!found) return;
    // A fixed source package says nothing that its binary packages do not say with their own versions.
    if (fixed && (found->version.empty() || found->architecture == "src")) return;
    const auto ecosystem = m_style.ecosystem(*found);
    if (!ecosystem) return;
    // What a fix is named for is affected before it, and SUSE lists it as affected as well, without a version.
    if (fixed)
      m_fixed.emplace(*ecosystem, found->name, found->module);
    else if (status != VulnerabilityStatus::not_affected &&
             m_fixed.contains({*ecosystem, found->name, found->module}))
      return;
    if (!m_seen.emplace(*ecosystem, found->name, found->module, fixed ? found->version : "", status).second) return;
    Advisory row = common;
    row.ecosystem = *ecosystem;
    row.package = found->name;
    row.status = status;
    row.ranges.push_back({"", fixed ? found->version : std::string(), ""});
    if (const auto bulletin = m_bulletins.find(id); fixed && bulletin != m_bulletins.end())
      row.aliases.push_back(bulletin->second);
    rate(id, row);
    if (!found->module.empty()) row.extra.emplace_back("module", found->module);
    m_rows.push_back(std::move(row));
  }

  void rate(const std::string& id, Advisory& row) const {
    if (row.status == VulnerabilityStatus::not_affected) return;
    const auto vector = m_vectors.find(id);
    row.cvss_vector = vector == m_vectors.end() ? m_default_vector : vector->second;
    row.cvss_score = cvss_base_score(row.cvss_vector).value_or(-1);
    const auto severity = m_severities.find(id);
    row.severity = severity == m_severities.end() ? m_default_severity : severity->second;
    if (row.severity == model::Severity::unrated && row.cvss_score >= 0)
      row.severity = cvss_band(row.cvss_vector, row.cvss_score);
    if (row.severity != model::Severity::unrated) row.severity_source = m_style.vendor;
  }

  Element m_document;
  const CsafStyle& m_style;
  std::map<std::string, Product, std::less<>> m_products;
  std::size_t m_branches = 0;
  std::string m_published, m_modified;
  bool m_withdrawn = false;
  // Of the flaw at hand, by product id.
  std::map<std::string, model::Severity, std::less<>> m_severities;
  std::map<std::string, std::string, std::less<>> m_vectors, m_bulletins;
  Statuses m_statuses;
  model::Severity m_default_severity = model::Severity::unrated;
  std::string m_default_vector;
  std::set<std::tuple<std::string, std::string, std::string, std::string, VulnerabilityStatus>> m_seen;
  std::set<std::tuple<std::string, std::string, std::string>> m_fixed;  // ecosystem, name, module
  std::vector<Advisory> m_rows;
};

}  // namespace

Result<std::vector<Advisory>> read_csaf(Element document, const CsafStyle& style, std::vector<std::string>& ids) {
  return Document(document, style).run(ids);
}

}  // namespace hullcheck::advisories
