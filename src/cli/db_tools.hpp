// hullcheck db export | import | diff | delta | explain. Each writes its answer to `out`, and gives errors up.
#pragma once

#include <cstdio>
#include <string>

#include "util/result.hpp"

namespace hullcheck::cli {

Result<int> run_db_export(const std::string& database, const std::string& file, bool slim, std::FILE* out);
Result<int> run_db_import(const std::string& file, const std::string& database, std::FILE* out);
Result<int> run_db_delta(const std::string& older, const std::string& newer, const std::string& file, std::FILE* out);
// 0: the same, 1: there are differences.
Result<int> run_db_diff(const std::string& older, const std::string& newer, bool json, std::FILE* out);
// What every source says of a flaw or bulletin, by any of its names; `package` "" for all. 1 when nobody says
// anything.
Result<int> run_db_explain(const std::string& database, const std::string& id, const std::string& package, bool json,
                           std::FILE* out);

}  // namespace hullcheck::cli
