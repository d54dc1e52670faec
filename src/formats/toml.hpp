// TOML 1.0 documents (toml.io) as a tree that is read by name.
//
// Hostile: bytes that are no UTF-8, depth, and tables of a million keys. Nothing recurses on the depth of the input,
// a key is found without looking through its table, and what the format forbids (a key given twice, a table made
// anew, a number that is none) is an error with its line and never a guess.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "util/result.hpp"

namespace hullcheck::formats {

struct TomlLimits {
  std::size_t bytes = 4 << 20;   // "toml-size-limit"
  std::size_t values = 200'000;  // with every list and table: "toml-values-limit"
  std::size_t depth = 64;        // of lists and tables inside one value: "toml-depth-limit"
};

enum class TomlKind : std::uint8_t { text, integer, real, boolean, date, time, list, table };

class TomlDocument;

// A value of a document, or none. Borrowed from its document.
class TomlValue {
 public:
  TomlValue() = default;
  explicit operator bool() const { return m_document != nullptr; }

  bool is(TomlKind kind) const;
  std::size_t line() const;
  std::string_view key() const;  // under which a table has it; "" of the root, of items of lists and of none
  // Of a text what it says, of any other plain value what is written; "" of lists, of tables and of none.
  std::string_view text() const;
  std::string_view text_or_nothing() const { return is(TomlKind::text) ? text() : std::string_view(); }
  bool is_true() const { return is(TomlKind::boolean) && text() == "true"; }
  // The member of a table; none where there is none, and of everything that is no table.
  TomlValue operator[](std::string_view key) const;
  // The items of a list, or the members of a table in the order of the file.
  std::size_t size() const;
  TomlValue at(std::size_t index) const;

 private:
  friend class TomlDocument;
  TomlValue(const TomlDocument& document, std::uint32_t node) : m_document(&document), m_node(node) {}
  const TomlDocument* m_document = nullptr;
  std::uint32_t m_node = 0;
};

class TomlDocument {
 public:
  TomlDocument(TomlDocument&&) = default;

  // "toml-malformed" and the limits above. `line` is set to the line of an error.
  static Result<TomlDocument> parse(std::string_view text, std::size_t& line, const TomlLimits& limits = {});
  TomlValue root() const { return {*this, 0}; }

 private:
  friend class TomlValue;
  friend class TomlParser;
  // How a table or a list came to be, which decides who may add to it.
  enum class Made : std::uint8_t { by_path, by_header, by_dotted_key, by_list_header, as_value };
  struct Node {
    TomlKind kind = TomlKind::table;
    Made made = Made::by_path;
    std::size_t line = 0;
    std::string key, text;
    std::vector<std::uint32_t> children;
  };

  TomlDocument() = default;

  std::deque<Node> m_nodes;  // the first is the root; places stay, as m_members borrows the keys
  std::map<std::pair<std::uint32_t, std::string_view>, std::uint32_t> m_members;
};

}  // namespace hullcheck::formats
