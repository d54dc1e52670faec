#include "util/shell_word.hpp"

#include <gtest/gtest.h>

#include <cstdio>

namespace hullcheck::util {
namespace {

TEST(ShellWord, PlainOnes) {
  for (const char* word : {"openssl", "libstdc++6", "registry.example.com:5000/app@sha256:00", "./a_b-c"})
    EXPECT_TRUE(is_shell_word(word)) << word;
}

TEST(ShellWord, WhatAShellOrAProgramReadsAsMore) {
  for (const char* word : {"", "-rf", "a b", "a;b", "$HOME", "`id`", "a|b", "a>b", "*", "~", "a\nb", "a'b", "a=b",
                           "{a,b}", "!x", "\xc3\xa4"})
    EXPECT_FALSE(is_shell_word(word)) << word;
}

TEST(ShellQuoted, AsItIsOrInQuotes) {
  EXPECT_EQ(shell_quoted("/var/lib/db.sqlite"), "/var/lib/db.sqlite");
  EXPECT_EQ(shell_quoted("my db"), "'my db'");
  EXPECT_EQ(shell_quoted("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_quoted(""), "''");
}

// What counts is what a shell makes of it.
TEST(ShellQuoted, AShellReadsTheSameWord) {
  for (const std::string word : {"plain", "two words", "it's", "$(id) `id` $HOME", "a\\b\"c", "*", "a\nb"}) {
    std::FILE* const shell = popen(("printf %s " + shell_quoted(word)).c_str(), "r");
    ASSERT_NE(shell, nullptr);
    std::string read(64, '\0');
    read.resize(std::fread(read.data(), 1, read.size(), shell));
    EXPECT_EQ(pclose(shell), 0);
    EXPECT_EQ(read, word);
  }
}

}  // namespace
}  // namespace hullcheck::util
