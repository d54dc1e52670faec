#include "formats/toml.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace hullcheck::formats {
namespace {

Result<TomlDocument> parse(std::string_view text, const TomlLimits& limits = {}) {
  std::size_t line = 0;
  return TomlDocument::parse(text, line, limits);
}

// What the key `a` says, or the name of the error.
std::string a(std::string_view text) {
  const auto document = parse(text);
  return document.ok() ? std::string(document->root()["a"].text()) : document.error().name;
}

TEST(Toml, TextsInTheirFourSpellings) {
  EXPECT_EQ(a("a = \"x # y\" # z"), "x # y");
  EXPECT_EQ(a("a = 'C:\\x'"), "C:\\x");
  EXPECT_EQ(a(R"(a = "\b\t\n\f\r\"\\\u00e9\U0001F600")"), "\b\t\n\f\r\"\\\xc3\xa9\xf0\x9f\x98\x80");
  EXPECT_EQ(a("a = \"\"\"\r\none\ntwo\"\"\""), "one\ntwo");
  EXPECT_EQ(a("a = \"\"\"one \\  \n\n   two\\\n\"\"\""), "one two");
  EXPECT_EQ(a("a = \"\"\"\"x\"\" y\"\"\"\"\""), "\"x\"\" y\"\"");
  EXPECT_EQ(a("a = '''\nit's \\n'''"), "it's \\n");
  EXPECT_EQ(a("a = ''''x''''"), "'x'");
  EXPECT_EQ(a("\xef\xbb\xbf"
              "a = \"gr\xc3\xbc\xc3\x9f\""),
            "gr\xc3\xbc\xc3\x9f");
  for (const char* bad :
       {"a = \"x", "a = \"x\ny\"", "a = 'x\ny'", "a = \"\"\"x\"\"", "a = '''x", "a = \"\\x\"", "a = \"\\\n\"",
        "a = \"\\u12\"", "a = \"\\ud800\"", "a = \"\\U00110000\"", "a = \"\xff\"", "a = \"\xc0\x80\"", "a = 'x\x01'",
        "a = \"x\x7f\"", "a = \"\"\"\"\"\"\"\"\"", "a = \"x\" y", "a = \"\"\"x\\ y\"\"\""})
    EXPECT_EQ(a(bad), "toml-malformed") << bad;
}

TEST(Toml, PlainValues) {
  const auto kind = [](std::string_view text) {
    const auto document = parse("a = " + std::string(text));
    return document.ok() ? fmt::format("{}", static_cast<int>([&] {
                                         for (const auto one : {TomlKind::integer, TomlKind::real, TomlKind::boolean,
                                                                TomlKind::date, TomlKind::time})
                                           if (document->root()["a"].is(one)) return one;
                                         return TomlKind::text;
                                       }()))
                         : document.error().name;
  };
  const auto expect = [&](TomlKind wanted, std::initializer_list<const char*> list) {
    for (const char* text : list) EXPECT_EQ(kind(text), fmt::format("{}", static_cast<int>(wanted))) << text;
  };
  expect(TomlKind::integer, {"0", "+7", "-1_000", "0xDEAD_beef", "0o17", "0b1_0", "123456789012345678901234567890"});
  expect(TomlKind::real, {"1.0", "-0.5e3", "1e+10", "6.02_2E-1", "inf", "-inf", "nan", "0e0"});
  expect(TomlKind::boolean, {"true", "false"});
  expect(TomlKind::date, {"2026-12-31", "2026-12-31T23:59:59", "2026-12-31t23:59:59.123z",
                          "2026-12-31 23:59:59+02:00", "2026-12-31T23:59:59.5-02:00"});
  expect(TomlKind::time, {"07:32:00", "07:32:00.25"});
  for (const char* bad : {"01",
                          "1__0",
                          "_1",
                          "1_",
                          "0x",
                          "0xg",
                          "+0x1",
                          "1.",
                          ".5",
                          "1.e3",
                          "1e",
                          "01.0",
                          "True",
                          "x",
                          "2026-1-1",
                          "2026-12-31T",
                          "2026-12-31T1:00:00",
                          "2026-12-31T10:00:00+2",
                          "10:00",
                          "",
                          "# x",
                          "2026-12-31 x",
                          "1 2",
                          "++1",
                          "0b2"})
    EXPECT_EQ(kind(bad), "toml-malformed") << bad;
}

TEST(Toml, KeysListsAndTables) {
  const auto document = parse(
      "top = 1\n\"a b\".'c.d' . e = [1, [\"x\", 'y'],\n  # remark\n  { z = 2, y.w = 3 }, ]\n"
      "[one]\nx = 1\n[one.two]\ny = 2\n[[list]]\nn = 1\n[list.sub]\nm = 1\n[[list]]\nn = 2\n[ three . four ]\n"
      "v.w = 1\nv.x = 2\n[three.four.v.y]\nz = 1\n[three]\nq = 1\n");
  ASSERT_TRUE(document.ok()) << document.error().describe();
  const TomlValue root = document->root(), list = root["a b"]["c.d"]["e"];
  EXPECT_EQ(list.size(), 3U);
  EXPECT_EQ(list.at(1).at(1).text(), "y");
  EXPECT_EQ(list.at(2)["y"]["w"].text(), "3");
  EXPECT_EQ(list.at(2).line(), 4U);
  EXPECT_EQ(root["one"]["two"]["y"].text(), "2");
  ASSERT_EQ(root["list"].size(), 2U);
  EXPECT_EQ(root["list"].at(0)["sub"]["m"].text(), "1");
  EXPECT_EQ(root["list"].at(1)["n"].text(), "2");
  EXPECT_FALSE(root["list"].at(1)["sub"]);
  EXPECT_FALSE(root["list"].at(2));
  EXPECT_EQ(root["three"]["four"]["v"]["x"].text(), "2");
  EXPECT_EQ(root["three"]["q"].text(), "1");
  EXPECT_EQ(root["three"]["four"]["v"]["y"]["z"].line(), 19U);
  EXPECT_FALSE(root["absent"]["further"]);
  EXPECT_FALSE(root["top"]["further"]);
}

TEST(Toml, WhatTheFormatForbids) {
  for (const char* bad : {"a = 1\na = 2",
                          "a = 1\n'a' = 2",
                          "[a]\n[a]",
                          "[a]\nb = 1\n[a.b]",
                          "a = 1\n[a]",
                          "a = {}\n[a.b]",
                          "a = []\n[[a]]",
                          "[[a]]\n[a]",
                          "[a]\n[[a]]",
                          "a.b = 1\n[a]",
                          "a.b = 1\na = 2",
                          "a = 1\na.b = 2",
                          "[a.b]\n[a]\nb.c = 1",
                          "a = {b = 1}\na.c = 2",
                          "a = {b = 1,}",
                          "a = {b = 1 c = 2}",
                          "a = {b = 1,\nc = 2}",
                          "a = [1 2]",
                          "a = [1,, 2]",
                          "a = [",
                          "a = {",
                          "a = {b}",
                          "a",
                          "a =",
                          "= 1",
                          "a. = 1",
                          ".a = 1",
                          "a b = 1",
                          "[a",
                          "[a]]",
                          "[[a]",
                          "[[a] ]",
                          "[]",
                          "[a.]",
                          "[a] x",
                          "a = 1 b = 2",
                          "\xc3\xa9 = 1",
                          "a = 1\rb = 2",
                          "# \x01",
                          "a = {b = 1, b = 2}",
                          "a = {b.c = 1, b = 2}",
                          "[a.b.c]\n[a]\nb.x = 1"})
    EXPECT_EQ(a(bad), "toml-malformed") << bad;
}

TEST(Toml, ErrorsHaveTheirLine) {
  std::size_t line = 0;
  EXPECT_FALSE(TomlDocument::parse("a = 1\n\n# x\nb = [1,\n 2\n c = 3\n", line).ok());
  EXPECT_EQ(line, 6U);
  EXPECT_FALSE(TomlDocument::parse("a = '''x\n\n", line).ok());
  EXPECT_EQ(line, 3U);
}

TEST(Toml, LimitsHaveNames) {
  const auto name = [](const std::string& text) {
    const auto document = parse(text, {.bytes = 400'000, .values = 1000, .depth = 8});
    return document.ok() ? std::string("good") : document.error().name;
  };
  EXPECT_EQ(name("a = [[[[[[[[1]]]]]]]]"), "good");
  EXPECT_EQ(name("a = [[[[[[[[[1]]]]]]]]]"), "toml-depth-limit");
  EXPECT_EQ(name("a = " + std::string(100'000, '[')), "toml-depth-limit");
  std::string nested = "a = ", wide = "a = [", dotted = "a";
  for (int i = 0; i < 20; ++i) nested += "{a = ";
  EXPECT_EQ(name(nested), "toml-depth-limit");
  for (int i = 0; i < 2000; ++i) wide += "1,", dotted += ".a";
  EXPECT_EQ(name(wide + "]"), "toml-values-limit");
  EXPECT_EQ(name(dotted + " = 1"), "toml-values-limit");
  EXPECT_EQ(name("[" + dotted + "]"), "toml-values-limit");
  EXPECT_EQ(name(std::string(400'001, '\n')), "toml-size-limit");
}

TEST(Toml, MembersKnowTheirKeys) {
  const auto document = parse("b = 1\n[[a.'x y']]\nc = [2]\n[[a.'x y']]\n");
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(document->root().key(), "");
  EXPECT_EQ(document->root().at(0).key(), "b");
  const TomlValue list = document->root()["a"].at(0);
  EXPECT_EQ(list.key(), "x y");
  ASSERT_EQ(list.size(), 2U);
  EXPECT_EQ(list.at(1).key(), "");
  EXPECT_EQ(list.at(0).at(0).key(), "c");
  EXPECT_EQ(list.at(0).at(0).at(0).key(), "");
  EXPECT_EQ(TomlValue().key(), "");
}

// Looking through the table for each of its keys would take minutes.
TEST(Toml, AHundredThousandKeysTakeNoTime) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += fmt::format("key-{} = {}\n", i, i);
  const auto document = parse(text);
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(document->root()["key-99999"].text(), "99999");
}

}  // namespace
}  // namespace hullcheck::formats
