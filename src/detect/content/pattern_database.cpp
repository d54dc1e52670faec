// Vectorscan (the portable fork of Hyperscan; API of hs.h 5.4) behind PatternDatabase, and the kept copy on disk.
//
// Two databases of the same literals, for the library looks at every place when one literal has two bytes, else at
// every second one: where bytes are words, or zeros, the former is up to 1.4 times as fast (2.1 against 1.7 GB/s),
// elsewhere the latter is 1.2 times (3.1 against 2.6 GB/s). So one has a pair of bytes more, which no text holds and
// nobody asked for.
//
// Kept file: "HULLPAT3", then in util/codec.hpp: key, SHA-256 of the payload, payload (masked, see below): one
// database, then the other. The library's own deserialiser checks little, so what it gets must be what we wrote: the
// file has to be ours, writable by nobody else, and has to match its digest.
#include "detect/content/pattern_database.hpp"

#include <fcntl.h>
#include <hs/hs.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <optional>

#include "util/codec.hpp"
#include "util/digest.hpp"
#include "util/file.hpp"
#include "util/result.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::string_view k_magic = "HULLPAT3";
constexpr std::size_t k_most_file_bytes = std::size_t{64} << 20;
constexpr std::string_view k_pair_for_words = "\xf8\xc1";  // no UTF-8

struct DatabaseDeleter {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
};
using DatabasePtr = std::unique_ptr<hs_database_t, DatabaseDeleter>;

struct FileCloser {
  int fd = -1;
  explicit FileCloser(int descriptor) : fd(descriptor) {}
  ~FileCloser() {
    if (fd >= 0) ::close(fd);
  }
  FileCloser(const FileCloser&) = delete;
  FileCloser& operator=(const FileCloser&) = delete;
};

std::string key_of(const std::vector<Pattern>& patterns) {
  hs_platform_info_t platform{};
  hs_populate_platform(&platform);
  util::Encoder key;
  key.string(hs_version());
  key.u64(platform.tune);
  key.u64(platform.cpu_features);
  for (const Pattern& pattern : patterns) {
    key.string(pattern.bytes);
    key.boolean(pattern.caseless);
  }
  return util::sha256_hex(key.data());
}

struct Databases {
  DatabasePtr code, words;
  bool complete() const { return code && words; }
};

DatabasePtr compile(std::vector<Pattern> patterns, bool for_words) {
  if (for_words) patterns.push_back({std::string(k_pair_for_words), false});
  std::vector<const char*> texts;
  std::vector<unsigned> flags, ids;
  std::vector<std::size_t> sizes;
  for (const Pattern& pattern : patterns) {
    texts.push_back(pattern.bytes.data());
    sizes.push_back(pattern.bytes.size());
    flags.push_back(pattern.caseless ? HS_FLAG_CASELESS : 0U);
    ids.push_back(static_cast<unsigned>(ids.size()));
  }
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  const hs_error_t status =
      hs_compile_lit_multi(texts.data(), flags.data(), ids.data(), sizes.data(),
                           static_cast<unsigned>(patterns.size()), HS_MODE_BLOCK, nullptr, &database, &error);
  if (error != nullptr) hs_free_compile_error(error);
  return DatabasePtr(status == HS_SUCCESS ? database : nullptr);
}

// The library keeps the literals as they are: a scan of the machine that hullcheck runs on (rootfs:/) would find
// every one of them in this file. Masked by a stream that does not repeat, for repeated keys are looked through
// (splitmix64).
Buffer masked(Bytes bytes) {
  Buffer out(bytes.begin(), bytes.end());
  std::uint64_t counter = 0, word = 0;
  for (std::size_t i = 0; i < out.size(); ++i, word >>= 8) {
    if (i % 8 == 0) {
      word = counter += 0x9e3779b97f4a7c15ULL;
      word = (word ^ word >> 30) * 0xbf58476d1ce4e5b9ULL;
      word = (word ^ word >> 27) * 0x94d049bb133111ebULL;
      word ^= word >> 31;
    }
    out[i] ^= static_cast<std::uint8_t>(word);
  }
  return out;
}

