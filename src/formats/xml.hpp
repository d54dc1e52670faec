// XML as a stream of elements, on expat. Nobody else includes its header.
//
// Hostile: entities that multiply, external documents, depth, and elements that never end. A document that declares
// entities of its own is refused ("xml-entities"); a DOCTYPE that only names a DTD is passed over and the DTD is
// never fetched. Nothing recurses on the depth of the input.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::formats {

struct XmlLimits {
  std::uint64_t elements = 100'000'000;  // "xml-elements-limit"
  std::size_t depth = 128;               // "xml-depth-limit"
  std::size_t text = 1 << 20;            // of one element; the rest is dropped
};

// The attributes of one element; borrowed, for the time of the call.
class XmlAttributes {
 public:
  explicit XmlAttributes(const char** list) : m_list(list) {}
  // The value of the attribute of this local name, "" where there is none.
  std::string_view operator[](std::string_view name) const;

 private:
  const char** m_list;  // name, value, …, null
};

// Names are local: "linux-def:rpminfo_test" comes as "rpminfo_test".
class XmlHandler {
 public:
  virtual ~XmlHandler() = default;
  virtual void open(std::string_view name, const XmlAttributes& attributes) = 0;
  // `text` is what stands in the element behind its last child, so the whole text of one without children.
  virtual void close(std::string_view name, std::string_view text) = 0;
};

// "xml-malformed" with the line, "xml-entities", and the limits above. What was read before an error was handed on.
Result<void> parse_xml(Bytes document, XmlHandler& handler, const XmlLimits& limits = {});

// Without space around it and with every run of space inside as one blank.
std::string collapse_space(std::string_view text);

}  // namespace hullcheck::formats
