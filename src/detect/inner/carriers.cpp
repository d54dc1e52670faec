#include "detect/inner/carriers.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

#include "detect/content/content_scan.hpp"
#include "detect/evasion/embedded_program.hpp"
#include "detect/inner/carrier_marks.hpp"
#include "detect/inner/runs.hpp"
#include "formats/ar.hpp"
#include "formats/elf.hpp"
#include "formats/inflate.hpp"
#include "formats/upx.hpp"
#include "formats/xz.hpp"

namespace hullcheck::detect {
namespace {

using layers::ContentKind;

constexpr std::uint64_t k_most_kept = 256ULL << 20;
constexpr std::size_t k_region = 16 << 10;  // on either side of a word under a key
constexpr std::size_t k_least_blob = 1024;  // of decoded bytes that are neither text nor of a known form
constexpr std::size_t k_least_program = 52;
constexpr std::size_t k_least_deflated = 256;
constexpr std::size_t k_most_disguised = 64 << 20;
constexpr std::size_t k_lzma_start = 4 << 20;    // what beginning costs, as bytes that come out
constexpr std::size_t k_packed_start = 1 << 20;  // programs in programs, and each tried in several ways
constexpr std::size_t k_joint = 32;              // between two pieces of what is spelt
constexpr std::size_t k_tables = 64 << 10;       // a program's segments are named in its first bytes

// Other ar archives hold objects for linking, which nothing runs and whose bytes stand there in the clear.
bool is_debian_package(Bytes head) {
  return as_text(head).starts_with(formats::k_ar_magic) && as_text(head).substr(8).starts_with("debian-binary");
}

bool is_container(ContentKind kind, Bytes head) {
  switch (kind) {
    case ContentKind::zip:
    case ContentKind::gzip:
    case ContentKind::zstd:
    case ContentKind::xz:
    case ContentKind::bzip2:
    case ContentKind::tar: return true;
    default: return is_debian_package(head);
  }
}

// The header of a member as archivers write it: what merely has the four letters is no archive.
bool is_zip_header(Bytes bytes) {
  if (bytes.size() < 30) return true;  // not known yet
  const std::uint16_t version = *read_le<std::uint16_t>(bytes, 4) & 0xffU;
  const std::uint16_t method = *read_le<std::uint16_t>(bytes, 8);
  const std::uint16_t name = *read_le<std::uint16_t>(bytes, 26);
  if (version < 10 || version > 63 || name == 0 || name > 1024 || (method > 20 && method < 93) || method > 99)
    return false;
  const Bytes text = bytes.subspan(30, std::min<std::size_t>(name, bytes.size() - 30));
  return std::none_of(text.begin(), text.end(), [](std::uint8_t byte) { return byte < 0x20; });
}

bool is_gzip_header(Bytes bytes) {
  if (bytes.size() < 10) return true;
  const bool flags = bytes[8] == 0 || bytes[8] == 2 || bytes[8] == 4;
  return flags && (bytes[9] <= 13 || bytes[9] == 255);
}

// Its table of segments lies in the bytes.
bool has_segments(Bytes head) {
  formats::ElfLimits limits;
  limits.segments = 64;
  limits.sections = limits.symbols = limits.dynamic_entries = 0;
  const auto elf = formats::ElfFile::open(head, limits);
  return elf && !elf->segments().empty();
}

bool is_runnable(const formats::ElfHeader& header) {
  const std::uint16_t entry = header.is_64 ? 56 : 32;
  return (header.type == 2 || header.type == 3) && header.machine != 0 && header.segment_count > 0 &&
         header.segment_size == entry && header.segment_offset >= header.size();
}

bool reads_as_text(Bytes bytes) {
  const Bytes head = bytes.first(std::min<std::size_t>(bytes.size(), 256));
  const auto odd = std::count_if(head.begin(), head.end(), [](std::uint8_t byte) {
    return byte > 0x7e || (byte < 0x20 && byte != '\n' && byte != '\t' && byte != '\r' && byte != 0x1b);
  });
  return static_cast<std::size_t>(odd) * 10 <= head.size();
}

std::size_t first_digits(Bytes bytes) {
  const Bytes line = bytes.first(std::min(bytes.size(), k_run_line));
  const auto end = std::find_if(line.begin(), line.end(), [](std::uint8_t byte) {
    return byte <= ' ' || byte == '"' || byte == '\'' || byte == ',' || byte == '\\';
  });
  return static_cast<std::size_t>(end - line.begin());
}

// A run of digits begins there that is long enough to be found as one.
bool is_run(Bytes window, std::size_t begin) {
  constexpr std::size_t k_looked_at = 512;
  const Bytes line = window.subspan(begin, std::min(window.size() - begin, k_run_line));
  if (begin > 0 && is_stretch_digit(window[begin - 1])) return false;
  if (line.size() < k_run_line || !std::all_of(line.begin(), line.end(), is_stretch_digit)) return false;
  const TextRun run = text_run_around(window.subspan(begin, std::min(window.size() - begin, k_looked_at)), 0);
  return run.end >= k_fewest_run;
}

std::string hex_byte(std::uint8_t byte) { return "0x" + to_hex(Bytes(&byte, 1)); }

}  // namespace

const std::vector<Literal>& CarrierScan::literals() {
  static const std::vector<Literal> list = [] {
    std::vector<Literal> made;
    for (const Marked& one : marks()) made.push_back(one.literal);
    return made;
  }();
  return list;
}

bool CarrierScan::differenced(const layers::FileInfo& file) {
  switch (file.entry.content) {
    case ContentKind::zip:
    case ContentKind::gzip:
    case ContentKind::zstd:
    case ContentKind::xz:
    case ContentKind::bzip2: return false;
    default: return true;
  }
}

void CarrierScan::begin(const layers::FileInfo& file) {
  m_kind = file.entry.content;
  m_size = file.size();
  m_differenced = differenced(file);
  m_pending.clear();
  m_attempts = 0;
  m_zip = m_pyinstaller = false;
  m_keeping = m_lost = false;
  m_spill.clear();
  m_short_end = m_escape_end = 0;
  m_open_spelling.reset();
  if (m_regions > 0) m_region_end.fill(0);
  m_regions = 0;
  m_disguise.reset();
  m_closed = is_container(m_kind, file.head);
  if (m_closed)
    m_pending.push_back({Kind::container, 0});
  else if (m_kind == ContentKind::elf && formats::has_packed_shape(file.head))
    m_pending.push_back({Kind::packed, 0});
  else if (m_kind == ContentKind::pe && formats::packed_sections(file.head).shape)
    m_pending.push_back({Kind::packed, 0});
  else if (m_kind == ContentKind::binary || m_kind == ContentKind::text)
    m_disguise = find_disguise(file.head);
  if (m_disguise) m_pending.push_back({Kind::disguised, 0});
}

void CarrierScan::hit(std::size_t literal, Bytes window, std::uint64_t offset, std::size_t position, bool last) {
  if (m_closed) return;
  const Marked& found = marks()[literal];
  if (position < found.before) return;
  const std::size_t begin = position - found.before;
  const Bytes rest = window.subspan(begin);
  switch (found.mark) {
    case Mark::stream:
      if (offset + begin == 0 || (rest[0] == 0x1f && !is_gzip_header(rest))) return;
      return offer({Kind::stream, offset + begin}, window, offset, last);
    case Mark::lzma:
      if (offset + begin == 0) return;
      return offer({Kind::lzma, offset + begin}, window, offset, last);
    case Mark::zip:
      // The directory at the file's end names every member, so the first one stands for all; and it counts from the
      // file's start in programs that carry their archive.
      if (m_zip || !is_zip_header(rest)) return;
      m_zip = true;
      return offer({Kind::zip, offset == 0 ? 0 : offset + begin}, window, offset, last);
    case Mark::program:
      if (offset + begin == 0) return;
      return offer({Kind::program, offset + begin}, window, offset, last);
    case Mark::upx:
      if (m_kind != ContentKind::elf || offset + begin > (64U << 10)) return;
      if (std::none_of(m_pending.begin(), m_pending.end(),
                       [](const Carrier& one) { return one.kind == Kind::packed; }) &&
          offset == 0)
        offer({Kind::packed, 0}, window, offset, last);
      return;
    case Mark::pyinstaller:
      // From the first byte that is still at hand: the archive may begin before its mark at the end.
      if (m_pyinstaller || (m_kind != ContentKind::elf && m_kind != ContentKind::pe)) return;
      m_pyinstaller = true;
      return offer({Kind::pyinstaller, offset}, window, offset, last);
    case Mark::escapes:
      follow_spelt(window, offset);
      if (offset + begin < m_escape_end) return;
      return offer({Kind::escapes, offset + begin}, window, offset, last);
    case Mark::spelt:
      follow_spelt(window, offset);
      if (offset + begin < m_escape_end) return;
      if (static_cast<Spelling>(found.first) == Spelling::hex && is_run(window, begin)) return;
      return offer({Kind::spelt, offset + begin, found.first}, window, offset, last);
    case Mark::spelt_word:
      if (offset + begin < m_escape_end) return;
      return offer({Kind::spelt_word, offset + begin, found.first}, window, offset, last);
    case Mark::backward_word:
      if (++m_attempts <= k_most_attempts) look_at_backward_word(window, position + found.literal.bytes.size());
      return;
    case Mark::word: return look_at_short_run(window, offset, position);
    case Mark::hidden_word: {
      const auto key = static_cast<std::uint8_t>(window[position] ^ found.first);
      if (key != 0) look_at_hidden_text(key, window, offset, position);
      return;
    }
  }
}

void CarrierScan::window(Bytes window, const std::vector<DigitStretch>& stretches, std::uint64_t offset,
                         std::size_t from, std::size_t to, bool last) {
  follow_spelt(window, offset);
  if (!m_closed) search(window, stretches, offset, from, to, last);
  if (last && m_differenced && !m_disguise && ends_backwards(window)) say_backwards(window);
  if (m_pending.empty()) return;
  if (last && (!m_keeping || offset == 0)) {
    finish(window, offset);
    return;
  }
  keep(window, offset);
  if (!last) return;
  auto kept = m_spill.view();
  if (kept)
    finish(*kept, m_kept_from);
  else
    m_unwrapper.gap(kept.error().name, kept.error().message, true);
  m_spill.clear();
}

void CarrierScan::search(Bytes window, const std::vector<DigitStretch>& stretches, std::uint64_t offset,
                         std::size_t from, std::size_t to, bool last) {
  find_text_runs(window, stretches, m_runs);
  m_headers.clear();
  if (m_differenced) find_hidden_headers(window, from, to, m_headers);
  for (const TextRun& run : m_runs) {
    if (run.begin < from || run.begin >= to) continue;
    offer({Kind::text_run, offset + run.begin}, window, offset, last);
  }
  for (const HiddenHeader& header : m_headers)
    offer({Kind::hidden_program, offset + header.begin, header.key}, window, offset, last);
}

// Of a program without a table of sections only the file's end shows that it is written backwards, and the start is
// gone by then.
void CarrierScan::say_backwards(Bytes window) {
  if (m_kind != ContentKind::binary && m_kind != ContentKind::text) return;
  const Bytes tail = window.last(std::min<std::size_t>(window.size(), 64));
  const Buffer head(tail.rbegin(), tail.rend());
  const auto header = formats::ElfHeader::read(head);
  if (!header || !is_runnable(*header)) return;
  say_embedded({Kind::disguised, 0}, "backwards");
  m_unwrapper.gap("packed-program", "a program in it is written backwards and was not looked at", true);
}

void CarrierScan::offer(const Carrier& carrier, Bytes window, std::uint64_t offset, bool last) {
  // A file may be made of marks, each of which costs a look.
  if (carrier.kind != Kind::text_run && ++m_attempts > k_most_attempts + m_size / k_bytes_per_attempt) {
    m_unwrapper.gap("carriers-limit", "more places in it may hold other content than are looked at", true);
    return;
  }
  const Bytes rest = window.subspan(static_cast<std::size_t>(carrier.offset - offset));
  // What is spelt near the end of a window waits for the file's end, in the last window too: there it is told from
  // what waits already and may hold it.
  if (look(carrier, rest, !last || is_spelt(carrier.kind))) return;
  if (m_pending.size() < k_most_pending)
    m_pending.push_back(carrier);
  else
    m_unwrapper.gap("carriers-limit", "more places in it may hold other content than are looked at", true);
}

// From the first carrier that waits to the end of the file.
void CarrierScan::keep(Bytes window, std::uint64_t offset) {
  if (m_lost) return;
  if (!m_keeping) {
    m_keeping = true;
    m_kept_from = m_kept_to = std::max(m_pending.front().offset, offset);
    m_spill.expect(m_size - std::min(m_size, m_kept_from));
  }
  const Bytes fresh = window.subspan(static_cast<std::size_t>(m_kept_to - offset));
  m_kept_to += fresh.size();
  const bool fits = m_kept_to - m_kept_from <= k_most_kept;
  auto kept = fits ? m_spill.append(fresh)
                   : make_error(ErrorCode::limit, "unpack-size-limit", "it is too large to be unpacked");
  if (kept) return;
  m_lost = true;
  m_unwrapper.gap(kept.error().name, kept.error().message, true);
}

// `file` are the bytes from `offset` to the file's end.
void CarrierScan::finish(Bytes file, std::uint64_t offset) {
  if (m_lost) return;
  const std::vector<Carrier> pending = std::move(m_pending);
  m_pending.clear();
  m_escape_end = 0;  // of what was looked at before lies nothing in what waited
  m_open_spelling.reset();
  for (const Carrier& carrier : pending) {
    if (is_spelt(carrier.kind) && carrier.offset < m_escape_end) continue;
    if (carrier.offset >= offset && carrier.offset - offset <= file.size())
      look(carrier, file.subspan(static_cast<std::size_t>(carrier.offset - offset)), false);
  }
}

bool CarrierScan::look(const Carrier& carrier, Bytes bytes, bool more) {
  switch (carrier.kind) {
    case Kind::container:
      if (more) return false;
      m_unwrapper.container(bytes, m_kind, m_depth, &m_spill);
      return true;
    case Kind::packed:
      if (more) return false;
      m_unwrapper.packed(bytes, m_depth);
      return true;
    case Kind::stream: {
      const bool done = m_unwrapper.stream(bytes, carrier.offset, more, m_depth);
      return done;
    }
    case Kind::zip:
      if (more) return false;
      m_unwrapper.container(bytes, ContentKind::zip, m_depth, &m_spill);
      return true;
    case Kind::program: return look_at_program(carrier, bytes, more);
    case Kind::hidden_program: return look_at_hidden_program(carrier, bytes, more);
    case Kind::text_run: return look_at_text_run(carrier, bytes, more);
    case Kind::escapes: return look_at_escapes(carrier, bytes, more);
    case Kind::pyinstaller:
      if (more) return false;
      if (!m_unwrapper.pyinstaller(bytes, m_depth))
        m_unwrapper.gap("packed-program", "the archive in this program could not be unpacked", true);
      return true;
    case Kind::spelt:
    case Kind::spelt_word: return look_at_spelt(carrier, bytes, more);
    case Kind::disguised: return look_at_disguised(carrier, bytes, more);
    case Kind::lzma: return look_at_lzma(carrier, bytes, more);
  }
  return true;
}

void CarrierScan::decoded(const Carrier& carrier, Bytes content, std::string_view how, Held* held) {
  if (content.empty()) return;
  const ContentKind kind =
      layers::classify_content(as_text(content.first(std::min<std::size_t>(content.size(), 4096))));
  // Symbols of programs and identifiers of all sorts decode to something.
  const bool noise = (kind == ContentKind::binary && !is_wide_text(content)) ||
                     (kind == ContentKind::text && !reads_as_text(content));
  if (noise && content.size() < k_least_blob) return;
  if (kind == ContentKind::elf && content.size() >= k_least_program) {
    const auto header = formats::ElfHeader::read(content);
    if (header && is_runnable(*header)) say_embedded(carrier, how);
  }
  m_unwrapper.content(content, " (" + std::string(how) + ")", m_depth, held);
}

void CarrierScan::say_embedded(const Carrier& carrier, std::string_view how) {
  m_unwrapper.add(embedded_program_evidence(m_kind, how, carrier.offset));
}

bool CarrierScan::look_at_text_run(const Carrier& carrier, Bytes bytes, bool more) {
  const TextRun run = text_run_around(bytes, 0);
  if (more && run.end == bytes.size()) return false;
  if (run.end - run.begin < k_fewest_run) return true;
  const Bytes digits = bytes.subspan(run.begin, run.end - run.begin);
  std::string_view how;
  if (const auto content = decode_turned_run(digits, how)) {
    decoded(carrier, *content, how);
    return true;
  }
  Held plain;
  const bool hex = is_hex_run(digits);
  const auto content = decode_run(digits, hex, plain);
  if (!content) {
    m_unwrapper.gap(content.error().name, content.error().message, true);
    return true;
  }
  decoded(carrier, *content, hex ? "hex" : "base64", &plain);
  // What PHP calls gzinflate() has no name of its own: it shows by inflating to its end.
  if (hex || content->size() < k_least_deflated ||
      layers::classify_content(as_text(*content).substr(0, 4096)) != ContentKind::binary)
    return true;
  const auto inflated = formats::inflate(*content, formats::DeflateFrame::raw, k_most_disguised);
  if (inflated && inflated->size() > content->size()) decoded(carrier, *inflated, "base64, deflate");
  return true;
}

Result<Bytes> CarrierScan::decode_run(Bytes digits, bool hex, Held& plain) {
  plain.expect(digits.size() / 4 * 3 + 3);
  Result<void> kept;
  decode_text_run(digits, hex, [&](Bytes piece, Bytes passed) {
    m_spill.forget(passed);
    kept = plain.append(piece);
    return kept.ok();
  });
  TRY(std::move(kept));
  return plain.view();
}

void CarrierScan::look_at_short_run(Bytes window, std::uint64_t offset, std::size_t position) {
  if (offset + position < m_short_end) return;
  const TextRun run = text_run_around(window, position);
  m_short_end = offset + run.end;
  if (run.end - run.begin >= k_fewest_run) return;  // found as a long one
  Held plain;
  const Bytes digits = window.subspan(run.begin, run.end - run.begin);
  if (const auto content = decode_run(digits, is_hex_run(digits), plain))
    decoded({Kind::text_run, offset + run.begin}, *content, "base64");
}

// Where the bytes end that wait for the file's end, as far as this window shows: a mark within them is theirs.
void CarrierScan::follow_spelt(Bytes window, std::uint64_t offset) {
  if (!m_open_spelling || m_escape_end < offset || m_escape_end - offset > window.size()) return;
  Bytes rest = window.subspan(static_cast<std::size_t>(m_escape_end - offset));
  std::size_t joint = 0;
  while (joint < std::min(rest.size(), k_joint) && std::isalnum(rest[joint]) == 0 && rest[joint] != '\\') ++joint;
  rest = rest.subspan(joint);
  std::size_t end = 0;
  decode_spelling(*m_open_spelling, rest, end);
  if (end > 0) m_escape_end += joint + end;
  if (end + k_joint < rest.size()) m_open_spelling.reset();
}

// False where more of the file has to be seen, with what is known of their end.
bool CarrierScan::ends_here(const Carrier& carrier, Spelling spelling, std::size_t end, Bytes bytes, bool more) {
  const bool waits = more && end + 8192 > bytes.size();
  m_escape_end = carrier.offset + end;
  if (waits && end + k_joint >= bytes.size()) m_open_spelling = spelling;
  return !waits;
}

bool CarrierScan::look_at_escapes(const Carrier& carrier, Bytes bytes, bool more) {
  std::size_t end = 0;
  const Buffer content = decode_escapes(bytes, 0, end);
  if (!ends_here(carrier, Spelling::escapes, end, bytes, more)) return false;
  if (content.size() >= k_least_program) decoded(carrier, content, "escapes");
  return true;
}

bool CarrierScan::look_at_spelt(const Carrier& carrier, Bytes bytes, bool more) {
  const auto spelling = static_cast<Spelling>(carrier.key);
  // Lines that are long enough are found as a run.
  if (spelling == Spelling::pieces && first_digits(bytes) >= k_run_line) return true;
  // What goes with a word is short, and lies whole in every window that has the word.
  const bool word = carrier.kind == Kind::spelt_word;
  if (word) bytes = bytes.first(std::min(bytes.size(), LiteralScan::k_context));
  std::size_t end = 0;
  if (m_unwrapper.may_try() == 0) {
    m_unwrapper.gap("unpack-size-limit", "more comes out of it than is looked at", true);
    return true;
  }
  const Buffer content = decode_spelling(spelling, bytes, end);
  m_unwrapper.tried(content.size());
  if (!ends_here(carrier, spelling, end, bytes, more && !word)) return false;
  if (word || content.size() >= k_least_program) decoded(carrier, content, to_string(spelling));
  return true;
}

// The text that ends there, turned round.
void CarrierScan::look_at_backward_word(Bytes window, std::size_t end) {
  constexpr std::size_t k_most = 512;
  std::size_t begin = end;
  while (begin > 0 && end - begin < k_most && window[begin - 1] > ' ' && window[begin - 1] < 0x7f &&
         window[begin - 1] != '"' && window[begin - 1] != '\'')
    --begin;
  const Bytes text = window.subspan(begin, end - begin);
  m_unwrapper.content(Buffer(text.rbegin(), text.rend()), " (backwards)", m_depth);
}

bool CarrierScan::look_at_disguised(const Carrier& carrier, Bytes bytes, bool more) {
  if (more) return false;
  Held plain;
  const auto content = undisguised(*m_disguise, bytes, k_most_disguised, plain);
  if (content)
    decoded(carrier, *content, m_disguise->name(), &plain);
  else if (content.error().name == "spill-limit")
    m_unwrapper.gap(content.error().name, content.error().message, true);
  else if (content.error().code == ErrorCode::limit)
    m_unwrapper.gap("unpack-size-limit", "more comes out of it than is looked at", true);
  return true;
}

bool CarrierScan::look_at_lzma(const Carrier& carrier, Bytes bytes, bool more) {
  std::size_t made = 0;
  const std::size_t most = std::min<std::uint64_t>(k_most_disguised, m_unwrapper.may_try());
  const auto content = formats::decompress_lzma_alone(bytes, most, &made);
  // Its dictionary has to be made before the first byte comes out.
  m_unwrapper.tried(std::max(made, k_lzma_start));
  if (!content && content.error().code == ErrorCode::truncated && more) return false;
  if (content)
    decoded(carrier, *content, "LZMA at byte " + std::to_string(carrier.offset));
  else if (content.error().code == ErrorCode::limit)
    m_unwrapper.gap("unpack-size-limit", "more comes out of it than is looked at", true);
  return true;
}

bool CarrierScan::look_at_program(const Carrier& carrier, Bytes bytes, bool more) {
  const auto header = formats::ElfHeader::read(bytes);
  if (!header) return !(more && header.error().code == ErrorCode::truncated);
  if (!is_runnable(*header)) return true;
  if (!has_segments(bytes)) return !(more && bytes.size() < k_tables);
  // Its bytes are searched as part of the outer file; only what is packed needs another look.
  const bool packed = formats::has_packed_shape(bytes);
  if (packed && more) return false;
  say_embedded(carrier, "plain");
  if (!packed) return true;
  m_unwrapper.tried(k_packed_start);
  if (m_unwrapper.may_try() > 0)
    m_unwrapper.content(bytes, " (ELF at byte " + std::to_string(carrier.offset) + ")", m_depth);
  else
    m_unwrapper.gap("unpack-size-limit", "more comes out of it than is looked at", true);
  return true;
}

// All that follows is under the key: where the program says that it ends is a claim like any other, and several may
// stand one behind the other.
bool CarrierScan::look_at_hidden_program(const Carrier& carrier, Bytes bytes, bool more) {
  if (!has_segments(exclusive_or(bytes.first(std::min(bytes.size(), k_tables)), carrier.key))) return true;
  if (more) return false;
  constexpr std::size_t k_piece = 1 << 20;
  Held plain;
  plain.expect(bytes.size());
  for (std::size_t at = 0; at < bytes.size(); at += k_piece) {
    const Bytes piece = bytes.subspan(at, std::min(k_piece, bytes.size() - at));
    if (auto kept = plain.append(exclusive_or(piece, carrier.key)); !kept) {
      m_unwrapper.gap(kept.error().name, kept.error().message, true);
      return true;
    }
    m_spill.forget(piece);
  }
  if (auto whole = plain.view())
    decoded(carrier, *whole, "XOR " + hex_byte(carrier.key), &plain);
  else
    m_unwrapper.gap(whole.error().name, whole.error().message, true);
  return true;
}

void CarrierScan::look_at_hidden_text(std::uint8_t key, Bytes window, std::uint64_t offset, std::size_t position) {
  if (offset + position < m_region_end[key] || m_regions >= k_most_regions) return;
  const std::size_t from = position - std::min(position, k_region);
  const std::size_t to = std::min(window.size(), position + k_region);
  m_region_end[key] = offset + to;
  ++m_regions;
  const Buffer content = exclusive_or(window.subspan(from, to - from), key);
  m_unwrapper.content(content, " (XOR " + hex_byte(key) + ")", m_depth);
}

}  // namespace hullcheck::detect
