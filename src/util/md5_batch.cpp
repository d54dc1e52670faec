#include "util/md5_batch.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "util/md5_steps.hpp"

namespace hullcheck::util {
namespace {

constexpr std::size_t k_block = 64;
constexpr std::size_t k_group = 8;        // lanes of a register
constexpr std::size_t k_most_groups = 2;  // each step waits for the one before: a second group fills the time
constexpr std::size_t k_lanes = k_group * k_most_groups;
constexpr std::size_t k_fewest = 3;  // below, the lanes that stand idle cost more than those at work save
constexpr std::size_t k_worth = 10;   // lanes at work for which it is better not to wait for others
constexpr std::size_t k_most_waiting = Md5Batch::k_most_queued / 2;

#if defined(__x86_64__)

using Lanes = std::uint32_t __attribute__((vector_size(32)));
#define HULLCHECK_INLINE_AVX2 __attribute__((target("avx2"), always_inline)) inline

bool have_lanes() { return __builtin_cpu_supports("avx2") != 0; }

// A word of every lane.
template <std::size_t groups>
struct Row {
  Lanes group[groups];
};

template <std::size_t i>
HULLCHECK_INLINE_AVX2 Lanes stepped(Lanes a, Lanes b, Lanes c, Lanes d, Lanes word) {
  constexpr std::size_t round = i / 16;
  constexpr int turn = md5::turn_of(i);
  Lanes sum = a + word + md5::k_sines[i];
  if constexpr (round == 0)
    sum += d ^ (b & (c ^ d));
  else if constexpr (round == 1)
    sum = sum + (~d & c) + (d & b);  // no bit is set in both, and the first half does not wait for b
  else if constexpr (round == 2)
    sum += b ^ (c ^ d);
  else
    sum += c ^ (b | ~d);
  return b + ((sum << turn) | (sum >> (32 - turn)));
}

template <std::size_t i, std::size_t groups>
HULLCHECK_INLINE_AVX2 void step(Row<groups>* s, const Row<groups>* words) {
  constexpr std::size_t at = (64 - i) % 4;
  const Row<groups>&b = s[(at + 1) % 4], &c = s[(at + 2) % 4], &d = s[(at + 3) % 4], &word = words[md5::word_of(i)];
#pragma GCC unroll 2
  for (std::size_t g = 0; g < groups; ++g)
    s[at].group[g] = stepped<i>(s[at].group[g], b.group[g], c.group[g], d.group[g], word.group[g]);
}

template <std::size_t groups, std::size_t... i>
HULLCHECK_INLINE_AVX2 void steps(Row<groups>* state, const Row<groups>* words, std::index_sequence<i...>) {
  (step<i>(state, words), ...);
}

// Eight words of each of eight messages become the first words of all, the second words of all ...
template <std::size_t groups>
HULLCHECK_INLINE_AVX2 void transpose(const std::uint8_t* const* from, std::size_t offset, Row<groups>* words,
                                     std::size_t group) {
  Lanes r[8], p[8], q[8];
#pragma GCC unroll 8
  for (std::size_t i = 0; i < 8; ++i) std::memcpy(&r[i], from[i] + offset, sizeof(Lanes));
#pragma GCC unroll 8
  for (std::size_t i = 0; i < 8; i += 2) {
    p[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    p[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
#pragma GCC unroll 8
  for (std::size_t i = 0; i < 8; i += 4) {
#pragma GCC unroll 8
    for (std::size_t k = 0; k < 2; ++k) {
      q[i + 2 * k] = __builtin_shufflevector(p[i + k], p[i + k + 2], 0, 1, 8, 9, 4, 5, 12, 13);
      q[i + 2 * k + 1] = __builtin_shufflevector(p[i + k], p[i + k + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  }
#pragma GCC unroll 8
  for (std::size_t i = 0; i < 4; ++i) {
    words[i].group[group] = __builtin_shufflevector(q[i], q[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    words[i + 4].group[group] = __builtin_shufflevector(q[i], q[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

using State = std::array<std::array<std::uint32_t, k_lanes>, 4>;
using Places = std::array<const std::uint8_t*, k_lanes>;
using Strides = std::array<std::size_t, k_lanes>;

// `blocks` blocks of each lane of the first `groups`; a lane whose stride is 0 reads the same block again and again.
template <std::size_t groups>
HULLCHECK_INLINE_AVX2 void all_blocks(State& state, Places from, const Strides& stride, std::size_t blocks) {
  Row<groups> s[4], words[16];
#pragma GCC unroll 4
  for (std::size_t i = 0; i < 4; ++i) std::memcpy(&s[i], state[i].data(), sizeof s[i]);
  while (blocks-- > 0) {
#pragma GCC unroll 2
    for (std::size_t g = 0; g < groups; ++g) {
      transpose(from.data() + g * k_group, 0, words, g);
      transpose(from.data() + g * k_group, k_group * sizeof(std::uint32_t), words + k_group, g);
    }
    const Row<groups> before[4] = {s[0], s[1], s[2], s[3]};
    steps(s, words, std::make_index_sequence<64>());
#pragma GCC unroll 4
    for (std::size_t i = 0; i < 4; ++i)
      for (std::size_t g = 0; g < groups; ++g) s[i].group[g] += before[i].group[g];
    for (std::size_t i = 0; i < groups * k_group; ++i) from[i] += stride[i];
  }
#pragma GCC unroll 4
  for (std::size_t i = 0; i < 4; ++i) std::memcpy(state[i].data(), &s[i], sizeof s[i]);
}

using Run = void (*)(State&, Places, const Strides&, std::size_t);

template <std::size_t groups>
__attribute__((target("avx2"))) void run_avx2(State& state, Places from, const Strides& stride, std::size_t blocks) {
  all_blocks<groups>(state, from, stride, blocks);
}

// The same with a rotation and a choice of bits in one instruction each: a third fewer for a step.
template <std::size_t groups>
__attribute__((target("avx2,avx512f,avx512vl"))) void run_avx512(State& state, Places from, const Strides& stride,
                                                                 std::size_t blocks) {
  all_blocks<groups>(state, from, stride, blocks);
}

template <std::size_t groups>
Run best_run() {
  static const Run run = __builtin_cpu_supports("avx512vl") != 0 ? run_avx512<groups> : run_avx2<groups>;
  return run;
}

// What one lane is at: the whole blocks of its message, then its rest with the padding.
struct Lane {
  const std::uint8_t* at = nullptr;
  std::size_t blocks = 0;
  bool busy = false, in_tail = false;
  std::size_t message = 0;  // index
  std::array<std::uint32_t, 4> state{};
  std::array<std::uint8_t, 2 * k_block> tail{};
  std::size_t tail_blocks = 0;

  void take(std::size_t which, Bytes rest_of_message, std::size_t hashed,
            const std::array<std::uint32_t, 4>& so_far) {
    message = which;
    state = so_far;
    busy = true;
    in_tail = false;
    at = rest_of_message.data();
    blocks = rest_of_message.size() / k_block;
    const Bytes rest = rest_of_message.subspan(blocks * k_block);
    tail.fill(0);
    std::copy(rest.begin(), rest.end(), tail.begin());
    tail[rest.size()] = 0x80;
    tail_blocks = rest.size() + 9 <= k_block ? 1 : 2;
    const std::uint64_t bits = std::uint64_t{hashed + rest_of_message.size()} * 8;
    for (std::size_t i = 0; i < 8; ++i)
      tail[tail_blocks * k_block - 8 + i] = static_cast<std::uint8_t>(bits >> (8 * i));
    if (blocks == 0) to_tail();
  }
  void to_tail() {
    in_tail = true;
    at = tail.data();
    blocks = tail_blocks;
  }
};

Md5Digest digest_of(const std::array<std::uint32_t, 4>& state) {
  Md5Digest digest;
  for (std::size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (8 * (i % 4)));
  return digest;
}

// `blocks` blocks of all of them side by side: as many as each has left at least.
void hash_blocks(const std::vector<Lane*>& busy, std::size_t blocks) {
  State state{};
  Places from{};
  Strides stride{};
  from.fill(busy.front()->at);
  for (std::size_t i = 0; i < busy.size(); ++i) {
    from[i] = busy[i]->at;
    stride[i] = k_block;
    for (std::size_t word = 0; word < state.size(); ++word) state[word][i] = busy[i]->state[word];
  }
  (busy.size() <= k_group ? best_run<1>() : best_run<k_most_groups>())(state, from, stride, blocks);
  for (std::size_t i = 0; i < busy.size(); ++i) {
    busy[i]->at += blocks * k_block;
    busy[i]->blocks -= blocks;
    for (std::size_t word = 0; word < state.size(); ++word) busy[i]->state[word] = state[word][i];
  }
}

#else

bool have_lanes() { return false; }

#endif

}  // namespace

void Md5Batch::forget() {
  m_bytes.resize(m_start);
  if (m_outgrown) m_hasher.finish();
  m_open = m_outgrown = false;
}

void Md5Batch::begin(std::uint64_t tag) {
  if (m_open) forget();
  if (m_messages.size() == k_most_messages) compute(false);
  m_tag = tag;
  m_start = m_bytes.size();
  m_open = true;
}

void Md5Batch::append(Bytes bytes) {
  if (!m_outgrown && bytes.size() > k_longest - (m_bytes.size() - m_start)) {
    m_hasher.update(Bytes(m_bytes).subspan(m_start));
    m_bytes.resize(m_start);
    m_outgrown = true;
  }
  if (m_outgrown) {
    m_hasher.update(bytes);
    return;
  }
  if (bytes.size() > k_most_queued - m_bytes.size()) compute(false);
  if (m_bytes.capacity() == 0) m_bytes.reserve(k_most_queued);  // never grown, so never held twice
  m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end());
}

void Md5Batch::end() {
  if (m_outgrown)
    finish_hasher(m_tag);
  else
    m_messages.push_back({m_tag, m_start, m_bytes.size() - m_start, 0, md5::k_start});
  m_open = m_outgrown = false;
  m_start = m_bytes.size();
}

void Md5Batch::flush() {
  if (m_open) forget();
  compute(true);
}

void Md5Batch::finish_hasher(std::uint64_t tag) {
  const Buffer raw = m_hasher.finish();
  Md5Digest digest;
  std::copy_n(raw.begin(), digest.size(), digest.begin());
  m_done(tag, digest);
}

void Md5Batch::one_by_one(const Message& message) {
  m_hasher.update(Bytes(m_bytes).subspan(message.offset, message.size));
  finish_hasher(message.tag);
}

// Only called while no message is in m_hasher.
void Md5Batch::compute(bool is_end) {
  // The longest first: the short ones at the end let all lanes come to their end together.
  std::sort(m_messages.begin(), m_messages.end(), [](const Message& a, const Message& b) {
    return a.size != b.size ? a.size > b.size : a.offset < b.offset;
  });
  const bool any_begun =
      std::any_of(m_messages.begin(), m_messages.end(), [](const Message& one) { return one.hashed > 0; });
  if (!have_lanes() || (is_end && !any_begun && m_messages.size() < k_fewest)) {
    for (const Message& message : m_messages) one_by_one(message);
    m_messages.clear();
  } else {
    in_lanes(is_end);
  }
  close_gaps();
}

// Moves what is not hashed yet to the front.
void Md5Batch::close_gaps() {
  std::sort(m_messages.begin(), m_messages.end(),
            [](const Message& a, const Message& b) { return a.offset < b.offset; });
  const auto begin = m_bytes.begin();
  std::size_t to = 0;
  const auto move = [&](std::size_t from, std::size_t size) {
    const auto place = begin + static_cast<std::ptrdiff_t>(from);
    std::copy(place, place + static_cast<std::ptrdiff_t>(size), begin + static_cast<std::ptrdiff_t>(to));
    to += size;
    return to - size;
  };
  for (Message& message : m_messages) message.offset = move(message.offset, message.size);
  m_start = move(m_start, m_bytes.size() - m_start);
  m_bytes.resize(to);
}

void Md5Batch::in_lanes([[maybe_unused]] bool is_end) {
#if defined(__x86_64__)
  std::array<Lane, k_lanes> lanes;
  std::vector<Lane*> busy;
  std::size_t next = 0;
  for (;;) {
    busy.clear();
    std::size_t blocks = 0, waiting = 0;
    bool in_tail = false;
    for (Lane& lane : lanes) {
      if (!lane.busy && next < m_messages.size()) {
        const Message& message = m_messages[next];
        lane.take(next++, Bytes(m_bytes).subspan(message.offset, message.size), message.hashed, message.state);
      }
      if (!lane.busy) continue;
      busy.push_back(&lane);
      blocks = blocks == 0 ? lane.blocks : std::min(blocks, lane.blocks);
      in_tail = in_tail || lane.in_tail;
      waiting += lane.blocks * k_block;
    }
    if (busy.empty()) break;
    if (!is_end && busy.size() < k_worth && !in_tail && waiting <= k_most_waiting) break;
    hash_blocks(busy, blocks);
    for (Lane* const lane : busy) {
      if (lane->blocks > 0) continue;
      if (!lane->in_tail) {
        lane->to_tail();
        continue;
      }
      m_done(m_messages[lane->message].tag, digest_of(lane->state));
      lane->busy = false;
    }
  }
  std::vector<Message> begun;
  for (const Lane* const lane : busy) {
    Message message = m_messages[lane->message];
    const std::size_t done = static_cast<std::size_t>(lane->at - (m_bytes.data() + message.offset));
    message.offset += done;
    message.size -= done;
    message.hashed += done;
    message.state = lane->state;
    begun.push_back(message);
  }
  m_messages = std::move(begun);
#endif
}

}  // namespace hullcheck::util
