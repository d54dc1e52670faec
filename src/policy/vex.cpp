// VEX documents: what somebody says of flaws in his products.
//   OpenVEX     statements: [{vulnerability, products: [{@id, subcomponents}], status, justification,
//   impact_statement}] CSAF        product_tree and vulnerabilities[].product_status, see advisories/csaf.hpp
//   CycloneDX   vulnerabilities: [{id, analysis: {state, justification, detail}, affects: [{ref}]}], with refs of
//   components
// Only statements that a product is not affected, or that it is fixed, have an effect: they ignore the flaw in the
// packages that they name. A statement that names no package and no image would hold for everything, and has no
// effect. Hostile: the whole document. The parser keeps its own stack, and what is walked here is a list.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "policy/exceptions.hpp"

namespace hullcheck::policy {
namespace {

using Json = nlohmann::json;

constexpr std::size_t k_most_nodes = 2'000'000;

const Json& member(const Json& object, const char* name) {
  static const Json none;
  if (!object.is_object()) return none;
  const auto found = object.find(name);
  return found == object.end() ? none : *found;
}

std::string text(const Json& object, const char* name) {
  const Json& value = member(object, name);
  return value.is_string() ? value.get<std::string>() : std::string();
}

bool is_purl(const std::string& word) { return word.compare(0, 4, "pkg:") == 0; }
bool is_image(const std::string& purl) {
  return purl.compare(0, 8, "pkg:oci/") == 0 || purl.compare(0, 11, "pkg:docker/") == 0;
}

std::string reason_of(const std::string& who, const std::string& status, const std::string& why) {
  std::string out = fmt::format("{} says \"{}\"", who.empty() ? "a VEX document" : who, status);
  return why.empty() ? out : out + ": " + why.substr(0, 300);
}

class Reader {
 public:
  explicit Reader(const std::string& name) : m_name(name) {}

  Result<Exceptions> open_vex(const Json& root) {
    const std::string author = text(root, "author");
    std::size_t index = 0;
    for (const Json& statement : member(root, "statements")) {
      const std::string place = fmt::format("statements[{}]", index++), status = text(statement, "status");
      if (status != "not_affected" && status != "fixed") continue;
      std::string why = text(statement, "justification");
      if (const auto impact = text(statement, "impact_statement"); !impact.empty())
        why += (why.empty() ? "" : "; ") + impact;
      Rule rule = begin(place, reason_of(author, status, why));
      add_ids(member(statement, "vulnerability"), rule);
      for (const Json& product : member(statement, "products")) {
        const std::string id = product.is_string() ? product.get<std::string>() : identifier(product);
        Rule one = rule;
        if (is_image(id))
          one.images = {id};
        else if (is_purl(id))
          one.purls = {id};
        for (const Json& part : member(product, "subcomponents")) {
          const std::string inner = part.is_string() ? part.get<std::string>() : identifier(part);
          if (is_purl(inner)) one.purls.push_back(inner);
        }
        finish(std::move(one), place);
      }
      if (member(statement, "products").empty()) finish(std::move(rule), place);
    }
    return std::move(m_out);
  }

  Result<Exceptions> csaf(const Json& root) {
    read_products(member(root, "product_tree"));
    const std::string author = text(member(member(root, "document"), "publisher"), "name");
    for (const Json& flaw : member(root, "vulnerabilities")) {
      const std::string id = text(flaw, "cve");
      for (const char* status : {"known_not_affected", "fixed", "first_fixed"})
        for (const Json& product : member(member(flaw, "product_status"), status)) {
          if (!product.is_string()) continue;
          Rule rule =
              begin(fmt::format("{}/{}", id, status), reason_of(author, status, justification(flaw, product)));
          if (!id.empty()) rule.ids = {id};
          const std::string purl = purl_of(product.get<std::string>());
          if (is_image(purl))
            rule.images = {purl};
          else if (!purl.empty())
            rule.purls = {purl};
          finish(std::move(rule), fmt::format("{} of {}", status, id));
        }
    }
    return std::move(m_out);
  }

