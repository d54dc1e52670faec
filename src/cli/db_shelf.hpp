// hullcheck db push | pull. Each writes its answer to `out`, remarks to `error`, and gives errors up.
#pragma once

#include <chrono>
#include <cstdio>
#include <stop_token>
#include <string>

#include "util/progress.hpp"
#include "util/result.hpp"

namespace hullcheck::cli {

struct DbShelfArguments {
  std::string name;  // "oci://…"
  std::string database;
  bool insecure = false;
  bool slim = false;         // of push
  bool allow_older = false;  // of pull
  std::chrono::sys_seconds now{};
};
Result<int> run_db_push(const DbShelfArguments& arguments, util::Progress& progress, std::stop_token stop,
                        std::FILE* out, std::FILE* error);
Result<int> run_db_pull(const DbShelfArguments& arguments, util::Progress& progress, std::stop_token stop,
                        std::FILE* out, std::FILE* error);

}  // namespace hullcheck::cli
