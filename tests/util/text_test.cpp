#include "util/text.hpp"

#include <gtest/gtest.h>

using namespace hullcheck::util;

namespace {

struct Escape {
  std::string_view name, input, expected;
};

TEST(Text, EscapeForTerminal) {
  using namespace std::string_view_literals;
  const Escape cases[] = {
      {"plain", "usr/bin/nginx 1.2~rc1+dfsg-1"sv, "usr/bin/nginx 1.2~rc1+dfsg-1"sv},
      {"other scripts", "žluťoučký 設定 файл"sv, "žluťoučký 設定 файл"sv},
      {"colour", "\x1b[31mred\x1b[0m"sv, "\\x1b[31mred\\x1b[0m"sv},
      {"title", "\x1b]0;owned\x07"sv, "\\x1b]0;owned\\x07"sv},
      {"line breaks", "a\nb\r\tc"sv, "a\\nb\\r\\tc"sv},
      {"nul", "a\0b"sv, "a\\x00b"sv},
      {"delete", "a\x7f"sv, "a\\x7f"sv},
      {"C1 as UTF-8",
       "\xc2\x9b"
       "31m"sv,
       "\\u{009b}31m"sv},
      {"C1 as a byte",
       "\x9b"
       "31m"sv,
       "\\x9b31m"sv},
      {"overlong slash", "\xc0\xaf"sv, "\\xc0\\xaf"sv},
      {"surrogate", "\xed\xa0\x80"sv, "\\xed\\xa0\\x80"sv},
      {"cut off", "a\xe2\x80"sv, "a\\xe2\\x80"sv},
      {"right to left override", "exe.\u202egpj"sv, "exe.\\u{202e}gpj"sv},
      {"isolate", "\u2066x\u2069"sv, "\\u{2066}x\\u{2069}"sv},
      {"zero width", "a\u200bb\ufeff"sv, "a\\u{200b}b\\u{feff}"sv},
      {"no-break space", "a\u00a0b"sv, "a\\u{00a0}b"sv},
      {"blank letter", "a\u3164b"sv, "a\\u{3164}b"sv},
      {"tag", "\U000e0041"sv, "\\u{e0041}"sv},
      {"marks", "e\u0301\u0302\u0303\u0304"sv, "e\u0301\u0302\\u{0303}\\u{0304}"sv},
      {"mark first", "\u0301x"sv, "\\u{0301}x"sv},
  };
  for (const Escape& row : cases) EXPECT_EQ(escape_for_terminal(row.input), row.expected) << row.name;
}

TEST(Text, EveryByteComesOutPrintable) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  for (const char c : escape_for_terminal(all)) EXPECT_TRUE(c >= 0x20 && c < 0x7f) << int{c};
}

TEST(Text, DisplayWidth) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("設定"), 4U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
  EXPECT_EQ(display_width("…"), 1U);
}

TEST(Text, Truncate) {
  EXPECT_EQ(truncate_end("abcdef", 6), "abcdef");
  EXPECT_EQ(truncate_end("abcdef", 4), "abc…");
  EXPECT_EQ(truncate_end("設定設定", 4), "設…");
  EXPECT_EQ(truncate_end("abc", 0), "");
  EXPECT_EQ(truncate_end("abc", 1), "…");
}

TEST(Text, TruncateMiddleKeepsBothEnds) {
  EXPECT_EQ(truncate_middle("2.10.4+dfsg-1+deb11u1", 11), "2.10.…b11u1");
  EXPECT_EQ(truncate_middle("abcdef", 6), "abcdef");
  EXPECT_EQ(truncate_middle("設定設定設定", 7), "設…定");
}

TEST(Text, Wrap) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(wrap("", 10), Lines{""});
  EXPECT_EQ(wrap("one two three", 7), (Lines{"one two", "three"}));
  EXPECT_EQ(wrap("  one   two  ", 20), Lines{"one two"});
  EXPECT_EQ(wrap("abcdefghij", 4), (Lines{"abcd", "efgh", "ij"}));
  EXPECT_EQ(wrap("a abcdefgh b", 4), (Lines{"a", "abcd", "efgh", "b"}));
  EXPECT_EQ(wrap("設定", 1), (Lines{"設", "定"}));
  EXPECT_EQ(wrap("ab", 0), (Lines{"a", "b"}));
}

TEST(Text, HumanNumbers) {
  EXPECT_EQ(human_size(0), "0 B");
  EXPECT_EQ(human_size(999), "999 B");
  EXPECT_EQ(human_size(1500), "1.5 kB");
  EXPECT_EQ(human_size(999'999), "1.0 MB");
  EXPECT_EQ(human_size(412'345'678), "412 MB");
  EXPECT_EQ(human_duration(0.44), "0.4 ms");
  EXPECT_EQ(human_duration(999.6), "1.0 s");
  EXPECT_EQ(human_duration(125'000), "2 min 5 s");
  EXPECT_EQ(human_duration(-1), "0 ms");
  EXPECT_EQ(human_count(1), "1");
  EXPECT_EQ(human_count(1234567), "1,234,567");
  EXPECT_EQ(human_share(1, 1'000'000), "1 %");
  EXPECT_EQ(human_share(999'999, 1'000'000), "99 %");
  EXPECT_EQ(human_share(5, 5), "100 %");
  EXPECT_EQ(plural(1, "secret"), "1 secret");
  EXPECT_EQ(plural(0, "vulnerability", "vulnerabilities"), "0 vulnerabilities");
  EXPECT_EQ(join_some({"a", "b", "c"}, 2), "a, b and 1 more");
}

}  // namespace
