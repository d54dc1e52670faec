// The zip reader. Layout, from the end: end-of-central-directory record (with a comment of up to 64 KiB), before it
// for zip64 a locator and a second record with 64-bit fields, before those the directory, before that the entries.
#include "formats/zip.hpp"

#include <fmt/format.h>
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <array>

#include "formats/decompress.hpp"
#include "formats/inflate.hpp"
#include "formats/leave_avx.hpp"
#include "formats/xz.hpp"

namespace hullcheck::formats {
namespace {

constexpr std::uint32_t k_end_signature = 0x06054b50;
constexpr std::uint32_t k_end64_signature = 0x06064b50;
constexpr std::uint32_t k_locator64_signature = 0x07064b50;
constexpr std::uint32_t k_directory_signature = 0x02014b50;
constexpr std::uint32_t k_local_signature = 0x04034b50;
constexpr std::size_t k_end_size = 22, k_end64_size = 56, k_locator64_size = 20, k_local_size = 30;
constexpr std::uint16_t k_zip64_extra = 1;
constexpr std::uint16_t k_stored = 0, k_deflated = 8;
constexpr std::uint16_t k_bzip2 = 12, k_lzma = 14, k_zstd = 93, k_xz = 95;  // seldom written, read by most tools
constexpr std::size_t k_lzma_header = 9;         // version, size of the properties, properties, dictionary
constexpr std::uint64_t k_deflate_ratio = 1032;  // no deflate stream is longer than this times its input

Error malformed(std::string message) { return make_error(ErrorCode::malformed, "zip-malformed", std::move(message)); }
Error limit(const char* name, std::string message) { return make_error(ErrorCode::limit, name, std::move(message)); }

bool is_seldom(std::uint16_t method) {
  return method == k_bzip2 || method == k_lzma || method == k_zstd || method == k_xz;
}

// Grows with what comes out: the promised size is checked, not reserved.
Result<Buffer> unpack_stream(Bytes data, std::uint64_t size) {
  DecompressLimits limits;
  limits.output_bytes = size + 1;
  const auto input = memory_stream(data);
  const auto plain = TRY(decompress(*input, limits));
  Buffer out;
  for (;;) {
    const Bytes block = TRY(plain->next());
    if (block.empty()) return out;
    out.insert(out.end(), block.begin(), block.end());
  }
}

Result<Buffer> unpack_lzma(Bytes data, std::uint64_t size) {
  // No stream of LZMA is longer than some thousand times its input; this bounds what is filled below.
  constexpr std::uint64_t k_ratio = 8192;
  if (data.size() <= k_lzma_header || read_le<std::uint16_t>(data, 2) != 5 || data[4] >= 9 * 5 * 5 ||
      size / k_ratio > data.size())
    return malformed("the entry's LZMA header makes no sense");
  LzmaProperties properties;
  properties.literal_context = data[4] % 9U;
  properties.literal_position = data[4] / 9U % 5U;
  properties.position = data[4] / 45U;
  Buffer out(static_cast<std::size_t>(size));
  if (!decompress_raw_lzma(properties, data.subspan(k_lzma_header), out))
    return malformed("the entry's LZMA data cannot be decoded");
  return out;
}

// Fields one after the other; running off the end is remembered and gives zeros.
class Fields {
 public:
  explicit Fields(Bytes bytes) : m_bytes(bytes) {}
  std::uint16_t u16() { return take<std::uint16_t>(); }
  std::uint32_t u32() { return take<std::uint32_t>(); }
  std::uint64_t u64() { return take<std::uint64_t>(); }
  void skip(std::size_t size) { static_cast<void>(bytes(size)); }
  Bytes bytes(std::size_t size) {
    const auto part = slice(m_bytes, m_offset, size);
    m_failed = m_failed || !part;
    m_offset += size;
    return part.value_or(Bytes{});
  }
  bool failed() const { return m_failed; }
  std::uint64_t offset() const { return m_offset; }

