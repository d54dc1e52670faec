// Finds a node of the overlay by its folder and name. Open addressing over node numbers and hashes: the keys are in
// the nodes already, and at three million entries a table of its own keys would cost more than the nodes. Hostile:
// names are the image's choice; the hash is seeded so that collisions cannot be prepared.
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
  explicit NodeIndex(const Nodes& nodes) : m_nodes(nodes), m_slots(64) {}

  std::uint32_t find(std::uint32_t parent, std::string_view name) const {
    return m_slots[slot(parent, name, hash_of(parent, name))].node;
  }

  // Of a node that is not in the index yet.
  void add(std::uint32_t node) {
    if ((m_used + 1) * 4 > m_slots.size() * 3) grow();
    const std::uint32_t hash = hash_of(m_nodes[node].parent, m_nodes[node].name);
    m_slots[slot(m_nodes[node].parent, m_nodes[node].name, hash)] = {node, hash};
    ++m_used;
  }

 private:
  // The hash is kept: a node that cannot be the one is not looked at (it, and its name, are far away in memory), and
  // growing looks at none. Numbers of nodes have no more bits than it.
  struct Slot {
    std::uint32_t node = k_none;
    std::uint32_t hash = 0;
  };

  static std::uint32_t hash_of(std::uint32_t parent, std::string_view name) {
    return static_cast<std::uint32_t>(util::seeded_hash(name, parent));
  }

  // The slot that holds the key, or the empty one where it belongs. Some slots are always empty.
  std::size_t slot(std::uint32_t parent, std::string_view name, std::uint32_t hash) const {
    const std::size_t mask = m_slots.size() - 1;
    std::size_t at = hash & mask;
    while (m_slots[at].node != k_none && !holds(m_slots[at], parent, name, hash)) at = (at + 1) & mask;
    return at;
  }

  bool holds(const Slot& slot, std::uint32_t parent, std::string_view name, std::uint32_t hash) const {
    return slot.hash == hash && m_nodes[slot.node].parent == parent && m_nodes[slot.node].name == name;
  }

  void grow() {
    std::vector<Slot> old(m_slots.size() * 2);
    old.swap(m_slots);
    const std::size_t mask = m_slots.size() - 1;
    for (const Slot& moved : old) {
      if (moved.node == k_none) continue;
      std::size_t at = moved.hash & mask;
      while (m_slots[at].node != k_none) at = (at + 1) & mask;
      m_slots[at] = moved;
    }
  }

  const Nodes& m_nodes;
  std::vector<Slot> m_slots;
  std::size_t m_used = 0;
};

}  // namespace hullcheck::layers
