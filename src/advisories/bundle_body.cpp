#include "advisories/bundle_body.hpp"

#include <algorithm>
#include <filesystem>

#include "advisories/row.hpp"
#include "formats/decompress.hpp"
#include "util/digest.hpp"
#include "util/file.hpp"

namespace hullcheck::advisories {
namespace {

constexpr std::string_view k_magic = "HCKABUN1";
constexpr std::uint64_t k_largest_body = 8ULL << 30;
constexpr std::size_t k_hash_bytes = 32;
constexpr std::size_t k_longest_item = 2 << 20;   // a record or a text; larger ones are in no database
constexpr std::uint64_t k_most_rows = 1'000'000;  // of one of the small tables
constexpr int k_level = 17;
constexpr std::size_t k_flush = 1 << 20;

void encode(const Tables& tables, util::Encoder& out) {
  out.string(tables.built);
  out.string(tables.digest);
  out.u64(tables.sources.size());
  for (const auto& [stored, state] : tables.sources) {
    for (const auto* text : {&stored.name, &stored.feed, &stored.subject, &stored.url, &stored.validator,
                             &stored.outcome, &state.checked, &state.newest_record})
      out.string(*text);
    out.u64(stored.skipped);
    out.u64(state.records);
  }
  out.u64(tables.kev.size());
  for (const auto& [cve, entry] : tables.kev) {
    out.string(cve);
    out.string(entry.since);
    out.string(entry.due);
    out.boolean(entry.ransomware);
  }
  out.u64(tables.gaps.size());
  for (const auto& gap : tables.gaps) {
    for (const auto* text : {&gap.id, &gap.subject, &gap.reason}) out.string(*text);
    out.boolean(gap.effect == model::GapEffect::unknown);
  }
}

Result<std::unique_ptr<formats::ByteStream>> unpacked(formats::ByteStream& file) {
  formats::DecompressLimits limits;
  limits.output_bytes = k_largest_body;
  formats::Compression found = formats::Compression::none;
  auto plain = TRY(formats::decompress(file, limits, &found));
  if (found != formats::Compression::zstd) return bundle_malformed();
  return plain;
}

// Size of the body of a file whose magic and digest are right.
Result<std::uint64_t> verified_size(const OpenBundle& open) {
  const auto file = TRY(open());
  const auto plain = TRY(unpacked(*file));
  util::Hasher hasher(util::Hash::sha256);
  Buffer head, tail;  // the tail may be the digest, so it is hashed only when more follows
  std::uint64_t size = 0;
  for (Bytes block = TRY(plain->next()); !block.empty(); block = TRY(plain->next())) {
    if (head.size() < k_magic.size())
      head.insert(head.end(), block.begin(),
                  block.begin() + static_cast<std::ptrdiff_t>(std::min(block.size(), k_magic.size() - head.size())));
    size += block.size();
    tail.insert(tail.end(), block.begin(), block.end());
    if (tail.size() <= k_hash_bytes) continue;
    const std::size_t sure = tail.size() - k_hash_bytes;
    hasher.update(Bytes(tail).first(sure));
    tail.erase(tail.begin(), tail.begin() + static_cast<std::ptrdiff_t>(sure));
  }
  if (size < k_magic.size() + k_hash_bytes || as_text(head) != k_magic) return bundle_malformed();
  if (hasher.finish() != tail)
    return make_error(ErrorCode::mismatch, "bundle-digest", "the file is damaged: its digest is another one");
  return size - k_hash_bytes;
}

}  // namespace

Error bundle_malformed() {
  return make_error(ErrorCode::malformed, "bundle-malformed", "the file is no advisory bundle, or damaged");
}

Buffer short_hash(Bytes record) {
  util::Hasher hasher(util::Hash::sha256);
  hasher.update(record);
  Buffer digest = hasher.finish();
  digest.resize(k_short_hash);
  return digest;
}

Result<Records> records_of(const RowCursor& row, std::size_t sources) {
  Records records;
  TRY(each_entry(row.records(), [&](std::size_t source, Bytes record) -> Result<void> {
    if (source >= sources)
      return make_error(ErrorCode::malformed, "database-malformed", "a record names a source that is not there");
    records.emplace_back(source, Buffer(record.begin(), record.end()));
    return {};
  }));
  return records;
}

void put_records(const Records& records, util::Encoder& out) {
  out.u64(records.size());
  for (const auto& [source, record] : records) {
    out.u64(source);
    out.bytes(record);
  }
}

Result<Tables> tables_of(const Database& database) {
  Tables tables;
  tables.built = database.state().built;
  tables.digest = database.state().digest;
  for (std::size_t i = 0; i < database.sources().size(); ++i)
    tables.sources.push_back({database.sources()[i], database.state().sources[i]});
  TRY(database.each_known_exploited(
      [&](std::string_view cve, const KnownExploited& entry) { tables.kev.emplace(cve, entry); }));
  tables.gaps = database.gaps();
  return tables;
}

BundleWriter::BundleWriter(std::uint64_t kind, const Tables& tables) : m_zstd(k_level), m_hash(util::Hash::sha256) {
  m_encoder.raw(as_bytes(k_magic));
  m_encoder.u64(kind);
  encode(tables, m_encoder);
}

util::Encoder& BundleWriter::out() {
  if (m_encoder.data().size() >= k_flush) flush();
  return m_encoder;
}

Result<std::uint64_t> BundleWriter::write(const std::string& path) {
  flush();
  m_zstd.add(m_hash.finish());
  const Buffer whole = m_zstd.finish();
  TRY(util::write_output_file(path, whole, 0644));
  return static_cast<std::uint64_t>(whole.size());
}

void BundleWriter::flush() {
  const Buffer bytes = m_encoder.take();
  m_encoder = {};
  m_hash.update(bytes);
  m_zstd.add(bytes);
}

Result<BodyReader> BodyReader::open(const OpenBundle& open) {
  BodyReader reader;
  reader.m_size = reader.m_left = TRY(verified_size(open));
  reader.m_file = TRY(open());
  reader.m_plain = TRY(unpacked(*reader.m_file));
  (void)reader.raw(k_magic.size());
  if (reader.failed()) return reader.problem();
  return reader;
}

// True once `size` bytes stand in the window: those of the body, not those of the digest behind it.
bool BodyReader::have(std::size_t size) {
  if (m_failed || size > m_left) return false;
  if (m_window.size() - m_at >= size) return true;
  m_window.erase(m_window.begin(), m_window.begin() + static_cast<std::ptrdiff_t>(m_at));
  m_at = 0;
  while (m_window.size() < size) {
    const auto block = m_plain->next();
    if (!block || block->empty()) {  // another file than the one that was hashed
      if (!block) m_problem = block.error();
      fail();
      return false;
    }
    m_window.insert(m_window.end(), block->begin(), block->end());
  }
  return true;
}

std::uint64_t BodyReader::u64() {
  constexpr std::size_t k_longest = 10;
  const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(k_longest, m_left));
  if (!have(most)) return 0;
  util::Decoder decoder(Bytes(m_window).subspan(m_at, most));
  const std::uint64_t value = decoder.u64();
  if (decoder.failed()) {
    fail();
    return 0;
  }
  const std::size_t used = most - decoder.rest().size();
  m_at += used;
  m_left -= used;
  return value;
}

