#include "layers/final_list.hpp"

#include <algorithm>

namespace hullcheck::layers {

void FinalList::add(FileRef file, std::string_view path, FileKinds kinds) {
  if (m_blocks.empty() || m_blocks.back().steps.size() == k_block) {
    if (!m_blocks.empty()) m_blocks.back().added.shrink_to_fit();
    m_blocks.emplace_back();
  }
  Block& block = m_blocks.back();
  const auto differ = std::mismatch(path.begin(), path.end(), m_last.begin(), m_last.end());
  const auto shared = static_cast<std::size_t>(differ.first - path.begin());
  const std::string_view added = path.substr(shared);
  block.added += added;
  block.steps.push_back({file, static_cast<std::uint32_t>(shared), static_cast<std::uint32_t>(added.size()), kinds});
  m_last.resize(shared);
  m_last += added;
}

}  // namespace hullcheck::layers
