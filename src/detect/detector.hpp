// Detectors of malicious content and of leaked secrets: one file each.
//
// A detector may look at an image in five ways, and implements those that it needs.
//
//   literals() + confirm()  during the layer: one compiled search over every byte of every file calls back at each
//   hit
//
//   sweep()                 during the layer: every window of every file, for what has no literal
//
//   wants() + collect()     during the layer: whole files, chosen by name and first bytes
//
//   shell()                 after the overlay: the summary of a script or command that the image holds
//
//   image()                 after the overlay: the image as a whole, facts only, no bytes
//
// The first three leave Evidence in the layer's facts. The image's configuration (Entrypoint, Cmd, Healthcheck, Env,
// OnBuild, labels, history) goes through literals(), sweep() and shell() as pseudo-files named "config:…".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detect/content/digit_stretches.hpp"
#include "detect/evidence.hpp"
#include "layers/collector.hpp"
#include "layers/image_view.hpp"
#include "model/image.hpp"
#include "util/registry.hpp"

namespace hullcheck::detect {

struct ShellFacts;  // shell_facts.hpp

// 4 to 256 bytes, found whatever the case of ASCII letters when `caseless`. Every byte of every file is searched for
// it, and confirm() is called at most 4,096 times plus once for each 4 KiB of a file: choose rare ones.
struct Literal {
  std::string bytes;
  bool caseless = false;
  // `bytes` are differences: each the XOR of a byte of the file with the next one, which a one-byte XOR key does not
  // change. Not searched in compressed files. A hit's window holds the bytes of the file as they
  // are.
  bool differenced = false;
};

// Where the line count of a window stands, so that many hits in one window cost one pass over it.
struct LineCursor {
  std::size_t position = 0;
  std::uint32_t line = 1;
};

// A literal that was found. `window` is what is at hand around it: the whole file when that fits into one window of
// the scan (k_window_size), else k_window_overlap / 2 bytes on either side (less at the ends of the file). Hits come
// in file order.
struct Hit {
  std::size_t literal;  // index into literals()
  Bytes window;
  std::size_t position;  // of the literal's first byte in `window`
  std::uint64_t offset;  // of the literal's first byte in the file
  const layers::FileInfo& file;
  LineCursor* cursor = nullptr;  // shared by the hits of one window; null: count from its start
  std::uint32_t line() const;    // 1-based if the window starts the file and the content is text, else 0
};

// A window for detectors that need no literal. What begins in [from, to) is to be reported now; the rest of the
// window is there for looking round: at least LiteralScan::k_context bytes on either side, or the end of the file.
struct Sweep {
  Bytes window;
  std::size_t from;
  std::size_t to;
  std::uint64_t offset;  // of the window's first byte in the file
  const layers::FileInfo& file;
  const std::vector<DigitStretch>& stretches;  // of the whole window
};

// A script or command after static evaluation, and how it gets run.
struct ShellUnit {
  std::string path;              // "usr/local/bin/entry.sh", "config:Entrypoint", "etc/crontab"
  layers::FileRef file;          // none for configuration
  std::uint32_t first_line = 1;  // of the text within the file
  Reach reach = Reach::present;
  bool build_time = false;  // history or OnBuild: ran when the image was built, or runs in another build
  const ShellFacts& facts;
  const model::ImageConfig* config = nullptr;  // of the image; null in a test without one
};

class ImageContext;  // assess.hpp: the view, ownership, start graph, and all evidence so far

struct DetectorDescriptor {
  std::string_view id;  // "stratum"
  int version = 1;      // raised when literals, confirmation or evidence change
  std::string_view summary;
  std::string_view example;  // one thing that it finds, defanged
  std::span<const RuleRow> rules;
};

class Detector {
 public:
  using Kind = Detector;
  using Descriptor = DetectorDescriptor;
  virtual ~Detector() = default;

  virtual std::vector<Literal> literals() const { return {}; }
  virtual void confirm(const Hit&, EvidenceSink&) const {}
  // Called for every byte of every image: must skip, not walk. Returns fast or costs everybody.
  virtual bool sweeps() const { return false; }
  virtual void sweep(const Sweep&, EvidenceSink&) const {}
  virtual bool wants(const layers::FileInfo&) const { return false; }
  virtual void collect(const layers::FileView&, EvidenceSink&) const {}
  virtual void shell(const ShellUnit&, EvidenceSink&) const {}
  virtual void image(const ImageContext&, class ImageEvidence&) const {}
};

using DetectorRegistry = util::Registry<Detector>;

// An Evidence of the named row with the row's own class and confidence.
Evidence evidence_of(const RuleRow& row, std::string text);

}  // namespace hullcheck::detect
