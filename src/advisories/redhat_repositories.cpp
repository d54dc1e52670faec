// Which products Red Hat's repositories are of
// (https://security.access.redhat.com/data/metrics/repository-to-cpe.json):
//   {"data": {"rhel-9-for-x86_64-baseos-eus-rpms": {"cpes": ["cpe:/o:redhat:rhel_eus:9.2::baseos", …]}, …}}
// Images say which repositories they were built from, statements about flaws name products. No flaws: a row for each
// repository, looked up when an image of Red Hat's is judged. Hostile: the whole document.
#include "advisories/feed.hpp"
#include "advisories/redhat_stream.hpp"
#include "formats/json.hpp"

namespace hullcheck::advisories {
namespace {

constexpr std::uint64_t k_largest_document = 256ULL << 20;
constexpr std::size_t k_longest_name = 256, k_most_products = 200;

class RedHatRepositories final : public Feed {
 public:
  Result<void> update(const SourceRow& source, Download& download, AdvisoryWriter& writer) const override {
    json::Document parsed("feed");
    Buffer bytes = TRY(download.get_all(source.url, k_largest_document));
    const json::Element document = TRY(parsed.parse(std::move(bytes), "repository-to-cpe"));
    std::uint64_t rows = 0;
    if (const auto data = json::member(document, "data"))
      json::each_member(*data, [&](std::string_view name, json::Element repository) {
        Advisory row;
        row.id = json::cut(name, k_longest_name);
        row.ecosystem = k_redhat_repositories;
        row.package = row.id;
        for (std::string& cpe : json::strings(repository, "cpes", k_most_products, k_longest_name))
          if (redhat_ecosystem(cpe)) row.extra.emplace_back("cpe", std::move(cpe));
        if (row.id.empty() || row.extra.empty()) return;
        ++rows;
        writer.add(std::move(row));
      });
    if (rows == 0)
      return make_error(ErrorCode::malformed, "feed-malformed", "the document names no repository with a product");
    return {};
  }
};

const util::Registered<RedHatRepositories> registered{
    {.id = "redhat-repositories",
     .version = 1,
     .summary = "Products of Red Hat's repositories (no flaws: which statements are about an image)",
     .example = "https://security.access.redhat.com/data/metrics/repository-to-cpe.json"}};

}  // namespace
}  // namespace hullcheck::advisories
