#include "util/side_by_side.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "util/md5_steps.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace hullcheck::util {
namespace {

constexpr std::size_t k_block = 64;

// FIPS 180-4, 5.3.3, in the order of Sha256::State.
constexpr Sha256::State k_sha256_start = {{0x9b05688c, 0x510e527f, 0xbb67ae85, 0x6a09e667},
                                          {0x5be0cd19, 0x1f83d9ab, 0xa54ff53a, 0x3c6ef372}};

// Cuts what came into the end of a block that was begun, whole blocks, and the beginning of the next block.
template <class Blocks>
void feed(side_by_side::Unfinished& rest, Bytes bytes, Blocks blocks) {
  rest.size += bytes.size();
  if (rest.filled > 0) {
    const std::size_t taken = std::min(k_block - rest.filled, bytes.size());
    std::copy_n(bytes.begin(), taken, rest.block.begin() + static_cast<std::ptrdiff_t>(rest.filled));
    rest.filled += taken;
    bytes = bytes.subspan(taken);
    if (rest.filled < k_block) return;
    blocks(Bytes(rest.block));
    rest.filled = 0;
  }
  const std::size_t whole = bytes.size() / k_block * k_block;
  if (whole > 0) blocks(bytes.first(whole));
  bytes = bytes.subspan(whole);
  std::copy(bytes.begin(), bytes.end(), rest.block.begin());
  rest.filled = bytes.size();
}

// The one bit, the zeros and the length in bits that end a message; both digests pad alike but for the byte order.
template <class Blocks>
void pad(side_by_side::Unfinished& rest, bool big_endian, Blocks blocks) {
  std::array<std::uint8_t, 2 * k_block> tail{};
  std::copy_n(rest.block.begin(), rest.filled, tail.begin());
  tail[rest.filled] = 0x80;
  const std::size_t end = rest.filled + 9 <= k_block ? k_block : 2 * k_block;
  const std::uint64_t bits = rest.size * 8;
  for (std::size_t i = 0; i < 8; ++i)
    tail[big_endian ? end - 1 - i : end - 8 + i] = static_cast<std::uint8_t>(bits >> (8 * i));
  blocks(Bytes(tail).first(end));
  rest = {};
}

template <class Digest>
Digest digest_of(Hasher& hasher) {
  Digest digest;
  const Buffer raw = hasher.finish();
  std::copy_n(raw.begin(), digest.size(), digest.begin());
  return digest;
}

// Null: not computed.
struct States {
  Sha256::State* first = nullptr;
  Sha256::State* second = nullptr;
  Md5::State* md5 = nullptr;
  Sha256::State* other = nullptr;
};

#if defined(__x86_64__)

#define HULLCHECK_INLINE_SHA __attribute__((target("sha,sse4.1"), always_inline)) inline

bool have_instructions() {
  static const bool have = [] {
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0 || (b & bit_SHA) == 0) return false;
    return __builtin_cpu_supports("sse4.1") != 0;
  }();
  return have;
}

// FIPS 180-4, 4.2.2.
alignas(16) constexpr std::array<std::uint32_t, 64> k_round = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

struct Chain {
  __m128i abef, cdgh;
};

HULLCHECK_INLINE_SHA __m128i words_at(const std::uint8_t* bytes) {
  return _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes)),
                          _mm_set_epi64x(0x0c0d0e0f08090a0bLL, 0x0405060700010203LL));
}

template <std::size_t i>
HULLCHECK_INLINE_SHA __m128i with_constants(__m128i words) {
  return _mm_add_epi32(words, _mm_load_si128(reinterpret_cast<const __m128i*>(k_round.data() + 4 * i)));
}

HULLCHECK_INLINE_SHA __m128i upper(__m128i words) { return _mm_shuffle_epi32(words, 0x0e); }

// What rounds 4 i to 4 i + 3 add to the sixteen words of the message that are at hand.
template <std::size_t i>
HULLCHECK_INLINE_SHA void schedule(__m128i* w) {
  const __m128i now = w[i % 4];
  __m128i &next = w[(i + 1) % 4], &last = w[(i + 3) % 4];
  if constexpr (i >= 3 && i < 15)
    next = _mm_sha256msg2_epu32(_mm_add_epi32(next, _mm_alignr_epi8(now, last, 4)), now);
  if constexpr (i >= 1 && i < 13) last = _mm_sha256msg1_epu32(last, now);
}

template <std::size_t i>
HULLCHECK_INLINE_SHA void md5_step(Md5::State& s, const std::uint8_t* block) {
  constexpr std::size_t at = (64 - i) % 4, round = i / 16;
  constexpr int turn = md5::turn_of(i);
  const std::uint32_t b = s[(at + 1) % 4], c = s[(at + 2) % 4], d = s[(at + 3) % 4];
  std::uint32_t word;
  std::memcpy(&word, block + 4 * md5::word_of(i), sizeof word);
  std::uint32_t sum = s[at] + word + md5::k_sines[i];
  if constexpr (round == 0)
    sum += d ^ (b & (c ^ d));
  else if constexpr (round == 1)
    sum = sum + (~d & c) + (d & b);  // no bit is set in both, and the first half does not wait for b
  else if constexpr (round == 2)
    sum += b ^ (c ^ d);
  else
    sum += c ^ (b | ~d);
  s[at] = b + ((sum << turn) | (sum >> (32 - turn)));
}

