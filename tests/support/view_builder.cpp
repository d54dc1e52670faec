#include "support/view_builder.hpp"

#include <fmt/format.h>

namespace hullcheck::test {

ViewBuilder::ViewBuilder() {
  m_image.config.present = true;
  layer();
}

ViewBuilder& ViewBuilder::layer() {
  auto facts = std::make_shared<layers::LayerFacts>();
  facts->diff_id = fmt::format("sha256:{:064x}", m_layers.size() + 1);
  m_image.layers.emplace_back();
  m_image.layers.back().key = m_image.layers.back().diff_id = facts->diff_id;
  m_image.config.diff_ids.push_back(facts->diff_id);
  m_layers.push_back(std::move(facts));
  return *this;
}

layers::Entry& ViewBuilder::add(std::string_view path, layers::EntryType type, std::uint32_t mode) {
  layers::LayerFacts& facts = *m_layers.back();
  layers::Entry entry;
  entry.path = facts.text.add(path);
  entry.type = type;
  entry.mode = mode;
  facts.entries.push_back(entry);
  return facts.entries.back();
}

ViewBuilder& ViewBuilder::file(std::string_view path, std::string_view content, std::uint32_t mode,
                               std::uint32_t uid) {
  layers::LayerFacts& facts = *m_layers.back();
  layers::Entry& entry = add(path, layers::EntryType::file, mode);
  entry.uid = uid;
  entry.size = content.size();
  entry.content = layers::classify_content(content);
  const Bytes bytes = as_bytes(content);
  const layers::FileView view{{entry, bytes.subspan(0, std::min<std::size_t>(bytes.size(), 4096))}, bytes};
  const auto index = static_cast<std::uint32_t>(facts.entries.size() - 1);
  for (const auto& analyzer : inventory::AnalyzerRegistry::all()) {
    if (!analyzer.instance->wants(view)) continue;
    auto record = analyzer.instance->record(view);
    if (record && !record->empty())
      facts.sections["inventory/" + std::string(analyzer.descriptor.id)].records.push_back(
          {index, std::move(*record)});
  }
  return *this;
}

ViewBuilder& ViewBuilder::folder(std::string_view path, std::uint32_t mode) {
  add(path, layers::EntryType::directory, mode);
  return *this;
}

ViewBuilder& ViewBuilder::symlink(std::string_view path, std::string_view target) {
  layers::Entry& entry = add(path, layers::EntryType::symlink, 0777);
  entry.link = m_layers.back()->text.add(target);
  return *this;
}

ViewBuilder& ViewBuilder::whiteout(std::string_view path) {
  add(path, layers::EntryType::whiteout, 0);
  return *this;
}

layers::ImageView ViewBuilder::build() { return {m_image, {m_layers.begin(), m_layers.end()}}; }

}  // namespace hullcheck::test
