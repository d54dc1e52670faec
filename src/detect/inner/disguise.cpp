#include "detect/inner/disguise.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "formats/elf.hpp"
#include "formats/inflate.hpp"
#include "formats/xz.hpp"

namespace hullcheck::detect {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t k_ident = 16;
constexpr std::size_t k_head = 64;
using Ident = std::array<std::uint8_t, k_ident>;

constexpr Ident ident(std::uint8_t size, std::uint8_t order, std::uint8_t system) {
  return {0x7f, 'E', 'L', 'F', size, order, 1, system};
}
// Both sizes, both byte orders, and the two systems that programs for Linux name.
constexpr std::array<Ident, 6> k_idents{ident(2, 1, 0), ident(2, 1, 3), ident(1, 1, 0),
                                        ident(1, 1, 3), ident(2, 2, 0), ident(1, 2, 0)};

constexpr std::array k_archives{"\x1f\x8b\x08"sv, "PK\x03\x04"sv, "\x28\xb5\x2f\xfd"sv,
                                "\xfd"
                                "7zXZ\0"sv,
                                "!<arch>\n"sv};

std::uint8_t changed(const Disguise& disguise, std::uint8_t byte, std::size_t at) {
  const std::uint8_t number = disguise.key[0];
  switch (disguise.kind) {
    case Disguise::Kind::key: return static_cast<std::uint8_t>(byte ^ disguise.key[at % disguise.length]);
    case Disguise::Kind::added: return static_cast<std::uint8_t>(byte - number);
    case Disguise::Kind::turned: return static_cast<std::uint8_t>(byte >> number | byte << (8 - number));
    default: break;
  }
  return byte;
}

Buffer changed(const Disguise& disguise, Bytes bytes, std::size_t at = 0) {
  Buffer out(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) out[i] = changed(disguise, bytes[i], at + i);
  return out;
}

// An executable or a library, in either byte order. With a key as long as the beginning anything begins as a program,
// so every file is asked.
bool may_have_type(const Disguise& disguise, Bytes head) {
  const std::uint8_t first = changed(disguise, head[k_ident], k_ident);
  const std::uint8_t second = changed(disguise, head[k_ident + 1], k_ident + 1);
  return (first | second) <= 3 && (first == 0 || second == 0);
}

// The whole header makes sense, not only its first bytes.
bool gives_program(const Disguise& disguise, Bytes head) {
  if (!may_have_type(disguise, head)) return false;
  const Buffer plain = changed(disguise, head.first(k_head));
  const auto header = formats::ElfHeader::read(plain);
  if (!header || (header->type != 2 && header->type != 3) || header->machine == 0 || header->segment_count == 0)
    return false;
  return header->segment_size == (header->is_64 ? 56 : 32) && header->segment_offset >= header->size();
}

bool begins_as(const Disguise& disguise, Bytes head, const Ident& wanted) {
  for (std::size_t i = 0; i < k_ident; ++i)
    if (changed(disguise, head[i], i) != wanted[i]) return false;
  return true;
}

std::optional<Disguise> find_key(Bytes head, const Ident& wanted) {
  Disguise disguise;
  for (std::size_t i = 0; i < k_ident; ++i) disguise.key[i] = static_cast<std::uint8_t>(head[i] ^ wanted[i]);
  for (disguise.length = 2; disguise.length <= k_ident; ++disguise.length) {
    const auto& key = disguise.key;
    const std::size_t rest = k_ident - disguise.length;  // where the key begins again; mostly its first byte tells
    if (rest > 0 && key[0] != key[disguise.length]) continue;
    if (std::memcmp(key.data(), key.data() + disguise.length, rest) != 0) continue;
    const auto end = disguise.key.begin() + static_cast<std::ptrdiff_t>(disguise.length);
    if (std::all_of(disguise.key.begin(), end, [&](std::uint8_t byte) { return byte == disguise.key[0]; }))
      return std::nullopt;
    if (gives_program(disguise, head)) return disguise;
  }
  return std::nullopt;
}

bool has_key_of_one_byte(Bytes head, const Ident& wanted) {
  const auto key = static_cast<std::uint8_t>(head[0] ^ wanted[0]);
  for (std::size_t i = 1; i < k_ident; ++i)
    if ((head[i] ^ wanted[i]) != key) return false;
  return true;
}

std::optional<Disguise> find_program(Bytes head) {
  // One byte again and again is another search's, and no key at all is the program itself. Under a key of sixteen it
  // would be the program of another system as well.
  if (std::any_of(k_idents.begin(), k_idents.end(),
                  [&](const Ident& wanted) { return has_key_of_one_byte(head, wanted); }))
    return std::nullopt;
  for (const Ident& wanted : k_idents)
    if (auto disguise = find_key(head, wanted)) return disguise;
  Disguise disguise{Disguise::Kind::added, {static_cast<std::uint8_t>(head[0] - 0x7f)}};
  const auto fits = [&](const Ident& wanted) {
    return begins_as(disguise, head, wanted) && gives_program(disguise, head);
  };
  if (disguise.key[0] != 0 && std::any_of(k_idents.begin(), k_idents.end(), fits)) return disguise;
  disguise.kind = Disguise::Kind::turned;
  for (disguise.key[0] = 1; disguise.key[0] < 8; ++disguise.key[0])
    if (std::any_of(k_idents.begin(), k_idents.end(), fits)) return disguise;
  return std::nullopt;
}

std::optional<Disguise> find_archive(Bytes head) {
  for (const std::string_view magic : k_archives) {
    const auto key = static_cast<std::uint8_t>(head[0] ^ static_cast<std::uint8_t>(magic[0]));
    const Disguise disguise{Disguise::Kind::key, {key}};
    bool same = key != 0;
    for (std::size_t i = 1; same && i < magic.size(); ++i)
      same = changed(disguise, head[i], i) == static_cast<std::uint8_t>(magic[i]);
    if (same) return disguise;
  }
  return std::nullopt;
}

// The last entry of a program's last section, backwards: names of sections have no entries, stand at any place, and
// belong to no other section.
bool is_backwards(Bytes head) {
  constexpr std::size_t k_zeros = 15, k_fields = 24;
  const auto zero = [&](std::size_t from, std::size_t to) {
    return std::all_of(head.begin() + static_cast<std::ptrdiff_t>(from),
                       head.begin() + static_cast<std::ptrdiff_t>(to), [](std::uint8_t byte) { return byte == 0; });
  };
  const bool wide = zero(0, k_zeros) && head[k_zeros] == 1 && zero(k_zeros + 1, k_fields);
  const bool narrow = zero(0, 7) && head[7] == 1 && zero(8, 16);
  return wide || narrow;
}

// LZMA without a container: properties, the size of the dictionary, that of the content or none, a first byte of
// zero.
bool is_lzma(Bytes head) {
  if (head[0] != 0x5d || head[1] != 0 || head[2] != 0 || head[13] != 0) return false;
  const auto dictionary = static_cast<std::uint32_t>(head[3] << 16U | head[4] << 24U);
  std::uint64_t size = 0;
  for (std::size_t i = 12; i >= 5; --i) size = size << 8U | head[i];
  const bool round = (dictionary & (dictionary - 1)) == 0;
  return dictionary != 0 && round && (size == ~std::uint64_t{0} || (size > 0 && size < 1ULL << 38U));
}

bool is_zlib(Bytes head) { return head[0] == 0x78 && (head[0] * 256U + head[1]) % 31 == 0 && (head[1] & 0x20U) == 0; }

}  // namespace

