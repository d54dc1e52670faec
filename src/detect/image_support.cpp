#include "detect/image_support.hpp"

#include <algorithm>
#include <array>

#include "detect/words.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::array<std::string_view, 6> k_program_folders = {"bin",      "sbin",          "usr/bin",
                                                               "usr/sbin", "usr/local/bin", "usr/local/sbin"};
constexpr std::array<std::string_view, 5> k_temporary = {"tmp/", "var/tmp/", "dev/shm/", "run/shm/", "var/crash/"};
// What ordinary programs keep in homes and working folders.
constexpr std::array<std::string_view, 14> k_usual_hidden = {".config", ".local",  ".cache", ".npm",   ".nvm",
                                                             ".cargo",  ".rustup", ".pyenv", ".rbenv", ".venv",
                                                             ".dotnet", ".bun",    ".deno",  ".sdkman"};
constexpr std::array<std::string_view, 6> k_language_folders = {"node_modules", "site-packages", "dist-packages",
                                                                "gems",         "vendor_ruby",   "corepack"};

template <class Test>
bool any_part(std::string_view path, Test test) {
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (test(path.substr(0, end))) return true;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return false;
}

std::string_view without_slash(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  return path;
}

}  // namespace

PlacedEvidence place_of(const ImageContext& context, layers::FileRef file) {
  PlacedEvidence placed;
  placed.file = file;
  placed.path = context.image.path(file);
  placed.visibility = context.image.visibility(file);
  placed.reach = context.reach(file);
  if (const StartNode* node = context.start.find(file)) placed.chain = node->chain;
  return placed;
}

void add_at(const ImageContext& context, layers::FileRef file, Evidence evidence, ImageEvidence& out) {
  PlacedEvidence placed = place_of(context, file);
  placed.evidence = std::move(evidence);
  out.add(std::move(placed));
}

Evidence with_class(Evidence evidence, EvidenceClass cls) {
  evidence.cls = cls;
  return evidence;
}

PlacedEvidence without_payload(PlacedEvidence placed, const std::string& why) {
  placed.evidence.cls = EvidenceClass::strong;
  placed.evidence.text += why;
  placed.evidence.values = {{std::string(k_payload_key), std::string(k_payload_absent)}};
  return placed;
}

bool is_program_folder(std::string_view folder) { return is_one(without_slash(folder), k_program_folders); }

bool is_temporary(std::string_view path) {
  path = without_slash(path);
  return std::any_of(k_temporary.begin(), k_temporary.end(),
                     [&](std::string_view folder) { return path.starts_with(folder); });
}

bool is_hidden(std::string_view path) {
  return any_part(path, [](std::string_view part) {
    return part.size() > 1 && part.front() == '.' && part != ".." && !is_one(part, k_usual_hidden);
  });
}

bool is_certificate_store(std::string_view path) {
  path = without_slash(path);
  const std::string_view name = layers::base_name(path);
  return path.starts_with("etc/ssl/certs/") || path.starts_with("etc/pki/") ||
         path.starts_with("usr/share/ca-certificates/") || path.starts_with("usr/local/share/ca-certificates/") ||
         path.starts_with("usr/share/pki/") || name == "cacert.pem" || name == "cacerts" ||
         name.starts_with("ca-bundle") || name == "ca-certificates.crt" || name == "cert.pem";
}

bool is_language_folder(std::string_view path) {
  return any_part(layers::parent_path(path), [](std::string_view part) { return is_one(part, k_language_folders); });
}

const model::Package* system_owner(const inventory::Ownership& ownership, layers::FileRef file) {
  const model::Package* owner = ownership.owner(file);
  if (owner == nullptr) return nullptr;
  const bool system = owner->type.empty() || owner->type == "deb" || owner->type == "rpm" || owner->type == "apk";
  return system ? owner : nullptr;
}

bool is_as_shipped(const inventory::Ownership& ownership, layers::FileRef file) {
  return ownership.integrity(file) == inventory::Integrity::owned_match && system_owner(ownership, file) != nullptr;
}

std::string package_name(const model::Package& package) { return package.name + " " + package.version; }

}  // namespace hullcheck::detect
