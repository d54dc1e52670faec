// --save-facts and judge: a collected image in one file.
//
// "HCFACTS" version, then per image: target, image (parsed config, its secrets blanked), gaps, what detection made of
// the config, layer summaries, and for each layer its core facts and sections in the encoding of layers/facts.hpp,
// all with the codec of util/codec.hpp; at the end the SHA-256 of it all. No secret that hullcheck knows for one is in
// it; see detect/secrets/blank.hpp. Read back as hostile input: the digest tells damage, and nothing about who wrote it.
#pragma once

#include <string>

#include "scan/scan.hpp"

namespace hullcheck::scan {

constexpr std::uint64_t k_most_facts_bytes = 4ULL << 30;  // of a file; "file-size-limit"

Buffer encode_facts(const Collected& collected);
// "facts-malformed" (no such file), "facts-version" (of another release), "facts-damaged" (some byte is another one).
Result<Collected> decode_facts(Bytes bytes);

Result<void> save_facts(const Collected& collected, const std::string& path);  // written beside and renamed
Result<Collected> load_facts(const std::string& path);

}  // namespace hullcheck::scan
