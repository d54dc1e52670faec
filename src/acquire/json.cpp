#include "acquire/json.hpp"

#include <fmt/core.h>

namespace hullcheck::acquire {

Result<JsonElement> JsonDocument::parse(std::string_view text, std::string_view what, std::size_t limit) {
  if (text.size() > limit)
    return make_error(ErrorCode::limit, fmt::format("{}-size-limit", what),
                      fmt::format("the {} of {} bytes is larger than the limit of {}", what, text.size(), limit));
  if (text.empty())
    return make_error(ErrorCode::malformed, fmt::format("{}-malformed", what), fmt::format("the {} is empty", what));
  auto code = m_parser.allocate(text.size(), k_json_depth);
  JsonElement root;
  if (!code) code = m_parser.parse(text.data(), text.size()).get(root);
  if (code)
    return make_error(ErrorCode::malformed, fmt::format("{}-malformed", what),
                      fmt::format("the {} is no valid JSON ({})", what, simdjson::error_message(code)));
  return root;
}

bool same_member(std::string_view found, std::string_view known) {
  std::size_t i = 0;
  for (const char wanted : known) {
    const char lower = wanted >= 'A' && wanted <= 'Z' ? static_cast<char>(wanted + 32) : wanted;
    if (i >= found.size()) return false;
    const char here = found[i];
    if (here == wanted || (here >= 'A' && here <= 'Z' && static_cast<char>(here + 32) == lower) ||
        (here >= 'a' && here <= 'z' && here == lower)) {
      ++i;
    } else if (lower == 's' && found.substr(i).starts_with("\u017f")) {
      i += 2;  // long s
    } else if (lower == 'k' && found.substr(i).starts_with("\u212a")) {
      i += 3;  // Kelvin sign
    } else {
      return false;
    }
  }
  return i == found.size();
}

std::optional<JsonElement> member(JsonElement element, std::string_view name) {
  JsonObject object;
  if (element.get(object)) return std::nullopt;
  std::optional<JsonElement> found;
  for (const auto field : object)
    if (same_member(field.key, name)) found = field.value;
  if (found && found->is_null()) return std::nullopt;
  return found;
}

std::optional<std::string> json_string(JsonElement element) {
  std::string_view text;
  if (element.get(text)) return std::nullopt;
  return std::string(text);
}

std::optional<std::vector<std::string>> json_strings(JsonElement element) {
  simdjson::dom::array array;
  if (element.get(array)) return std::nullopt;
  std::vector<std::string> texts;
  for (const auto item : array) {
    auto text = item.is_null() ? std::string() : json_string(item);
    if (!text) return std::nullopt;
    texts.push_back(std::move(*text));
  }
  return texts;
}

Error wrong_type(std::string_view what, std::string_view name) {
  return make_error(ErrorCode::malformed, fmt::format("{}-malformed", what),
                    fmt::format("\"{}\" of the {} is not of the type that it must have", name, what));
}

Result<std::string> member_string(JsonElement element, std::string_view name, std::string_view what) {
  const auto found = member(element, name);
  if (!found) return std::string();
  auto text = json_string(*found);
  if (!text) return wrong_type(what, name);
  return std::move(*text);
}

Result<std::uint64_t> member_number(JsonElement element, std::string_view name, std::string_view what) {
  const auto found = member(element, name);
  if (!found) return std::uint64_t{0};
  std::uint64_t number = 0;
  if (!found->get(number)) return number;
  std::int64_t negative = 0;
  if (!found->get(negative)) return std::uint64_t{0};
  return wrong_type(what, name);
}

}  // namespace hullcheck::acquire
