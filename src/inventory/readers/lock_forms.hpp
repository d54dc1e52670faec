// The forms of lock files by their notation, each in a file of its own; lock_readers.cpp looks through them all.
#pragma once

#include <span>

#include "inventory/readers/lock_readers.hpp"

namespace hullcheck::inventory {

constexpr std::size_t k_largest_lock_text = 32 << 20;

// What a reader of text looks at; the rest of a larger file is left out, with `truncated` set.
inline std::string_view lock_text(Bytes bytes, FileFacts& facts) {
  if (bytes.size() > k_largest_lock_text) facts.truncated = true;
  return as_text(bytes).substr(0, k_largest_lock_text);
}

std::span<const LockForm> json_lock_forms();
std::span<const LockForm> toml_lock_forms();
std::span<const LockForm> line_lock_forms();
std::span<const LockForm> xml_lock_forms();

}  // namespace hullcheck::inventory
