#include "formats/toml.hpp"

#include <fmt/format.h>

#include "formats/toml_scanner.hpp"

namespace hullcheck::formats {

bool TomlValue::is(TomlKind kind) const { return m_document != nullptr && m_document->m_nodes[m_node].kind == kind; }
std::size_t TomlValue::line() const { return m_document == nullptr ? 0 : m_document->m_nodes[m_node].line; }
std::string_view TomlValue::key() const {
  return m_document == nullptr ? std::string_view() : m_document->m_nodes[m_node].key;
}
std::string_view TomlValue::text() const {
  return m_document == nullptr ? std::string_view() : m_document->m_nodes[m_node].text;
}
std::size_t TomlValue::size() const {
  return m_document == nullptr ? 0 : m_document->m_nodes[m_node].children.size();
}
TomlValue TomlValue::at(std::size_t index) const {
  if (index >= size()) return {};
  return {*m_document, m_document->m_nodes[m_node].children[index]};
}
TomlValue TomlValue::operator[](std::string_view key) const {
  if (!is(TomlKind::table)) return {};
  const auto found = m_document->m_members.find({m_node, key});
  if (found == m_document->m_members.end()) return {};
  return {*m_document, found->second};
}

class TomlParser {
 public:
  TomlParser(std::string_view text, const TomlLimits& limits) : m_scanner(text), m_limits(limits) {
    m_document.m_nodes.push_back({TomlKind::table, Made::by_header, 1, {}, {}, {}});
  }

  Result<TomlDocument> run() {
    while (true) {
      TRY(m_scanner.skip_lines());
      if (m_scanner.at_end()) return std::move(m_document);
      if (m_scanner.take("[["))
        TRY(header(true));
      else if (m_scanner.take("["))
        TRY(header(false));
      else
        TRY(pair());
      TRY(m_scanner.end_line());
    }
  }
  std::size_t line() const { return m_scanner.line(); }

 private:
  using Made = TomlDocument::Made;
  using Node = TomlDocument::Node;

  Node& node(std::uint32_t index) { return m_document.m_nodes[index]; }

  Result<std::uint32_t> add(std::uint32_t parent, std::string key, TomlKind kind, Made made) {
    auto& nodes = m_document.m_nodes;
    if (nodes.size() >= m_limits.values)
      return make_error(ErrorCode::limit, "toml-values-limit", "there are more values than any such file has");
    const auto index = static_cast<std::uint32_t>(nodes.size());
    nodes.push_back({kind, made, m_scanner.line(), std::move(key), {}, {}});
    node(parent).children.push_back(index);
    const std::string_view kept = nodes.back().key;
    if (node(parent).kind == TomlKind::table) m_document.m_members.emplace(std::pair(parent, kept), index);
    return index;
  }

  // Nothing is 0, as the root is nobody's member.
  std::uint32_t find(std::uint32_t table, std::string_view key) const {
    const auto found = m_document.m_members.find({table, key});
    return found == m_document.m_members.end() ? 0 : found->second;
  }

  Error twice(const std::string& key) const { return m_scanner.error(fmt::format("\"{}\" is given twice", key)); }

  // "a . b" up to what follows it; all but the last lead to a table, which is made where it is not there.
  Result<std::string> path(std::uint32_t& table, Made made) {
    while (true) {
      m_scanner.skip_blanks();
      std::string key = TRY(m_scanner.key());
      m_scanner.skip_blanks();
      if (!m_scanner.take(".")) return key;
      std::uint32_t next = find(table, key);
      if (next == 0)
        next = TRY(add(table, std::move(key), TomlKind::table, made));
      else if (made == Made::by_dotted_key ? node(next).made != Made::by_dotted_key
                                           : node(next).made == Made::as_value)
        return twice(key);
      if (node(next).made == Made::by_list_header) next = node(next).children.back();
      table = next;
    }
  }

