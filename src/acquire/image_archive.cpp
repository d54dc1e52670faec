// Reading the tar of an image archive, from a stream or by position.
// Hostile: members in any order, of any size and name. What looks like a layer is fed on at once and never kept; what
// does not is kept up to a limit each and in all; everything else is noted and passed over.
#include "acquire/image_archive.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "formats/decompress.hpp"
#include "formats/tar.hpp"

namespace hullcheck::acquire {
namespace {

constexpr std::size_t k_head = 512;              // enough for every magic number
constexpr std::size_t k_kept_bytes = 64u << 20;  // all small members of one archive
constexpr std::size_t k_named_gaps = 10;         // notes about odd member names
using Member = ArchiveContents::Member;
using formats::ByteStream;
using formats::TarEntry;
using formats::TarReader;
using formats::TarType;

// The header checksum of a tar block (POSIX.1-2001, pax): the form without "ustar" has nothing else to know it by.
bool has_tar_checksum(Bytes head) {
  if (head.size() < k_head) return false;
  std::uint32_t sum = 0, stored = 0;
  for (std::size_t i = 0; i < k_head; ++i) sum += i >= 148 && i < 156 ? std::uint32_t{' '} : head[i];
  bool digits = false;
  for (std::size_t i = 148; i < 156; ++i) {
    if (head[i] >= '0' && head[i] <= '7') {
      stored = stored * 8 + static_cast<std::uint32_t>(head[i] - '0');
      digits = true;
    } else if (head[i] != ' ' || digits) {
      break;
    }
  }
  return digits && sum == stored;
}

bool looks_like_layer(const std::string& name, Bytes head) {
  if (name.ends_with("/layer.tar")) return true;
  return formats::detect_compression(head) != formats::Compression::none || has_tar_checksum(head);
}

// The current member of a tar, with its first bytes taken ahead.
class MemberStream final : public ByteStream {
 public:
  explicit MemberStream(TarReader& tar) : m_tar(tar) {}

  Result<void> peek() {
    while (m_head.size() < k_head) {
      const Bytes piece = TRY(m_tar.read());
      if (piece.empty()) break;
      m_head.insert(m_head.end(), piece.begin(), piece.end());
    }
    return {};
  }
  Bytes head() const { return m_head; }

  Result<Bytes> next() override {
    if (!m_head_given && !m_head.empty()) {
      m_head_given = true;
      return Bytes(m_head);
    }
    return m_tar.read();
  }

 private:
  TarReader& m_tar;
  Buffer m_head;
  bool m_head_given = false;
};

class ProgressStream final : public ByteStream {
 public:
  ProgressStream(ByteStream& inner, AcquireContext& context) : m_inner(inner), m_context(context) {}
  Result<Bytes> next() override {
    if (m_context.stop.stop_requested()) return make_error(ErrorCode::cancelled, "cancelled", "the scan was stopped");
    const Bytes bytes = TRY(m_inner.next());
    m_context.progress.advance(bytes.size());
    return bytes;
  }

 private:
  ByteStream& m_inner;
  AcquireContext& m_context;
};

// A read() that waits for somebody else's bytes does not see that the scan was stopped, so the wait comes before it.
class PatientStream final : public ByteStream {
 public:
  PatientStream(int descriptor, const std::string& name, std::stop_token stop)
      : m_descriptor(descriptor), m_stop(std::move(stop)), m_inner(formats::descriptor_stream(descriptor, name)) {}
  Result<Bytes> next() override {
    for (pollfd wait{m_descriptor, POLLIN, 0}; ::poll(&wait, 1, k_look_up_milliseconds) <= 0;)
      if (m_stop.stop_requested()) return make_error(ErrorCode::cancelled, "cancelled", "the scan was stopped");
    return m_inner->next();
  }

 private:
  static constexpr int k_look_up_milliseconds = 100;
  int m_descriptor;  // m_inner closes it
  std::stop_token m_stop;
  std::unique_ptr<ByteStream> m_inner;
};

// A file from its start, except that a stretch can be declared uninteresting: zeros come in its place, unread.
class IndexStream final : public ByteStream {
 public:
  explicit IndexStream(const SharedFile& file)
      : m_file(file), m_buffer(16 * 1024), m_nothing(formats::k_block_size) {}
  void pass_over_until(std::uint64_t end) { m_pass_until = std::min(end, m_file.size()); }

