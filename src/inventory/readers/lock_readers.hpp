// What lock files and other lists of wished packages say, one small reader for each form. They all fill `packages` of
// the facts; what they cannot read leaves a problem or `truncated`.
// Hostile: text of any size and shape. Every reader goes over it once, line by line or through the reader of its
// notation, and stops at the limits of readers/language.hpp.
#pragma once

#include <string>

#include "inventory/readers/language.hpp"

namespace hullcheck::inventory {

struct LockForm {
  std::string_view name;  // of the file; "*.x" stands for every name that ends so
  std::string_view type;  // of the packages
  void (*read)(Bytes bytes, std::string_view type, FileFacts& facts);
};

// "github.com/apple/swift-nio" for an address of either form: https://github.com/…, git@github.com:…
std::string swift_name(std::string_view address);

// Null for a name that is none of a lock file; the forms live as long as the program.
const LockForm* lock_form(std::string_view file_name);

}  // namespace hullcheck::inventory
