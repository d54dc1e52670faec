// The LayerSink of a scan: analyses layers on worker threads while a source delivers them, verifies their digests,
// and takes from the store what is known already.
//
// A layer is taken from the store without its bytes only if known() says so. Otherwise the bytes are read: when the
// store holds the facts, only to verify the digests and to make the sections that are missing or were made another
// way.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "acquire/source.hpp"
#include "layers/analyse.hpp"
#include "store/fact_store.hpp"
#include "util/profile.hpp"
#include "util/progress.hpp"
#include "util/thread_pool.hpp"

namespace hullcheck::scan {

struct LayerState {
  acquire::LayerInfo info;                          // as promised
  std::shared_ptr<const layers::LayerFacts> facts;  // null if nothing could be read
  std::string blob_digest;                          // as computed; as promised where the blob was not read
  std::string diff_id;
  std::uint64_t blob_size = 0;
  bool read = false;             // bytes were read in this scan
  std::optional<Error> trouble;  // what kept the layer from being read whole
  bool guessed_wrong = false;    // the facts are of another layer: read the source again
};

struct RunnerOptions {
  layers::AnalyseOptions analyse;
  std::size_t threads = 1;
  bool guess = true;  // streams may be matched with the store by their first bytes
};

class LayerRunner final : public acquire::LayerSink {
 public:
  LayerRunner(RunnerOptions options, store::FactStore& store, std::stop_token stop, util::Progress& progress,
              util::Profile& profile);
  ~LayerRunner() override;

  bool known(const acquire::LayerInfo& info) override;
  void offer(acquire::LayerInfo info, acquire::OpenLayer open) override;
  Result<void> feed(acquire::LayerInfo info, formats::ByteStream& bytes) override;

  // Waits for all work and gives every layer by key. Once, at the end.
  std::map<std::string, LayerState> finish();

 private:
  // What the store has of a layer: its entries, and of the wanted sections those that would be made the same way now.
  struct Stored {
    std::shared_ptr<layers::LayerFacts> facts;  // null: nothing
    bool whole = false;                         // no section is missing
  };

  bool claim(const std::string& key);
  void run(const acquire::LayerInfo& info, const acquire::OpenLayer& open);
  bool reuse(const acquire::LayerInfo& info, const acquire::OpenLayer& open);
  void run_stream(const acquire::LayerInfo& info, formats::ByteStream& bytes, const std::string& guess_key,
                  const Stored& guess);
  layers::LayerOutcome analyse(formats::ByteStream& bytes, const layers::LayerFacts* known);
  void begin_stream();
  void end_stream();
  Stored load(const std::string& diff_id);
  void keep(LayerState state);
  void remember(const layers::LayerOutcome& outcome, const std::string& guess_key);

  RunnerOptions m_options;
  std::map<std::string, std::string> m_wanted;  // section → fingerprint
  store::FactStore& m_store;
  std::stop_token m_stop;
  util::Progress& m_progress;
  util::Profile& m_profile;
  std::mutex m_mutex;
  std::condition_variable m_stream_ended;
  const std::size_t m_most_streams;
  std::size_t m_streams = 0;  // layers that were fed and are not done
  std::map<std::string, LayerState> m_done;
  std::set<std::string> m_claimed;
  util::ThreadPool m_pool;  // last: its threads use everything above
};

}  // namespace hullcheck::scan
