// cran: R packages as installed.
// Format: NAME/DESCRIPTION, fields as in Debian's control files (Writing R Extensions, 1.1.1). "Built" stands only in
// that of an installed package; "Priority: base" marks what R itself brings.
// Hostile: any text may be called DESCRIPTION; without the three fields it is not one of these.
// Reads: NAME/DESCRIPTION
#include "inventory/deb822.hpp"
#include "inventory/readers/language.hpp"
#include "util/ascii.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_bytes = 256 * 1024;

class Cran final : public Analyzer {
 public:
  bool wants(const layers::FileInfo& file) const override {
    return file.name() == "DESCRIPTION" && contains(as_text(file.head), "Package:");
  }
  Result<FileFacts> collect(const layers::FileView& file) const override {
    FileFacts facts;
    facts.kind = k_installed;
    std::string_view text = file.text().substr(0, k_most_bytes);
    Stanza stanza;
    if (!next_stanza(text, stanza) || field(stanza, "Built").empty()) return FileFacts{};
    model::Package* const package =
        add_package(facts, "cran", util::trim(field(stanza, "Package")), util::trim(field(stanza, "Version")));
    if (package != nullptr)
      add_license(*package, field(stanza, "License"));
    else
      add_problem(facts, "it names no R package and version");
    return facts;
  }
  void resolve(const layers::ImageView& image, Inventory& out) const override {
    take_language_packages(image, "cran", out);
  }
};

const util::Registered<Cran> registered{
    {.id = "cran",
     .version = 1,
     .summary = "R packages as installed",
     .example = "readxl 1.3.1 (usr/local/lib/R/site-library/readxl/DESCRIPTION)"}};

}  // namespace
}  // namespace hullcheck::inventory
