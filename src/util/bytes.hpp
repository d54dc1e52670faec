// Borrowed and owned bytes, and reads from them that cannot leave their bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hullcheck {

using Bytes = std::span<const std::uint8_t>;  // borrowed: the owner is named where one is handed over
using Buffer = std::vector<std::uint8_t>;

inline Bytes as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// The part [offset, offset + size) or nothing: neither a large offset nor a sum that wraps round can leave `bytes`.
inline std::optional<Bytes> slice(Bytes bytes, std::uint64_t offset, std::uint64_t size) {
  if (offset > bytes.size() || size > bytes.size() - offset) return std::nullopt;
  return bytes.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
}

// Unaligned integers of either byte order; nothing when they do not fit.
template <class Integer>
std::optional<Integer> read_le(Bytes bytes, std::uint64_t offset) {
  const auto part = slice(bytes, offset, sizeof(Integer));
  if (!part) return std::nullopt;
  Integer value = 0;
  for (std::size_t i = sizeof(Integer); i-- > 0;) value = static_cast<Integer>((value << 8) | (*part)[i]);
  return value;
}
template <class Integer>
std::optional<Integer> read_be(Bytes bytes, std::uint64_t offset) {
  const auto part = slice(bytes, offset, sizeof(Integer));
  if (!part) return std::nullopt;
  Integer value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) value = static_cast<Integer>((value << 8) | (*part)[i]);
  return value;
}

std::string to_hex(Bytes bytes);
std::optional<Buffer> from_hex(std::string_view text);

}  // namespace hullcheck
