// package-cache: what a package manager downloaded and nobody needs at run time. It makes the image larger, and its
// lists tell which state of the archive the image was built from. One finding a cache.
#include <fmt/format.h>

#include <array>
#include <map>

#include "checks/check.hpp"
#include "util/text.hpp"

namespace hullcheck::checks {
namespace {

// `folder` as a whole, or wherever it stands below another one (with a leading "/"); `end` is how names end, "" any.
struct Cache {
  std::string_view folder, end;
};
constexpr std::array<Cache, 12> k_caches{{
    {"var/cache/apt/archives/", ".deb"},
    {"var/cache/apt/", ".bin"},
    {"var/lib/apt/lists/", ""},
    {"var/cache/apk/", ""},
    {"etc/apk/cache/", ""},
    {"var/cache/dnf/", ""},
    {"var/cache/yum/", ""},
    {"var/cache/zypp/", ""},
    {"var/cache/pacman/pkg/", ""},
    {"/.cache/pip/", ""},
    {"/.npm/_cacache/", ""},
    {"/.cache/yarn/", ""},
}};

// The cache folder that the path is in, "" for none.
std::string_view cache_of(const Cache& cache, const std::string& path) {
  const bool anywhere = cache.folder.front() == '/';
  const std::size_t at = anywhere                                                  ? path.find(cache.folder)
                         : path.compare(0, cache.folder.size(), cache.folder) == 0 ? 0
                                                                                   : std::string::npos;
  if (at == std::string::npos || path.size() < cache.end.size()) return {};
  if (path.compare(path.size() - cache.end.size(), cache.end.size(), cache.end) != 0) return {};
  return std::string_view(path).substr(0, at + cache.folder.size() - 1);
}

// Whether any of them can be on the path: one look for most files.
bool may_be_cached(std::string_view path) {
  return path.starts_with("var/") || path.starts_with("etc/") || path.find("/.") != std::string_view::npos;
}

struct Content {
  layers::FileRef first;
  std::uint64_t files = 0, bytes = 0;
};

class PackageCache final : public Check {
 public:
  void run(const CheckContext& context, std::vector<model::Finding>& out) const override {
    std::map<std::string, Content, std::less<>> found;
    const auto look_at = [&](layers::FileRef file, const std::string& path) {
      if (!may_be_cached(path)) return;
      const layers::Entry& entry = context.image.entry(file);
      if (entry.type != layers::EntryType::file || entry.size == 0) return;
      for (const Cache& cache : k_caches) {
        const std::string_view folder = cache_of(cache, path);
        if (folder.empty()) continue;
        const auto place = found.find(folder);
        Content& content = place == found.end() ? found.emplace(folder, Content{file}).first->second : place->second;
        ++content.files;
        content.bytes += entry.size;
        return;
      }
    };
    context.image.each_final(static_cast<layers::FileKinds>(~(layers::k_folder | layers::k_symlink)), look_at);
    for (const auto& [folder, content] : found)
      out.push_back(found_at(context, content.first, folder,
                             util::plural(content.files, "file") + ", " + util::human_size(content.bytes)));
  }
};

const util::Registered<PackageCache> registered{
    {.id = "package-cache",
     .version = 1,
     .summary = "Package cache left behind",
     .example = "/var/lib/apt/lists, 40 MB",
     .severity = model::Severity::negligible,
     .remediation = "Clear it in the step that fills it (rm -rf /var/lib/apt/lists/*, apk add --no-cache)",
     .reference = ""}};

}  // namespace
}  // namespace hullcheck::checks
