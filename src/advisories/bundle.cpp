#include "advisories/bundle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "advisories/builder.hpp"
#include "advisories/replace.hpp"
#include "advisories/row.hpp"
#include "formats/decompress.hpp"
#include "formats/zstd_writer.hpp"
#include "util/codec.hpp"
#include "util/digest.hpp"
#include "util/file.hpp"

namespace hullcheck::advisories {
namespace {

constexpr std::string_view k_magic = "HCKABUN1";
constexpr std::uint64_t k_largest_file = 4ULL << 30, k_largest_body = 8ULL << 30;
constexpr std::size_t k_hash_bytes = 32, k_short_hash = 12;
constexpr int k_level = 17;
constexpr std::size_t k_flush = 1 << 20;
constexpr auto k_lock_wait = std::chrono::minutes(10);

Error malformed() {
  return make_error(ErrorCode::malformed, "bundle-malformed", "the file is no advisory bundle, or damaged");
}

// (source, record) of one key, sorted.
using Records = std::vector<std::pair<std::size_t, Buffer>>;

struct Tables {
  std::string built, digest;
  std::vector<BuiltSource> sources;
  std::map<std::string, KnownExploited> kev;
  std::vector<model::Gap> gaps;
};

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

Tables decode_tables(util::Decoder& in) {
  Tables tables;
  tables.built = in.string();
  tables.digest = in.string();
  tables.sources.resize(in.count(10));
  for (auto& [stored, state] : tables.sources) {
    for (auto* text : {&stored.name, &stored.feed, &stored.subject, &stored.url, &stored.validator, &stored.outcome,
                       &state.checked, &state.newest_record})
      *text = in.string();
    stored.skipped = in.u64();
    state.records = in.u64();
    state.name = stored.name;
  }
  for (std::size_t left = in.count(4); left > 0; --left) {
    std::string cve(in.string());
    KnownExploited entry;
    entry.since = in.string();
    entry.due = in.string();
    entry.ransomware = in.boolean();
    tables.kev.emplace(std::move(cve), std::move(entry));
  }
  tables.gaps.resize(in.count(4));
  for (auto& gap : tables.gaps) {
    gap.stage = "advisories";
    for (auto* text : {&gap.id, &gap.subject, &gap.reason}) *text = in.string();
    gap.effect = in.boolean() ? model::GapEffect::unknown : model::GapEffect::note;
  }
  return tables;
}

// Compresses as bytes come, and hashes them.
class BundleFile {
 public:
  BundleFile() : m_zstd(k_level), m_hash(util::Hash::sha256) {}
  util::Encoder& out() {
    if (m_encoder.data().size() >= k_flush) flush();
    return m_encoder;
  }
  Result<std::uint64_t> write(const std::string& path) {
    flush();
    m_zstd.add(m_hash.finish());
    const Buffer whole = m_zstd.finish();
    TRY(util::write_output_file(path, whole, 0644));
    return static_cast<std::uint64_t>(whole.size());
  }

