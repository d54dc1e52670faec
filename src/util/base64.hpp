// Base64 (RFC 4648, both alphabets) as it stands in files: with line ends, blanks, and the two-character escapes that
// JSON and shells write for them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "util/bytes.hpp"

namespace hullcheck::util {

// What the text decodes to, at most `most` bytes of it. Nothing when a character is neither of the alphabet, nor
// white, nor "\n", "\r" or "\t" in two characters, nor padding at the end, or when the last group is a single one.
std::optional<Buffer> decode_base64(std::string_view text, std::size_t most);

std::string encode_base64(Bytes bytes);           // with padding
std::string encode_base64_unpadded(Bytes bytes);  // as in key fingerprints
// The characters that are the same whatever stands before and after the bytes, when `alignment` (0 to 2) bytes of the
// group come before them.
std::string base64_core(Bytes bytes, std::size_t alignment);

}  // namespace hullcheck::util
