// From evidence to findings.
//
// Reach comes from the start graph: Entrypoint, Cmd and Healthcheck, then cron, systemd, s6, supervisor, profile and
// preload files of the final image, each followed through scripts to depth 8. Ownership comes from the package
// databases. Then:
//   malicious      one A at R1 or higher, or buried ("shipped, then deleted"); or two B of different families at R2
//   or
//                  higher
//   suspicious     one B at R1 or higher; or three C of different families with one at R3
//   unverifiable   a B that says so: a download-and-run shape at start whose payload is not in the image
//   risky          anything weaker
// Families E and M in the same file count as one. Evidence in a file that a package owns with matching digest weighs
// one class less; so does text below documentation and test folders that does not run at start. A folder of security
// rules that does not run at start is one warning.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "detect/detector.hpp"
#include "detect/evidence.hpp"
#include "detect/user/user_facts.hpp"
#include "inventory/ownership.hpp"
#include "layers/image_view.hpp"
#include "model/finding.hpp"

namespace hullcheck::detect {

struct ConfigFacts;  // config_facts.hpp

// One thing that runs when the container starts, and the way there.
struct StartNode {
  std::string path;                // final path of the file, or "config:Entrypoint"
  layers::FileRef file;            // none for configuration
  std::vector<std::string> chain;  // "Entrypoint", "/entry.sh:12", "/usr/sbin/kworker"
  int depth = 0;
};

// A command line that runs when the container starts: of the configuration, a crontab, a unit.
struct StartText {
  std::string path;      // "config:Entrypoint", "etc/crontab"
  layers::FileRef file;  // none for configuration
  std::uint32_t line = 1;
  std::vector<std::string> argv;  // the exec form, or
  std::string text;               // as a shell reads it
  std::vector<std::string> chain;
  std::shared_ptr<const ShellFacts> facts = nullptr;  // what it does, where that was kept
};
ShellFacts facts_of(const StartText& text);

class StartGraph {
 public:
  // Crontabs count as started when a cron daemon is, and also when no package owns them: then somebody put them there
  // for a cron that this image does not show, such as the host's. Without `ownership` no file counts as owned.
  // `config` is what was made of the image's configuration; null to follow it as it stands in the image.
  explicit StartGraph(const layers::ImageView& image, const inventory::Ownership* ownership = nullptr,
                      const ConfigFacts* config = nullptr);
  const std::vector<StartNode>& nodes() const { return m_nodes; }  // in order of discovery
  const StartNode* find(layers::FileRef file) const;               // after content_of(); null when not reached
  // What the start chain names but the image does not hold (fetched at start, or mounted).
  const std::vector<StartNode>& missing() const { return m_missing; }
  // Places that start something (a crontab, a unit) and whose content stands under another name in its layer, where
  // it was not read as what it is here.
  const std::vector<std::string>& unread() const { return m_unread; }
  const std::vector<StartText>& texts() const { return m_texts; }
  // Scripts at the end of chains that are too long to be followed further, the first of them; the packages' own are
  // left out.
  const std::vector<StartNode>& cut_off() const { return m_cut_off; }
  // More is started than is followed.
  bool too_many() const { return m_too_many; }

 private:
  friend class StartWalk;
  std::vector<StartNode> m_nodes;
  std::vector<StartNode> m_missing;
  std::vector<std::string> m_unread;
  std::vector<StartText> m_texts;
  std::vector<StartNode> m_cut_off;
  bool m_too_many = false;
  std::map<layers::FileRef, std::size_t> m_by_file;
};

// Folders from which programs and libraries are found without being named in full.
class SearchFolders {
 public:
  explicit SearchFolders(const layers::ImageView& image);
  const std::vector<std::string>& path() const { return m_path; }  // PATH in order, without leading slashes
  // An executable file directly below a folder of PATH, or an ELF file below a library or plugin folder.
  bool holds(const std::string& path, const layers::Entry& entry) const;

 private:
  std::vector<std::string> m_path;
  std::set<std::string, std::less<>> m_programs;
  std::set<std::string, std::less<>> m_libraries;
};

// Evidence with its place.
struct PlacedEvidence {
  Evidence evidence;
  std::string path;
  std::size_t suffix = 0;  // bytes at the path's end that say where inside the file the content lies (" (UPX)")
  layers::FileRef file;    // none for configuration
  model::Visibility visibility = model::Visibility::final;
  Reach reach = Reach::present;
  bool build_time = false;
  bool unowned_program = false;  // no package owns the file, which is a program or a script
  std::vector<std::string> chain;
};

class ImageContext {
 public:
  const layers::ImageView& image;
  const inventory::Inventory& inventory;
  const inventory::Ownership& ownership;
  const StartGraph& start;
  const SearchFolders& search;
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
  std::vector<std::string> start;  // paths of the files that the start graph holds; sorted
};

// The last step of assess(): one finding for each rule, path and layer. Classes are those after ownership and place.
// `rules` are those of the user's that hit, sorted by id.
Assessment decide(const layers::ImageView& image, std::vector<PlacedEvidence> evidence,
                  const std::vector<UserRule>& rules = {});

// Evidence with the value ("payload", "absent"): what it runs at start is not part of the image.
constexpr std::string_view k_payload_key = "payload";
constexpr std::string_view k_payload_absent = "absent";
// Evidence with this value is of the family whose letter it holds, whatever its rule: another rule says the same of
// the same act, and one act is one observation.
constexpr std::string_view k_family_key = "family";
// Evidence of this rule marks a file as one of a collection of security rules (YARA, Sigma, nmap scripts …).
constexpr std::string_view k_corpus_rule = "security-rules";
// How many rules the file holds, as a value of that evidence; 0 for what counts only beside others.
constexpr std::string_view k_corpus_count = "rules";

// Pure: the same facts give the same findings in the same order. No bytes of the image are read.
// `user` is what rules of the user's say about the image; null where there are none. `threads` may be at work at
// once. `config` is what was made of its configuration; null to look at it as it stands in the image.
Assessment assess(const layers::ImageView& image, const inventory::Inventory& inventory,
                  const inventory::Ownership& ownership, const UserFacts* user = nullptr, std::size_t threads = 1,
                  const ConfigFacts* config = nullptr);

// All evidence of an image in its place, weighed but not yet judged: what `rules test` prints.
std::vector<PlacedEvidence> observe(const layers::ImageView& image, const inventory::Inventory& inventory,
                                    const inventory::Ownership& ownership, const UserFacts* user,
                                    const ConfigFacts* config = nullptr);

constexpr std::string_view k_file_section = "detect/files";  // evidence of collect()

// What scan/ runs over each layer for detection: whole-file collectors here, and beside them the one content scan.
std::vector<layers::Section> layer_sections();
// Compiled once per process. `cache_folder` keeps the compiled pattern database between runs ("" = do not keep).
const layers::ContentScan& content_scan(const std::string& cache_folder);

// Every catalogue row of every registered detector, sorted by id.
std::vector<RuleRow> all_rules();

}  // namespace hullcheck::detect
