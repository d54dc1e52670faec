// Packages.db: rpm's own NDB format, used by SUSE.
//
// Format (rpm, lib/backend/ndb/rpmpkg.c; little endian): a header of 32 bytes, then slots of 16 bytes that fill the
// given number of pages of 4096 bytes. A slot names a record, its place and its length in blocks of 16 bytes. There
// lies a head ("BlbS", number, generation, length), the rpm header, padding, and a tail (Adler-32 of all before it,
// length, "BlbE").
//
// Hostile: slots may claim any place and length, and a million slots may share one large blob. The blocks of a record
// may not overlap those of another, so the sum of all is at most the file.
#include <fmt/core.h>

#include <algorithm>

#include "formats/rpmdb_records.hpp"

namespace hullcheck::formats {
namespace {

constexpr std::uint64_t k_page = 4096;
constexpr std::uint64_t k_block = 16;
constexpr std::uint64_t k_slot = 16;
constexpr std::uint64_t k_header_slots = 2;  // the file's header takes their place
constexpr std::uint64_t k_head = 16;
constexpr std::uint64_t k_tail = 12;
constexpr std::uint32_t k_file_magic = 0x506d7052;  // RpmP
constexpr std::uint32_t k_slot_magic = 0x746f6c53;  // Slot
constexpr std::uint32_t k_head_magic = 0x53626c42;  // BlbS
constexpr std::uint32_t k_tail_magic = 0x45626c42;  // BlbE

std::uint32_t word(Bytes bytes, std::uint64_t offset) { return read_le<std::uint32_t>(bytes, offset).value_or(0); }

std::uint32_t adler32(Bytes bytes) {
  constexpr std::uint32_t k_modulus = 65'521;
  constexpr std::size_t k_run = 5552;  // the longest for which the sums cannot overflow
  std::uint32_t a = 1;
  std::uint32_t b = 0;
  while (!bytes.empty()) {
    const Bytes run = bytes.first(std::min(k_run, bytes.size()));
    for (const std::uint8_t byte : run) b += a += byte;
    a %= k_modulus;
    b %= k_modulus;
    bytes = bytes.subspan(run.size());
  }
  return (b << 16) | a;
}

struct Slot {
  std::uint32_t number;
  std::uint64_t first_block;
  std::uint64_t blocks;
};

// The used slots in the order of their place in the file.
std::vector<Slot> read_slots(Bytes file, std::uint64_t pages, RpmdbRecords& records) {
  std::vector<Slot> slots;
  std::uint64_t broken = 0;
  const std::uint64_t end = std::min<std::uint64_t>(file.size() / k_slot, pages * (k_page / k_slot));
  for (std::uint64_t i = k_header_slots; i < end; ++i) {
    const Bytes slot = file.subspan(static_cast<std::size_t>(i * k_slot), k_slot);
    if (word(slot, 0) != k_slot_magic) {
      ++broken;
      continue;
    }
    if (const std::uint32_t number = word(slot, 4); number != 0)
      slots.push_back({number, word(slot, 8), word(slot, 12)});
  }
  if (broken != 0)
    records.problem(0, ErrorCode::malformed, "ndb-slot", fmt::format("{} slots have no mark of one", broken));
  std::stable_sort(slots.begin(), slots.end(),
                   [](const Slot& a, const Slot& b) { return a.first_block < b.first_block; });
  return slots;
}

// The rpm header of a record, or why there is none.
Result<Bytes> read_blob(Bytes file, const Slot& slot) {
  const auto blob = slice(file, slot.first_block * k_block, slot.blocks * k_block);
  if (!blob) return make_error(ErrorCode::truncated, "ndb-blob-missing", "the record lies behind the file's end");
  if (blob->size() < k_head + k_tail)
    return make_error(ErrorCode::malformed, "ndb-blob-size", "the record has no room for its head and tail");
  if (word(*blob, 0) != k_head_magic || word(*blob, 4) != slot.number)
    return make_error(ErrorCode::malformed, "ndb-blob-head", "the record does not begin with its head");
  const std::uint64_t length = word(*blob, 12);
  const std::uint64_t checked = blob->size() - k_tail;
  if (length > checked - k_head)
    return make_error(ErrorCode::malformed, "ndb-blob-size", fmt::format("the record claims {} bytes", length));
  if (word(*blob, checked + 4) != length || word(*blob, checked + 8) != k_tail_magic)
    return make_error(ErrorCode::malformed, "ndb-blob-tail", "the record does not end with its tail");
  if (word(*blob, checked) != adler32(blob->first(static_cast<std::size_t>(checked))))
    return make_error(ErrorCode::mismatch, "ndb-blob-checksum", "the record's bytes are not those that were written");
  return blob->subspan(k_head, static_cast<std::size_t>(length));
}

}  // namespace

bool is_ndb(Bytes file) { return word(file, 0) == k_file_magic; }

Result<void> read_ndb_rpmdb(Bytes file, RpmdbRecords& records) {
  const std::uint32_t version = word(file, 4);
  const std::uint64_t pages = word(file, 12);
  if (file.size() < k_header_slots * k_slot)
    return make_error(ErrorCode::truncated, "ndb-truncated", "the database ends inside its header");
  if (version != 0)
    return make_error(ErrorCode::unsupported, "ndb-version", fmt::format("version {} of the format", version));
  records.report().kind = RpmdbKind::ndb;
  if (pages == 0) records.problem(0, ErrorCode::malformed, "ndb-slot", "the database claims to have no slots");
  if (pages * k_page > file.size())
    records.truncated(fmt::format("the database has {} pages of slots in {} bytes", pages, file.size()));

  std::uint64_t free_from = pages * (k_page / k_block);  // the first block that belongs to nobody yet
  for (const Slot& slot : read_slots(file, pages, records)) {
    if (!records.begin(slot.number)) break;
    if (slot.first_block < free_from) {
      records.problem(slot.number, ErrorCode::malformed, "ndb-blob-overlap", "the record overlaps another");
      continue;
    }
    const auto blob = read_blob(file, slot);
    // A wrong checksum was computed over the whole record: these blocks are spent too, or nested records would cost
    // the square of the file.
    if (blob || blob.error().code == ErrorCode::mismatch) free_from = slot.first_block + slot.blocks;
    if (blob) {
      records.take(slot.number, *blob);
      continue;
    }
    const Error& error = blob.error();
    if (error.code == ErrorCode::truncated) records.truncated("records lie behind the file's end");
    records.problem(slot.number, error.code, error.name, error.message);
  }
  return {};
}

}  // namespace hullcheck::formats
