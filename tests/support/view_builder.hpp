// Builds an image view out of file contents, with the facts that the registered analyzers take of them; no archive,
// no disk.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "inventory/analyzer.hpp"
#include "layers/image_view.hpp"

namespace hullcheck::test {

class ViewBuilder {
 public:
  ViewBuilder();
  ViewBuilder& layer();  // begins the next layer; the first is there already
  ViewBuilder& file(std::string_view path, std::string_view content, std::uint32_t mode = 0644,
                    std::uint32_t uid = 0);
  ViewBuilder& folder(std::string_view path, std::uint32_t mode = 0755);
  ViewBuilder& symlink(std::string_view path, std::string_view target);
  ViewBuilder& whiteout(std::string_view path);
  model::ImageConfig& config() { return m_image.config; }
  // Once, at the end.
  layers::ImageView build();

 private:
  layers::Entry& add(std::string_view path, layers::EntryType type, std::uint32_t mode);

  model::Image m_image;
  std::vector<std::shared_ptr<layers::LayerFacts>> m_layers;
};

}  // namespace hullcheck::test
