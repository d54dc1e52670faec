#include "detect/inner/unwrap.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "detect/content/content_scan.hpp"
#include "detect/evasion/packers.hpp"
#include "detect/shell/script_facts.hpp"
#include "detect/shell/shell_facts.hpp"
#include "formats/ar.hpp"
#include "formats/decompress.hpp"
#include "formats/inflate.hpp"
#include "formats/pyinstaller.hpp"
#include "formats/tar.hpp"
#include "formats/upx.hpp"
#include "formats/zip.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_padding = 64;
constexpr std::size_t k_head = 4096;
constexpr std::size_t k_most_suffix = 400;
constexpr std::size_t k_most_gaps = 16;
constexpr std::uint64_t k_ratio_grace = 64ULL << 20;
constexpr std::uint64_t k_large = 16ULL << 20;  // of a member that is not unpacked into memory
constexpr std::uint64_t k_most_tried = 512ULL << 20;

// The tail says where the content lies, the front where it came from; what is left out is the middle.
std::string shortened(std::string suffix) {
  if (suffix.size() <= k_most_suffix) return suffix;
  return suffix.substr(0, k_most_suffix / 2) + "…" + suffix.substr(suffix.size() - k_most_suffix / 2);
}

// A JDK carries its classes a second time, in seventy archives that only its linker reads: more than all else that an
// ordinary image holds in archives. Of these archives, and of no others, classes too small for a program are left
// out.
constexpr std::string_view k_jmod_magic = "JM\x01";
constexpr std::uint64_t k_small_class = 64 << 10;

bool is_small_class(const formats::ZipEntry& entry) {
  return entry.size < k_small_class && entry.name.starts_with("classes/") && entry.name.ends_with(".class");
}

bool is_tar(Bytes head) {
  return layers::classify_content(as_text(head.first(std::min(head.size(), k_head)))) == layers::ContentKind::tar;
}

// A stream whose first block has been looked at.
class Resumed final : public formats::ByteStream {
 public:
  Resumed(formats::ByteStream& stream, Bytes first) : m_stream(stream), m_first(first) {}
  Result<Bytes> next() override { return m_first.empty() ? m_stream.next() : std::exchange(m_first, Bytes()); }

 private:
  formats::ByteStream& m_stream;
  Bytes m_first;
};

// What lies in `held`, or in memory if that is none, read once from its start to its end.
class Passing final : public formats::ByteStream {
 public:
  Passing(Bytes content, Held* held) : m_rest(content), m_held(held) {}
  Result<Bytes> next() override {
    if (m_held != nullptr) m_held->forget(m_last);
    m_last = m_rest.first(std::min(m_rest.size(), formats::k_block_size));
    m_rest = m_rest.subspan(m_last.size());
    return m_last;
  }

 private:
  Bytes m_rest, m_last;
  Held* m_held;
};

// All of a stream, behind what is held already.
Result<void> hold(formats::ByteStream& stream, Held& held) {
  for (;;) {
    const Bytes block = TRY(stream.next());
    if (block.empty()) return {};
    TRY(held.append(block));
  }
}

}  // namespace

Result<Bytes> Held::whole() {
  static constexpr std::array<std::uint8_t, k_padding> k_room{};
  TRY(append(k_room));
  const Bytes all = TRY(view());
  return all.first(all.size() - k_padding);
}

Unwrapper::Unwrapper(std::vector<ScanClient> clients, MakeWorker make_worker, const UnwrapLimits& limits)
    : m_clients(std::move(clients)), m_make_worker(std::move(make_worker)), m_limits(limits) {
  m_workers.resize(static_cast<std::size_t>(limits.depth) + 1);
}
Unwrapper::~Unwrapper() = default;

void Unwrapper::begin(const layers::Entry& entry) {
  m_path.assign(entry.path);
  m_entry = entry;
  m_entry.path = m_path;
  m_entry.link = {};
  m_suffix.clear();
  m_evidence.clear();
  m_spent = m_tried = 0;
  m_contents = 0;
  m_over = false;
}

