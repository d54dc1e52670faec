// The digests of a layer's files: which are taken, and at which moment of a file's way through the scan.
//
// A digest costs least while the archive's own is being made of the same bytes, so what the first piece of a file
// shows to be wanted is taken from the pieces (see HashingStream). What only names, hits or collectors ask for is
// taken from the windows, which come later.
#pragma once

#include <string_view>

#include "layers/facts.hpp"
#include "layers/hashing_stream.hpp"
#include "util/digest.hpp"
#include "util/md5_batch.hpp"
#include "util/side_by_side.hpp"

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

// Whose SHA-256 is always taken: what can run, what can hold things that run, and what interpreters always load.
bool always_hashed(const Entry& entry);

// One file after another: begin(), decide(), then finish() if the file came to its end. One thread.
class FileHasher {
 public:
  // `all`: SHA-256 of every file. Digests go to `facts`; MD5 digests of small files as late as flush().
  FileHasher(LayerFacts& facts, bool all);

  // A file comes, and nothing of it was asked for yet. `kind_known`: entry.content is final, so that its bytes may be
  // taken piece by piece beside the digest of `archive`, which may be null if it is not.
  void begin(const Entry& entry, const DigestChoice& choice, HashingStream* archive, bool kind_known);
  void piece(Bytes bytes) {
    if (m_by_piece) m_archive->hash_with(m_sha256, m_md5_by_piece ? &m_md5 : nullptr, bytes);
  }

  // Everything is known but the bytes. `asked_for`: whatever it is, somebody needs its digests.
  void decide(const Entry& entry, bool asked_for);
  void window(Bytes fresh) {
    if (m_wanted) take(fresh);
  }

  // The file was noticed after all, and `whole` is all of it.
  void notice(Bytes whole);
  void finish(Entry& entry);
  // Once, when no more files come, also of an archive that broke.
  void flush() { m_batch.flush(); }

 private:
  void begin_batch();
  void take(Bytes fresh);
  void take_as_packages_do(Bytes fresh);

  LayerFacts& m_facts;
  bool m_all;
  HashingStream* m_archive = nullptr;  // of this file
  bool m_wanted = false;               // SHA-256 is taken
  bool m_as_packages_do = false;       // and the digests that the layer's package databases use: these two
  bool m_use_md5 = false, m_use_sha1 = false;
  bool m_by_piece = false;      // SHA-256 is taken as the pieces come, not window by window
  bool m_md5_by_piece = false;  // MD5 too
  util::Sha256 m_sha256;
  util::Md5 m_md5;
  util::Hasher m_sha1{util::Hash::sha1};
  util::Md5Batch m_batch;  // its tags are indexes into m_facts.digests
};

}  // namespace hullcheck::layers
