// Compresses with Zstandard, piece by piece.
#pragma once

#include <memory>

#include "util/bytes.hpp"

namespace hullcheck::formats {

// One frame with a checksum. One thread.
class ZstdWriter {
 public:
  explicit ZstdWriter(int level);
  ~ZstdWriter();
  ZstdWriter(const ZstdWriter&) = delete;
  ZstdWriter& operator=(const ZstdWriter&) = delete;

  void add(Bytes bytes);
  Buffer finish();  // the whole frame; nothing may be added after it

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace hullcheck::formats