std::optional<Buffer> read_own_file(const std::string& path) {
  const FileCloser file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat info {};
  if (file.fd < 0 || ::fstat(file.fd, &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  const bool ours = info.st_uid == ::geteuid() && (info.st_mode & 022) == 0;
  if (!ours || info.st_size <= 0 || static_cast<std::size_t>(info.st_size) > k_most_file_bytes) return std::nullopt;
  Buffer bytes(static_cast<std::size_t>(info.st_size));
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t part = ::read(file.fd, bytes.data() + have, bytes.size() - have);
    if (part < 0 && errno == EINTR) continue;
    if (part <= 0) return std::nullopt;
    have += static_cast<std::size_t>(part);
  }
  return bytes;
}

Databases compile(const std::vector<Pattern>& patterns) {
  if (patterns.empty() || hs_valid_platform() != HS_SUCCESS) return {};
  return {compile(patterns, false), compile(patterns, true)};
}

DatabasePtr deserialised(Bytes bytes) {
  hs_database_t* database = nullptr;
  const auto* data = reinterpret_cast<const char*>(bytes.data());
  return DatabasePtr(hs_deserialize_database(data, bytes.size(), &database) == HS_SUCCESS ? database : nullptr);
}

bool serialise(const DatabasePtr& database, util::Encoder& out) {
  char* data = nullptr;
  std::size_t size = 0;
  if (hs_serialize_database(database.get(), &data, &size) != HS_SUCCESS) return false;
  out.bytes(Bytes(reinterpret_cast<const std::uint8_t*>(data), size));
  std::free(data);
  return true;
}

Databases load(const std::string& path, std::string_view key) {
  const auto bytes = read_own_file(path);
  if (!bytes || !as_text(*bytes).starts_with(k_magic)) return {};
  util::Decoder in(Bytes(*bytes).subspan(k_magic.size()));
  const std::string_view stored_key = in.string();
  const std::string_view digest = in.string();
  const Buffer payload = masked(in.bytes());
  if (in.failed() || !in.at_end() || stored_key != key || digest != util::sha256_hex(payload)) return {};
  util::Decoder inner(payload);
  const Bytes code = inner.bytes(), words = inner.bytes();
  if (inner.failed() || !inner.at_end()) return {};
  return {deserialised(code), deserialised(words)};
}

// Best effort: without the kept copy the next start compiles again.
void keep(const std::string& folder, const std::string& path, std::string_view key, const Databases& databases) {
  util::Encoder payload;
  if (!serialise(databases.code, payload) || !serialise(databases.words, payload)) return;
  util::Encoder out;
  out.raw(as_bytes(k_magic));
  out.string(key);
  out.string(util::sha256_hex(payload.data()));
  out.bytes(masked(payload.data()));

  if (!util::make_folder(folder)) return;
  static_cast<void>(util::write_file(path, out.data(), 0600));
}

// Only speed hangs on it, and where the limits are was measured.
bool full_of_words(Bytes bytes) {
  constexpr std::size_t k_sample = 64, k_samples = 16;
  std::size_t letters = 0, zeros = 0, seen = 0;
  for (std::size_t i = 0; i < k_samples; ++i) {
    const std::size_t at = bytes.size() / k_samples * i;
    const Bytes sample = bytes.subspan(at, std::min(k_sample, bytes.size() - at));
    for (const std::uint8_t byte : sample) {
      letters += byte >= 'a' && byte <= 'z' ? 1U : 0U;
      zeros += byte == 0 ? 1U : 0U;
    }
    seen += sample.size();
  }
  return letters * 4 >= seen || zeros * 5 >= seen * 2;
}

std::uint8_t lower(std::uint8_t byte) {
  return byte >= 'A' && byte <= 'Z' ? static_cast<std::uint8_t>(byte + ('a' - 'A')) : byte;
}

bool matches_at(Bytes bytes, std::size_t begin, const Pattern& pattern) {
  if (pattern.bytes.size() > bytes.size() - begin) return false;
  const Bytes wanted = as_bytes(pattern.bytes);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const bool same = pattern.caseless ? lower(bytes[begin + i]) == lower(wanted[i]) : bytes[begin + i] == wanted[i];
    if (!same) return false;
  }
  return true;
}