std::vector<Evidence> Unwrapper::take() { return std::exchange(m_evidence, {}); }

void Unwrapper::add(Evidence evidence) {
  if (m_evidence.size() >= m_limits.evidence) {
    if (!m_over) gap("inner-evidence-limit", "there is more evidence in it than is kept", true);
    m_over = true;  // what more is found would not be kept either
    return;
  }
  if (!m_suffix.empty()) {
    evidence.values.insert(evidence.values.begin(), {std::string(k_inner_key), shortened(m_suffix)});
    if (evidence.values.size() > EvidenceSink::k_most_values) evidence.values.resize(EvidenceSink::k_most_values);
  }
  m_evidence.push_back(std::move(evidence));
}

void Unwrapper::gap(std::string_view name, std::string_view why, bool unknown) {
  const auto same = std::count_if(m_evidence.begin(), m_evidence.end(), [&](const Evidence& one) {
    return one.rule == k_inner_gap_rule && one.value("gap") == name;
  });
  if (static_cast<std::size_t>(same) >= k_most_gaps) return;
  Evidence evidence;
  evidence.rule = k_inner_gap_rule;
  evidence.text = why;
  evidence.values = {{"gap", std::string(name)}, {"effect", unknown ? "unknown" : "note"}};
  if (!m_suffix.empty()) evidence.values.emplace_back(std::string(k_inner_key), shortened(m_suffix));
  m_evidence.push_back(std::move(evidence));
}

// A limit, or a form that is not read, may hide anything. Damaged data does so for whoever would unpack it too.
void Unwrapper::trouble(const Error& error) {
  const bool unknown = error.code == ErrorCode::limit || error.code == ErrorCode::unsupported;
  gap(error.name, error.message, unknown);
}

bool Unwrapper::spend(std::uint64_t bytes) {
  if (m_over) return false;
  m_spent += bytes;
  if (m_spent > m_limits.output_bytes) {
    m_over = true;
    gap("unpack-size-limit", "more comes out of it than is looked at", true);
  } else if (++m_contents > m_limits.contents) {
    m_over = true;
    gap("unpack-entries-limit", "it holds more pieces of content than are looked at", true);
  }
  return !m_over;
}

void Unwrapper::content(Bytes content, std::string_view suffix, int depth, Held* held) {
  if (content.empty() || m_over) return;
  if (depth >= m_limits.depth) {
    gap("nesting-limit", "content in it lies deeper than is looked at", true);
    return;
  }
  if (!spend(content.size())) return;
  const std::string outer = m_suffix;
  m_suffix += suffix;
  const std::string path = m_path + shortened(m_suffix);
  layers::Entry entry = m_entry;
  entry.path = path;
  entry.size = content.size();
  entry.content = layers::classify_content(as_text(content.first(std::min(content.size(), k_head))));
  const layers::FileInfo file{entry, content.first(std::min(content.size(), k_head))};
  scan(file, content, depth + 1, held);
  // Classes come by the ten thousand, and no detector asks for one by its name.
  if (entry.content != layers::ContentKind::java_class) ask_detectors(file, content);
  m_suffix = outer;
}

// The same of bytes behind which k_padding more can be read: they need not be copied to be scanned.
void Unwrapper::content_with_room(Bytes content, std::string_view suffix, int depth, Held* held) {
  const std::uint8_t* const outer = std::exchange(m_room_from, content.data() + content.size());
  this->content(content, suffix, depth, held);
  m_room_from = outer;
}

