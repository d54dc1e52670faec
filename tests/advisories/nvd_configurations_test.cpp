// Where a flaw is, as the NVD writes it: products, versions, what else must be there.
#include "advisories/nvd_configurations.hpp"

#include <gtest/gtest.h>

#include "advisories/cpe.hpp"
#include "advisories/cpe_products.hpp"
#include "support/memory_transport.hpp"

namespace hullcheck::advisories {
namespace {

using model::VulnerabilityStatus;
using test::CollectingWriter;
using Strings = std::vector<std::string>;

// {"vulnerable": …, "criteria": …, and bounds as they are given}
std::string match(const std::string& criteria, const std::string& bounds = "", bool vulnerable = true) {
  return std::string(R"({"vulnerable":)") + (vulnerable ? "true" : "false") + R"(,"criteria":"cpe:2.3:)" + criteria +
         "\"" + (bounds.empty() ? "" : "," + bounds) + "}";
}
std::string node(const std::string& matches, const std::string& more = R"("operator":"OR","negate":false)") {
  return "{" + more + R"(,"cpeMatch":[)" + matches + "]}";
}
std::string flaw(const std::string& configurations, const std::string& more = "") {
  return R"({"timestamp":"2026-08-01T00:00:00.000","vulnerabilities":[{"cve":{"id":"CVE-2024-1","vulnStatus":"Analyzed",)" +
         more + R"("metrics":{},"configurations":[)" + configurations + "]}}]}";
}
std::vector<Advisory> rows(const std::string& document) {
  CollectingWriter writer;
  const auto result = test::run_feed("nvd", "CPE", as_bytes(document), writer);
  EXPECT_TRUE(result.ok()) << result.error().describe();
  return writer.rows;
}
std::string text(const Advisory& row) {
  std::string out = row.package;
  for (const Range& range : row.ranges)
    out += " [" + range.introduced + "," + range.fixed + "," + range.last_affected + "]";
  for (const auto& [key, value] : row.extra) out += " " + key + "(" + value + ")";
  return out;
}
Strings texts(const std::string& document) {
  Strings list;
  for (const Advisory& row : rows(document)) list.push_back(text(row));
  std::sort(list.begin(), list.end());
  return list;
}
constexpr const char* k_rest = ":*:*:*:*:*:*";

TEST(Cpe, NamesAreTakenApart) {
  const auto name = parse_cpe(R"(cpe:2.3:a:PureFTPd:pure-ftpd:1.0\+b:p1:*:*:lts:linux:x64:*)");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->vendor, "pureftpd");
  EXPECT_EQ(name->product, "pure-ftpd");
  EXPECT_EQ(name->version, "1.0+b");
  EXPECT_EQ(name->update, "p1");
  EXPECT_EQ(name->software_edition, "lts");
  EXPECT_EQ(name->target_software, "linux");
  EXPECT_EQ(parse_cpe(R"(cpe:2.3:a:a\:b:c:1:*:*:*:*:*:*:*)")->vendor, "a:b");
  for (const char* bad : {"", "cpe:2.3:", "cpe:2.3:a:b", "cpe:/a:b:c:1", "cpe:2.3:x:b:c:1:*", R"(cpe:2.3:a:b:c\)"})
    EXPECT_FALSE(parse_cpe(bad)) << bad;
}

TEST(Cpe, ConditionsComeBackAsTheyWere) {
  CpeSubject subject{"a", "php", "php", {{CpeBound::at_least, "7.0"}, {CpeBound::below, "7.4.3:rc1"}}};
  const auto word = write_cpe_subject(subject);
  ASSERT_TRUE(word);
  EXPECT_EQ(*word, "a:php:php>=7.0<7.4.3:rc1");
  const auto back = read_cpe_subject(*word);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->product, "php");
  EXPECT_EQ(back->bounds, subject.bounds);
  subject.product = "a b";
  EXPECT_FALSE(write_cpe_subject(subject));
  for (const char* bad : {"", "a", "a:b", "a:b:", "a:b:c>", "a:b:c=1", "a:b:c>=<1", "a:b:c:d"})
    EXPECT_FALSE(read_cpe_subject(bad)) << bad;
}

TEST(Cpe, EachProductOfTheTableIsOne) {
  EXPECT_EQ(cpe_products("openssl"), std::vector<std::string_view>{"openssl:openssl"});
  EXPECT_TRUE(cpe_products("tini").empty());
  EXPECT_TRUE(is_cpe_program("tini"));
  EXPECT_FALSE(is_cpe_program("openss"));
  EXPECT_TRUE(is_cpe_product("haxx:libcurl"));
  EXPECT_FALSE(is_cpe_product("openssl"));
  EXPECT_FALSE(is_cpe_product(""));
}

TEST(NvdConfigurations, BoundsOfEveryKind) {
  const std::string name = "a:openssl:openssl:*:*:*:*:*:*:*:*";
  EXPECT_EQ(
      texts(flaw("{\"nodes\":[" +
                 node(match(name, R"("versionStartIncluding":"1.1.1","versionEndExcluding":"1.1.1l")") + "," +
                      match(name, R"("versionStartIncluding":"1.0.2","versionEndIncluding":"1.0.2y")") + "," +
                      match(name, R"("versionStartExcluding":"0.9.8","versionEndExcluding":"0.9.9")") + "," +
                      match(std::string("a:openssl:openssl:3.0.0:alpha1") + k_rest) + "," +
                      match(std::string("a:openssl:openssl:1.0.1:-") + k_rest) + "," +
                      match(std::string("a:openssl:openssl:-:*") + k_rest) + "," +
                      match("a:other:openssl:*:*:*:*:*:*:*:*") + "," + match("o:openssl:openssl:*:*:*:*:*:*:*:*") +
                      "," + match(name, R"("versionEndExcluding":"9")", false)) +
                 "]}")),
      (Strings{"openssl:openssl [0.9.8,0.9.9,] not(0.9.8)",
               "openssl:openssl [1.1.1,1.1.1l,] [1.0.2,,1.0.2y] [3.0.0:alpha1,,3.0.0:alpha1] [1.0.1,,1.0.1]"}));
}

