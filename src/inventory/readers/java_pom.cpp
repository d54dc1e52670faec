// Format: <project><version>…</version><parent><version>…</version></parent></project>, Maven's POM 4.0.0.
// Hostile: formats/xml.hpp; the text is a version only if it reads as one.
#include "inventory/readers/java_pom.hpp"

#include <vector>

#include "formats/xml.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

class Versions final : public formats::XmlHandler {
 public:
  void open(std::string_view name, const formats::XmlAttributes&) override {
    ++m_depth;
    if (m_depth == 2) m_in_parent = name == "parent";
  }
  void close(std::string_view name, std::string_view text) override {
    if (name == "version" && m_depth == 2) own = util::trim(text);
    if (name == "version" && m_depth == 3 && m_in_parent) parents = util::trim(text);
    --m_depth;
  }

  std::string own, parents;

 private:
  std::size_t m_depth = 0;
  bool m_in_parent = false;
};

}  // namespace

std::string pom_version(Bytes pom) {
  Versions versions;
  formats::XmlLimits limits;
  limits.elements = 100'000;
  limits.text = 4096;
  // What stands before an error is as good as it would be without.
  static_cast<void>(formats::parse_xml(pom, versions, limits));
  const std::string& version = versions.own.empty() ? versions.parents : versions.own;
  const bool filled = version.size() <= 256 && version.find_first_of(" \t\n${}\"<>") == std::string::npos;
  return filled ? version : std::string();
}

}  // namespace hullcheck::inventory
