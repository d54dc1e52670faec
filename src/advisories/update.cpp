#include "advisories/update.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <thread>

#include "advisories/builder.hpp"
#include "advisories/record_sorter.hpp"
#include "advisories/replace.hpp"
#include "advisories/source_writer.hpp"
#include "util/clock.hpp"
#include "util/codec.hpp"
#include "util/file.hpp"

namespace hullcheck::advisories {
namespace {

constexpr std::size_t k_kept_memory = 1 << 20;  // a source, while old rows are copied
constexpr unsigned k_most_threads = 8;
constexpr std::uint64_t k_fewest_to_judge = 4;  // records; of fewer, losing half says nothing

bool selected(const std::string& name, const std::vector<std::string>& feeds) {
  return feeds.empty() || std::any_of(feeds.begin(), feeds.end(), [&](const std::string& word) {
           return name == word ||
                  (name.size() > word.size() && name.compare(0, word.size(), word) == 0 && name[word.size()] == '/');
         });
}

// One source on its way through an update.
struct Work {
  SourceRow row;
  SourceReport report;
  BuiltSource built;
  SourceHarvest harvest;
  std::string old_validator;
  bool may_shrink = false;
};

// Parts of the stored validator: what the transport gave, and what the feed wants to be told next time.
constexpr char k_between = '\x1f';

// What one feed sees of the network: its validator is added and the new one remembered.
class SourceDownload final : public Download {
 public:
  SourceDownload(Transport& transport, const std::string& stored, util::Progress& progress, std::stop_token stop)
      : m_transport(transport), m_progress(progress), m_stop(std::move(stop)) {
    const auto between = stored.find(k_between);
    m_old = stored.substr(0, between);
    if (between != std::string::npos) m_old_word = stored.substr(between + 1);
  }
  Result<Buffer> get_all(const std::string& url, std::uint64_t limit) override {
    auto document = TRY(m_transport.fetch(url, limit, m_old, Packing::unpack, m_progress, m_stop));
    m_new = std::move(document.validator);
    return std::move(document.bytes);
  }
  Result<Buffer> get_part(const std::string& url, std::uint64_t limit) override {
    return TRY(m_transport.fetch(url, limit, "", Packing::unpack, m_progress, m_stop)).bytes;
  }
  Result<Buffer> get_packed(const std::string& url, std::uint64_t limit) override {
    return TRY(m_transport.fetch(url, limit, "", Packing::keep, m_progress, m_stop)).bytes;
  }
  std::string remembered() const override { return m_old_word; }
  void remember(std::string word) override { m_new_word = std::move(word); }

  std::string stored() const { return m_new_word.empty() ? m_new : m_new + k_between + m_new_word; }

