// Small reversible transformations that scripts use to hide text. Bounded by their input's size or by what they are
// told.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hullcheck::detect {

std::optional<std::string> decode_base64(std::string_view text);  // blanks are skipped; nothing for other characters
std::optional<std::string> decode_hex(std::string_view text);     // likewise
// gzip, xz, bzip2, zstd by its first bytes; nothing for other bytes, broken ones, and more than `most` that come out.
std::optional<std::string> unpack_text(std::string_view packed, std::size_t most);
std::string lines_backwards(std::string_view text);  // the last line first
std::string reverse_lines(std::string_view text);
// \n, \xHH, \NNN, \0NNN as echo -e and printf know them; `hidden` counts the numeric ones.
std::string decode_escapes(std::string_view text, unsigned& hidden);
// tr: sets with ranges and escapes.
std::string translate(std::string_view text, std::string_view from, std::string_view to, bool remove);
// A mapping of letters to other letters than their own upper or lower case.
bool is_letter_rotation(std::string_view from, std::string_view to);

}  // namespace hullcheck::detect
