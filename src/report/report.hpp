// Reports, one file per format. A report prints a ScanResult; it decides nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/scan_result.hpp"
#include "util/registry.hpp"
#include "util/result.hpp"

namespace hullcheck::report {

// Where text goes. write() is called often with small pieces: implementations buffer. An error (disk full, closed
// pipe) is kept and given by finish().
class Output {
 public:
  virtual ~Output() = default;
  virtual void write(std::string_view text) = 0;
  virtual Result<void> finish() = 0;
};

struct ReportOptions {
  int width = 100;  // of a terminal, in columns
  bool color = false;
  bool hyperlinks = false;
  bool ascii = false;            // for a terminal that may take other bytes for commands
  bool quiet = false;            // the verdict and its reasons only
  bool deterministic = false;    // no times, no durations
  bool show_suppressed = false;  // also list what is ignored or ruled out, and why
  std::string command;           // how the user called us, for next steps
};

// Several images of one reference (an index, an archive) come as several results with the worst verdict.
struct ReportInput {
  std::string target;
  model::Verdict verdict = model::Verdict::unknown;
  std::vector<model::ScanResult> results;  // one unless the reference was an index or a many-image archive
  bool wrapped = false;                    // print the wrapper even if there is one result
};

struct ReportDescriptor {
  std::string_view id;  // "terminal", "json", "sarif": the word after --format
  int version = 1;
  std::string_view summary;
  std::string_view example;
  std::string_view media_type;
};

class Report {
 public:
  using Kind = Report;
  using Descriptor = ReportDescriptor;
  virtual ~Report() = default;
  virtual void write(const ReportInput& input, const ReportOptions& options, Output& out) const = 0;
};

using ReportRegistry = util::Registry<Report>;

}  // namespace hullcheck::report
