#include "scan/layer_runner.hpp"

#include <algorithm>

#include "formats/block_channel.hpp"
#include "util/digest.hpp"

namespace hullcheck::scan {
namespace {

constexpr std::size_t k_guess_bytes = 64 * 1024;
// How far the bytes of streamed layers may be ahead of those who look at them, in all: 64 MiB.
constexpr std::size_t k_blocks_ahead = 256, k_fewest_blocks_ahead = 8;
// Facts that take more than this are made again each time: on their way into the store they are in memory three times
// over, which for millions of files is more than the scan itself needs.
constexpr std::uint64_t k_most_stored = 128ULL << 20;
constexpr std::uint64_t k_encoded_entry = 32;  // beside its names

// About.
std::uint64_t encoded_size(const layers::LayerFacts& facts) {
  std::uint64_t size = facts.text.bytes() + k_encoded_entry * facts.entries.size();
  for (const auto& [id, section] : facts.sections)
    for (const layers::Record& record : section.records) size += record.data.size();
  return size;
}

// Gives back blocks that were read ahead, then the rest of the stream.
class Prefixed final : public formats::ByteStream {
 public:
  Prefixed(Buffer prefix, formats::ByteStream& rest) : m_prefix(std::move(prefix)), m_rest(rest) {}
  Result<Bytes> next() override {
    if (!m_given && !m_prefix.empty()) {
      m_given = true;
      return Bytes(m_prefix);
    }
    return m_rest.next();
  }

