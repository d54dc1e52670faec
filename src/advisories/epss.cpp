// EPSS (https://www.first.org/epss/data_stats): how likely a flaw is to be attacked within thirty days, as CSV:
//   #model_version:v2025.03.14,score_date:2026-08-01T00:00:00Z
//   cve,epss,percentile
//   CVE-2024-1,0.00043,0.08211
// A row goes under the ecosystem "EPSS" and the flaw's name, where findings look it up.
// Hostile: any line.
#include <cstdlib>

#include "advisories/enrichment.hpp"
#include "advisories/feed.hpp"

namespace hullcheck::advisories {
namespace {

constexpr std::uint64_t k_largest_document = 256ULL << 20;

// "0.00043": a probability, in plain figures.
bool is_share(std::string_view text) {
  if (text.empty() || text.size() > 16) return false;
  for (const char c : text)
    if ((c < '0' || c > '9') && c != '.' && c != 'e' && c != '-') return false;
  const double value = std::strtod(std::string(text).c_str(), nullptr);
  return value >= 0 && value <= 1;
}

std::string_view take(std::string_view& line, char end) {
  const auto at = line.find(end);
  const std::string_view field = line.substr(0, at);
  line = at == std::string_view::npos ? std::string_view() : line.substr(at + 1);
  return field;
}

class Epss final : public Feed {
 public:
  Result<void> update(const SourceRow& source, Download& download, AdvisoryWriter& writer) const override {
    const Buffer bytes = TRY(download.get_all(source.url, k_largest_document));
    std::string_view text = as_text(bytes);
    std::uint64_t rows = 0;
    while (!text.empty()) {
      std::string_view line = take(text, '\n');
      if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
      if (line.substr(0, 1) == "#") {
        if (const auto at = line.find("score_date:"); at != std::string_view::npos)
          writer.newest_record(line.substr(at + 11, 10));
        continue;
      }
      if (line.empty() || line.substr(0, 4) == "cve,") continue;
      const std::string_view cve = take(line, ','), share = take(line, ','), percentile = take(line, ',');
      if (cve.substr(0, 4) != "CVE-" || cve.size() > 32 || !is_share(share) || !is_share(percentile)) {
        writer.bad_record(make_error(ErrorCode::malformed, "feed-malformed", "a line is no flaw and two shares"));
        continue;
      }
      ++rows;
      Advisory row;
      row.id = cve;
      row.ecosystem = k_epss_ecosystem;
      row.package = cve;
      row.extra = {{"epss", std::string(share)}, {"percentile", std::string(percentile)}};
      writer.add(std::move(row));
    }
    if (rows == 0) return make_error(ErrorCode::malformed, "feed-malformed", "the document lists nothing");
    return {};
  }
};

const util::Registered<Epss> registered{{.id = "epss",
                                         .version = 1,
                                         .summary = "EPSS: how likely a flaw is to be attacked soon",
                                         .example = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"}};

}  // namespace
}  // namespace hullcheck::advisories