HULLCHECK_INLINE_SHA Chain load(const Sha256::State& state) {
  return {_mm_loadu_si128(reinterpret_cast<const __m128i*>(state.abef.data())),
          _mm_loadu_si128(reinterpret_cast<const __m128i*>(state.cdgh.data()))};
}

HULLCHECK_INLINE_SHA void save(const Chain& chain, Sha256::State& state) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state.abef.data()), chain.abef);
  _mm_storeu_si128(reinterpret_cast<__m128i*>(state.cdgh.data()), chain.cdgh);
}

HULLCHECK_INLINE_SHA void add(Chain& chain, const Chain& before) {
  chain.abef = _mm_add_epi32(chain.abef, before.abef);
  chain.cdgh = _mm_add_epi32(chain.cdgh, before.cdgh);
}

// What is computed in one go. The chains of `two` run over the same bytes as the first, and so does MD5; `beside` is
// another message.
template <bool two, bool md5, bool beside>
struct Kernel {
  struct Chains {
    Chain x, y, z;
    Md5::State s;
  };

  // Four rounds of SHA-256 on each chain, what they add to the message schedules, and as large a part of MD5.
  template <std::size_t i>
  HULLCHECK_INLINE_SHA static void quarter(Chains& c, __m128i* w, const std::uint8_t* block, __m128i* v,
                                           const std::uint8_t* other) {
    if constexpr (i < 4) w[i] = words_at(block + 16 * i);
    const __m128i low = with_constants<i>(w[i % 4]), high = upper(low);
    c.x.cdgh = _mm_sha256rnds2_epu32(c.x.cdgh, c.x.abef, low);
    if constexpr (two) c.y.cdgh = _mm_sha256rnds2_epu32(c.y.cdgh, c.y.abef, low);
    c.x.abef = _mm_sha256rnds2_epu32(c.x.abef, c.x.cdgh, high);
    if constexpr (two) c.y.abef = _mm_sha256rnds2_epu32(c.y.abef, c.y.cdgh, high);
    if constexpr (beside) {
      if constexpr (i < 4) v[i] = words_at(other + 16 * i);
      const __m128i other_low = with_constants<i>(v[i % 4]);
      c.z.cdgh = _mm_sha256rnds2_epu32(c.z.cdgh, c.z.abef, other_low);
      c.z.abef = _mm_sha256rnds2_epu32(c.z.abef, c.z.cdgh, upper(other_low));
      schedule<i>(v);
    }
    schedule<i>(w);
    if constexpr (md5) {
      md5_step<4 * i>(c.s, block);
      md5_step<4 * i + 1>(c.s, block);
      md5_step<4 * i + 2>(c.s, block);
      md5_step<4 * i + 3>(c.s, block);
    }
  }

  template <std::size_t... i>
  HULLCHECK_INLINE_SHA static void block(Chains& c, const std::uint8_t* block, const std::uint8_t* other,
                                         std::index_sequence<i...>) {
    __m128i w[4], v[4];
    (quarter<i>(c, w, block, v, other), ...);
  }

  // States that the kernel does not compute are neither read nor written. `other` is as long as `whole`.
  __attribute__((target("sha,sse4.1"))) static void run(const States& states, Bytes whole,
                                                        const std::uint8_t* other) {
    Chains c{};
    c.x = load(*states.first);
    if constexpr (two) c.y = load(*states.second);
    if constexpr (beside) c.z = load(*states.other);
    if constexpr (md5) c.s = *states.md5;
    for (std::size_t at = 0; at < whole.size(); at += k_block) {
      const Chains before = c;
      block(c, whole.data() + at, other + (beside ? at : 0), std::make_index_sequence<16>());
      add(c.x, before.x);
      if constexpr (two) add(c.y, before.y);
      if constexpr (beside) add(c.z, before.z);
      if constexpr (md5)
        for (std::size_t i = 0; i < c.s.size(); ++i) c.s[i] += before.s[i];
    }
    save(c.x, *states.first);
    if constexpr (two) save(c.y, *states.second);
    if constexpr (beside) save(c.z, *states.other);
    if constexpr (md5) *states.md5 = c.s;
  }
};

template <bool... chosen>
void run_kernel(const States& states, Bytes whole, const std::uint8_t* other) {
  if constexpr (sizeof...(chosen) == 3)
    Kernel<chosen...>::run(states, whole, other);
  else {
    constexpr std::size_t at = sizeof...(chosen);
    const void* const which[] = {states.second, states.md5, states.other};
    if (which[at] != nullptr)
      run_kernel<chosen..., true>(states, whole, other);
    else
      run_kernel<chosen..., false>(states, whole, other);
  }
}

