// The parts of a bundle's format that its writers and readers share; the grammar stands in bundle.hpp.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "advisories/builder.hpp"
#include "advisories/bundle.hpp"
#include "advisories/replace.hpp"
#include "formats/zstd_writer.hpp"
#include "util/codec.hpp"

namespace hullcheck::advisories {

constexpr std::size_t k_short_hash = 12;
constexpr std::uint64_t k_whole = 0, k_difference = 1;  // kinds of body

Error bundle_malformed();
Buffer short_hash(Bytes record);

// (source, record) of one key, sorted.
using Records = std::vector<std::pair<std::size_t, Buffer>>;
using KeyPair = std::pair<std::string, std::string>;  // ecosystem, package

Result<Records> records_of(const RowCursor& row, std::size_t sources);
void put_records(const Records& records, util::Encoder& out);

// Everything of a database beside its rows.
struct Tables {
  std::string built, digest;
  std::vector<BuiltSource> sources;
  std::map<std::string, KnownExploited> kev;
  std::vector<model::Gap> gaps;
};
Result<Tables> tables_of(const Database& database);

// Compresses as bytes come, and hashes them.
class BundleWriter {
 public:
  BundleWriter(std::uint64_t kind, const Tables& tables);
  util::Encoder& out();
  Result<std::uint64_t> write(const std::string& path);

 private:
  void flush();
  formats::ZstdWriter m_zstd;
  util::Hasher m_hash;
  util::Encoder m_encoder;
};

// Decodes a body while it is unpacked. As with util::Decoder a failed read makes every later one fail and gives zeros
// and empty strings; ask failed() at the end, and problem() for what it was.
class BodyReader {
 public:
  // Reads the whole file once for its digest, then opens it again and stands behind the magic.
  static Result<BodyReader> open(const OpenBundle& open);

  std::uint64_t u64();
  bool boolean();
  std::string_view string() { return as_text(bytes()); }
  Bytes bytes() { return raw(u64()); }
  Bytes raw(std::uint64_t size);  // borrowed until the next call
  // A count of items that each take at least `least` bytes: fails when that many cannot follow.
  std::uint64_t count(std::uint64_t least = 1);
  bool failed() const { return m_failed; }
  bool at_end() const { return m_left == 0; }
  Error problem() const { return m_problem ? *m_problem : bundle_malformed(); }
  std::uint64_t size() const { return m_size; }  // of the body

  // The next (source, record)*; the records decode and name one of `sources`.
  Result<Records> records(std::size_t sources);
  Result<Tables> tables();

 private:
  BodyReader() = default;
  void fail() { m_failed = true; }
  bool have(std::size_t size);

  std::unique_ptr<formats::ByteStream> m_file, m_plain;
  Buffer m_window;
  std::size_t m_at = 0;
  std::uint64_t m_size = 0, m_left = 0;  // bytes of the body, and those not yet given
  bool m_failed = false;
  std::optional<Error> m_problem;
};

// Whatever happens, the unfinished file does not stay. Once renamed it is no longer there to be removed.
class Unfinished {
 public:
  explicit Unfinished(std::string file) : m_file(std::move(file)) {}
  Unfinished(Unfinished&& other) noexcept : m_file(std::exchange(other.m_file, {})) {}
  Unfinished& operator=(Unfinished&&) = delete;
  ~Unfinished();

 private:
  std::string m_file;
};

// A database of what is fed to it, in the place of the one at `path`, under its lock. Members go in reverse order:
// the file is closed, then removed, and only then may another writer begin.
class Target {
 public:
  static Result<Target> create(const std::string& path, const ImportOptions& options);
  // In key order.
  Result<void> add(const KeyPair& key, const Records& records);
  // Checks the digest before the old file is touched.
  Result<BundleInfo> finish(Tables tables);

 private:
  Target(std::string path, DatabaseLock lock, DatabaseBuilder builder);
  std::string m_path;
  DatabaseLock m_lock;
  Unfinished m_unfinished;
  DatabaseBuilder m_builder;
  std::uint64_t m_records = 0;
};

// Behind the tables of a difference.
Result<BundleInfo> import_difference(BodyReader& in, Tables tables, const std::string& path,
                                     const ImportOptions& options);

}  // namespace hullcheck::advisories
