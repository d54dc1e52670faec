// What changed between two databases: as a file, and as a list. Both are walked side by side in key order, so memory
// holds one package of each.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "advisories/bundle_body.hpp"
#include "advisories/row.hpp"

namespace hullcheck::advisories {
namespace {

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

// One change of one key, as the file has them.
struct KeyChange {
  KeyPair key;
  std::set<std::pair<std::uint64_t, Buffer>> gone;  // source in the new numbering, short hash
  Records added;
};

class ChangeReader {
 public:
  ChangeReader(BodyReader& in, std::size_t sources) : m_in(in), m_sources(sources), m_left(in.count(4)) {}
  // Nothing at the end, where the file must end as well.
  Result<std::optional<KeyChange>> next() {
    if (m_in.failed()) return m_in.problem();
    if (m_left == 0) {
      if (!m_in.at_end()) return bundle_malformed();
      return std::optional<KeyChange>();
    }
    --m_left;
    KeyChange change;
    change.key.first = m_in.string();
    change.key.second = m_in.string();
    for (std::uint64_t gone = m_in.count(1 + k_short_hash); gone > 0 && !m_in.failed(); --gone) {
      const std::uint64_t source = m_in.u64();
      const Bytes hash = m_in.raw(k_short_hash);
      change.gone.emplace(source, Buffer(hash.begin(), hash.end()));
    }
    change.added = TRY(m_in.records(m_sources));
    if (change.key <= m_before) return bundle_malformed();
    m_before = change.key;
    return std::optional<KeyChange>(std::move(change));
  }

 private:
  BodyReader& m_in;
  std::size_t m_sources;
  std::uint64_t m_left;
  KeyPair m_before;
};

// Two databases side by side: visit(key, records of the older, records of the newer) for each key that either has,
// both sorted and with the newer's numbers of sources.
Result<void> side_by_side(const Database& older, const Database& newer, const std::vector<std::size_t>& numbers,
                          const std::function<Result<void>(const KeyPair&, const Records&, const Records&)>& visit) {
  auto a = TRY(older.rows()), b = TRY(newer.rows());
  bool in_a = TRY(a.next()), in_b = TRY(b.next());
  const auto key_of = [](const RowCursor& row) { return std::pair(row.ecosystem(), row.package()); };
  while (in_a || in_b) {
    const bool take_a = in_a && (!in_b || key_of(a) <= key_of(b));
    const bool take_b = in_b && (!in_a || key_of(b) <= key_of(a));
    const auto key = key_of(take_a ? a : b);
    const KeyPair owned(key.first, key.second);
    Records before, after;
    if (take_a) {
      before = TRY(records_of(a, numbers.size()));
      for (auto& [source, record] : before) source = numbers[source];
      std::sort(before.begin(), before.end());
    }
    if (take_b) {
      after = TRY(records_of(b, newer.sources().size()));
      std::sort(after.begin(), after.end());
    }
    if (before != after) TRY(visit(owned, before, after));
    if (take_a) in_a = TRY(a.next());
    if (take_b) in_b = TRY(b.next());
  }
  return {};
}

Records only_in(const Records& a, const Records& b) {
  Records out;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

}  // namespace

Result<BundleInfo> import_difference(BodyReader& in, Tables tables, const std::string& path,
                                     const ImportOptions& options) {
  const std::string base(in.string());
  // Under the lock: an update that ends between the look at the base and the rename would be undone.
  auto target = TRY(Target::create(path, options));
  const Database old = TRY(Database::open(path));
  if (old.state().digest != base)
    return make_error(ErrorCode::mismatch, "bundle-base",
                      fmt::format("the file holds changes to {}, and the database is {}", base, old.state().digest),
                      path);
  const auto numbers = renumber(old.sources(), tables.sources);
  ChangeReader changes(in, tables.sources.size());
  auto next = TRY(changes.next());
  auto row = TRY(old.rows());
  while (TRY(row.next())) {
    const KeyPair key(row.ecosystem(), row.package());
    for (; next && next->key < key; next = TRY(changes.next())) TRY(target.add(next->key, next->added));
    const bool changed = next && next->key == key;
    Records kept;
    for (auto& [source, record] : TRY(records_of(row, numbers.size()))) {
      const std::size_t number = numbers[source];
      if (number >= tables.sources.size()) continue;
      if (changed && next->gone.count({number, short_hash(record)}) > 0) continue;
      kept.emplace_back(number, std::move(record));
    }
    TRY(target.add(key, kept));
    if (!changed) continue;
    TRY(target.add(key, next->added));
    next = TRY(changes.next());
  }
  for (; next; next = TRY(changes.next())) TRY(target.add(next->key, next->added));
  return target.finish(std::move(tables));
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
  BundleWriter bundle(k_difference, tables);
  bundle.out().string(older.state().digest);
  bundle.out().u64(keys);
  bundle.out().raw(changes.data());
  info.bytes = TRY(bundle.write(file));
  info.digest = tables.digest;
  info.built = tables.built;
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
