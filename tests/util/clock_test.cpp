#include "util/clock.hpp"

#include <gtest/gtest.h>

namespace hullcheck::util {
namespace {

using namespace std::chrono;

TEST(Clock, WritesAndReadsTimes) {
  const sys_seconds time = sys_days(year(2026) / 11 / 23) + hours(21) + minutes(5) + seconds(9);
  EXPECT_EQ(rfc3339(time), "2026-11-23T21:05:09Z");
  EXPECT_EQ(parse_rfc3339("2026-11-23T21:05:09Z"), time);
  EXPECT_EQ(rfc3339(sys_seconds(seconds(-1))), "1969-12-31T23:59:59Z");
}

TEST(Clock, TimesInTheirOtherSpellings) {
  const auto time = parse_rfc3339("2026-11-23T21:05:09Z");
  for (const char* const text : {"2026-11-23t21:05:09z", "2026-11-23 21:05:09Z", "2026-11-23T21:05:09.123456Z",
                                 "2026-11-23T22:35:09+01:30", "2026-11-23T20:05:09-01:00", "2026-11-23T21:05:09"})
    EXPECT_EQ(parse_rfc3339(text), time) << text;
}

TEST(Clock, WhatIsNoTime) {
  for (const char* const text :
       {"", "2026-11-23", "2026-11-23T21:05", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-23T24:00:00Z",
        "2026-11-23T21:60:00Z", "2026-11-23T21:05:61Z", "2026-11-23T21:05:09+1:00", "2026-11-23T21:05:09 UTC",
        "2026-11-23X21:05:09Z", "2026-11-23T21-05-09Z", "2026/11/23T21:05:09Z", "+026-11-23T21:05:09Z"})
    EXPECT_FALSE(parse_rfc3339(text)) << text;
}

TEST(Clock, DurationsInTheirLargestUnit) {
  EXPECT_EQ(duration_text(std::chrono::days(5)), "5 days");
  EXPECT_EQ(duration_text(hours(36)), "36 hours");
  EXPECT_EQ(duration_text(hours(24)), "1 day");
  EXPECT_EQ(duration_text(minutes(1)), "1 minute");
  EXPECT_EQ(duration_text(seconds(90)), "90 s");
  EXPECT_EQ(duration_text(seconds(0)), "0 s");
}

TEST(Clock, Dates) {
  EXPECT_EQ(iso_date(*parse_date("2024-02-29")), "2024-02-29");
  EXPECT_TRUE(parse_date("2026-11-23T21:00:00Z")) << "a time behind it is passed over";
  for (const char* const text : {"", "2023-02-29", "2026-1-1", "20261123", "2026-00-10", "abcd-ef-gh"})
    EXPECT_FALSE(parse_date(text)) << text;
}

}  // namespace
}  // namespace hullcheck::util
