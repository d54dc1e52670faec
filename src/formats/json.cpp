#include "formats/json.hpp"

namespace hullcheck::json {

namespace {

Error parse_error(simdjson::error_code code, std::string_view subject, std::string_view kind) {
  if (code == simdjson::DEPTH_ERROR)
    return make_error(ErrorCode::limit, std::string(kind) + "-nesting-limit", "the JSON is nested too deeply",
                      std::string(subject));
  return make_error(ErrorCode::malformed, std::string(kind) + "-malformed",
                    std::string("the document is not the JSON that it should be: ") + simdjson::error_message(code),
                    std::string(subject));
}

}  // namespace

Result<Element> parse(simdjson::dom::parser& parser, Bytes bytes, std::string_view subject, std::string_view kind) {
  if (parser.max_depth() != k_deepest)
    if (const auto code = parser.allocate(0, k_deepest); code != simdjson::SUCCESS)
      return parse_error(code, subject, kind);
  Element element;
  const auto code = parser.parse(bytes.data(), bytes.size(), false).get(element);
  if (code != simdjson::SUCCESS) return parse_error(code, subject, kind);
  return element;
}

Result<Element> Document::parse(Bytes bytes, std::string_view subject) {
  m_padded.assign(bytes.begin(), bytes.end());
  return parse_padded(bytes.size(), subject);
}

Result<Element> Document::parse(Buffer&& bytes, std::string_view subject) {
  m_padded = std::move(bytes);
  return parse_padded(m_padded.size(), subject);
}

Result<Element> Document::parse_padded(std::size_t size, std::string_view subject) {
  m_padded.resize(size + k_padding);
  return json::parse(m_parser, Bytes(m_padded).first(size), subject, m_kind);
}

std::optional<Element> member(Element object, std::string_view name) {
  simdjson::dom::object members;
  if (object.get_object().get(members) != simdjson::SUCCESS) return std::nullopt;
  Element found;
  if (members.at_key(name).get(found) != simdjson::SUCCESS) return std::nullopt;
  return found;
}

std::string_view cut(std::string_view utf8, std::size_t longest) {
  if (utf8.size() <= longest) return utf8;
  std::size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(utf8[end]) & 0xc0U) == 0x80U) --end;
  return utf8.substr(0, end);
}

std::string_view as_text(Element element, std::size_t longest) {
  std::string_view value;
  if (element.get_string().get(value) != simdjson::SUCCESS) return {};
  return cut(value, longest);
}

std::string_view text(Element object, std::string_view name, std::size_t longest) {
  const auto found = member(object, name);
  return found ? as_text(*found, longest) : std::string_view();
}

std::vector<std::string> strings(Element object, std::string_view name, std::size_t most, std::size_t longest) {
  std::vector<std::string> list;
  each(object, name, [&](Element element) {
    std::string_view value;
    if (list.size() >= most || element.get_string().get(value) != simdjson::SUCCESS) return;
    if (!value.empty() && value.size() <= longest) list.emplace_back(value);
  });
  return list;
}

}  // namespace hullcheck::json
