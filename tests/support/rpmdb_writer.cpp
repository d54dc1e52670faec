#include "support/rpmdb_writer.hpp"

#include <fmt/core.h>
#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace hullcheck::tests {
namespace {

void put_le(Buffer& out, std::uint32_t value) {
  for (unsigned i = 0; i < 4; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

// The pages of a Berkeley DB file under construction.
class BdbFile {
 public:
  explicit BdbFile(const BdbForm& form) : m_form(form) {}

  std::uint32_t add_page(std::uint8_t type) {
    const auto number = static_cast<std::uint32_t>(m_bytes.size() / m_form.page_size);
    m_bytes.resize(m_bytes.size() + m_form.page_size);
    put32(number, 8, number);
    put16(number, 22, m_form.page_size % 65'536);
    m_bytes[at(number, 25)] = type;
    return number;
  }
  void put32(std::uint32_t page, std::size_t offset, std::uint32_t value) { put(page, offset, value, 4); }
  void put16(std::uint32_t page, std::size_t offset, std::uint32_t value) { put(page, offset, value, 2); }
  void put8(std::uint32_t page, std::size_t offset, std::uint32_t value) { put(page, offset, value, 1); }
  void copy(std::uint32_t page, std::size_t offset, Bytes bytes) {
    std::copy(bytes.begin(), bytes.end(), m_bytes.begin() + static_cast<std::ptrdiff_t>(at(page, offset)));
  }
  Buffer encode(std::uint32_t value) const {
    Buffer bytes;
    for (unsigned i = 0; i < 4; ++i)
      bytes.push_back(static_cast<std::uint8_t>(value >> (8 * (m_form.big_endian ? 3 - i : i))));
    return bytes;
  }
  Buffer take() { return std::move(m_bytes); }
  std::uint32_t pages() const { return static_cast<std::uint32_t>(m_bytes.size() / m_form.page_size); }

  // The first page of a chain that holds `data`.
  std::uint32_t add_chain(Bytes data) {
    constexpr std::size_t k_header = 26;
    constexpr std::uint8_t k_overflow = 7;
    const std::uint32_t first = pages();
    std::uint32_t previous = 0;
    while (!data.empty()) {
      const std::uint32_t page = add_page(k_overflow);
      const Bytes part = data.first(std::min<std::size_t>(data.size(), m_form.page_size - k_header));
      put16(page, 20, 1);
      put16(page, 22, static_cast<std::uint32_t>(part.size()));
      put32(page, 12, previous);
      if (previous != 0) put32(previous, 16, page);
      copy(page, k_header, part);
      data = data.subspan(part.size());
      previous = page;
    }
    return first;
  }

 private:
  std::size_t at(std::uint32_t page, std::size_t offset) const {
    return std::size_t{page} * m_form.page_size + offset;
  }
  void put(std::uint32_t page, std::size_t offset, std::uint32_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i)
      m_bytes.at(at(page, offset + i)) =
          static_cast<std::uint8_t>(value >> (8 * (m_form.big_endian ? size - 1 - i : i)));
  }

  BdbForm m_form;
  Buffer m_bytes;
};

// Puts pairs of items on hash or leaf pages, a new page whenever one is full.
class BdbPairs {
 public:
  BdbPairs(BdbFile& file, const BdbForm& form) : m_file(file), m_form(form) { next_page(); }

  void add(std::uint32_t number, Bytes blob) {
    const Buffer key = item(m_file.encode(number));
    const bool inside = blob.size() <= m_form.page_size / 4;
    const Buffer data = inside ? item(blob) : chain_item(blob);
    if (m_lowest < 26 + 2 * (m_items + 2) + padded(key) + padded(data)) next_page();
    put(key);
    put(data);
  }

 private:
  std::size_t padded(const Buffer& bytes) const { return m_form.btree ? (bytes.size() + 3) / 4 * 4 : bytes.size(); }

  void next_page() {
    const std::uint32_t page = m_file.add_page(m_form.btree ? 5 : 13);
    if (m_form.btree) m_file.put8(page, 24, 1);
    if (m_page != 0) {
      m_file.put32(m_page, 16, page);
      m_file.put32(page, 12, m_page);
    }
    m_page = page;
    m_items = 0;
    m_lowest = m_form.page_size;
  }

  void put(const Buffer& bytes) {
    m_lowest -= padded(bytes);
    m_file.put16(m_page, 26 + 2 * m_items++, static_cast<std::uint32_t>(m_lowest));
    m_file.put16(m_page, 20, static_cast<std::uint32_t>(m_items));
    m_file.put16(m_page, 22, static_cast<std::uint32_t>(m_lowest));
    m_file.copy(m_page, m_lowest, bytes);
  }

  Buffer item(Bytes content) const {
    Buffer bytes;
    if (m_form.btree) {
      const Buffer size = m_file.encode(static_cast<std::uint32_t>(content.size()));
      if (m_form.big_endian)
        bytes.assign(size.begin() + 2, size.end());
      else
        bytes.assign(size.begin(), size.begin() + 2);
    }
    bytes.push_back(1);
    bytes.insert(bytes.end(), content.begin(), content.end());
    return bytes;
  }

  Buffer chain_item(Bytes content) const {
    Buffer bytes = m_form.btree ? Buffer{0, 0, 3, 0} : Buffer{3, 0, 0, 0};
    for (const std::uint32_t field : {m_file.add_chain(content), static_cast<std::uint32_t>(content.size())}) {
      const Buffer encoded = m_file.encode(field);
      bytes.insert(bytes.end(), encoded.begin(), encoded.end());
    }
    return bytes;
  }

  BdbFile& m_file;
  BdbForm m_form;
  std::uint32_t m_page = 0;
  std::size_t m_items = 0;
  std::size_t m_lowest = 0;
};

using Sqlite = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;
using Statement = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;

Sqlite open_memory() {
  sqlite3* raw = nullptr;
  sqlite3_open(":memory:", &raw);
  return {raw, sqlite3_close};
}

Statement prepare(const Sqlite& database, const char* text) {
  sqlite3_stmt* raw = nullptr;
  sqlite3_prepare_v2(database.get(), text, -1, &raw, nullptr);
  return {raw, sqlite3_finalize};
}

}  // namespace

std::vector<RpmRecord> numbered(const std::vector<Buffer>& blobs) {
  std::vector<RpmRecord> records;
  for (const Buffer& blob : blobs) records.push_back({static_cast<std::uint32_t>(records.size() + 1), blob});
  return records;
}

std::uint32_t adler32(Bytes bytes) {
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  for (const std::uint8_t byte : bytes) {
    a = (a + byte) % 65'521;
    b = (b + a) % 65'521;
  }
  return (b << 16) | a;
}

Buffer write_ndb(const std::vector<RpmRecord>& records) {
  constexpr std::size_t k_block = 16;
  constexpr std::uint32_t k_slots_on_page = 256;
  const auto slot_pages = static_cast<std::uint32_t>((records.size() + 2 + k_slots_on_page - 1) / k_slots_on_page);
  Buffer slots;
  Buffer blobs;
  std::uint32_t next = 1;
  const auto put_mark = [](Buffer& out, std::string_view mark) { out.insert(out.end(), mark.begin(), mark.end()); };
  for (const RpmRecord& record : records) {
    const std::size_t start = blobs.size();
    put_mark(blobs, "BlbS");
    for (const std::uint32_t field : {record.number, 1U, static_cast<std::uint32_t>(record.blob.size())})
      put_le(blobs, field);
    blobs.insert(blobs.end(), record.blob.begin(), record.blob.end());
    while ((blobs.size() + 12) % k_block != 0) blobs.push_back(0);
    put_le(blobs, adler32(Bytes(blobs).subspan(start)));
    put_le(blobs, static_cast<std::uint32_t>(record.blob.size()));
    put_mark(blobs, "BlbE");
    put_mark(slots, "Slot");
    put_le(slots, record.number);
    put_le(slots, static_cast<std::uint32_t>(slot_pages * k_slots_on_page + start / k_block));
    put_le(slots, static_cast<std::uint32_t>((blobs.size() - start) / k_block));
    next = std::max(next, record.number + 1);
  }
  while (slots.size() < (slot_pages * k_slots_on_page - 2) * k_block) {
    put_mark(slots, "Slot");
    for (int i = 0; i < 3; ++i) put_le(slots, 0);
  }
  Buffer file;
  put_mark(file, "RpmP");
  for (const std::uint32_t field : {0U, 1U, slot_pages, next, 0U, 0U, 0U}) put_le(file, field);
  file.insert(file.end(), slots.begin(), slots.end());
  file.insert(file.end(), blobs.begin(), blobs.end());
  return file;
}

Buffer write_bdb(const std::vector<RpmRecord>& records, const BdbForm& form) {
  BdbFile file(form);
  file.add_page(form.btree ? 9 : 8);
  BdbPairs pairs(file, form);
  std::uint32_t last = 0;
  for (const RpmRecord& record : records) last = std::max(last, record.number);
  pairs.add(0, file.encode(last));
  for (const RpmRecord& record : records) pairs.add(record.number, record.blob);
  file.put32(0, 12, form.btree ? 0x053162 : 0x061561);
  file.put32(0, 16, 9);
  file.put32(0, 20, form.page_size);
  file.put32(0, 32, file.pages() - 1);
  file.put32(0, 40, static_cast<std::uint32_t>(records.size() + 1));
  file.put32(0, 44, static_cast<std::uint32_t>(records.size() + 1));
  if (form.btree)
    file.put32(0, 88, 1);  // the root
  else
    file.put32(0, 96, 1);  // one bucket, which begins on the first page
  return file.take();
}

Buffer write_sqlite(const std::vector<RpmRecord>& records, std::uint32_t page_size, bool wal_mark) {
  const Sqlite database = open_memory();
  const std::string setup = fmt::format(
      "PRAGMA page_size={}; CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL);"
      "CREATE TABLE Name (key TEXT NOT NULL, hnum INTEGER NOT NULL, idx INTEGER NOT NULL); BEGIN",
      page_size);
  if (sqlite3_exec(database.get(), setup.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) return {};
  const Statement insert = prepare(database, "INSERT INTO Packages VALUES (?, ?)");
  for (const RpmRecord& record : records) {
    sqlite3_bind_int64(insert.get(), 1, record.number);
    sqlite3_bind_blob64(insert.get(), 2, record.blob.data(), record.blob.size(), SQLITE_STATIC);
    if (sqlite3_step(insert.get()) != SQLITE_DONE) return {};
    sqlite3_reset(insert.get());
  }
  if (sqlite3_exec(database.get(), "COMMIT", nullptr, nullptr, nullptr) != SQLITE_OK) return {};
  sqlite3_int64 size = 0;
  const std::unique_ptr<unsigned char, void (*)(void*)> bytes(sqlite3_serialize(database.get(), "main", &size, 0),
                                                              sqlite3_free);
  Buffer file(bytes.get(), bytes.get() + size);
  if (wal_mark) file[18] = file[19] = 2;
  return file;
}

std::vector<RpmRecord> read_with_libsqlite(Buffer file) {
  std::vector<RpmRecord> records;
  if (file.size() < 100) return records;
  file[18] = file[19] = 1;
  const Sqlite database = open_memory();
  const auto size = static_cast<sqlite3_int64>(file.size());
  if (sqlite3_deserialize(database.get(), "main", file.data(), size, size, SQLITE_DESERIALIZE_READONLY) != SQLITE_OK)
    return records;
  const Statement rows = prepare(database, "SELECT hnum, blob FROM Packages ORDER BY hnum");
  while (rows != nullptr && sqlite3_step(rows.get()) == SQLITE_ROW) {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(rows.get(), 1));
    const int length = sqlite3_column_bytes(rows.get(), 1);
    records.push_back({static_cast<std::uint32_t>(sqlite3_column_int64(rows.get(), 0)), Buffer(data, data + length)});
  }
  return records;
}

}  // namespace hullcheck::tests
