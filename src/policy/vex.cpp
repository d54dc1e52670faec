// VEX documents: what somebody says of flaws in his products.
//   OpenVEX     statements: [{vulnerability, products: [{@id, subcomponents}], status, justification, timestamp}]
//   CSAF        product_tree and vulnerabilities[].product_status, see advisories/csaf.hpp
//   CycloneDX   vulnerabilities: [{id, analysis: {state, justification, detail}, affects: [{ref}]}], with refs of
//               components
// Only statements that a product is not affected, or that it is fixed, have an effect: they ignore the flaw in the
// packages that they name. Of several statements about one flaw in one product the latest counts. A statement that
// names no package and no image would hold for everything, and has no effect. Hostile: the whole document. The parser
// keeps its own stack, and what is walked here is a list.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "policy/exceptions.hpp"
#include "util/clock.hpp"

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
// By package URL, or as engines write it: NAME@sha256:DIGEST.
bool is_image(const std::string& id) {
  if (id.compare(0, 8, "pkg:oci/") == 0 || id.compare(0, 11, "pkg:docker/") == 0) return true;
  return !is_purl(id) && id.find("@sha256:") != std::string::npos;
}

std::string reason_of(const std::string& who, const std::string& status, const std::string& why) {
  std::string out = fmt::format("{} says \"{}\"", who.empty() ? "a VEX document" : who, status);
  return why.empty() ? out : out + ": " + why.substr(0, 300);
}

// What one statement of OpenVEX says of one product.
struct Saying {
  std::string flaw, status, product;
  std::vector<std::string> parts;  // subcomponents
  std::chrono::sys_seconds time{};
  Rule rule;
  std::string place;
};

class Reader {
 public:
  Reader(const std::string& name, const std::string& image) : m_name(name), m_image(image) {}

  Result<Exceptions> open_vex(const Json& root) {
    const std::string author = text(root, "author");
    const auto written = time_of(root);
    std::vector<Saying> sayings;
    std::size_t index = 0;
    for (const Json& statement : member(root, "statements")) {
      const std::string place = fmt::format("statements[{}]", index++);
      const auto time = time_of(statement);
      for (Saying& saying : sayings_of(statement, place, author)) {
        saying.time = time.value_or(written.value_or(std::chrono::sys_seconds()));
        sayings.push_back(std::move(saying));
      }
    }
    std::stable_sort(sayings.begin(), sayings.end(),
                     [](const Saying& a, const Saying& b) { return a.time < b.time; });
    std::map<std::tuple<std::string, std::string, std::vector<std::string>>, const Saying*> latest;
    for (const Saying& saying : sayings) latest[{saying.flaw, saying.product, saying.parts}] = &saying;
    for (Saying& saying : sayings) {
      if (latest[{saying.flaw, saying.product, saying.parts}] != &saying) continue;
      if (saying.status == "not_affected" || saying.status == "fixed") finish(std::move(saying.rule), saying.place);
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
    const Json& itself = member(member(root, "metadata"), "component");
    const std::string whole = text(itself, "bom-ref");
    // The image itself, which those who list its parts often give no package URL.
    if (const auto purl = text(itself, "purl"); !whole.empty())
      m_purls[whole] = !m_image.empty() && (purl.empty() || is_image(purl)) ? m_image : purl;
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
      bool of_image = false;
      for (const Json& affected : member(flaw, "affects")) {
        std::string ref = text(affected, "ref");
        // "urn:cdx:SERIAL/1#REF" points into another document.
        if (ref.compare(0, 8, "urn:cdx:") == 0 && ref.find('#') != std::string::npos)
          ref = ref.substr(ref.find('#') + 1);
        const auto known = m_purls.find(ref);
        const std::string purl = known != m_purls.end() ? known->second : is_purl(ref) ? ref : std::string();
        if (is_image(purl)) {
          of_image = true;
          whole_image(rule, purl, place);
        } else if (!purl.empty()) {
          rule.purls.push_back(purl);
        }
      }
      if (member(flaw, "affects").empty() && !m_image.empty()) rule.images = {m_image};
      if (!of_image || !rule.purls.empty()) finish(std::move(rule), place);
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

  void whole_image(Rule rule, const std::string& image, const std::string& place) {
    rule.purls.clear();
    rule.images = {image};
    finish(std::move(rule), place);
  }

  static std::optional<std::chrono::sys_seconds> time_of(const Json& object) {
    for (const char* name : {"last_updated", "timestamp"})
      if (const auto time = util::parse_rfc3339(text(object, name))) return time;
    return std::nullopt;
  }

  std::vector<Saying> sayings_of(const Json& statement, const std::string& place, const std::string& author) const {
    Saying saying;
    saying.place = place;
    saying.status = text(statement, "status");
    std::string why = text(statement, "justification");
    if (const auto impact = text(statement, "impact_statement"); !impact.empty())
      why += (why.empty() ? "" : "; ") + impact;
    saying.rule = begin(place, reason_of(author, saying.status, why));
    add_ids(member(statement, "vulnerability"), saying.rule);
    if (!saying.rule.ids.empty()) saying.flaw = saying.rule.ids.front();
    std::vector<Saying> out;
    for (const Json& product : member(statement, "products")) {
      Saying one = saying;
      one.product = product.is_string() ? product.get<std::string>() : identifier(product);
      if (is_image(one.product))
        one.rule.images = {one.product};
      else if (is_purl(one.product))
        one.rule.purls = {one.product};
      for (const Json& part : member(product, "subcomponents")) {
        std::string inner = part.is_string() ? part.get<std::string>() : identifier(part);
        if (is_purl(inner)) one.rule.purls.push_back(inner);
        one.parts.push_back(std::move(inner));
      }
      out.push_back(std::move(one));
    }
    if (out.empty()) {
      // What is attached to an image and names no product is about that image.
      if (!m_image.empty()) saying.rule.images = {m_image};
      out.push_back(std::move(saying));
    }
    return out;
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

  void read_product(const Json& product) {
    if (const auto purl = text(member(product, "product_identification_helper"), "purl"); !purl.empty())
      m_purls[text(product, "product_id")] = purl;
  }

  void read_products(const Json& tree) {
    for (const Json& product : member(tree, "full_product_names")) read_product(product);
    std::vector<const Json*> open{&tree};
    for (std::size_t nodes = 0; !open.empty() && nodes < k_most_nodes; ++nodes) {
      const Json& branch = *open.back();
      open.pop_back();
      read_product(member(branch, "product"));
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
  const std::string& m_image;
  std::map<std::string, std::string> m_purls, m_parts;
  Exceptions m_out;
};

}  // namespace

Result<Exceptions> parse_vex(std::string_view text_of_file, const std::string& name, const std::string& image) {
  const Json root = Json::parse(text_of_file, nullptr, false);
  if (root.is_discarded() || !root.is_object())
    return make_error(ErrorCode::malformed, "vex-malformed", "the document is no JSON object", name);
  Reader reader(name, image);
  if (text(root, "@context").find("openvex") != std::string::npos) return reader.open_vex(root);
  if (member(root, "document").is_object() && member(root, "vulnerabilities").is_array()) return reader.csaf(root);
  if (text(root, "bomFormat") == "CycloneDX") return reader.cyclonedx(root);
  return make_error(ErrorCode::unsupported, "vex-unknown", "the document is neither OpenVEX nor CSAF nor CycloneDX",
                    name);
}

}  // namespace hullcheck::policy
