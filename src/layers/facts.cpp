#include "layers/facts.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "util/codec.hpp"

namespace hullcheck::layers {
namespace {

using util::Decoder;
using util::Encoder;

constexpr std::string_view k_core_magic = "HCLF";
constexpr std::string_view k_section_magic = "HCLS";
// Longest text that may come back out of a cache or a saved file: the tar reader's own limit on names.
constexpr std::size_t k_most_text = 64 * 1024 + 16;

// FNV-1a: finds damage, not tampering (whoever can write the cache can write anything).
std::uint64_t checksum(Bytes bytes) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const std::uint8_t byte : bytes) hash = (hash ^ byte) * 0x100000001b3ULL;
  return hash;
}

// An encoding begins with its magic, its version and room for the checksum of what follows.
constexpr std::size_t k_checksum_size = 8;

Encoder begin(std::string_view magic) {
  Encoder out;
  out.raw(as_bytes(magic));
  out.u64(k_facts_version);
  out.raw(std::array<std::uint8_t, k_checksum_size>{});
  return out;
}

// Fills in the checksum where it stands: the facts of a large layer are not copied for it.
Buffer seal(std::string_view magic, Buffer sealed) {
  const std::size_t place = magic.size() + 1;  // the version is one byte
  std::uint64_t sum = checksum(Bytes(sealed).subspan(place + k_checksum_size));
  for (std::size_t i = 0; i < k_checksum_size; ++i, sum >>= 8) sealed[place + i] = static_cast<std::uint8_t>(sum);
  return sealed;
}
static_assert(k_facts_version < 0x80);

Result<Bytes> unseal(std::string_view magic, Bytes bytes) {
  Decoder in(bytes);
  const Bytes found = in.raw(magic.size());
  if (in.failed() || as_text(found) != magic)
    return make_error(ErrorCode::malformed, "facts-malformed", "these are not layer facts");
  const std::uint64_t version = in.u64();
  if (version != k_facts_version)
    return make_error(ErrorCode::unsupported, "facts-version", "the layer facts were made by another release");
  const auto sum = read_le<std::uint64_t>(in.raw(k_checksum_size), 0);
  const Bytes body = in.rest();
  if (!sum || checksum(body) != *sum)
    return make_error(ErrorCode::malformed, "facts-checksum", "the layer facts are damaged");
  return body;
}

Error malformed() { return make_error(ErrorCode::malformed, "facts-malformed", "the layer facts do not decode"); }

void put_problems(Encoder& out, const std::vector<Problem>& problems) {
  out.u64(problems.size());
  for (const Problem& problem : problems) {
    out.u64(problem.entry);
    out.string(problem.name);
    out.string(problem.message);
    out.string(problem.subject);
  }
}

// A number that has no place in the field would come back as another one.
std::uint8_t get_byte(Decoder& in) {
  const std::uint64_t value = in.u64();
  if (value > std::numeric_limits<std::uint8_t>::max()) in.fail();
  return static_cast<std::uint8_t>(value);
}

std::vector<Problem> get_problems(Decoder& in) {
  std::vector<Problem> problems(in.count(4));
  for (Problem& problem : problems) {
    problem.entry = in.u32();
    problem.name = in.string();
    problem.message = in.string();
    problem.subject = in.string();
  }
  return problems;
}

void put_entry(Encoder& out, const Entry& entry) {
  out.string(entry.path);
  out.string(entry.link);
  out.u64(entry.size);
  out.i64(entry.mtime);
  out.u64(entry.mode);
  out.u64(entry.uid);
  out.u64(entry.gid);
  out.u64(entry.digests == k_none ? 0 : std::uint64_t{entry.digests} + 1);
  out.u64(entry.xattrs == k_none ? 0 : std::uint64_t{entry.xattrs} + 1);
  out.u64(static_cast<std::uint64_t>(entry.type));
  out.u64(static_cast<std::uint64_t>(entry.content));
  out.u64(entry.flags);
}

std::uint32_t get_index(Decoder& in, std::size_t size) {
  const std::uint64_t value = in.u64();
  if (value == 0) return k_none;
  if (value > size) in.fail();
  return static_cast<std::uint32_t>(value - 1);
}

Entry get_entry(Decoder& in, LayerFacts& facts) {
  Entry entry;
  const std::string_view path = in.string();
  const std::string_view link = in.string();
  if (path.size() > k_most_text || link.size() > k_most_text || !is_canonical_path(path)) in.fail();
  if (in.failed()) return entry;
  entry.path = facts.text.add(path);
  entry.link = facts.text.add(link);
  entry.size = in.u64();
  entry.mtime = in.i64();
  entry.mode = in.u32();
  entry.uid = in.u32();
  entry.gid = in.u32();
  entry.digests = get_index(in, facts.digests.size());
  entry.xattrs = get_index(in, facts.xattrs.size());
  const std::uint64_t type = in.u64();
  const std::uint64_t content = in.u64();
  if (type > static_cast<std::uint64_t>(EntryType::opaque) ||
      content > static_cast<std::uint64_t>(ContentKind::sqlite))
    in.fail();
  entry.type = static_cast<EntryType>(type);
  entry.content = static_cast<ContentKind>(content);
  entry.flags = get_byte(in);
  return entry;
}

