#include "support/sample_image.hpp"

#include <fmt/core.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "support/compress.hpp"
#include "support/tar_writer.hpp"
#include "util/digest.hpp"

namespace hullcheck::test {

std::string sha256(const std::string& bytes) { return util::sha256_digest(as_bytes(bytes)); }
std::string hex_of(const std::string& digest) { return digest.substr(digest.find(':') + 1); }
std::string blob_path(const std::string& digest) { return "blobs/sha256/" + hex_of(digest); }

std::string SampleLayer::diff_id() const { return sha256(plain); }
std::string SampleLayer::digest() const { return sha256(blob); }
std::string SampleImage::config_digest() const { return sha256(config); }
std::string SampleImage::manifest_digest() const { return sha256(manifest); }

SampleLayer plain_layer(const std::string& file, const std::string& content) {
  SampleLayer layer;
  TarWriter tar;
  layer.plain = layer.blob = tar.file(file, content).finish();
  return layer;
}

SampleLayer gzip_layer(const std::string& file, const std::string& content) {
  SampleLayer layer = plain_layer(file, content);
  layer.blob = gzip(layer.plain);
  layer.media_type += "+gzip";
  return layer;
}

std::string config_json(const std::vector<SampleLayer>& layers, const std::string& marker,
                        const std::string& architecture, const std::string& variant) {
  std::string ids;
  for (const auto& layer : layers) ids += (ids.empty() ? "\"" : ",\"") + layer.diff_id() + "\"";
  return fmt::format(
      R"({{"architecture":"{}","os":"linux"{},"config":{{"Entrypoint":["/bin/{}"]}},"rootfs":{{"type":"layers","diff_ids":[{}]}}}})",
      architecture, variant.empty() ? "" : ",\"variant\":\"" + variant + "\"", marker, ids);
}

std::string descriptor_json(const std::string& media_type, const std::string& bytes, const std::string& more) {
  return fmt::format(R"({{"mediaType":"{}","digest":"{}","size":{}{}{}}})", media_type, sha256(bytes), bytes.size(),
                     more.empty() ? "" : ",", more);
}

std::string index_json(const std::vector<std::string>& descriptors) {
  std::string list;
  for (const auto& descriptor : descriptors) list += (list.empty() ? "" : ",") + descriptor;
  return fmt::format(
      R"({{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{}]}})", list);
}

SampleImage image_of(std::vector<SampleLayer> layers, const std::string& marker, const std::string& architecture,
                     const std::string& variant) {
  SampleImage image;
  image.config = config_json(layers, marker, architecture, variant);
  std::string list;
  for (const auto& layer : layers) list += (list.empty() ? "" : ",") + descriptor_json(layer.media_type, layer.blob);
  image.manifest = fmt::format(
      R"({{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{},"layers":[{}]}})",
      descriptor_json("application/vnd.oci.image.config.v1+json", image.config), list);
  image.layers = std::move(layers);
  return image;
}

SampleImage sample_image(const std::string& marker, const std::string& architecture, const std::string& variant) {
  return image_of({plain_layer("base", "the base"), gzip_layer("bin/" + marker, "#!/bin/sh\n" + marker)}, marker,
                  architecture, variant);
}

std::map<std::string, std::string> layout_files(const std::vector<SampleImage>& images) {
  std::map<std::string, std::string> files{{"oci-layout", R"({"imageLayoutVersion":"1.0.0"})"}};
  for (const auto& image : images) {
    files[blob_path(image.config_digest())] = image.config;
    files[blob_path(image.manifest_digest())] = image.manifest;
    for (const auto& layer : image.layers) files[blob_path(layer.digest())] = layer.blob;
  }
  return files;
}

std::string tar_of(const std::map<std::string, std::string>& files) {
  TarWriter tar;
  for (const auto& [name, bytes] : files) tar.file(name, bytes);
  return tar.finish();
}

std::string docker_archive(const SampleImage& image, const std::string& tag) {
  TarWriter tar;
  std::string names;
  for (std::size_t i = 0; i < image.layers.size(); ++i) {
    const std::string name = fmt::format("{}/layer.tar", i);
    tar.directory(std::to_string(i)).file(name, image.layers[i].plain);
    names += (names.empty() ? "\"" : ",\"") + name + "\"";
  }
  const std::string config = hex_of(image.config_digest()) + ".json";
  tar.file(config, image.config);
  tar.file("manifest.json", fmt::format(R"([{{"Config":"{}","RepoTags":[{}],"Layers":[{}]}}])", config,
                                        tag.empty() ? "" : "\"" + tag + "\"", names));
  return tar.finish();
}

ScratchFolder::ScratchFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "hullcheck-test-XXXXXX").string();
  m_path = ::mkdtemp(pattern.data());
}
ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(m_path, ignored);
}
std::string ScratchFolder::write(const std::string& name, const std::string& bytes) const {
  const std::filesystem::path path = std::filesystem::path(m_path) / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
  return path.string();
}

}  // namespace hullcheck::test
