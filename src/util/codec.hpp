// The binary form of cached and saved facts: unsigned LEB128 varints and length-prefixed strings. Canonical: one
// value has one encoding. Decoding treats the bytes as hostile and never allocates more than they hold.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "util/bytes.hpp"

namespace hullcheck::util {

class Encoder {
 public:
  void u64(std::uint64_t value);
  void i64(std::int64_t value);  // zigzag
  void boolean(bool value) { u64(value ? 1 : 0); }
  void string(std::string_view text);
  void bytes(Bytes bytes) { string(as_text(bytes)); }
  void raw(Bytes bytes) { m_out.insert(m_out.end(), bytes.begin(), bytes.end()); }  // no length: fixed-size fields
  void reserve(std::size_t bytes) { m_out.reserve(m_out.size() + bytes); }
  const Buffer& data() const { return m_out; }
  Buffer take() { return std::move(m_out); }

 private:
  Buffer m_out;
};

// A failed read makes every later one fail too and gives zeros and empty strings; ask failed() at the end.
class Decoder {
 public:
  explicit Decoder(Bytes bytes) : m_rest(bytes) {}
  std::uint64_t u64();
  std::uint32_t u32();  // fails above 32 bits: a cast would make two spellings of one value
  std::int64_t i64();
  bool boolean();
  std::string_view string();  // borrowed from the input
  Bytes bytes() { return as_bytes(string()); }
  Bytes raw(std::size_t size);
  // A count of items that each take at least `least` bytes: fails when that many cannot follow.
  std::size_t count(std::size_t least = 1);
  Bytes rest() const { return m_rest; }
  bool failed() const { return m_failed; }
  bool at_end() const { return m_rest.empty(); }
  void fail() {
    m_failed = true;
    m_rest = {};
  }

 private:
  Bytes m_rest;
  bool m_failed = false;
};

}  // namespace hullcheck::util
