// Ignore files of every form, and VEX documents: the first byte says which. Rules that ignore something in
// particular, or a named error.
#include "policy/exceptions.hpp"
#include "util/bytes.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  constexpr std::string_view k_names[] = {".hullcheck.yaml", ".trivyignore", ".trivyignore.yaml", ".grype.yaml",
                                          "osv-scanner.toml"};
  if (size == 0) return 0;
  const std::string_view text = as_text(Bytes(data + 1, size - 1));
  const std::size_t form = data[0] % (std::size(k_names) + 1);
  const auto read = form == std::size(k_names)
                        ? policy::parse_vex(text, "vex.json", data[0] >= 128 ? "pkg:oci/image@sha256:00" : "")
                        : policy::parse_ignore_file(text, std::string(k_names[form]));
  if (!read.ok() && read.error().name.empty()) __builtin_trap();
  if (!read.ok()) return 0;
  for (const auto& rule : read->rules) {
    const bool bounded = !rule.ids.empty() || !rule.packages.empty() || !rule.purls.empty() || !rule.paths.empty() ||
                         !rule.types.empty() || !rule.binary_packages.empty() || !rule.source_packages.empty() ||
                         !rule.versions.empty() || !rule.statuses.empty() || rule.fix_available;
    if (rule.action != policy::Action::ignore || !bounded) __builtin_trap();
  }
  return 0;
}
