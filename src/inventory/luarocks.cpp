// luarocks: Lua modules installed by LuaRocks.
// Format: lib/luarocks/rocks-5.x/NAME/VERSION/NAME-VERSION.rockspec, a Lua file with 'package = "x"' and
// 'version = "1.2-1"' as globals.
// Hostile: it is code; only assignments of that written form are read.
// Reads: lib/luarocks/**/*.rockspec
#include "inventory/deb822.hpp"
#include "inventory/readers/language.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_bytes = 256 * 1024;

std::string_view global(std::string_view line, std::string_view name) {
  if (!line.starts_with(name)) return {};
  const std::string_view rest = util::trim(line.substr(name.size()));
  return rest.starts_with('=') ? trimmed_quotes(rest.substr(1)) : std::string_view();
}

class Luarocks final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.path().ends_with(".rockspec") && contains(file.path(), "/rocks");
  }
  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_installed;
    std::string_view name, version, text = file.text().substr(0, k_most_bytes);
    while (!text.empty()) {
      const std::string_view line = take_line(text);
      if (name.empty()) name = global(line, "package");
      if (version.empty()) version = global(line, "version");
    }
    if (add_package(facts, "luarocks", name, version) == nullptr)
      add_problem(facts, "it names no Lua module and version");
    return facts;
  }
  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_language_packages(image, "luarocks", out);
  }
};

const util::Registered<Luarocks> registered{{.id = "luarocks",
                                             .version = 1,
                                             .summary = "Lua modules installed by LuaRocks",
                                             .example = "lua-cjson 2.1.0-1 (rocks-5.1/lua-cjson/2.1.0-1)"}};

}  // namespace
}  // namespace hullcheck::inventory