  Result<Bytes> next() override {
    if (m_offset < m_pass_until) {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(m_pass_until - m_offset, m_nothing.size()));
      m_offset += size;
      return Bytes(m_nothing.data(), size);
    }
    const std::size_t got = TRY(m_file.read(m_offset, m_buffer.data(), m_buffer.size()));
    m_offset += got;
    return Bytes(m_buffer.data(), got);
  }

 private:
  const SharedFile& m_file;
  Buffer m_buffer, m_nothing;
  std::uint64_t m_offset = 0, m_pass_until = 0;
};

// Walks the members of either kind of archive. What to do with a regular file's content is the caller's.
class Walk {
 public:
  using OnFile = std::function<Result<void>(TarReader&, const std::string& name, const TarEntry&)>;

  Walk(ArchiveContents& contents, AcquireContext& context) : m_contents(contents), m_context(context) {}

  Result<void> run(ByteStream& plain, const OnFile& on_file) {
    TarReader tar(plain, {});
    for (std::uint64_t count = 0;; ++count) {
      if (m_context.stop.stop_requested())
        return make_error(ErrorCode::cancelled, "cancelled", "the scan was stopped");
      const TarEntry* entry = TRY(tar.next());
      if (!entry) return {};
      m_any = true;
      if (count == m_context.limits.archive_members)
        return make_error(ErrorCode::limit, "archive-members-limit",
                          fmt::format("the archive has more than {} members", count));
      if (entry->type == TarType::directory) continue;
      const std::string name = clean_member_name(entry->name);
      if (name.empty()) {
        note_name(entry->name);
        continue;
      }
      if (entry->type == TarType::hard_link)
        m_contents.add_hard_link(name, clean_member_name(entry->link));
      else if (entry->type == TarType::symlink)
        m_contents.add_symlink(name, entry->link);
      else if (entry->type == TarType::file)
        TRY(on_file(tar, name, *entry));
    }
  }

  std::vector<model::Gap> gaps() && { return std::move(m_gaps); }
  bool any() const { return m_any; }

 private:
  void note_name(const std::string& raw) {
    if (m_gaps.size() < k_named_gaps)
      m_gaps.push_back(acquire_gap("archive-member-name", raw.substr(0, 300),
                                   "a member of the archive has a name that leads out of it, and was passed over",
                                   model::GapEffect::note));
  }

  ArchiveContents& m_contents;
  AcquireContext& m_context;
  std::vector<model::Gap> m_gaps;
  bool m_any = false;  // a member was seen
};

// Keeps small members and feeds the layers.
class StreamReader {
 public:
  StreamReader(ArchiveContents& contents, bool repeatable, AcquireContext& context, LayerSink& sink)
      : m_contents(contents), m_repeatable(repeatable), m_context(context), m_sink(sink) {}

  Result<void> on_file(TarReader& tar, const std::string& name, const TarEntry& entry) {
    Member member;
    member.key = m_contents.new_key(name);
    member.size = entry.size;
    MemberStream stream(tar);
    TRY(stream.peek());
    if (looks_like_layer(name, stream.head())) {
      member.kind = Member::Kind::fed;
      LayerInfo info;
      info.key = member.key;
      info.blob_digest = digest_of_blob_name(name);
      info.size = member.size;
      info.repeatable = m_repeatable;
      // Entered first: of a layer that breaks off half-way, the half that was read still counts.
      m_contents.add(name, std::move(member));
      return m_sink.feed(std::move(info), stream);
    }
    const std::size_t limit = m_context.limits.manifest_bytes;
    auto text = std::make_shared<std::string>();
    bool fits = entry.size <= limit && entry.size <= k_kept_bytes - m_kept;
    while (fits) {
      const Bytes piece = TRY(stream.next());
      if (piece.empty()) break;
      text->append(as_text(piece));
      fits = text->size() <= limit;
    }
    if (fits) {
      member.kind = Member::Kind::text;
      m_kept += text->size();
      member.text = std::move(text);
    } else {
      member.reason = fmt::format("{} bytes that are neither a layer nor a small document", entry.size);
    }
    m_contents.add(name, std::move(member));
    return {};
  }

