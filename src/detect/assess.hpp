// From evidence to findings.
//
// Reach comes from the start graph: Entrypoint, Cmd and Healthcheck, then cron, systemd, s6, supervisor, profile and
// preload files of the final image, each followed through scripts to depth 8. Ownership comes from the package
// databases. Then:
//   malicious     one A at R1 or higher (or buried: "shipped, then deleted"), or two B of different families at R2 or
//   higher suspicious    one B, or three C of different families with one at R3 unverifiable  a download-and-run
//   shape at start whose payload is not in the image risky         anything weaker
// Families E and M on the same bytes count as one; evidence in a file that a package owns with matching digest weighs
// one class less, text below documentation folders too; a folder of security rules that is not reached counts once.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "detect/detector.hpp"
#include "detect/evidence.hpp"
#include "inventory/analyzer.hpp"
#include "layers/image_view.hpp"
#include "model/finding.hpp"

namespace hullcheck::detect {

// One thing that runs when the container starts, and the way there.
struct StartNode {
  std::string path;                // final path of the file, or "config:Entrypoint"
  layers::FileRef file;            // none for configuration
  std::vector<std::string> chain;  // "Entrypoint", "/entry.sh:12", "/usr/sbin/kworker"
  int depth = 0;
};

class StartGraph {
 public:
  explicit StartGraph(const layers::ImageView& image);
  const std::vector<StartNode>& nodes() const { return m_nodes; }  // in order of discovery
  const StartNode* find(layers::FileRef file) const;               // after content_of(); null when not reached
  // What the start chain names but the image does not hold (fetched at start, or mounted).
  const std::vector<StartNode>& missing() const { return m_missing; }

 private:
  std::vector<StartNode> m_nodes;
  std::vector<StartNode> m_missing;
  std::map<layers::FileRef, std::size_t> m_by_file;
};

// Evidence with its place.
struct PlacedEvidence {
  Evidence evidence;
  std::string path;
  layers::FileRef file;  // none for configuration
  model::Visibility visibility = model::Visibility::final;
  Reach reach = Reach::present;
  bool build_time = false;
  std::vector<std::string> chain;
};

class ImageContext {
 public:
  const layers::ImageView& image;
  const inventory::Inventory& inventory;
  const inventory::Ownership& ownership;
  const StartGraph& start;
  const std::vector<PlacedEvidence>& evidence;  // of all other ways, before image() is called

  Reach reach(layers::FileRef file) const;
};

class ImageEvidence {
 public:
  void add(PlacedEvidence evidence) { m_evidence.push_back(std::move(evidence)); }
  std::vector<PlacedEvidence> take() { return std::move(m_evidence); }

 private:
  std::vector<PlacedEvidence> m_evidence;
};

struct Assessment {
  std::vector<model::Finding> threats;   // malicious, suspicious, unverifiable at start; sorted
  std::vector<model::Finding> warnings;  // weaker
  std::vector<model::Finding> secrets;
  std::vector<model::Gap> gaps;
};

// Pure: the same facts give the same findings in the same order. No bytes of the image are read.
Assessment assess(const layers::ImageView& image, const inventory::Inventory& inventory,
                  const inventory::Ownership& ownership);

// What scan/ runs over each layer for detection: whole-file collectors, and the one content scan.
std::vector<layers::Section> layer_sections();
// Compiled once per process. `cache_folder` keeps the compiled pattern database between runs ("" = do not keep).
const layers::ContentScan& content_scan(const std::string& cache_folder);

// Every catalogue row of every registered detector, sorted by id.
std::vector<RuleRow> all_rules();

}  // namespace hullcheck::detect
