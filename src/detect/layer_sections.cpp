// What detection asks of each layer besides the content scan: whole files for detectors, start files, and scripts.
#include <algorithm>

#include "detect/assess.hpp"
#include "detect/shell/script_facts.hpp"
#include "detect/start/script_loads.hpp"
#include "detect/start/start_files.hpp"
#include "util/codec.hpp"
#include "util/digest.hpp"

namespace hullcheck::detect {
namespace {

// Runs collect() of every detector that wants the file. One section for all: a file is read once, and evidence of
// several detectors about one file is one record.
class FileCollector final : public layers::Collector {
 public:
  bool wants(const layers::FileInfo& file) const override {
    const auto& all = DetectorRegistry::all();
    return std::any_of(all.begin(), all.end(), [&](const auto& entry) { return entry.instance->wants(file); });
  }

  Result<Buffer> record(const layers::FileView& file) const override {
    std::vector<Evidence> evidence;
    for (const auto& entry : DetectorRegistry::all()) {
      if (!entry.instance->wants(file)) continue;
      EvidenceSink sink;
      entry.instance->collect(file, sink);
      std::vector<Evidence> part = sink.take();
      std::move(part.begin(), part.end(), std::back_inserter(evidence));
    }
    return evidence.empty() ? Buffer{} : encode_evidence(evidence);
  }
};

std::string file_fingerprint() {
  util::Encoder out;
  for (const auto& entry : DetectorRegistry::all()) {
    out.string(entry.descriptor.id);
    out.i64(entry.descriptor.version);
  }
  return util::sha256_hex(out.data()).substr(0, 32);
}

}  // namespace

std::vector<layers::Section> layer_sections() {
  static const FileCollector files;
  return {
      {std::string(k_file_section), file_fingerprint(), &files},
      {std::string(k_script_section), script_fingerprint(), &script_collector()},
      {std::string(k_start_section), start_file_fingerprint(), &start_file_collector()},
      {std::string(k_linked_system_section), start_file_fingerprint(),
       &linked_crontab_collector(StartFileKind::system_crontab)},
      {std::string(k_linked_user_section), start_file_fingerprint(),
       &linked_crontab_collector(StartFileKind::user_crontab)},
      {std::string(k_loads_section), script_loads_fingerprint(), &script_loads_collector()},
  };
}

}  // namespace hullcheck::detect