// As a layer's walk would do it, without copying but for the last window, behind which there must be room.
void Unwrapper::scan(const layers::FileInfo& file, Bytes content, int depth, Held* held) {
  auto& worker = m_workers[static_cast<std::size_t>(depth)];
  if (!worker) worker = m_make_worker(*this, depth);
  worker->begin(file);
  Buffer padded;
  for (std::size_t at = 0; at < content.size(); at += layers::k_window_size) {
    const std::size_t seen = std::min(at, layers::k_window_overlap);
    Bytes window = content.subspan(at - seen, std::min(seen + layers::k_window_size, content.size() - (at - seen)));
    const bool last = at - seen + window.size() + k_padding > content.size();
    if (last && window.data() + window.size() != m_room_from) {
      padded.assign(window.begin(), window.end());
      padded.resize(window.size() + k_padding);
      window = Bytes(padded).first(window.size());
    }
    worker->window(window, at - seen, seen);
    if (held != nullptr) held->forget(content.first(at - seen));
  }
  const Buffer record = worker->end();
  if (record.empty()) return;
  auto evidence = decode_evidence(record);
  if (!evidence) return;
  for (Evidence& one : *evidence) add(std::move(one));
}

void Unwrapper::ask_detectors(const layers::FileInfo& file, Bytes content) {
  const bool script = is_shell_script(file);
  std::optional<ShellFacts> facts;
  if (script) facts = facts_of_text(as_text(content));
  for (const ScanClient& client : m_clients) {
    const bool wanted = client.detector->wants(file);
    if (!wanted && !script) continue;
    EvidenceSink sink;
    if (wanted) client.detector->collect(layers::FileView{file, content}, sink);
    if (script) {
      // How it gets run is not known: it lies there.
      const ShellUnit unit{std::string(file.path()), {}, 1, Reach::present, false, *facts, nullptr};
      client.detector->shell(unit, sink);
    }
    for (Evidence& one : sink.take()) add(std::move(one));
  }
}

void Unwrapper::container(Bytes file, layers::ContentKind kind, int depth, Held* held) {
  switch (kind) {
    case layers::ContentKind::zip: return zip(file, depth, held);
    case layers::ContentKind::tar: {
      Passing stream(file, held);
      return tar(stream, depth);
    }
    case layers::ContentKind::gzip:
    case layers::ContentKind::zstd:
    case layers::ContentKind::xz:
    case layers::ContentKind::bzip2: return compressed(file, depth, held);
    default:
      if (as_text(file).starts_with(formats::k_ar_magic)) ar(file, depth);
  }
}

void Unwrapper::zip(Bytes file, int depth, Held* held) {
  formats::ZipLimits limits;
  limits.entries = m_limits.contents;
  limits.entry_bytes = limits.output_bytes = left();
  auto archive = formats::ZipArchive::open(file, limits);
  if (!archive) return trouble(archive.error());
  const bool java_modules = as_text(file).starts_with(k_jmod_magic);
  Buffer storage;
  for (const formats::ZipEntry& entry : archive->entries()) {
    if (m_over) return;
    if (entry.size == 0 || (java_modules && is_small_class(entry))) continue;
    const std::string suffix = "!/" + layers::canonical_path(entry.name).path;
    Held large;
    const bool aside = entry.size > k_large;
    auto content = aside ? archive->read(entry, large, held) : archive->read(entry, storage, k_padding);
    if (held != nullptr && aside) held->forget(file);
    if (content) {
      if (aside)
        this->content(*content, suffix, depth, large.size() > 0 ? &large : held);
      else
        content_with_room(*content, suffix, depth);
      continue;
    }
    const std::string outer = m_suffix;
    m_suffix += suffix;
    trouble(content.error());
    m_suffix = outer;
  }
}

void Unwrapper::ar(Bytes file, int depth) {
  const formats::ArArchive archive = formats::read_ar(file);
  for (const formats::ArMember& member : archive.members)
    content(member.content, "!/" + layers::canonical_path(member.name).path, depth);
}

