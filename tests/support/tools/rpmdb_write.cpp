// rpmdb_write ndb|bdb|bdb-be|btree|sqlite IN.sqlite OUT
//   rewrites the packages of an SQLite rpm database as another kind of database, with the same record numbers.
// rpmdb_write seeds DIR
//   writes the seeds of the fuzz targets rpm_header and rpmdb below DIR, one folder each.
#include <fmt/core.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <string>

#include "support/rpm_header_writer.hpp"
#include "support/rpmdb_writer.hpp"

namespace hullcheck::tests {
namespace {

Buffer read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return Buffer((std::istreambuf_iterator<char>(in)), {});
}

bool write_file(const std::string& path, Bytes bytes) {
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  return out.good();
}

using Writer = std::function<Buffer(const std::vector<RpmRecord>&)>;
const std::map<std::string, Writer> k_writers{
    {"ndb", write_ndb},
    {"bdb", [](const auto& records) { return write_bdb(records); }},
    {"bdb-be",
     [](const auto& records) {
       return write_bdb(records, {true, false, 4096});
     }},
    {"btree",
     [](const auto& records) {
       return write_bdb(records, {false, true, 4096});
     }},
    {"sqlite", [](const auto& records) { return write_sqlite(records); }},
};

using Seeds = std::map<std::string, Buffer>;

Buffer with_field(Buffer blob, std::size_t index, std::size_t field, std::uint32_t value) {
  set_index_field(blob, index, field, value);
  return blob;
}

Seeds header_seeds() {
  using Tag = formats::RpmTag;
  const Buffer good = sample_package("bash", "5.1.8");
  RpmHeaderWriter key, old_form, twice, wide, unended, columns;
  key.text(Tag::name, "gpg-pubkey").text(Tag::version, "fd431d51").text(Tag::release, "4ae0493b");
  old_form.text(Tag::name, "old").text(Tag::version, "1").text(Tag::release, "1");
  old_form.texts(Tag::old_file_names, {"/bin/a", "/bin/b"}).texts(Tag::file_digests, {"", std::string(32, 'A')});
  twice.text(Tag::name, "a").text(Tag::name, "b").text(Tag::version, "1").text(Tag::release, "1");
  wide.text(Tag::name, "wide").text(Tag::version, "1").text(Tag::release, "1").texts(Tag::base_names, {"x"});
  wide.texts(Tag::dir_names, {"/"}).numbers32(Tag::dir_indexes, {0}).numbers64(Tag::long_file_sizes, {1ULL << 40});
  unended.raw(1000, 6, 1, {'a', 'b'});
  columns.text(Tag::name, "c").text(Tag::version, "1").text(Tag::release, "1").texts(Tag::base_names, {"x", "y"});
  columns.texts(Tag::dir_names, {"/"}).numbers32(Tag::dir_indexes, {0, 9}).numbers16(Tag::file_modes, {1});
  Seeds seeds{
      {"good", good},
      {"no-files", sample_package("empty", "1", 0)},
      {"many-files", sample_package("many", "1", 40)},
      {"public-key", key.blob()},
      {"old-file-names", old_form.blob(false)},
      {"tag-twice", twice.blob()},
      {"wide-sizes", wide.blob()},
      {"text-without-end", unended.blob(false)},
      {"columns-differ", columns.blob()},
      {"no-tags", RpmHeaderWriter().blob(false)},
      {"nameless", RpmHeaderWriter().text(Tag::version, "1").text(Tag::release, "1").blob()},
      {"epoch", RpmHeaderWriter()
                    .text(Tag::name, "e")
                    .text(Tag::version, "1")
                    .text(Tag::release, "1")
                    .numbers32(Tag::epoch, {7})
                    .blob()},
      {"negative-offset", with_field(good, 3, 2, 0xffff'fff0)},
      {"count-4-billion", with_field(good, 3, 3, 0xffff'ffff)},
      {"unknown-type", with_field(good, 3, 1, 77)},
      {"region-elsewhere", with_field(good, 0, 2, 4)},
      {"region-offset-0", with_field(good, 0, 2, 0)},
      {"cut-index", Buffer(good.begin(), good.begin() + 100)},
      {"cut-data", Buffer(good.begin(), good.end() - 50)},
      {"data-4-gigabytes",
       [&] {
         Buffer blob = good;
         std::fill_n(blob.begin() + 4, 4, 0xff);
         return blob;
       }()},
      {"tags-4-billion",
       [&] {
         Buffer blob = good;
         std::fill_n(blob.begin(), 4, 0xff);
         return blob;
       }()},
      {"type-is-text", with_field(good, 10, 1, 4)},
  };
  return seeds;
}

Seeds database_seeds() {
  const auto some = numbered(
      {sample_package("bash", "5.1.8", 2), big_package("kernel", 1500), sample_package("zlib", "1.2.11", 1)});
  const auto one = numbered({sample_package("bash", "5.1.8", 2)});
  const auto broken = numbered({Buffer(40, 0xff), sample_package("bash", "1", 1), Buffer()});
  const std::vector<RpmRecord> twice{{4, sample_package("a", "1", 0)}, {4, sample_package("a", "1", 0)}};
  Seeds seeds;
  for (const auto& [kind, records] : {std::pair{"some", some}, std::pair{"one", one}, std::pair{"broken", broken}}) {
    seeds[fmt::format("ndb-{}", kind)] = write_ndb(records);
    seeds[fmt::format("sqlite-{}", kind)] = write_sqlite(records, 512);
    seeds[fmt::format("bdb-{}", kind)] = write_bdb(records, {false, false, 512});
    seeds[fmt::format("bdb-be-{}", kind)] = write_bdb(records, {true, false, 512});
    seeds[fmt::format("btree-{}", kind)] = write_bdb(records, {false, true, 512});
  }
  seeds["ndb-twice"] = write_ndb(twice);
  seeds["bdb-twice"] = write_bdb(twice, {false, false, 512});
  seeds["sqlite-wal"] = write_sqlite(one, 1024, true);
  for (const std::string kind : {"ndb", "sqlite", "bdb", "btree"}) {
    Buffer cut = seeds[kind + "-some"];
    cut.resize(cut.size() - 700);
    seeds[kind + "-cut"] = cut;
  }
  return seeds;
}

int write_seeds(const std::filesystem::path& folder) {
  for (const auto& [name, seeds] : {std::pair{"rpm_header", header_seeds()}, std::pair{"rpmdb", database_seeds()}}) {
    std::filesystem::create_directories(folder / name);
    for (const auto& [seed, bytes] : seeds)
      if (!write_file(folder / name / seed, bytes)) return 1;
  }
  return 0;
}

int rewrite(const std::string& kind, const std::string& from, const std::string& to) {
  const auto writer = k_writers.find(kind);
  if (writer == k_writers.end()) {
    fmt::print(stderr, "rpmdb_write: unknown kind {}\n", kind);
    return 2;
  }
  const std::vector<RpmRecord> records = read_with_libsqlite(read_file(from));
  if (records.empty() || !write_file(to, writer->second(records))) {
    fmt::print(stderr, "rpmdb_write: nothing to read in {} or cannot write {}\n", from, to);
    return 1;
  }
  fmt::print("{} records\n", records.size());
  return 0;
}

}  // namespace
}  // namespace hullcheck::tests

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 2 && words[0] == "seeds") return hullcheck::tests::write_seeds(words[1]);
  if (words.size() == 3) return hullcheck::tests::rewrite(words[0], words[1], words[2]);
  fmt::print(stderr, "usage: rpmdb_write ndb|bdb|bdb-be|btree|sqlite IN.sqlite OUT\n       rpmdb_write seeds DIR\n");
  return 2;
}
