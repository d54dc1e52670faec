// An inventory of one layer, matched against a database that is made of small documents.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "advisories/update.hpp"
#include "match/match.hpp"
#include "support/memory_transport.hpp"
#include "support/temporary_folder.hpp"
#include "support/zip_builder.hpp"

namespace hullcheck::match {

constexpr std::chrono::sys_days k_today = std::chrono::year{2026} / 11 / 1;

class MatchFixture : public testing::Test {
 protected:
  MatchFixture() {
    m_options.now = k_today;
    m_update.database = m_folder.path("db");
    m_update.now = k_today;
    m_update.threads = 1;
    m_update.sources.clear();
  }

  void distribution(const char* id, const char* version, const char* name = "") {
    m_inventory.distribution.id = id;
    m_inventory.distribution.version_id = version;
    m_inventory.distribution.pretty_name = name;
  }

  void source(const std::string& name, const char* feed, const std::string& subject, std::string document) {
    const std::string url = "https://" + std::to_string(m_update.sources.size()) + ".example/";
    m_update.sources.push_back({name, feed, url, subject, "", 1});
    m_transport.put(url, std::move(document));
  }
  void feed_osv(const std::string& subject, const std::vector<std::string>& records) {
    std::vector<test::ZipMember> members;
    for (std::size_t i = 0; i < records.size(); ++i)
      members.push_back(test::deflated(std::to_string(i) + ".json", records[i]));
    source("osv/" + subject, "osv", subject, std::string(as_text(test::make_zip(members))));
  }

  // Every source is loaded, into a new database.
  Matches run() {
    auto report = advisories::update(m_update, m_transport, util::no_progress(), {});
    EXPECT_TRUE(report.ok() && report->written);
    for (const auto& loaded : report->sources)
      EXPECT_EQ(loaded.outcome, advisories::SourceOutcome::loaded)
          << loaded.name << " " << to_string(loaded.outcome) << " " << loaded.error.describe();
    const auto database = advisories::Database::open(m_update.database);
    EXPECT_TRUE(database.ok());
    return run(&*database);
  }
  Matches run(const advisories::Database* database) {
    model::Image image;
    image.layers.push_back({});
    image.layers[0].diff_id = "sha256:layer";
    return match(m_inventory, layers::ImageView(std::move(image), {nullptr}), database, m_options);
  }

  // "openssl CVE-2024-1"
  static std::vector<std::string> found(const Matches& matches) {
    std::vector<std::string> list;
    for (const auto& v : matches.vulnerabilities) list.push_back(v.package + " " + v.advisory);
    return list;
  }

  test::TemporaryFolder m_folder;
  test::MemoryTransport m_transport;
  advisories::UpdateOptions m_update;
  MatchOptions m_options;
  inventory::Inventory m_inventory;
};

}  // namespace hullcheck::match
