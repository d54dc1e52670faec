// Which advisories a package is looked up in, one file per family of distributions: debian.cpp, apk.cpp, rpm.cpp, …
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "advisories/database.hpp"
#include "inventory/analyzer.hpp"
#include "model/package.hpp"
#include "util/registry.hpp"

namespace hullcheck::match {

// How to look one package up.
struct Query {
  std::string ecosystem;           // key of the database: "Debian:11"
  std::vector<std::string> names;  // source or binary names, each looked up; first one first
  std::string version;             // that is compared: the source's where names are those of sources
  std::string_view scheme;         // id of a comparator
  // The source knows some packages of the kind and not others: one that it has nothing about was not assessed.
  bool listed_only = false;
  // Asked before and after this one, where the database has their ecosystem. Whatever an earlier one has a record of,
  // later ones are not asked about: the records of an image's own stream come before those of the main one.
  std::vector<Query> before = {}, also = {};
  // Of one asked after: flaws that the package has by the one before it are asked about all the same, for it may know
  // of a fix elsewhere.
  bool joined = false;
};

struct MatcherDescriptor {
  std::string_view id;  // "debian"
  int version = 1;
  std::string_view summary;
  std::string_view example;
};

// Const and stateless: any thread.
class Matcher {
 public:
  using Kind = Matcher;
  using Descriptor = MatcherDescriptor;
  virtual ~Matcher() = default;

  // Nothing: not a package of this family.
  virtual std::optional<Query> query(const model::Distribution& distribution,
                                     const model::Package& package) const = 0;
  // Beyond name and version: module stream, architecture, product, what else is installed. Only asked for advisories
  // of query()'s ecosystems and names.
  virtual bool concerns(const advisories::Advisory& advisory, const model::Package& package,
                        const inventory::Inventory& inventory) const {
    static_cast<void>(advisory);
    static_cast<void>(package);
    static_cast<void>(inventory);
    return true;
  }
  // Where the fix of an advisory is to be had, when that is a channel that the image does not have ("Ubuntu Pro"):
  // the flaw then has no fix here. "": in the ordinary one, or the image has it.
  virtual std::string_view fix_channel(const advisories::Advisory& advisory, std::string_view fixed_version,
                                       const model::Package& package, const inventory::Inventory& inventory) const {
    static_cast<void>(advisory);
    static_cast<void>(fixed_version);
    static_cast<void>(package);
    static_cast<void>(inventory);
    return {};
  }
  // A page for people. `flaw` is the id that the finding is reported under.
  virtual std::string link(const advisories::Advisory& advisory, std::string_view flaw) const = 0;
};

using MatcherRegistry = util::Registry<Matcher>;

// "12.4" → "12"; "3.10.4" with two parts → "3.10".
std::string version_parts(std::string_view version, int parts);

}  // namespace hullcheck::match
