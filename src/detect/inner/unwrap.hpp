// Content inside content: what a file unpacks or decodes to is looked at as a file of its own, and again what is in
// that, to a depth, within a budget for each file of the image.
//
// Evidence about inner content says where it lies by a suffix to the outer path: "!/member" for an archive, " (UPX)",
// " (gzip)", " (base64)", " (XOR 0x5a)" for other covers. It has the place and the reach of the outer file.
//
// Hostile: archives that grow without end, that hold themselves, that are damaged on purpose. Everything that comes
// out is counted; where the budget ends the file gets a gap with the limit's name, and what was found stays.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detect/detector.hpp"
#include "formats/byte_stream.hpp"
#include "layers/collector.hpp"
#include "util/spill.hpp"

namespace hullcheck::detect {

struct ScanClient;

// The key under which evidence of inner content carries its suffix.
constexpr std::string_view k_inner_key = "inner";
// Evidence of this rule is a gap: `text` says why, "gap" is its name, "effect" is "unknown" or "note".
constexpr std::string_view k_inner_gap_rule = "inner-gap";

struct UnwrapLimits {
  int depth = 4;                                  // "nesting-limit"
  std::uint64_t output_bytes = 256ULL << 20;      // of all that comes out of one file: "unpack-size-limit"
  std::uint64_t slow_output_bytes = 96ULL << 20;  // of what bzip2 gives, which is ten times slower: the same name
  std::uint32_t contents = 100'000;               // pieces of content: "unpack-entries-limit"
  std::size_t evidence = 1024;                    // "inner-evidence-limit"
};

// Content that is needed whole: in memory or, if it is large, in a file that is read in passing.
class Held : public util::Spill {
 public:
  Held() : Spill(16ULL << 20, 1ULL << 30) {}
  // All of it, once no more comes, with room for a window's padding behind.
  Result<Bytes> whole();
};

// One of these serves one thread. The worker for each depth is made when it is first needed.
class Unwrapper {
 public:
  using MakeWorker = std::function<std::unique_ptr<layers::ContentScan::Worker>(Unwrapper&, int depth)>;
  Unwrapper(std::vector<ScanClient> clients, MakeWorker make_worker, const UnwrapLimits& limits = {});
  ~Unwrapper();

  // A new outer file. `entry` is copied.
  void begin(const layers::Entry& entry);
  std::vector<Evidence> take();
  bool empty() const { return m_evidence.empty(); }

  // What follows is called by workers about the content that they look at. `depth` is that of the caller's content;
  // its suffix is the current one.
  const std::string& suffix() const { return m_suffix; }
  // Looks at `content` as a file of its own. `held`, if given, is where it lies.
  void content(Bytes content, std::string_view suffix, int depth, Held* held = nullptr);
  // The caller's content is an archive or a compressed file (its first bytes say which).
  void container(Bytes file, layers::ContentKind kind, int depth, Held* held = nullptr);
  // The caller's content is a program that may be packed.
  void packed(Bytes file, int depth);
  // The caller's content from some byte on: a program to whose end PyInstaller put an archive. False when it begins
  // too late to show the archive.
  bool pyinstaller(Bytes rest, int depth);
  // Compressed data that begins at the start of `bytes` and ends somewhere. False when it goes on behind `bytes`.
  bool stream(Bytes bytes, std::uint64_t offset, bool more, int depth);

  // What is tried in vain costs as much as what is kept: how many bytes may still be made, and that some were.
  std::uint64_t may_try() const;
  void tried(std::uint64_t bytes) { m_tried += bytes; }

  void add(Evidence evidence);
  void gap(std::string_view name, std::string_view why, bool unknown);
  const layers::Entry& outer() const { return m_entry; }

 private:
  void content_with_room(Bytes content, std::string_view suffix, int depth, Held* held = nullptr);
  void scan(const layers::FileInfo& file, Bytes content, int depth, Held* held);
  void ask_detectors(const layers::FileInfo& file, Bytes content);
  void zip(Bytes file, int depth, Held* held);
  void ar(Bytes file, int depth);
  void tar(formats::ByteStream& stream, int depth);
  void compressed(Bytes file, int depth, Held* held);
  void zlib_streams(Bytes file, int depth);
  void compiled_modules(Bytes archive, const std::string& suffix, int depth);
  bool spend(std::uint64_t bytes);
  void trouble(const Error& error);
  std::uint64_t left() const { return m_limits.output_bytes - std::min(m_spent, m_limits.output_bytes); }

  std::vector<ScanClient> m_clients;
  MakeWorker m_make_worker;
  UnwrapLimits m_limits;
  std::vector<std::unique_ptr<layers::ContentScan::Worker>> m_workers;  // by depth, from 1
  std::string m_path, m_suffix;
  layers::Entry m_entry;
  std::vector<Evidence> m_evidence;
  const std::uint8_t* m_room_from = nullptr;  // the end of bytes behind which more can be read
  std::uint64_t m_spent = 0, m_tried = 0;
  std::uint32_t m_contents = 0;
  bool m_over = false;
};

}  // namespace hullcheck::detect
