// The headers of tar members, written as layers have them: pax (POSIX.1-2001), with SCHILY.xattr.* for capabilities.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>

#include "util/bytes.hpp"

namespace hullcheck::acquire {

constexpr std::size_t k_tar_block = 512;

struct PaxMember {
  std::string path, link, capability;  // of any bytes and length
  struct stat info {};                 // mode, owner, time; of devices the number
  char type = '0';                     // the type flag of ustar
  std::uint64_t size = 0;              // of the content that follows
};

// Whole blocks: the ustar header, and before it one of pax with what does not fit into that.
Buffer pax_headers(const PaxMember& member);

}  // namespace hullcheck::acquire