 private:
  void flush() {
    const Buffer bytes = m_encoder.take();
    m_encoder = {};
    m_hash.update(bytes);
    m_zstd.add(bytes);
  }
  formats::ZstdWriter m_zstd;
  util::Hasher m_hash;
  util::Encoder m_encoder;
};

void begin(util::Encoder& out, std::uint64_t kind, const Tables& tables) {
  out.raw(as_bytes(k_magic));
  out.u64(kind);
  encode(tables, out);
}

// Calls visit(ecosystem, package, records) for each key in order. The views are valid during the call.
Result<void> each_key(const Database& database,
                      const std::function<Result<void>(const std::string&, const std::string&, Records&)>& visit) {
  std::string ecosystem, package;
  Records records;
  const auto give = [&]() -> Result<void> {
    if (records.empty()) return {};
    TRY(visit(ecosystem, package, records));
    records.clear();
    return {};
  };
  const auto collect = [&](std::string_view e, std::string_view p, std::size_t source, Bytes record) -> Result<void> {
    if (e != ecosystem || p != package) {
      TRY(give());
      ecosystem = e;
      package = p;
    }
    records.emplace_back(source, Buffer(record.begin(), record.end()));
    return {};
  };
  TRY(database.each_record(collect));
  return give();
}

Result<Buffer> slimmed(Bytes record) {
  Advisory advisory = TRY(decode_record(record));
  for (auto* text : {&advisory.title, &advisory.link, &advisory.published, &advisory.modified}) text->clear();
  return encode_record(advisory);
}

// Whatever happens, the unfinished file does not stay. Once renamed it is no longer there to be removed.
class Unfinished {
 public:
  explicit Unfinished(std::string file) : m_file(std::move(file)) {}
  Unfinished(Unfinished&& other) noexcept : m_file(std::exchange(other.m_file, {})) {}
  Unfinished& operator=(Unfinished&&) = delete;
  ~Unfinished() {
    std::error_code ignored;
    if (!m_file.empty()) std::filesystem::remove(m_file, ignored);
  }

 private:
  std::string m_file;
};

// A database of what is fed to it, in the place of the one at `path`. Members go in reverse order: the file is
// closed, then removed, and only then may another writer begin.
class Target {
 public:
  static Result<Target> create(const std::string& path) {
    TRY(util::make_folder(std::filesystem::absolute(path).parent_path()));
    auto lock = TRY(DatabaseLock::take(path + ".lock", k_lock_wait, {}));
    auto builder = TRY(DatabaseBuilder::create(path + ".new"));
    return Target(path, std::move(lock), std::move(builder));
  }
  DatabaseBuilder& builder() { return m_builder; }
  // Checks the digest before the old file is touched.
  Result<void> finish(Tables tables, const std::string& expected) {
    TRY(m_builder.settle());
    TRY(m_builder.finish(tables.sources, tables.kev, std::move(tables.gaps), tables.built));
    digest = m_builder.digest();
    m_builder.close();
    if (digest == expected) return replace_database(m_path + ".new", m_path);
    return make_error(ErrorCode::mismatch, "bundle-digest", "the content is not what the file says that it is");
  }
  std::string digest;

