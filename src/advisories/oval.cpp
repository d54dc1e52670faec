#include "advisories/oval.hpp"

#include <algorithm>
#include <unordered_map>

#include "formats/xml.hpp"
#include "util/seeded_hash.hpp"

namespace hullcheck::advisories {
namespace {

constexpr std::size_t k_longest_name = 256, k_longest_text = 2000, k_longest_comment = 300;
constexpr std::size_t k_most_nodes = 200'000;      // of one definition's criteria
constexpr std::size_t k_most_packages = 100'000;   // of one definition
constexpr std::size_t k_most_references = 20'000;  // of one definition
constexpr std::size_t k_most_values = 5000;        // of one variable
constexpr std::size_t k_no_parent = static_cast<std::size_t>(-1);

using formats::XmlAttributes;

bool contains(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }
bool ends_with(std::string_view text, std::string_view word) {
  return text.size() >= word.size() && text.substr(text.size() - word.size()) == word;
}
std::string cut(std::string_view text, std::size_t longest) { return std::string(text.substr(0, longest)); }

template <class Value>
using ById = std::unordered_map<std::string, Value, util::SeededHash>;

struct Node {  // of the criteria, parents before children
  std::size_t parent = k_no_parent;
  bool leaf = false, any = false, negated = false;
  std::string test, comment;
};
struct Raw {
  OvalDefinition definition;
  std::vector<Node> nodes;
};
struct Test {
  std::string object;
  std::vector<std::string> states;
};
struct Object {
  std::string name, variable;
};
struct State {
  std::string version, operation, architecture;
};

class Collect final : public formats::XmlHandler {
 public:
  void open(std::string_view name, const XmlAttributes& attributes) override {
    if (name == "definition") return begin_definition(attributes);
    if (m_definition != nullptr) return open_inside(name, attributes);
    if (ends_with(name, "_test")) {
      m_test = &tests[std::string(attributes["id"])];
    } else if (m_test != nullptr && name == "object") {
      m_test->object = attributes["object_ref"];
    } else if (m_test != nullptr && name == "state") {
      m_test->states.emplace_back(attributes["state_ref"]);
    } else if (ends_with(name, "_object")) {
      m_object = &objects[std::string(attributes["id"])];
    } else if (m_object != nullptr && name == "name") {
      m_object->variable = attributes["var_ref"];
    } else if (ends_with(name, "_state")) {
      m_state = &states[std::string(attributes["id"])];
    } else if (m_state != nullptr && (name == "evr" || name == "version")) {
      m_state->operation = attributes["operation"];
    } else if (name == "constant_variable") {
      m_variable = &variables[std::string(attributes["id"])];
    }
  }

  void close(std::string_view name, std::string_view text) override {
    if (m_definition != nullptr) return close_inside(name, text);
    if (ends_with(name, "_test")) m_test = nullptr;
    if (ends_with(name, "_object")) m_object = nullptr;
    if (ends_with(name, "_state")) m_state = nullptr;
    if (name == "constant_variable") m_variable = nullptr;
    if (m_object != nullptr && name == "name") m_object->name = cut(formats::collapse_space(text), k_longest_name);
    if (m_state != nullptr && (name == "evr" || name == "version"))
      m_state->version = cut(formats::collapse_space(text), k_longest_name);
    if (m_state != nullptr && name == "arch")
      m_state->architecture = cut(formats::collapse_space(text), k_longest_name);
    if (m_variable != nullptr && name == "value" && m_variable->size() < k_most_values)
      m_variable->push_back(cut(formats::collapse_space(text), k_longest_name));
    if (name == "timestamp") newest = cut(formats::collapse_space(text), 40);
  }

  std::vector<Raw> definitions;
  ById<Test> tests;
  ById<Object> objects;
  ById<State> states;
  ById<std::vector<std::string>> variables;
  std::string newest;

 private:
  void begin_definition(const XmlAttributes& attributes) {
    m_definition = &definitions.emplace_back();
    m_parent = k_no_parent;
    m_definition->definition.id = cut(attributes["id"], k_longest_name);
    m_definition->definition.kind = cut(attributes["class"], 32);
  }

  void open_inside(std::string_view name, const XmlAttributes& attributes) {
    OvalDefinition& definition = m_definition->definition;
    if (name == "criteria" || name == "criterion" || name == "extend_definition")
      return add_node(name == "criteria", attributes);
    if (name == "reference") return add_reference(attributes);
    if (name == "issued" || name == "updated") {
      (name == "issued" ? definition.issued : definition.updated) = cut(attributes["date"], 40);
    } else if (name == "cve") {
      for (const std::string_view kind : {"cvss4", "cvss3", "cvss2"}) take_vector(attributes[kind]);
    }
  }

