#include "util/yaml_form.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace hullcheck::util {
namespace {

const YamlFile k_file{"f.yaml", "thing-malformed", "a thing"};

YamlField parsed(std::string_view yaml) {
  auto field = parse_yaml(yaml, k_file);
  EXPECT_TRUE(field.ok()) << (field.ok() ? "" : field.error().describe());
  return field.ok() ? *field : YamlField(k_file, "", YAML::Node());
}

struct Thing {
  std::string name;
  std::uint64_t size = 0;
};
Result<void> read_name(const YamlField& field, Thing& thing) {
  thing.name = TRY(field.text());
  return {};
}
Result<void> read_size(const YamlField& field, Thing& thing) {
  thing.size = TRY(field.number(3, "a size"));
  return {};
}
constexpr YamlKey<Thing> k_keys[] = {{"name", read_name}, {"size", read_size}};

TEST(YamlForm, AMappingIsReadByItsTable) {
  Thing thing;
  const auto given = read_mapping(parsed("size: 12\nname: x\n"), k_keys, thing);
  ASSERT_TRUE(given.ok());
  EXPECT_EQ(*given, (std::set<std::string>{"name", "size"}));
  EXPECT_EQ(thing.name, "x");
  EXPECT_EQ(thing.size, 12U);
}

TEST(YamlForm, MistakesOfAMappingNameLineAndColumn) {
  struct Row {
    std::string_view yaml, place, message;
  };
  for (const Row& row : {
           Row{"name: x\nnmae: y\n", "f.yaml:2:1", "unknown key \"nmae\"; there are name, size"},
           Row{"name: x\nname: y\n", "f.yaml:2:1", "name stands here twice"},
           Row{"[a]: x\n", "f.yaml:1:1", "a key must be a word"},
           Row{"- name\n", "f.yaml:1:1", "a thing takes keys with values"},
           Row{"name: [x]\n", "f.yaml:1:7", "name takes one value"},
           Row{"size: 1000\n", "f.yaml:1:7", "size takes a size"},
           Row{"size: -1\n", "f.yaml:1:7", "size takes a size"},
           Row{"size: ''\n", "f.yaml:1:7", "size takes a size"},
       }) {
    Thing thing;
    const auto read = read_mapping(parsed(row.yaml), k_keys, thing);
    ASSERT_FALSE(read.ok()) << row.yaml;
    EXPECT_EQ(read.error().name, "thing-malformed");
    EXPECT_EQ(read.error().subject, row.place) << row.yaml;
    EXPECT_EQ(read.error().message, row.message) << row.yaml;
  }
}

TEST(YamlForm, OneDocumentOrNone) {
  for (const char* yaml : {"", "# a remark\n", "---\n", "null\n", "~"}) EXPECT_TRUE(parsed(yaml).is_none()) << yaml;
  EXPECT_TRUE(parsed("---\na: 1\n...\n").is_mapping());
  for (const char* yaml : {"a: 1\n---\nb: 2\n", ",a: 1\n"}) EXPECT_FALSE(parse_yaml(yaml, k_file).ok()) << yaml;
}

TEST(YamlForm, WhatIsNoYamlIsAnError) {
  for (const std::string& yaml : {std::string("a: [1"), std::string("a: 'x"), std::string("a: *nowhere"),
                                  std::string(100'000, '['), std::string(100'000, '{')}) {
    const auto read = parse_yaml(yaml, k_file);
    ASSERT_FALSE(read.ok()) << yaml.substr(0, 20);
    EXPECT_EQ(read.error().name, "thing-malformed");
    EXPECT_TRUE(read.error().subject.starts_with("f.yaml")) << read.error().subject;
  }
}

TEST(YamlForm, SizeIsBounded) {
  const std::string larger(3 << 20, '#');
  EXPECT_EQ(parse_yaml(larger, k_file).error().code, ErrorCode::limit);
  EXPECT_TRUE(parse_yaml(larger, {"f.yaml", "thing-malformed", "a thing", 3}).ok());
}

TEST(YamlForm, OneValueInPlaceOfAList) {
  EXPECT_EQ(parsed("x").one_or_more(2)->size(), 1U);
  EXPECT_EQ(parsed("{a: 1}").one_or_more(2)->size(), 1U);
  EXPECT_EQ(parsed("[a, b]").one_or_more(2)->size(), 2U);
  for (const char* yaml : {"[]", "[a, b, c]", "null"}) EXPECT_FALSE(parsed(yaml).one_or_more(2).ok()) << yaml;
}

TEST(YamlForm, MembersAreFoundByName) {
  const YamlField root = parsed("a: 1\nb: [x, y]\n? [c]\n: 3\na: 2\n");
  EXPECT_EQ(root.members().size(), 4U);
  EXPECT_EQ(*root.member("a").text(), "1");
  EXPECT_EQ(root.member("a").key(), "a");
  EXPECT_EQ(root.member("b").items().size(), 2U);
  EXPECT_EQ(root.member("b").line(), 2U);
  EXPECT_TRUE(root.member("z").is_none());
  EXPECT_EQ(root.member("z").line(), 0U);
  EXPECT_TRUE(root.member("a").member("b").is_none());
  EXPECT_TRUE(parsed("x").items().empty());
}

TEST(YamlForm, AnAliasIsTheValueThatItNames) {
  EXPECT_EQ(*parsed("a: &one [x]\nb: *one\n").member("b").items()[0].text(), "x");
}

}  // namespace
}  // namespace hullcheck::util
