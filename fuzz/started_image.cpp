// An image whose configuration starts some of its files: collected as a layer's walk does it, then judged by all
// detectors. The findings must be the same twice.
//
// The input is texts with a NUL behind each: the words of Cmd, one a line ("sh -c" before a single one), the lines of
// Env, then paths and contents in turn.
#include <cstdlib>
#include <string>
#include <vector>

#include "detect/image_builder.hpp"

namespace {

using namespace hullcheck;

std::vector<std::string> split(std::string_view text, char at, std::size_t most) {
  std::vector<std::string> parts;
  while (!text.empty() && parts.size() < most) {
    const std::size_t end = std::min(text.find(at), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

std::vector<std::string> findings(const detect::ImageBuilder& image) {
  const detect::Assessment found = image.assess();
  std::vector<std::string> all;
  for (const auto* list : {&found.threats, &found.secrets, &found.warnings})
    for (const model::Finding& one : *list) {
      std::string text = one.id + one.rule;
      for (const std::string& step : one.chain) text += " > " + step;
      all.push_back(std::move(text));
    }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t k_most_parts = 24, k_most_bytes = 16 << 10;
  if (size > k_most_bytes) return 0;
  const std::vector<std::string> parts = split(as_text(Bytes(data, size)), '\0', k_most_parts);
  if (parts.empty()) return 0;
  detect::ImageBuilder image;
  image.config().working_dir = "/app";
  image.config().cmd = split(parts[0], '\n', 16);
  if (image.config().cmd.size() == 1) image.config().cmd = {"/bin/sh", "-c", parts[0]};
  if (parts.size() > 1) image.config().env = split(parts[1], '\n', 16);
  for (std::size_t i = 2; i + 1 < parts.size(); i += 2) {
    // As a layer's reader gives them: no leading slash, nothing that goes up.
    const std::string path = layers::canonical_path(parts[i]).path;
    if (!path.empty()) image.file(path, parts[i + 1], i % 4 == 0 ? 0644 : 0755);
  }
  if (findings(image) != findings(image)) std::abort();
  return 0;
}