 private:
  Transport& m_transport;
  std::string m_old, m_new, m_old_word, m_new_word;
  util::Progress& m_progress;
  std::stop_token m_stop;
};

// A feed that reads more than before must read unchanged documents again.
std::string validator_prefix(const util::Extension<Feed>& feed) {
  return fmt::format("{}/{} ", feed.descriptor.id, feed.descriptor.version);
}

// A publisher's mistake (an empty release, half an upload) must not make flaws vanish.
Result<void> check_size(const Work& work, const SourceHarvest& harvest) {
  const std::uint64_t old = work.built.state.records, now = harvest.added + harvest.kev.size();
  if (work.may_shrink || harvest.replaced || old < k_fewest_to_judge || now * 2 > old) return {};
  return make_error(ErrorCode::mismatch, "feed-shrunk",
                    fmt::format("it has {} records where it had {}; if that is right: hullcheck db update "
                                "--accept-shrink {}",
                                now, old, work.row.name));
}

void run_source(Work& work, const std::string& folder, Transport& transport, util::Progress& progress,
                const std::stop_token& stop) {
  const auto* feed = FeedRegistry::find(work.row.feed);
  HULLCHECK_ASSERT(feed != nullptr);
  const std::string prefix = validator_prefix(*feed);
  const bool same_reader = work.old_validator.compare(0, prefix.size(), prefix) == 0;
  SourceDownload download(transport, same_reader ? work.old_validator.substr(prefix.size()) : "", progress, stop);
  SourceWriter writer(folder);
  auto result = feed->instance->update(work.row, download, writer);
  auto harvest = writer.finish();
  if (result.ok() && !harvest.ok()) result = std::move(harvest).error();
  if (result.ok() && same_reader) result = check_size(work, *harvest);
  if (!result.ok()) {
    Error error = std::move(result).error();
    if (error.name == k_not_modified) {
      work.report.outcome = SourceOutcome::unchanged;
    } else if (error.code == ErrorCode::not_found && error.name == "not-mirrored") {
      work.report.outcome = SourceOutcome::not_mirrored;
    } else {
      work.report.outcome = SourceOutcome::failed;
      work.report.error = std::move(error);
    }
    return;
  }
  work.harvest = std::move(*harvest);
  work.report.outcome = SourceOutcome::loaded;
  work.built.stored.validator = prefix + download.stored();
}

void run_all(std::vector<Work*> list, unsigned threads, const std::string& folder, Transport& transport,
             util::Progress& progress, const std::stop_token& stop) {
  // The largest first, so that none of them is alone at the end.
  std::stable_sort(list.begin(), list.end(),
                   [](const Work* a, const Work* b) { return a->row.rough_bytes > b->row.rough_bytes; });
  std::atomic<std::size_t> next{0};
  const auto worker = [&] {
    for (std::size_t i = next++; i < list.size() && !stop.stop_requested(); i = next++)
      run_source(*list[i], folder, transport, progress, stop);
  };
  std::vector<std::jthread> pool;
  for (unsigned i = 1; i < threads; ++i) pool.emplace_back(worker);
  worker();
}

class Update {
 public:
  Update(const UpdateOptions& options, Transport& transport, util::Progress& progress, std::stop_token stop)
      : m_options(options), m_transport(transport), m_progress(progress), m_stop(std::move(stop)) {}

  Result<UpdateReport> run() {
    TRY(choose_sources());
    TRY(util::make_folder(std::filesystem::absolute(m_options.database).parent_path()));
    const auto lock = TRY(DatabaseLock::take(m_options.database + ".lock", m_options.lock_wait, m_stop));
    open_old();
    fetch();
    leave_out_absent_optional();
    match_old_sources();
    if (m_stop.stop_requested()) return make_error(ErrorCode::cancelled, "cancelled", "the update was stopped");
    UpdateReport report;
    const auto took = [](const Work& work) {
      return work.report.outcome == SourceOutcome::loaded || work.report.outcome == SourceOutcome::unchanged;
    };
    if (std::any_of(m_work.begin(), m_work.end(), took)) TRY(write(report));
    for (auto& work : m_work) report.sources.push_back(std::move(work.report));
    return report;
  }

 private:
  Result<void> choose_sources() {
    for (const auto& row : m_options.sources) {
      Work work;
      work.row = row;
      work.report.name = work.built.stored.name = work.built.state.name = row.name;
      work.built.stored.feed = row.feed;
      work.built.stored.subject = row.subject;
      work.built.stored.url = row.url;
      work.may_shrink = !m_options.accept_shrink.empty() && selected(row.name, m_options.accept_shrink);
      m_work.push_back(std::move(work));
    }
    std::sort(m_work.begin(), m_work.end(), [](const Work& a, const Work& b) { return a.row.name < b.row.name; });
    std::vector<std::string> words = m_options.feeds;
    words.insert(words.end(), m_options.accept_shrink.begin(), m_options.accept_shrink.end());
    for (const auto& word : words)
      if (std::none_of(m_work.begin(), m_work.end(),
                       [&](const Work& work) { return selected(work.row.name, {word}); }))
        return make_error(ErrorCode::invalid_argument, "feed-unknown",
                          "there is no such feed; see: hullcheck db list", word);
    return {};
  }

  // An old file that cannot be read is as good as none: its rows would not help, and it is about to be replaced.
  void open_old() {
    auto old = Database::open(m_options.database);
    leave_out_optional(old.ok() ? &*old : nullptr);
    if (!old.ok()) return;
    m_old.emplace(std::move(old).value());
    for (std::size_t i = 0; i < m_old->sources().size(); ++i) {
      const auto& stored = m_old->sources()[i];
      const auto work = find_work(stored);
      if (work == m_work.end()) continue;
      work->built.state = m_old->state().sources[i];
      work->built.stored = stored;
      if (!work->built.state.checked.empty()) work->old_validator = stored.validator;
    }
  }

