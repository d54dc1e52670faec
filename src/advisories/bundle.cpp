// Whole databases, out and in. Differences are in bundle_difference.cpp.
#include "advisories/bundle.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "advisories/bundle_body.hpp"
#include "advisories/row.hpp"
#include "util/clock.hpp"

namespace hullcheck::advisories {
namespace {

Result<Buffer> slimmed(Bytes record) {
  Advisory advisory = TRY(decode_record(record));
  for (auto* text : {&advisory.title, &advisory.link, &advisory.published, &advisory.modified}) text->clear();
  return encode_record(advisory);
}

// Calls visit(row, records) for each key in order, with the records as they go out.
Result<void> each_row(const Database& database, Slim slim,
                      const std::function<void(const RowCursor&, const Records&)>& visit) {
  auto row = TRY(database.rows());
  while (TRY(row.next())) {
    Records records = TRY(records_of(row, database.sources().size()));
    if (slim == Slim::yes) {
      for (auto& [source, record] : records) record = TRY(slimmed(record));
      std::sort(records.begin(), records.end());
      records.erase(std::unique(records.begin(), records.end()), records.end());
    }
    visit(row, records);
  }
  return {};
}

// What stands before the rows and depends on them: the rows are walked twice, as they may be many.
struct Overview {
  std::uint64_t keys = 0, records = 0;
  std::string digest;
};
Result<Overview> look_over(const Database& database, Slim slim, Tables& tables) {
  Overview overview;
  ContentDigest content;
  std::vector<std::uint64_t> counts(tables.sources.size());
  TRY(each_row(database, slim, [&](const RowCursor& row, const Records& records) {
    Buffer blob;
    for (const auto& [source, record] : records) {
      ++counts[source];
      append_entry(blob, source, record);
    }
    content.add(row.ecosystem(), row.package(), blob);
    overview.records += records.size();
    ++overview.keys;
  }));
  if (slim == Slim::yes) {
    // A slim copy is not what the validators were given for: the next update loads the sources anew.
    for (std::size_t i = 0; i < tables.sources.size(); ++i) {
      tables.sources[i].stored.validator.clear();
      if (tables.sources[i].stored.feed != "kev") tables.sources[i].state.records = counts[i];
    }
  }
  overview.digest = content.finish(tables.sources, tables.kev, tables.gaps);
  return overview;
}

// Asked under the lock. Equal times are no step back: a slim copy has those of the whole one.
Result<void> refuse_older(const std::string& built, const std::string& path) {
  const auto present = Database::open(path);
  if (!present.ok()) return {};  // nothing there that would be lost
  const auto ours = util::parse_rfc3339(present->state().built), theirs = util::parse_rfc3339(built);
  if (!ours || (theirs && *theirs >= *ours)) return {};
  return make_error(ErrorCode::mismatch, "database-older",
                    fmt::format("the database that is offered was last updated at {} and the one that is here at {}, "
                                "so it stays; to go back all the same: --allow-older",
                                theirs ? built : "an unknown time", present->state().built),
                    path);
}

Result<BundleInfo> import_whole(BodyReader& in, Tables tables, const std::string& path,
                                const ImportOptions& options) {
  auto target = TRY(Target::create(path, options));
  if (options.refuse_older) TRY(refuse_older(tables.built, path));
  KeyPair key;
  for (std::uint64_t left = in.count(3); left > 0; --left) {
    KeyPair next;
    next.first = in.string();
    if (next.first.empty()) next.first = key.first;
    next.second = in.string();
    if (in.failed()) return in.problem();
    if (next <= key) return bundle_malformed();
    key = std::move(next);
    const Records records = TRY(in.records(tables.sources.size()));
    TRY(target.add(key, records));
  }
  if (in.failed()) return in.problem();
  if (!in.at_end()) return bundle_malformed();
  return target.finish(std::move(tables));
}

}  // namespace

Result<BundleInfo> export_database(const std::string& path, const std::string& file, Slim slim) {
  const Database database = TRY(Database::open(path));
  Tables tables = TRY(tables_of(database));
  const Overview overview = TRY(look_over(database, slim, tables));
  if (slim == Slim::no && overview.digest != tables.digest)
    return make_error(ErrorCode::malformed, "database-malformed",
                      "the database is damaged: its content does not have its digest; to make a new one: hullcheck "
                      "db update",
                      path);
  tables.digest = overview.digest;
  BundleWriter bundle(k_whole, tables);
  bundle.out().u64(overview.keys);
  std::string before;
  TRY(each_row(database, slim, [&](const RowCursor& row, const Records& records) {
    bundle.out().string(row.ecosystem() == before ? std::string_view() : row.ecosystem());
    bundle.out().string(row.package());
    put_records(records, bundle.out());
    before = row.ecosystem();
  }));
  BundleInfo info;
  info.records = overview.records;
  info.bytes = TRY(bundle.write(file));
  info.digest = tables.digest;
  info.built = tables.built;
  return info;
}

Result<BundleInfo> import_bundle(const OpenBundle& open, const std::string& path, const ImportOptions& options) {
  BodyReader in = TRY(BodyReader::open(open));
  const std::uint64_t kind = in.u64();
  Tables tables = TRY(in.tables());
  if (kind > k_difference) return bundle_malformed();
  if (kind == k_difference && options.refuse_difference)
    return make_error(ErrorCode::unsupported, "bundle-difference", "the file holds changes only, not a database");
  if (!options.expected_digest.empty() && tables.digest != options.expected_digest)
    return make_error(ErrorCode::mismatch, "bundle-digest",
                      fmt::format("the file gives the content {} where {} was promised", tables.digest.substr(0, 100),
                                  options.expected_digest));
  const std::uint64_t size = in.size();
  const auto take = kind == k_whole ? import_whole : import_difference;
  auto info = TRY(take(in, std::move(tables), path, options));
  info.bytes = size;
  return info;
}

Result<BundleInfo> import_bundle(const std::string& file, const std::string& path, const ImportOptions& options) {
  auto done = import_bundle([&] { return formats::file_stream(file); }, path, options);
  if (!done && done.error().subject.empty()) return std::move(done).error().in(file);
  return done;
}

}  // namespace hullcheck::advisories
