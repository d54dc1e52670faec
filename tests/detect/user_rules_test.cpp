// Readers of the user's rules, and what they become.
#include <gtest/gtest.h>

#include "detect/image_builder.hpp"
#include "detect/user/content_rules.hpp"
#include "detect/user/hash_list.hpp"
#include "detect/user/user_rules.hpp"

namespace hullcheck::detect {
namespace {

const std::string k_sha256(64, 'a'), k_sha1(40, 'b'), k_md5(32, 'c');

Buffer bytes_of(char digit, std::size_t size) {
  const auto nibble = static_cast<std::uint8_t>(digit - 'a' + 10);
  return Buffer(size, static_cast<std::uint8_t>(nibble * 17));
}

TEST(HashList, FormsOfLines) {
  HashLists lists;
  ASSERT_TRUE(
      lists
          .read("# remark\n\n" + k_sha256 + "  dropper\r\n" + k_sha1 + ",old one\n" + k_md5 + ":12:Name:73\n", "a", 3)
          .ok());
  lists.finish();
  const auto found = lists.find(util::Hash::sha256, bytes_of('a', 32), 5);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "dropper");
  EXPECT_EQ(found->list, 3U);
  EXPECT_EQ(lists.find(util::Hash::sha1, bytes_of('b', 20), 5)->name, "old one");
  EXPECT_EQ(lists.find(util::Hash::md5, bytes_of('c', 16), 12)->name, "Name");
  EXPECT_FALSE(lists.find(util::Hash::md5, bytes_of('c', 16), 13));
  EXPECT_FALSE(lists.find(util::Hash::sha256, bytes_of('b', 32), 5));
  EXPECT_TRUE(lists.lists_size(12));
  EXPECT_FALSE(lists.lists_size(13));
  EXPECT_TRUE(lists.any_size(util::Hash::sha1));
  EXPECT_FALSE(lists.any_size(util::Hash::md5));
}

TEST(HashList, WhatIsNoDigestNamesItsLine) {
  for (const std::string& line :
       {std::string("xyz"), k_sha256.substr(1), k_sha256 + "0", k_sha256 + "x", k_sha256 + ":",
        k_sha256 + ":7:", k_sha256 + ":-1:n", k_sha256 + ":99999999999999999999:n", k_sha256 + "::n"}) {
    HashLists lists;
    const auto read = lists.read("\n" + line + "\n", "list", 0);
    ASSERT_FALSE(read.ok()) << line;
    EXPECT_EQ(read.error().subject, "list:2");
  }
}

bool glob(std::string_view pattern, std::string_view path) {
  const auto regex = regex_of_glob(pattern);
  return regex && Regex(*regex).occurs_in(path);
}

TEST(RuleFile, Globs) {
  EXPECT_TRUE(glob("/etc/*.conf", "etc/a.conf"));
  EXPECT_FALSE(glob("/etc/*.conf", "etc/b/a.conf"));
  EXPECT_TRUE(glob("/etc/**/*.conf", "etc/b/c/a.conf"));
  EXPECT_TRUE(glob("/etc/**/*.conf", "etc/a.conf"));
  EXPECT_TRUE(glob("/opt/**", "opt/a/b"));
  EXPECT_TRUE(glob("*.so", "usr/lib/x.so"));
  EXPECT_TRUE(glob("*.so", "x.so"));
  EXPECT_FALSE(glob("*.so", "x.so.1"));
  EXPECT_TRUE(glob("/x[0-9]?.(a)", "x7z.(a)"));
  EXPECT_FALSE(glob("/x[!0-9]", "x7"));
  EXPECT_TRUE(glob("/x[!0-9]", "xy"));
  EXPECT_FALSE(glob("/a.b", "aXb"));
  EXPECT_FALSE(regex_of_glob("/a["));
  EXPECT_FALSE(regex_of_glob(""));
}

bool hex(std::string_view pattern, std::string_view bytes) {
  const auto regex = regex_of_hex(pattern);
  return regex && Regex(*regex).occurs_in(bytes);
}

TEST(RuleFile, HexPatterns) {
  using namespace std::string_view_literals;
  EXPECT_TRUE(hex("de ad ?? ef", "x\xde\xad\n\xef"sv));
  EXPECT_TRUE(hex("DEAD", "\xde\xad"sv));
  EXPECT_FALSE(regex_of_hex("{ de a? }"));  // next to no fixed byte
  EXPECT_TRUE(hex("{ de ad a? }", "\xde\xad\xa7"sv));
  EXPECT_TRUE(hex("de [1-3] ad 4? ?4", "\xde\x00\x00\xad\x4f\x94"sv));
  EXPECT_FALSE(hex("de [1-3] ad 44", "\xde\xad\x44"sv));
  EXPECT_TRUE(hex("de ( ad | be ef ) 00", "\xde\xbe\xef\x00"sv));
  for (const std::string_view bad :
       {"de a", "zz zz", "?? ?? ??", "( de ad", "de ad )", "de [3-1] ad", "de [5000] ad", "de", "", "de | ad"})
    EXPECT_FALSE(regex_of_hex(bad)) << bad;
}

std::vector<Evidence> run(const std::string& yaml, const std::string& content, std::string_view path = "etc/x.conf") {
  const auto rules = parse_rule_file(yaml, "r.yml");
  EXPECT_TRUE(rules.ok()) << (rules.ok() ? "" : rules.error().describe());
  if (!rules.ok()) return {};
  const ContentRules compiled(*rules, "");
  layers::Entry entry;
  entry.path = path;
  entry.size = content.size();
  entry.content = layers::ContentKind::text;
  EvidenceSink sink;
  compiled.match({entry, as_bytes(content)}, as_bytes(content), sink);
  return sink.take();
}

TEST(RuleFile, PatternsAreCountedAndTold) {
  const std::string yaml =
      "rules:\n - {id: a, title: A, literals: [one, {text: TWO, nocase: true}], regexes: ['^thr.e$'], match: 2}\n";
  EXPECT_TRUE(run(yaml, "one\n").empty());
  EXPECT_TRUE(run(yaml, "one and three\n").empty());  // the expression asks for a line of its own
  const auto two = run(yaml, "x\none\ntwo\n");
  ASSERT_EQ(two.size(), 2U);
  EXPECT_EQ(two[0].line, 2U);
  EXPECT_EQ(two[1].line, 3U);
  EXPECT_EQ(two[1].offset, 6U);
  EXPECT_EQ(two[0].rule, "user:a");
  EXPECT_EQ(two[0].cls, EvidenceClass::decisive);
  EXPECT_EQ(run(yaml, "two\nthree\n").size(), 2U);
}

TEST(RuleFile, AllOfThemAndOnlyInPaths) {
  const std::string yaml = "rules: [{id: a, title: A, literals: [one, two], match: all, paths: ['/etc/**']}]";
  EXPECT_TRUE(run(yaml, "one").empty());
  EXPECT_EQ(run(yaml, "one two").size(), 2U);
  EXPECT_TRUE(run(yaml, "one two", "opt/x.conf").empty());
}

TEST(RuleFile, ClassAndSeverityFollowFromEachOther) {
  const auto rules = parse_rule_file(
      "rules:\n"
      " - {id: a, title: A, literals: abc}\n"
      " - {id: b, title: B, literals: abc, severity: medium}\n"
      " - {id: c, title: C, literals: abc, class: C}\n"
      " - {id: d, title: D, literals: abc, class: D, severity: high}\n",
      "r.yml");
  ASSERT_TRUE(rules.ok());
  EXPECT_EQ((*rules)[0].row.cls, EvidenceClass::decisive);
  EXPECT_EQ((*rules)[0].row.severity, model::Severity::critical);
  EXPECT_EQ((*rules)[1].row.cls, EvidenceClass::strong);
  EXPECT_EQ((*rules)[2].row.severity, model::Severity::medium);
  EXPECT_EQ((*rules)[3].row.cls, EvidenceClass::context);
  EXPECT_EQ((*rules)[3].row.severity, model::Severity::high);
  EXPECT_EQ((*rules)[3].row.source, "r.yml:5");
}

TEST(RuleFile, MistakesNameTheirLine) {
  for (const auto& [yaml, place] : std::initializer_list<std::pair<std::string, std::string>>{
           {"rules:\n - {id: a, title: A, literal: abc}", "r.yml:2"},
           {"rules:\n - id: a\n   title: A\n   literals: ab", "r.yml:4"},
           {"rules:\n - id: a\n   title: A\n   regexes: ['a(']", "r.yml:4"},
           {"rules:\n - id: a\n   title: A\n   config: {colour: x}", "r.yml:4"},
           {"rules:\n - {id: a, title: A}", "r.yml:2"},
           {"rules:\n - {title: A, literals: abc}", "r.yml:2"},
           {"rules:\n - {id: a, literals: abc}", "r.yml:2"},
           {"rules:\n - {id: a b, title: A, literals: abc}", "r.yml:2"},
           {"rules:\n - {id: a, title: A, literals: abc, match: 2}", "r.yml:2"},
           {"rules:\n - {id: a, title: A, literals: abc, technique: T1}", "r.yml:2"},
           {"rules:\n - {id: a, title: A, literals: abc, config: {user: x}}", "r.yml:2"},
           {"rules:\n - {id: a, title: A, literals: abc}\n - {id: a, title: A, literals: abc}", "r.yml:3"},
           {"version: 2\nrules: []", "r.yml:1"},
           {"rules: [", "r.yml:1"},
           {"a list", "r.yml:1"},
           {"", "r.yml"}}) {
    const auto rules = parse_rule_file(yaml, "r.yml");
    ASSERT_FALSE(rules.ok()) << yaml;
    EXPECT_EQ(rules.error().name, "rule-file-malformed");
    EXPECT_EQ(rules.error().subject.substr(0, place.size()), place) << yaml << rules.error().describe();
  }
}

UserRule yara_row(std::string metas, std::string tags = "") {
  const auto rules = formats::YaraRules::compile(
      {{"a", "a", "rule A " + tags + " { " + (metas.empty() ? "" : "meta: " + metas) + " condition: true }", {}}});
  EXPECT_TRUE(rules.ok());
  return user_rule_of((*rules)->rules()[0]);
}

TEST(YaraRow, MetasDecideTheClass) {
  EXPECT_EQ(yara_row("").cls, EvidenceClass::decisive);
  EXPECT_EQ(yara_row("score = 80").cls, EvidenceClass::decisive);
  EXPECT_EQ(yara_row("score = 60").cls, EvidenceClass::strong);
  EXPECT_EQ(yara_row("score = \"45\"").cls, EvidenceClass::supporting);
  EXPECT_EQ(yara_row("score = 10").cls, EvidenceClass::context);
  EXPECT_EQ(yara_row("severity = \"High\"").severity, model::Severity::high);
  EXPECT_EQ(yara_row("severity = \"medium\"").cls, EvidenceClass::strong);
  EXPECT_EQ(yara_row("severity = \"informational\"").cls, EvidenceClass::context);
  EXPECT_EQ(yara_row("severity = \"high\" class = \"C\"").cls, EvidenceClass::supporting);
  EXPECT_EQ(yara_row("severity = \"nonsense\"").cls, EvidenceClass::decisive);
  EXPECT_EQ(yara_row("mitre_attack = \"see T1059.004, T1105\"", ": T1496_001").technique,
            "T1059.004,T1105,T1496.001");
  EXPECT_EQ(yara_row("description = \"d\" reference = \"r\"").title, "d");
}

TEST(UserFacts, WeighTheSameInPackagesAndDocumentation) {
  ImageBuilder image;
  image.file("usr/share/doc/x/notes.txt", "text");
  UserFacts user;
  user.present = true;
  UserRule rule;
  rule.id = "user:a";
  rule.title = "A";
  rule.source = "r.yml:2";
  user.rules = {rule};
  user.evidence.push_back({0, 0, "", evidence_of(row_of(rule), "seen")});
  const layers::ImageView view = image.view();
  const inventory::Ownership ownership(view, {});
  const Assessment found = assess(view, {}, ownership, &user);
  ASSERT_EQ(found.threats.size(), 1U);
  EXPECT_EQ(found.threats[0].level, model::ThreatLevel::malicious);
  EXPECT_EQ(found.threats[0].rule_source, "r.yml:2");
  // Forged facts may point anywhere.
  user.evidence[0].entry = 77;
  EXPECT_TRUE(assess(view, {}, ownership, &user).threats.empty());
}

TEST(UserFacts, TwoStrongHitsOfTheUsersOwnRulesAreOneFamily) {
  ImageBuilder image;
  image.program("usr/bin/x");
  UserFacts user;
  user.present = true;
  for (const char* const id : {"user:b", "yara:b"}) {
    UserRule rule;
    rule.id = id;
    rule.title = id;
    rule.cls = EvidenceClass::strong;
    user.rules.push_back(rule);
    user.evidence.push_back({0, 0, "", evidence_of(row_of(rule), "seen")});
  }
  const layers::ImageView view = image.view();
  const inventory::Ownership ownership(view, {});
  const Assessment found = assess(view, {}, ownership, &user);
  ASSERT_EQ(found.threats.size(), 2U);
  EXPECT_EQ(found.threats[0].level, model::ThreatLevel::suspicious);
}

}  // namespace
}  // namespace hullcheck::detect
