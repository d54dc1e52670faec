// Reading the small JSON documents of images and engines the way the engines do (Go's encoding/json): names match
// without regard to case, of two members with one name the later one counts. An image whose "entrypoint" only we
// overlook would start what we never looked at.
//
// Internal to acquire/: includes simdjson, so only .cpp files may include it.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/result.hpp"

namespace hullcheck::acquire {

using JsonElement = simdjson::dom::element;
using JsonObject = simdjson::dom::object;

constexpr std::size_t k_json_depth = 64;  // deeper documents are refused; real ones stay below ten

// Owns the memory of one parsed document. `what` leads the error names: "config" gives "config-malformed".
class JsonDocument {
 public:
  Result<JsonElement> parse(std::string_view text, std::string_view what, std::size_t limit);

 private:
  simdjson::dom::parser m_parser;
};

// Go's idea of equal member names: ASCII letters of either case, and the two other code points that fold to one.
bool same_member(std::string_view found, std::string_view known);

// The last member of that name; nothing for an absent one, for null, or when `element` is no object.
std::optional<JsonElement> member(JsonElement element, std::string_view name);

// Each gives nothing for a wrong type.
std::optional<std::string> json_string(JsonElement element);
std::optional<std::vector<std::string>> json_strings(JsonElement element);

// "" when absent or null; an error (`what`-malformed) for any other type.
Result<std::string> member_string(JsonElement element, std::string_view name, std::string_view what);
// 0 when absent, null or negative; an error for any other type.
Result<std::uint64_t> member_number(JsonElement element, std::string_view name, std::string_view what);

Error wrong_type(std::string_view what, std::string_view name);

}  // namespace hullcheck::acquire
