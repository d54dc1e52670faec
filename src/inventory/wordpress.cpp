// wordpress: the site's own version, and its plugins.
// Format: wp-includes/version.php assigns $wp_version; a plugin is a PHP file in wp-content/plugins/NAME/ (or
// directly in plugins/) whose first comment has lines "Plugin Name: x" and "Version: 1.2.3"; its folder's name is its
// name in the directory of plugins. Hostile: it is code; only lines of that written form are read, in the first 8
// KiB, as WordPress does.
// Reads: wp-includes/version.php, wp-content/plugins/**/*.php
#include <algorithm>

#include "inventory/deb822.hpp"
#include "inventory/readers/language.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_header_bytes = 8192;
constexpr std::string_view k_plugins = "wp-content/plugins/";
constexpr std::string_view k_forced = "wp-content/mu-plugins/";  // always on

bool is_core(std::string_view path) { return path.ends_with("wp-includes/version.php"); }

// The part below plugins/, or "" when it lies deeper than a plugin's own folder.
std::string_view plugin_part(std::string_view path) {
  const std::size_t plugins = path.find(k_plugins), forced = path.find(k_forced);
  if (std::min(plugins, forced) == std::string_view::npos || !path.ends_with(".php")) return {};
  const std::string_view rest =
      plugins < forced ? path.substr(plugins + k_plugins.size()) : path.substr(forced + k_forced.size());
  const std::size_t slash = rest.find('/');
  return slash != std::string_view::npos && rest.find('/', slash + 1) != std::string_view::npos ? std::string_view()
                                                                                                : rest;
}

// " * Plugin Name: x" → "x"
std::string_view header(std::string_view line, std::string_view key) {
  const std::size_t start = line.find_first_not_of(" \t/*#@");
  if (start == std::string_view::npos || !line.substr(start).starts_with(key)) return {};
  std::string_view value = util::trim(line.substr(start + key.size()));
  if (value.ends_with("*/")) value = util::trim(value.substr(0, value.size() - 2));
  return value;
}

void read_core(std::string_view text, FileFacts& facts) {
  while (!text.empty()) {
    const std::string_view line = util::trim(take_line(text));
    if (!line.starts_with("$wp_version")) continue;
    const std::size_t equals = line.find('='), end = line.find(';');
    if (equals == std::string_view::npos || end == std::string_view::npos || end < equals) continue;
    add_package(facts, "generic", "wordpress", trimmed_quotes(line.substr(equals + 1, end - equals - 1)));
    return;
  }
  add_problem(facts, "WordPress does not say its version");
}

void read_plugin(std::string_view path, std::string_view text, FileFacts& facts) {
  std::string_view title, version;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (title.empty()) title = header(line, "Plugin Name:");
    if (version.empty()) version = header(line, "Version:");
  }
  if (title.empty()) return;  // another file of the plugin
  std::string_view name = plugin_part(path);
  name = name.substr(0, name.find('/'));
  if (name.ends_with(".php")) name.remove_suffix(4);
  if (add_package(facts, "wordpress-plugin", name, version) == nullptr)
    add_problem(facts, "a WordPress plugin does not say its version");
}

class Wordpress final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return is_core(file.path()) || !plugin_part(file.path()).empty();
  }
  bool needs_content(const layers::FileInfo& file) const override { return file.size() > file.head.size(); }
  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_installed;
    const std::string_view text = file.text().substr(0, k_header_bytes);
    is_core(file.path()) ? read_core(text, facts) : read_plugin(file.path(), text, facts);
    return facts.packages.empty() && facts.problems.empty() ? FileFacts{} : facts;
  }
  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_language_packages(image, "wordpress", out);
  }
};

const util::Registered<Wordpress> registered{{.id = "wordpress",
                                              .version = 2,
                                              .summary = "WordPress and its plugins",
                                              .example = "akismet 4.1.9 (wp-content/plugins/akismet/akismet.php)"}};

}  // namespace
}  // namespace hullcheck::inventory
