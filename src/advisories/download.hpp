// Where the documents of feeds come from.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>

#include "util/bytes.hpp"
#include "util/progress.hpp"
#include "util/result.hpp"

namespace hullcheck::advisories {

enum class Packing : std::uint8_t { unpack, keep };  // of a compressed document

struct FetchedDocument {
  Buffer bytes;           // unpacked, unless asked otherwise
  std::string validator;  // opaque: given back with the next request for the same URL; "" where there is none
};

// Any thread may fetch; each fetch is independent.
class Transport {
 public:
  virtual ~Transport() = default;
  // Errors as in Download::get_all(), with k_not_modified when `validator` still holds.
  virtual Result<FetchedDocument> fetch(const std::string& url, std::uint64_t limit, const std::string& validator,
                                        Packing packing, util::Progress& progress, std::stop_token stop) = 0;
};

// https://HOST/PATH is FOLDER/HOST/PATH, or that with ".gz" where it is absent. Always reads anew.
// Error "mirror-absent" when there is no such folder.
Result<std::unique_ptr<Transport>> folder_transport(const std::string& folder);

// The network, with conditional requests, retries and resumed transfers. With `mirror` (an http or https address)
// https://HOST/PATH is MIRROR/HOST/PATH, or that with ".gz", and 404 there is "not-mirrored".
std::unique_ptr<Transport> http_transport(std::string mirror = {});

// What `--mirror BASE` means: the network when empty, a web mirror for an http address, else a folder.
Result<std::unique_ptr<Transport>> make_transport(const std::string& mirror);

// "https://HOST/PATH?QUERY" → "HOST/PATH"; an error for anything that could leave the mirror's folder.
Result<std::string> mirror_path(const std::string& url);

}  // namespace hullcheck::advisories
