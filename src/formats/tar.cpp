// The tar reader: blocks of the input in, members and their content out.
// Idea: content is never copied. A piece is what is left of the input's block; only a header that spans two blocks of
// the input is put together in a buffer of its own.
// Hostile: sizes near 2^63 (nothing is reserved, sums cannot wrap), headers that only describe further headers (a
// loop, no recursion), a million members without content (a few hundred nanoseconds each).
#include "formats/tar.hpp"

#include "formats/tar_header.hpp"
#include "formats/tar_pax.hpp"
#include "formats/tar_sparse.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace hullcheck::formats {
namespace {

constexpr std::size_t k_hole_piece = 64 * 1024;

Bytes zeros(std::uint64_t size) {
  static std::array<std::uint8_t, k_hole_piece> holes;  // not const, so that it takes no room in the program's file
  return Bytes(holes).first(static_cast<std::size_t>(std::min<std::uint64_t>(size, k_hole_piece)));
}

Error truncated(const char* where) {
  return make_error(ErrorCode::truncated, "tar-truncated", fmt::format("the archive ends inside {}", where));
}

bool has_content(TarType type) { return type == TarType::file || type == TarType::other; }

std::uint64_t padding_after(std::uint64_t size) { return (k_tar_block - size % k_tar_block) % k_tar_block; }

}  // namespace

struct TarReader::State {
  State(ByteStream& stream, const TarLimits& bounds) : input(stream), limits(bounds) {}

  Result<const TarEntry*> advance();
  Result<Bytes> read();
  Error failed(Error error);

  // The input, without a notion of members.
  Result<bool> refill();  // false: the input has ended
  Result<const std::uint8_t*> take_block();
  Bytes take(std::uint64_t most);
  Result<void> skip(std::uint64_t size);
  Result<void> collect(std::uint64_t size, std::string& to);

  // Headers.
  Result<bool> end_of_archive(TarBlock block);
  Result<bool> read_metadata();
  Result<void> begin_member(TarBlock block);
  Result<void> begin_sparse(SparseForm form, std::uint64_t real_size);
  Result<std::uint64_t> read_gnu_sparse(TarBlock block);
  Result<void> apply_metadata();
  void forget_metadata();
  Result<Bytes> read_sparse();

  ByteStream& input;
  TarLimits limits;
  Bytes block;  // what is left of the input's block
  std::uint64_t position = 0, entries = 0, holes = 0;
  bool input_ended = false, ended = false;
  std::optional<Error> error;
  std::array<std::uint8_t, k_tar_block> spanning{};

  TarEntry entry;
  std::uint64_t left = 0, padding = 0;  // stored content of the member that is unread, and what follows it

  // What the headers before a member say about it.
  bool has_metadata = false;
  PaxValues pax;
  std::string long_name, long_link, special;

  std::vector<TarSegment> segments;
  std::size_t segment = 0;
  std::uint64_t offset = 0;  // in the real file
};

TarReader::TarReader(ByteStream& input, const TarLimits& limits) : m_state(std::make_unique<State>(input, limits)) {}
TarReader::~TarReader() = default;

Result<const TarEntry*> TarReader::next() {
  if (m_state->error) return *m_state->error;
  if (m_state->ended) return nullptr;
  auto entry = m_state->advance();
  if (!entry) return m_state->failed(std::move(entry).error());
  m_state->ended = *entry == nullptr;
  return entry;
}

Result<Bytes> TarReader::read() {
  if (m_state->error) return *m_state->error;
  auto piece = m_state->read();
  if (!piece) return m_state->failed(std::move(piece).error());
  return piece;
}

Bytes TarReader::behind() const { return m_state->block; }

std::uint64_t TarReader::position() const { return m_state->position; }

// ---- the input ----

Error TarReader::State::failed(Error reason) {
  if (reason.name.starts_with("tar-")) reason.message += fmt::format(", near byte {} of the archive", position);
  error = std::move(reason);
  return *error;
}

Result<bool> TarReader::State::refill() {
  if (block.empty() && !input_ended) {
    block = TRY(input.next());
    input_ended = block.empty();
  }
  return !block.empty();
}

Bytes TarReader::State::take(std::uint64_t most) {
  const Bytes piece = block.first(static_cast<std::size_t>(std::min<std::uint64_t>(most, block.size())));
  block = block.subspan(piece.size());
  position += piece.size();
  return piece;
}

