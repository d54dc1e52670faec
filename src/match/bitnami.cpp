#include "match/bitnami.hpp"

#include <algorithm>

#include "versions/comparator.hpp"

namespace hullcheck::match {
namespace {

constexpr std::pair<std::string_view, std::string_view> k_names[] = {
    {"go", "golang"},    {"httpd", "apache"},       {"openjdk", "java"},   {"postgres", "postgresql"},
    {"nodejs", "node"},  {"mongod", "mongodb"},     {"cpython", "python"}, {"elastic", "elasticsearch"},
    {"mysqld", "mysql"}, {"redis-server", "redis"}, {"etcdctl", "etcd"},   {"php-cli", "php"},
};

// "opt/bitnami/nginx/.spdx-nginx.spdx" → "opt/bitnami/nginx/"
std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash + 1);
}

// "1.18.0-3" → "1.18.0"
std::string_view without_revision(std::string_view version) {
  const std::size_t dash = version.rfind('-');
  const bool number = dash != std::string_view::npos && dash + 1 < version.size() &&
                      version.find_first_not_of("0123456789", dash + 1) == std::string_view::npos;
  return number ? version.substr(0, dash) : version;
}

}  // namespace

std::string_view bitnami_name(std::string_view program) {
  for (const auto& [from, to] : k_names)
    if (program == from) return to;
  return program;
}

bool belongs_to_bitnami(const model::Package& program, const inventory::Inventory& inventory) {
  if (program.type != "generic") return false;
  const auto& comparator = *versions::ComparatorRegistry::find("cpe")->instance;
  const std::string_view path = program.database_path, name = bitnami_name(program.name);
  return std::any_of(inventory.packages.begin(), inventory.packages.end(), [&](const model::Package& package) {
    if (package.type != "bitnami" || package.name != name) return false;
    const std::string_view folder = folder_of(package.database_path);
    return !folder.empty() && path.starts_with(folder) &&
           comparator.compare(without_revision(package.version), program.version) == 0;
  });
}

}  // namespace hullcheck::match
