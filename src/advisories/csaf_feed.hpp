// What the publishers of CSAF VEX trees share: an archive of every document, then a list of what changed since.
//   archive        a tar of YEAR/cve-….json, compressed
//   changes.csv    "PATH","TIME": documents by time of their last change, newest first
//   deletions.csv  "PATH","TIME": documents that are no more
// The first update reads the archive and the later ones only the documents that changed since, unless these are very
// many. The newest time seen is what is remembered.
#pragma once

#include "advisories/csaf.hpp"
#include "advisories/feed.hpp"

namespace hullcheck::advisories {

struct CsafTree {
  std::string base;     // address of the folder, "/" at its end
  std::string archive;  // address of the archive; "" where "archive_latest.txt" names one in the folder
  CsafStyle style;
  bool has_deletions = false;
};

Result<void> update_csaf_tree(const CsafTree& tree, Download& download, AdvisoryWriter& writer);

}  // namespace hullcheck::advisories
