// Small images in every packing, for tests: layers, a config that fits them, and manifests around both.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace hullcheck::test {

struct SampleLayer {
  std::string plain;  // tar
  std::string blob;   // as it is shipped; equal to `plain` when not compressed
  std::string media_type = "application/vnd.oci.image.layer.v1.tar";
  std::string diff_id() const;
  std::string digest() const;
};

SampleLayer plain_layer(const std::string& file, const std::string& content);
SampleLayer gzip_layer(const std::string& file, const std::string& content);

struct SampleImage {
  std::vector<SampleLayer> layers;
  std::string config;
  std::string manifest;  // OCI
  std::string config_digest() const;
  std::string manifest_digest() const;
};

// Two layers, the second gzip-compressed; `marker` makes images differ.
SampleImage sample_image(const std::string& marker = "one", const std::string& architecture = "amd64",
                         const std::string& variant = "");
// The same from given layers.
SampleImage image_of(std::vector<SampleLayer> layers, const std::string& marker, const std::string& architecture,
                     const std::string& variant = "");
std::string config_json(const std::vector<SampleLayer>& layers, const std::string& marker,
                        const std::string& architecture, const std::string& variant = "");
std::string descriptor_json(const std::string& media_type, const std::string& bytes, const std::string& more = "");
std::string index_json(const std::vector<std::string>& descriptors);

std::string sha256(const std::string& bytes);  // "sha256:HEX"
std::string blob_path(const std::string& digest);
std::string hex_of(const std::string& digest);

// The files of an OCI layout by name; index.json must be added.
std::map<std::string, std::string> layout_files(const std::vector<SampleImage>& images);
std::string tar_of(const std::map<std::string, std::string>& files);
// The older form of `docker save`: CONFIG.json, N/layer.tar, manifest.json last.
std::string docker_archive(const SampleImage& image, const std::string& tag);

// A folder below the system's temporary one, removed at the end.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::string& path() const { return m_path; }
  std::string write(const std::string& name, const std::string& bytes) const;  // gives the whole path

 private:
  std::string m_path;
};

}  // namespace hullcheck::test
