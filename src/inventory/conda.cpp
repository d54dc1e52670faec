// conda: packages of a conda environment.
// Format: conda-meta/NAME-VERSION-BUILD.json: name, version, build, channel, license, "paths_data" with a SHA-256 of
// each file.
// Hostile: sizes, nesting, types. The list of files attributes executables and vouches for nothing.
// Reads: conda-meta/*.json
#include "inventory/readers/json_file.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_files = 100'000;

// "https://conda.anaconda.org/conda-forge/linux-64" → "conda-forge"
std::string_view channel_name(std::string_view channel) {
  const std::size_t scheme = channel.find("://");
  if (scheme == std::string_view::npos) return channel.substr(0, channel.find('/'));
  channel.remove_prefix(scheme + 3);
  const std::size_t host = channel.find('/');
  if (host == std::string_view::npos) return {};
  channel.remove_prefix(host + 1);
  const std::size_t last = channel.rfind('/');
  return last == std::string_view::npos ? channel : channel.substr(0, last);
}

bool is_hex_digest(std::string_view text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void add_files(json::Element document, std::string_view root, model::Package& package) {
  const auto data = json::member(document, "paths_data");
  if (!data) return;
  json::each(*data, "paths", [&](json::Element file) {
    const std::string_view path = json::text(file, "_path", 4096);
    // What was rewritten at installation has the digest of its final form beside the first.
    std::string_view digest = json::text(file, "sha256_in_prefix", 64);
    if (digest.empty()) digest = json::text(file, "sha256", 64);
    const std::string_view name = layers::base_name(path);
    const bool may_run = !contains(name, ".") || contains(name, ".so") || contains(path, "bin/");
    if (path.empty() || !may_run || !is_hex_digest(digest) || package.files.size() >= k_most_files) return;
    package.files.push_back({layers::canonical_path(std::string(root) + "/" + std::string(path)).path,
                             model::DigestAlgorithm::sha256, std::string(digest), 0, false});
  });
}

class Conda final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.path().ends_with(".json") && contains(file.path(), "conda-meta/");
  }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_installed;
    JsonFile json_file;
    const auto document = json_file.parse(file.bytes, facts);
    if (!document) return facts;
    model::Package* const package =
        add_package(facts, "conda", json::text(*document, "name"), json::text(*document, "version"));
    if (package == nullptr) return FileFacts{};
    add_license(*package, json::text(*document, "license"));
    for (const std::string_view key : {"build", "subdir"})
      if (const std::string_view value = json::text(*document, key, 128); !value.empty())
        package->qualifiers.emplace_back(key, value);
    if (const std::string_view channel = channel_name(json::text(*document, "channel", 512)); !channel.empty())
      package->qualifiers.emplace_back("channel", channel);
    add_files(*document, layers::parent_path(layers::parent_path(file.path())), *package);
    return facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_language_packages(image, "conda", out);
  }
};

const util::Registered<Conda> registered{{.id = "conda",
                                          .version = 1,
                                          .summary = "Packages of conda environments",
                                          .example = "numpy 1.26.0 (opt/conda/conda-meta/numpy-1.26.0-0.json)"}};

}  // namespace
}  // namespace hullcheck::inventory
