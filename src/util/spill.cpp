#include "util/spill.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

#include "util/mapped_files.hpp"

namespace hullcheck::util {
namespace {

std::atomic<std::uint64_t> g_on_disk{0};
std::atomic<std::uint64_t> g_peak{0};

Error disk_error(const char* what) {
  return make_error(ErrorCode::io, "spill-failed", std::string(what) + ": " + std::strerror(errno), "temporary file");
}

Result<int> open_unlinked() {
  const char* const folder = std::getenv("TMPDIR");
  std::string name = folder != nullptr && *folder != '\0' ? folder : "/tmp";
  const int nameless = ::open(name.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (nameless >= 0) return nameless;
  name += "/hullcheck-XXXXXX";
  const int file = ::mkostemp(name.data(), O_CLOEXEC);
  if (file < 0) return disk_error("cannot be made");
  ::unlink(name.c_str());
  return file;
}

Result<void> write_all(int file, Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return disk_error("cannot be written");
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

Spill::Spill(std::uint64_t in_memory, std::uint64_t in_all) : m_in_memory(in_memory), m_in_all(in_all) {}
Spill::~Spill() { clear(); }

Result<void> Spill::move_to_file() {
  m_file = TRY(open_unlinked());
  const std::uint64_t size = m_memory.size();
  if (g_on_disk.fetch_add(size) + size > m_in_all) {
    g_on_disk.fetch_sub(size);
    ::close(m_file);
    m_file = -1;
    return make_error(ErrorCode::limit, "spill-limit", "too much would have to be held in temporary files");
  }
  TRY(write_all(m_file, m_memory));
  m_memory = Buffer();
  return {};
}

void Spill::expect(std::uint64_t bytes) {
  if (m_file >= 0) return;
  m_large = bytes > m_in_memory;
  if (!m_large) m_memory.reserve(static_cast<std::size_t>(bytes));
}

Result<void> Spill::append(Bytes bytes) {
  if (m_file < 0 && !m_large && m_size + bytes.size() <= m_in_memory) {
    m_memory.insert(m_memory.end(), bytes.begin(), bytes.end());
    m_size += bytes.size();
    return {};
  }
  if (m_file < 0) TRY(move_to_file());
  const std::uint64_t now = g_on_disk.fetch_add(bytes.size()) + bytes.size();
  m_size += bytes.size();
  if (now > m_in_all)
    return make_error(ErrorCode::limit, "spill-limit", "too much would have to be held in temporary files");
  for (std::uint64_t peak = g_peak.load(); now > peak && !g_peak.compare_exchange_weak(peak, now);) {
  }
  return write_all(m_file, bytes);
}

Result<Bytes> Spill::view() {
  if (m_file < 0) return Bytes(m_memory);
  unmap();
  void* const map = ::mmap(nullptr, m_size, PROT_READ, MAP_PRIVATE, m_file, 0);
  if (map == MAP_FAILED) return disk_error("cannot be mapped");
  m_map = map;
  m_mapped = m_size;
  watch_mapped(m_map, m_mapped);
  return Bytes(static_cast<const std::uint8_t*>(m_map), m_size);
}

void Spill::forget(Bytes read) {
  if (m_map == nullptr || read.empty()) return;
  const auto* const begin = static_cast<const std::uint8_t*>(m_map);
  if (read.data() < begin || read.data() + read.size() > begin + m_mapped) return;
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const std::size_t from = static_cast<std::size_t>(read.data() - begin) / page * page;
  const std::size_t to = static_cast<std::size_t>(read.data() + read.size() - begin) / page * page;
  if (to > from) ::madvise(static_cast<std::uint8_t*>(m_map) + from, to - from, MADV_DONTNEED);
}

void Spill::unmap() {
  if (m_map != nullptr) {
    unwatch_mapped(m_map);
    ::munmap(m_map, m_mapped);
  }
  m_map = nullptr;
}

void Spill::clear() {
  unmap();
  if (m_file >= 0) {
    ::close(m_file);
    g_on_disk.fetch_sub(m_size);
  }
  m_file = -1;
  m_size = 0;
  m_large = false;
  m_memory.clear();
  if (m_memory.capacity() > (1U << 20)) m_memory = Buffer();
}

std::uint64_t Spill::peak_on_disk() { return g_peak.load(); }

}  // namespace hullcheck::util
