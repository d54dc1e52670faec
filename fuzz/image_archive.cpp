// A whole image archive as a stream, with a sink that only reads.
#include "acquire/image_archive.hpp"

namespace {

using namespace hullcheck;

class NullSink final : public acquire::LayerSink {
 public:
  bool known(const acquire::LayerInfo&) override { return false; }
  void offer(acquire::LayerInfo, acquire::OpenLayer open) override {
    if (auto stream = open()) static_cast<void>(drain(**stream).ok());
  }
  Result<void> feed(acquire::LayerInfo, formats::ByteStream& bytes) override { return drain(bytes); }

 private:
  static Result<void> drain(formats::ByteStream& bytes) {
    while (true)
      if (TRY(bytes.next()).empty()) return {};
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  acquire::AcquireContext context;
  context.limits.manifest_bytes = 64 * 1024;
  context.limits.archive_members = 1000;
  context.limits.images = 20;
  context.options.platform = "linux/amd64";
  NullSink sink;
  const auto stream = formats::memory_stream({data, size}, 4096);
  const auto images = acquire::read_archive_stream(*stream, {"-", "stdin", "", "", false, ""}, context, sink);
  if (images)
    for (const auto& image : *images)
      for (const auto& layer : image.layers) HULLCHECK_ASSERT(!layer.key.empty());
  return 0;
}