// Null at the end of the input. The bytes stay valid until the input is read again.
Result<const std::uint8_t*> TarReader::State::take_block() {
  if (block.size() >= k_tar_block) return take(k_tar_block).data();
  std::size_t have = 0;
  while (have < k_tar_block) {
    if (!TRY(refill())) {
      if (have == 0) return nullptr;
      return truncated("a header");
    }
    const Bytes piece = take(k_tar_block - have);
    std::memcpy(spanning.data() + have, piece.data(), piece.size());
    have += piece.size();
  }
  return spanning.data();
}

Result<void> TarReader::State::skip(std::uint64_t size) {
  while (size > 0) {
    if (!TRY(refill())) return truncated("a member");
    size -= take(size).size();
  }
  return {};
}

Result<void> TarReader::State::collect(std::uint64_t size, std::string& to) {
  to.clear();
  while (to.size() < size) {
    if (!TRY(refill())) return truncated("an extended header");
    to += as_text(take(size - to.size()));
  }
  return skip(padding_after(size));
}

// ---- headers ----

Result<const TarEntry*> TarReader::State::advance() {
  TRY(skip(std::exchange(left, 0)));
  // Padding that the end of the input cuts off is nobody's loss.
  for (std::uint64_t rest = std::exchange(padding, 0); rest > 0 && TRY(refill());) rest -= take(rest).size();
  segments.clear();
  while (true) {
    const std::uint8_t* bytes = TRY(take_block());
    if (bytes == nullptr) {
      if (has_metadata)
        return make_error(ErrorCode::truncated, "tar-truncated", "an extended header describes no member");
      return nullptr;
    }
    const TarBlock header(bytes, k_tar_block);
    if (header[0] == 0 && TRY(end_of_archive(header))) return nullptr;
    if (!has_tar_checksum(header))
      return make_error(ErrorCode::malformed, "tar-checksum", "a header's checksum is wrong");
    TRY(read_tar_header(header, entry));
    if (TRY(read_metadata())) continue;
    if (++entries > limits.entries)
      return make_error(ErrorCode::limit, "tar-entries-limit",
                        fmt::format("the archive has more than {} members", limits.entries));
    TRY(begin_member(header));
    return &entry;
  }
}

// One zero block followed by anything else would be the end for some readers and not for others.
Result<bool> TarReader::State::end_of_archive(TarBlock header) {
  if (!is_zero_block(header)) return false;
  if (has_metadata) return tar_header_error("an extended header describes no member");
  const std::uint8_t* second = TRY(take_block());
  if (second != nullptr && !is_zero_block(TarBlock(second, k_tar_block)))
    return tar_header_error("a single block of zeros stands between members");
  return true;
}

// True when the header just read only says something about the member to come.
Result<bool> TarReader::State::read_metadata() {
  const char type = entry.raw_type;
  const bool is_pax = type == 'x' || type == 'g', is_name = type == 'L' || type == 'K';
  if (!is_pax && !is_name) return false;
  if (is_pax && entry.size > limits.pax_bytes)
    return make_error(ErrorCode::limit, "tar-pax-limit",
                      fmt::format("an extended header has more than {} bytes", limits.pax_bytes));
  if (is_name && entry.size > limits.name_length + 1)  // its NUL
    return make_error(ErrorCode::limit, "tar-name-limit",
                      fmt::format("a name has more than {} bytes", limits.name_length));
  TRY(collect(entry.size, special));
  if (type == 'g') {
    PaxValues ignored;
    TRY(read_pax_records(special, limits, ignored));
    forget_metadata();  // for an engine it is a member, which takes what stands before it
    return true;
  }
  has_metadata = true;
  if (is_name) {
    (type == 'L' ? long_name : long_link).assign(tar_text(as_bytes(special)));
  } else {
    pax = PaxValues();
    TRY(read_pax_records(special, limits, pax));
  }
  return true;
}