 private:
  template <class Integer>
  Integer take() {
    const auto value = read_le<Integer>(m_bytes, m_offset);
    m_failed = m_failed || !value;
    m_offset += sizeof(Integer);
    return value.value_or(0);
  }
  Bytes m_bytes;
  std::uint64_t m_offset = 0;
  bool m_failed = false;
};

struct Directory {
  std::uint64_t entries = 0, size = 0, offset = 0;
  std::uint64_t end = 0;   // where the records after the directory begin: the directory ends here
  std::uint64_t last = 0;  // the end-of-directory record
};

std::optional<std::uint64_t> find_end(Bytes archive) {
  if (archive.size() < k_end_size) return std::nullopt;
  const std::uint64_t last = archive.size() - k_end_size;
  const std::uint64_t first = last > 0xffff ? last - 0xffff : 0;
  for (std::uint64_t at = last + 1; at-- > first;) {
    if (archive[at] != 'P' || read_le<std::uint32_t>(archive, at) != k_end_signature) continue;
    if (at + k_end_size + read_le<std::uint16_t>(archive, at + 20).value_or(0) <= archive.size()) return at;
  }
  return std::nullopt;
}

Result<Directory> find_directory(Bytes archive) {
  const auto end = find_end(archive);
  if (!end) return make_error(ErrorCode::truncated, "zip-truncated", "there is no end-of-directory record");
  Fields fields(archive.subspan(*end + 4));
  const std::uint16_t disk = fields.u16(), directory_disk = fields.u16(), here = fields.u16(), all = fields.u16();
  Directory directory{all, fields.u32(), fields.u32(), *end, *end};
  if (*end >= k_locator64_size && read_le<std::uint32_t>(archive, *end - k_locator64_size) == k_locator64_signature) {
    // The locator's offset is wrong when bytes were put before the archive; the record then stands right before it.
    const std::uint64_t locator = *end - k_locator64_size;
    std::uint64_t record = read_le<std::uint64_t>(archive, locator + 8).value_or(0);
    if (read_le<std::uint32_t>(archive, record) != k_end64_signature && locator >= k_end64_size)
      record = locator - k_end64_size;
    if (read_le<std::uint32_t>(archive, record) != k_end64_signature || record > locator)
      return malformed("the zip64 locator points to no zip64 record");
    Fields wide(archive.subspan(record + 32));
    directory.entries = wide.u64();
    directory.size = wide.u64();
    directory.offset = wide.u64();
    directory.end = record;
    return directory;
  }
  if (disk != 0 || directory_disk != 0 || here != all)
    return make_error(ErrorCode::unsupported, "zip-multi-disk", "the archive is spread over several files");
  return directory;
}

// Values that do not fit their 32 bits stand in this extra field, only those and in this order.
Result<void> apply_zip64(Bytes extra, ZipEntry& entry) {
  Fields fields(extra);
  while (fields.offset() + 4 <= extra.size()) {
    const std::uint16_t id = fields.u16();
    const Bytes body = fields.bytes(fields.u16());
    if (id != k_zip64_extra) continue;
    Fields wide(body);
    for (std::uint64_t* value : {&entry.size, &entry.compressed_size, &entry.header_offset})
      if (*value == 0xffffffffU) *value = wide.u64();
    if (wide.failed()) return malformed("the zip64 field of an entry is too short");
    return {};
  }
  return {};
}

}  // namespace

struct ZipArchive::Inflater {
  inflate_state state;
};

ZipArchive::ZipArchive(Bytes archive, const ZipLimits& limits) : m_archive(archive), m_limits(limits) {}
ZipArchive::ZipArchive(ZipArchive&&) noexcept = default;
ZipArchive& ZipArchive::operator=(ZipArchive&&) noexcept = default;
ZipArchive::~ZipArchive() = default;

Result<ZipArchive> ZipArchive::open(Bytes archive, const ZipLimits& limits) {
  ZipArchive zip(archive, limits);
  TRY(zip.read_directory());
  return zip;
}

Result<void> ZipArchive::read_directory() {
  const Directory directory = TRY(find_directory(m_archive));
  if (directory.entries > m_limits.entries)
    return limit("zip-entries-limit", fmt::format("the archive names {} entries", directory.entries));
  if (directory.size > directory.end) return malformed("the directory is larger than the archive");
  const std::uint64_t start = directory.end - directory.size;
  if (directory.offset > start) return malformed("the directory's offset and size contradict each other");
  m_base = start - directory.offset;
  m_directory = start;
  m_end = directory.last;
  m_told = directory.entries;

  const Bytes bytes = m_archive.subspan(start, directory.size);
  Fields fields(bytes);
  const auto more = [&] { return read_le<std::uint32_t>(bytes, fields.offset()) == k_directory_signature; };
  for (std::uint64_t i = 0; i < directory.entries || more(); ++i) {
    if (i >= m_limits.entries) return limit("zip-entries-limit", fmt::format("the archive has over {} entries", i));
    if (fields.u32() != k_directory_signature) return malformed(fmt::format("directory entry {} is no entry", i));
    ZipEntry entry;
    fields.skip(4);
    entry.encrypted = (fields.u16() & 1U) != 0;
    entry.method = fields.u16();
    fields.skip(4);
    entry.crc = fields.u32();
    entry.compressed_size = fields.u32();
    entry.size = fields.u32();
    const std::uint16_t name_size = fields.u16(), extra_size = fields.u16(), comment_size = fields.u16();
    fields.skip(8);
    entry.header_offset = fields.u32();
    entry.name = as_text(fields.bytes(name_size));
    TRY(apply_zip64(fields.bytes(extra_size), entry));
    fields.skip(comment_size);
    if (fields.failed())
      return make_error(ErrorCode::truncated, "zip-truncated", "the directory ends inside an entry");
    if (entry.name.size() > m_limits.name_bytes)
      return limit("zip-name-limit", fmt::format("an entry's name has {} bytes", entry.name.size()));
    m_entries.push_back(entry);
  }
  return {};
}

Result<Bytes> ZipArchive::entry_data(const ZipEntry& entry) const {
  const Bytes archive = m_archive.subspan(m_base);
  if (read_le<std::uint32_t>(archive, entry.header_offset) != k_local_signature)
    return malformed("the directory points to no entry");
  const auto name = read_le<std::uint16_t>(archive, entry.header_offset + 26);
  const auto extra = read_le<std::uint16_t>(archive, entry.header_offset + 28);
  const std::uint64_t header = k_local_size + name.value_or(0) + extra.value_or(0);
  const auto data = slice(archive, entry.header_offset + header, entry.compressed_size);
  if (!name || !extra || !data)
    return make_error(ErrorCode::truncated, "zip-truncated", "an entry's data ends after the archive");
  return *data;
}

Result<void> ZipArchive::count_output(std::uint64_t bytes) {
  m_output += bytes;
  if (m_output > m_limits.output_bytes) return limit("zip-size-limit", "the entries unfold to too many bytes");
  if (m_output > m_limits.ratio_grace && m_output / m_limits.ratio > m_archive.size())
    return limit("zip-ratio-limit", "the entries unfold to more than distinct data could");
  return {};
}

namespace {

constexpr std::uint32_t k_piece = 256 << 10;
constexpr std::size_t k_forgotten = 4 << 20;

Error size_mismatch(const char* message) { return make_error(ErrorCode::mismatch, "zip-size-mismatch", message); }
Error wrong_checksum() {
  return make_error(ErrorCode::mismatch, "zip-checksum-mismatch", "the entry's CRC-32 does not match");
}

}  // namespace

Result<Bytes> ZipArchive::trusted_data(const ZipEntry& entry) {
  if (entry.encrypted) return make_error(ErrorCode::unsupported, "zip-encrypted", "the entry is encrypted");
  if (entry.method != k_stored && entry.method != k_deflated && !is_seldom(entry.method))
    return make_error(ErrorCode::unsupported, "zip-method-unsupported",
                      fmt::format("compression method {} is not read", entry.method));
  if (entry.size > m_limits.entry_bytes)
    return limit("zip-entry-size-limit", fmt::format("the entry promises {} bytes", entry.size));
  const Bytes data = TRY(entry_data(entry));
  // Bounds what is allocated by what the data could really unfold to, not by what the directory says.
  const bool possible =
      is_seldom(entry.method) ||
      (entry.method == k_stored ? entry.size == data.size() : entry.size / k_deflate_ratio <= data.size());
  if (!possible) return size_mismatch("the entry's two sizes contradict each other");
  TRY(count_output(entry.size));
  return data;
}

Result<Bytes> ZipArchive::read(const ZipEntry& entry, Buffer& storage, std::size_t padding) {
  const auto named = [&](Error error) { return std::move(error).in(entry.name); };
  auto found = trusted_data(entry);
  if (!found.ok()) return named(std::move(found).error());
  const Bytes data = *found;
  const auto size = static_cast<std::size_t>(entry.size);
  if (is_seldom(entry.method)) {
    auto plain = entry.method == k_lzma ? unpack_lzma(data, entry.size) : unpack_stream(data, entry.size);
    if (!plain) return named(std::move(plain).error());
    if (plain->size() != size) return named(size_mismatch("the entry unfolds to another size than promised"));
    storage = std::move(*plain);
  }
  if (storage.size() < size + padding + 1) storage.resize(std::max(size + padding + 1, storage.size() * 2));
  if (entry.method == k_stored) {
    std::copy(data.begin(), data.end(), storage.begin());
  } else if (entry.method == k_deflated) {
    if (!m_inflater) m_inflater = std::make_unique<Inflater>();
    inflate_state& state = m_inflater->state;
    isal_inflate_init(&state);
    state.next_in = const_cast<std::uint8_t*>(data.data());  // ISA-L's declaration; it does not write there
    state.avail_in = static_cast<std::uint32_t>(data.size());
    state.next_out = storage.data();
    state.avail_out = static_cast<std::uint32_t>(size + 1);  // one more, to notice data that goes on
    const int code = isal_inflate(&state);
    if (code != ISAL_DECOMP_OK && code != ISAL_END_INPUT)
      return named(malformed("the entry's deflate data cannot be decoded"));
    if (state.avail_out != 1) return named(size_mismatch("the entry unfolds to another size than promised"));
    if (state.block_state != ISAL_BLOCK_FINISH) return named(size_mismatch("the entry's data stops before its end"));
  }
  const Bytes content(storage.data(), size);
  if (crc32_gzip_refl(0, content.data(), content.size()) != entry.crc) return named(wrong_checksum());
  leave_avx();
  std::fill_n(storage.begin() + static_cast<std::ptrdiff_t>(size), padding, std::uint8_t{0});
  return content;
}

Result<Bytes> ZipArchive::read(const ZipEntry& entry, util::Spill& storage, util::Spill* lies_in) {
  const auto named = [&](Error error) { return std::move(error).in(entry.name); };
  storage.clear();
  if (is_seldom(entry.method)) {
    Buffer plain;
    const Bytes content = TRY(read(entry, plain));
    TRY(storage.append(content));
    return storage.view();
  }
  auto found = trusted_data(entry);
  if (!found.ok()) return named(std::move(found).error());
  const Bytes data = *found;
  if (entry.method == k_stored) {
    std::uint32_t crc = 0;
    for (std::size_t at = 0; at < data.size(); at += k_forgotten) {
      const Bytes part = data.subspan(at, std::min(k_forgotten, data.size() - at));
      crc = crc32_gzip_refl(crc, part.data(), part.size());
      if (lies_in != nullptr) lies_in->forget(part);
    }
    leave_avx();
    if (crc != entry.crc) return named(wrong_checksum());
    return data;
  }
  if (!m_inflater) m_inflater = std::make_unique<Inflater>();
  inflate_state& state = m_inflater->state;
  isal_inflate_init(&state);
  state.next_in = const_cast<std::uint8_t*>(data.data());  // ISA-L's declaration; it does not write there
  state.avail_in = static_cast<std::uint32_t>(data.size());
  Buffer block(k_piece);
  std::uint32_t crc = 0;
  std::size_t forgotten = 0;
  for (bool goes_on = true; goes_on;) {
    state.next_out = block.data();
    state.avail_out = k_piece;
    const int code = isal_inflate(&state);
    const std::size_t made = k_piece - state.avail_out;
    crc = crc32_gzip_refl(crc, block.data(), made);
    leave_avx();
    if (code != ISAL_DECOMP_OK && code != ISAL_END_INPUT)
      return named(malformed("the entry's deflate data cannot be decoded"));
    if (storage.size() + made > entry.size)
      return named(size_mismatch("the entry unfolds to another size than promised"));
    TRY(storage.append(Bytes(block).first(made)));
    const std::size_t used = data.size() - state.avail_in;
    if (lies_in != nullptr && used - forgotten >= k_forgotten) {
      lies_in->forget(data.subspan(forgotten, used - forgotten));
      forgotten = used;
    }
    goes_on = state.block_state != ISAL_BLOCK_FINISH && made > 0;
  }
  if (state.block_state != ISAL_BLOCK_FINISH) return named(size_mismatch("the entry's data stops before its end"));
  if (storage.size() != entry.size) return named(size_mismatch("the entry unfolds to another size than promised"));
  if (crc != entry.crc) return named(wrong_checksum());
  return storage.view();
}

bool ZipArchive::begins_with(const ZipEntry& entry, std::string_view magic) const {
  constexpr std::size_t k_longest = 64;
  constexpr std::uint16_t k_as_it_is = 0, k_deflate_method = 8;
  if (entry.encrypted || entry.size < magic.size() || magic.size() > k_longest) return false;
  const auto data = entry_data(entry);
  if (!data.ok()) return false;
  if (entry.method == k_as_it_is) return as_text(*data).starts_with(magic);
  if (entry.method != k_deflate_method) return false;
  std::array<std::uint8_t, k_longest> first{};
  const std::size_t got = inflate_raw(*data, std::span(first).first(magic.size()));
  return got == magic.size() && as_text(Bytes(first.data(), got)) == magic;
}

}  // namespace hullcheck::formats
