// Images for tests, from text: each file goes through the collectors and the content scan as a layer's walk would do.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "detect/assess.hpp"
#include "layers/collector.hpp"
#include "layers/image_view.hpp"

namespace hullcheck::detect {

class ImageBuilder {
 public:
  ImageBuilder() {
    m_image.reference = "example/app:1";
    m_image.source = "registry";
    m_image.config.present = true;
    m_image.config.env = {"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin"};
    layer();
  }

  model::ImageConfig& config() { return m_image.config; }
  model::Image& image() { return m_image; }

  ImageBuilder& layer() {
    auto facts = std::make_shared<layers::LayerFacts>();
    facts->diff_id = "sha256:" + std::string(63, '0') + std::to_string(m_layers.size());
    m_layers.push_back(std::move(facts));
    m_image.layers.push_back({"k" + std::to_string(m_layers.size()), "", m_layers.back()->diff_id, "", 0, false});
    return *this;
  }

  ImageBuilder& file(std::string_view path, std::string_view content, std::uint32_t mode = 0644) {
    layers::LayerFacts& facts = *m_layers.back();
    layers::Entry entry;
    entry.path = facts.text.add(path);
    entry.size = content.size();
    entry.mode = mode;
    entry.content = layers::classify_content(content.substr(0, 4096));
    facts.entries.push_back(entry);
    collect(facts, static_cast<std::uint32_t>(facts.entries.size() - 1), content);
    return *this;
  }
  // Through the content scan in windows, as a layer's walk does it.
  ImageBuilder& large_file(std::string_view path, std::string_view content) {
    layers::LayerFacts& facts = *m_layers.back();
    layers::Entry entry;
    entry.path = facts.text.add(path);
    entry.size = content.size();
    entry.content = layers::classify_content(content.substr(0, 4096));
    facts.entries.push_back(entry);
    const auto worker = content_scan("").worker();
    worker->begin({facts.entries.back(), as_bytes(content.substr(0, 4096))});
    for (std::size_t at = 0; at < content.size(); at += layers::k_window_size - layers::k_window_overlap) {
      const std::size_t seen = at == 0 ? 0 : layers::k_window_overlap;
      const Buffer window = [&] {
        const Bytes part =
            as_bytes(content.substr(at - seen, seen + layers::k_window_size - layers::k_window_overlap));
        return Buffer(part.begin(), part.end());
      }();
      worker->window(window, at - seen, seen);
    }
    if (Buffer found = worker->end(); !found.empty()) record(layers::k_content_section, std::move(found));
    return *this;
  }
  ImageBuilder& program(std::string_view path, std::string_view content =
                                                   "\x7f"
                                                   "ELF\x02\x01\x01") {
    return file(path, content, 0755);
  }
  ImageBuilder& script(std::string_view path, std::string_view body) {
    return file(path, "#!/bin/sh\n" + std::string(body), 0755);
  }
  ImageBuilder& symlink(std::string_view path, std::string_view target) {
    layers::Entry entry;
    entry.path = m_layers.back()->text.add(path);
    entry.link = m_layers.back()->text.add(target);
    entry.type = layers::EntryType::symlink;
    m_layers.back()->entries.push_back(entry);
    return *this;
  }
  ImageBuilder& hard_link(std::string_view path, std::string_view target) {
    symlink(path, target);
    m_layers.back()->entries.back().type = layers::EntryType::hard_link;
    return *this;
  }
  ImageBuilder& remove(std::string_view path) {
    layers::Entry entry;
    entry.path = m_layers.back()->text.add(path);
    entry.type = layers::EntryType::whiteout;
    m_layers.back()->entries.push_back(entry);
    return *this;
  }

  layers::ImageView view() const { return {m_image, {m_layers.begin(), m_layers.end()}}; }

  Assessment assess(const inventory::Inventory& inventory = {}) const {
    const layers::ImageView image = view();
    const inventory::Ownership ownership(image, inventory);
    return detect::assess(image, inventory, ownership);
  }

  // A record that no collector made.
  ImageBuilder& record(std::string_view section, Buffer data) {
    layers::LayerFacts& facts = *m_layers.back();
    facts.sections[std::string(section)].records.push_back(
        {static_cast<std::uint32_t>(facts.entries.size() - 1), std::move(data)});
    return *this;
  }

 private:
  static void collect(layers::LayerFacts& facts, std::uint32_t index, std::string_view content) {
    const layers::FileInfo info{facts.entries[index], as_bytes(content.substr(0, 4096))};
    const auto worker = content_scan("").worker();
    worker->begin(info);
    if (!content.empty()) worker->window(as_bytes(content), 0, 0);
    if (Buffer record = worker->end(); !record.empty())
      facts.sections[std::string(layers::k_content_section)].records.push_back({index, std::move(record)});
    for (const layers::Section& section : layer_sections()) {
      if (!section.collector->wants(info)) continue;
      auto record = section.collector->record(layers::FileView{info, as_bytes(content)});
      if (record.ok() && !record.value().empty())
        facts.sections[section.id].records.push_back({index, std::move(record).value()});
    }
  }

  model::Image m_image;
  std::vector<std::shared_ptr<layers::LayerFacts>> m_layers;
};

inline const model::Finding* find_rule(const std::vector<model::Finding>& findings, std::string_view rule) {
  for (const model::Finding& finding : findings)
    if (finding.rule == rule) return &finding;
  return nullptr;
}

}  // namespace hullcheck::detect
