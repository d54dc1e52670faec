// Public mining pools by domain, and host names as they stand in text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hullcheck::detect {

// Lower case, sorted. Revealed once per process; see hidden_literal.hpp.
const std::vector<std::string>& pool_domains();

// The pool domain that the host name is or lies below, else "". Whole labels only: "notsupportxmr.com" is none.
std::string_view pool_domain_of(std::string_view host);

// Letters, digits, '-', '.', '_'.
bool is_host_character(char c);

// What in a short text speaks of a pool: "a stratum URL", a pool's domain, a host with a port that pools like; else
// "".
std::string near_pool(std::string_view text);

}  // namespace hullcheck::detect
