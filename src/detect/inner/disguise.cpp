#include "detect/inner/disguise.hpp"

#include <algorithm>
#include <string_view>

#include "formats/elf.hpp"
#include "formats/inflate.hpp"

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
    case Disguise::Kind::zlib: break;
  }
  return byte;
}

Buffer changed(const Disguise& disguise, Bytes bytes) {
  Buffer out(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) out[i] = changed(disguise, bytes[i], i);
  return out;
}

// The whole header makes sense, not only its first bytes.
bool gives_program(const Disguise& disguise, Bytes head) {
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
    if (!begins_as(disguise, head, wanted)) continue;
    const auto end = disguise.key.begin() + static_cast<std::ptrdiff_t>(disguise.length);
    // One byte again and again is another search's, and nothing at all is the program itself.
    if (std::all_of(disguise.key.begin(), end, [&](std::uint8_t byte) { return byte == disguise.key[0]; }))
      return std::nullopt;
    if (gives_program(disguise, head)) return disguise;
  }
  return std::nullopt;
}

std::optional<Disguise> find_program(Bytes head) {
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

bool is_zlib(Bytes head) { return head[0] == 0x78 && (head[0] * 256U + head[1]) % 31 == 0 && (head[1] & 0x20U) == 0; }

}  // namespace

std::string Disguise::name() const {
  switch (kind) {
    case Kind::key: return "XOR 0x" + to_hex(Bytes(key).first(length));
    case Kind::added: return "added 0x" + to_hex(Bytes(key).first(1));
    case Kind::turned: return "turned by " + std::to_string(key[0]) + " bits";
    case Kind::zlib: break;
  }
  return "zlib";
}

std::optional<Disguise> find_disguise(Bytes head) {
  if (head.size() < k_head) return std::nullopt;
  if (is_zlib(head)) return Disguise{Disguise::Kind::zlib};
  if (auto archive = find_archive(head)) return archive;
  return find_program(head);
}

Result<Buffer> undisguised(const Disguise& disguise, Bytes file, std::size_t most) {
  if (disguise.kind == Disguise::Kind::zlib) return formats::inflate(file, formats::DeflateFrame::zlib, most);
  return changed(disguise, file);
}

}  // namespace hullcheck::detect
