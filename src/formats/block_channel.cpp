#include "formats/block_channel.hpp"

#include <algorithm>

namespace hullcheck::formats {

class BlockChannel::Reader final : public ByteStream {
 public:
  explicit Reader(BlockChannel& channel) : m_channel(channel) {}
  ~Reader() override { m_channel.abandon(); }

  Result<Bytes> next() override {
    m_channel.recycle(std::move(m_current));
    m_current = TRY(m_channel.pop());
    return Bytes(m_current);
  }

 private:
  BlockChannel& m_channel;
  Buffer m_current;
};

BlockChannel::BlockChannel(std::size_t blocks) : m_limit(std::max<std::size_t>(blocks, 1)) {}
BlockChannel::~BlockChannel() = default;

bool BlockChannel::push(Bytes bytes) {
  while (!bytes.empty()) {
    const Bytes block = bytes.first(std::min(bytes.size(), k_block_size));
    if (!push_block(block)) return false;
    bytes = bytes.subspan(block.size());
  }
  return true;
}

bool BlockChannel::push_block(Bytes bytes) {
  Buffer buffer;
  {
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [&] { return m_abandoned || m_full.size() < m_limit; });
    if (m_abandoned) return false;
    if (!m_free.empty()) {
      buffer = std::move(m_free.back());
      m_free.pop_back();
    }
  }
  buffer.assign(bytes.begin(), bytes.end());
  {
    const std::lock_guard lock(m_mutex);
    if (m_abandoned) return false;
    m_full.push_back(std::move(buffer));
  }
  m_changed.notify_all();
  return true;
}

bool BlockChannel::wait_for_room() {
  std::unique_lock lock(m_mutex);
  m_changed.wait(lock, [&] { return m_abandoned || m_nudged || m_full.size() < m_limit; });
  m_nudged = false;
  return !m_abandoned && m_full.size() < m_limit;
}

void BlockChannel::nudge() {
  {
    const std::lock_guard lock(m_mutex);
    m_nudged = true;
  }
  m_changed.notify_all();
}

bool BlockChannel::abandoned() const {
  const std::lock_guard lock(m_mutex);
  return m_abandoned;
}

std::size_t BlockChannel::filled() const {
  const std::lock_guard lock(m_mutex);
  return m_full.size();
}

void BlockChannel::close(std::optional<Error> error) {
  {
    const std::lock_guard lock(m_mutex);
    m_closed = true;
    m_error = std::move(error);
  }
  m_changed.notify_all();
}

std::unique_ptr<ByteStream> BlockChannel::reader() { return std::make_unique<Reader>(*this); }

Result<Buffer> BlockChannel::pop() {
  std::unique_lock lock(m_mutex);
  m_changed.wait(lock, [&] { return m_closed || !m_full.empty(); });
  if (m_full.empty()) {
    if (m_error) return *m_error;
    return Buffer();
  }
  Buffer buffer = std::move(m_full.front());
  m_full.pop_front();
  lock.unlock();
  m_changed.notify_all();
  return buffer;
}

void BlockChannel::recycle(Buffer buffer) {
  if (buffer.capacity() == 0) return;
  const std::lock_guard lock(m_mutex);
  if (m_free.size() < m_limit) m_free.push_back(std::move(buffer));
}

void BlockChannel::abandon() {
  {
    const std::lock_guard lock(m_mutex);
    m_abandoned = true;
  }
  m_changed.notify_all();
}

}  // namespace hullcheck::formats