 private:
  Target(std::string path, DatabaseLock lock, DatabaseBuilder builder)
      : m_path(std::move(path)),
        m_lock(std::move(lock)),
        m_unfinished(m_path + ".new"),
        m_builder(std::move(builder)) {}
  std::string m_path;
  DatabaseLock m_lock;
  Unfinished m_unfinished;
  DatabaseBuilder m_builder;
};

Buffer short_hash(Bytes record) {
  util::Hasher hasher(util::Hash::sha256);
  hasher.update(record);
  Buffer digest = hasher.finish();
  digest.resize(k_short_hash);
  return digest;
}

Result<Buffer> body_of(const std::string& file) {
  auto stream = TRY(formats::file_stream(file));
  formats::DecompressLimits limits;
  limits.output_bytes = k_largest_body;
  formats::Compression found = formats::Compression::none;
  const auto plain = TRY(formats::decompress(*stream, limits, &found));
  if (found != formats::Compression::zstd) return malformed();
  Buffer body;
  for (Bytes block = TRY(plain->next()); !block.empty(); block = TRY(plain->next()))
    body.insert(body.end(), block.begin(), block.end());
  if (body.size() < k_magic.size() + k_hash_bytes || as_text(body).substr(0, k_magic.size()) != k_magic)
    return malformed();
  util::Hasher hasher(util::Hash::sha256);
  hasher.update(Bytes(body).first(body.size() - k_hash_bytes));
  const Buffer digest = hasher.finish();
  if (!std::equal(digest.begin(), digest.end(), body.end() - k_hash_bytes))
    return make_error(ErrorCode::mismatch, "bundle-digest", "the file is damaged: its digest is another one");
  body.resize(body.size() - k_hash_bytes);
  return body;
}

// The next (source, record)* of the file.
Result<void> take_records(util::Decoder& in, std::size_t sources, Records& out) {
  for (std::size_t left = in.count(2); left > 0; --left) {
    const std::uint64_t source = in.u64();
    const Bytes record = in.bytes();
    if (in.failed() || source >= sources || !decode_record(record).ok()) return malformed();
    out.emplace_back(source, Buffer(record.begin(), record.end()));
  }
  return in.failed() ? Result<void>(malformed()) : Result<void>();
}

Result<BundleInfo> import_whole(util::Decoder& in, Tables tables, const std::string& path) {
  auto target = TRY(Target::create(path));
  BundleInfo info;
  std::string ecosystem, package;
  for (std::size_t left = in.count(3); left > 0; --left) {
    std::string next(in.string());
    if (next.empty()) next = ecosystem;
    const std::string_view name = in.string();
    if (in.failed() || std::tie(next, name) <= std::tuple<const std::string&, std::string_view>(ecosystem, package))
      return malformed();
    ecosystem = std::move(next);
    package = name;
    Records records;
    TRY(take_records(in, tables.sources.size(), records));
    for (const auto& [source, record] : records) TRY(target.builder().add(ecosystem, package, source, record));
    info.records += records.size();
  }
  if (in.failed() || !in.at_end()) return malformed();
  const std::string expected = tables.digest;
  TRY(target.finish(std::move(tables), expected));
  info.digest = target.digest;
  return info;
}

struct KeyChange {
  std::set<std::pair<std::uint64_t, Buffer>> gone;  // source in the new numbering, short hash
  Records added;
};
using Changes = std::map<std::pair<std::string, std::string>, KeyChange>;

Result<Changes> take_changes(util::Decoder& in, std::size_t sources) {
  Changes changes;
  for (std::size_t left = in.count(4); left > 0; --left) {
    std::string ecosystem(in.string()), package(in.string());
    KeyChange& change = changes[{std::move(ecosystem), std::move(package)}];
    for (std::size_t gone = in.count(1 + k_short_hash); gone > 0; --gone) {
      const std::uint64_t source = in.u64();
      const Bytes hash = in.raw(k_short_hash);
      change.gone.emplace(source, Buffer(hash.begin(), hash.end()));
    }
    TRY(take_records(in, sources, change.added));
  }
  if (in.failed() || !in.at_end()) return malformed();
  return changes;
}

// Where each source of `from` stands in `to`; sources that are gone get a number behind the last.
std::vector<std::size_t> renumber(const std::vector<StoredSource>& from, const std::vector<BuiltSource>& to) {
  std::vector<std::size_t> out;
  for (const auto& source : from) {
    const auto found = std::find_if(to.begin(), to.end(),
                                    [&](const BuiltSource& built) { return built.stored.name == source.name; });
    out.push_back(static_cast<std::size_t>(found - to.begin()));
  }
  return out;
}

Result<BundleInfo> import_difference(util::Decoder& in, Tables tables, const std::string& path) {
  const std::string base(in.string());
  auto changes = TRY(take_changes(in, tables.sources.size()));
  // Under the lock: an update that ends between the look at the base and the rename would be undone.
  auto target = TRY(Target::create(path));
  auto old = TRY(Database::open(path));
  if (old.state().digest != base)
    return make_error(ErrorCode::mismatch, "bundle-base",
                      fmt::format("the file holds changes to {}, and the database is {}", base, old.state().digest),
                      path);
  const auto numbers = renumber(old.sources(), tables.sources);
  BundleInfo info;
  auto next = changes.begin();
  const auto add = [&](const std::pair<std::string, std::string>& key, const Records& records) -> Result<void> {
    info.records += records.size();
    for (const auto& [source, record] : records) TRY(target.builder().add(key.first, key.second, source, record));
    return {};
  };
  const auto visit = [&](const std::string& ecosystem, const std::string& package, Records& records) -> Result<void> {
    const std::pair key(ecosystem, package);
    for (; next != changes.end() && next->first < key; ++next) TRY(add(next->first, next->second.added));
    const bool changed = next != changes.end() && next->first == key;
    Records kept;
    for (auto& [source, record] : records) {
      const std::size_t number = numbers[source];
      if (number >= tables.sources.size()) continue;
      if (changed && next->second.gone.count({number, short_hash(record)}) > 0) continue;
      kept.emplace_back(number, std::move(record));
    }
    TRY(add(key, kept));
    if (changed) TRY(add(key, (next++)->second.added));
    return {};
  };
  TRY(each_key(old, visit));
  for (; next != changes.end(); ++next) TRY(add(next->first, next->second.added));
  const std::string expected = tables.digest;
  TRY(target.finish(std::move(tables), expected));
  info.digest = target.digest;
  return info;
}

// Two databases side by side, key by key: visit(key, records of the older, records of the newer), both with the
// newer's numbers of sources.
using KeyPair = std::pair<std::string, std::string>;
Result<void> side_by_side(const Database& older, const Database& newer, const std::vector<std::size_t>& numbers,
                          const std::function<Result<void>(const KeyPair&, const Records&, const Records&)>& visit) {
  std::map<KeyPair, Records> old;
  const auto take_old = [&](const std::string& ecosystem, const std::string& package,
                            Records& records) -> Result<void> {
    for (auto& [source, record] : records) source = numbers[source];
    std::sort(records.begin(), records.end());
    old.emplace(KeyPair(ecosystem, package), std::move(records));
    records = {};
    return {};
  };
  TRY(each_key(older, take_old));
  const auto take_new = [&](const std::string& ecosystem, const std::string& package,
                            Records& records) -> Result<void> {
    const KeyPair key(ecosystem, package);
    std::sort(records.begin(), records.end());
    const auto before = old.find(key);
    if (before == old.end()) return visit(key, {}, records);
    if (before->second != records) TRY(visit(key, before->second, records));
    old.erase(before);
    return {};
  };
  TRY(each_key(newer, take_new));
  for (const auto& [key, records] : old) TRY(visit(key, records, {}));
  return {};
}

Records only_in(const Records& a, const Records& b) {
  Records out;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

void put_records(const Records& records, util::Encoder& out) {
  out.u64(records.size());
  for (const auto& [source, record] : records) {
    out.u64(source);
    out.bytes(record);
  }
}

}  // namespace

Result<BundleInfo> export_database(const std::string& path, const std::string& file, Slim slim) {
  const Database database = TRY(Database::open(path));
  Tables tables = TRY(tables_of(database));
  // The digest of a slim copy is known once its rows are: they are built aside, and the digest read off.
  std::vector<std::tuple<std::string, std::string, Records>> keys;
  const auto take = [&](const std::string& ecosystem, const std::string& package, Records& records) -> Result<void> {
    if (slim == Slim::yes) {
      for (auto& [source, record] : records) record = TRY(slimmed(record));
      std::sort(records.begin(), records.end());
      records.erase(std::unique(records.begin(), records.end()), records.end());
    }
    keys.emplace_back(ecosystem, package, std::move(records));
    records = {};
    return {};
  };
  TRY(each_key(database, take));
  BundleInfo info;
  if (slim == Slim::yes) {
    const std::string aside = file + ".slim";
    auto builder = TRY(DatabaseBuilder::create(aside));
    for (const auto& [ecosystem, package, records] : keys)
      for (const auto& [source, record] : records) TRY(builder.add(ecosystem, package, source, record));
    TRY(builder.settle());
    // A slim copy is not what the validators were given for: the next update loads the sources anew.
    for (std::size_t i = 0; i < tables.sources.size(); ++i) {
      tables.sources[i].stored.validator.clear();
      if (tables.sources[i].stored.feed != "kev") tables.sources[i].state.records = builder.records(i);
    }
    TRY(builder.finish(tables.sources, tables.kev, tables.gaps, tables.built));
    tables.digest = builder.digest();
    builder.close();
    std::error_code ignored;
    std::filesystem::remove(aside, ignored);
  }
  BundleFile bundle;
  begin(bundle.out(), 0, tables);
  bundle.out().u64(keys.size());
  std::string before;
  for (const auto& [ecosystem, package, records] : keys) {
    bundle.out().string(ecosystem == before ? "" : ecosystem);
    bundle.out().string(package);
    put_records(records, bundle.out());
    info.records += records.size();
    before = ecosystem;
  }
  info.bytes = TRY(bundle.write(file));
  info.digest = tables.digest;
  return info;
}

Result<BundleInfo> export_difference(const std::string& older_path, const std::string& newer_path,
                                     const std::string& file) {
  const Database older = TRY(Database::open(older_path)), newer = TRY(Database::open(newer_path));
  const Tables tables = TRY(tables_of(newer));
  util::Encoder changes;
  std::uint64_t keys = 0;
  BundleInfo info;
  const auto encode_change = [&](const KeyPair& key, const Records& before, const Records& after) -> Result<void> {
    const Records gone = only_in(before, after), added = only_in(after, before);
    changes.string(key.first);
    changes.string(key.second);
    changes.u64(gone.size());
    for (const auto& [source, record] : gone) {
      changes.u64(source);
      changes.raw(short_hash(record));
    }
    put_records(added, changes);
    info.records += gone.size() + added.size();
    ++keys;
    return {};
  };
  TRY(side_by_side(older, newer, renumber(older.sources(), tables.sources), encode_change));
  BundleFile bundle;
  begin(bundle.out(), 1, tables);
  bundle.out().string(older.state().digest);
  bundle.out().u64(keys);
  bundle.out().raw(changes.data());
  info.bytes = TRY(bundle.write(file));
  info.digest = tables.digest;
  return info;
}

Result<BundleInfo> import_bundle(const std::string& file, const std::string& path) {
  const Buffer body = TRY(body_of(file));
  util::Decoder in(Bytes(body).subspan(k_magic.size()));
  const std::uint64_t kind = in.u64();
  Tables tables = decode_tables(in);
  if (in.failed() || kind > 1) return malformed();
  auto info =
      TRY(kind == 0 ? import_whole(in, std::move(tables), path) : import_difference(in, std::move(tables), path));
  info.bytes = body.size();
  return info;
}

Result<std::vector<RecordChange>> compare_databases(const std::string& older_path, const std::string& newer_path) {
  const Database older = TRY(Database::open(older_path)), newer = TRY(Database::open(newer_path));
  const Tables tables = TRY(tables_of(newer));
  std::vector<RecordChange> out;
  const auto compare = [&](const KeyPair& key, const Records& before, const Records& after) -> Result<void> {
    std::map<std::pair<std::size_t, std::string>, int> sides;  // 1 older, 2 newer, 3 both
    for (const auto& [source, record] : only_in(before, after)) sides[{source, TRY(decode_record(record)).id}] |= 1;
    for (const auto& [source, record] : only_in(after, before)) sides[{source, TRY(decode_record(record)).id}] |= 2;
    for (const auto& [what, side] : sides) {
      RecordChange change;
      change.kind = side == 3   ? RecordChange::Kind::changed
                    : side == 1 ? RecordChange::Kind::removed
                                : RecordChange::Kind::added;
      change.source =
          what.first < tables.sources.size() ? tables.sources[what.first].stored.name : "(source is gone)";
      change.ecosystem = key.first;
      change.package = key.second;
      change.id = what.second;
      out.push_back(std::move(change));
    }
    return {};
  };
  TRY(side_by_side(older, newer, renumber(older.sources(), tables.sources), compare));
  std::sort(out.begin(), out.end(), [](const RecordChange& a, const RecordChange& b) {
    return std::tie(a.source, a.ecosystem, a.package, a.id) < std::tie(b.source, b.ecosystem, b.package, b.id);
  });
  return out;
}

}  // namespace hullcheck::advisories
