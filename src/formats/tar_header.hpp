// One tar header block of 512 bytes. Internal to formats/; callers use TarReader.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "formats/tar.hpp"

namespace hullcheck::formats {

constexpr std::size_t k_tar_block = 512;
using TarBlock = std::span<const std::uint8_t, k_tar_block>;

// No content of more bytes is believed: positions must not wrap round.
constexpr std::uint64_t k_tar_largest = (1ULL << 63) - 1;

// "tar-header", with what is wrong and nothing about where; the reader adds that.
Error tar_header_error(std::string message);

bool is_zero_block(TarBlock block);
// The sum may have been made of signed or of unsigned bytes: old systems did either.
bool has_tar_checksum(TarBlock block);
bool is_gnu_header(TarBlock block);

// A number field: octal text, or base-256 of GNU tar. Nothing when it is neither, negative or above k_tar_largest.
std::optional<std::uint64_t> tar_number(Bytes field);
// The same where a negative one has a meaning (times).
std::optional<std::int64_t> tar_signed_number(Bytes field);
// Up to the first NUL.
std::string_view tar_text(Bytes field);

// Fills every field of `entry` from the block alone; `size` is that of the header, whatever the type.
Result<void> read_tar_header(TarBlock block, TarEntry& entry);

}  // namespace hullcheck::formats
