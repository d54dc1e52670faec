// What to tell somebody whose advisory database is missing, broken or old.
#pragma once

#include <string>

#include "model/scan_result.hpp"
#include "util/result.hpp"

namespace hullcheck::cli {

// " --db FILE" for a file that was given, "" for the usual place.
std::string database_option(const std::string& given);

// How newer data gets into that place: an update, or without a network a file from elsewhere.
model::NextStep renewal_of(const std::string& given, bool offline);

// "there is no advisory database at FILE".
std::string absent_text(const std::string& path);

// Before a database takes the place of the file that --db named; "" if it named none.
Result<void> may_replace(const std::string& given);

// For commands that need a database: the error, with a hint where the database itself is what is wrong.
int fail_of_database(const Error& error, const std::string& path, const std::string& given);

}  // namespace hullcheck::cli