std::string Disguise::name() const {
  switch (kind) {
    case Kind::key: return "XOR 0x" + to_hex(Bytes(key).first(length));
    case Kind::added: return "added 0x" + to_hex(Bytes(key).first(1));
    case Kind::turned: return "turned by " + std::to_string(key[0]) + " bits";
    case Kind::lzma: return "LZMA";
    case Kind::wide: return "UTF-16";
    case Kind::backwards: return "backwards";
    case Kind::zlib: break;
  }
  return "zlib";
}

bool ends_backwards(Bytes file) {
  constexpr std::string_view k_end = "FLE\x7f"sv;
  return file.size() >= k_head && as_text(file).ends_with(k_end);
}

bool is_wide_text(Bytes head) {
  if (head.size() < k_head) return false;
  head = head.first(k_head);
  const bool marked = (head[0] == 0xff && head[1] == 0xfe) || (head[0] == 0xfe && head[1] == 0xff);
  const std::size_t empty = head[0] == 0xfe || head[0] == 0 ? 0 : 1;
  for (std::size_t i = marked ? 2 : 0; i + 1 < head.size(); i += 2) {
    const std::uint8_t letter = head[i + 1 - empty];
    const bool plain = (letter >= 0x20 && letter < 0x7f) || letter == '\n' || letter == '\r' || letter == '\t';
    if (head[i + empty] != 0 || !plain) return false;
  }
  return true;
}

