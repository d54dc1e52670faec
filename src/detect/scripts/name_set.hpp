// A set of names that is asked about every name of a script, most of which are not in it.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <unordered_set>

namespace hullcheck::detect {

// The names are borrowed. First byte and length settle most questions, without a hash.
class NameSet {
 public:
  bool insert(std::string_view name) {
    if (!name.empty()) m_lengths[static_cast<unsigned char>(name[0])] |= bit_of(name.size());
    return m_names.insert(name).second;
  }
  bool has(std::string_view name) const {
    if (!name.empty() && (m_lengths[static_cast<unsigned char>(name[0])] & bit_of(name.size())) == 0) return false;
    return m_names.count(name) != 0;
  }
  std::size_t size() const { return m_names.size(); }

 private:
  static std::uint64_t bit_of(std::size_t length) { return std::uint64_t{1} << (length % 64); }

  std::array<std::uint64_t, 256> m_lengths{};  // of the names that begin with each byte
  std::unordered_set<std::string_view> m_names;
};

}  // namespace hullcheck::detect
