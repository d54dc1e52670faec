#include "formats/json.hpp"

#include <gtest/gtest.h>

namespace hullcheck::json {
namespace {

TEST(Json, ADocumentKeepsTheBytesOfItsTree) {
  Document document;
  std::string text;
  {
    Buffer bytes(as_bytes(R"({"name":"x"})").begin(), as_bytes(R"({"name":"x"})").end());
    const auto root = document.parse(std::move(bytes), "s");
    ASSERT_TRUE(root.ok());
    text = json::text(*root, "name");
  }
  EXPECT_EQ(text, "x");
  const auto copied = document.parse(as_bytes(R"({"name":"y"})"), "s");
  ASSERT_TRUE(copied.ok());
  EXPECT_EQ(json::text(*copied, "name"), "y");
}

TEST(Json, WhatIsNoneIsAnErrorOfItsSubject) {
  Document document;
  for (const std::string& bad : {std::string(), std::string("{"), std::string("{\"a\":}"), std::string("\xff")}) {
    const auto root = document.parse(as_bytes(bad), "s");
    ASSERT_FALSE(root.ok()) << bad;
    EXPECT_EQ(root.error().name, "json-malformed");
    EXPECT_EQ(root.error().subject, "s");
  }
  const std::string deep = std::string(k_deepest + 1, '[') + std::string(k_deepest + 1, ']');
  EXPECT_EQ(document.parse(as_bytes(deep), "s").error().name, "json-nesting-limit");
  EXPECT_TRUE(document.parse(as_bytes("[]"), "s").ok()) << "one that failed is forgotten";
}

TEST(Json, RecordsOfAList) {
  Document document;
  std::size_t count = 0;
  const auto visit = [&](Element) { ++count; };
  EXPECT_TRUE(each_record(*document.parse(as_bytes("[1, {}, null]"), ""), "feed", "things", visit).ok());
  EXPECT_EQ(count, 3U);
  for (const char* none : {"[]", "{}", "7", "null"}) {
    const auto read = each_record(*document.parse(as_bytes(none), ""), "feed", "things", visit);
    ASSERT_FALSE(read.ok()) << none;
    EXPECT_EQ(read.error().message, "the document is no list of things");
  }
  EXPECT_EQ(count, 3U);
}

}  // namespace
}  // namespace hullcheck::json
