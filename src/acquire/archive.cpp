// archive: what `docker save` and `podman save` write, plain, gzip or zstd; also an OCI layout in a tar.
#include "acquire/image_archive.hpp"

namespace hullcheck::acquire {
namespace {

class Archive final : public Source {
 public:
  Result<std::vector<model::Image>> read(const Reference& reference, AcquireContext& context,
                                         LayerSink& sink) const override {
    ArchiveRequest request;
    request.reference = "archive:" + reference.rest;
    request.source = "archive";
    request.tag = context.options.tag;
    context.progress.stage("reading the archive");
    return read_archive_file(reference.rest, request, context, sink);
  }
};

const util::Registered<Archive> registered{{.id = "archive",
                                            .version = 1,
                                            .summary = "An archive of `docker save`, plain, gzip or zstd",
                                            .example = "archive:image.tar.gz"}};

}  // namespace
}  // namespace hullcheck::acquire
