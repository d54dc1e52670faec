// A mirror as a folder: design-wise the network's stand-in for machines without one, so what is absent there is no
// failure, and what is there but broken is one.
#include <sys/stat.h>

#include <algorithm>

#include "advisories/download.hpp"
#include "advisories/feed.hpp"
#include "formats/byte_stream.hpp"
#include "formats/decompress.hpp"

namespace hullcheck::advisories {
namespace {

bool is_file(const std::string& path) {
  struct stat status {};
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

// "a%20b" → "a b": mirrors made by tools that store decoded names.
std::string decoded(const std::string& path) {
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto byte =
        path[i] == '%' && i + 2 < path.size() ? from_hex(std::string_view(path).substr(i + 1, 2)) : std::nullopt;
    if (!byte) {
      out += path[i];
      continue;
    }
    out += static_cast<char>(byte->front());
    i += 2;
  }
  return out;
}

Result<Buffer> read_all(formats::ByteStream& stream, std::uint64_t limit, util::Progress& progress,
                        const std::stop_token& stop) {
  Buffer bytes;
  for (;;) {
    if (stop.stop_requested()) return make_error(ErrorCode::cancelled, "cancelled", "the update was stopped");
    const Bytes block = TRY(stream.next());
    if (block.empty()) return bytes;
    if (block.size() > limit - bytes.size())
      return make_error(ErrorCode::limit, "feed-size-limit", "the document is larger than any real one");
    bytes.insert(bytes.end(), block.begin(), block.end());
    progress.advance(block.size());
  }
}

class FolderTransport final : public Transport {
 public:
  explicit FolderTransport(std::string folder) : m_folder(std::move(folder)) {}

  Result<FetchedDocument> fetch(const std::string& url, std::uint64_t limit, const std::string&, Packing packing,
                                util::Progress& progress, std::stop_token stop) override {
    const std::string path = TRY(mirror_path(url));
    for (const auto& name : {path, decoded(path)})
      for (const char* suffix : {"", ".gz"})
        if (const std::string full = m_folder + "/" + name + suffix; is_file(full))
          return read(full, packing, *suffix != '\0', limit, progress, stop);
    return make_error(ErrorCode::not_found, "not-mirrored", "the mirror does not have it", path);
  }

 private:
  // A document that is published compressed ("updateinfo.xml.gz") is unpacked like one that the mirror has packed.
  static Result<FetchedDocument> read(const std::string& path, Packing packing, bool packed_by_mirror,
                                      std::uint64_t limit, util::Progress& progress, const std::stop_token& stop) {
    auto file = TRY(formats::file_stream(path));
    Buffer bytes = TRY(read_all(*file, limit, progress, stop));
    if (packing == Packing::keep) return FetchedDocument{std::move(bytes), ""};
    const auto kind = formats::detect_compression(Bytes(bytes).first(std::min<std::size_t>(bytes.size(), 6)));
    if (kind == formats::Compression::none) {
      if (!packed_by_mirror) return FetchedDocument{std::move(bytes), ""};
      return make_error(ErrorCode::malformed, "mirror-not-packed", "the file is not what its name says", path);
    }
    formats::DecompressLimits limits;
    limits.output_bytes = limit;
    const auto packed = formats::memory_stream(bytes);
    auto plain = TRY(formats::decompress(*packed, limits));
    return FetchedDocument{TRY(read_all(*plain, limit, progress, stop)), ""};
  }

  std::string m_folder;
};

}  // namespace

Result<std::string> mirror_path(const std::string& url) {
  const auto bad = [&](const char* why) { return make_error(ErrorCode::invalid_argument, "feed-url", why, url); };
  const auto scheme = url.find("://");
  if (scheme == std::string::npos) return bad("the address has no scheme");
  std::string path = url.substr(scheme + 3);
  path = path.substr(0, path.find_first_of("?#"));
  const std::string plain = "/" + decoded(path) + "/";
  if (plain.find("/../") != std::string::npos || plain.find("//") != std::string::npos ||
      plain.find('\0') != std::string::npos)
    return bad("the address cannot be a path of a mirror");
  return path;
}

Result<std::unique_ptr<Transport>> folder_transport(const std::string& folder) {
  struct stat status {};
  if (stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
    return make_error(ErrorCode::not_found, "mirror-absent",
                      folder.find("://") == std::string::npos
                          ? "there is no such folder"
                          : "a mirror is a folder, or an address that begins with http:// or https://",
                      folder);
  return std::unique_ptr<Transport>(std::make_unique<FolderTransport>(folder));
}

}  // namespace hullcheck::advisories
