#include "formats/ahead_stream.hpp"

namespace hullcheck::formats {

AheadStream::AheadStream(ByteStream& input, util::ThreadPool* helpers, std::function<void()> before_help)
    : m_input(input), m_helpers(helpers), m_before_help(std::move(before_help)) {}

AheadStream::~AheadStream() { stop(); }

Result<Bytes> AheadStream::next() {
  if (m_reader || get_help()) {
    auto block = m_reader->next();
    if (!block || !block->empty()) return block;
    wait_for_helper();
    if (!m_gave_back) return block;
    stop();
  }
  return m_input.next();
}

void AheadStream::stop() {
  m_reader.reset();  // a helper that waits for room in the channel leaves
  wait_for_helper();
  m_channel.reset();
}

bool AheadStream::get_help() {
  if (m_helpers == nullptr || !m_helpers->has_idle()) return false;
  m_channel = std::make_unique<BlockChannel>(k_blocks_ahead);
  m_reader = m_channel->reader();
  m_helped = true;
  m_gave_back = false;
  if (m_before_help) m_before_help();
  // Another stream may have got the worker since.
  if (m_helpers->submit_if_idle([this] { help(); })) return true;
  m_helped = false;
  stop();
  return false;
}

void AheadStream::help() {
  bool gave_back = false;
  std::optional<Error> error;
  for (;;) {
    gave_back = m_helpers->has_waiting();
    if (gave_back) break;
    if (m_channel->filled() >= k_blocks_ahead / 2 && do_job()) continue;
    if (!m_channel->wait_for_room()) {
      if (do_job()) continue;
      if (m_channel->abandoned()) break;
      continue;
    }
    auto block = m_input.next();
    if (!block) error = std::move(block).error();
    if (error || block->empty() || !m_channel->push(*block)) break;
  }
  m_channel->close(std::move(error));
  leave(gave_back);
}

bool AheadStream::do_job() {
  std::function<void()> job;
  {
    const std::lock_guard lock(m_mutex);
    if (m_jobs.empty()) return false;
    job = std::move(m_jobs.front());
    m_jobs.pop_front();
    ++m_doing;
  }
  job();
  const std::lock_guard lock(m_mutex);
  --m_doing;
  m_left.notify_all();
  return true;
}

void AheadStream::finish_jobs() {
  while (do_job()) {
  }
  std::unique_lock lock(m_mutex);
  m_left.wait(lock, [this] { return m_doing == 0; });
}

void AheadStream::leave(bool gave_back) {
  for (;;) {
    while (do_job()) {
    }
    // Under the lock to the end: then it is the reader's to take all of this down.
    const std::lock_guard lock(m_mutex);
    if (!m_jobs.empty()) continue;
    m_gave_back = gave_back;
    m_helped = false;
    m_left.notify_all();
    return;
  }
}

bool AheadStream::takes_jobs() const {
  const std::lock_guard lock(m_mutex);
  return m_helped && m_jobs.size() < k_most_jobs;
}

bool AheadStream::offer(std::function<void()> job) {
  {
    const std::lock_guard lock(m_mutex);
    if (!m_helped || m_jobs.size() >= k_most_jobs) return false;
    m_jobs.push_back(std::move(job));
  }
  m_channel->nudge();  // the reading thread's, as this is: it is there while there was help
  return true;
}

void AheadStream::wait_for_helper() {
  std::unique_lock lock(m_mutex);
  m_left.wait(lock, [this] { return !m_helped; });
}

}  // namespace hullcheck::formats
