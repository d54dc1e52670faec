#include "formats/xml.hpp"

#include <gtest/gtest.h>

namespace hullcheck::formats {
namespace {

class Trace final : public XmlHandler {
 public:
  void open(std::string_view name, const XmlAttributes& attributes) override {
    out += "<" + std::string(name);
    if (!attributes["id"].empty()) out += " " + std::string(attributes["id"]);
    out += ">";
  }
  void close(std::string_view name, std::string_view text) override {
    out += collapse_space(text) + "</" + std::string(name) + ">";
  }
  std::string out;
};

std::string error_of(const std::string& text, const XmlLimits& limits = {}) {
  Trace trace;
  const auto result = parse_xml(as_bytes(text), trace, limits);
  return result.ok() ? "" : result.error().name;
}

TEST(Xml, LocalNamesAttributesAndText) {
  Trace trace;
  ASSERT_TRUE(parse_xml(as_bytes(std::string(R"(<a xmlns:x="u" x:id="1"><x:b id="2"> one &amp;
      two </x:b><c/></a>)")),
                        trace)
                  .ok());
  EXPECT_EQ(trace.out, "<a 1><b 2>one & two</b><c></c></a>");
}

TEST(Xml, EntitiesOfItsOwnAreRefused) {
  EXPECT_EQ(error_of(R"(<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>)"), "xml-entities");
  std::string bomb = R"(<!DOCTYPE a [<!ENTITY a0 "ha">)";
  for (int i = 1; i < 30; ++i)
    bomb +=
        "<!ENTITY a" + std::to_string(i) + " \"&a" + std::to_string(i - 1) + ";&a" + std::to_string(i - 1) + ";\">";
  EXPECT_EQ(error_of(bomb + "]><a>&a29;</a>"), "xml-entities");
  EXPECT_EQ(error_of(R"(<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>)"), "xml-entities");
}

TEST(Xml, ADtdThatIsOnlyNamedIsPassedOver) {
  EXPECT_EQ(error_of(R"(<!DOCTYPE glsa SYSTEM "http://www.example.org/dtd/glsa.dtd"><glsa/>)"), "");
}

TEST(Xml, WhatIsNoXmlNamesTheLine) {
  for (const std::string text : {"", "<a>", "<a></b>", "{}", "<a/><b/>", "<a>\xff</a>"})
    EXPECT_EQ(error_of(text), "xml-malformed") << text;
}

TEST(Xml, DepthElementsAndTextAreLimited) {
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += "<a>";
  EXPECT_EQ(error_of(deep), "xml-depth-limit");
  XmlLimits limits;
  limits.elements = 3;
  EXPECT_EQ(error_of("<a><b/><b/><b/></a>", limits), "xml-elements-limit");
  limits = {};
  limits.text = 4;
  Trace trace;
  ASSERT_TRUE(parse_xml(as_bytes(std::string("<a>123456</a>")), trace, limits).ok());
  EXPECT_EQ(trace.out, "<a>1234</a>");
}

TEST(Xml, MegabytesComeInPieces) {
  std::string text = "<a>";
  for (int i = 0; i < 300'000; ++i) text += "<b>12345678</b>";
  EXPECT_EQ(error_of(text + "</a>"), "");
}

}  // namespace
}  // namespace hullcheck::formats
