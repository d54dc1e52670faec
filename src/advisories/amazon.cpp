// Amazon Linux bulletins (ALAS): https://…/mirror.list names a mirror of the repository, and the repository's
// updateinfo.xml has the bulletins. Rows are by binary package and without architecture: the packages of one release
// have the same versions on all of them, and the list of one architecture names only its own builds. The extras of
// Amazon Linux 2 are repositories beside the core with other releases of packages: their rows say which.
// Hostile: the list may name any address, so only https and a plain one is taken.
#include <algorithm>

#include "advisories/updateinfo.hpp"

namespace hullcheck::advisories {
namespace {

constexpr std::uint64_t k_largest_list = 1 << 16;

Result<std::string> first_mirror(Bytes list) {
  std::string_view text = as_text(list);
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string line(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    if (line.compare(0, 7, "http://") == 0) line.insert(4, "s");
    const bool plain = std::all_of(line.begin(), line.end(), [](char c) { return c > ' ' && c < 0x7f && c != '@'; });
    if (line.compare(0, 8, "https://") != 0 || !plain || line.size() > 512) continue;
    if (line.back() != '/') line += '/';
    return line;
  }
  return make_error(ErrorCode::malformed, "feed-malformed", "the list of mirrors names none");
}

class Amazon final : public Feed {
 public:
  Result<void> update(const SourceRow& source, Download& download, AdvisoryWriter& writer) const override {
    const Buffer list = TRY(download.get_part(source.url, k_largest_list));
    const std::string base = TRY(first_mirror(list));
    const Buffer document = TRY(fetch_updateinfo(download, base));
    constexpr std::string_view k_extras = "-extras/";
    const auto extras = source.name.find(k_extras);
    const std::string_view repository = extras == std::string::npos
                                            ? std::string_view()
                                            : std::string_view(source.name).substr(extras + k_extras.size());
    TRY(read_updateinfo(document, {"amazon", source.subject, repository}, writer));
    writer.note("unfixed flaws not assessed: bulletins name fixed flaws only");
    return {};
  }
};

const util::Registered<Amazon> registered{
    {.id = "amazon",
     .version = 2,
     .summary = "Amazon Linux bulletins (updateinfo of the repository)",
     .example = "https://cdn.amazonlinux.com/al2023/core/mirrors/latest/x86_64/mirror.list"}};

}  // namespace
}  // namespace hullcheck::advisories