  std::vector<Work>::iterator find_work(const StoredSource& stored) {
    return std::find_if(m_work.begin(), m_work.end(), [&](const Work& candidate) {
      return candidate.row.name == stored.name && candidate.row.url == stored.url;
    });
  }

  void match_old_sources() {
    if (!m_old) return;
    for (const auto& stored : m_old->sources())
      m_old_to_new.push_back(static_cast<std::size_t>(find_work(stored) - m_work.begin()));
  }

  // Of a mirror everything is read that it has; what it has not, and need not have, is not spoken of.
  void leave_out_absent_optional() {
    m_work.erase(std::remove_if(m_work.begin(), m_work.end(),
                                [&](const Work& work) {
                                  return work.row.optional && work.built.state.checked.empty() &&
                                         m_options.feeds.empty() &&
                                         work.report.outcome == SourceOutcome::not_mirrored;
                                }),
                 m_work.end());
  }

  // Optional sources that nobody named and that were never loaded are as if they were not in the list.
  void leave_out_optional(const Database* old) {
    const auto wanted = [&](const Work& work) {
      if (!work.row.optional || m_options.optional_too ||
          (!m_options.feeds.empty() && selected(work.row.name, m_options.feeds)))
        return true;
      return old != nullptr && std::any_of(old->state().sources.begin(), old->state().sources.end(),
                                           [&](const model::SourceState& source) {
                                             return source.name == work.row.name && !source.checked.empty();
                                           });
    };
    m_work.erase(std::remove_if(m_work.begin(), m_work.end(), [&](const Work& work) { return !wanted(work); }),
                 m_work.end());
  }

  void fetch() {
    std::vector<Work*> list;
    std::uint64_t bytes = 0;
    for (auto& work : m_work) {
      if (!selected(work.row.name, m_options.feeds)) continue;
      list.push_back(&work);
      bytes += work.row.rough_bytes;
    }
    m_progress.stage("advisories");
    m_progress.expect(bytes);
    const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
    const unsigned threads = m_options.threads != 0 ? m_options.threads : std::min(processors, k_most_threads);
    run_all(std::move(list), threads, folder_of(m_options.database), m_transport, m_progress, m_stop);
  }

  static bool keeps_old_row(const Work& work, Bytes record) {
    if (work.report.outcome != SourceOutcome::loaded) return true;
    if (!work.harvest.replaced) return false;
    util::Decoder in(record);  // the id comes first
    return work.harvest.replaced->count(std::string(in.string())) == 0;
  }

  Result<void> gather_old(std::vector<std::unique_ptr<SortedRun>>& runs, std::vector<std::size_t>& source_of_run) {
    if (!m_old) return {};
    std::map<std::size_t, RecordSorter> sorters;
    const auto visit = [&](std::string_view ecosystem, std::string_view package, std::size_t source,
                           Bytes record) -> Result<void> {
      const std::size_t index = m_old_to_new[source];
      if (index == m_work.size() || !keeps_old_row(m_work[index], record)) return {};
      auto& sorter = sorters.try_emplace(index, folder_of(m_options.database), k_kept_memory).first->second;
      return sorter.add(ecosystem, package, record);
    };
    TRY(m_old->each_record(visit));
    for (auto& [index, sorter] : sorters) {
      for (auto& run : TRY(sorter.finish())) {
        runs.push_back(std::move(run));
        source_of_run.push_back(index);
      }
    }
    return {};
  }

  Result<void> write(UpdateReport& report) {
    m_progress.stage("writing");
    const std::string temporary = m_options.database + ".new";
    auto builder = TRY(DatabaseBuilder::create(temporary));
    std::vector<std::unique_ptr<SortedRun>> runs;
    std::vector<std::size_t> source_of_run;
    for (std::size_t i = 0; i < m_work.size(); ++i) {
      for (auto& run : m_work[i].harvest.runs) {
        runs.push_back(std::move(run));
        source_of_run.push_back(i);
      }
    }
    TRY(gather_old(runs, source_of_run));
    TRY(merge_runs(runs, [&](std::size_t run, const KeyedRecord& record) {
      return builder.add(record.ecosystem, record.package, source_of_run[run], record.record);
    }));
    TRY(builder.settle());
    std::map<std::string, KnownExploited> kev;
    std::vector<model::Gap> gaps;
    TRY(describe(builder, kev, gaps));
    std::vector<BuiltSource> sources;
    for (const auto& work : m_work) sources.push_back(work.built);
    TRY(builder.finish(sources, kev, std::move(gaps), util::rfc3339(m_options.now)));
    for (const auto& work : m_work) report.records += work.report.records;
    report.digest = builder.digest();
    builder.close();
    TRY(replace_database(temporary, m_options.database));
    report.written = true;
    return {};
  }

