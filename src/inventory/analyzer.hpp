// Analyzers: what is installed in an image, one file per package database or ecosystem.
//
// Two steps. collect() runs in the layer on a whole file and leaves FileFacts. resolve() runs after the overlay,
// opens no bytes, and turns the facts of the files that count in the final image into packages, distribution and
// gaps.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "layers/collector.hpp"
#include "layers/image_view.hpp"
#include "model/package.hpp"
#include "util/registry.hpp"

namespace hullcheck::inventory {

// What one analyzer learnt from one file.
struct FileFacts {
  std::string kind;                      // the analyzer's own word for the sort of file: "status", "list"
  std::vector<model::Package> packages;  // layer fields are not set yet
  std::vector<model::OwnedFile> owned;   // for files that list another package's files
  std::vector<std::pair<std::string, std::string>> values;  // anything else, in file order
  std::vector<std::string> problems;  // entries of the file that were skipped, one sentence each (bounded)
  bool truncated = false;             // the file ends too early or broke a limit: what is here may not be all

  bool empty() const { return packages.empty() && owned.empty() && values.empty() && problems.empty() && !truncated; }
  std::string value(std::string_view key) const;  // the first, or ""
};

// What facts of an analyzer are stored under; differs when their encoding or their meaning does.
struct AnalyzerDescriptor;
std::string fingerprint(const AnalyzerDescriptor& descriptor);

Buffer encode_file_facts(const FileFacts& facts);
Result<FileFacts> decode_file_facts(Bytes bytes);

// The result of all analyzers.
struct Inventory {
  model::Distribution distribution;      // id is empty when there is none
  std::vector<model::Package> packages;  // installed ones, sorted by type, name, architecture, version
  // Packages of languages that lock files ask for and nothing shows to be installed; sorted likewise.
  std::vector<model::Package> declared;
  // Packages of languages in files that the system's packages brought (Debian's python3-yaml holds PyYAML): counted,
  // patched and judged as those, listed here with `covered_by`; sorted likewise.
  std::vector<model::Package> overlaps;
  std::vector<model::Gap> gaps;
  // Gaps of one file each, which are none when the system's packages own the file. Empty after take_inventory().
  std::vector<std::pair<layers::FileRef, model::Gap>> file_gaps;
  bool has_package_database = false;  // at least one of the system's was found and read
};

struct AnalyzerDescriptor {
  std::string_view id;  // "dpkg"
  int version = 1;      // raised when facts or their meaning change
  std::string_view summary;
  std::string_view example;
};

class Analyzer : public layers::Collector {
 public:
  using Kind = Analyzer;
  using Descriptor = AnalyzerDescriptor;

  virtual Result<FileFacts> collect(const layers::FileView& file) const = 0;
  // Called in order of id, os-release's analyzer before all others. Adds to `out`.
  virtual void resolve(const layers::ImageView& image, Inventory& out) const = 0;

  Result<Buffer> record(const layers::FileView& file) const final;
};

using AnalyzerRegistry = util::Registry<Analyzer>;

// One decoded record with where it stands.
struct FoundFacts {
  layers::FileRef file;
  std::string path;
  model::Visibility visibility = model::Visibility::final;
  FileFacts facts;
};
// Every record of the analyzer `id`, decoded; a record that does not decode is left out and noted as a gap in `gaps`.
std::vector<FoundFacts> found_facts(const layers::ImageView& image, std::string_view id,
                                    std::vector<model::Gap>* gaps);
// The same, one after the other: all of them decoded at the same time are too much where a database lists hundreds of
// thousands of files. A record that does not decode is passed over.
enum class FileLists : std::uint8_t { read, skip };  // skip: files of packages and owned ones stay empty
void each_found(const layers::ImageView& image, std::string_view id, FileLists lists,
                const std::function<void(FoundFacts found)>& visit);

// A gap of stage "inventory" about the database at `path`, which keeps the image from being called safe.
model::Gap database_gap(std::string id, std::string_view path, std::string reason);
// Where a package manager looks for its database there is a file with content, and none of `found` is of it: it was
// not recognised, or could not be parsed. That is a gap, whatever other databases say.
void note_unread_database(const layers::ImageView& image, std::string_view path, const std::vector<FoundFacts>& found,
                          Inventory& out);

// Runs every registered analyzer's resolve(), sets packages of languages apart that the system's packages own, sorts,
// and attributes packages to the layer that brought them: the lowest layer from which on every copy of the database
// lists the same version. `programs` are packages known by the content of files, found elsewhere.
Inventory take_inventory(const layers::ImageView& image, std::vector<model::Package> programs = {});

}  // namespace hullcheck::inventory
