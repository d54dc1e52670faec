// Digests through OpenSSL's EVP interface (FIPS 180-4 SHA-2 and SHA-1, RFC 1321 MD5).
// Each algorithm is fetched once for the process: a fetch takes locks and string look-ups, an init with a fetched one
// does not. A context is made once per Hasher and only re-initialised after that.
#include "util/digest.hpp"

#include "util/result.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace hullcheck::util {
namespace {

constexpr std::array<const char*, 4> k_algorithms = {"MD5", "SHA1", "SHA256", "SHA512"};

// No memory and no such algorithm are the only ways for OpenSSL to refuse; neither can be brought about by input.
EVP_MD* fetch(std::size_t index) {
  EVP_MD* algorithm = EVP_MD_fetch(nullptr, k_algorithms[index], nullptr);
  HULLCHECK_ASSERT(algorithm != nullptr);
  return algorithm;
}

// Never freed: hashers with static storage may outlive anything that would free them.
const EVP_MD* algorithm_of(Hash kind) {
  static const std::array<EVP_MD*, 4> algorithms = {fetch(0), fetch(1), fetch(2), fetch(3)};
  return algorithms[static_cast<std::size_t>(kind)];
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

Hasher& thread_sha256() {
  thread_local Hasher hasher(Hash::sha256);
  return hasher;
}

bool is_lower_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

struct Hasher::State {
  std::unique_ptr<EVP_MD_CTX, FreeContext> context{EVP_MD_CTX_new()};

  void start(const EVP_MD* algorithm) {
    HULLCHECK_ASSERT(context != nullptr && EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1);
  }
};

Hasher::Hasher(Hash kind) : m_state(std::make_unique<State>()) { m_state->start(algorithm_of(kind)); }
Hasher::~Hasher() = default;
Hasher::Hasher(Hasher&&) noexcept = default;
Hasher& Hasher::operator=(Hasher&&) noexcept = default;

void Hasher::update(Bytes bytes) {
  HULLCHECK_ASSERT(EVP_DigestUpdate(m_state->context.get(), bytes.data(), bytes.size()) == 1);
}

Buffer Hasher::finish() {
  Buffer digest(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  HULLCHECK_ASSERT(EVP_DigestFinal_ex(m_state->context.get(), digest.data(), &size) == 1);
  digest.resize(size);
  m_state->start(nullptr);  // the algorithm that the context already has
  return digest;
}

std::string Hasher::finish_hex() { return to_hex(finish()); }

std::string sha256_hex(Bytes bytes) {
  Hasher& hasher = thread_sha256();
  hasher.update(bytes);
  return hasher.finish_hex();
}

std::string sha256_digest(Bytes bytes) { return "sha256:" + sha256_hex(bytes); }

bool is_digest(std::string_view text) {
  constexpr std::string_view k_sha256 = "sha256:", k_sha512 = "sha512:";
  if (text.starts_with(k_sha256)) return text.size() == k_sha256.size() + 64 && is_lower_hex(text.substr(7));
  if (text.starts_with(k_sha512)) return text.size() == k_sha512.size() + 128 && is_lower_hex(text.substr(7));
  return false;
}

}  // namespace hullcheck::util