#else

bool have_instructions() { return false; }

template <bool...>
void run_kernel(const States&, Bytes, const std::uint8_t*) {}

#endif

}  // namespace

Sha256::Sha256() {
  if (!have_instructions()) m_by_openssl.emplace(Hash::sha256);
  m_state = k_sha256_start;
}

void Sha256::blocks(Bytes whole) { run_kernel<>({&m_state}, whole, nullptr); }

void Sha256::update(Bytes bytes) {
  if (m_by_openssl) return m_by_openssl->update(bytes);
  feed(m_rest, bytes, [this](Bytes whole) { blocks(whole); });
}

Sha256Digest Sha256::finish() {
  if (m_by_openssl) return digest_of<Sha256Digest>(*m_by_openssl);
  pad(m_rest, true, [this](Bytes whole) { blocks(whole); });
  const auto &u = m_state.abef, &v = m_state.cdgh;
  const std::array<std::uint32_t, 8> words = {u[3], u[2], v[3], v[2], u[1], u[0], v[1], v[0]};
  Sha256Digest digest;
  for (std::size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<std::uint8_t>(words[i / 4] >> (24 - 8 * (i % 4)));
  m_state = k_sha256_start;
  return digest;
}

Md5::Md5() : m_state(md5::k_start) {
  if (!have_instructions()) m_by_openssl.emplace(Hash::md5);
}

void Md5::blocks(Bytes whole) {
  Sha256::State none{};  // hidden by the MD5, and only the short rest of a message comes here
  run_kernel<>({&none, nullptr, &m_state}, whole, nullptr);
}

void Md5::update(Bytes bytes) {
  if (m_by_openssl) return m_by_openssl->update(bytes);
  feed(m_rest, bytes, [this](Bytes whole) { blocks(whole); });
}

Md5Digest Md5::finish() {
  if (m_by_openssl) return digest_of<Md5Digest>(*m_by_openssl);
  pad(m_rest, false, [this](Bytes whole) { blocks(whole); });
  Md5Digest digest;
  for (std::size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<std::uint8_t>(m_state[i / 4] >> (8 * (i % 4)));
  m_state = md5::k_start;
  return digest;
}

// Of digests that stand at the same place of a block: each by itself up to the block's edge, all over the whole
// blocks that follow, each by itself again.
struct Together {
  explicit Together(const SameBytes& digests) : all(digests) {}

  bool possible() const {
    const std::size_t place = all.first.m_rest.filled;
    return !all.first.m_by_openssl && (all.second == nullptr || all.second->m_rest.filled == place) &&
           (all.md5 == nullptr || all.md5->m_rest.filled == place);
  }

  void each(Bytes bytes) const {
    all.first.update(bytes);
    if (all.second != nullptr) all.second->update(bytes);
    if (all.md5 != nullptr) all.md5->update(bytes);
  }

  void update(Bytes bytes, Company* company) const {
    const Bytes head = to_edge(all.first, bytes);
    each(head);
    bytes = bytes.subspan(head.size());
    if (company != nullptr) take(*company, to_edge(company->digest, company->bytes).size());
    Bytes whole = bytes.first(bytes.size() / k_block * k_block);
    if (company != nullptr) {
      const std::size_t along = std::min(whole.size(), company->bytes.size() / k_block * k_block);
      blocks(whole.first(along), company);
      whole = whole.subspan(along);
    }
    blocks(whole, nullptr);
    each(bytes.subspan(bytes.size() / k_block * k_block));
  }

 private:
  static Bytes to_edge(const Sha256& digest, Bytes bytes) {
    return bytes.first(std::min((k_block - digest.m_rest.filled) % k_block, bytes.size()));
  }

  static void take(Company& company, std::size_t size) {
    company.digest.update(company.bytes.first(size));
    company.bytes = company.bytes.subspan(size);
  }

  void blocks(Bytes whole, Company* company) const {
    if (whole.empty()) return;
    States states{&all.first.m_state};
    all.first.m_rest.size += whole.size();
    if (all.second != nullptr) {
      states.second = &all.second->m_state;
      all.second->m_rest.size += whole.size();
    }
    if (all.md5 != nullptr) {
      states.md5 = &all.md5->m_state;
      all.md5->m_rest.size += whole.size();
    }
    const std::uint8_t* other = nullptr;
    if (company != nullptr) {
      states.other = &company->digest.m_state;
      other = company->bytes.data();
      company->digest.m_rest.size += whole.size();
      company->bytes = company->bytes.subspan(whole.size());
    }
    run_kernel<>(states, whole, other);
  }

  const SameBytes& all;
};

void update_together(const SameBytes& digests, Bytes bytes, Company* company) {
  const Together together(digests);
  if (together.possible())
    together.update(bytes, company);
  else
    together.each(bytes);
}

}  // namespace hullcheck::util
