// rpm databases of every kind.
// Holds beside not crashing: the records handed out are together no larger than the file, nothing comes out of the
// limits, and a public key is never a package.
#include "formats/rpmdb.hpp"

using namespace hullcheck;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes file(data, size);
  formats::RpmdbLimits limits;
  limits.max_entries = 50;
  limits.max_problems = 20;
  limits.max_files = 200;
  limits.max_path_bytes = 20'000;
  std::uint64_t total = 0;
  const auto report = formats::visit_rpmdb(file, limits, [&](std::uint64_t, Bytes blob) { total += blob.size(); });
  HULLCHECK_ASSERT(total <= size);
  const auto read = formats::read_rpmdb(file, limits);
  HULLCHECK_ASSERT(read.ok() == report.ok());
  if (!read) return 0;
  HULLCHECK_ASSERT(read->report.entries <= limits.max_entries && read->report.problems.size() <= limits.max_problems);
  HULLCHECK_ASSERT(read->packages.size() + read->public_keys.size() <= read->report.entries);
  std::uint64_t files = 0;
  for (const formats::RpmPackage& package : read->packages) {
    HULLCHECK_ASSERT(!package.is_public_key());
    files += package.files.size();
  }
  HULLCHECK_ASSERT(files <= limits.max_files);
  return 0;
}
