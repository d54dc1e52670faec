// updateinfo.xml, in which distributions of rpm packages publish bulletins beside their repositories:
//   <update type="security"><id/><title/><issued date/><severity/><references><reference id type="cve" title/>…
//   <pkglist><collection><module name stream/><package name epoch version release arch/>…
// A package is affected below the version that the bulletin brings. Bulletins that are no security updates and name
// no flaw are left out. Hostile: every name, and see formats/xml.hpp.
#pragma once

#include <string>
#include <string_view>

#include "advisories/feed.hpp"

namespace hullcheck::advisories {

struct UpdateInfoStyle {
  std::string_view vendor;           // whose word on severity it is
  std::string_view ecosystem;        // of the rows
  std::string_view repository = {};  // where it is one beside the ordinary ones: goes into their `extra`
};

// "feed-malformed" when the document is no updateinfo or has no bulletins.
Result<void> read_updateinfo(Bytes document, const UpdateInfoStyle& style, AdvisoryWriter& writer);

// Of a repository: reads `base`repodata/repomd.xml and gives the updateinfo document that it names, checked by the
// digest that stands there. The first request is the conditional one.
Result<Buffer> fetch_updateinfo(Download& download, const std::string& base);

}  // namespace hullcheck::advisories
