// nuget: .NET packages as published with an application or a framework.
// Format: NAME.deps.json: "libraries" of "Name/1.2.3" with a type; "package" is of NuGet, "runtimepack" a framework
// that was published along, "project" the application itself. "targets" say what of a library is there at run time.
// Hostile: sizes, nesting, types; keys without a version.
// Reads: *.deps.json
#include <set>

#include "inventory/readers/json_file.hpp"

namespace hullcheck::inventory {
namespace {

// Libraries that at least one target takes files of: assemblies, native libraries, or resources. Others only pull in
// further ones, or were for the compiler.
std::set<std::string, std::less<>> with_files(json::Element document) {
  std::set<std::string, std::less<>> names;
  const auto targets = json::member(document, "targets");
  if (!targets) return names;
  json::each_member(*targets, [&](std::string_view, json::Element target) {
    json::each_member(target, [&](std::string_view library, json::Element content) {
      for (const std::string_view key : {"runtime", "runtimeTargets", "native", "resources"})
        if (json::member(content, key)) names.emplace(library);
    });
  });
  return names;
}

void read_deps(Bytes bytes, FileFacts& facts) {
  JsonFile file;
  const auto document = file.parse(bytes, facts);
  if (!document) return;
  const auto libraries = json::member(*document, "libraries");
  if (!libraries) return;
  const auto present = with_files(*document);
  json::each_member(*libraries, [&](std::string_view key, json::Element library) {
    const std::string_view type = json::text(library, "type");
    if (type != "package" && type != "runtimepack") return;
    if (type == "package" && !present.empty() && !present.contains(key)) return;
    const std::size_t slash = key.rfind('/');
    if (slash == std::string_view::npos) return;
    std::string_view name = key.substr(0, slash);
    if (name.starts_with("runtimepack.")) name.remove_prefix(12);
    add_package(facts, "nuget", name, key.substr(slash + 1));
  });
}

class Nuget final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override { return file.path().ends_with(".deps.json"); }
  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_installed;
    read_deps(file.bytes, facts);
    return facts;
  }
  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_language_packages(image, "nuget", out);
  }
};

const util::Registered<Nuget> registered{{.id = "nuget",
                                          .version = 1,
                                          .summary = ".NET packages of published applications",
                                          .example = "Newtonsoft.Json 12.0.1 (app/app.deps.json)"}};

}  // namespace
}  // namespace hullcheck::inventory
