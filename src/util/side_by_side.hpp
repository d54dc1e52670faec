// SHA-256 (FIPS 180-4) and MD5 (RFC 1321) of several messages in one go.
//
// Each step of a digest waits for the one before, so a processor that computes one chain stands idle most of the
// time. The digests of an archive and of a file in it run over the same bytes: done together the second SHA-256 costs
// nothing, for both share one message schedule, and an MD5 beside them hides both. What the archive is compressed to
// goes along for a tenth of its own time. Where the processor has no instructions for SHA-256, OpenSSL computes each
// by itself.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "util/bytes.hpp"
#include "util/digest.hpp"

namespace hullcheck::util {

using Sha256Digest = std::array<std::uint8_t, 32>;
using Md5Digest = std::array<std::uint8_t, 16>;

namespace side_by_side {

// What a digest of 64-byte blocks has at hand besides its state: the beginning of a block that is not whole yet.
struct Unfinished {
  std::array<std::uint8_t, 64> block{};
  std::size_t filled = 0;
  std::uint64_t size = 0;  // of all bytes so far
};

}  // namespace side_by_side

class Md5;
struct Together;

// Incremental; reusable after finish(). One thread at a time.
class Sha256 {
 public:
  Sha256();
  void update(Bytes bytes);
  Sha256Digest finish();  // starts anew

  // The eight words in the order in which the instructions take them: a b e f, c d g h, each from the top down.
  struct State {
    std::array<std::uint32_t, 4> abef, cdgh;
  };

 private:
  friend struct Together;
  void blocks(Bytes whole);

  State m_state;
  side_by_side::Unfinished m_rest;
  std::optional<Hasher> m_by_openssl;
};

// The same for MD5, for a message too long to wait in an Md5Batch.
class Md5 {
 public:
  Md5();
  void update(Bytes bytes);
  Md5Digest finish();  // starts anew

  using State = std::array<std::uint32_t, 4>;

 private:
  friend struct Together;
  void blocks(Bytes whole);

  State m_state;
  side_by_side::Unfinished m_rest;
  std::optional<Hasher> m_by_openssl;
};

// Digests that run over the same bytes; null: not taken.
struct SameBytes {
  Sha256& first;
  Sha256* second = nullptr;
  Md5* md5 = nullptr;
};

// Another message that goes along, and what there is of it.
struct Company {
  Sha256& digest;
  Bytes bytes;
};

// update() of each with `bytes`; together as long as they stand at the same place of a 64-byte block. Of `company`,
// if any, as much from the front as goes along with it is hashed and taken off.
void update_together(const SameBytes& digests, Bytes bytes, Company* company = nullptr);

}  // namespace hullcheck::util