  // States, gaps and the catalogue for the new file.
  Result<void> describe(const DatabaseBuilder& builder, std::map<std::string, KnownExploited>& kev,
                        std::vector<model::Gap>& gaps) {
    for (std::size_t i = 0; i < m_work.size(); ++i) {
      auto& work = m_work[i];
      auto& state = work.built.state;
      const bool loaded = work.report.outcome == SourceOutcome::loaded;
      if (loaded) {
        state.newest_record =
            work.harvest.replaced ? std::max(state.newest_record, work.harvest.newest) : work.harvest.newest;
        state.records = builder.records(i) + work.harvest.kev.size();
        work.report.skipped = work.built.stored.skipped = work.harvest.skipped;
        kev.merge(work.harvest.kev);
      }
      if (loaded || work.report.outcome == SourceOutcome::unchanged) state.checked = util::rfc3339(m_options.now);
      if (work.report.outcome != SourceOutcome::kept || work.built.stored.outcome.empty())
        work.built.stored.outcome = to_string(work.report.outcome);
      work.report.records = state.records;
      add_gaps(work, gaps);
    }
    if (!m_old || !kev.empty()) return {};
    return m_old->each_known_exploited(
        [&](std::string_view cve, const KnownExploited& entry) { kev.emplace(cve, entry); });
  }

  void add_gaps(const Work& work, std::vector<model::Gap>& gaps) const {
    const auto add = [&](const char* id, std::string reason, model::GapEffect effect) {
      gaps.push_back({id, "advisories", work.row.name, std::move(reason), effect});
    };
    if (work.report.outcome == SourceOutcome::loaded) {
      for (const auto& note : work.harvest.notes) add("advisory-note", note, model::GapEffect::note);
      if (work.harvest.skipped > 0)
        add("advisory-records-skipped",
            fmt::format("{} records could not be read; the first: {}", work.harvest.skipped,
                        work.harvest.first_problem),
            model::GapEffect::note);
      return;
    }
    if (m_old && !work.built.state.checked.empty())
      for (const auto& gap : m_old->gaps())
        if (gap.subject == work.row.name &&
            (gap.id != "advisory-source-failed" || work.report.outcome == SourceOutcome::kept))
          gaps.push_back(gap);
    if (work.report.outcome != SourceOutcome::failed) return;
    const auto& checked = work.built.state.checked;
    const std::string why = work.report.error.describe();
    if (checked.empty())
      add("advisory-source-failed", fmt::format("the source could not be loaded: {}", why),
          model::GapEffect::unknown);
    else
      add("advisory-source-failed",
          fmt::format("the last update of the source failed ({}); its data is of {}", why, checked),
          model::GapEffect::note);
  }

  const UpdateOptions& m_options;
  Transport& m_transport;
  util::Progress& m_progress;
  std::stop_token m_stop;
  std::vector<Work> m_work;  // by name; the index is the source's number in the new file
  std::optional<Database> m_old;
  std::vector<std::size_t> m_old_to_new;  // m_work.size() for a source that is no more
};

}  // namespace

std::string_view to_string(SourceOutcome outcome) {
  switch (outcome) {
    case SourceOutcome::loaded: return "loaded";
    case SourceOutcome::unchanged: return "unchanged";
    case SourceOutcome::failed: return "failed";
    case SourceOutcome::not_mirrored: return "not-mirrored";
    case SourceOutcome::kept: return "kept";
  }
  return "kept";
}

std::size_t UpdateReport::count(SourceOutcome outcome) const {
  return static_cast<std::size_t>(
      std::count_if(sources.begin(), sources.end(), [&](const auto& source) { return source.outcome == outcome; }));
}

Result<UpdateReport> update(const UpdateOptions& options, Transport& transport, util::Progress& progress,
                            std::stop_token stop) {
  return Update(options, transport, progress, std::move(stop)).run();
}

}  // namespace hullcheck::advisories
