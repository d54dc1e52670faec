#include "util/json_writer.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

using hullcheck::util::JsonStyle;
using hullcheck::util::JsonWriter;

namespace {

template <class Body>
std::string written(JsonStyle style, Body body) {
  std::string out;
  JsonWriter json([&](std::string_view text) { out += text; }, style);
  body(json);
  json.finish();
  return out;
}

TEST(JsonWriter, PrettyWithTwoSpaces) {
  const std::string text = written(JsonStyle::pretty, [](JsonWriter& json) {
    json.begin_object();
    json.field("name", "a");
    json.field("ready", true);
    json.field("count", std::uint64_t{18446744073709551615U});
    json.field("share", 0.5);
    json.strings("none", {});
    json.strings("some", {"x", "y"});
    json.field_or_null("absent", "");
    json.key("inner");
    json.begin_object();
    json.end_object();
    json.end_object();
  });
  EXPECT_EQ(text,
            "{\n  \"name\": \"a\",\n  \"ready\": true,\n  \"count\": 18446744073709551615,\n  \"share\": 0.5,\n"
            "  \"none\": [],\n  \"some\": [\n    \"x\",\n    \"y\"\n  ],\n  \"absent\": null,\n  \"inner\": {}\n}\n");
}

TEST(JsonWriter, Compact) {
  const std::string text = written(JsonStyle::compact, [](JsonWriter& json) {
    json.begin_array();
    json.value(1);
    json.value(-2);
    json.begin_object();
    json.field("a", "b");
    json.end_object();
    json.null();
    json.end_array();
  });
  EXPECT_EQ(text, "[1,-2,{\"a\":\"b\"},null]\n");
}

std::string as_string(std::string_view text) {
  std::string out = written(JsonStyle::compact, [&](JsonWriter& json) { json.value(text); });
  out.pop_back();
  return out;
}

TEST(JsonWriter, Escapes) {
  using namespace std::string_view_literals;
  EXPECT_EQ(as_string("a\"b\\c\n\r\t"), "\"a\\\"b\\\\c\\n\\r\\t\"");
  EXPECT_EQ(as_string("\0\x1b\x7f"sv), "\"\\u0000\\u001b\\u007f\"");
  EXPECT_EQ(as_string("ž設\U0001f600"), "\"ž設\U0001f600\"");
  EXPECT_EQ(as_string("</script>\u2028"), "\"\\u003c/script>\\u2028\"");
}

TEST(JsonWriter, BytesThatAreNoTextBecomeReplacementCharacters) {
  EXPECT_EQ(as_string("a\xff"
                      "b"),
            "\"a\ufffdb\"");
  EXPECT_EQ(as_string("\xc0\xaf"), "\"\ufffd\ufffd\"");
  EXPECT_EQ(as_string("\xed\xa0\x80"), "\"\ufffd\ufffd\ufffd\"");
  EXPECT_EQ(as_string("cut\xe2\x80"), "\"cut\ufffd\ufffd\"");
}

TEST(JsonWriter, NumbersThatJsonDoesNotHave) {
  const auto text = written(JsonStyle::compact, [](JsonWriter& json) {
    json.begin_array();
    json.value(std::numeric_limits<double>::infinity());
    json.value(std::numeric_limits<double>::quiet_NaN());
    json.value(1e300);
    json.end_array();
  });
  EXPECT_EQ(text, "[null,null,1e+300]\n");
}

TEST(JsonWriter, LongDocumentComesInPiecesAndParses) {
  std::size_t pieces = 0;
  std::string out;
  JsonWriter json([&](std::string_view text) {
    ++pieces;
    out += text;
  });
  json.begin_array();
  for (int i = 0; i < 10'000; ++i) json.value(i);
  json.end_array();
  json.finish();
  EXPECT_GT(pieces, 3U);
  EXPECT_EQ(nlohmann::json::parse(out).size(), 10'000U);
}

TEST(JsonWriterDeathTest, WrongNestingIsOurBug) {
  EXPECT_DEATH(written(JsonStyle::compact, [](JsonWriter& json) { json.begin_object(); }), "");
}

}  // namespace
