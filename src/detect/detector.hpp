// Detectors of malicious content and of leaked secrets: one file each.
//
// A detector may look at an image in four ways, and implements those that it needs:
//   literals() + confirm()   during the layer: one compiled search over every byte of every file calls back at each
//   hit; wants() + collect()      during the layer: whole files, chosen by name and first bytes; shell() after the
//   overlay: the summary of a script or command that the image holds; image()                  after the overlay: the
//   image as a whole, facts only, no bytes.
// The first two leave Evidence in the layer's facts. The image's configuration (Entrypoint, Cmd, Healthcheck, Env,
// OnBuild, labels, history) goes through literals() and shell() as pseudo-files named "config:…".
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detect/evidence.hpp"
#include "layers/collector.hpp"
#include "layers/image_view.hpp"
#include "util/registry.hpp"

namespace hullcheck::detect {

struct ShellFacts;  // shell_facts.hpp

// At least four bytes, found whatever the case of ASCII letters when `caseless`.
struct Literal {
  std::string bytes;
  bool caseless = false;
};

// A literal that was found. `window` is what is at hand around it: usually the whole file when that is small, at
// least k_window_overlap / 2 bytes on either side otherwise (less at the ends of the file).
struct Hit {
  std::size_t literal;  // index into literals()
  Bytes window;
  std::size_t position;  // of the literal's first byte in `window`
  std::uint64_t offset;  // of the literal's first byte in the file
  const layers::FileInfo& file;
  std::uint32_t line() const;  // 1-based if the window starts the file and the content is text, else 0
};

// A script or command after static evaluation, and how it gets run.
struct ShellUnit {
  std::string path;              // "usr/local/bin/entry.sh", "config:Entrypoint", "etc/crontab"
  layers::FileRef file;          // none for configuration
  std::uint32_t first_line = 1;  // of the text within the file
  Reach reach = Reach::present;
  bool build_time = false;  // history or OnBuild: ran when the image was built, or runs in another build
  const ShellFacts& facts;
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
  virtual bool wants(const layers::FileInfo&) const { return false; }
  virtual void collect(const layers::FileView&, EvidenceSink&) const {}
  virtual void shell(const ShellUnit&, EvidenceSink&) const {}
  virtual void image(const ImageContext&, class ImageEvidence&) const {}
};

using DetectorRegistry = util::Registry<Detector>;

// An Evidence of the named row with the row's own class and confidence.
Evidence evidence_of(const RuleRow& row, std::string text);

}  // namespace hullcheck::detect