  Result<Exceptions> cyclonedx(const Json& root) {
    for (const Json& component : member(root, "components"))
      if (const auto purl = text(component, "purl"); !purl.empty()) m_purls[text(component, "bom-ref")] = purl;
    std::size_t index = 0;
    for (const Json& flaw : member(root, "vulnerabilities")) {
      const std::string place = fmt::format("vulnerabilities[{}]", index++);
      const Json& analysis = member(flaw, "analysis");
      const std::string state = text(analysis, "state");
      if (state != "not_affected" && state != "false_positive" && state != "resolved" &&
          state != "resolved_with_pedigree")
        continue;
      std::string why = text(analysis, "justification");
      if (const auto detail = text(analysis, "detail"); !detail.empty()) why += (why.empty() ? "" : "; ") + detail;
      Rule rule = begin(place, reason_of("", state, why));
      if (const auto id = text(flaw, "id"); !id.empty()) rule.ids.push_back(id);
      for (const Json& reference : member(flaw, "references"))
        if (const auto id = text(reference, "id"); !id.empty()) rule.ids.push_back(id);
      for (const Json& affected : member(flaw, "affects")) {
        std::string ref = text(affected, "ref");
        // "urn:cdx:SERIAL/1#REF" points into another document.
        if (ref.compare(0, 8, "urn:cdx:") == 0 && ref.find('#') != std::string::npos)
          ref = ref.substr(ref.find('#') + 1);
        const auto known = m_purls.find(ref);
        const std::string purl = known != m_purls.end() ? known->second : is_purl(ref) ? ref : std::string();
        if (!purl.empty()) rule.purls.push_back(purl);
      }
      finish(std::move(rule), place);
    }
    return std::move(m_out);
  }

 private:
  Rule begin(const std::string& place, std::string reason) const {
    Rule rule;
    rule.name = m_name + "/" + place;
    rule.action = Action::ignore;
    rule.kinds = {"vulnerability"};
    rule.reason = std::move(reason);
    rule.may_rest = true;
    return rule;
  }

  void finish(Rule rule, const std::string& place) {
    if (rule.ids.empty() || (rule.purls.empty() && rule.images.empty()))
      m_out.remarks.push_back(
          fmt::format("{} names no flaw, or no package or image by its package URL; it has no effect", place));
    else
      m_out.rules.push_back(std::move(rule));
  }

  static std::string identifier(const Json& product) {
    if (const auto purl = text(member(product, "identifiers"), "purl"); !purl.empty()) return purl;
    return text(product, "@id");
  }

  static void add_ids(const Json& vulnerability, Rule& rule) {
    if (vulnerability.is_string()) rule.ids.push_back(vulnerability.get<std::string>());
    if (const auto name = text(vulnerability, "name"); !name.empty()) rule.ids.push_back(name);
    if (const auto id = text(vulnerability, "@id"); !id.empty())
      rule.ids.push_back(id.substr(id.find_last_of('/') + 1));
    for (const Json& alias : member(vulnerability, "aliases"))
      if (alias.is_string()) rule.ids.push_back(alias.get<std::string>());
  }

  void read_products(const Json& tree) {
    std::vector<const Json*> open{&tree};
    for (std::size_t nodes = 0; !open.empty() && nodes < k_most_nodes; ++nodes) {
      const Json& branch = *open.back();
      open.pop_back();
      const Json& product = member(branch, "product");
      if (const auto purl = text(member(product, "product_identification_helper"), "purl"); !purl.empty())
        m_purls[text(product, "product_id")] = purl;
      for (const Json& inner : member(branch, "branches")) open.push_back(&inner);
    }
    for (const Json& relation : member(tree, "relationships"))
      m_parts[text(member(relation, "full_product_name"), "product_id")] = text(relation, "product_reference");
  }

  std::string purl_of(const std::string& product) const {
    std::string id = product;
    for (int i = 0; i < 8; ++i) {
      if (const auto known = m_purls.find(id); known != m_purls.end()) return known->second;
      const auto part = m_parts.find(id);
      if (part == m_parts.end()) break;
      id = part->second;
    }
    return {};
  }

  static std::string justification(const Json& flaw, const Json& product) {
    for (const Json& flag : member(flaw, "flags"))
      for (const Json& id : member(flag, "product_ids"))
        if (id == product) return text(flag, "label");
    return {};
  }

  const std::string& m_name;
  std::map<std::string, std::string> m_purls, m_parts;
  Exceptions m_out;
};

}  // namespace

Result<Exceptions> parse_vex(std::string_view text_of_file, const std::string& name) {
  const Json root = Json::parse(text_of_file, nullptr, false);
  if (root.is_discarded() || !root.is_object())
    return make_error(ErrorCode::malformed, "vex-malformed", "the document is no JSON object", name);
  Reader reader(name);
  if (text(root, "@context").find("openvex") != std::string::npos) return reader.open_vex(root);
  if (member(root, "document").is_object() && member(root, "vulnerabilities").is_array()) return reader.csaf(root);
  if (text(root, "bomFormat") == "CycloneDX") return reader.cyclonedx(root);
  return make_error(ErrorCode::unsupported, "vex-unknown", "the document is neither OpenVEX nor CSAF nor CycloneDX",
                    name);
}

}  // namespace hullcheck::policy