bool BodyReader::boolean() {
  const std::uint64_t value = u64();
  if (value > 1) fail();
  return value == 1;
}

Bytes BodyReader::raw(std::uint64_t size) {
  if (size > k_longest_item || !have(static_cast<std::size_t>(size))) {
    fail();
    return {};
  }
  const Bytes found = Bytes(m_window).subspan(m_at, static_cast<std::size_t>(size));
  m_at += found.size();
  m_left -= found.size();
  return found;
}

std::uint64_t BodyReader::count(std::uint64_t least) {
  const std::uint64_t value = u64();
  if (value > m_left / least) {
    fail();
    return 0;
  }
  return value;
}

Result<Records> BodyReader::records(std::size_t sources) {
  Records out;
  for (std::uint64_t left = count(2); left > 0; --left) {
    const std::uint64_t source = u64();
    const Bytes record = bytes();
    if (m_failed) return problem();
    if (source >= sources || !decode_record(record).ok()) return bundle_malformed();
    out.emplace_back(source, Buffer(record.begin(), record.end()));
  }
  if (m_failed) return problem();
  return out;
}

Result<Tables> BodyReader::tables() {
  Tables tables;
  tables.built = string();
  tables.digest = string();
  std::uint64_t rows = 0;  // of all the small tables
  const auto more = [&](std::uint64_t& left) {
    if (left == 0 || m_failed || ++rows > k_most_rows) return false;
    --left;
    return true;
  };
  for (std::uint64_t left = count(10); more(left);) {
    BuiltSource& source = tables.sources.emplace_back();
    auto& [stored, state] = source;
    for (auto* text : {&stored.name, &stored.feed, &stored.subject, &stored.url, &stored.validator, &stored.outcome,
                       &state.checked, &state.newest_record})
      *text = string();
    stored.skipped = u64();
    state.records = u64();
    state.name = stored.name;
  }
  for (std::uint64_t left = count(4); more(left);) {
    std::string cve(string());
    KnownExploited entry;
    entry.since = string();
    entry.due = string();
    entry.ransomware = boolean();
    tables.kev.emplace(std::move(cve), std::move(entry));
  }
  for (std::uint64_t left = count(4); more(left);) {
    model::Gap& gap = tables.gaps.emplace_back();
    gap.stage = "advisories";
    for (auto* text : {&gap.id, &gap.subject, &gap.reason}) *text = string();
    gap.effect = boolean() ? model::GapEffect::unknown : model::GapEffect::note;
  }
  if (m_failed) return problem();
  if (rows > k_most_rows) return bundle_malformed();
  return tables;
}

Unfinished::~Unfinished() {
  std::error_code ignored;
  if (!m_file.empty()) std::filesystem::remove(m_file, ignored);
}

Target::Target(std::string path, DatabaseLock lock, DatabaseBuilder builder)
    : m_path(std::move(path)),
      m_lock(std::move(lock)),
      m_unfinished(m_path + ".new"),
      m_builder(std::move(builder)) {}

Result<Target> Target::create(const std::string& path, const ImportOptions& options) {
  TRY(util::make_folder(std::filesystem::absolute(path).parent_path()));
  auto lock = TRY(DatabaseLock::take(path + ".lock", options.lock_wait, options.stop));
  auto builder = TRY(DatabaseBuilder::create(path + ".new"));
  return Target(path, std::move(lock), std::move(builder));
}

Result<void> Target::add(const KeyPair& key, const Records& records) {
  for (const auto& [source, record] : records) TRY(m_builder.add(key.first, key.second, source, record));
  m_records += records.size();
  return {};
}

Result<BundleInfo> Target::finish(Tables tables) {
  TRY(m_builder.settle());
  TRY(m_builder.finish(tables.sources, tables.kev, std::move(tables.gaps), tables.built));
  BundleInfo info;
  info.records = m_records;
  info.digest = m_builder.digest();
  info.built = tables.built;
  m_builder.close();
  if (info.digest != tables.digest)
    return make_error(ErrorCode::mismatch, "bundle-digest", "the content is not what the file says that it is");
  TRY(replace_database(m_path + ".new", m_path));
  return info;
}

}  // namespace hullcheck::advisories
