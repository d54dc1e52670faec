// One entry of any SBOM, and what becomes of it: the one place that knows the dialects.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sbom/document.hpp"
#include "sbom/vocabulary.hpp"

namespace hullcheck::sbom {

enum class ComponentKind : std::uint8_t {
  package,           // a library or an application
  operating_system,  // names the distribution
  subject,           // the image, folder or file that the SBOM is about
  other,             // files, devices, data: nothing that is installed by name
};

struct Component {
  ComponentKind kind = ComponentKind::package;
  std::string name;  // whole: "@scope/name", "group:artifact"
  std::string version;
  std::string purl;
  std::string supplier;
  std::string path;  // where it was found
  std::string layer;
  std::vector<std::string> licenses;
  Properties properties;  // of any dialect, with the dialect's prefix
  // An application that stands for a lock file or a folder and has no package URL is none itself.
  bool group = false;
};

// Gathers components into a document. finish() settles the distribution and the gaps.
class Builder {
 public:
  Builder(Document& document, const Limits& limits) : m_document(document), m_limits(limits) {}

  // "sbom-component-limit".
  Result<void> add(Component component);
  void add_problem(std::string_view id, const std::string& subject);  // counted, the first one named
  void set_subject_properties(const Properties& properties);
  // Text that is not longer than the limits allow, whole characters only.
  std::string text(std::string_view text) const;
  void finish();

 private:
  void set_distribution(const Component& component);
  void add_package(Component& component);
  void settle_distribution();
  void note_strangers();

  Document& m_document;
  const Limits& m_limits;
  std::size_t m_count = 0;
  std::map<std::pair<std::string, std::string>, std::size_t> m_votes;  // (id, version) → packages
  std::map<std::string, std::vector<std::size_t>> m_packages_of;       // id of a distribution → indices of packages
  std::map<std::string, std::pair<std::size_t, std::string>, std::less<>> m_problems;
};

}  // namespace hullcheck::sbom
