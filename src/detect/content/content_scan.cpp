// One search for the literals of all detectors over every byte of a layer.
//
// Hostile: a file may be made of literals, to cost time or to drown the one that matters. Calls to confirm() are
// bounded by file size, and reaching the bound is part of the evidence (k_hit_limit_rule), so it becomes a gap. A
// file without hits costs no allocation.
#include "detect/content/content_scan.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "detect/assess.hpp"
#include "detect/inner/carriers.hpp"
#include "detect/inner/unwrap.hpp"
#include "util/codec.hpp"
#include "util/digest.hpp"
#include "util/result.hpp"

namespace hullcheck::detect {
namespace {

constexpr int k_scan_version = 3;
constexpr std::size_t k_head_bytes = 4096;
constexpr std::size_t k_most_difference_hits = 256;  // in one window

std::string digest_of(const std::vector<ScanClient>& clients) {
  util::Encoder out;
  out.u64(k_scan_version);
  out.u64(k_carrier_version);
  for (const ScanClient& client : clients) {
    out.string(client.id);
    out.i64(client.version);
    for (const Literal& literal : client.detector->literals()) {
      out.string(literal.bytes);
      out.boolean(literal.caseless);
      out.boolean(literal.differenced);
    }
  }
  return util::sha256_hex(out.data()).substr(0, 32);
}

std::string folded(const Literal& literal) {
  std::string bytes = literal.bytes;
  if (!literal.caseless) return bytes;
  for (char& c : bytes)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return bytes;
}

// Instead of a client's number: the literal is one of the carriers'.
constexpr std::uint32_t k_carriers = 0xffffffffU;

}  // namespace

LiteralScan::LiteralScan(std::vector<ScanClient> clients, const std::string& cache_folder)
    : m_clients(std::move(clients)), m_fingerprint(digest_of(m_clients)) {
  std::map<std::pair<std::string, bool>, std::vector<Use>> uses, difference_uses;
  for (std::uint32_t c = 0; c < m_clients.size(); ++c) {
    const std::vector<Literal> literals = m_clients[c].detector->literals();
    for (std::uint32_t i = 0; i < literals.size(); ++i) {
      HULLCHECK_ASSERT(literals[i].bytes.size() >= k_fewest_literal_bytes);
      HULLCHECK_ASSERT(literals[i].bytes.size() <= k_most_literal_bytes);
      auto& place = literals[i].differenced ? difference_uses : uses;
      place[{folded(literals[i]), literals[i].caseless}].push_back({c, i});
    }
    if (m_clients[c].detector->sweeps()) m_sweepers.push_back(c);
  }
  const std::vector<Literal>& carriers = CarrierScan::literals();
  for (std::uint32_t i = 0; i < carriers.size(); ++i) {
    auto& place = carriers[i].differenced ? difference_uses : uses;
    place[{folded(carriers[i]), carriers[i].caseless}].push_back({k_carriers, i});
  }
  std::vector<Pattern> patterns;
  for (auto& [key, list] : uses) {
    patterns.push_back({key.first, key.second});
    m_uses.push_back(std::move(list));
  }
  m_patterns = std::make_unique<PatternDatabase>(std::move(patterns), cache_folder);
  m_first_difference = static_cast<std::uint32_t>(m_uses.size());
  std::vector<std::string> differences;
  for (auto& [key, list] : difference_uses) {
    differences.push_back(key.first);
    m_uses.push_back(std::move(list));
  }
  m_differences = std::make_unique<DifferenceSearch>(std::move(differences));
}

class LiteralScan::FileWorker final : public layers::ContentScan::Worker {
 public:
  // Of a file of the image: brings an unwrapper for what is in it.
  explicit FileWorker(const LiteralScan& scan)
      : FileWorker(scan, std::make_unique<Unwrapper>(scan.m_clients, [&scan](Unwrapper& unwrapper, int depth) {
                     return std::make_unique<FileWorker>(scan, unwrapper, depth);
                   })) {}
  // Of content at that depth inside of a file.
  FileWorker(const LiteralScan& scan, Unwrapper& unwrapper, int depth)
      : m_scan(scan),
        m_scratch(*scan.m_patterns),
        m_sinks(scan.m_clients.size()),
        m_calls(scan.m_clients.size()),
        m_carriers(unwrapper, depth) {}

