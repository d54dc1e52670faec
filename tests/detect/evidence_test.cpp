#include "detect/evidence.hpp"

#include <gtest/gtest.h>

namespace hullcheck::detect {
namespace {

Evidence evidence(std::string rule, std::string text) {
  Evidence made;
  made.rule = std::move(rule);
  made.text = std::move(text);
  made.cls = EvidenceClass::strong;
  made.confidence = 80;
  made.offset = 1234567;
  made.line = 12;
  return made;
}

TEST(EvidenceSink, DropsExactDuplicates) {
  EvidenceSink sink;
  sink.add(evidence("M01", "same"));
  sink.add(evidence("M01", "same"));
  sink.add(evidence("M02", "same"));
  EXPECT_EQ(sink.all().size(), 2U);
}

TEST(EvidenceSink, KeepsTheFirstOfEachRuleAndCountsTheRest) {
  EvidenceSink sink;
  for (int i = 0; i < 1000; ++i) sink.add(evidence("M01", std::to_string(i)));
  sink.add(evidence("M02", "still heard"));
  const auto all = sink.take();
  ASSERT_EQ(all.size(), EvidenceSink::k_most_per_rule + 1);
  EXPECT_EQ(all.front().text, "0");
  EXPECT_EQ(all.front().value("more"), "984");
  EXPECT_EQ(all.back().rule, "M02");
  EXPECT_EQ(all.back().value("more"), "");
}

TEST(EvidenceSink, StaysBoundedOverManyRules) {
  EvidenceSink sink;
  for (int i = 0; i < 10000; ++i) sink.add(evidence("R" + std::to_string(i), "x"));
  EXPECT_EQ(sink.all().size(), EvidenceSink::k_most);
}

TEST(EvidenceSink, CutsTextsAndValues) {
  EvidenceSink sink;
  Evidence long_one = evidence("M01", std::string(5000, 't'));
  for (int i = 0; i < 100; ++i) long_one.values.emplace_back("key", std::string(5000, 'v'));
  sink.add(std::move(long_one));
  EXPECT_EQ(sink.all()[0].text.size(), EvidenceSink::k_text_bytes);
  EXPECT_EQ(sink.all()[0].values.size(), EvidenceSink::k_most_values);
  EXPECT_EQ(sink.all()[0].values[0].second.size(), EvidenceSink::k_value_bytes);
}

TEST(EvidenceEncoding, RoundTrip) {
  EvidenceSink sink;
  for (int i = 0; i < 40; ++i) sink.add(evidence("M01", std::string("with a NUL \0 byte", 17) + std::to_string(i)));
  Evidence with_values = evidence("B08", "");
  with_values.cls = EvidenceClass::context;
  with_values.values = {{"target", "/mnt/etc/crontab"}, {"", ""}};
  sink.add(std::move(with_values));
  const auto all = sink.take();
  const auto back = decode_evidence(encode_evidence(all));
  ASSERT_TRUE(back.ok());
  ASSERT_EQ(back.value().size(), all.size());
  EXPECT_EQ(encode_evidence(back.value()), encode_evidence(all));
  EXPECT_EQ(back.value()[0].value("more"), "24");
  EXPECT_EQ(back.value().back().value("target"), "/mnt/etc/crontab");
  EXPECT_EQ(back.value()[3].offset, 1234567U);
  EXPECT_EQ(back.value()[3].line, 12U);
}

TEST(EvidenceEncoding, EveryCutIsRefused) {
  const Buffer whole = encode_evidence({evidence("M01", "text"), evidence("M02", "more text")});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto back = decode_evidence(Bytes(whole).first(size));
    ASSERT_FALSE(back.ok()) << size;
    EXPECT_EQ(back.error().name, "evidence-malformed");
  }
}

TEST(EvidenceEncoding, OutOfRangeIsRefused) {
  Evidence odd = evidence("M01", "x");
  odd.confidence = 101;
  EXPECT_FALSE(decode_evidence(encode_evidence({odd})).ok());
  odd = evidence("M01", "x");
  odd.cls = static_cast<EvidenceClass>(4);
  EXPECT_FALSE(decode_evidence(encode_evidence({odd})).ok());
  odd = evidence("M01", std::string(301, 'x'));
  EXPECT_FALSE(decode_evidence(encode_evidence({odd})).ok());
  Buffer trailing = encode_evidence({evidence("M01", "x")});
  trailing.push_back(0);
  EXPECT_FALSE(decode_evidence(trailing).ok());
  const Buffer huge_count = {0xff, 0xff, 0xff, 0xff, 0x0f};
  EXPECT_FALSE(decode_evidence(huge_count).ok());
}

}  // namespace
}  // namespace hullcheck::detect
