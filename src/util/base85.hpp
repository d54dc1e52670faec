// Base85: four bytes in five characters, in the two alphabets in use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hullcheck::util {

enum class Base85 : std::uint8_t {
  rfc1924,  // figures, letters and signs: Python's b85encode, git
  ascii,    // "!" to "u", "z" for four zeros: Adobe's, Python's a85encode
};

// Appends what the digits from the start of `text` on say; white space between them is passed over. How much of
// `text` was read: up to the first character that is no digit, or the group that says more than four bytes can hold.
std::size_t decode_base85(std::string_view text, Base85 alphabet, std::string& out);

}  // namespace hullcheck::util
