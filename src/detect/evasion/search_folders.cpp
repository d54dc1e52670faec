// PATH, the dynamic linker's folders and the plugin folders of an image.
#include <algorithm>
#include <array>

#include "detect/assess.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::string_view k_default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr std::size_t k_most_folders = 256;
constexpr std::array<std::string_view, 6> k_library_folders = {"lib",       "lib64",         "usr/lib",
                                                               "usr/lib64", "usr/local/lib", "usr/libexec"};

template <class Visit>
void each_folder(std::string_view list, Visit visit) {
  for (std::size_t count = 0; !list.empty() && count < k_most_folders; ++count) {
    const std::size_t end = std::min(list.find(':'), list.size());
    visit(layers::canonical_path(list.substr(0, end)).path);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
}

std::string_view variable(const model::ImageConfig& config, std::string_view name) {
  std::string_view value;
  for (const std::string& line : config.env)
    if (line.size() > name.size() && line.starts_with(name) && line[name.size()] == '=')
      value = std::string_view(line).substr(name.size() + 1);
  return value;
}

}  // namespace

SearchFolders::SearchFolders(const layers::ImageView& image) {
  const std::string_view path = variable(image.config(), "PATH");
  each_folder(path.empty() ? k_default_path : path, [&](std::string folder) {
    m_programs.insert(image.real_path(folder).value_or(folder));
    m_path.push_back(std::move(folder));
  });
  for (const std::string_view folder : k_library_folders)
    m_libraries.insert(image.real_path(folder).value_or(std::string(folder)));
  each_folder(variable(image.config(), "LD_LIBRARY_PATH"),
              [&](const std::string& folder) { m_libraries.insert(image.real_path(folder).value_or(folder)); });
}

bool SearchFolders::holds(const std::string& path, const layers::Entry& entry) const {
  const std::string_view folder = layers::parent_path(path);
  if (entry.executable() && m_programs.contains(folder)) return true;
  if (entry.content != layers::ContentKind::elf) return false;
  if (m_libraries.contains(folder)) return true;
  const std::string_view name = layers::base_name(folder);
  const std::string_view outer = layers::parent_path(folder);
  const bool inner = name == "security" || name.find("-linux-") != std::string_view::npos;
  return inner && (m_libraries.contains(outer) || m_libraries.contains(layers::parent_path(outer)));
}

}  // namespace hullcheck::detect
