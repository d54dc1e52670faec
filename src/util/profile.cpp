#include "util/profile.hpp"

namespace hullcheck::util {

void Profile::add(std::string_view name, std::chrono::steady_clock::duration time, std::uint64_t count,
                  std::uint64_t bytes) {
  const std::lock_guard lock(m_mutex);
  auto found = m_index.find(name);
  if (found == m_index.end()) {
    found = m_index.emplace(std::string(name), m_rows.size()).first;
    m_rows.push_back({std::string(name)});
  }
  Row& row = m_rows[found->second];
  row.seconds += std::chrono::duration<double>(time).count();
  row.count += count;
  row.bytes += bytes;
}

std::vector<Profile::Row> Profile::rows() const {
  const std::lock_guard lock(m_mutex);
  return m_rows;
}

}  // namespace hullcheck::util
