// One reader a form of ignore file; see exceptions.hpp.
#pragma once

#include "policy/exceptions.hpp"

namespace hullcheck::policy {

Result<Exceptions> read_own_ignores(std::string_view text, const std::string& name);
Result<Exceptions> read_trivyignore(std::string_view text, const std::string& name);
Result<Exceptions> read_trivyignore_yaml(std::string_view text, const std::string& name);
Result<Exceptions> read_grype_ignores(std::string_view text, const std::string& name);
Result<Exceptions> read_osv_scanner(std::string_view text, const std::string& name);

inline constexpr std::string_view k_ignore_file_error = "ignore-file-malformed";
Error ignore_file_error(const std::string& message, const std::string& name, std::size_t line = 0);
// An id that would hold for others too, which foreign files do not know.
bool is_pattern(const std::string& id);
// A rule that ignores vulnerabilities; `place` is "line 3" or "ignore[2]".
Rule ignoring_rule(const std::string& name, const std::string& place);

}  // namespace hullcheck::policy