Result<void> TarReader::State::begin_member(TarBlock header) {
  // First what needs the block: an extension of the map may take its place.
  SparseForm form = entry.raw_type == 'S' ? SparseForm::old_gnu : SparseForm::none;
  std::uint64_t real_size = 0;
  if (form == SparseForm::old_gnu) real_size = TRY(read_gnu_sparse(header));
  if (has_metadata) {
    if (form == SparseForm::none) form = pax_sparse_form(pax);
    TRY(apply_metadata());
  }
  if (entry.name.size() > limits.name_length || entry.link.size() > limits.name_length)
    return make_error(ErrorCode::limit, "tar-name-limit",
                      fmt::format("a name has more than {} bytes", limits.name_length));
  if (entry.raw_type == '\0' && entry.name.ends_with('/')) entry.type = TarType::directory;  // as v7 has no other way
  const bool content = has_content(entry.type);
  if (!content) entry.size = 0;
  left = entry.size;
  padding = padding_after(left);
  if (form != SparseForm::none) {
    if (!content) return tar_header_error("something that is no file has a sparse map");
    TRY(begin_sparse(form, real_size));
  }
  if (has_metadata) forget_metadata();
  return {};
}

void TarReader::State::forget_metadata() {
  has_metadata = false;
  pax = PaxValues();
  long_name.clear();
  long_link.clear();
}

Result<std::uint64_t> TarReader::State::read_gnu_sparse(TarBlock header) {
  if (!is_gnu_header(header)) return tar_header_error("a sparse member is not in GNU form");
  const std::uint64_t real_size = TRY(gnu_real_size(header));
  bool more = false;
  TRY(read_gnu_segments(header, false, limits, segments, more));
  while (more) {
    const std::uint8_t* bytes = TRY(take_block());
    if (bytes == nullptr) return truncated("a header");
    TRY(read_gnu_segments(TarBlock(bytes, k_tar_block), true, limits, segments, more));
  }
  return real_size;
}

Result<void> TarReader::State::apply_metadata() {
  apply_pax_values(pax, entry);
  if (!long_name.empty()) entry.name = long_name;
  const bool is_link = entry.type == TarType::symlink || entry.type == TarType::hard_link;
  if (is_link && !long_link.empty()) entry.link = long_link;
  return {};
}

Result<void> TarReader::State::begin_sparse(SparseForm form, std::uint64_t real_size) {
  if (form != SparseForm::old_gnu) {
    if (!pax.sparse_name.empty()) entry.name = pax.sparse_name;
    real_size = pax.sparse_size.value_or(pax.sparse_real_size.value_or(entry.size));
  }
  if (form == SparseForm::pax_0) TRY(read_pax_0_segments(pax, segments));
  if (form == SparseForm::pax_1) {
    Pax1Map map(limits);
    for (bool done = false; !done;) {
      if (left < k_tar_block) return tar_header_error("a sparse map does not end inside its member");
      const std::uint8_t* bytes = TRY(take_block());
      if (bytes == nullptr) return truncated("a sparse map");
      left -= k_tar_block;
      done = TRY(map.add(TarBlock(bytes, k_tar_block)));
    }
    segments = std::move(map.segments);
  }
  TRY(check_segments(segments, real_size, left, limits));
  holes += real_size - left;
  if (holes > limits.sparse_total)
    return make_error(ErrorCode::limit, "tar-sparse-limit",
                      fmt::format("the sparse files have more than {} bytes of holes", limits.sparse_total));
  entry.size = real_size;
  entry.sparse = true;
  segment = 0;
  offset = 0;
  return {};
}

// ---- content ----

Result<Bytes> TarReader::State::read() {
  if (entry.sparse) return read_sparse();
  if (left == 0) return Bytes();
  if (!TRY(refill())) return truncated("a member");
  const Bytes piece = take(left);
  left -= piece.size();
  return piece;
}

Result<Bytes> TarReader::State::read_sparse() {
  if (ended || offset == entry.size) return Bytes();
  while (segment < segments.size() && offset == segments[segment].offset + segments[segment].size) ++segment;
  const bool in_hole = segment == segments.size() || offset < segments[segment].offset;
  if (in_hole) {
    const Bytes piece = zeros((segment == segments.size() ? entry.size : segments[segment].offset) - offset);
    offset += piece.size();
    return piece;
  }
  if (!TRY(refill())) return truncated("a member");
  const Bytes piece = take(segments[segment].offset + segments[segment].size - offset);
  offset += piece.size();
  left -= piece.size();
  return piece;
}

}  // namespace hullcheck::formats
