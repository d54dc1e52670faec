// Packages: a Berkeley DB file, as a hash table (rpm 4) or as a B-tree (very old rpm), of either byte order.
//
// Format (Berkeley DB, dbinc/db_page.h): pages of equal size. The first describes the database. Hash and leaf pages
// have a header of 26 bytes, an array of 16-bit offsets, and items that fill the page from its end; an item with an
// even index is a key and the next one its data. Data too large for a page is a chain of overflow pages. A key is
// rpm's number of the record in the byte order of the machine; number 0 is rpm's counter.
//
// The buckets and the inner pages are not followed: every page says what it is, so all are looked at in turn. This
// finds every record that rpm finds, and it does not depend on pointers that may lie.
//
// Hostile: cyclic chains, chains shared by many records, offsets outside the page, any claimed length. Every overflow
// page is used once, and items of a page may not overlap.
#include <fmt/core.h>

#include <algorithm>

#include "formats/rpmdb_records.hpp"
#include "formats/used_pages.hpp"

namespace hullcheck::formats {
namespace {

constexpr std::uint64_t k_magic_at = 12;
constexpr std::uint32_t k_hash_magic = 0x061561;
constexpr std::uint32_t k_btree_magic = 0x053162;
constexpr std::uint64_t k_meta_bytes = 72;
constexpr std::uint64_t k_page_header = 26;
constexpr std::uint64_t k_key_bytes = 4;

enum PageType : std::uint8_t { k_hash_unsorted = 2, k_btree_leaf = 5, k_overflow = 7, k_hash = 13 };

// How an item is stored. The two layouts number these differently; a B-tree marks deleted ones with the high bit.
enum class Storage { inside, overflow, deleted, unknown };

struct Item {
  Storage storage = Storage::unknown;
  Bytes data;              // of an item inside the page
  std::uint32_t page = 0;  // of one in a chain
  std::uint32_t length = 0;
};

class Bdb {
 public:
  Bdb(Bytes file, RpmdbRecords& records, bool big_endian, bool hash, std::uint32_t page_size)
      : m_file(file),
        m_records(records),
        m_big_endian(big_endian),
        m_hash(hash),
        m_page_size(page_size),
        m_pages(file.size() / page_size),
        m_used(m_pages) {}

  void read() {
    const std::uint64_t claimed = std::uint64_t{u32(m_file, 32)} + 1;
    if (claimed > m_pages || m_file.size() % m_page_size != 0)
      m_records.truncated(fmt::format("the database has {} pages, of which {} are there", claimed, m_pages));
    for (std::uint64_t number = 1; number < m_pages; ++number) {
      const Bytes bytes = page(number);
      const std::uint8_t type = bytes[25];
      const bool wanted = m_hash ? type == k_hash || type == k_hash_unsorted : type == k_btree_leaf;
      if (wanted && !read_page(number, bytes)) return;
    }
  }

 private:
  std::uint32_t u32(Bytes bytes, std::uint64_t at) const {
    return (m_big_endian ? read_be<std::uint32_t>(bytes, at) : read_le<std::uint32_t>(bytes, at)).value_or(0);
  }
  std::uint16_t u16(Bytes bytes, std::uint64_t at) const {
    return (m_big_endian ? read_be<std::uint16_t>(bytes, at) : read_le<std::uint16_t>(bytes, at)).value_or(0);
  }
  Bytes page(std::uint64_t number) const {
    return m_file.subspan(static_cast<std::size_t>(number * m_page_size), m_page_size);
  }

  // False when there are too many records.
  bool read_page(std::uint64_t number, Bytes bytes) {
    const std::uint64_t items = u16(bytes, 20);
    if (k_page_header + 2 * items > bytes.size()) {
      m_records.problem(0, ErrorCode::malformed, "bdb-page", fmt::format("page {} claims {} items", number, items));
      return true;
    }
    std::uint64_t room = bytes.size();
    std::uint64_t bad_items = items % 2;  // a key without its data
    std::uint64_t bad_keys = 0;
    for (std::uint64_t i = 0; i + 1 < items; i += 2) {
      const auto key = read_item(bytes, i, room);
      const auto data = read_item(bytes, i + 1, room);
      if (!key || !data) {
        ++bad_items;
        continue;
      }
      if (key->storage == Storage::deleted || data->storage == Storage::deleted) continue;
      if (key->storage != Storage::inside || key->data.size() != k_key_bytes) {
        ++bad_keys;
        continue;
      }
      const std::uint32_t record = u32(key->data, 0);
      if (record == 0) continue;
      if (!m_records.begin(record)) return false;
      read_data(record, *data);
    }
    // One problem for a page, however many of its items are broken.
    if (bad_items != 0)
      m_records.problem(0, ErrorCode::malformed, "bdb-item",
                        fmt::format("{} items of page {} leave it or overlap", bad_items, number));
    if (bad_keys != 0)
      m_records.problem(0, ErrorCode::malformed, "bdb-key",
                        fmt::format("{} keys of page {} are no numbers", bad_keys, number));
    return true;
  }

  // Items do not overlap: each takes from the `room` of its page.
  std::optional<Item> read_item(Bytes page, std::uint64_t index, std::uint64_t& room) const {
    const std::uint64_t at = u16(page, k_page_header + 2 * index);
    return m_hash ? hash_item(page, index, at, room) : btree_item(page, at, room);
  }

