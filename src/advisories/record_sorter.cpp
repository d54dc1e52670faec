// External merge sort. Run files are private (made, unlinked, used through the descriptor only), so their bytes are
// trusted apart from being there: a disk that fails is an Error, not a crash.
//   run file = (sizes of ecosystem, package, record: 3 × u32, host order; their bytes)*
#include "advisories/record_sorter.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <queue>
#include <tuple>

namespace hullcheck::advisories {
namespace {

constexpr std::size_t k_buffer = 256 * 1024;
constexpr std::size_t k_small_run = 1 << 20;  // smaller ones stay in memory
using Sizes = std::array<std::uint32_t, 3>;

auto order(const KeyedRecord& record) {
  return std::make_tuple(record.ecosystem, record.package, as_text(record.record));
}

Error io_error(const char* what) {
  return make_error(ErrorCode::io, "temporary-file", std::string(what) + ": " + std::strerror(errno));
}

// A descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : m_fd(fd) {}
  Descriptor(Descriptor&& other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (m_fd >= 0) close(m_fd);
  }
  int get() const { return m_fd; }

 private:
  int m_fd;
};

Result<Descriptor> unlinked_file(const std::string& folder) {
  int fd = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0) {
    std::string name = folder + "/.hullcheck-run-XXXXXX";
    fd = mkostemp(name.data(), O_CLOEXEC);
    if (fd < 0) return io_error("no temporary file can be made");
    unlink(name.c_str());
  }
  return Descriptor(fd);
}

Result<void> write_all(int fd, Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t done = write(fd, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return io_error("a temporary file cannot be written");
    bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
  return {};
}

class FileRun final : public SortedRun {
 public:
  explicit FileRun(Descriptor file) : m_file(std::move(file)) {}

  Result<bool> next(KeyedRecord& out) override {
    Sizes sizes{};
    if (!TRY(have(sizeof sizes))) return false;
    std::memcpy(sizes.data(), m_buffer.data() + m_at, sizeof sizes);
    const std::size_t total = sizeof sizes + sizes[0] + sizes[1] + sizes[2];
    if (!TRY(have(total))) return make_error(ErrorCode::io, "temporary-file", "a temporary file lost its end");
    const Bytes bytes = Bytes(m_buffer).subspan(m_at + sizeof sizes);
    out.ecosystem = as_text(bytes.first(sizes[0]));
    out.package = as_text(bytes.subspan(sizes[0], sizes[1]));
    out.record = bytes.subspan(sizes[0] + sizes[1], sizes[2]);
    m_at += total;
    return true;
  }

 private:
  // Makes `size` bytes available at m_at; false at the end of the file.
  Result<bool> have(std::size_t size) {
    if (m_end - m_at >= size) return true;
    std::memmove(m_buffer.data(), m_buffer.data() + m_at, m_end - m_at);
    m_end -= m_at;
    m_at = 0;
    if (m_buffer.size() < std::max(size, k_buffer)) m_buffer.resize(std::max(size, k_buffer));
    while (m_end < size) {
      const ssize_t got = pread(m_file.get(), m_buffer.data() + m_end, m_buffer.size() - m_end, m_offset);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return io_error("a temporary file cannot be read");
      if (got == 0) return false;
      m_end += static_cast<std::size_t>(got);
      m_offset += got;
    }
    return true;
  }

  Descriptor m_file;
  off_t m_offset = 0;
  Buffer m_buffer = Buffer(k_buffer);
  std::size_t m_at = 0, m_end = 0;
};

KeyedRecord record_at(const Buffer& buffer, const GatheredRecord& item) {
  const Bytes bytes = Bytes(buffer).subspan(item.offset);
  return {as_text(bytes.first(item.ecosystem)), as_text(bytes.subspan(item.ecosystem, item.package)),
          bytes.subspan(std::size_t{item.ecosystem} + item.package, item.record)};
}

class MemoryRun final : public SortedRun {
 public:
  MemoryRun(Buffer bytes, std::vector<GatheredRecord> items) : m_bytes(std::move(bytes)), m_items(std::move(items)) {}
  Result<bool> next(KeyedRecord& out) override {
    if (m_next == m_items.size()) return false;
    out = record_at(m_bytes, m_items[m_next++]);
    return true;
  }

 private:
  Buffer m_bytes;
  std::vector<GatheredRecord> m_items;
  std::size_t m_next = 0;
};

}  // namespace

