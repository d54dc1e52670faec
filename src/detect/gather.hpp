// Between the facts of the layers and the verdict: all evidence of one image, each with its place. Used by assess()
// only.
#pragma once

#include <string>
#include <vector>

#include "detect/assess.hpp"
#include "detect/config_facts.hpp"
#include "detect/detector.hpp"

namespace hullcheck::detect {

// A part of the configuration as text.
struct ConfigText {
  std::string name;  // "config:Env"
  std::string text;
  Reach reach = Reach::present;
  bool build_time = false;
  std::vector<std::string> chain;
};
constexpr std::string_view k_config_place = "config:";  // how the names begin
std::vector<ConfigText> config_texts(const model::ImageConfig& config);

class Gathering {
 public:
  // `threads`: how many may look at scripts at once.
  Gathering(const layers::ImageView& image, const inventory::Inventory& inventory,
            const inventory::Ownership& ownership, const UserFacts* user = nullptr, std::size_t threads = 1,
            const ConfigFacts* config = nullptr);

  void run();  // the steps below in this order
  std::vector<PlacedEvidence>& evidence() { return m_found.evidence; }
  std::vector<model::Gap>& gaps() { return m_found.gaps; }
  const StartGraph& start() const { return m_start; }
  const SearchFolders& search() const { return m_search; }

 private:
  struct Found {
    std::vector<PlacedEvidence> evidence;
    std::vector<model::Gap> gaps;
  };

  void from_records(std::string_view section);
  void from_config();
  void from_scripts();  // every stored script of every layer
  void from_script(const layers::RecordRef& record, Found& out) const;
  void from_start_files();  // crontabs and units that the start graph did not take
  void from_start_texts();  // command lines of configuration, crontabs and units that start
  void from_build_texts();  // history and OnBuild
  void from_image();
  void from_user();  // rules of the user's
  void note_start();

  // Where a file stands; the evidence is filled in by the caller.
  PlacedEvidence place(layers::FileRef file) const;
  void add_all(const PlacedEvidence& place, std::vector<Evidence> evidence, Found& out) const;
  void ask_shell_detectors(const PlacedEvidence& place, std::uint32_t first_line, const ShellFacts& facts,
                           Found& out) const;
  bool owned_match(const PlacedEvidence& place) const;
  bool owned(const PlacedEvidence& place) const;
  static void unreadable(const PlacedEvidence& place, const Error& error, Found& out);

  const layers::ImageView& m_image;
  const inventory::Inventory& m_inventory;
  const inventory::Ownership& m_ownership;
  const UserFacts* m_user;
  std::size_t m_threads;
  ConfigFacts m_config;
  SearchFolders m_search;
  StartGraph m_start;
  Found m_found;
};

// Lowers classes by ownership and place, and turns collections of security rules into one remark each.
void weigh(const layers::ImageView& image, const inventory::Ownership& ownership,
           std::vector<PlacedEvidence>& evidence);

}  // namespace hullcheck::detect