  void add_node(bool inner, const XmlAttributes& attributes) {
    auto& nodes = m_definition->nodes;
    if (nodes.size() >= k_most_nodes) {
      m_overflow += inner ? 1 : 0;
      return;
    }
    Node node;
    node.parent = m_parent;
    node.leaf = !inner;
    node.any = attributes["operator"] == "OR";
    node.negated = attributes["negate"] == "true";
    node.test = attributes["test_ref"];
    node.comment = cut(attributes["comment"], k_longest_comment);
    nodes.push_back(std::move(node));
    if (inner) m_parent = nodes.size() - 1;
  }

  void add_reference(const XmlAttributes& attributes) {
    OvalDefinition& definition = m_definition->definition;
    const std::string id = cut(attributes["ref_id"], k_longest_name);
    if (id.empty() || definition.cves.size() + definition.references.size() >= k_most_references) return;
    const bool cve = id.compare(0, 4, "CVE-") == 0;
    // SUSE writes "SUSE CVE-2024-1", and "Mitre CVE-2024-1" for the same.
    const auto inner = id.find(" CVE-");
    if (cve)
      definition.cves.push_back(id);
    else if (inner != std::string::npos)
      definition.cves.push_back(id.substr(inner + 1));
    else
      definition.references.push_back(id);
    if (definition.link.empty() || (!cve && attributes["ref_url"].substr(0, 8) == "https://"))
      definition.link = cut(attributes["ref_url"], k_longest_name);
  }

  // "7.5/CVSS:3.1/AV:N/…" in Red Hat's style and its descendants', or the bare vector.
  void take_vector(std::string_view text) {
    if (!m_definition->definition.cvss_vector.empty() || text.empty()) return;
    const auto start = text.find("CVSS:");
    const auto bare = text.find("AV:");
    const auto from = std::min(start, bare);
    if (from != std::string_view::npos) m_definition->definition.cvss_vector = cut(text.substr(from), 200);
  }

  void close_inside(std::string_view name, std::string_view text) {
    OvalDefinition& definition = m_definition->definition;
    if (name == "criteria") {
      if (m_overflow > 0)
        --m_overflow;
      else if (m_parent != k_no_parent)
        m_parent = m_definition->nodes[m_parent].parent;
    } else if (name == "definition") {
      m_definition = nullptr;
    } else if (name == "title") {
      definition.title = cut(formats::collapse_space(text), k_longest_text);
    } else if (name == "description") {
      definition.description = cut(formats::collapse_space(text), k_longest_text);
    } else if (name == "severity") {
      definition.severity = cut(formats::collapse_space(text), 64);
    } else if (name == "patchable") {
      definition.patchable = cut(formats::collapse_space(text), 64);
    } else if (name == "advisory_date" || name == "public_date") {
      definition.issued = cut(formats::collapse_space(text), 40);
    } else if (name == "cve") {
      const std::string id = formats::collapse_space(text);
      if (id.compare(0, 4, "CVE-") == 0 && definition.cves.size() < k_most_references)
        definition.cves.push_back(cut(id, k_longest_name));
    }
  }

  Raw* m_definition = nullptr;
  std::size_t m_parent = k_no_parent;
  std::size_t m_overflow = 0;  // criteria that were opened beyond the limit
  Test* m_test = nullptr;
  Object* m_object = nullptr;
  State* m_state = nullptr;
  std::vector<std::string>* m_variable = nullptr;
};

// What one test of the criteria is about.
enum class Role : std::uint8_t { nothing, package, release, module, architecture };

std::string between(std::string_view text, std::string_view before, std::string_view after) {
  const auto start = text.find(before);
  if (start == std::string_view::npos) return {};
  const std::string_view rest = text.substr(start + before.size());
  const auto end = rest.find(after);
  return end == std::string_view::npos ? std::string() : std::string(rest.substr(0, end));
}

class Resolve {
 public:
  Resolve(const Collect& document, Raw& raw) : m_document(document), m_raw(raw) {}

  void run() {
    const auto& nodes = m_raw.nodes;
    std::vector<Role> roles;
    roles.reserve(nodes.size());
    for (const auto& node : nodes) roles.push_back(node.leaf ? role(node) : Role::nothing);
    gather_circumstances(roles);
    for (std::size_t i = 0; i < nodes.size(); ++i)
      if (roles[i] == Role::package && !nodes[i].negated && m_raw.definition.packages.size() < k_most_packages)
        add(i);
  }

 private:
  struct Circumstances {
    std::vector<std::string> releases, architectures;
    std::string module;
  };

  const Object* object_of(const Node& node) const {
    const auto test = m_document.tests.find(node.test);
    if (test == m_document.tests.end()) return nullptr;
    const auto object = m_document.objects.find(test->second.object);
    return object == m_document.objects.end() ? nullptr : &object->second;
  }