  void begin(const layers::FileInfo& file) override {
    if (m_own) m_own->begin(file.entry);
    m_carriers.begin(file);
    m_differenced = CarrierScan::differenced(file);
    m_path.assign(file.entry.path);
    m_link.assign(file.entry.link);
    m_entry = file.entry;
    m_entry.path = m_path;
    m_entry.link = m_link;
    m_head.clear();
    m_next = 0;
    m_tail.clear();
    if (m_touched) reset();
  }

  void window(Bytes window, std::uint64_t offset, std::size_t) override {
    m_tail.clear();
    const std::uint64_t end = offset + window.size();
    const bool last = end >= m_entry.size;
    if (offset == 0 && !last) m_head.assign(window.begin(), window.begin() + std::min(window.size(), k_head_bytes));
    const bool complete = m_scan.m_patterns->search(window, m_scratch, k_most_window_hits, m_hits);
    if (!complete) limit_reached("more hits than can be looked at");
    if (m_differenced) search_differences(window);
    const std::uint64_t settled = last ? end : std::max(m_next, end - std::min<std::uint64_t>(end, k_context));
    if (!m_hits.empty()) deliver(window, offset, settled, last);
    find_digit_stretches(window, m_stretches);
    if (!m_scan.m_sweepers.empty()) sweep(window, offset, settled);
    m_carriers.window(window, m_stretches, offset, static_cast<std::size_t>(m_next - std::min(m_next, offset)),
                      static_cast<std::size_t>(settled - offset), last);
    m_next = settled;
  }

  Buffer end() override {
    // Only when the content ended before the promised size.
    if (!m_tail.empty()) {
      m_entry.size = m_tail_offset + m_tail.size();
      const Buffer tail = std::move(m_tail);
      window(tail, m_tail_offset, tail.size());
    }
    std::vector<Evidence> all;
    const auto take = [&all](auto& source) {
      std::vector<Evidence> part = source.take();
      std::move(part.begin(), part.end(), std::back_inserter(all));
    };
    if (m_touched) {
      for (EvidenceSink& sink : m_sinks) take(sink);
      take(m_limits);
      reset();
    }
    if (m_own) take(*m_own);
    return all.empty() ? Buffer{} : encode_evidence(all);
  }

 private:
  // Hands over the hits that begin in [m_next, settled) and keeps the bytes round the later ones.
  void deliver(Bytes window, std::uint64_t offset, std::uint64_t settled, bool last) {
    const bool whole = offset == 0 && last;
    LineCursor cursor;
    for (const PatternHit& found : m_hits) {
      const std::uint64_t at = offset + found.begin;
      if (at < m_next) continue;
      if (at >= settled) {
        const std::size_t from = found.begin - std::min(found.begin, k_context);
        m_tail.assign(window.begin() + static_cast<std::ptrdiff_t>(from), window.end());
        m_tail_offset = offset + from;
        return;
      }
      const std::size_t from = whole ? 0 : found.begin - std::min(found.begin, k_context);
      const std::size_t to = whole ? window.size() : std::min(window.size(), found.begin + k_context);
      for (const Use& use : m_scan.m_uses[found.pattern]) {
        if (use.client == k_carriers)
          m_carriers.hit(use.literal, window, offset, found.begin, last);
        else
          confirm(use, window.subspan(from, to - from), found.begin - from, at,
                  offset == 0 && whole ? &cursor : nullptr);
      }
    }
  }

  void search_differences(Bytes window) {
    m_difference_hits.clear();
    if (!m_scan.m_differences->search(window, k_most_difference_hits, m_difference_hits))
      limit_reached("more hits than can be looked at");
    if (m_difference_hits.empty()) return;
    for (const PatternHit& hit : m_difference_hits)
      m_hits.push_back({hit.begin, hit.pattern + m_scan.m_first_difference});
    std::sort(m_hits.begin(), m_hits.end());
  }

