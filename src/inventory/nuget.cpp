// nuget: .NET packages as published with an application or a framework.
// Format: NAME.deps.json: "libraries" of "Name/1.2.3" with a type; "package" is of NuGet, "runtimepack" a framework
// that was published along, "project" the application itself. "targets" say what of a library is there at run time.
// An assembly that no such file above it lists names itself (readers/dotnet_assembly.hpp): applications of .NET
// Framework and Mono, plugins, and what was put there later. Applications of a single file hold both behind a host
// program (readers/dotnet_bundle.hpp); without a list in it their assemblies name themselves.
// Hostile: sizes, nesting, types; keys without a version. A list that names an assembly without being true hides it,
// as a list that leaves one out would without this.
// Reads: *.deps.json, *.dll and *.exe with .NET metadata, applications of a single file
#include <map>
#include <set>

#include "formats/elf.hpp"
#include "inventory/readers/dotnet_assembly.hpp"
#include "inventory/readers/dotnet_bundle.hpp"
#include "inventory/readers/elf_parts.hpp"
#include "inventory/readers/json_file.hpp"
#include "util/ascii.hpp"

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

constexpr std::string_view k_assembly = "assembly";
constexpr std::size_t k_most_listed = 50'000;  // files of one application
constexpr int k_deepest = 8;                   // folders between an application's list and its files

// The names of the files that the targets list, as values "file".
void note_files(json::Element document, FileFacts& facts) {
  std::set<std::string, std::less<>> names;
  const auto targets = json::member(document, "targets");
  if (!targets) return;
  json::each_member(*targets, [&](std::string_view, json::Element target) {
    json::each_member(target, [&](std::string_view, json::Element content) {
      for (const std::string_view key : {"runtime", "runtimeTargets", "native"})
        if (const auto files = json::member(content, key))
          json::each_member(*files, [&](std::string_view path, json::Element) {
            const std::string_view name = layers::base_name(path);
            if (names.size() < k_most_listed && name.size() <= k_longest_name) names.emplace(name);
          });
    });
  });
  for (const std::string& name : names) facts.values.emplace_back("file", name);
}

void read_deps(Bytes bytes, FileFacts& facts) {
  JsonFile file;
  const auto document = file.parse(bytes, facts);
  if (!document) return;
  note_files(*document, facts);
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

constexpr std::size_t k_largest_assembly = 64 << 20;
constexpr std::size_t k_most_unpacked = 512 << 20;  // of the assemblies of one bundle

void add_assembly(Bytes bytes, FileFacts& facts) {
  const auto assembly = read_dotnet_assembly(bytes);
  if (!assembly)
    return add_problem(facts, "a .NET assembly that does not say what it is: its metadata cannot be read");
  // Satellites hold translated texts of the assembly beside them.
  if (assembly->culture.empty() || assembly->culture == "neutral")
    add_package(facts, "nuget", assembly->name, nuget_version(*assembly));
}

// Of a bundle that has no list of its libraries.
void read_assemblies(const DotnetBundle& bundle, FileFacts& facts) {
  std::uint64_t unpacked = 0;
  for (const DotnetBundle::File& file : bundle.files) {
    if (file.kind != DotnetBundle::Kind::assembly) continue;
    unpacked += std::min<std::uint64_t>(file.size, k_most_unpacked);
    if (unpacked > k_most_unpacked) {
      facts.truncated = true;
      return;
    }
    if (const auto bytes = unpack(file, k_largest_assembly))
      add_assembly(*bytes, facts);
    else
      add_problem(facts, "an assembly in it cannot be unpacked: " + file.path);
  }
}

void read_bundle(const DotnetBundle& bundle, FileFacts& facts) {
  if (bundle.damaged) add_problem(facts, "the list of the files in a .NET application of a single file is damaged");
  bool has_list = false;
  for (const DotnetBundle::File& file : bundle.files) {
    if (file.kind != DotnetBundle::Kind::deps) continue;
    has_list = true;
    if (const auto bytes = unpack(file, k_largest_json))
      read_deps(*bytes, facts);
    else
      add_problem(facts, "the list of libraries in it cannot be unpacked: " + file.path);
  }
  if (!has_list) read_assemblies(bundle, facts);
  facts.values.clear();  // the files that it lists lie within, and say nothing of files beside the program
}

class Nuget final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.path().ends_with(".deps.json") || is_assembly(file) || may_be_bundle(file);
  }

  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    if (file.path().ends_with(".deps.json")) {
      facts.kind = k_installed;
      read_deps(file.bytes, facts);
      return facts;
    }
    if (is_assembly(file)) {
      facts.kind = k_assembly;
      add_assembly(file.bytes, facts);
    } else if (const auto bundle = read_dotnet_bundle(file.bytes)) {
      facts.kind = k_installed;
      read_bundle(*bundle, facts);
    }
    return facts.packages.empty() && facts.problems.empty() ? FileFacts{} : facts;
  }

  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_language_packages(image, "nuget", out);
    const std::vector<FoundFacts> all = found_facts(image, "nuget", nullptr);
    std::map<std::string, std::set<std::string>, std::less<>> listed;  // by folder of the list
    for (const FoundFacts& found : all)
      if (found.visibility == model::Visibility::final)
        for (const auto& [key, name] : found.facts.values)
          if (key == "file") listed[std::string(layers::parent_path(found.path))].insert(name);
    for (FoundFacts found : all) {
      if (found.visibility != model::Visibility::final || found.facts.kind != k_assembly) continue;
      if (is_listed(listed, found.path)) continue;
      found.facts.kind = k_installed;
      take_language_file(found, out);
    }
  }

 private:
  // The programs that are read whole for what other builders recorded in them.
  static bool may_be_bundle(const layers::FileInfo& file) {
    if (file.size() > k_largest_program) return false;
    switch (file.entry.content) {
      case layers::ContentKind::elf: return formats::end_of_library(file.head) == 0;
      case layers::ContentKind::pe:
      case layers::ContentKind::macho: return file.entry.executable() || file.name().ends_with(".exe");
      default: return false;
    }
  }
  static bool is_assembly(const layers::FileInfo& file) {
    return file.entry.content == layers::ContentKind::pe && is_assembly_name(util::lower(file.name())) &&
           is_dotnet_assembly(file.head);
  }

  static bool is_assembly_name(std::string_view name) { return name.ends_with(".dll") || name.ends_with(".exe"); }

  static bool is_listed(const std::map<std::string, std::set<std::string>, std::less<>>& listed,
                        std::string_view path) {
    const std::string name(layers::base_name(path));
    std::string_view folder = path;
    for (int depth = 0; depth < k_deepest && !folder.empty(); ++depth) {
      folder = layers::parent_path(folder);
      const auto files = listed.find(folder);
      if (files != listed.end() && files->second.contains(name)) return true;
    }
    return false;
  }
};

const util::Registered<Nuget> registered{
    {.id = "nuget",
     .version = 3,
     .summary = ".NET packages of published applications, and assemblies by themselves",
     .example = "Newtonsoft.Json 12.0.1 (app/app.deps.json)"}};

}  // namespace
}  // namespace hullcheck::inventory
