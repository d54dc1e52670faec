// Bundles as `db import` reads them, over a database that is there. Input that begins with 'f' is a file as it is
// carried; anything else is a kind of wrapping (one byte) and a body, which gets the digest and the frame that a file
// has, so that mutations get past both.
// Holds beside not crashing: a refusal has a name and leaves the database as it was; what is taken opens, has the
// digest that was told, and each of its records decodes. Either way no unfinished file stays.
#include "advisories/bundle.hpp"

#include <stdlib.h>

#include <filesystem>

#include "advisories/builder.hpp"
#include "advisories/row.hpp"
#include "formats/zstd_writer.hpp"
#include "util/digest.hpp"
#include "util/file.hpp"

using namespace hullcheck;

namespace {

constexpr std::uint64_t k_most = 64ULL << 20;

struct Folder {
  Folder() : path((std::filesystem::temp_directory_path() / "fuzz-bundle-XXXXXX").string()) {
    HULLCHECK_ASSERT(::mkdtemp(path.data()) != nullptr);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
  std::string path;
};

// The database that seeds with a difference are differences to: its content must stay as it is.
void make_base(const std::string& path) {
  auto builder = advisories::DatabaseBuilder::create(path).value();
  std::vector<advisories::BuiltSource> sources(2);
  sources[0].stored.name = sources[0].state.name = "debian";
  sources[1].stored.name = sources[1].state.name = "osv/PyPI";
  const std::pair<const char*, std::size_t> ecosystems[] = {{"Debian:12", 0}, {"PyPI", 1}};
  for (const auto& [ecosystem, source] : ecosystems) {
    for (const char* package : {"alpha", "beta", "gamma"}) {
      advisories::Advisory advisory;
      advisory.id = "CVE-2024-1000";
      advisory.title = "A flaw";
      advisory.ranges.push_back({"", "1.0", ""});
      HULLCHECK_ASSERT(builder.add(ecosystem, package, source, advisories::encode_record(advisory)).ok());
    }
  }
  HULLCHECK_ASSERT(builder.finish(sources, {}, {}, "2026-11-01T00:00:00Z").ok());
  builder.close();
}

Buffer sealed(Bytes body) {
  util::Hasher hasher(util::Hash::sha256);
  hasher.update(body);
  formats::ZstdWriter frame(1);
  frame.add(body);
  frame.add(hasher.finish());
  return frame.finish();
}

void check_taken(const std::string& path, const std::string& digest) {
  const auto database = advisories::Database::open(path);
  HULLCHECK_ASSERT(database.ok() && database->state().digest == digest);
  const auto look = [&](std::string_view, std::string_view, std::size_t source, Bytes record) -> Result<void> {
    HULLCHECK_ASSERT(source < database->sources().size() && advisories::decode_record(record).ok());
    return {};
  };
  HULLCHECK_ASSERT(database->each_record(look).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  static const std::string path = folder.path + "/db", file = folder.path + "/bundle";
  static const Buffer base = [] {
    make_base(path);
    return util::read_file(path, k_most).value();
  }();
  if (size == 0) return 0;
  const Bytes rest(data + 1, size - 1);
  const Buffer bundle = data[0] == 'f' ? Buffer(rest.begin(), rest.end()) : sealed(rest);
  HULLCHECK_ASSERT(util::write_file(file, bundle, 0600).ok());
  const auto info = advisories::import_bundle(file, path);
  HULLCHECK_ASSERT(!std::filesystem::exists(path + ".new"));
  if (info.ok()) {
    check_taken(path, info->digest);
    HULLCHECK_ASSERT(util::write_file(path, base, 0600).ok());
  } else {
    HULLCHECK_ASSERT(!info.error().name.empty() && util::read_file(path, k_most).value() == base);
  }
  return 0;
}