  void sweep(Bytes window, std::uint64_t offset, std::uint64_t settled) {
    const Bytes head = m_head.empty() ? window.first(std::min(window.size(), k_head_bytes)) : Bytes(m_head);
    const layers::FileInfo file{m_entry, head};
    const auto from = static_cast<std::size_t>(m_next - std::min(m_next, offset));
    const auto to = static_cast<std::size_t>(settled - offset);
    for (const std::uint32_t client : m_scan.m_sweepers) {
      m_scan.m_clients[client].detector->sweep({window, from, to, offset, file, m_stretches}, m_sinks[client]);
      m_touched |= !m_sinks[client].empty();
    }
  }

  void confirm(const Use& use, Bytes context, std::size_t position, std::uint64_t offset, LineCursor* cursor) {
    m_touched = true;
    const ScanClient& client = m_scan.m_clients[use.client];
    if (++m_calls[use.client] > k_most_confirms + m_entry.size / k_bytes_per_confirm) {
      limit_reached(client.id);
      return;
    }
    const Bytes head = m_head.empty() ? context.first(std::min(context.size(), k_head_bytes)) : Bytes(m_head);
    const layers::FileInfo file{m_entry, head};
    client.detector->confirm(Hit{use.literal, context, position, offset, file, cursor}, m_sinks[use.client]);
  }

  void limit_reached(std::string_view what) {
    m_touched = true;
    Evidence evidence;
    evidence.rule = k_hit_limit_rule;
    evidence.text = what;
    m_limits.add(std::move(evidence));
  }

  void reset() {
    for (EvidenceSink& sink : m_sinks) sink.clear();
    m_limits.clear();
    std::fill(m_calls.begin(), m_calls.end(), 0);
    m_touched = false;
  }

  FileWorker(const LiteralScan& scan, std::unique_ptr<Unwrapper> own) : FileWorker(scan, *own, 0) {
    m_own = std::move(own);
  }

  const LiteralScan& m_scan;
  PatternDatabase::Scratch m_scratch;
  std::vector<EvidenceSink> m_sinks;   // by client
  std::vector<std::uint64_t> m_calls;  // by client
  EvidenceSink m_limits;
  std::vector<PatternHit> m_hits;
  std::vector<PatternHit> m_difference_hits;
  std::vector<DigitStretch> m_stretches;  // of the window
  std::string m_path, m_link;
  layers::Entry m_entry;
  Buffer m_head;             // of a file that does not fit into one window
  std::uint64_t m_next = 0;  // all hits before this offset have been handed over
  Buffer m_tail;             // what a hit waits in, should no further window come
  std::uint64_t m_tail_offset = 0;
  bool m_touched = false;
  bool m_differenced = false;
  std::unique_ptr<Unwrapper> m_own;  // of the worker for files of the image
  CarrierScan m_carriers;
};

std::unique_ptr<layers::ContentScan::Worker> LiteralScan::worker() const {
  return std::make_unique<FileWorker>(*this);
}

std::vector<ScanClient> registered_clients() {
  std::vector<ScanClient> clients;
  for (const auto& entry : DetectorRegistry::all())
    clients.push_back({entry.descriptor.id, entry.descriptor.version, entry.instance.get()});
  return clients;
}

const layers::ContentScan& content_scan(const std::string& cache_folder) {
  static const LiteralScan scan(registered_clients(), cache_folder);
  return scan;
}

std::vector<Evidence> scan_text(layers::ContentScan::Worker& worker, std::string_view name,
                                layers::ContentKind content, std::string_view text) {
  layers::Entry entry;
  entry.path = name;
  entry.size = text.size();
  entry.content = content;
  worker.begin({entry, as_bytes(text.substr(0, 4096))});
  for (std::size_t at = 0; at < text.size(); at += layers::k_window_size) {
    const std::size_t seen = std::min(at, layers::k_window_overlap);
    worker.window(as_bytes(text.substr(at - seen, seen + layers::k_window_size)), at - seen, seen);
  }
  auto evidence = decode_evidence(worker.end());
  return evidence.ok() ? std::move(evidence).value() : std::vector<Evidence>{};
}

}  // namespace hullcheck::detect
