#include "formats/makefile.hpp"

#include <gtest/gtest.h>

namespace hullcheck::formats {
namespace {

std::vector<std::string> rules(std::string_view text) {
  std::vector<std::string> list;
  for (const MakeRule& rule : read_makefile(text).rules) {
    std::string line = std::to_string(rule.line);
    for (const std::string& target : rule.targets) line += " " + target;
    line += ":";
    for (const std::string& need : rule.needs) line += " " + need;
    list.push_back(line + " | " + rule.recipe);
  }
  return list;
}

using List = std::vector<std::string>;

TEST(Makefile, RulesWithTheirNeedsAndRecipes) {
  EXPECT_EQ(rules("all: build run\n\nbuild:\n\t@echo one\n\t-echo two\n# x\nrun: build | out ; ./app\n"),
            (List{"1 all: build run | ", "4 build: | echo one\necho two", "7 run: build out | ./app"}));
}

TEST(Makefile, VariablesAreReadFromTheWholeFile) {
  EXPECT_EQ(
      rules("run: $(NEEDS)\n\tcurl $(URL)/a | ${SHELL}\nHOST := dl.example.com\nURL = https://$(HOST)\nNEEDS=x\n"),
      (List{"2 run: ${NEEDS} | curl https://dl.example.com/a | ${SHELL}"}))
      << "what a need is made of must stand above it";
  EXPECT_EQ(rules("A=1\nA+=2\nA?=3\nB?=4\nx:\n\techo $(A) $(B) $$HOME $@ $(shell date) $(call f,1)\n"),
            (List{"6 x: | echo 1 2 4 $HOME x $(date) "}));
}

TEST(Makefile, LinesThatGoOnAreOne) {
  EXPECT_EQ(rules("x: a \\\n   b\n\techo 1 \\\n\t  2\n\n\techo 3\n"), (List{"3 x: a b | echo 1  \t  2\n\n\necho 3"}));
}

TEST(Makefile, JustfilesAndDirectives) {
  EXPECT_EQ(rules("ifeq ($(X),1)\nserve port='1':\n  ./serve\nelse\nother:\n    ./other\nendif\ninclude x.mk\n"),
            (List{"3 serve port='1': | ./serve", "6 other: | ./other"}));
}

TEST(Makefile, TheDefaultIsTheFirstRealRule) {
  const Makefile made = read_makefile(".PHONY: x\n%.o: %.c\n\tcc\nx:\n\t./x\ny:\n\t./y\n");
  ASSERT_NE(made.default_rule(), nullptr);
  EXPECT_EQ(made.default_rule()->targets, (List{"x"}));
  EXPECT_EQ(read_makefile("A=1\n").default_rule(), nullptr);
}

TEST(Makefile, SeveralLinesAndCallsMakeOneVariable) {
  EXPECT_EQ(rules("define R =\n\tcd /x\n\t./y\nendef\nget = fetch $(1) to $(2)\nx:\n\t$(R)\n\t$(call get,a,b)\n"),
            (List{"7 x: | \tcd /x\n\t./y\nfetch a to b"}));
  EXPECT_EQ(rules("f = $(call f,$(1))\nx:\n\t$(call f,a) $(call none,b)\n").size(), 1U) << "a call of itself ends";
  EXPECT_TRUE(read_makefile("define A\nx:\n").rules.empty());
}

TEST(Makefile, SomeCommandsRunAsItIsRead) {
  const Makefile made = read_makefile(
      "A := $(shell one $(B))\nC = $(shell not)\nD != two\nx:\n\t$(shell no)\n"
      "$(info $(shell three))\nifeq ($(shell four),1)\nendif\n");
  EXPECT_EQ(made.when_read, "one ${B}\ntwo\nthree\nfour");
  EXPECT_EQ(made.when_read_line, 1U);
  EXPECT_EQ(read_makefile("x:\n\techo $(shell a)\n").when_read, "");
  EXPECT_EQ(read_makefile("A := $(shell a\n$(shell\n").when_read, "");
}

TEST(Makefile, IsBounded) {
  EXPECT_TRUE(read_makefile("A=$(A)$(A)\nx:\n\techo $(A)\n").truncated) << "a variable that holds itself";
  std::string doubling = "A0=xxxxxxxx\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "$(A" + std::to_string(i - 1) + ")";
    doubling += "A" + std::to_string(i) + "=" + before + before + before + before + "\n";
  }
  const Makefile bomb = read_makefile(doubling + "x:\n\techo $(A11)\n");
  EXPECT_TRUE(bomb.truncated);
  EXPECT_LE(bomb.rules.at(0).recipe.size(), 8192U);
  std::string many;
  for (int i = 0; i < 2000; ++i) many += "t" + std::to_string(i) + ":\n\tx\n";
  EXPECT_EQ(read_makefile(many).rules.size(), 512U);
  EXPECT_TRUE(read_makefile(many).truncated);
  EXPECT_TRUE(read_makefile("x:\n\t" + std::string(100'000, 'y') + "\n").truncated);
  EXPECT_TRUE(read_makefile("x:\n" + std::string(100'000, '\n') + "\ta\n\tb\n").rules.at(0).recipe.size() < 8192);
}

}  // namespace
}  // namespace hullcheck::formats