void Unwrapper::tar(formats::ByteStream& stream, int depth) {
  formats::TarLimits limits;
  limits.entries = m_limits.contents;
  limits.sparse_size = limits.sparse_total = left();
  formats::TarReader reader(stream, limits);
  for (;;) {
    auto member = reader.next();
    if (!member) return trouble(member.error());
    if (*member == nullptr || m_over) return;
    if ((*member)->type != formats::TarType::file) continue;
    const std::string suffix = "!/" + layers::canonical_path((*member)->name).path;
    Held content;
    for (;;) {
      auto piece = reader.read();
      if (!piece) return trouble(piece.error());
      if (piece->empty()) break;
      if (content.size() + piece->size() > left()) {
        spend(content.size() + piece->size());
        return;
      }
      if (auto kept = content.append(*piece); !kept) return trouble(kept.error());
    }
    auto whole = content.whole();
    if (!whole) return trouble(whole.error());
    content_with_room(*whole, suffix, depth, &content);
  }
}

void Unwrapper::compressed(Bytes file, int depth, Held* held) {
  formats::DecompressLimits limits;
  const auto kind = formats::detect_compression(file);
  limits.output_bytes = left();
  if (kind == formats::Compression::bzip2)
    limits.output_bytes = std::min(limits.output_bytes, m_limits.slow_output_bytes);
  limits.ratio_grace = k_ratio_grace;
  Passing input(file, held);
  auto plain = formats::decompress(input, limits);
  if (!plain) return trouble(plain.error());
  auto first = (*plain)->next();
  if (!first) return trouble(first.error());
  if (is_tar(*first)) {
    Resumed resumed(**plain, *first);
    return tar(resumed, depth);
  }
  Held content;
  // How much it unpacks to is written at the end of gzip; not believed beyond what is usual.
  constexpr std::uint64_t k_usual_ratio = 16;
  if (kind == formats::Compression::gzip && file.size() > sizeof(std::uint32_t)) {
    const std::uint64_t told = read_le<std::uint32_t>(file, file.size() - sizeof(std::uint32_t)).value_or(0);
    content.expect(std::min({told, file.size() * k_usual_ratio, left()}) + k_padding);
  }
  Resumed resumed(**plain, *first);
  // What came before the damage is looked at all the same.
  const auto all = hold(resumed, content);
  if (!all && all.error().name != "trailing-garbage") trouble(all.error());
  auto whole = content.whole();
  if (!whole) return trouble(whole.error());
  content_with_room(*whole, " (" + std::string(to_string(kind)) + ")", depth, &content);
}

std::uint64_t Unwrapper::may_try() const { return std::min(left(), k_most_tried - std::min(m_tried, k_most_tried)); }

bool Unwrapper::stream(Bytes bytes, std::uint64_t offset, bool more, int depth) {
  const auto kind = formats::detect_compression(bytes);
  if (kind == formats::Compression::none || m_over) return true;
  formats::DecompressLimits limits;
  limits.output_bytes = may_try();
  if (kind == formats::Compression::bzip2)
    limits.output_bytes = std::min(limits.output_bytes, m_limits.slow_output_bytes);
  limits.ratio_grace = k_ratio_grace;
  const auto input = formats::memory_stream(bytes);
  auto plain = formats::decompress(*input, limits);
  if (!plain) return true;
  Held content;
  const auto all = hold(**plain, content);
  if (!all) {
    m_tried += content.size();
    if (all.error().code == ErrorCode::truncated && more) return false;
    // Bytes that only look like a header ask for anything; a stream that gave something is one.
    if (all.error().code == ErrorCode::limit && content.size() > 0) trouble(all.error());
  }
  auto whole = content.whole();
  if (!whole) {
    trouble(whole.error());
    return true;
  }
  const std::string name(to_string(kind));
  const std::string suffix = " (" + name + " at byte " + std::to_string(offset) + ")";
  if (is_tar(*whole)) {
    const std::string outer = m_suffix;
    m_suffix += suffix;
    Passing archive(*whole, &content);
    tar(archive, depth);
    m_suffix = outer;
  } else {
    content_with_room(*whole, suffix, depth, &content);
  }
  return true;
}

