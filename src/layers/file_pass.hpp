// One file of a layer, read once: window by window through the content scan and the digests, whole for collectors.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/tar.hpp"
#include "layers/analyse.hpp"
#include "layers/file_hasher.hpp"
#include "layers/hashing_stream.hpp"
#include "util/spill.hpp"

namespace hullcheck::layers {

// What stands at the end of a section's problems when there were more than k_most_problems.
Problem problems_cut();

// Buffers are kept from file to file. One thread.
class FilePass {
 public:
  // Records, problems and digests go to `facts`.
  FilePass(const AnalyseOptions& options, LayerFacts& facts);

  // Reads the current member of `tar`, whose entry this is. `archive` is what the tar reader reads from: digests of
  // its files are taken together with its own. An error is one of the archive.
  Result<void> read(formats::TarReader& tar, HashingStream& archive, Entry& entry, std::uint32_t index,
                    const DigestChoice& choice);
  // The same for content that is at hand, no longer than one window and with k_window_padding zeros behind it.
  void look_at(Bytes content, Entry& entry, std::uint32_t index, const DigestChoice& choice);
  // Once, when no more files come, also of an archive that broke: until then MD5 digests are missing from the facts.
  void flush() { m_hasher.flush(); }
  bool hit_shared_limit() const { return m_hit_shared_limit; }

 private:
  struct OpenSection {
    const Collector* collector;
    SectionFacts* facts;
    bool make;  // false: taken over; the collector is only asked what it notices
  };

  std::pair<SectionFacts*, bool> open_section(const std::string& id, std::string fingerprint);
  bool kind_known_early(Entry& entry) const;
  bool all_at_hand(const formats::TarReader& tar) const;
  void look_at_all(Bytes content, std::uint32_t index);
  Result<bool> fill(formats::TarReader& tar);  // true: the file ends in the window
  void open(Bytes first, bool whole);
  FileInfo info() const { return {*m_entry, m_head}; }
  void choose(const FileInfo& file, bool whole);
  void keep(Bytes fresh);
  void spill_failed(Error error);
  bool scan_found_something(std::uint32_t index);
  void collect(const FileInfo& file, Bytes bytes, std::uint32_t index);
  void want_after_hits(const FileInfo& file);
  void finish(const FileInfo& file, Bytes whole, std::uint32_t index);
  void problem(SectionFacts& section, std::uint32_t index, const Error& error);

  const AnalyseOptions& m_options;
  LayerFacts& m_facts;
  Entry* m_entry = nullptr;  // of the file that is read
  std::vector<OpenSection> m_sections;
  SectionFacts* m_content_facts = nullptr;
  std::size_t m_next_known = 0;  // in the records of a content section that was taken over
  std::unique_ptr<ContentScan::Worker> m_scan;
  Buffer m_window;  // k_window_size + padding, once something is read
  std::size_t m_filled = 0;
  std::size_t m_seen = 0;                    // bytes at the front that were in the window before
  std::uint64_t m_offset = 0;                // of m_window[0] in the file
  Buffer m_head;                             // first bytes of the file
  Bytes m_piece;                             // what the archive gave and did not fit
  std::vector<const OpenSection*> m_wanted;  // of those to make, which want this file
  bool m_need_content = false;               // one of them wants it whole
  bool m_noticed = false;                    // some section has to do with this file: its digest is taken
  bool m_found = false;                      // the content scan found something in it
  util::Spill m_spill{k_spill_above, k_spill_in_all};
  std::optional<Error> m_spill_error;
  FileHasher m_hasher;
  bool m_hit_shared_limit = false;
};

}  // namespace hullcheck::layers