std::optional<Disguise> find_disguise(Bytes head) {
  if (head.size() < k_head) return std::nullopt;
  if (is_zlib(head)) return Disguise{Disguise::Kind::zlib};
  if (is_lzma(head)) return Disguise{Disguise::Kind::lzma};
  if (is_backwards(head)) return Disguise{Disguise::Kind::backwards};
  if (is_wide_text(head)) return Disguise{Disguise::Kind::wide};
  if (auto archive = find_archive(head)) return archive;
  return find_program(head);
}

namespace {

constexpr std::size_t k_piece = 1 << 20;

Result<Bytes> hold(Result<Buffer> made, util::Spill& plain) {
  const Buffer bytes = TRY(std::move(made));
  TRY(plain.append(bytes));
  return plain.view();
}

// make(piece, offset) of one piece of the file after the other.
template <class Make>
Result<Bytes> hold_pieces(Bytes file, util::Spill& plain, Make make) {
  for (std::size_t at = 0; at < file.size(); at += k_piece)
    TRY(plain.append(make(file.subspan(at, std::min(k_piece, file.size() - at)), at)));
  return plain.view();
}

Result<Bytes> turned_round(Bytes file, util::Spill& plain) {
  if (!ends_backwards(file))
    return make_error(ErrorCode::malformed, "not-backwards", "it is no program written backwards");
  for (Bytes rest = file; !rest.empty();) {
    const Bytes piece = rest.last(std::min(rest.size(), k_piece));
    TRY(plain.append(Buffer(piece.rbegin(), piece.rend())));
    rest = rest.first(rest.size() - piece.size());
  }
  return plain.view();
}

Result<Bytes> narrowed(Bytes file, util::Spill& plain) {
  const std::size_t low = file[0] == 0xfe || file[0] == 0 ? 1 : 0;
  if (file[0] >= 0xfe) file = file.subspan(2);
  return hold_pieces(file, plain, [&](Bytes piece, std::size_t) {
    Buffer text(piece.size() / 2);
    for (std::size_t i = 0; i < text.size(); ++i)
      text[i] = piece[2 * i + 1 - low] == 0 ? piece[2 * i + low] : static_cast<std::uint8_t>('?');
    return text;
  });
}

}  // namespace

Result<Bytes> undisguised(const Disguise& disguise, Bytes file, std::size_t most, util::Spill& plain) {
  switch (disguise.kind) {
    case Disguise::Kind::zlib: return hold(formats::inflate(file, formats::DeflateFrame::zlib, most), plain);
    case Disguise::Kind::lzma: return hold(formats::decompress_lzma_alone(file, most), plain);
    case Disguise::Kind::backwards: return turned_round(file, plain);
    case Disguise::Kind::wide: return narrowed(file, plain);
    default: break;
  }
  plain.expect(file.size());
  return hold_pieces(file, plain, [&](Bytes piece, std::size_t at) { return changed(disguise, piece, at); });
}

}  // namespace hullcheck::detect
