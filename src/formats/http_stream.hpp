// The body of an HTTP answer as a ByteStream.
#pragma once

#include <memory>

#include "formats/byte_stream.hpp"
#include "util/http.hpp"

namespace hullcheck::formats {

std::unique_ptr<ByteStream> http_stream(std::unique_ptr<util::HttpResponse> response);

}  // namespace hullcheck::formats