 private:
  ArchiveContents& m_contents;
  bool m_repeatable;
  AcquireContext& m_context;
  LayerSink& m_sink;
  std::size_t m_kept = 0;
};

// What has no readable member at all was never a tar archive, whatever the first 512 bytes fail in.
Error no_archive(Error error) {
  if (error.name.starts_with("tar-"))
    error.message =
        "this is no image archive: it does not begin as a tar file does; `docker save NAME -o FILE` writes one";
  return error;
}

Result<std::vector<model::Image>> finish(const ArchiveContents& contents, const ArchiveRequest& request,
                                         AcquireContext& context, LayerSink& sink, Result<void> walked, Walk walk) {
  // Stopped behind the manifest: what was read by then is judged, the rest is a gap.
  const bool stopped = !walked && walked.error().code == ErrorCode::cancelled;
  if (stopped && !walk.any()) return std::move(walked).error();
  AcquireContext unhurried{context.options, context.limits, {}, context.progress};
  if (!walk.any())
    return (walked ? make_error(ErrorCode::malformed, "archive-no-manifest",
                                "this is no image archive: it is empty; `docker save NAME -o FILE` writes one")
                   : no_archive(std::move(walked).error()))
        .in(request.reference);
  const auto gaps = std::move(walk).gaps();
  auto images = archive_images(contents, request, stopped ? unhurried : context, sink);
  // A broken archive without a manifest: that it is broken says more than what is missing because of it.
  if (!images && stopped) return std::move(walked).error();
  if (!images) return walked ? std::move(images).error() : std::move(walked).error().in(request.reference);
  for (auto& image : *images) {
    image.gaps.insert(image.gaps.end(), gaps.begin(), gaps.end());
    if (stopped)
      image.gaps.push_back(acquire_gap("stopped", "archive", walked.error().message));
    else if (!walked)
      image.gaps.push_back(gap_of(walked.error(), "archive"));
  }
  return images;
}

}  // namespace

Result<std::vector<model::Image>> read_archive_stream(ByteStream& raw, const ArchiveRequest& request,
                                                      AcquireContext& context, LayerSink& sink) {
  ProgressStream counted(raw, context);
  auto plain = formats::decompress(counted, {});
  if (!plain) return std::move(plain).error().in(request.reference);
  ArchiveContents contents;
  StreamReader reader(contents, request.repeatable, context, sink);
  Walk walk(contents, context);
  auto walked = walk.run(**plain, [&](TarReader& tar, const std::string& name, const TarEntry& entry) {
    return reader.on_file(tar, name, entry);
  });
  return finish(contents, request, context, sink, std::move(walked), std::move(walk));
}

Result<std::vector<model::Image>> read_archive_pipe(int descriptor, const std::string& name,
                                                    const ArchiveRequest& request, AcquireContext& context,
                                                    LayerSink& sink) {
  PatientStream stream(descriptor, name, context.stop);
  return read_archive_stream(stream, request, context, sink);
}

Result<std::vector<model::Image>> read_archive_file(const std::string& path, const ArchiveRequest& request,
                                                    AcquireContext& context, LayerSink& sink) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && S_ISFIFO(info.st_mode)) {
    // Not to wait here for somebody who writes.
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor >= 0) return read_archive_pipe(descriptor, path, request, context, sink);
  }
  if (S_ISDIR(info.st_mode))
    return make_error(ErrorCode::invalid_argument, "file-not-regular",
                      fmt::format("this is a folder; write oci:{} for an OCI layout, or rootfs:{} for the files of a "
                                  "system",
                                  path, path),
                      path);
  auto opened = SharedFile::open(path);
  if (!opened) return std::move(opened).error();
  const std::shared_ptr<const SharedFile> file = std::move(*opened);
  std::array<std::uint8_t, 6> head{};
  const std::size_t got = TRY(file->read(0, head.data(), head.size()));
  if (formats::detect_compression(Bytes(head.data(), got)) != formats::Compression::none) {
    context.progress.expect(file->size());
    const auto stream = TRY(open_window(file, 0, file->size())());
    ArchiveRequest again = request;
    again.repeatable = true;
    return read_archive_stream(*stream, again, context, sink);
  }
  ArchiveContents contents(file);
  IndexStream stream(*file);
  Walk walk(contents, context);
  auto walked = walk.run(stream, [&](TarReader& tar, const std::string& name, const TarEntry& entry) -> Result<void> {
    Member member;
    member.key = contents.new_key(name);
    member.size = entry.size;
    member.offset = tar.position();
    if (entry.sparse) {
      member.reason = "a sparse member, which no tool writes into an image archive";
    } else {
      member.kind = Member::Kind::window;
      if (entry.size <= file->size() - std::min(member.offset, file->size()))
        stream.pass_over_until(member.offset + entry.size);
    }
    contents.add(name, std::move(member));
    return {};
  });
  return finish(contents, request, context, sink, std::move(walked), std::move(walk));
}

}  // namespace hullcheck::acquire
