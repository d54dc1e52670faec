#include "util/codec.hpp"

#include <limits>

namespace hullcheck::util {

void Encoder::u64(std::uint64_t value) {
  while (value >= 0x80) {
    m_out.push_back(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  m_out.push_back(static_cast<std::uint8_t>(value));
}

void Encoder::i64(std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value);
  u64((bits << 1) ^ (value < 0 ? ~std::uint64_t{0} : 0));
}

void Encoder::string(std::string_view text) {
  u64(text.size());
  m_out.insert(m_out.end(), text.begin(), text.end());
}

std::uint64_t Decoder::u64() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (m_rest.empty()) break;
    const std::uint8_t byte = m_rest.front();
    m_rest = m_rest.subspan(1);
    const std::uint64_t part = byte & 0x7fU;
    if (shift == 63 && part > 1) break;
    value |= part << shift;
    if ((byte & 0x80U) == 0) {
      if (byte == 0 && shift != 0) break;  // a longer spelling of a smaller number: not canonical
      return value;
    }
  }
  fail();
  return 0;
}

std::uint32_t Decoder::u32() {
  const std::uint64_t value = u64();
  if (value > std::numeric_limits<std::uint32_t>::max()) {
    fail();
    return 0;
  }
  return static_cast<std::uint32_t>(value);
}

std::int64_t Decoder::i64() {
  const std::uint64_t bits = u64();
  return static_cast<std::int64_t>((bits >> 1) ^ ((bits & 1) != 0 ? ~std::uint64_t{0} : 0));
}

bool Decoder::boolean() {
  const std::uint64_t value = u64();
  if (value > 1) fail();
  return value == 1;
}

std::string_view Decoder::string() { return as_text(raw(static_cast<std::size_t>(u64()))); }

Bytes Decoder::raw(std::size_t size) {
  const auto part = slice(m_rest, 0, size);
  if (!part || m_failed) {
    fail();
    return {};
  }
  m_rest = m_rest.subspan(size);
  return *part;
}

std::size_t Decoder::count(std::size_t least) {
  const std::uint64_t value = u64();
  if (value > m_rest.size() / (least == 0 ? 1 : least)) {
    fail();
    return 0;
  }
  return static_cast<std::size_t>(value);
}

}  // namespace hullcheck::util
