// stdin: the stream of `docker save` on standard input, analysed while it arrives.
#include <fcntl.h>
#include <unistd.h>

#include "acquire/image_archive.hpp"

namespace hullcheck::acquire {
namespace {

class Stdin final : public Source {
 public:
  Result<std::vector<model::Image>> read(const Reference&, AcquireContext& context, LayerSink& sink) const override {
    ArchiveRequest request;
    request.reference = "-";
    request.source = "stdin";
    request.tag = context.options.tag;
    if (::isatty(STDIN_FILENO))
      return make_error(ErrorCode::invalid_argument, "stdin-terminal",
                        "standard input is a terminal; write `docker save NAME | hullcheck image -`");
    const int descriptor = ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
    if (descriptor < 0) return make_error(ErrorCode::io, "stdin-closed", "standard input is closed");
    context.progress.stage("reading standard input");
    return read_archive_pipe(descriptor, "standard input", request, context, sink);
  }
};

const util::Registered<Stdin> registered{
    {.id = "stdin", .version = 1, .summary = "The stream of `docker save` on standard input", .example = "-"}};

}  // namespace
}  // namespace hullcheck::acquire
