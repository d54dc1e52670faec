// The packed form of advisories: what one row of the database holds for one (ecosystem, package).
//
//   blob    = entry*
//   entry   = source:varint record:string
//   record  = id aliases* covers* range* version* status severity severity_source cvss vector title link published
//             modified extra*            (varints and length-prefixed strings of util/codec.hpp; X* is a count, then
//             X)
//
// Ecosystem and package are the row's key, the feed follows from the source; neither is repeated in the record.
#pragma once

#include <functional>
#include <string_view>

#include "advisories/database.hpp"
#include "util/bytes.hpp"

namespace hullcheck::advisories {

constexpr std::size_t k_largest_record = 1 << 20;  // bytes of one encoded record
constexpr std::size_t k_largest_row = 64 << 20;    // bytes of one blob

Buffer encode_record(const Advisory& advisory);
// Error "database-malformed". Sets everything but feed, ecosystem and package.
Result<Advisory> decode_record(Bytes record);

void append_entry(Buffer& blob, std::size_t source, Bytes record);
Result<void> each_entry(Bytes blob, const std::function<Result<void>(std::size_t source, Bytes record)>& visit);

}  // namespace hullcheck::advisories
