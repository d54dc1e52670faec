// Alpine secdb, and the same format from Wolfi and Chainguard (https://secdb.alpinelinux.org, JSON):
//   {"distroversion", "reponame", "packages": [{"pkg": {"name": ORIGIN, "secfixes": {VERSION: [ID, …]}}}]}
//
// A flaw is fixed in VERSION; VERSION "0" says that the package was never affected, which silences what others say.
// An entry of the list may hold several names of one flaw, separated by spaces ("CVE-2019-5060 TALOS-2019-0844"), and
// a remark in brackets. The format knows neither severities nor unfixed flaws; the latter is noted. The list of ids
// may be null. Hostile: the whole document and every name in it.
#include <algorithm>

#include "advisories/enrichment.hpp"
#include "advisories/feed.hpp"
#include "formats/json.hpp"

namespace hullcheck::advisories {
namespace {

using json::Element;

constexpr std::uint64_t k_largest_document = 256ULL << 20;
constexpr std::size_t k_longest_name = 256;

bool is_cve(std::string_view word) { return word.substr(0, 4) == "CVE-"; }

// "CVE-2018-14468", "XSA-248", "wnpa-sec-2017-18", "GHSA-jjjh-jjxp-wpff"; not "(SMB" or "partially-fixed".
bool is_id(std::string_view word) {
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  const auto plain = [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':' || c == '_';
  };
  const auto dash = word.find('-');
  if (dash == std::string_view::npos || word.size() > 64 || !letter(word[0])) return false;
  if (!std::all_of(word.begin(), word.end(), plain)) return false;
  return word.substr(0, 5) == "GHSA-" || word.find_first_of("0123456789", dash) != std::string_view::npos;
}

// The names in one entry of a list; also reads "CVE 2018-16859".
std::vector<std::string> ids_of(std::string_view text) {
  std::vector<std::string> ids;
  text = text.substr(0, text.find('('));
  bool bare_cve = false;
  while (!text.empty()) {
    const auto end = text.find_first_of(" ,\t");
    std::string word(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (bare_cve) word.insert(0, "CVE-");
    bare_cve = word == "CVE";
    if (is_id(word)) ids.push_back(std::move(word));
  }
  return ids;
}

class Alpine final : public Feed {
 public:
  Result<void> update(const SourceRow& source, Download& download, AdvisoryWriter& writer) const override {
    json::Document parsed("feed");
    Buffer bytes = TRY(download.get_all(source.url, k_largest_document));
    const Element document = TRY(parsed.parse(std::move(bytes), "secdb"));
    const auto packages = json::member(document, "packages");
    if (!packages || (!packages->is_array() && !packages->is_null()))
      return make_error(ErrorCode::malformed, "feed-malformed", "the document has no list of packages");
    json::each(document, "packages", [&](Element entry) {
      const auto package = json::member(entry, "pkg");
      const std::string_view name = package ? json::text(*package, "name", k_longest_name) : std::string_view();
      if (name.empty()) {
        writer.bad_record(make_error(ErrorCode::malformed, "feed-malformed", "a package has no name"));
        return;
      }
      if (const auto fixes = json::member(*package, "secfixes"))
        json::each_member(
            *fixes, [&](std::string_view version, Element ids) { add(source.subject, name, version, ids, writer); });
    });
    writer.note("unfixed flaws not assessed: this format lists fixed flaws only");
    return {};
  }

 private:
  static void add(const std::string& ecosystem, std::string_view name, std::string_view version, Element ids,
                  AdvisoryWriter& writer) {
    simdjson::dom::array list;
    if (version.empty() || version.size() > k_longest_name) return;
    if (ids.get_array().get(list) != simdjson::SUCCESS) return;
    std::vector<std::vector<std::string>> entries;
    for (Element element : list) {
      auto names = ids_of(json::as_text(element, 1024));
      if (!names.empty())
        entries.push_back(std::move(names));
      else
        writer.bad_record(
            make_error(ErrorCode::malformed, "feed-malformed", "a fix names no flaw", std::string(name)));
    }
    const bool twins = join_twins(entries);
    for (auto& names : entries) add_entry(ecosystem, name, version, std::move(names), twins, writer);
  }

  // One CVE and one name of GitHub's become one entry. True where there are several, each name of a CVE beside it.
  static bool join_twins(std::vector<std::vector<std::string>>& entries) {
    std::vector<std::size_t> cves, twins;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (is_twin(entries[i])) twins.push_back(i);
      if (is_cve(entries[i].front())) cves.push_back(i);
    }
    if (cves.size() != 1 || twins.size() != 1) return twins.size() <= cves.size();
    entries[cves[0]].push_back(std::move(entries[twins[0]].front()));
    entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(twins[0]));
    return false;
  }

  static bool is_twin(const std::vector<std::string>& names) {
    return names.size() == 1 && names.front().compare(0, 5, "GHSA-") == 0;
  }

  static void add_entry(const std::string& ecosystem, std::string_view name, std::string_view version,
                        std::vector<std::string> names, bool twins, AdvisoryWriter& writer) {
    // Two CVEs in one entry are two flaws; any other name beside a CVE is another name of it.
    const auto cves = std::count_if(names.begin(), names.end(), [](const auto& id) { return is_cve(id); });
    if (cves > 1) {
      for (auto& id : names) add_one(ecosystem, name, version, std::move(id), {}, false, writer);
      return;
    }
    const bool twin = twins && is_twin(names);
    std::string id = std::move(names.front());
    names.erase(names.begin());
    std::sort(names.begin(), names.end());
    add_one(ecosystem, name, version, std::move(id), std::move(names), twin, writer);
  }

  static void add_one(const std::string& ecosystem, std::string_view name, std::string_view version, std::string id,
                      std::vector<std::string> aliases, bool twin, AdvisoryWriter& writer) {
    Advisory advisory;
    if (twin) advisory.extra.emplace_back(k_twin, "yes");
    advisory.id = std::move(id);
    advisory.aliases = std::move(aliases);
    advisory.ecosystem = ecosystem;
    advisory.package = name;
    const bool never = version == "0";
    advisory.ranges.push_back({"", never ? std::string() : std::string(version), ""});
    if (never) advisory.status = model::VulnerabilityStatus::not_affected;
    writer.add(std::move(advisory));
  }
};

const util::Registered<Alpine> registered{{.id = "alpine",
                                           .version = 2,
                                           .summary = "Alpine secdb, and Wolfi and Chainguard in the same format",
                                           .example = "https://secdb.alpinelinux.org/v3.20/main.json"}};

}  // namespace
}  // namespace hullcheck::advisories
