// Images that carry a well-known name without the thing (I03): "someone/nginx" in which there is no nginx, a
// "someone/alpine" that is no Alpine.
//
// Forks and builds of one's own have the product in them, so only its absence is said. The name is whatever the user
// asked for; images without a registry's name are left alone.
#include <algorithm>
#include <array>
#include <set>

#include "detect/detector.hpp"
#include "detect/image_support.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<RuleRow, 1> k_rows{{
    {"I03", EvidenceClass::supporting, model::Severity::medium, 60, "Well-known name without the product",
     "T1036.005", "Take the image of the product's own publisher."},
}};

struct Product {
  std::string_view name;
  std::string_view programs;  // base names, one of which must be there; or
  std::string_view distribution;
};
constexpr std::array<Product, 36> k_products{{{"nginx", "nginx openresty", ""},
                                              {"redis", "redis-server valkey-server", ""},
                                              {"mysql", "mysqld mariadbd", ""},
                                              {"mariadb", "mariadbd mysqld", ""},
                                              {"postgres", "postgres", ""},
                                              {"postgresql", "postgres", ""},
                                              {"mongo", "mongod", ""},
                                              {"mongodb", "mongod", ""},
                                              {"httpd", "httpd apache2", ""},
                                              {"apache", "httpd apache2", ""},
                                              {"tomcat", "catalina.sh", ""},
                                              {"haproxy", "haproxy", ""},
                                              {"traefik", "traefik", ""},
                                              {"memcached", "memcached", ""},
                                              {"rabbitmq", "rabbitmq-server", ""},
                                              {"node", "node nodejs", ""},
                                              {"nodejs", "node nodejs", ""},
                                              {"python", "python3 python python2 pypy3", ""},
                                              {"golang", "go", ""},
                                              {"openjdk", "java", ""},
                                              {"php", "php php-fpm", ""},
                                              {"ruby", "ruby", ""},
                                              {"perl", "perl", ""},
                                              {"rust", "rustc", ""},
                                              {"elasticsearch", "elasticsearch", ""},
                                              {"kibana", "kibana", ""},
                                              {"influxdb", "influxd", ""},
                                              {"consul", "consul", ""},
                                              {"vault", "vault", ""},
                                              {"ubuntu", "", "ubuntu"},
                                              {"debian", "", "debian"},
                                              {"alpine", "", "alpine"},
                                              {"centos", "", "centos"},
                                              {"fedora", "", "fedora"},
                                              {"rockylinux", "", "rocky"},
                                              {"amazonlinux", "", "amzn"}}};

// "registry.example/team/nginx:1.25@sha256:…" gives "nginx".
std::string_view repository_name(std::string_view reference) {
  reference = reference.substr(0, reference.find('@'));
  const std::size_t slash = reference.rfind('/');
  std::string_view name = slash == std::string_view::npos ? reference : reference.substr(slash + 1);
  return name.substr(0, name.find(':'));
}

// Docker Hub's own names have no publisher or "library".
bool is_official(std::string_view reference) {
  return reference.find('/') == std::string_view::npos || reference.starts_with("library/") ||
         reference.starts_with("docker.io/library/") || reference.starts_with("public.ecr.aws/docker/library/");
}

bool names_one_of(std::string_view programs, std::string_view name) {
  while (!programs.empty()) {
    const std::size_t end = std::min(programs.find(' '), programs.size());
    const std::string_view program = programs.substr(0, end);
    programs.remove_prefix(std::min(end + 1, programs.size()));
    if (name == program) return true;
    // "python3.11", "php8.2"
    if (name.starts_with(program) &&
        name.substr(program.size()).find_first_not_of("0123456789.-") == std::string_view::npos)
      return true;
  }
  return false;
}

class Impersonation final : public Detector {
 public:
  void image(const ImageContext& context, ImageEvidence& out) const override {
    const model::Image& image = context.image.image();
    if (image.source == "rootfs" || image.reference.empty() || is_official(image.reference)) return;
    const std::string_view name = repository_name(image.reference);
    const auto product =
        std::find_if(k_products.begin(), k_products.end(), [&](const Product& one) { return one.name == name; });
    if (product == k_products.end() || is_there(context, *product)) return;
    PlacedEvidence placed;
    placed.path = "config:image";
    placed.visibility = model::Visibility::config;
    placed.reach = Reach::present;
    placed.evidence = evidence_of(
        k_rows[0], image.reference + (product->distribution.empty() ? " holds no program of " : " is no ") +
                       std::string(product->name));
    out.add(std::move(placed));
  }

 private:
  static bool is_there(const ImageContext& context, const Product& product) {
    if (!product.distribution.empty())
      return context.inventory.distribution.id == product.distribution ||
             context.inventory.distribution.id_like.find(product.distribution) != std::string::npos;
    bool found = false;
    context.image.each_final([&](layers::FileRef file, const std::string& path) {
      const layers::EntryType type = context.image.entry(file).type;
      const bool program = type == layers::EntryType::file || type == layers::EntryType::hard_link ||
                           type == layers::EntryType::symlink;
      found = found || (program && names_one_of(product.programs, layers::base_name(path)));
    });
    return found;
  }
};

const util::Registered<Impersonation> registered{{
    .id = "impersonation",
    .version = 1,
    .summary = "images that carry a well-known name without the product",
    .example = "someone/nginx holds no program of nginx",
    .rules = k_rows,
}};

}  // namespace
}  // namespace hullcheck::detect