struct Gathering {
  const std::vector<Pattern>& patterns;
  std::size_t most;
  std::vector<PatternHit>& hits;
  bool complete = true;
};

int on_match(unsigned id, unsigned long long, unsigned long long end, unsigned, void* context) {
  auto& gathering = *static_cast<Gathering*>(context);
  if (id >= gathering.patterns.size()) return 0;
  if (gathering.hits.size() >= gathering.most) {
    gathering.complete = false;
    return 1;
  }
  gathering.hits.push_back({static_cast<std::size_t>(end) - gathering.patterns[id].bytes.size(), id});
  return 0;
}

}  // namespace

struct PatternDatabase::State {
  Databases databases;
};

struct PatternDatabase::Scratch::State {
  hs_scratch_t* scratch = nullptr;
};

PatternDatabase::PatternDatabase(std::vector<Pattern> patterns, const std::string& cache_folder)
    : m_patterns(std::move(patterns)), m_state(std::make_unique<State>()) {
  if (cache_folder.empty()) {
    m_state->databases = compile(m_patterns);
    return;
  }
  const std::string key = key_of(m_patterns);
  const std::string path = cache_folder + "/" + cache_file_name(m_patterns);
  m_state->databases = load(path, key);
  m_from_cache = m_state->databases.complete();
  if (m_from_cache) return;
  m_state->databases = compile(m_patterns);
  if (m_state->databases.complete()) keep(cache_folder, path, key, m_state->databases);
}

PatternDatabase::~PatternDatabase() = default;

bool PatternDatabase::uses_library() const { return m_state->databases.complete(); }

std::string PatternDatabase::cache_file_name(const std::vector<Pattern>& patterns) {
  return "patterns-" + key_of(patterns).substr(0, 16);
}

PatternDatabase::Scratch::Scratch(const PatternDatabase& database) : m_state(std::make_unique<State>()) {
  if (!database.uses_library()) return;
  const Databases& compiled = database.m_state->databases;
  for (const hs_database_t* one : {compiled.code.get(), compiled.words.get()}) {
    if (hs_alloc_scratch(one, &m_state->scratch) == HS_SUCCESS) continue;
    if (m_state->scratch != nullptr) hs_free_scratch(m_state->scratch);
    m_state->scratch = nullptr;
    return;
  }
}

PatternDatabase::Scratch::~Scratch() {
  if (m_state->scratch != nullptr) hs_free_scratch(m_state->scratch);
}

bool PatternDatabase::search(Bytes bytes, Scratch& scratch, std::size_t most, std::vector<PatternHit>& hits) const {
  if (scratch.m_state->scratch == nullptr) return search_slowly(bytes, most, hits);
  hits.clear();
  Gathering gathering{m_patterns, most, hits};
  const Databases& databases = m_state->databases;
  const hs_database_t* const database = (full_of_words(bytes) ? databases.words : databases.code).get();
  const hs_error_t status =
      hs_scan(database, reinterpret_cast<const char*>(bytes.data()), static_cast<unsigned>(bytes.size()), 0,
              scratch.m_state->scratch, on_match, &gathering);
  if (status != HS_SUCCESS && status != HS_SCAN_TERMINATED) return search_slowly(bytes, most, hits);
  std::sort(hits.begin(), hits.end());
  return gathering.complete;
}

bool PatternDatabase::search_slowly(Bytes bytes, std::size_t most, std::vector<PatternHit>& hits) const {
  hits.clear();
  for (std::size_t begin = 0; begin < bytes.size(); ++begin) {
    for (std::uint32_t i = 0; i < m_patterns.size(); ++i) {
      if (!matches_at(bytes, begin, m_patterns[i])) continue;
      if (hits.size() >= most) return false;
      hits.push_back({begin, i});
    }
  }
  return true;
}

}  // namespace hullcheck::detect
