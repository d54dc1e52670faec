// CycloneDX 1.2-1.7 as XML (https://cyclonedx.org/docs/): the same document as in cyclonedx.cpp, where a list is an
// element of its own around its items. The version stands in the namespace of the root. Hostile: formats/xml.hpp
// bounds depth and elements and refuses entities; components are counted while they are read.
#include <array>
#include <optional>

#include "formats/xml.hpp"
#include "sbom/readers.hpp"

namespace hullcheck::sbom {
namespace {

constexpr std::string_view k_namespace = "http://cyclonedx.org/schema/bom/";
constexpr std::size_t k_most_properties = 1000;
constexpr std::size_t k_most_licenses = 50;

class Reader final : public formats::XmlHandler {
 public:
  Reader(const Limits& limits, const Builder& builder, Document& out)
      : m_limits(limits), m_builder(builder), m_out(out) {}

  void open(std::string_view name, const formats::XmlAttributes& attributes) override {
    if (m_path.empty()) see_root(name, attributes["xmlns"]);
    if (name == "component") open_component(attributes["type"]);
    if (name == "property") m_property = std::string(attributes["name"]);
    m_path.emplace_back(name);
  }

  void close(std::string_view name, std::string_view raw) override {
    m_path.pop_back();
    if (name == "component") {
      m_open.pop_back();
      return;
    }
    const std::string text = formats::collapse_space(raw);
    if (name == "property") return add_property(text);
    if (!m_open.empty() && m_open.back()) return describe(*m_open.back(), name, text);
    if (under({"metadata", "tools", "tool"}) || (!m_open.empty() && under({"tools", "components", "component"})))
      describe_tool(name, text);
  }

  // "" where the root is not a BOM's.
  const std::string& version() const { return m_version; }
  std::vector<Component>& components() { return m_components; }
  const Properties& subject_properties() const { return m_subject_properties; }
  bool too_many() const { return m_too_many; }

 private:
  // The elements around what is open now, innermost last.
  bool under(std::initializer_list<std::string_view> names) const {
    if (m_path.size() < names.size()) return false;
    return std::equal(names.begin(), names.end(), m_path.end() - static_cast<std::ptrdiff_t>(names.size()));
  }

  void see_root(std::string_view name, std::string_view space) {
    if (name == "bom" && space.starts_with(k_namespace)) m_version = std::string(space.substr(k_namespace.size()));
  }

  // Only those of the image and what is installed in it: tools and ancestors of components are described the same
  // way.
  void open_component(std::string_view type) {
    const bool subject = under({"bom", "metadata"});
    const bool listed = under({"bom", "components"}) ||
                        (under({"component", "components"}) && !m_open.empty() && m_open.back().has_value());
    if (!subject && !listed) {
      m_open.emplace_back();
      return;
    }
    if (m_components.size() >= m_limits.components) {
      m_too_many = true;
      m_open.emplace_back();
      return;
    }
    Component component;
    component.kind = subject ? ComponentKind::subject : cyclonedx_kind(type);
    m_open.emplace_back(m_components.size());
    m_components.push_back(std::move(component));
    m_groups.emplace_back();
  }

  void add_property(const std::string& text) {
    Properties* to = nullptr;
    if (under({"component", "properties"}) && !m_open.empty() && m_open.back())
      to = &m_components[*m_open.back()].properties;
    else if (under({"bom", "metadata", "properties"}))
      to = &m_subject_properties;
    if (to != nullptr && !m_property.empty() && to->size() < k_most_properties)
      to->emplace_back(m_builder.text(m_property), m_builder.text(text));
  }

  void describe(std::size_t index, std::string_view name, const std::string& text) {
    Component& component = m_components[index];
    if (under({"component"})) {
      if (name == "name") component.name = m_builder.text(text);
      if (name == "version") component.version = m_builder.text(text);
      if (name == "group") m_groups[index] = m_builder.text(text);
      if (name == "purl" && text.size() <= 8192) component.purl = text;
    } else if (name == "name" && under({"component", "supplier"})) {
      component.supplier = m_builder.text(text);
    } else if (name == "location" && under({"component", "evidence", "occurrences", "occurrence"})) {
      if (component.path.empty()) component.path = m_builder.text(text);
    } else if ((name == "expression" && under({"component", "licenses"})) ||
               ((name == "id" || name == "name") && under({"component", "licenses", "license"}))) {
      if (!text.empty() && component.licenses.size() < k_most_licenses)
        component.licenses.push_back(m_builder.text(text));
    }
  }

  void describe_tool(std::string_view name, const std::string& text) {
    if (name == "name" && m_out.producer.empty()) m_out.producer = m_builder.text(text);
    if (name == "version" && !m_out.producer.empty() && !std::exchange(m_tool_version, true))
      m_out.producer += " " + m_builder.text(text);
  }

 public:
  // Names are whole only when group and package URL are known too.
  void join_names() {
    for (std::size_t i = 0; i < m_components.size(); ++i) {
      Component& component = m_components[i];
      component.name = cyclonedx_name(m_groups[i], component.name, component.purl);
      component.group =
          component.purl.empty() && !property(component.properties, std::string(k_trivy_prefix) + "Class").empty();
    }
  }

 private:
  const Limits& m_limits;
  const Builder& m_builder;
  Document& m_out;
  std::string m_version;
  std::vector<std::string> m_path;
  std::vector<std::optional<std::size_t>> m_open;  // components that are open; none: one that does not count
  std::vector<Component> m_components;             // in the document's order: outer ones first
  std::vector<std::string> m_groups;               // of each
  Properties m_subject_properties;
  std::string m_property;
  bool m_tool_version = false;
  bool m_too_many = false;
};

}  // namespace

Result<void> read_cyclonedx_xml(Bytes bytes, const Limits& limits, Builder& builder, Document& out) {
  Reader reader(limits, builder, out);
  formats::XmlLimits xml;
  xml.text = 64U << 10;
  if (auto parsed = formats::parse_xml(bytes, reader, xml); !parsed) {
    Error error = std::move(parsed).error();
    const bool limit = error.name == "xml-depth-limit" || error.name == "xml-elements-limit";
    error.name = limit ? "sbom-nesting-limit" : "sbom-malformed";
    return error;
  }
  if (reader.version().empty())
    return make_error(ErrorCode::unsupported, "sbom-unknown-format", "of SBOMs as XML, CycloneDX is read");
  TRY(check_cyclonedx_version(reader.version(), builder));
  if (reader.too_many()) return make_error(ErrorCode::limit, "sbom-component-limit", "it has too many components");
  out.format = "CycloneDX " + reader.version();
  reader.join_names();
  for (Component& component : reader.components()) {
    if (component.name.empty() && component.kind == ComponentKind::package)
      builder.add_problem("sbom-entry-malformed", "a component without a name");
    else
      TRY(builder.add(std::move(component)));
  }
  builder.set_subject_properties(reader.subject_properties());
  return {};
}

}  // namespace hullcheck::sbom
