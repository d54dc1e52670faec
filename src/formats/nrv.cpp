#include "formats/nrv.hpp"

namespace hullcheck::formats {
namespace {

constexpr std::uint32_t k_most_offset = 0x00ffffff + 3;  // before its low byte: more is no stream
constexpr std::uint32_t k_end = 0xffffffffU;

class Reader {
 public:
  Reader(Bytes input, NrvBits bits) : m_input(input), m_width(static_cast<unsigned>(bits)) {}

  std::uint32_t bit() {
    if (m_left == 0) {
      const unsigned bytes = m_width / 8;
      m_held = 0;
      for (unsigned i = 0; i < bytes; ++i) m_held |= std::uint32_t{byte()} << (8 * i);
      m_left = m_width;
    }
    --m_left;
    return m_held >> m_left & 1U;
  }
  std::uint8_t byte() {
    if (m_at < m_input.size()) return m_input[m_at++];
    m_failed = true;
    return 0;
  }
  bool failed() const { return m_failed; }
  std::size_t consumed() const { return m_at; }

 private:
  Bytes m_input;
  unsigned m_width;
  std::size_t m_at = 0;
  std::uint32_t m_held = 0;
  unsigned m_left = 0;
  bool m_failed = false;
};

class Decoder {
 public:
  Decoder(NrvVariant variant, NrvBits bits, Bytes input, std::span<std::uint8_t> output)
      : m_variant(variant), m_reader(input, bits), m_output(output) {}

  NrvResult run() {
    bool ended = false;
    while (!m_failed && !m_reader.failed() && !ended) ended = step();
    return {ended && !m_failed && !m_reader.failed(), m_reader.consumed(), m_written};
  }

 private:
  // True at the end mark.
  bool step() {
    while (m_reader.bit() != 0 && !m_reader.failed())
      if (!put(m_reader.byte())) return false;
    std::uint32_t offset = offset_code();
    std::uint32_t length = 0;
    if (m_failed || m_reader.failed()) return false;
    const bool again = offset == 2;
    if (again) {
      offset = m_last;
    } else {
      offset = (offset - 3) * 256 + m_reader.byte();
      if (offset == k_end) return true;
    }
    if (m_variant == NrvVariant::nrv2b) {
      if (!again) m_last = ++offset;
      length = m_reader.bit();
      length = length * 2 + m_reader.bit();
      if (length == 0) length = length_code() + 2;
      length += offset > 0xd00 ? 1 : 0;
    } else {
      if (again) {
        length = m_reader.bit();
      } else {
        length = ~offset & 1U;
        offset >>= 1U;
        m_last = ++offset;
      }
      length = m_variant == NrvVariant::nrv2d ? length_2d(length) : length_2e(length);
      length += offset > 0x500 ? 1 : 0;
    }
    copy(offset, std::uint64_t{length} + 1);
    return false;
  }

  std::uint32_t offset_code() {
    std::uint32_t offset = 1;
    for (;;) {
      offset = offset * 2 + m_reader.bit();
      if (m_reader.failed() || offset > k_most_offset) break;
      if (m_reader.bit() != 0) return offset;
      if (m_variant != NrvVariant::nrv2b) offset = (offset - 1) * 2 + m_reader.bit();
    }
    m_failed = true;
    return 0;
  }

  std::uint32_t length_code() {
    std::uint32_t length = 1;
    do {
      length = length * 2 + m_reader.bit();
      if (m_reader.failed() || length >= m_output.size()) {
        m_failed = true;
        return 0;
      }
    } while (m_reader.bit() == 0);
    return length;
  }
  std::uint32_t length_2d(std::uint32_t first) {
    const std::uint32_t length = first * 2 + m_reader.bit();
    return length == 0 ? length_code() + 2 : length;
  }
  std::uint32_t length_2e(std::uint32_t first) {
    if (first != 0) return 1 + m_reader.bit();
    if (m_reader.bit() != 0) return 3 + m_reader.bit();
    return length_code() + 3;
  }

  bool put(std::uint8_t byte) {
    if (m_written == m_output.size()) {
      m_failed = true;
      return false;
    }
    m_output[m_written++] = byte;
    return true;
  }
  void copy(std::uint32_t offset, std::uint64_t length) {
    if (offset == 0 || offset > m_written || length > m_output.size() - m_written) {
      m_failed = true;
      return;
    }
    for (std::uint64_t i = 0; i < length; ++i, ++m_written) m_output[m_written] = m_output[m_written - offset];
  }

  NrvVariant m_variant;
  Reader m_reader;
  std::span<std::uint8_t> m_output;
  std::size_t m_written = 0;
  std::uint32_t m_last = 1;
  bool m_failed = false;
};

}  // namespace

NrvResult decompress_nrv(NrvVariant variant, NrvBits bits, Bytes input, std::span<std::uint8_t> output) {
  return Decoder(variant, bits, input, output).run();
}

}  // namespace hullcheck::formats
