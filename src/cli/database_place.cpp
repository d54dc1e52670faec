#include "cli/database_place.hpp"

#include <fmt/format.h>

#include "advisories/replace.hpp"
#include "cli/command.hpp"
#include "util/shell_word.hpp"

namespace hullcheck::cli {

std::string database_option(const std::string& given) {
  return given.empty() ? "" : " --db " + util::shell_quoted(given);
}

model::NextStep renewal_of(const std::string& given, bool offline) {
  if (!offline) return {"Fetch the advisory data, then scan again", "hullcheck db update" + database_option(given)};
  return {"Bring a file of `hullcheck db export` from a machine with a network, take it in, and scan again",
          "hullcheck db import advisories.bundle" + database_option(given)};
}

std::string absent_text(const std::string& path) { return fmt::format("there is no advisory database at {}", path); }

Result<void> may_replace(const std::string& given) {
  return given.empty() ? Result<void>() : advisories::refuse_foreign_file(given);
}

int fail_of_database(const Error& error, const std::string& path, const std::string& given) {
  const std::string command = "hullcheck db update" + database_option(given);
  if (error.subject != path) return fail(error);
  if (error.name == "database-absent") return fail(absent_text(path), "to make one, run: " + command);
  if (!may_replace(given)) return fail(error, "remove that file, or name another with --db");
  if (error.name == "database-malformed" || error.name == "database-version")
    return fail(error, "to make a new one in its place, run: " + command);
  return fail(error);
}

}  // namespace hullcheck::cli