TEST(NvdConfigurations, WhatElseMustBeThere) {
  const std::string php = match("a:php:php:*:*:*:*:*:*:*:*", R"("versionEndExcluding":"7.4")");
  const std::string windows = match("o:microsoft:windows:-:*:*:*:*:*:*:*", "", false);
  const std::string linux = match("o:linux:linux_kernel:-:*:*:*:*:*:*:*", "", false);
  EXPECT_EQ(texts(flaw(R"({"operator":"AND","nodes":[)" + node(php) + "," + node(windows + "," + linux) + "]}")),
            Strings{"php:php [,7.4,] needs(o:microsoft:windows o:linux:linux_kernel)"});
  EXPECT_EQ(texts(flaw(R"({"operator":"AND","nodes":[)" + node(php) + "," +
                       node(windows, R"("operator":"OR","negate":true)") + "]}")),
            Strings{"php:php [,7.4,] excludes(o:microsoft:windows)"});
  EXPECT_EQ(texts(flaw("{\"nodes\":[" + node(php + "," + linux, R"("operator":"AND","negate":false)") + "]}")),
            Strings{"php:php [,7.4,] needs(o:linux:linux_kernel)"});
  EXPECT_EQ(texts(flaw("{\"operator\":\"OR\",\"nodes\":[" + node(php) + "," + node(windows) + "]}")),
            Strings{"php:php [,7.4,]"});
  EXPECT_EQ(texts(flaw(R"({"negate":true,"nodes":[)" + node(php) + "]}")), Strings{});
  EXPECT_EQ(texts(flaw("{\"nodes\":[" + node(php, R"("operator":"OR","negate":true)") + "]}")), Strings{});
  EXPECT_EQ(texts(flaw(R"({"operator":"AND","nodes":[)" + node(php) + "," +
                       node(match("a:apache:http_server:*:*:*:*:*:*:*:*",
                                  R"("versionStartExcluding":"2.2","versionEndIncluding":"2.4.1")", false)) +
                       "]},{\"nodes\":[" + node(php) + "]}")),
            (Strings{"php:php [,7.4,]", "php:php [,7.4,] needs(a:apache:http_server>2.2<=2.4.1)"}));
}

TEST(NvdConfigurations, EditionsAndOtherSystems) {
  const auto of = [](const std::string& fields) {
    return texts(flaw("{\"nodes\":[" + node(match("a:nodejs:node.js:*:*:*:*:" + fields + ":*:*")) + "]}"));
  };
  EXPECT_EQ(of("lts:*"), Strings{"nodejs:node.js [,,]"});
  EXPECT_EQ(of("-:linux"), Strings{"nodejs:node.js [,,]"});
  EXPECT_EQ(of("*:windows"), Strings{});
  EXPECT_EQ(of("*:wordpress"), Strings{});
  EXPECT_EQ(of("enterprise:*"), Strings{"nodejs:node.js [,,] edition(enterprise)"});
}

TEST(NvdConfigurations, DisputedOnesSaySoAndRejectedOnesVanish) {
  const std::string place = "{\"nodes\":[" + node(match("a:gnu:bash:*:*:*:*:*:*:*:*")) + "]}";
  auto list = rows(flaw(place, R"("cveTags":[{"sourceIdentifier":"x","tags":["disputed"]}],)"));
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].status, VulnerabilityStatus::disputed);
  EXPECT_EQ(list[0].ecosystem, "CPE");
  EXPECT_EQ(rows(flaw(place))[0].status, VulnerabilityStatus::affected);
  std::string rejected = flaw(place);
  rejected.replace(rejected.find("Analyzed"), 8, "Rejected");
  EXPECT_TRUE(rows(rejected).empty());
}

TEST(NvdConfigurations, FieldsOfTheWrongTypeSayNothing) {
  for (const char* configurations :
       {"1", "[]", R"({"nodes":1})", R"({"nodes":[1]})", R"({"nodes":[{"cpeMatch":{}}]})",
        R"({"nodes":[{"cpeMatch":[{"vulnerable":"true","criteria":"cpe:2.3:a:gnu:bash:*:*:*:*:*:*:*:*"}]}]})",
        R"({"nodes":[{"cpeMatch":[{"vulnerable":true,"criteria":7}]}]})"})
    EXPECT_TRUE(rows(flaw(configurations)).empty()) << configurations;
}

// A flaw of ten thousand systems is one whose condition is not kept, not one that is lost.
TEST(NvdConfigurations, AConditionBeyondItsLimitIsTakenToHold) {
  std::string systems;
  for (int i = 0; i < 10'000; ++i)
    systems += (i == 0 ? "" : ",") + match("o:x:y" + std::to_string(i) + ":1:*:*:*:*:*:*:*", "", false);
  EXPECT_EQ(texts(flaw(R"({"operator":"AND","nodes":[)" + node(match("a:gnu:bash:*:*:*:*:*:*:*:*")) + "," +
                       node(systems) + "]}")),
            Strings{"gnu:bash [,,]"});
}

}  // namespace
}  // namespace hullcheck::advisories
