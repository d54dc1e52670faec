#include "detect/shell/code_places.hpp"

#include <array>

#include "detect/words.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_most_path = 4096;

// Lists of words are as is_listed() takes them.
struct PlaceRow {
  std::string_view loader;
  std::string_view folders;   // one of these above the file, or
  std::string_view parents;   // directly above it
  std::string_view suffixes;  // "" for every file
  bool of_folders = false;    // whatever is unpacked there is loaded
};
constexpr std::array<PlaceRow, 13> k_places{{
    {"a server of web applications", " webapps deployments autodeploy dropins ", " deploy apps applications ",
     " .war .ear .sar .jar .jsp .jspx ", true},
    {"a program in Java", " plugins plugin mods extensions ext endorsed providers jars classpath addons drivers ",
     " lib libs modules ", " .jar .hpi .jpi "},
    {"a program with plugins", " plugins mods custom_components wp-content mu-plugins ", "",
     " .php .js .so .dll .py .lua ", true},
    {"a web server", " www html htdocs public public_html wwwroot webroot cgi-bin ", "",
     " .php .phtml .jsp .jspx .aspx .cgi "},
    {"Python", " site-packages dist-packages ", "", " .py .pyc .pth .so ", true},
    {"Node.js", " node_modules ", "", " .js .cjs .mjs .node ", true},
    {"a scheduler", " dags ", "", " .py ", true},
    {"Jenkins", " init.groovy.d ", "", " .groovy ", true},
    {"cron", " cron.d crontabs cron.hourly cron.daily cron.weekly cron.monthly ", "", "", true},
    {"a login shell", " profile.d bashrc.d ", "", " .sh .bash ", true},
    {"the start of the container",
     " docker-entrypoint.d docker-entrypoint-init.d docker-entrypoint-initdb.d entrypoint.d cont-init.d my_init.d "
     "init.d "
     "services.d ",
     "", " .sh .bash .envsh ", true},
    {"systemd", " systemd ", "", " .service .timer "},
    {"programs that link it", "", " lib lib64 x86_64-linux-gnu aarch64-linux-gnu modules mods-enabled extensions ",
     " .so "},
}};
constexpr std::string_view k_shell_files =
    " .bashrc .bash_profile .bash_login .profile .zshrc .zprofile .zshenv bash.bashrc ";
constexpr std::string_view k_names_without_suffix = " docker-entrypoint.d cont-init.d my_init.d init.d ";

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }
std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

// ".jar", and ".so" of "libx.so.1.2".
std::string_view suffix_of(std::string_view name) {
  if (name.find(".so.") != std::string_view::npos) return ".so";
  const std::size_t dot = name.rfind('.');
  return dot == std::string_view::npos || dot == 0 ? std::string_view() : name.substr(dot);
}

bool one_part_listed(std::string_view list, std::string_view folder) {
  for (; !folder.empty(); folder = folder_of(folder))
    if (is_listed(list, name_of(folder))) return true;
  return false;
}

bool fits(const PlaceRow& row, std::string_view folder) {
  return is_listed(row.parents, name_of(folder)) || one_part_listed(row.folders, folder);
}

}  // namespace

std::string_view loader_of(std::string_view path) {
  if (path.size() > k_most_path) return {};
  const std::string_view name = name_of(path), folder = folder_of(path), suffix = suffix_of(name);
  if (is_listed(k_shell_files, name)) return "a shell that is opened";
  for (const PlaceRow& row : k_places) {
    const bool bare = suffix.empty() && is_listed(k_names_without_suffix, name_of(folder));
    if (!row.suffixes.empty() && !is_listed(row.suffixes, suffix) && !bare) continue;
    if (fits(row, folder)) return row.loader;
  }
  return {};
}

std::string_view loader_of_folder(std::string_view folder) {
  if (folder.size() > k_most_path) return {};
  for (const PlaceRow& row : k_places)
    if (row.of_folders && fits(row, folder)) return row.loader;
  return {};
}

}  // namespace hullcheck::detect
