// SQLite 3 databases from memory: rows of a table by its name.
//
// Format: "Database File Format" of the SQLite documentation. The first page begins with a header of 100 bytes and is
// at the same time the root of the schema table, which names the root page of every other table. A table is a B-tree
// whose leaves hold records; what does not fit into a leaf goes on in a chain of overflow pages.
//
// Why not libsqlite3: many databases (most of rpm's) are marked for a write-ahead log, which it refuses to open from
// memory; it gives up on a cut file where some rows are still whole; and the part of the format needed here is small.
//
// Hostile: pages that point in a circle or to one another, cells that overlap so that one page yields gigabytes,
// records that claim more than the file has. Every page is used once and the cells of a page share its size.
#include "formats/sqlite.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <functional>
#include <vector>

#include "formats/used_pages.hpp"

namespace hullcheck::formats {
namespace {

constexpr std::string_view k_magic{"SQLite format 3\0", 16};
constexpr std::uint64_t k_file_header = 100;
constexpr std::uint8_t k_interior = 5;
constexpr std::uint8_t k_leaf = 13;
constexpr std::uint8_t k_write_ahead = 2;
constexpr std::uint32_t k_most_tables = 10'000;  // tables and indexes looked at; rpm has some forty

struct Varint {
  std::uint64_t value;
  std::uint64_t size;
};

// One to nine bytes, seven bits each, the ninth with all eight.
std::optional<Varint> read_varint(Bytes bytes, std::uint64_t offset) {
  std::uint64_t value = 0;
  for (std::uint64_t i = 0; i < 9; ++i) {
    const auto byte = read_be<std::uint8_t>(bytes, offset + i);
    if (!byte) return std::nullopt;
    if (i == 8) return Varint{(value << 8) | *byte, 9};
    value = (value << 7) | (*byte & 0x7fU);
    if ((*byte & 0x80U) == 0) return Varint{value, i + 1};
  }
  return std::nullopt;
}

std::uint64_t serial_size(std::uint64_t type) {
  constexpr std::array<std::uint64_t, 12> k_small{0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0};
  return type < k_small.size() ? k_small[type] : (type - 12) / 2;
}

bool same_name(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(),
                    [](char x, char y) { return (x >= 'A' && x <= 'Z' ? x - 'A' + 'a' : x) == y; });
}

class Sqlite {
 public:
  Sqlite(Bytes file, const SqliteLimits& limits, SqliteRows& rows, std::uint32_t page_size, std::uint8_t reserved)
      : m_file(file),
        m_limits(limits),
        m_rows(rows),
        m_page_size(page_size),
        m_usable(page_size - reserved),
        m_pages(file.size() / page_size),
        m_used(m_pages + 1) {}

  Result<void> read(std::string_view table) {
    note_missing_pages();
    std::uint64_t root = 0;
    walk(
        1,
        [&](std::uint64_t, Bytes record) {
          if (const auto found = root_of(table, record)) root = *found;
          return root == 0;
        },
        Purpose::schema);
    if (root == 0)
      return make_error(m_truncated ? ErrorCode::truncated : ErrorCode::malformed, "sqlite-no-table",
                        fmt::format("the database has no table of {}", table));
    walk(
        root,
        [&](std::uint64_t row, Bytes record) {
          m_rows.take(row, record);
          return true;
        },
        Purpose::rows);
    return {};
  }

 private:
  enum class Purpose { schema, rows };
  using Row = std::function<bool(std::uint64_t row, Bytes record)>;  // false: enough

  void note_missing_pages() {
    const auto claimed = read_be<std::uint32_t>(m_file, 28).value_or(0);
    const bool current = read_be<std::uint32_t>(m_file, 24) == read_be<std::uint32_t>(m_file, 92);
    if ((current && claimed > m_pages) || m_file.size() % m_page_size != 0)
      note_truncated(fmt::format("the database has {} pages, of which {} are there", claimed, m_pages));
  }

  void note_truncated(std::string message) {
    m_truncated = true;
    m_rows.truncated(std::move(message));
  }

  // A row of the schema: type, name, table, root page, the statement that made it.
  static std::optional<std::uint64_t> root_of(std::string_view table, Bytes record) {
    const auto type = read_sqlite_column(record, 0), name = read_sqlite_column(record, 1),
               root = read_sqlite_column(record, 3);
    if (!type || !name || !root || !type->is_text() || !name->is_text()) return std::nullopt;
    if (as_text(type->data) != "table" || !same_name(as_text(name->data), table)) return std::nullopt;
    return root->integer();
  }

