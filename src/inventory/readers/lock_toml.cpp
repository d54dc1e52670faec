// Lock files in TOML: Cargo, Poetry, uv, pdm and Julia. See formats/toml.hpp for what is refused.
#include <fmt/core.h>

#include <optional>

#include "formats/toml.hpp"
#include "inventory/readers/lock_forms.hpp"

namespace hullcheck::inventory {
namespace {

using formats::TomlDocument;
using formats::TomlValue;

// The largest locks of real projects have a tenth of that.
constexpr formats::TomlLimits k_limits{.bytes = k_largest_lock_text, .values = 500'000, .depth = 64};

std::optional<TomlDocument> parse(Bytes bytes, FileFacts& facts) {
  std::size_t line = 0;
  auto document = TomlDocument::parse(as_text(bytes), line, k_limits);
  if (document.ok()) return std::move(*document);
  if (document.error().code == ErrorCode::limit)
    facts.truncated = true;
  else
    add_problem(facts, fmt::format("the file is not the TOML that it should be, at line {}", line));
  return std::nullopt;
}

// "[[package]]" with name and version.
void toml_packages(Bytes bytes, std::string_view type, FileFacts& facts) {
  const auto document = parse(bytes, facts);
  if (!document) return;
  const TomlValue packages = document->root()["package"];
  if (!packages.is(formats::TomlKind::list)) return;
  for (std::size_t i = 0; i < packages.size(); ++i)
    add_package(facts, type, packages.at(i)["name"].text_or_nothing(), packages.at(i)["version"].text_or_nothing());
}

// "[[deps.Name]]", or "[[Name]]" until manifest format 1, with version and uuid.
void julia_manifest(Bytes bytes, std::string_view type, FileFacts& facts) {
  const auto document = parse(bytes, facts);
  if (!document) return;
  const TomlValue deps = document->root()["deps"];
  const TomlValue names = deps.is(formats::TomlKind::table) ? deps : document->root();
  for (std::size_t i = 0; i < names.size(); ++i) {
    const TomlValue packages = names.at(i);
    for (std::size_t k = 0; packages.is(formats::TomlKind::list) && k < packages.size(); ++k) {
      const std::string_view uuid = packages.at(k)["uuid"].text_or_nothing();
      model::Package* const package =
          add_package(facts, type, packages.key(), packages.at(k)["version"].text_or_nothing());
      if (package != nullptr && uuid.size() == 36) package->qualifiers.emplace_back("uuid", uuid);
    }
  }
}

constexpr LockForm k_forms[] = {
    {"poetry.lock", "pypi", toml_packages},     {"uv.lock", "pypi", toml_packages},
    {"pdm.lock", "pypi", toml_packages},        {"Cargo.lock", "cargo", toml_packages},
    {"Manifest.toml", "julia", julia_manifest}, {"JuliaManifest.toml", "julia", julia_manifest},
};

}  // namespace

std::span<const LockForm> toml_lock_forms() { return k_forms; }

}  // namespace hullcheck::inventory
