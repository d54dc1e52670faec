#include "inventory/deb822.hpp"

#include <gtest/gtest.h>

#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

TEST(Deb822, StanzasAndFields) {
  std::string_view text = "\n\nPackage: a\nDescription: one\n two\n\tthree\n \n\nPackage:b\r\nEMPTY:\n";
  Stanza stanza;
  ASSERT_TRUE(next_stanza(text, stanza));
  EXPECT_EQ(field(stanza, "package"), "a");
  EXPECT_EQ(field(stanza, "Description"), "one\n two\n\tthree");
  EXPECT_EQ(field(stanza, "Absent"), "");
  ASSERT_TRUE(next_stanza(text, stanza));
  EXPECT_EQ(field(stanza, "Package"), "b");
  EXPECT_EQ(field(stanza, "Empty"), "");
  EXPECT_FALSE(next_stanza(text, stanza));
}

TEST(Deb822, LinesThatAreNeitherArePassedOver) {
  std::string_view text = " continuation of nothing\n: no name\nno colon\nA: 1";
  Stanza stanza;
  ASSERT_TRUE(next_stanza(text, stanza));
  EXPECT_EQ(stanza.size(), 1U);
  EXPECT_EQ(field(stanza, "A"), "1");
  EXPECT_FALSE(next_stanza(text, stanza));
  std::string_view nothing;
  EXPECT_FALSE(next_stanza(nothing, stanza));
}

TEST(Deb822, WhatAPackageManagerWouldStopAtIsOdd) {
  const auto odd = [](std::string_view text) {
    Stanza stanza;
    std::string all;
    bool is = false;
    while (next_stanza(text, stanza, &is)) all += is ? 'x' : '.';
    return all;
  };
  EXPECT_EQ(odd("Package: a\nVersion: 1\n\nPackage: b\nVersion: 1\n"), "..");
  EXPECT_EQ(odd("Package: a\nVersion: 1\nPackage: b\nVersion: 1\n"), "x.");
  EXPECT_EQ(odd("Package: a\nversion: 9\nVersion: 1\n"), "x");
  EXPECT_EQ(odd("Package: a\n\x0b\nVersion: 1\n"), "x");
  EXPECT_EQ(odd("Package: a\nTag: 1\nTag: 2\n \n"), ".");
}

TEST(Deb822, ASecondPackageBeginsAStanza) {
  std::string_view text = "Package: a\nVersion: 1\nPackage: b\nVersion: 2\n";
  Stanza stanza;
  ASSERT_TRUE(next_stanza(text, stanza));
  EXPECT_EQ(field(stanza, "Version"), "1");
  ASSERT_TRUE(next_stanza(text, stanza));
  EXPECT_EQ(field(stanza, "Package"), "b");
  EXPECT_EQ(field(stanza, "Version"), "2");
  EXPECT_FALSE(next_stanza(text, stanza));
}

TEST(Deb822, OfTwoFieldsOfOneNameTheFirstCounts) {
  std::string_view text = "A: 1\nA: 2\n";
  Stanza stanza;
  ASSERT_TRUE(next_stanza(text, stanza));
  EXPECT_EQ(field(stanza, "A"), "1");
}

TEST(Deb822, Trimmed) {
  EXPECT_EQ(util::trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(util::trim(" \n"), "");
}

}  // namespace
}  // namespace hullcheck::inventory