RecordSorter::RecordSorter(std::string folder, std::size_t memory) : m_folder(std::move(folder)), m_memory(memory) {}
RecordSorter::~RecordSorter() = default;
RecordSorter::RecordSorter(RecordSorter&&) noexcept = default;

Result<void> RecordSorter::add(std::string_view ecosystem, std::string_view package, Bytes record) {
  const auto append = [&](Bytes bytes) { m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end()); };
  m_items.push_back({m_bytes.size(), static_cast<std::uint32_t>(ecosystem.size()),
                     static_cast<std::uint32_t>(package.size()), static_cast<std::uint32_t>(record.size())});
  append(as_bytes(ecosystem));
  append(as_bytes(package));
  append(record);
  ++m_count;
  if (m_bytes.size() + m_items.size() * sizeof(GatheredRecord) >= m_memory) TRY(spill());
  return {};
}

void RecordSorter::sort() {
  std::sort(m_items.begin(), m_items.end(), [&](const GatheredRecord& a, const GatheredRecord& b) {
    return order(record_at(m_bytes, a)) < order(record_at(m_bytes, b));
  });
}

Result<void> RecordSorter::spill() {
  sort();
  Descriptor file = TRY(unlinked_file(m_folder));
  Buffer block;
  const auto flush = [&]() -> Result<void> {
    TRY(write_all(file.get(), block));
    block.clear();
    return {};
  };
  for (const auto& item : m_items) {
    const Sizes sizes{item.ecosystem, item.package, item.record};
    const auto* raw = reinterpret_cast<const std::uint8_t*>(sizes.data());
    block.insert(block.end(), raw, raw + sizeof sizes);
    const Bytes bytes = Bytes(m_bytes).subspan(item.offset, std::size_t{sizes[0]} + sizes[1] + sizes[2]);
    block.insert(block.end(), bytes.begin(), bytes.end());
    if (block.size() >= k_buffer) TRY(flush());
  }
  TRY(flush());
  m_runs.push_back(std::make_unique<FileRun>(std::move(file)));
  m_bytes.clear();
  m_items.clear();
  return {};
}

Result<std::vector<std::unique_ptr<SortedRun>>> RecordSorter::finish() {
  if (m_bytes.size() > k_small_run) {
    TRY(spill());
  } else if (!m_items.empty()) {
    sort();
    m_bytes.shrink_to_fit();
    m_runs.push_back(std::make_unique<MemoryRun>(std::move(m_bytes), std::move(m_items)));
  }
  m_bytes = {};
  m_items = {};
  return std::move(m_runs);
}

Result<void> merge_runs(std::vector<std::unique_ptr<SortedRun>>& runs,
                        const std::function<Result<void>(std::size_t index, const KeyedRecord& record)>& visit) {
  std::vector<KeyedRecord> heads(runs.size());
  const auto later = [&](std::size_t a, std::size_t b) {
    return std::tie(heads[a].ecosystem, heads[a].package, a) > std::tie(heads[b].ecosystem, heads[b].package, b);
  };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> queue(later);
  for (std::size_t i = 0; i < runs.size(); ++i)
    if (TRY(runs[i]->next(heads[i]))) queue.push(i);
  while (!queue.empty()) {
    const std::size_t index = queue.top();
    queue.pop();
    TRY(visit(index, heads[index]));
    if (TRY(runs[index]->next(heads[index]))) queue.push(index);
  }
  return {};
}

}  // namespace hullcheck::advisories
