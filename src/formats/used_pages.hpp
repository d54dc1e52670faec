// Pages of a database that were used already: no page of an honest one belongs to two places.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hullcheck::formats {

class UsedPages {
 public:
  explicit UsedPages(std::uint64_t pages) : m_used(static_cast<std::size_t>(pages), false) {}
  bool use(std::uint64_t page) {  // false when it was used before or does not exist
    if (page >= m_used.size() || m_used[static_cast<std::size_t>(page)]) return false;
    return m_used[static_cast<std::size_t>(page)] = true;
  }

 private:
  std::vector<bool> m_used;
};

}  // namespace hullcheck::formats
