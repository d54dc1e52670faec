#include "formats/xml.hpp"

#include <expat.h>
#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace hullcheck::formats {
namespace {

constexpr std::size_t k_piece = 1 << 20;  // expat counts in int

std::string_view local(const char* name) {
  const std::string_view whole(name);
  const auto colon = whole.rfind(':');
  return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
}

class Parse {
 public:
  Parse(XmlHandler& handler, const XmlLimits& limits)
      : m_handler(handler), m_limits(limits), m_parser(XML_ParserCreate(nullptr)) {
    HULLCHECK_ASSERT(m_parser != nullptr);
    XML_SetUserData(m_parser.get(), this);
    XML_SetElementHandler(m_parser.get(), &Parse::open, &Parse::close);
    XML_SetCharacterDataHandler(m_parser.get(), &Parse::characters);
    XML_SetEntityDeclHandler(m_parser.get(), &Parse::entity);
  }

  Result<void> run(Bytes document) {
    for (std::size_t at = 0;; at += k_piece) {
      const Bytes piece = document.subspan(at, std::min(k_piece, document.size() - at));
      const bool last = at + piece.size() == document.size();
      const auto status = XML_Parse(m_parser.get(), reinterpret_cast<const char*>(piece.data()),
                                    static_cast<int>(piece.size()), last ? 1 : 0);
      if (m_error) return *m_error;
      if (status != XML_STATUS_OK) return malformed();
      if (last) return {};
    }
  }

 private:
  struct Free {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
  };

  static Parse& self(void* data) { return *static_cast<Parse*>(data); }

  static void open(void* data, const XML_Char* name, const XML_Char** attributes) {
    Parse& parse = self(data);
    if (parse.m_error) return;
    if (++parse.m_elements > parse.m_limits.elements)
      return parse.stop(ErrorCode::limit, "xml-elements-limit", "the document has too many elements");
    if (++parse.m_depth > parse.m_limits.depth)
      return parse.stop(ErrorCode::limit, "xml-depth-limit", "the document is nested too deeply");
    parse.m_text.clear();
    parse.m_handler.open(local(name), XmlAttributes(attributes));
  }

  static void close(void* data, const XML_Char* name) {
    Parse& parse = self(data);
    if (parse.m_error) return;
    --parse.m_depth;
    parse.m_handler.close(local(name), parse.m_text);
    parse.m_text.clear();
  }

  static void characters(void* data, const XML_Char* text, int size) {
    Parse& parse = self(data);
    const std::size_t room = parse.m_limits.text - std::min(parse.m_limits.text, parse.m_text.size());
    parse.m_text.append(text, std::min(room, static_cast<std::size_t>(size)));
  }

  static void entity(void* data, const XML_Char*, int, const XML_Char*, int, const XML_Char*, const XML_Char*,
                     const XML_Char*, const XML_Char*) {
    self(data).stop(ErrorCode::limit, "xml-entities", "the document declares entities of its own");
  }

  void stop(ErrorCode code, const char* name, const char* message) {
    if (!m_error) m_error = make_error(code, name, message);
    XML_StopParser(m_parser.get(), XML_FALSE);
  }

  Error malformed() const {
    const auto code = XML_GetErrorCode(m_parser.get());
    return make_error(ErrorCode::malformed, "xml-malformed", fmt::format("no XML: {}", XML_ErrorString(code)),
                      fmt::format("line {}", XML_GetCurrentLineNumber(m_parser.get())));
  }

  XmlHandler& m_handler;
  const XmlLimits& m_limits;
  std::unique_ptr<XML_ParserStruct, Free> m_parser;
  std::string m_text;
  std::uint64_t m_elements = 0;
  std::size_t m_depth = 0;
  std::optional<Error> m_error;
};

}  // namespace

std::string_view XmlAttributes::operator[](std::string_view name) const {
  for (const char** at = m_list; *at != nullptr; at += 2)
    if (local(*at) == name) return at[1];
  return {};
}

Result<void> parse_xml(Bytes document, XmlHandler& handler, const XmlLimits& limits) {
  return Parse(handler, limits).run(document);
}

std::string collapse_space(std::string_view text) {
  std::string out;
  bool space = false;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      space = !out.empty();
      continue;
    }
    if (space) out += ' ';
    space = false;
    out += c;
  }
  return out;
}

}  // namespace hullcheck::formats
