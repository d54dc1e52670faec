// One JSON file of an image in memory. Hostile: its size, nesting and types are anything; see also
// formats/json.hpp, whose readers take a field of another type for an absent one.
#pragma once

#include "formats/json.hpp"
#include "inventory/readers/language.hpp"

namespace hullcheck::inventory {

constexpr std::size_t k_largest_json = 16 << 20;

// The document stays valid as long as the object. A document that is too large or no JSON leaves `truncated` or a
// problem in the facts and gives nothing.
class JsonFile {
 public:
  std::optional<json::Element> parse(Bytes bytes, FileFacts& facts);

 private:
  json::Document m_parsed;
};

// As the programs read it whose packages these are: of several members of one name the last counts.
std::string_view last_text(json::Element object, std::string_view name);

}  // namespace hullcheck::inventory
