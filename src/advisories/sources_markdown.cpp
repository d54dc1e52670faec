#include "advisories/sources_markdown.hpp"

#include <fmt/format.h>

#include <map>

#include "advisories/feed.hpp"
#include "util/text.hpp"

namespace hullcheck::advisories {

// One row for a family of sources ("alpine/v3.3/main" …): the first address stands for all.
std::string sources_as_markdown() {
  struct Family {
    const SourceRow* first = nullptr;
    std::size_t count = 0;
    std::uint64_t bytes = 0;
  };
  const auto sources = default_sources();
  std::map<std::string, Family> families;
  for (const auto& source : sources) {
    const auto slash = source.name.find('/');
    const bool own = slash == std::string::npos || source.feed == "osv";
    Family& family = families[own ? source.name : source.name.substr(0, slash)];
    if (family.first == nullptr) family.first = &source;
    ++family.count;
    family.bytes += source.rough_bytes;
  }
  std::string text = fmt::format(
      "## Advisory sources\n\n{} sources. Those marked with \"named only\" are large or say what another source says "
      "too, and are fetched when `--feeds` names them.\n\n| source | fills | format | licence | size | address "
      "|\n|---|---|---|---|---|---|\n",
      sources.size());
  for (const auto& [name, family] : families) {
    const auto& source = *family.first;
    const auto* feed = FeedRegistry::find(source.feed);
    const std::string fills =
        source.subject.empty() ? "flaws in general" : source.subject.substr(0, source.subject.find(':'));
    text += fmt::format("| {}{}{} | {} | {} | {} | {} | `{}` |\n", name,
                        family.count > 1 ? fmt::format(" ({} sources)", family.count) : "",
                        source.optional ? ", named only" : "", fills, feed == nullptr ? "" : feed->descriptor.summary,
                        source.licence, util::human_size(family.bytes), source.url);
  }
  return text;
}

}  // namespace hullcheck::advisories