  // An item ends where the one before it begins; its first byte says how it is stored.
  std::optional<Item> hash_item(Bytes page, std::uint64_t index, std::uint64_t at, std::uint64_t& room) const {
    const std::uint64_t end = index == 0 ? page.size() : u16(page, k_page_header + 2 * (index - 1));
    if (at >= end || end > page.size() || end - at > room) return std::nullopt;
    const Bytes bytes = page.subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(end - at));
    room -= bytes.size();
    constexpr std::uint8_t k_inside = 1;
    constexpr std::uint8_t k_off_page = 3;
    if (bytes[0] == k_inside) return Item{Storage::inside, bytes.subspan(1), 0, 0};
    if (bytes[0] == k_off_page && bytes.size() >= 12)
      return Item{Storage::overflow, {}, u32(bytes, 4), u32(bytes, 8)};
    return Item{};
  }

  std::optional<Item> btree_item(Bytes page, std::uint64_t at, std::uint64_t& room) const {
    const auto head = slice(page, at, 3);
    if (!head) return std::nullopt;
    const std::uint8_t type = (*head)[2];
    constexpr std::uint8_t k_deleted_bit = 0x80;
    constexpr std::uint8_t k_inside = 1;
    constexpr std::uint8_t k_off_page = 3;
    if ((type & k_deleted_bit) != 0) return Item{Storage::deleted, {}, 0, 0};
    const std::uint64_t size = type == k_inside ? 3ULL + u16(*head, 0) : 12;
    const auto bytes = slice(page, at, size);
    if (!bytes || size > room) return std::nullopt;
    room -= size;
    if (type == k_inside) return Item{Storage::inside, bytes->subspan(3), 0, 0};
    if (type == k_off_page) return Item{Storage::overflow, {}, u32(*bytes, 4), u32(*bytes, 8)};
    return Item{};
  }

  void read_data(std::uint32_t record, const Item& data) {
    if (data.storage == Storage::inside) return m_records.take(record, data.data);
    if (data.storage != Storage::overflow)
      return m_records.problem(record, ErrorCode::unsupported, "bdb-item-type",
                               "the record is stored as a duplicate");
    if (data.length > m_records.limits().header.max_bytes)
      return m_records.problem(record, ErrorCode::limit, "bdb-record-limit",
                               fmt::format("the record claims {} bytes", data.length));
    if (read_chain(record, data)) m_records.take(record, m_buffer);
  }

  bool read_chain(std::uint32_t record, const Item& data) {
    m_buffer.clear();
    std::uint32_t next = data.page;
    while (m_buffer.size() < data.length) {
      if (next >= m_pages && m_records.report().truncated) {
        m_records.problem(record, ErrorCode::truncated, "bdb-page-missing",
                          fmt::format("overflow page {} is cut off", next));
        return false;
      }
      if (next == 0 || !m_used.use(next)) {
        m_records.problem(record, ErrorCode::malformed, "bdb-chain",
                          fmt::format("overflow page {} does not exist or is used twice", next));
        return false;
      }
      const Bytes bytes = page(next);
      const auto part = slice(bytes, k_page_header, u16(bytes, 22));
      if (bytes[25] != k_overflow || !part || part->size() > data.length - m_buffer.size()) {
        m_records.problem(record, ErrorCode::malformed, "bdb-chain",
                          fmt::format("page {} does not belong to the record", next));
        return false;
      }
      m_buffer.insert(m_buffer.end(), part->begin(), part->end());
      next = u32(bytes, 16);
    }
    return true;
  }

  Bytes m_file;
  RpmdbRecords& m_records;
  bool m_big_endian;
  bool m_hash;
  std::uint64_t m_page_size;
  std::uint64_t m_pages;
  UsedPages m_used;
  Buffer m_buffer;  // the record being put together
};

bool is_magic(std::optional<std::uint32_t> value) { return value == k_hash_magic || value == k_btree_magic; }

}  // namespace

bool is_bdb(Bytes file) {
  return is_magic(read_le<std::uint32_t>(file, k_magic_at)) || is_magic(read_be<std::uint32_t>(file, k_magic_at));
}

Result<void> read_bdb_rpmdb(Bytes file, RpmdbRecords& records) {
  const bool big_endian = is_magic(read_be<std::uint32_t>(file, k_magic_at));
  const auto u32 = [&](std::uint64_t at) {
    return (big_endian ? read_be<std::uint32_t>(file, at) : read_le<std::uint32_t>(file, at)).value_or(0);
  };
  if (file.size() < k_meta_bytes)
    return make_error(ErrorCode::truncated, "bdb-truncated", "the database ends inside its description");
  const std::uint32_t page_size = u32(20);
  if (page_size < 512 || page_size > 65'536 || (page_size & (page_size - 1)) != 0)
    return make_error(ErrorCode::malformed, "bdb-page-size", fmt::format("{} is no page size", page_size));
  constexpr std::uint8_t k_checksums = 1;
  if (file[24] != 0 || (file[26] & k_checksums) != 0)
    return make_error(ErrorCode::unsupported, "bdb-encrypted", "the pages are encrypted or carry checksums");
  const bool hash = u32(k_magic_at) == k_hash_magic;
  records.report().kind = hash ? RpmdbKind::bdb_hash : RpmdbKind::bdb_btree;
  Bdb(file, records, big_endian, hash, page_size).read();
  return {};
}

}  // namespace hullcheck::formats