  // Behind "[" or "[[".
  Result<void> header(bool of_list) {
    std::uint32_t table = 0;
    std::string key = TRY(path(table, Made::by_path));
    if (!m_scanner.take(of_list ? "]]" : "]")) return m_scanner.error("the name of a table does not end");
    std::uint32_t found = find(table, key);
    if (of_list) {
      if (found == 0) found = TRY(add(table, key, TomlKind::list, Made::by_list_header));
      if (node(found).made != Made::by_list_header) return twice(key);
      m_table = TRY(add(found, {}, TomlKind::table, Made::by_header));
      return {};
    }
    if (found == 0)
      found = TRY(add(table, key, TomlKind::table, Made::by_header));
    else if (node(found).made != Made::by_path)
      return twice(key);
    node(found).made = Made::by_header;
    m_table = found;
    return {};
  }

  // "key = " of a table; the value's node, which is still empty.
  Result<std::uint32_t> member(std::uint32_t table) {
    std::string key = TRY(path(table, Made::by_dotted_key));
    if (!m_scanner.take("=")) return m_scanner.error("\"=\" is missing behind a key");
    if (find(table, key) != 0) return twice(key);
    return add(table, std::move(key), TomlKind::text, Made::as_value);
  }

  Result<void> pair() { return value(TRY(member(m_table))); }

  // Fills this node and all inside it.
  Result<void> value(std::uint32_t next) {
    std::vector<std::uint32_t> open;
    do {
      m_scanner.skip_blanks();
      if (m_scanner.take("[") || m_scanner.peek() == '{') {
        node(next).kind = m_scanner.take("{") ? TomlKind::table : TomlKind::list;
        if (open.size() >= m_limits.depth)
          return make_error(ErrorCode::limit, "toml-depth-limit", "values are nested deeper than in any such file");
        open.push_back(next);
        next = TRY(first_inside(open));
      } else {
        auto scalar = TRY(m_scanner.scalar());
        node(next).kind = scalar.kind;
        node(next).text = std::move(scalar.text);
        next = 0;
      }
      while (next == 0 && !open.empty()) next = TRY(next_inside(open));
    } while (!open.empty());
    return {};
  }

  // Behind the bracket of the last that is open: its first item. 0: it is empty and closed.
  Result<std::uint32_t> first_inside(std::vector<std::uint32_t>& open) {
    if (node(open.back()).kind == TomlKind::list) return item_or_end(open);
    m_scanner.skip_blanks();
    if (!m_scanner.take("}")) return member(open.back());
    open.pop_back();
    return 0;
  }

  // Behind an item: the next one. 0: it was the last one of what was open last.
  Result<std::uint32_t> next_inside(std::vector<std::uint32_t>& open) {
    if (node(open.back()).kind == TomlKind::list) {
      TRY(m_scanner.skip_lines());
      if (m_scanner.take(",")) return item_or_end(open);
      if (!m_scanner.take("]")) return m_scanner.error("a list does not end");
    } else {
      m_scanner.skip_blanks();
      if (m_scanner.take(",")) return member(open.back());
      if (!m_scanner.take("}")) return m_scanner.error("a table does not end on its line");
    }
    open.pop_back();
    return 0;
  }

  Result<std::uint32_t> item_or_end(std::vector<std::uint32_t>& open) {
    TRY(m_scanner.skip_lines());
    if (!m_scanner.take("]")) return add(open.back(), {}, TomlKind::text, Made::as_value);
    open.pop_back();
    return 0;
  }

  TomlScanner m_scanner;
  const TomlLimits& m_limits;
  TomlDocument m_document;
  std::uint32_t m_table = 0;  // whose pairs are being read
};

Result<TomlDocument> TomlDocument::parse(std::string_view text, std::size_t& line, const TomlLimits& limits) {
  line = 0;
  if (text.size() > limits.bytes)
    return make_error(ErrorCode::limit, "toml-size-limit", "the file is larger than any such file");
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  TomlParser parser(text, limits);
  auto document = parser.run();
  line = parser.line();
  return document;
}

}  // namespace hullcheck::formats
