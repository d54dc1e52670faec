// Fedora bulletins: updateinfo.xml of a release's updates repository. The source's address is that of the repository.
// Hostile: see updateinfo.hpp.
#include "advisories/updateinfo.hpp"

namespace hullcheck::advisories {
namespace {

class Fedora final : public Feed {
 public:
  Result<void> update(const SourceRow& source, Download& download, AdvisoryWriter& writer) const override {
    const Buffer document = TRY(fetch_updateinfo(download, source.url));
    TRY(read_updateinfo(document, {"fedora", source.subject}, writer));
    writer.note("unfixed flaws not assessed: bulletins name fixed flaws only");
    return {};
  }
};

const util::Registered<Fedora> registered{
    {.id = "fedora",
     .version = 1,
     .summary = "Fedora bulletins (updateinfo of the updates repository)",
     .example = "https://dl.fedoraproject.org/pub/fedora/linux/updates/42/Everything/x86_64/"}};

}  // namespace
}  // namespace hullcheck::advisories