// Modules one behind the other, each a zlib stream; what is between is stepped over.
void Unwrapper::compiled_modules(Bytes archive, const std::string& suffix, int depth) {
  constexpr std::size_t k_first = 12, k_most_steps = 4096;
  std::size_t steps = 0, count = 0;
  for (std::size_t at = k_first; at + 2 < archive.size() && !m_over && steps < k_most_steps;) {
    const bool begins = archive[at] == 0x78 && (archive[at] * 256U + archive[at + 1]) % 31 == 0;
    std::size_t used = 0;
    auto plain = begins ? formats::inflate(archive.subspan(at), formats::DeflateFrame::zlib, left(), &used)
                        : Result<Buffer>(make_error(ErrorCode::malformed, "inflate-malformed", ""));
    if (!plain || used == 0) {
      if (begins && plain.error().code == ErrorCode::limit) return trouble(plain.error());
      ++at, ++steps;
      continue;
    }
    steps = 0;
    at += used;
    content(*plain, suffix + "!/module " + std::to_string(++count), depth);
  }
  if (count == 0 && archive.size() > k_first + 64)
    gap("packed-program", "the modules of this program are encrypted", true);
}

// In a program that is packed in no known way. Two bytes are all that marks them, so most places are none: a stream
// that is one gives something and ends with its sum.
void Unwrapper::zlib_streams(Bytes file, int depth) {
  constexpr std::size_t k_most_places = 4096, k_most_streams = 16, k_least = 512, k_most = std::size_t{32} << 20U;
  std::size_t places = 0, streams = 0;
  Buffer start(k_least);
  for (std::size_t at = 0; at + k_padding < file.size() && places < k_most_places && !m_over; ++at) {
    if (file[at] != 0x78 || (file[at] * 256U + file[at + 1]) % 31 != 0 || (file[at + 1] & 0x20U) != 0) continue;
    ++places;
    if (formats::inflate_raw(file.subspan(at + 2), start) < k_least) continue;
    if (++streams > k_most_streams) return gap("carriers-limit", "more streams in it than are looked at", true);
    std::size_t used = 0;
    const std::size_t most = std::min<std::uint64_t>(k_most, left());
    const auto plain = formats::inflate(file.subspan(at), formats::DeflateFrame::zlib, most, &used);
    if (!plain && plain.error().code == ErrorCode::limit) trouble(plain.error());
    if (!plain || used == 0) continue;
    content(*plain, " (zlib at byte " + std::to_string(at) + ")", depth);
    at += used;
  }
}

bool Unwrapper::pyinstaller(Bytes rest, int depth) {
  const auto entries = formats::read_pyinstaller(rest);
  if (!entries) {
    if (entries.error().code == ErrorCode::truncated) return false;
    if (entries.error().code != ErrorCode::not_found) trouble(entries.error());
    return true;
  }
  add(bundle_evidence("PyInstaller", entries->size()));
  for (const formats::PyInstallerEntry& entry : *entries) {
    if (m_over) return true;
    const std::string suffix = "!/" + layers::canonical_path(entry.name).path;
    Buffer storage;
    Bytes plain = entry.data;
    if (entry.compressed) {
      auto inflated = formats::inflate(entry.data, formats::DeflateFrame::zlib, static_cast<std::size_t>(left()));
      if (!inflated) {
        trouble(inflated.error());
        continue;
      }
      storage = std::move(*inflated);
      plain = storage;
    }
    if (formats::is_pyz(plain))
      compiled_modules(plain, suffix, depth);
    else
      content(plain, suffix, depth);
  }
  return true;
}

void Unwrapper::packed(Bytes file, int depth) {
  formats::UpxLimits limits;
  limits.output_bytes = left();
  auto program =
      as_text(file).starts_with("MZ") ? formats::unpack_upx_pe(file, limits) : formats::unpack_upx(file, limits);
  for (Evidence& one : packer_evidence(file, program ? &*program : nullptr)) add(std::move(one));
  if (!program) return zlib_streams(file, depth);
  if (!program->complete) gap(program->trouble, "the packed program could not be unpacked to its end", true);
  content(program->content, " (UPX)", depth);
}

}  // namespace hullcheck::detect
