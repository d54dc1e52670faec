#include "formats/http_stream.hpp"

namespace hullcheck::formats {
namespace {

class HttpStream final : public ByteStream {
 public:
  explicit HttpStream(std::unique_ptr<util::HttpResponse> response) : m_response(std::move(response)) {}
  Result<Bytes> next() override { return m_response->next(); }

 private:
  std::unique_ptr<util::HttpResponse> m_response;
};

}  // namespace

std::unique_ptr<ByteStream> http_stream(std::unique_ptr<util::HttpResponse> response) {
  return std::make_unique<HttpStream>(std::move(response));
}

}  // namespace hullcheck::formats
