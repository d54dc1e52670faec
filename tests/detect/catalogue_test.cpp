// The catalogue is whole: each row is implemented or listed as not done, described, and on the page.
#include "detect/catalogue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <set>

#include "checks/check.hpp"
#include "detect/assess.hpp"

namespace hullcheck::detect {
namespace {

TEST(Catalogue, EveryRowIsImplementedOrListedAsNotDone) {
  std::set<std::string> registered, missing;
  for (const RuleRow& row : all_rules()) registered.insert(std::string(row.id));
  for (const Elsewhere& row : reported_elsewhere())
    EXPECT_TRUE(registered.insert(std::string(row.id)).second) << row.id;
  for (const NotDone& row : not_done()) {
    EXPECT_TRUE(missing.insert(std::string(row.id)).second) << row.id << " is listed twice as not done";
    EXPECT_FALSE(row.title.empty() || row.reason.empty()) << row.id;
  }
  const auto ids = catalogue_ids();
  EXPECT_EQ(ids.size(), 121U);
  for (const std::string& id : ids) {
    EXPECT_TRUE(registered.contains(id) || missing.contains(id)) << id << " is in neither list";
    EXPECT_FALSE(registered.contains(id) && missing.contains(id))
        << id << " has a detector: take it out of src/detect/not_done.cpp";
    missing.erase(id);
  }
  EXPECT_TRUE(missing.empty()) << *missing.begin() << " is no row of the catalogue";
}

TEST(Catalogue, EveryRuleSaysWhichHarmlessReadingItRulesOut) {
  for (const RuleRow& row : all_rules())
    EXPECT_FALSE(benign_reading(row.id).empty()) << row.id << " has no row in src/detect/benign.cpp";
  for (const Elsewhere& row : reported_elsewhere()) EXPECT_FALSE(benign_reading(row.id).empty()) << row.id;
  for (const auto& check : checks::CheckRegistry::all())
    EXPECT_FALSE(benign_reading(check.descriptor.id).empty()) << check.descriptor.id;
  EXPECT_EQ(benign_reading("no such rule"), "");
}

TEST(Catalogue, EveryTechniqueHasANameAndATactic) {
  EXPECT_TRUE(std::is_sorted(techniques().begin(), techniques().end(),
                             [](const Technique& a, const Technique& b) { return a.id < b.id; }));
  for (const RuleRow& row : all_rules()) {
    std::string_view rest = row.technique;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find(','), rest.size());
      const Technique* known = find_technique(rest.substr(0, end));
      ASSERT_NE(known, nullptr) << row.id << ": " << rest.substr(0, end) << " is not in src/detect/techniques.cpp";
      EXPECT_FALSE(known->name.empty() || known->tactics.empty());
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
}

// HULLCHECK_UPDATE_CASES=1 writes the page anew.
TEST(Catalogue, ThePageIsThatOfTheRegisteredDetectors) {
  const std::string path = std::string(HULLCHECK_TEST_DATA) + "/../docs/detections.md";
  if (std::getenv("HULLCHECK_UPDATE_CASES") != nullptr) {
    std::ofstream(path, std::ios::binary) << detections_page();
    GTEST_SKIP() << "written";
  }
  std::ifstream in(path, std::ios::binary);
  const std::string page(std::istreambuf_iterator<char>(in), {});
  EXPECT_EQ(page, detections_page()) << "make it anew: hullcheck rules list --format markdown > docs/detections.md";
}

}  // namespace
}  // namespace hullcheck::detect
