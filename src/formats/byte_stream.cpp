// The ends of every chain of streams: memory, files and descriptors.
// Hostile: nothing here interprets a byte. A descriptor may be a pipe, a socket or a terminal, so short reads are
// normal and nobody asks for a size.
#include "formats/byte_stream.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace hullcheck::formats {
namespace {

class MemoryStream final : public ByteStream {
 public:
  MemoryStream(Bytes bytes, std::size_t block) : m_rest(bytes), m_block(std::max<std::size_t>(block, 1)) {}

  Result<Bytes> next() override {
    const Bytes piece = m_rest.first(std::min(m_block, m_rest.size()));
    m_rest = m_rest.subspan(piece.size());
    return piece;
  }

 private:
  Bytes m_rest;
  std::size_t m_block;
};

struct SystemError {
  int number;
  ErrorCode code;
  const char* name;
};

// What a caller may want to tell apart; any other number is "io-error".
constexpr SystemError k_system_errors[] = {
    {ENOENT, ErrorCode::not_found, "file-not-found"}, {ENOTDIR, ErrorCode::not_found, "file-not-found"},
    {EACCES, ErrorCode::denied, "file-denied"},       {EPERM, ErrorCode::denied, "file-denied"},
    {EISDIR, ErrorCode::io, "file-is-directory"},
};

Error system_error(int number, const std::string& name) {
  SystemError row{number, ErrorCode::io, "io-error"};
  for (const auto& known : k_system_errors)
    if (known.number == number) row = known;
  char text[256] = "";
  return make_error(row.code, row.name, ::strerror_r(number, text, sizeof text), name);
}

class DescriptorStream final : public ByteStream {
 public:
  DescriptorStream(int descriptor, std::string name)
      : m_descriptor(descriptor),
        m_name(std::move(name)),
        m_block(std::make_unique_for_overwrite<std::uint8_t[]>(k_block_size)) {
    // Doubles the read-ahead of a regular file; a pipe refuses, which does not matter.
    ::posix_fadvise(m_descriptor, 0, 0, POSIX_FADV_SEQUENTIAL);
  }
  ~DescriptorStream() override { close(); }
  DescriptorStream(const DescriptorStream&) = delete;
  DescriptorStream& operator=(const DescriptorStream&) = delete;

  Result<Bytes> next() override {
    if (m_error != 0) return system_error(m_error, m_name);
    if (m_ended) return Bytes();
    ssize_t size = 0;
    do {
      size = ::read(m_descriptor, m_block.get(), k_block_size);
    } while (size < 0 && errno == EINTR);
    if (size < 0) {
      m_error = errno;
      close();
      return system_error(m_error, m_name);
    }
    m_ended = size == 0;
    if (m_ended) close();
    return Bytes(m_block.get(), static_cast<std::size_t>(size));
  }

 private:
  void close() {
    if (m_descriptor >= 0) ::close(m_descriptor);
    m_descriptor = -1;
  }

  int m_descriptor;
  std::string m_name;
  std::unique_ptr<std::uint8_t[]> m_block;
  int m_error = 0;
  bool m_ended = false;
};

}  // namespace

std::unique_ptr<ByteStream> memory_stream(Bytes bytes, std::size_t block) {
  return std::make_unique<MemoryStream>(bytes, block);
}

Result<std::unique_ptr<ByteStream>> file_stream(const std::string& path) {
  int descriptor = -1;
  do {
    descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  } while (descriptor < 0 && errno == EINTR);
  if (descriptor < 0) return system_error(errno, path);
  return descriptor_stream(descriptor, path);
}

std::unique_ptr<ByteStream> descriptor_stream(int descriptor, std::string name) {
  return std::make_unique<DescriptorStream>(descriptor, std::move(name));
}

}  // namespace hullcheck::formats
