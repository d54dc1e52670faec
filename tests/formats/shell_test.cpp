#include "formats/shell.hpp"

#include <gtest/gtest.h>

#include <string>

namespace hullcheck::formats {
namespace {

ShellScript parse(std::string_view text) {
  auto script = parse_shell(text);
  EXPECT_TRUE(script.ok());
  return std::move(*script);
}

// Words as "kind:text" parts, to compare whole words in one line.
std::string show(const ShellScript& script, const ShellWord& word) {
  std::string out;
  for (const ShellPart& part : word.parts) {
    const char* mark = part.kind == PartKind::literal      ? (part.quoted ? "'" : "")
                       : part.kind == PartKind::variable   ? "$"
                       : part.kind == PartKind::arithmetic ? "#"
                                                           : "@";
    out += std::string(mark) + part.text;
    if (part.kind == PartKind::variable && part.index != k_no_index) {
      const ShellExpansion& expansion = script.expansions[part.index];
      out += "{" + expansion.op + show(script, expansion.argument) + "}";
    }
    out += ";";
  }
  return out;
}

std::string first_words(std::string_view text) {
  const ShellScript script = parse(text);
  std::string out;
  if (script.commands.empty()) return "(none)";
  for (const ShellWord& word : script.commands[0].words) out += show(script, word) + " ";
  return out;
}

TEST(ShellWords, QuotesAreRemovedAndRemembered) {
  EXPECT_EQ(first_words("cu''rl"), "curl; ");
  EXPECT_EQ(first_words("c\\url 'a b' \"c d\" ''"), "c;'u;rl; 'a b; 'c d; '; ");
  EXPECT_EQ(first_words("echo $'\\x41\\102\\n\\u00e9'"), "echo; 'AB\n\xc3\xa9; ");
  EXPECT_EQ(first_words("echo $\"loc\" a\\\nb"), "echo; 'loc; ab; ");
  EXPECT_EQ(first_words("echo a#b #c"), "echo; a#b; ");
}

TEST(ShellWords, ExpansionsStayParts) {
  EXPECT_EQ(first_words("$a${b}c$1$@"), "$a;$b;c;$1;$@; ");
  EXPECT_EQ(first_words("${a:-x$b}${c//d/e}${#f}${g[@]}"), "$a{:-x;$b;};$c{//d/e;};$f{length};$g[@]; ");
  EXPECT_EQ(first_words("echo $((1+2)) $(( (a) ))"), "echo; #1+2; # (a) ; ");
  EXPECT_EQ(first_words("echo $ a$"), "echo; $; a$; ");
}

TEST(ShellWords, SubstitutionsAreGroups) {
  const ShellScript script = parse("a \"$(b `c \\`d\\``)\" <(e) >(f)\n");
  ASSERT_EQ(script.commands.size(), 6U);
  const SimpleCommand& outer = script.commands.back();
  ASSERT_EQ(outer.words.size(), 4U);
  EXPECT_EQ(outer.words[1].parts.back().kind, PartKind::command);
  EXPECT_EQ(outer.words[2].parts[0].kind, PartKind::process_in);
  EXPECT_EQ(outer.words[3].parts[0].kind, PartKind::process_out);
  const ShellGroup& group = script.groups[outer.words[1].parts.back().index];
  EXPECT_EQ(group.kind, GroupKind::substitution);
  EXPECT_EQ(group.pipelines.size(), 1U);
}

TEST(ShellParser, PipelinesListsAndBackground) {
  const ShellScript script = parse("a | b |& c && d || e; f &\ng\n");
  ASSERT_EQ(script.pipelines.size(), 5U);
  EXPECT_EQ(script.pipelines[0].stages.size(), 3U);
  EXPECT_EQ(script.pipelines[1].connector, Connector::on_success);
  EXPECT_EQ(script.pipelines[2].connector, Connector::on_failure);
  EXPECT_TRUE(script.pipelines[3].background);
  EXPECT_FALSE(script.pipelines[4].background);
  EXPECT_EQ(script.commands[2].position, 2U);
  EXPECT_EQ(script.commands.back().line, 2U);
  EXPECT_TRUE(script.problems.empty());
}

TEST(ShellParser, RedirectionsKeepDescriptorAndOperator) {
  const ShellScript script = parse("a <i >o 2>>e 2>&1 &>b 3<>c >|d <&5 {fd}>f <<<w\n");
  const auto& list = script.commands[0].redirects;
  ASSERT_EQ(list.size(), 10U);
  const RedirectOp ops[] = {RedirectOp::read,          RedirectOp::write,        RedirectOp::append,
                            RedirectOp::duplicate_out, RedirectOp::write_both,   RedirectOp::read_write,
                            RedirectOp::write,         RedirectOp::duplicate_in, RedirectOp::write,
                            RedirectOp::here_string};
  const int fds[] = {0, 1, 2, 2, 1, 3, 1, 0, -1, 0};
  for (std::size_t i = 0; i < list.size(); ++i) {
    EXPECT_EQ(list[i].op, ops[i]) << i;
    EXPECT_EQ(list[i].fd, fds[i]) << i;
  }
  EXPECT_EQ(list[8].fd_variable, "fd");
  EXPECT_EQ(script.commands[0].words.size(), 1U);
}

TEST(ShellParser, HereDocuments) {
  const ShellScript script = parse("cat <<A <<-'B' | x\n1 $v\nA\n\t2 $v\n\tB\ny\n");
  ASSERT_EQ(script.here_documents.size(), 2U);
  EXPECT_EQ(show(script, script.here_documents[0]), "'1 ;$v;'\n;");
  EXPECT_EQ(show(script, script.here_documents[1]), "'2 $v\n;");
  EXPECT_EQ(script.commands.back().line, 6U);
  EXPECT_TRUE(script.problems.empty());
}

TEST(ShellParser, CompoundCommands) {
  const ShellScript script = parse(
      "if a; then b; elif c; then d; else e; fi > log\n"
      "for x in 1 2; do f; done | g\nwhile h; do i; done\nuntil j; do k; done\n"
      "case $x in (p|q) l ;; *) m ;& r) n; esac\nselect s in a; do o; done\n"
      "{ p; }\n(q; r) &\nfunction u { s; }\nv() ( t )\n[[ $a == b && ( c < d ) ]] && w\n((i++)) || y\n"
      "for ((i=0;i<3;i++)); do z; done\n! time { aa; }\n");
  EXPECT_TRUE(script.problems.empty()) << script.problems[0].line << script.problems[0].message;
  std::string names;
  for (const SimpleCommand& command : script.commands)
    if (!command.words.empty()) names += std::string(command.words[0].plain()) + " ";
  EXPECT_EQ(names, "a b c d e f g h i j k l m n o p q r s t [[ w  y z aa ");
  EXPECT_TRUE(script.commands[0].condition);
  EXPECT_TRUE(script.commands[1].branch);
  EXPECT_TRUE(script.commands[5].loop);
}

TEST(ShellParser, AssignmentsPrefixAndArrays) {
  const ShellScript script = parse("A=1 B+=2 cmd C=3\nD=(x 'y z' $w)\nexport E=4 F\nG[2]=5\n");
  ASSERT_EQ(script.commands.size(), 4U);
  EXPECT_EQ(script.commands[0].assignments.size(), 2U);
  EXPECT_TRUE(script.commands[0].assignments[1].append);
  EXPECT_EQ(script.commands[0].words.size(), 2U);
  EXPECT_EQ(script.commands[1].assignments[0].elements.size(), 3U);
  EXPECT_EQ(script.commands[2].assignments.size(), 1U);
  EXPECT_EQ(script.commands[2].words.size(), 2U);
  EXPECT_EQ(script.commands[3].assignments[0].name, "G[2]");
}

TEST(ShellParser, AnErrorCostsNoMoreThanItsLine) {
  for (const std::string_view broken : {"a ) b\n", "fi\n", "x (y\n", "'open\n", "\"open\n", "`open\n", "${open\n",
                                        "case\n", "> \n", "a || \n", "| b\n", "done; }\n", "for\n"}) {
    const ShellScript script = parse(std::string(broken) + "last word\n");
    bool found = false;
    for (const SimpleCommand& command : script.commands)
      found = found || (!command.words.empty() && command.words[0].plain() == "last");
    EXPECT_TRUE(found) << broken;
  }
}

TEST(ShellParser, WhatFollowsExitIsData) {
  EXPECT_EQ(parse("a\nexit 0\n\x7f"
                  "ELF (((\n")
                .commands.size(),
            2U);
  EXPECT_EQ(parse("a || exit 1\nb\n").commands.size(), 3U);
  EXPECT_EQ(parse("if x; then exit 0; fi\nb\n").commands.size(), 3U);
}

TEST(ShellParser, NulBytesAndCarriageReturns) {
  EXPECT_EQ(first_words(std::string_view("cu\0rl x\r\n", 9)), "curl; x; ");
  EXPECT_EQ(parse("if a\r\nthen b\r\nfi\r\n").problems.size(), 0U);
}

TEST(ShellParser, SizeIsTheOnlyError) {
  ShellLimits limits;
  limits.max_bytes = 4;
  const auto result = parse_shell("12345", limits);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().name, "shell-size-limit");
}

// Each text is one that once would, or easily could, make a parser recurse or read the same bytes again and again.
TEST(ShellParser, HostileTextsAreReadOnce) {
  const char* const units[] = {"(",   "((",  "$(",           "$((",        "\"$(",      "${a:-",
                               "`",   "\"`", "if ",          "case a in ", "cat <<A\n", "cat <<A; ",
                               "f()", "[[ ", "a=(",          "\"'${`$(((", "((x\n",     "{a}<",
                               "a@(", "$'",  "cat <<A $(\n", ">",          "<("};
  for (const char* unit : units) {
    std::string text;
    while (text.size() < 200'000) text += unit;
    const auto script = parse_shell(text);
    ASSERT_TRUE(script.ok()) << unit;
    EXPECT_LE(script->problems.size(), ShellLimits{}.max_problems) << unit;
  }
  EXPECT_TRUE(parse(std::string(100'000, '(')).truncated);
}

TEST(ShellParser, LimitsEndTheReading) {
  ShellLimits limits;
  limits.max_commands = 10;
  std::string text;
  for (int i = 0; i < 100; ++i) text += "a\n";
  const auto script = parse_shell(text, limits);
  EXPECT_TRUE(script->truncated);
  EXPECT_EQ(script->commands.size(), 10U);
}

}  // namespace
}  // namespace hullcheck::formats
