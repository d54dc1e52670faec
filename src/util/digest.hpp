// SHA-256, SHA-1 and MD5 through OpenSSL's EVP. The one file that includes OpenSSL's digest headers is digest.cpp.
#pragma once

#include <memory>
#include <string>

#include "util/bytes.hpp"

namespace hullcheck::util {

enum class Hash : std::uint8_t { md5, sha1, sha256, sha512 };

// Incremental; reusable after finish(). One thread at a time.
class Hasher {
 public:
  explicit Hasher(Hash kind);
  ~Hasher();
  Hasher(Hasher&&) noexcept;
  Hasher& operator=(Hasher&&) noexcept;
  void update(Bytes bytes);
  Buffer finish();           // the raw digest; the hasher starts anew
  std::string finish_hex();  // the same in lower-case hex

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

std::string sha256_hex(Bytes bytes);
// "sha256:" + hex, the form of manifests and diff ids.
std::string sha256_digest(Bytes bytes);
// True for "sha256:<64 lower-case hex>" and "sha512:<128>".
bool is_digest(std::string_view text);

}  // namespace hullcheck::util