  Bytes page(std::uint64_t number) const {
    return m_file.subspan(static_cast<std::size_t>((number - 1) * m_page_size), m_page_size);
  }

  void bad_page(std::uint64_t row, std::uint64_t page, std::string_view what) {
    if (page > m_pages && m_truncated)
      m_rows.problem(row, ErrorCode::truncated, "sqlite-page-missing", fmt::format("{} {} is cut off", what, page));
    else
      m_rows.problem(row, ErrorCode::malformed, "sqlite-page",
                     fmt::format("{} {} does not exist or is used twice", what, page));
  }

  // Depth first from left to right. A page is used when it goes on the stack, so the stack is no longer than the
  // file.
  void walk(std::uint64_t root, const Row& row, Purpose purpose) {
    std::vector<std::uint64_t> stack;
    if (!push(root, stack)) bad_page(0, root, "page");
    while (!stack.empty()) {
      const std::uint64_t number = stack.back();
      stack.pop_back();
      const Bytes bytes = page(number);
      const std::uint64_t header = number == 1 ? k_file_header : 0;
      const std::uint8_t type = bytes[static_cast<std::size_t>(header)];
      if (type == k_interior)
        push_children(number, header, stack);
      else if (type != k_leaf)
        m_rows.problem(0, ErrorCode::malformed, "sqlite-page", fmt::format("page {} is no part of a table", number));
      else if (!read_leaf(number, header, row, purpose))
        return;
    }
  }

  bool push(std::uint64_t number, std::vector<std::uint64_t>& stack) {
    const bool usable = number != 0 && m_used.use(number);
    if (usable) stack.push_back(number);
    return usable;
  }

  // One problem for a page, however many of its cells are broken.
  void push_children(std::uint64_t number, std::uint64_t header, std::vector<std::uint64_t>& stack) {
    const Bytes bytes = page(number);
    const std::uint64_t cells = read_be<std::uint16_t>(bytes, header + 3).value_or(0);
    std::uint64_t bad = push(read_be<std::uint32_t>(bytes, header + 8).value_or(0), stack) ? 0 : 1;
    for (std::uint64_t i = cells; i-- > 0;) {
      const auto at = read_be<std::uint16_t>(bytes, header + 12 + 2 * i);
      const auto child = at ? read_be<std::uint32_t>(bytes, *at) : std::nullopt;
      if (!push(child.value_or(0), stack)) ++bad;
    }
    if (bad != 0)
      m_rows.problem(0, ErrorCode::malformed, "sqlite-page",
                     fmt::format("{} pages below page {} do not exist or are used twice", bad, number));
  }

  bool read_leaf(std::uint64_t page_number, std::uint64_t header, const Row& row, Purpose purpose) {
    const Bytes bytes = page(page_number);
    const std::uint64_t cells = read_be<std::uint16_t>(bytes, header + 3).value_or(0);
    std::uint64_t room = bytes.size();
    std::uint64_t bad = 0;
    for (std::uint64_t i = 0; i < cells; ++i) {
      const auto at = read_be<std::uint16_t>(bytes, header + 8 + 2 * i);
      const auto size = at ? read_varint(bytes, *at) : std::nullopt;
      const auto number = size ? read_varint(bytes, *at + size->size) : std::nullopt;
      if (!number) {
        ++bad;
        continue;
      }
      if (purpose == Purpose::rows ? !m_rows.begin(number->value) : ++m_tables > k_most_tables) return false;
      const auto record = payload(bytes, *at + size->size + number->size, size->value, number->value, room);
      if (record && !row(number->value, *record)) return false;
    }
    if (bad != 0)
      m_rows.problem(0, ErrorCode::malformed, "sqlite-cell",
                     fmt::format("{} cells of page {} are outside it", bad, page_number));
    return true;
  }

  // How much of a record lies in the leaf is a formula of its size.
  std::uint64_t local_size(std::uint64_t size) const {
    const std::uint64_t most = m_usable - 35;
    if (size <= most) return size;
    const std::uint64_t least = (m_usable - 12) * 32 / 255 - 23;
    const std::uint64_t filled = least + (size - least) % (m_usable - 4);
    return filled <= most ? filled : least;
  }

