// hullcheck db update | status | list. Each writes its answer to `out`, trouble to `error`, and returns the exit
// code.
#pragma once

#include <chrono>
#include <cstdio>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "util/progress.hpp"

namespace hullcheck::cli {

struct DbUpdateArguments {
  std::string database;
  std::string mirror;
  std::vector<std::string> feeds;
  std::vector<std::string> accept_shrink;
  unsigned threads = 0;
  std::chrono::sys_seconds now{};
};
// 0: every selected source was loaded, unchanged or not mirrored; 1: some failed; 3: nothing was loaded at all.
int run_db_update(const DbUpdateArguments& arguments, util::Progress& progress, std::stop_token stop, std::FILE* out,
                  std::FILE* error);

struct DbStatusArguments {
  std::string database;
  bool json = false;
  bool markdown = false;  // of list: the section of docs/coverage.md
  std::chrono::sys_seconds now{};
  std::chrono::seconds max_age = std::chrono::days(5);
};
// 0: there is a database and no loaded source is older than max_age; 1: there is none, or it has an old source; 3: it
// cannot be read.
int run_db_status(const DbStatusArguments& arguments, std::FILE* out, std::FILE* error);
// Every source that an update knows, with what is loaded of it. 0, or 3 when the database is there but unreadable.
int run_db_list(const DbStatusArguments& arguments, std::FILE* out, std::FILE* error);

// "5 min", "3 days", "never".
std::string age_text(std::optional<std::chrono::seconds> age);

}  // namespace hullcheck::cli
