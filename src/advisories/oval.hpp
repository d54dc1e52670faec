// OVAL definitions (the language that MITRE published and CIS keeps, version 5) as vendors of Linux use it for their
// advisories: each definition is a flaw or a bulletin, and its criteria say which packages of which release have it.
//
// Criteria are a tree of AND and OR over tests. What they say is flattened here: each test of a package's version is
// one affected package, and the tests beside and above it that stand under the same AND (release, module,
// architecture) are its circumstances. Signatures say nothing about flaws and are left out. Hostile: references to
// nothing, cycles are impossible (a tree), names and versions of any length, entity bombs.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::advisories {

struct OvalPackage {
  std::string name;
  std::vector<std::string> names;          // where the document lists several binary packages instead of one name
  std::string fixed;                       // affected below it
  std::string last_affected;               // affected up to it
  bool unaffected = false;                 // the vendor says that no version is affected
  std::string comment;                     // of the criterion
  std::vector<std::string> releases;       // any of them: "Oracle Linux 8"; empty where the document is about one
  std::string module;                      // "postgresql:12"
  std::vector<std::string> architectures;  // any of them; empty: all
};

struct OvalDefinition {
  std::string id, kind;  // kind: "vulnerability", "patch", "inventory"
  std::string title, description, severity, patchable;
  std::vector<std::string> cves, references;  // references: other ids (ELSA-…); both sorted
  std::string cvss_vector;                    // of the first flaw that has one
  std::string issued, updated;                // dates
  std::string link;
  std::vector<OvalPackage> packages;
};

// Calls visit for each definition, in document order. Errors: "feed-malformed" (no OVAL, or nothing in it), those of
// formats::parse_xml. `newest` gets the generator's time.
Result<void> each_oval_definition(Bytes document, std::string& newest,
                                  const std::function<void(const OvalDefinition& definition)>& visit);

}  // namespace hullcheck::advisories
