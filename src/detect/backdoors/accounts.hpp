// Accounts of a file in etc: passwd(5), shadow(5), gshadow(5); and the row of those that let somebody in.
//
// Hostile: lines without an end, with too few or too many fields, and more of them than any system has.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "detect/detector.hpp"

namespace hullcheck::detect {

constexpr std::size_t k_most_account_bytes = std::size_t{1} << 20;

// Several detectors tell of such accounts, each of another way in.
inline constexpr std::array<RuleRow, 1> k_account_rows{{
    {"B10", EvidenceClass::decisive, model::Severity::critical, 95, "Account that lets somebody in",
     "T1136.001,T1078.003", "Find out whom the account is for; do not run the image if nobody knows."},
}};

// One line; borrows the text.
struct Account {
  std::uint32_t line = 0;  // from 1
  std::vector<std::string_view> fields;

  std::string_view field(std::size_t number) const { return number < fields.size() ? fields[number] : ""; }
  std::string_view name() const { return field(0); }
  std::string_view password() const { return field(1); }
  std::string_view uid() const { return field(2); }    // of passwd
  std::string_view shell() const { return field(6); }  // of passwd
};

// Whether the file is one of a folder "etc" that such a name has, and not too large.
bool is_account_file(const layers::FileInfo& file, std::string_view name);

// Lines with a name and three fields or more, comments left out; of the first 20,000 lines.
std::vector<Account> accounts_of(std::string_view text);

}  // namespace hullcheck::detect
