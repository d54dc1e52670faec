// What an extension may do while a layer streams by: look at names and first bytes, ask for whole files, and leave
// facts behind. Facts are bytes in a section of LayerFacts; they hold no judgement, for the layer may be in any
// image.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "layers/entry.hpp"
#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::layers {

// What is known before the content has been read. Valid during the call only.
struct FileInfo {
  const Entry& entry;
  Bytes head;  // the first min(size, 4096) bytes

  std::string_view path() const { return entry.path; }
  std::string_view name() const { return base_name(entry.path); }
  std::uint64_t size() const { return entry.size; }
};

// The same with the whole content, in memory or mapped from an unlinked spill file. Valid during the call only.
struct FileView : FileInfo {
  Bytes bytes;
  bool scan_found = false;  // the content scan left a record for this file
  std::string_view text() const { return as_text(bytes); }
};

// Const and stateless: one instance serves every worker thread.
class Collector {
 public:
  virtual ~Collector() = default;
  // Asked for every regular file of every layer: cheap, by name and first bytes.
  virtual bool wants(const FileInfo& file) const = 0;
  // False: the name and the first bytes tell all, and record() gets only those as `bytes`. Asked for wanted files.
  virtual bool needs_content(const FileInfo&) const { return true; }
  // False: that this file was wanted changes nothing about the rest of its facts. Otherwise its digests are taken
  // too.
  virtual bool notices(const FileInfo&) const { return true; }
  // Asked for files that were not wanted, fit into one window, and in which the content scan found something.
  virtual bool wants_after_hits(const FileInfo&) const { return false; }
  // The record for this file; an empty one is not stored. An Error is stored as a problem of the file and becomes a
  // coverage gap if the file is part of the final image; one of time (ErrorCode::timeout) keeps the layer's facts
  // from being cached.
  virtual Result<Buffer> record(const FileView& file) const = 0;
};

// A collector with the name and version under which its facts are stored.
struct Section {
  std::string id;           // "inventory/dpkg", "detect/shell", "detect/content"
  std::string fingerprint;  // version, limits, patterns: facts made under another fingerprint are made again
  const Collector* collector = nullptr;  // null for the section of a ContentScan
};

// Sees every byte of every regular file once, in windows.
class ContentScan {
 public:
  class Worker {
   public:
    virtual ~Worker() = default;
    virtual void begin(const FileInfo& file) = 0;
    // `window` is the file's bytes from `offset` on; its first `seen` bytes were in the window before (overlap of
    // k_window_overlap bytes, so that no match is lost at an edge). k_window_padding readable bytes follow the
    // window.
    virtual void window(Bytes window, std::uint64_t offset, std::size_t seen) = 0;
    // The record for the file, empty for nothing.
    virtual Buffer end() = 0;
  };
  virtual ~ContentScan() = default;
  virtual std::unique_ptr<Worker> worker() const = 0;  // one per thread
  virtual std::string fingerprint() const = 0;
};

constexpr std::size_t k_window_size = 1 << 20;
constexpr std::size_t k_window_overlap = 4096;
constexpr std::size_t k_window_padding = 64;  // vector code may read this far past a window
constexpr std::string_view k_content_section = "detect/content";

}  // namespace hullcheck::layers
