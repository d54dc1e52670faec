// The answer: what a report prints, field for field the shape of docs/report-schema.json.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/exposure.hpp"
#include "model/finding.hpp"
#include "model/image.hpp"
#include "model/package.hpp"

namespace hullcheck::model {

enum class Verdict : std::uint8_t { safe, unknown, unsafe };  // ordered by weight
std::string_view to_string(Verdict verdict);
int exit_code(Verdict verdict);  // 0, 2, 1

struct Reason {
  Verdict verdict = Verdict::unknown;  // what this reason alone would make of the image
  std::string text;                    // one line
  std::string reference;               // finding id or gap id
};

// What to do about the verdict. `command` is exact and may be pasted; "" where no single command does it.
struct NextStep {
  std::string text;  // one line, without a full stop or colon at its end
  std::string command;
};

enum class StageState : std::uint8_t { assessed, partial, absent };
std::string_view to_string(StageState state);

// A program of the final image that no package accounts for.
struct UnattributedFile {
  std::string path;
  std::uint64_t size = 0;
  std::string digest;  // "sha256:…"; "" where the layer's facts have none
  std::string layer;   // diff id of the layer that brought this content
};

struct Coverage {
  bool complete = false;
  std::vector<Gap> gaps;
  std::map<std::string, StageState> stages;  // "layers", "packages", "advisories", "malware", "secrets", "checks"
  std::uint64_t executable_bytes = 0;
  std::uint64_t attributed_bytes = 0;                // of them, in files that a package owns
  std::vector<std::string> unattributed;             // paths, largest first, at most 50
  std::vector<UnattributedFile> unattributed_files;  // the same, at most 10 000
  std::uint64_t unattributed_count = 0;
  std::uint64_t unrated = 0;  // vulnerabilities without a severity
};

struct LayerSummary {
  std::string diff_id;  // as computed; as promised where the layer was not read
  std::string blob_digest;
  std::string media_type;
  std::uint64_t size = 0;  // of the blob
  std::uint64_t files = 0;
  std::string created_by;
  bool read = false;
};

struct SourceState {
  std::string name;           // feed id
  std::string checked;        // RFC 3339 time of the last successful check
  std::string newest_record;  // date of its newest record, "" where records have none
  std::uint64_t records = 0;
  bool needed = false;  // by a package of this image
  bool stale = false;
};

struct DatabaseState {
  bool present = false;
  std::string digest;  // of the content
  std::string built;   // RFC 3339
  std::vector<SourceState> sources;
  // How this user gets data, or newer data, with --db and all; both empty: the usual way.
  NextStep renewal{};
};

// One upgrade that removes findings which stop.
struct FixStep {
  enum class Where : std::uint8_t { base_image, package, application };
  Where where = Where::package;
  std::string type;                    // of the package: "deb", "npm"
  std::string package;                 // source package, or the package of a language
  std::string from, to;                // installed version, and the least one with every fix
  std::vector<std::string> installed;  // binary packages to name to the package manager, sorted
  std::string path;                    // of an application's package: where it lies
  std::string layer;                   // diff id of the layer that brought it
  std::vector<std::string> flaws;      // what it removes, sorted
};
// The least that removes every stopping vulnerability which has a fix.
struct FixPlan {
  std::vector<FixStep> steps;
  std::vector<std::string> unfixed;  // stopping flaws without a fix: "CVE-2024-1 (openssl)"
  std::string dockerfile_patch;      // lines to add to a Dockerfile; "" when there is nothing for one to do
};

struct ScanResult {
  std::string target;  // as the user named it
  Image image;
  std::vector<LayerSummary> layers;
  Distribution distribution;
  bool end_of_life = false;
  std::string end_of_life_date;
  Verdict verdict = Verdict::unknown;
  std::vector<Reason> reasons;  // in order of weight
  std::vector<NextStep> next_steps;
  Coverage coverage;
  std::vector<Package> packages;           // installed
  std::vector<Package> declared_packages;  // asked for by lock files only
  std::vector<Package> overlaps;           // of languages, in files of the system's packages, which count for them
  std::vector<Vulnerability> vulnerabilities;
  std::map<std::string, Exposure> exposures;  // of vulnerabilities, by the finding's id
  // Flaws that records name and that are not counted, with the reason: the vendor or the package itself rules them
  // out.
  std::vector<Vulnerability> suppressed;
  std::vector<Finding> threats, secrets, checks, warnings;
  DatabaseState database;
  std::string policy;                        // "built-in" or the file's name
  std::vector<std::string> exception_files;  // whose exceptions were asked, in order
  FixPlan fix_plan;
  std::string scanned_at;                               // RFC 3339; fixed under --deterministic
  std::vector<std::pair<std::string, double>> timings;  // stage → milliseconds; empty under --deterministic
};

}  // namespace hullcheck::model
