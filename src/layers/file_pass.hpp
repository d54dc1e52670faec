// One file of a layer, read once: window by window through the content scan and the digests, whole for collectors.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "formats/tar.hpp"
#include "layers/analyse.hpp"
#include "layers/hashing_stream.hpp"
#include "util/digest.hpp"
#include "util/md5_batch.hpp"
#include "util/side_by_side.hpp"
#include "util/spill.hpp"

namespace hullcheck::layers {

// Which digests package databases of this layer are likely to use, from the names seen so far: dpkg wants MD5, apk
// SHA-1, rpm neither. Depends on the layer's bytes only, so the facts are the same on every machine.
class DigestChoice {
 public:
  void see(std::string_view path);
  bool md5() const { return m_dpkg || !(m_apk || m_rpm); }
  bool sha1() const { return m_apk || !(m_dpkg || m_rpm); }

 private:
  bool m_dpkg = false, m_apk = false, m_rpm = false;
};

// Whose SHA-256 is always taken: what can run, and what can hold things that run.
bool always_hashed(const Entry& entry);

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
  void flush() { m_md5_batch.flush(); }
  bool hit_shared_limit() const { return m_hit_shared_limit; }

 private:
  struct OpenSection {
    const Collector* collector;
    SectionFacts* facts;
    bool make;  // false: taken over; the collector is only asked what it notices
  };

  std::pair<SectionFacts*, bool> open_section(const std::string& id, std::string fingerprint);
  bool decide_early(Entry& entry);
  bool all_at_hand(const formats::TarReader& tar) const;
  void look_at_all(Bytes content, std::uint32_t index, const DigestChoice& choice);
  Result<bool> fill(formats::TarReader& tar);  // true: the file ends in the window
  void open(Bytes first, const DigestChoice& choice, bool whole);
  FileInfo info() const { return {*m_entry, m_head}; }
  void hash_piece(Bytes piece);
  void choose(const FileInfo& file, const DigestChoice& choice, bool whole);
  void begin_md5();
  void hash(Bytes fresh);
  void hash_as_packages_do(Bytes fresh);
  void keep(Bytes fresh);
  void spill_failed(Error error);
  bool scan_found_something(std::uint32_t index);
  void collect(const FileInfo& file, Bytes bytes, std::uint32_t index);
  void want_after_hits(const FileInfo& file);
  void finish(const FileInfo& file, Bytes whole, std::uint32_t index);
  void problem(SectionFacts& section, std::uint32_t index, const Error& error);

  const AnalyseOptions& m_options;
  HashingStream* m_archive = nullptr;  // of the file that is read
  LayerFacts& m_facts;
  Entry* m_entry = nullptr;  // of that file
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
  bool m_hashing = false, m_program = false, m_md5 = false, m_sha1 = false;
  bool m_by_piece = false;      // SHA-256 is taken as the pieces come, not window by window
  bool m_md5_by_piece = false;  // MD5 too
  util::Sha256 m_sha256_hasher;
  util::Md5 m_md5_hasher;
  util::Hasher m_sha1_hasher{util::Hash::sha1};
  util::Md5Batch m_md5_batch;  // its tags are indexes into m_facts.digests
  bool m_hit_shared_limit = false;
};

}  // namespace hullcheck::layers
