// Bytes that are needed whole but are too many for memory: an unlinked file in TMPDIR, mapped when complete.
#pragma once

#include <cstdint>
#include <memory>

#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::util {

// Holds up to `in_memory` bytes in memory and moves to a file beyond. All spills of the process together stay below
// `in_all` bytes on disk: more is the error "spill-limit". One thread at a time; the count in all is shared.
class Spill {
 public:
  Spill(std::uint64_t in_memory, std::uint64_t in_all);
  ~Spill();
  Spill(const Spill&) = delete;
  Spill& operator=(const Spill&) = delete;

  // Room for that many at once, instead of bit by bit; more or fewer may come. Too many for memory go to the file
  // from the first on.
  void expect(std::uint64_t bytes);
  Result<void> append(Bytes bytes);
  // Everything appended so far; valid until the next append() or clear().
  Result<Bytes> view();
  std::uint64_t size() const { return m_size; }
  // What was read of a view need not stay in memory: the pages up to the end of `read` are given back, and come from
  // the file again when somebody asks. Anything but a part of the view is left alone.
  void forget(Bytes read);
  void clear();  // empties it and gives disk and large memory back

  static std::uint64_t peak_on_disk();  // of the process, for --profile

 private:
  Result<void> move_to_file();
  void unmap();
  std::uint64_t m_in_memory, m_in_all, m_size = 0;
  Buffer m_memory;
  bool m_large = false;  // as is expected
  int m_file = -1;
  void* m_map = nullptr;
  std::uint64_t m_mapped = 0;  // bytes; more may have been appended since
};

}  // namespace hullcheck::util
