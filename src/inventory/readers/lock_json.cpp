// Lock files in JSON: npm, Pipenv, Composer, NuGet, Swift, Conan and renv. See readers/json_file.hpp for its limits.
#include <vector>

#include "inventory/readers/json_file.hpp"
#include "inventory/readers/lock_forms.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::string_view k_node_folder = "node_modules/";

// Of lock version 1: objects in objects, to any depth.
void npm_dependencies(json::Element root, std::string_view type, FileFacts& facts) {
  std::vector<json::Element> open{root};
  while (!open.empty()) {
    const json::Element holder = open.back();
    open.pop_back();
    const auto dependencies = json::member(holder, "dependencies");
    if (!dependencies) continue;
    json::each_member(*dependencies, [&](std::string_view name, json::Element dependency) {
      add_package(facts, type, name, json::text(dependency, "version"));
      open.push_back(dependency);
    });
  }
}

void npm_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  JsonFile file;
  const auto document = file.parse(bytes, facts);
  if (!document) return;
  const auto packages = json::member(*document, "packages");
  if (!packages) return npm_dependencies(*document, type, facts);
  json::each_member(*packages, [&](std::string_view key, json::Element package) {
    const std::size_t at = key.rfind(k_node_folder);
    if (at == std::string_view::npos) return;
    const std::string_view name = json::text(package, "name");
    add_package(facts, type, name.empty() ? key.substr(at + k_node_folder.size()) : name,
                json::text(package, "version"));
  });
}

void pipfile_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  JsonFile file;
  const auto document = file.parse(bytes, facts);
  if (!document) return;
  for (const std::string_view section : {"default", "develop"})
    if (const auto packages = json::member(*document, section))
      json::each_member(*packages, [&](std::string_view name, json::Element package) {
        std::string_view version = json::text(package, "version");
        version = version.substr(std::min(version.find_first_not_of("= "), version.size()));
        add_package(facts, type, name, version);
      });
}

void composer_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  JsonFile file;
  const auto document = file.parse(bytes, facts);
  if (!document) return;
  for (const std::string_view section : {"packages", "packages-dev"})
    json::each(*document, section, [&](json::Element package) {
      add_package(facts, type, json::text(package, "name"), json::text(package, "version"));
    });
}

void nuget_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  JsonFile file;
  const auto document = file.parse(bytes, facts);
  const auto frameworks = document ? json::member(*document, "dependencies") : std::nullopt;
  if (!frameworks) return;
  json::each_member(*frameworks, [&](std::string_view, json::Element packages) {
    json::each_member(packages, [&](std::string_view name, json::Element package) {
      add_package(facts, type, name, json::text(package, "resolved"));
    });
  });
}

void swift_resolved(Bytes bytes, std::string_view type, FileFacts& facts) {
  JsonFile file;
  const auto document = file.parse(bytes, facts);
  if (!document) return;
  const auto add = [&](json::Element pin) {
    std::string_view place = json::text(pin, "location");
    if (place.empty()) place = json::text(pin, "repositoryURL");
    const std::string name = swift_name(place);
    if (const auto state = json::member(pin, "state")) add_package(facts, type, name, json::text(*state, "version"));
  };
  json::each(*document, "pins", add);
  if (const auto object = json::member(*document, "object")) json::each(*object, "pins", add);
}

// "zlib/1.2.11@user/channel#revision"
void add_conan_reference(std::string_view reference, std::string_view type, FileFacts& facts) {
  reference = reference.substr(0, reference.find_first_of("@#%"));
  const std::size_t slash = reference.find('/');
  if (slash != std::string_view::npos)
    add_package(facts, type, reference.substr(0, slash), reference.substr(slash + 1));
}

void conan_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  JsonFile file;
  const auto document = file.parse(bytes, facts);
  if (!document) return;
  for (const std::string_view section : {"requires", "build_requires", "python_requires"})
    json::each(*document, section,
               [&](json::Element reference) { add_conan_reference(json::as_text(reference), type, facts); });
  const auto graph = json::member(*document, "graph_lock");
  const auto nodes = graph ? json::member(*graph, "nodes") : std::nullopt;
  if (nodes)
    json::each_member(*nodes, [&](std::string_view, json::Element node) {
      add_conan_reference(json::text(node, "ref"), type, facts);
    });
}

void renv_lock(Bytes bytes, std::string_view type, FileFacts& facts) {
  JsonFile file;
  const auto document = file.parse(bytes, facts);
  const auto packages = document ? json::member(*document, "Packages") : std::nullopt;
  if (packages)
    json::each_member(*packages, [&](std::string_view name, json::Element package) {
      add_package(facts, type, name, json::text(package, "Version"));
    });
}

constexpr LockForm k_forms[] = {
    {"package-lock.json", "npm", npm_lock},      {"npm-shrinkwrap.json", "npm", npm_lock},
    {"Pipfile.lock", "pypi", pipfile_lock},      {"composer.lock", "composer", composer_lock},
    {"packages.lock.json", "nuget", nuget_lock}, {"Package.resolved", "swift", swift_resolved},
    {"conan.lock", "conan", conan_lock},         {"renv.lock", "cran", renv_lock},
};

}  // namespace

std::span<const LockForm> json_lock_forms() { return k_forms; }

}  // namespace hullcheck::inventory
