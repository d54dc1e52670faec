// oci: an OCI image layout, as a folder or as a tar file, with an optional tag or digest.
#include <sys/stat.h>

#include "acquire/image_archive.hpp"

namespace hullcheck::acquire {
namespace {

class Oci final : public Source {
 public:
  Result<std::vector<model::Image>> read(const Reference& reference, AcquireContext& context,
                                         LayerSink& sink) const override {
    const LayoutName name = parse_layout_name(reference.rest);
    ArchiveRequest request;
    request.reference = "oci:" + reference.rest;
    request.source = "oci";
    request.tag = name.tag.empty() ? context.options.tag : name.tag;
    request.digest = name.digest;
    request.layout_first = true;
    request.name_the_tag = name.tag.empty() && name.digest.empty();
    context.progress.stage("reading the layout");
    struct stat info {};
    if (::stat(name.path.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) {
      const auto contents = TRY(folder_contents(name.path));
      return layout_images(*contents, request, context, sink);
    }
    return read_archive_file(name.path, request, context, sink);
  }
};

const util::Registered<Oci> registered{
    {.id = "oci", .version = 1, .summary = "An OCI image layout, folder or tar file", .example = "oci:layout:1.25"}};

}  // namespace
}  // namespace hullcheck::acquire
