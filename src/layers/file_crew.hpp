// Hands small files of a layer to the worker that decompresses it ahead, which looks at them while this thread reads
// on: what one archive costs is shared by two processors although only one can read it.
//
// Files go in batches, for waking another thread takes as long as looking at a small file. What the helper finds goes
// to facts of its own, and into the layer's at the end, in the order of the archive: the result is the same as if one
// thread had done all.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "formats/ahead_stream.hpp"
#include "layers/file_pass.hpp"

namespace hullcheck::layers {

// One thread, that which reads the archive. `ahead` is what the archive is read through. All are borrowed.
// Memory: a batch that is filled and two that wait, each of k_batch bytes and one file at most.
class FileCrew {
 public:
  FileCrew(const AnalyseOptions& options, formats::AheadStream& ahead, LayerFacts& facts);
  ~FileCrew();

  // Whether take() may be called instead of FilePass::read(): there is a helper who has time.
  bool wants(const Entry& entry) const;
  Result<void> take(formats::TarReader& tar, Entry& entry, std::uint32_t index, const DigestChoice& choice);
  // Once, when no more files come: waits, and adds what was found to the layer's facts.
  void finish();
  bool hit_shared_limit() const { return m_pass && m_pass->hit_shared_limit(); }  // after finish()

 private:
  static constexpr std::size_t k_batch = 512U << 10;

  struct File {
    Entry* entry;  // in a deque that grows: it stays where it is
    std::uint32_t index;
    std::size_t offset, size;
    DigestChoice choice;
  };
  struct Batch {
    Buffer bytes;  // k_window_padding zeros behind each file
    std::vector<File> files;
  };

  void hand_over();
  void look_at(const Batch& batch);
  void merge_sections();
  void merge_digests();

  const AnalyseOptions& m_options;
  formats::AheadStream& m_ahead;
  LayerFacts& m_facts;
  std::shared_ptr<Batch> m_batch;
  std::vector<std::uint32_t> m_given;  // indexes of entries, ascending
  std::mutex m_mutex;                  // of the two below: at the end this thread does what nobody has begun
  LayerFacts m_found;                  // sections and digests of the files given
  std::unique_ptr<FilePass> m_pass;
};

}  // namespace hullcheck::layers