void put_digests(Encoder& out, const FileDigests& digests) {
  out.u64((digests.has_md5 ? 1U : 0U) | (digests.has_sha1 ? 2U : 0U));
  out.raw(digests.sha256);
  if (digests.has_md5) out.raw(digests.md5);
  if (digests.has_sha1) out.raw(digests.sha1);
}

FileDigests get_digests(Decoder& in) {
  FileDigests digests;
  const auto copy = [&](auto& to) {
    const Bytes from = in.raw(to.size());
    if (!in.failed()) std::copy(from.begin(), from.end(), to.begin());
  };
  const std::uint64_t present = in.u64();
  if (present > 3) in.fail();
  digests.has_md5 = (present & 1) != 0;
  digests.has_sha1 = (present & 2) != 0;
  copy(digests.sha256);
  if (digests.has_md5) copy(digests.md5);
  if (digests.has_sha1) copy(digests.sha1);
  return digests;
}

}  // namespace

std::string_view Arena::add(std::string_view text) {
  if (text.empty()) return {};
  if (m_capacity - m_used < text.size()) {
    m_capacity = std::max<std::size_t>(64 * 1024, text.size());
    m_chunks.push_back(std::make_unique_for_overwrite<char[]>(m_capacity));
    m_bytes += m_capacity;
    m_used = 0;
  }
  char* const place = m_chunks.back().get() + m_used;
  std::memcpy(place, text.data(), text.size());
  m_used += text.size();
  return {place, text.size()};
}

Buffer encode_core(const LayerFacts& facts) {
  Encoder out = begin(k_core_magic);
  out.string(facts.diff_id);
  out.u64(facts.tar_size);
  out.boolean(facts.complete);
  out.u64(facts.digests.size());
  for (const FileDigests& digests : facts.digests) put_digests(out, digests);
  out.u64(facts.xattrs.size());
  for (const auto& list : facts.xattrs) {
    out.u64(list.size());
    for (const auto& [name, value] : list) {
      out.string(name);
      out.string(value);
    }
  }
  out.u64(facts.entries.size());
  for (const Entry& entry : facts.entries) put_entry(out, entry);
  put_problems(out, facts.problems);
  return seal(k_core_magic, out.take());
}

Result<std::unique_ptr<LayerFacts>> decode_core(Bytes bytes) {
  const Bytes body = TRY(unseal(k_core_magic, bytes));
  Decoder in(body);
  auto facts = std::make_unique<LayerFacts>();
  facts->diff_id = in.string();
  facts->tar_size = in.u64();
  facts->complete = in.boolean();
  facts->digests.resize(in.count(33));
  for (FileDigests& digests : facts->digests) digests = get_digests(in);
  facts->xattrs.resize(in.count(1));
  for (auto& list : facts->xattrs) {
    const std::size_t size = in.count(2);
    for (std::size_t i = 0; i < size; ++i) {
      std::string name(in.string());
      std::string value(in.string());
      list.emplace_back(std::move(name), std::move(value));
    }
  }
  const std::size_t entries = in.count(12);
  for (std::size_t i = 0; i < entries && !in.failed(); ++i) facts->entries.push_back(get_entry(in, *facts));
  facts->problems = get_problems(in);
  if (in.failed() || !in.at_end()) return malformed();
  for (const Problem& problem : facts->problems)
    if (problem.entry != k_none && problem.entry >= facts->entries.size()) return malformed();
  return facts;
}

Buffer encode_section(const SectionFacts& section) {
  Encoder out = begin(k_section_magic);
  out.string(section.fingerprint);
  out.u64(section.records.size());
  for (const Record& record : section.records) {
    out.u64(record.entry);
    out.bytes(record.data);
  }
  put_problems(out, section.problems);
  return seal(k_section_magic, out.take());
}

Result<SectionFacts> decode_section(Bytes bytes, std::uint32_t entries) {
  const Bytes body = TRY(unseal(k_section_magic, bytes));
  Decoder in(body);
  SectionFacts section;
  section.fingerprint = in.string();
  section.records.resize(in.count(2));
  for (Record& record : section.records) {
    record.entry = in.u32();
    const Bytes data = in.bytes();
    record.data.assign(data.begin(), data.end());
    if (record.entry >= entries) in.fail();
  }
  // Look-ups are binary.
  for (std::size_t i = 1; i < section.records.size(); ++i)
    if (section.records[i - 1].entry >= section.records[i].entry) in.fail();
  section.problems = get_problems(in);
  for (const Problem& problem : section.problems)
    if (problem.entry != k_none && problem.entry >= entries) in.fail();
  if (in.failed() || !in.at_end()) return malformed();
  return section;
}

}  // namespace hullcheck::layers
