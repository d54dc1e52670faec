// Finds a node of the overlay by its folder and name. Open addressing over node numbers alone: the keys are in the
// nodes already, and at three million entries a table of its own keys would cost more than the nodes.
// Hostile: names are the image's choice; the hash is seeded so that collisions cannot be prepared.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "layers/entry.hpp"
#include "util/seeded_hash.hpp"

namespace hullcheck::layers {

// `Nodes` is indexed by number and its elements have `parent` and `name`. One thread.
template <class Nodes>
class NodeIndex {
 public:
  explicit NodeIndex(const Nodes& nodes) : m_nodes(nodes), m_slots(64, k_none) {}

  std::uint32_t find(std::uint32_t parent, std::string_view name) const { return m_slots[slot(parent, name)]; }

  // Of a node that is not in the index yet.
  void add(std::uint32_t node) {
    if ((m_used + 1) * 4 > m_slots.size() * 3) grow();
    m_slots[slot(m_nodes[node].parent, m_nodes[node].name)] = node;
    ++m_used;
  }

 private:
  // The slot that holds the key, or the empty one where it belongs. Some slots are always empty.
  std::size_t slot(std::uint32_t parent, std::string_view name) const {
    const std::size_t mask = m_slots.size() - 1;
    std::size_t at = static_cast<std::size_t>(util::seeded_hash(name, parent)) & mask;
    while (m_slots[at] != k_none && (m_nodes[m_slots[at]].parent != parent || m_nodes[m_slots[at]].name != name))
      at = (at + 1) & mask;
    return at;
  }

  void grow() {
    std::vector<std::uint32_t> old(m_slots.size() * 2, k_none);
    old.swap(m_slots);
    for (const std::uint32_t node : old)
      if (node != k_none) m_slots[slot(m_nodes[node].parent, m_nodes[node].name)] = node;
  }

  const Nodes& m_nodes;
  std::vector<std::uint32_t> m_slots;
  std::size_t m_used = 0;
};

}  // namespace hullcheck::layers