  Role role(const Node& node) const {
    const std::string_view comment = node.comment;
    if (contains(comment, "is signed with")) return Role::nothing;
    if (contains(comment, "Module ") && contains(comment, " is enabled")) return Role::module;
    if (contains(comment, " arch is ")) return Role::architecture;
    const Object* object = object_of(node);
    if (object == nullptr) return Role::nothing;
    const bool release = ends_with(object->name, "-release") || contains(object->name, "-release-");
    if (release && contains(comment, "is installed")) return Role::release;
    return object->name.empty() && object->variable.empty() ? Role::nothing : Role::package;
  }

  // Whatever stands directly under an AND is a circumstance of everything below that AND. A group of alternatives
  // that holds nothing but circumstances counts like the one test that it stands for.
  void gather_circumstances(const std::vector<Role>& roles) {
    const auto& nodes = m_raw.nodes;
    std::vector<bool> holds_package(nodes.size(), false);
    for (std::size_t i = nodes.size(); i-- > 0;) {
      if (roles[i] == Role::package) holds_package[i] = true;
      if (holds_package[i] && nodes[i].parent != k_no_parent) holds_package[nodes[i].parent] = true;
    }
    m_circumstances.resize(nodes.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (roles[i] == Role::nothing || roles[i] == Role::package || nodes[i].negated) continue;
      std::size_t group = nodes[i].parent;
      while (group != k_no_parent && !holds_package[group]) group = nodes[group].parent;
      if (group == k_no_parent || nodes[group].any) continue;
      note(m_circumstances[group], roles[i], nodes[i].comment);
    }
  }

  static void note(Circumstances& out, Role role, std::string_view comment) {
    if (role == Role::module)
      out.module = between(comment, "Module ", " is enabled");
    else if (role == Role::architecture)
      out.architectures.emplace_back(comment.substr(comment.find(" arch is ") + 9));
    else
      out.releases.emplace_back(comment.substr(0, comment.find(" is installed")));
  }

  void add(std::size_t index) {
    const auto& nodes = m_raw.nodes;
    const Node& node = nodes[index];
    const Object& object = *object_of(node);
    OvalPackage package;
    package.name = object.name;
    if (const auto list = m_document.variables.find(object.variable); list != m_document.variables.end())
      package.names = list->second;
    package.comment = node.comment;
    if (!take_versions(m_document.tests.at(node.test), package)) return;
    for (std::size_t at = node.parent; at != k_no_parent; at = nodes[at].parent) {
      const auto& around = m_circumstances[at];
      // The nearest says it most exactly.
      if (package.releases.empty()) package.releases = around.releases;
      if (package.architectures.empty()) package.architectures = around.architectures;
      if (package.module.empty()) package.module = around.module;
    }
    m_raw.definition.packages.push_back(std::move(package));
  }

  // False where the test says nothing about which versions are affected.
  bool take_versions(const Test& test, OvalPackage& package) const {
    for (const auto& id : test.states) {
      const auto found = m_document.states.find(id);
      if (found == m_document.states.end()) return false;
      const State& state = found->second;
      if (!state.architecture.empty()) split_architectures(state.architecture, package.architectures);
      if (state.version.empty()) continue;
      const bool zero =
          state.version == "0" || state.version == "0:0" || state.version == "0:0-0" || state.version == "0:0-0.0";
      if (state.operation == "less than" && zero)
        package.unaffected = true;
      else if (state.operation == "less than")
        package.fixed = state.version;
      else if (state.operation == "less than or equal" || state.operation == "equals" || state.operation.empty())
        package.last_affected = state.version;
      else if (!zero)  // "greater than 0" is how some say "whatever the version"
        return false;
    }
    return true;
  }

  // "(aarch64|x86_64)" or "x86_64".
  static void split_architectures(std::string_view pattern, std::vector<std::string>& out) {
    std::string word;
    for (const char c : std::string(pattern) + "|") {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
      if (plain) word += c;
      if (c == '|' && !word.empty()) out.push_back(std::exchange(word, {}));
    }
  }

  const Collect& m_document;
  Raw& m_raw;
  std::vector<Circumstances> m_circumstances;
};

void sort_unique(std::vector<std::string>& list) {
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
}

}  // namespace

Result<void> each_oval_definition(Bytes document, std::string& newest,
                                  const std::function<void(const OvalDefinition& definition)>& visit) {
  Collect collected;
  TRY(formats::parse_xml(document, collected));
  newest = collected.newest;
  if (collected.definitions.empty())
    return make_error(ErrorCode::malformed, "feed-malformed", "the document has no OVAL definitions");
  for (auto& raw : collected.definitions) {
    Resolve(collected, raw).run();
    sort_unique(raw.definition.cves);
    sort_unique(raw.definition.references);
    visit(raw.definition);
    raw = {};
  }
  return {};
}

}  // namespace hullcheck::advisories
