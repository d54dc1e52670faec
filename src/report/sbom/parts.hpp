// What the two SBOM formats share: the entries of one image in their order, references between them, and an identity
// that is the same for the same content.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "report/report.hpp"
#include "sbom/vocabulary.hpp"

namespace hullcheck::report {

struct SbomEntry {
  const model::Package* package = nullptr;  // borrowed from the result
  std::string reference;                    // 16 hex digits, unique in the document
  std::string purl;
  sbom::Properties properties;
};

class SbomParts {
 public:
  // `prefix` keeps the references of several images of one document apart.
  SbomParts(const model::ScanResult& result, const std::string& prefix);

  // Installed packages, those in files of the system's packages, then declared ones.
  const std::vector<SbomEntry>& entries() const { return m_entries; }
  // References of the packages that a vulnerability is in.
  std::vector<std::string> affected(const model::Vulnerability& flaw) const;

 private:
  std::vector<SbomEntry> m_entries;
  std::multimap<std::pair<std::string, std::string>, std::string> m_by_place;  // (purl, place) → reference
};

// "8f1c…-…": of everything that the document says, and of the time unless the report is to be the same every time.
std::string document_uuid(const ReportInput& input, const ReportOptions& options);

// pkg:oci/nginx@sha256%3A…?repository_url=docker.io/library/nginx, "" for an image without a manifest digest.
std::string image_purl(const model::Image& image);
// What the document is about, for people.
std::string image_name(const model::ScanResult& result);

}  // namespace hullcheck::report