 private:
  Buffer m_prefix;
  formats::ByteStream& m_rest;
  bool m_given = false;
};

Result<Buffer> read_ahead(formats::ByteStream& bytes) {
  Buffer head;
  while (head.size() < k_guess_bytes) {
    const Bytes block = TRY(bytes.next());
    if (block.empty()) break;
    head.insert(head.end(), block.begin(), block.end());
  }
  return head;
}

std::string guess_key(const acquire::LayerInfo& info, Bytes head) {
  const Bytes first = head.first(std::min(head.size(), k_guess_bytes));
  return util::sha256_hex(first) + ":" + std::to_string(info.size);
}

// Entries with more digests are not good for a scan that makes fewer: what can be verified decides findings, and a
// scan gives the same answer whatever ran before it.
constexpr std::string_view k_core = "core", k_core_all_digests = "core, all digests";
std::string_view core_part(bool all_digests) { return all_digests ? k_core_all_digests : k_core; }

store::StoredLayer stored_layer(const layers::LayerFacts& facts, bool all_digests) {
  store::StoredLayer stored;
  stored.parts[std::string(core_part(all_digests))] = layers::encode_core(facts);
  for (const auto& [id, section] : facts.sections) stored.parts[id] = layers::encode_section(section);
  return stored;
}

LayerState state_of(const acquire::LayerInfo& info, layers::LayerOutcome outcome) {
  LayerState state;
  state.info = info;
  state.blob_digest = outcome.blob_digest;
  state.diff_id = outcome.diff_id;
  state.blob_size = outcome.blob_size;
  state.trouble = outcome.interrupted;
  state.facts = std::move(outcome.facts);
  state.read = true;
  return state;
}

}  // namespace

LayerRunner::LayerRunner(RunnerOptions options, store::FactStore& store, std::stop_token stop,
                         util::Progress& progress, util::Profile& profile)
    : m_options(std::move(options)),
      m_store(store),
      m_stop(std::move(stop)),
      m_progress(progress),
      m_profile(profile),
      m_most_streams(std::max<std::size_t>(m_options.threads, 2)),
      m_pool(m_options.threads) {
  for (const layers::Section& section : m_options.analyse.sections) m_wanted[section.id] = section.fingerprint;
  if (m_options.analyse.scan != nullptr)
    m_wanted[std::string(layers::k_content_section)] = m_options.analyse.scan->fingerprint();
}

LayerRunner::~LayerRunner() = default;

bool LayerRunner::claim(const std::string& key) {
  const std::lock_guard lock(m_mutex);
  return m_claimed.insert(key).second;
}

void LayerRunner::keep(LayerState state) {
  const std::lock_guard lock(m_mutex);
  std::string key = state.info.key;
  m_done.insert_or_assign(std::move(key), std::move(state));
}

LayerRunner::Stored LayerRunner::load(const std::string& diff_id) {
  if (diff_id.empty()) return {};
  const util::Timer timer(m_profile, "store/load");
  const auto stored = m_store.load(diff_id);
  if (!stored) return {};
  const bool all_digests = m_options.analyse.all_digests;
  const auto part = [&](std::string_view id) {
    const auto found = stored->parts.find(std::string(id));
    return found == stored->parts.end() ? Bytes() : Bytes(found->second);
  };
  const Bytes core = part(core_part(all_digests));
  // The sections do not depend on the digests: with the other entries only these are made again.
  auto facts = layers::decode_core(core.empty() ? part(core_part(!all_digests)) : core);
  if (!facts || (*facts)->diff_id != diff_id) return {};
  const auto entries = static_cast<std::uint32_t>((*facts)->entries.size());
  for (const auto& [id, fingerprint] : m_wanted) {
    const Bytes bytes = part(id);
    if (bytes.empty()) continue;
    auto section = layers::decode_section(bytes, entries);
    if (section && section->fingerprint == fingerprint) (*facts)->sections.emplace(id, std::move(*section));
  }
  const bool whole = (*facts)->sections.size() == m_wanted.size() && !core.empty();
  return {std::move(*facts), whole};
}

bool LayerRunner::known(const acquire::LayerInfo& info) {
  {
    const std::lock_guard lock(m_mutex);
    if (m_done.contains(info.key)) return true;
    if (m_claimed.contains(info.key)) return false;
  }
  if (info.diff_id.empty()) return false;
  LayerState state;
  state.info = info;
  state.blob_digest = info.blob_digest;
  state.blob_size = info.size;
  state.diff_id = info.diff_id;
  if (!info.trusted_diff_id) {
    const auto verified = m_store.verified_blob(info.blob_digest);
    // A manifest that lies about the size is to be told so on every scan, not on the first one only.
    if (!verified || verified->diff_id != info.diff_id || (info.size != 0 && info.size != verified->size))
      return false;
    state.blob_size = verified->size;
  }
  Stored stored = load(info.diff_id);
  if (!stored.whole || !claim(info.key)) return false;
  state.facts = std::move(stored.facts);
  // What an engine's export would have held: layers as they are, uncompressed.
  if (info.trusted_diff_id && info.blob_digest.empty()) {
    state.blob_digest = state.diff_id;
    state.blob_size = state.facts->tar_size;
  }
  keep(std::move(state));
  return true;
}

void LayerRunner::offer(acquire::LayerInfo info, acquire::OpenLayer open) {
  if (!claim(info.key)) return;
  m_progress.expect(info.size);
  m_pool.submit([this, info = std::move(info), open = std::move(open)] { run(info, open); });
}

void LayerRunner::run(const acquire::LayerInfo& info, const acquire::OpenLayer& open) {
  if (reuse(info, open)) return;
  auto bytes = open();
  if (!bytes) {
    LayerState state;
    state.info = info;
    state.trouble = std::move(bytes).error();
    keep(std::move(state));
    return;
  }
  layers::LayerOutcome outcome = analyse(**bytes, nullptr);
  remember(outcome, {});
  keep(state_of(info, std::move(outcome)));
}

// Facts are at hand: read the bytes for their digests, and for the sections that are missing. False when it turns out
// to be another layer, or when it could not be read: then it is analysed from the start.
bool LayerRunner::reuse(const acquire::LayerInfo& info, const acquire::OpenLayer& open) {
  const auto verified = info.blob_digest.empty() ? std::nullopt : m_store.verified_blob(info.blob_digest);
  Stored stored = load(verified ? verified->diff_id : info.diff_id);
  if (!stored.facts) return false;
  auto bytes = open();
  if (!bytes) return false;
  if (stored.whole) {
    layers::LayerOutcome outcome =
        layers::digest_layer(**bytes, !verified, m_options.analyse.limits, m_stop, m_progress);
    const bool same = verified ? outcome.blob_digest == info.blob_digest : outcome.diff_id == stored.facts->diff_id;
    if (!same || outcome.interrupted) return false;
    outcome.diff_id = stored.facts->diff_id;
    if (!verified && !outcome.blob_digest.empty())
      (void)m_store.remember_blob(outcome.blob_digest, {outcome.diff_id, outcome.blob_size});
    outcome.facts = std::move(stored.facts);
    keep(state_of(info, std::move(outcome)));
    return true;
  }
  layers::LayerOutcome outcome = analyse(**bytes, stored.facts.get());
  if (outcome.diff_id != stored.facts->diff_id || outcome.interrupted) return false;
  remember(outcome, {});
  keep(state_of(info, std::move(outcome)));
  return true;
}

layers::LayerOutcome LayerRunner::analyse(formats::ByteStream& bytes, const layers::LayerFacts* known) {
  layers::AnalyseOptions options = m_options.analyse;
  options.known = known;
  options.helpers = &m_pool;
  return layers::analyse_layer(bytes, options, m_stop, m_progress, m_profile);
}

void LayerRunner::remember(const layers::LayerOutcome& outcome, const std::string& key) {
  if (!outcome.cacheable || outcome.diff_id.empty()) return;
  if (encoded_size(*outcome.facts) > k_most_stored) return;
  const util::Timer timer(m_profile, "store/save");
  // A store that cannot be written costs the next scan its head start, nothing else.
  if (!m_store.save(outcome.diff_id, stored_layer(*outcome.facts, m_options.analyse.all_digests))) return;
  if (!outcome.blob_digest.empty())
    (void)m_store.remember_blob(outcome.blob_digest, {outcome.diff_id, outcome.blob_size});
  if (!key.empty()) (void)m_store.remember_guess(key, outcome.diff_id);
}

// A layer that streams by. What was guessed from its first bytes stands or falls with the digest at its end; there is
// no second look at the bytes.
void LayerRunner::run_stream(const acquire::LayerInfo& info, formats::ByteStream& bytes, const std::string& key,
                             const Stored& guess) {
  layers::LayerOutcome outcome = guess.whole
                                     ? layers::digest_layer(bytes, true, m_options.analyse.limits, m_stop, m_progress)
                                     : analyse(bytes, guess.facts.get());
  const bool wrong = guess.facts && outcome.diff_id != guess.facts->diff_id;
  if (guess.whole)
    outcome.facts = guess.facts;
  else if (!wrong)
    remember(outcome, key);
  LayerState state = state_of(info, std::move(outcome));
  state.guessed_wrong = wrong;
  keep(std::move(state));
}

// Each layer that was begun holds bytes that wait, so no more are begun than threads can look at.
void LayerRunner::begin_stream() {
  std::unique_lock lock(m_mutex);
  m_stream_ended.wait(lock, [this] { return m_streams < m_most_streams; });
  ++m_streams;
}

void LayerRunner::end_stream() {
  {
    const std::lock_guard lock(m_mutex);
    --m_streams;
  }
  m_stream_ended.notify_one();
}

Result<void> LayerRunner::feed(acquire::LayerInfo info, formats::ByteStream& bytes) {
  if (!claim(info.key)) {
    while (!TRY(bytes.next()).empty()) {
    }
    return {};
  }
  auto head = read_ahead(bytes);
  if (!head) {
    LayerState state;
    state.info = info;
    state.trouble = head.error();
    keep(std::move(state));
    return std::move(head).error();
  }
  const std::string key = guess_key(info, *head);
  Stored guess;
  if (m_options.guess && info.repeatable)
    if (const auto diff_id = m_store.guess(key)) guess = load(*diff_id);

  begin_stream();
  // Looking at a layer takes longer than its bytes take to come: the next layer is begun while the end of this one
  // waits.
  const auto channel =
      std::make_shared<formats::BlockChannel>(std::max(k_fewest_blocks_ahead, k_blocks_ahead / m_most_streams));
  // The job alone holds the reader: once it ends, early too, nothing waits for room in the channel any more.
  std::shared_ptr<formats::ByteStream> reader = channel->reader();
  m_pool.submit([this, channel, reader = std::move(reader), info, key, guess = std::move(guess)]() mutable {
    run_stream(info, *reader, key, guess);
    reader.reset();
    end_stream();
  });
  Prefixed all(std::move(*head), bytes);
  for (;;) {
    auto block = all.next();
    if (!block) {
      channel->close(block.error());
      return std::move(block).error();
    }
    if (block->empty()) break;
    channel->push(*block);
  }
  channel->close();
  return {};
}

std::map<std::string, LayerState> LayerRunner::finish() {
  m_pool.wait_idle();
  const std::lock_guard lock(m_mutex);
  return std::move(m_done);
}

}  // namespace hullcheck::scan
