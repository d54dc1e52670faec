// Small helpers over simdjson's tree, for feeds, SBOMs and files of images (the documents that engines and registries
// write are read by acquire/json.hpp, with Go's eyes). Everything is hostile: a field of another type is as good as
// absent, and text is cut to what its use needs. What stands here has namespace json for itself, for its short names.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::json {

constexpr std::size_t k_padding = simdjson::SIMDJSON_PADDING;
constexpr std::size_t k_deepest = 64;  // nesting; real documents need fewer than twenty

using Element = simdjson::dom::element;

// One document. `bytes` must be followed by k_padding readable bytes; the tree lives in `parser` until its next use.
// Errors, of a document that is a "feed": "feed-malformed", or "feed-nesting-limit" for what is too deep.
Result<Element> parse(simdjson::dom::parser& parser, Bytes bytes, std::string_view subject, std::string_view kind);

// A document with the bytes that it was read from. The tree lives as long as this object, or until its next parse();
// memory is kept for that one. `kind` leads the names of errors and must outlive it.
class Document {
 public:
  explicit Document(std::string_view kind = "json") : m_kind(kind) {}
  Result<Element> parse(Bytes bytes, std::string_view subject);
  Result<Element> parse(Buffer&& bytes, std::string_view subject);  // without a copy

 private:
  Result<Element> parse_padded(std::size_t size, std::string_view subject);

  std::string_view m_kind;
  Buffer m_padded;
  simdjson::dom::parser m_parser;
};

// A member of an object; nothing when there is none.
std::optional<Element> member(Element object, std::string_view name);
// Text of a member, "" when it is absent or no string, cut to `longest` bytes (never inside a UTF-8 character).
std::string_view text(Element object, std::string_view name, std::size_t longest = 1 << 16);
std::string_view as_text(Element element, std::size_t longest = 1 << 16);
// Strings of an array member, at most `most` of them, each at most `longest` bytes (longer ones are left out).
std::vector<std::string> strings(Element object, std::string_view name, std::size_t most = 10'000,
                                 std::size_t longest = 256);

// Calls visit(Element) for each element of an array member (or of nothing).
template <class Visit>
void each(Element object, std::string_view name, Visit visit) {
  const auto list = member(object, name);
  simdjson::dom::array array;
  if (!list || list->get_array().get(array) != simdjson::SUCCESS) return;
  for (Element element : array) visit(element);
}

// Calls visit(Element) for each element of a document that is one list; "KIND-malformed" where it is none or empty.
// `what` is what it lists.
template <class Visit>
Result<void> each_record(Element document, std::string_view kind, std::string_view what, Visit visit) {
  simdjson::dom::array array;
  if (document.get_array().get(array) != simdjson::SUCCESS || array.size() == 0)
    return make_error(ErrorCode::malformed, std::string(kind) + "-malformed",
                      "the document is no list of " + std::string(what));
  for (Element element : array) visit(element);
  return {};
}

// Calls visit(key, Element) for each member of an object; does nothing when it is none.
template <class Visit>
void each_member(Element object, Visit visit) {
  simdjson::dom::object members;
  if (object.get_object().get(members) != simdjson::SUCCESS) return;
  for (const auto& field : members) visit(field.key, field.value);
}

std::string_view cut(std::string_view utf8, std::size_t longest);

}  // namespace hullcheck::json