  std::optional<Bytes> payload(Bytes leaf, std::uint64_t at, std::uint64_t size, std::uint64_t row,
                               std::uint64_t& room) {
    if (size > m_limits.max_record_bytes) {
      m_rows.problem(row, ErrorCode::limit, "sqlite-record-limit", fmt::format("the row claims {} bytes", size));
      return std::nullopt;
    }
    const auto local = slice(leaf, at, local_size(size));
    if (!local || local->size() > room) {
      m_rows.problem(row, ErrorCode::malformed, "sqlite-cell", "the row overlaps another or leaves its page");
      return std::nullopt;
    }
    room -= local->size();
    if (local->size() == size) return local;
    const auto next = read_be<std::uint32_t>(leaf, at + local->size());
    return chain(*local, next.value_or(0), size, row);
  }

  std::optional<Bytes> chain(Bytes local, std::uint32_t next, std::uint64_t size, std::uint64_t row) {
    m_buffer.assign(local.begin(), local.end());
    while (m_buffer.size() < size) {
      if (next == 0 || !m_used.use(next)) {
        bad_page(row, next, "overflow page");
        return std::nullopt;
      }
      const Bytes bytes = page(next);
      const std::uint64_t part = std::min<std::uint64_t>(size - m_buffer.size(), m_usable - 4);
      const Bytes content = bytes.subspan(4, static_cast<std::size_t>(part));
      m_buffer.insert(m_buffer.end(), content.begin(), content.end());
      next = read_be<std::uint32_t>(bytes, 0).value_or(0);
    }
    return Bytes(m_buffer);
  }

  Bytes m_file;
  const SqliteLimits& m_limits;
  SqliteRows& m_rows;
  std::uint64_t m_page_size;
  std::uint64_t m_usable;
  std::uint64_t m_pages;
  UsedPages m_used;  // by SQLite's numbers, which begin with 1
  std::uint32_t m_tables = 0;
  bool m_truncated = false;
  Buffer m_buffer;  // the record being put together
};

}  // namespace

std::uint64_t SqliteColumn::integer() const {
  std::uint64_t value = type == 9 ? 1 : 0;  // the types 8 and 9 are the constants 0 and 1
  if (type <= 6)
    for (const std::uint8_t byte : data) value = (value << 8) | byte;
  return value;
}

std::optional<SqliteColumn> read_sqlite_column(Bytes record, unsigned wanted) {
  const auto header = read_varint(record, 0);
  if (!header || header->value > record.size()) return std::nullopt;
  const Bytes types = record.first(static_cast<std::size_t>(header->value));
  std::uint64_t at = header->size;
  std::uint64_t offset = header->value;
  for (unsigned i = 0;; ++i) {
    const auto type = read_varint(types, at);
    if (!type) return std::nullopt;
    const auto data = slice(record, offset, serial_size(type->value));
    if (!data) return std::nullopt;
    if (i == wanted) return SqliteColumn{type->value, *data};
    at += type->size;
    offset += data->size();
  }
}

bool is_sqlite(Bytes file) {
  const auto start = slice(file, 0, k_magic.size());
  return start && as_text(*start) == k_magic;
}

bool has_write_ahead_log(Bytes file) {
  const auto versions = slice(file, 18, 2);
  return versions && ((*versions)[0] == k_write_ahead || (*versions)[1] == k_write_ahead);
}

Result<void> read_sqlite_table(Bytes file, std::string_view table, const SqliteLimits& limits, SqliteRows& rows) {
  const std::uint32_t stored = read_be<std::uint16_t>(file, 16).value_or(0);
  const std::uint32_t page_size = stored == 1 ? 65'536 : stored;
  if (page_size < 512 || (page_size & (page_size - 1)) != 0)
    return make_error(ErrorCode::malformed, "sqlite-page-size", fmt::format("{} is no page size", page_size));
  if (file.size() < page_size)
    return make_error(ErrorCode::truncated, "sqlite-truncated", "the database ends inside its first page");
  if (file[56] != 0 || file[57] != 0 || file[58] != 0 || file[59] > 1)
    return make_error(ErrorCode::unsupported, "sqlite-encoding", "the database is not encoded in UTF-8");
  const std::uint8_t reserved = file[20];
  if (page_size - reserved < 480)
    return make_error(ErrorCode::malformed, "sqlite-page-size", "the pages leave no room for data");
  return Sqlite(file, limits, rows, page_size, reserved).read(table);
}

}  // namespace hullcheck::formats
