#include "formats/yara.hpp"

#include <gtest/gtest.h>

namespace hullcheck::formats {
namespace {

constexpr std::string_view k_text = "some bytes, a marker and a marker";

Result<std::unique_ptr<YaraRules>> compile(std::string text, std::map<std::string, std::string> includes = {}) {
  return YaraRules::compile({{"rules/a.yar", "a", std::move(text), std::move(includes)}});
}

YaraRules::Scan scan(const YaraRules& rules, std::string_view text = k_text) {
  auto scan = rules.scan(as_bytes(text), {"x.bin", "/opt/x.bin"}, std::chrono::seconds(10));
  EXPECT_TRUE(scan.ok());
  return std::move(scan).value();
}

TEST(Yara, RulesMatchWithPlacesTagsAndMetas) {
  const auto rules = compile(
      "private rule P { condition: true }\n"
      "rule A : one two { meta: text = \"t\" number = 7 flag = true strings: $m = \"marker\" condition: #m == 2 and "
      "P }\n"
      "rule B { strings: $n = \"absent\" condition: $n }\n");
  ASSERT_TRUE(rules.ok());
  ASSERT_EQ((*rules)->rules().size(), 2U);  // no private one
  const YaraRule& a = (*rules)->rules()[0];
  EXPECT_EQ(a.name, "A");
  EXPECT_EQ(a.tags, (std::vector<std::string>{"one", "two"}));
  ASSERT_EQ(a.metas.size(), 3U);
  EXPECT_EQ(a.metas[1].value, "7");
  EXPECT_EQ(a.metas[2].value, "true");
  const auto found = scan(**rules);
  ASSERT_EQ(found.matches.size(), 1U);
  EXPECT_EQ(found.matches[0].rule, 0U);
  ASSERT_EQ(found.matches[0].strings.size(), 1U);
  EXPECT_EQ(found.matches[0].strings[0].identifier, "$m");
  EXPECT_EQ(found.matches[0].strings[0].offset, k_text.find("marker"));
  EXPECT_EQ(found.matches[0].strings[0].more, 1U);
}

TEST(Yara, NamesOfTheFileAreGivenAndNotKept) {
  const auto rules =
      compile("rule N { condition: filename == \"x.bin\" and filepath == \"/opt/x.bin\" and extension == \".bin\" }");
  ASSERT_TRUE(rules.ok());
  EXPECT_EQ(scan(**rules).matches.size(), 1U);
  const auto other = (*rules)->scan(as_bytes(k_text), {"y", "/y"}, std::chrono::seconds(10));
  ASSERT_TRUE(other.ok());
  EXPECT_TRUE(other->matches.empty());
}

TEST(Yara, ErrorsNameFileAndLine) {
  for (const auto& [text, line] :
       {std::pair{"rule A {\n condition:\n  $x }", "rules/a.yar:3"},
        std::pair{"rule A { condition: true }\nrule A { condition: true }", "rules/a.yar:2"},
        std::pair{"import \"no_such_module\"", "rules/a.yar:1"}}) {
    const auto rules = compile(text);
    ASSERT_FALSE(rules.ok()) << text;
    EXPECT_EQ(rules.error().name, "yara-malformed");
    EXPECT_EQ(rules.error().subject, line);
  }
}

TEST(Yara, IncludesComeFromTheMapOnly) {
  EXPECT_FALSE(compile("include \"/etc/passwd\"").ok());
  EXPECT_FALSE(compile("include \"part.yar\"").ok());
  const auto rules =
      compile("include \"part.yar\"\nrule A { condition: Part }", {{"part.yar", "rule Part { condition: true }"}});
  ASSERT_TRUE(rules.ok());
  EXPECT_EQ((*rules)->rules().size(), 2U);
}

TEST(Yara, SavedRulesFindTheSame) {
  const auto rules =
      compile("rule A { meta: k = \"v\" strings: $m = \"marker\" condition: $m and filename == \"x.bin\" }");
  ASSERT_TRUE(rules.ok());
  const auto saved = (*rules)->save();
  ASSERT_TRUE(saved.ok());
  const auto loaded = YaraRules::load(*saved);
  ASSERT_NE(loaded, nullptr);
  EXPECT_EQ(loaded->rules()[0].metas[0].value, "v");
  EXPECT_EQ(scan(*loaded).matches.size(), 1U);
  EXPECT_EQ(YaraRules::load(as_bytes("no rules")), nullptr);
}

TEST(Yara, ALoopThatTakesTooLongIsGivenUp) {
  const auto rules =
      compile("rule Slow { condition: for all i in (1..200000) : ( for all j in (1..200000) : ( i + j > 0 ) ) }");
  ASSERT_TRUE(rules.ok());
  const auto scan = (*rules)->scan(as_bytes(k_text), {}, std::chrono::seconds(1));
  ASSERT_FALSE(scan.ok());
  EXPECT_EQ(scan.error().name, "yara-timeout");
  EXPECT_EQ(scan.error().code, ErrorCode::timeout);
}

}  // namespace
}  // namespace hullcheck::formats
