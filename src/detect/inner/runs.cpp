#include "detect/inner/runs.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "formats/elf.hpp"
#include "util/ascii.hpp"
#include "util/base64.hpp"
#include "util/digits.hpp"

namespace hullcheck::detect {
namespace {

constexpr std::size_t k_lane = 16;
constexpr std::size_t k_plain = 64 << 10;  // characters of a string between two escapes
constexpr std::size_t k_passed = 1 << 20;  // digits that are decoded between two words about it
constexpr std::size_t k_separator = 32;    // bytes between two lines of a run
static_assert(k_run_line >= k_least_stretch);

// The compilers' own vectors: on every processor, and where it has none they are loops.
using Lane = std::uint8_t __attribute__((vector_size(k_lane)));
using Mask = std::int8_t __attribute__((vector_size(k_lane)));

Lane load(const std::uint8_t* from) {
  Lane lane;
  std::memcpy(&lane, from, k_lane);
  return lane;
}

// In registers: through memory it would cost more than the test itself.
using Halves = std::uint64_t __attribute__((vector_size(k_lane)));

bool all(Mask mask) {
  const auto halves = std::bit_cast<Halves>(mask);
  return (halves[0] & halves[1]) == ~std::uint64_t{0};
}
bool any(Mask mask) {
  const auto halves = std::bit_cast<Halves>(mask);
  return (halves[0] | halves[1]) != 0;
}

enum Class : std::uint8_t { digit64 = 1, hex_digit = 2, separator = 4, lower = 8, upper = 16, number = 32 };

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> classes{};
  for (int c = 'a'; c <= 'z'; ++c) classes[static_cast<std::size_t>(c)] = digit64 | lower;
  for (int c = 'A'; c <= 'Z'; ++c) classes[static_cast<std::size_t>(c)] = digit64 | upper;
  for (int c = '0'; c <= '9'; ++c) classes[static_cast<std::size_t>(c)] = digit64 | hex_digit | number;
  for (int c = 'a'; c <= 'f'; ++c) classes[static_cast<std::size_t>(c)] |= hex_digit;
  for (int c = 'A'; c <= 'F'; ++c) classes[static_cast<std::size_t>(c)] |= hex_digit;
  for (const char c : {'+', '/', '-', '_', '='}) classes[static_cast<std::size_t>(c)] = digit64;
  // A dot joins strings in PHP and Perl, a hash or a star begins the line of a comment.
  for (const char c : {' ', '\t', '\r', '\n', '"', '\'', ',', '\\', ';', '`', '|', '.', '#', '*'})
    classes[static_cast<std::size_t>(c)] = separator;
  return classes;
}
constexpr std::array<std::uint8_t, 256> k_classes = make_classes();

template <class Value>
constexpr std::array<std::int8_t, 256> make_values(Value value) {
  std::array<std::int8_t, 256> values{};
  for (std::size_t c = 0; c < values.size(); ++c) values[c] = static_cast<std::int8_t>(value(static_cast<char>(c)));
  return values;
}
constexpr std::array<std::int8_t, 256> k_hex_values = make_values(util::hex_digit);
constexpr std::array<std::int8_t, 256> k_base64_values = make_values(util::base64_digit);

bool is_digit(std::uint8_t byte) { return (k_classes[byte] & digit64) != 0; }

// How the magic of ELF differs from byte to byte.
constexpr std::uint8_t k_elf_first = 0x7f ^ 'E', k_elf_second = 'E' ^ 'L';
constexpr std::size_t k_places = 64;

// Of the k_places places from `at` on, of the next as many ..., the first in which one has both differences; `limit`
// or less than k_places before it if there is none. Reads two bytes behind `limit`.
using NextPlace = std::size_t (*)(const std::uint8_t* data, std::size_t at, std::size_t limit);

std::size_t next_place_plainly(const std::uint8_t* data, std::size_t at, std::size_t limit) {
  for (; at + k_places <= limit; at += k_places) {
    Mask found{};
    for (std::size_t i = at; i < at + k_places; i += k_lane) {
      const Lane here = load(data + i), next = load(data + i + 1), after = load(data + i + 2);
      found |= ((here ^ next) == k_elf_first) & ((next ^ after) == k_elf_second);
    }
    if (any(found)) break;
  }
  return at;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) std::size_t next_place_by_lanes(const std::uint8_t* data, std::size_t at,
                                                                std::size_t limit) {
  const __m256i first = _mm256_set1_epi8(k_elf_first), second = _mm256_set1_epi8(k_elf_second);
  const auto load = [&](std::size_t from) __attribute__((target("avx2"))) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data + from));
  };
  const auto both = [&](std::size_t from) __attribute__((target("avx2"))) {
    const __m256i next = load(from + 1);
    return _mm256_and_si256(_mm256_cmpeq_epi8(_mm256_xor_si256(load(from), next), first),
                            _mm256_cmpeq_epi8(_mm256_xor_si256(next, load(from + 2)), second));
  };
  for (; at + k_places <= limit; at += k_places)
    if (_mm256_movemask_epi8(_mm256_or_si256(both(at), both(at + 32))) != 0) break;
  return at;
}
#endif

NextPlace choose_next_place() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") != 0) return next_place_by_lanes;
#endif
  return next_place_plainly;
}

// Whether all sixteen are digits of the data itself, padding not among them.
bool all_data(const std::uint8_t* from) {
  const Lane lane = load(from);
  const Lane letter = (lane | 0x20) - 'a';
  const Lane figure = lane - '/';  // and the slash before them
  return all((letter < 26) | (figure < 11) | (lane == '+') | (lane == '-') | (lane == '_'));
}

// A digit of the data itself: '=' before it is an assignment's, behind it padding.
bool is_data(std::uint8_t byte) { return byte != '=' && is_digit(byte); }

std::size_t line_end(Bytes window, std::size_t at) {
  while (at + k_lane <= window.size() && all_data(window.data() + at)) at += k_lane;
  while (at < window.size() && is_data(window[at])) ++at;
  for (int padding = 0; padding < 2 && at < window.size() && window[at] == '='; ++padding) ++at;
  return at;
}

// Letters of both cases and figures, or hexadecimal digits and nothing else: rulers, words and paths have less.
bool looks_encoded(Bytes line) {
  std::uint8_t seen = 0, common = hex_digit;
  for (const std::uint8_t byte : line) {
    seen |= k_classes[byte];
    common &= k_classes[byte];
  }
  const bool mixed = (seen & lower) != 0 && (seen & upper) != 0 && (seen & number) != 0;
  return mixed || ((common & hex_digit) != 0 && (seen & number) != 0 && (seen & (lower | upper)) != 0);
}

// From the end of a line to the start of the next one; the same place if there is none. The letters of "\n" and "\r"
// belong to what separates.
std::size_t next_line(Bytes window, std::size_t at) {
  const std::size_t start = at;
  while (at < window.size() && at - start < k_separator) {
    const std::uint8_t byte = window[at];
    if (is_data(byte)) {
      const bool concatenation = byte == '+' && at + 1 < window.size() && !is_digit(window[at + 1]);
      if (!concatenation) return at;
    } else if ((k_classes[byte] & separator) == 0) {
      return start;
    }
    const bool escape = byte == '\\' && at + 1 < window.size();
    at += escape && (window[at + 1] == 'n' || window[at + 1] == 'r' || window[at + 1] == 't') ? 2 : 1;
  }
  return at < window.size() ? start : at;
}

bool all_hex(Bytes line) {
  return std::all_of(line.begin(), line.end(), [](std::uint8_t byte) { return (k_classes[byte] & hex_digit) != 0; });
}

// From the start of a line to the end of the run's last line.
std::size_t run_end(Bytes window, std::size_t begin) {
  std::size_t end = line_end(window, begin);
  const std::size_t first = end - begin;
  // The word behind hexadecimal digits would make base64 of them.
  const bool hex = all_hex(window.subspan(begin, first));
  while (end < window.size() && (end == begin || window[end - 1] != '=')) {
    const std::size_t next = next_line(window, end);
    if (next == end || next == window.size()) break;
    const std::size_t next_end = line_end(window, next);
    if (hex && !all_hex(window.subspan(next, next_end - next))) break;
    end = next_end;
    if (next_end - next < std::min(k_run_line, first)) break;  // the last line
  }
  return end;
}

// Each line's digits, until `visit` says that it has seen enough.
template <class Visit>
void each_line(Bytes run, Visit visit) {
  for (std::size_t at = 0; at < run.size();) {
    const std::size_t end = line_end(run, at);
    if (!visit(run.subspan(at, end - at)) || end == run.size()) return;
    const std::size_t next = next_line(run, end);
    at = next == end ? run.size() : next;
  }
}

std::string digits_of(Bytes run) {
  std::string digits;
  digits.reserve(run.size());
  each_line(run, [&](Bytes line) {
    digits.append(as_text(line));
    return true;
  });
  return digits;
}

// Digits of `width` bits each into bytes, those that come in pieces among them. A last digit that fills no byte is
// what was cut from a neighbour.
class DigitReader {
 public:
  DigitReader(unsigned width, std::size_t room) : m_width(width) { m_out.reserve(room); }

  void add(unsigned digit) {
    m_bits = m_bits << m_width | digit;
    m_held += m_width;
    if (m_held < 8) return;
    m_held -= 8;
    m_out.push_back(static_cast<std::uint8_t>(m_bits >> m_held));
  }
  // What was read since the last time.
  bool give(const std::function<bool(Bytes)>& take) {
    const bool go_on = m_out.empty() || take(m_out);
    m_out.clear();
    return go_on;
  }

 private:
  unsigned m_width, m_bits = 0, m_held = 0;
  Buffer m_out;
};

// One spelt byte at `at`, which moves behind it; -1 for none.
int spelt_byte(std::string_view text, std::size_t& at) {
  const auto digit = [&](std::size_t i) { return i < text.size() ? util::hex_digit(text[i]) : -1; };
  const bool backslash = text[at] == '\\';
  if ((backslash || text[at] == '0') && at + 1 < text.size() && (text[at + 1] == 'x' || text[at + 1] == 'X')) {
    if (digit(at + 2) < 0) return -1;
    const bool two = digit(at + 3) >= 0;
    const int value = two ? digit(at + 2) * 16 + digit(at + 3) : digit(at + 2);
    at += two ? 4 : 3;
    return value;
  }
  if (!backslash) return -1;
  constexpr std::string_view k_letters = "abfnrtv\\'\"", k_letter_bytes = "\a\b\f\n\r\t\v\\'\"";
  const std::size_t letter = at + 1 < text.size() ? k_letters.find(text[at + 1]) : std::string_view::npos;
  if (letter != std::string_view::npos) {
    at += 2;
    return static_cast<std::uint8_t>(k_letter_bytes[letter]);
  }
  std::size_t end = at + 1;
  int value = 0;
  // printf's own "%b" takes a zero before three digits.
  const std::size_t most = end < text.size() && text[end] == '0' ? 4 : 3;
  while (end < text.size() && end - at <= most && text[end] >= '0' && text[end] <= '7')
    value = value * 8 + (text[end++] - '0');
  if (end == at + 1 || value > 255) return -1;
  at = end;
  return value;
}

}  // namespace

void find_text_runs(Bytes window, const std::vector<DigitStretch>& stretches, std::vector<TextRun>& out) {
  out.clear();
  std::size_t floor = 0;  // behind the last run
  for (const DigitStretch& stretch : stretches) {
    const std::size_t begin = std::max(stretch.begin, floor);
    if (stretch.end < begin + k_run_line || !looks_encoded(window.subspan(begin, stretch.end - begin))) continue;
    const std::size_t end = run_end(window, begin);
    if (end - begin < k_fewest_run && end != window.size()) continue;
    out.push_back({begin, end});
    floor = end;
  }
}

TextRun text_run_around(Bytes window, std::size_t position) {
  std::size_t begin = std::min(position, window.size());
  while (begin > 0 && is_data(window[begin - 1])) --begin;
  return {begin, run_end(window, begin)};
}

bool is_hex_run(Bytes run) {
  bool hex = true;
  each_line(run, [&](Bytes line) { return hex = all_hex(line); });
  return hex;
}

void decode_text_run(Bytes run, bool hex, const std::function<bool(Bytes decoded, Bytes digits)>& take) {
  const std::array<std::int8_t, 256>& values = hex ? k_hex_values : k_base64_values;
  const std::size_t most = hex ? run.size() / 2 : run.size() / 4 * 3 + 3;
  DigitReader reader(hex ? 4 : 6, std::min(most, k_passed));
  std::size_t since = 0;
  Bytes digits = run.first(0);
  const auto give = [&] {
    since = 0;
    return reader.give([&](Bytes decoded) { return take(decoded, digits); });
  };
  bool enough = false;
  each_line(run, [&](Bytes line) {
    for (Bytes rest = line; !rest.empty();) {
      const Bytes piece = rest.first(std::min(rest.size(), k_passed - since));
      rest = rest.subspan(piece.size());
      for (const std::uint8_t byte : piece) {
        const std::int8_t digit = values[byte];
        if (digit < 0) return false;  // padding
        reader.add(static_cast<unsigned>(digit));
      }
      since += piece.size();
      digits = run.first(static_cast<std::size_t>(piece.data() + piece.size() - run.data()));
      if (since == k_passed && !give()) enough = true;
      if (enough) return false;
    }
    return true;
  });
  if (!enough) give();
}

std::optional<Buffer> decode_turned_run(Bytes run, std::string_view& how) {
  // How base64 of ELF, gzip and zlib begins.
  constexpr std::array<std::string_view, 4> k_begins{"f0VMR", "H4sI", "eJ", "eN"};
  const auto begins = [&](std::string_view text) {
    return std::any_of(k_begins.begin(), k_begins.end(), [&](auto begin) { return text.starts_with(begin); });
  };
  std::string head(as_text(run.first(std::min<std::size_t>(run.size(), 8))));
  std::transform(head.begin(), head.end(), head.begin(), util::rot13);
  std::string tail(as_text(run.last(std::min<std::size_t>(run.size(), 8))));
  std::reverse(tail.begin(), tail.end());
  if (tail.starts_with('\n')) tail.erase(0, 1);
  const bool turned = begins(head);
  if (tail == "7f454c46" || tail == "7F454C46" || tail.starts_with("1f8b08")) {
    std::string digits = digits_of(run);
    std::reverse(digits.begin(), digits.end());
    if (!all_hex(as_bytes(digits))) return std::nullopt;
    how = "hex backwards";
    Buffer content;
    decode_text_run(as_bytes(digits), true, [&](Bytes piece, Bytes) {
      content.insert(content.end(), piece.begin(), piece.end());
      return true;
    });
    return content;
  }
  if (!turned && !begins(tail)) return std::nullopt;
  std::string digits = digits_of(run);
  if (turned)
    std::transform(digits.begin(), digits.end(), digits.begin(), util::rot13);
  else
    std::reverse(digits.begin(), digits.end());
  how = turned ? "ROT13 of base64" : "base64 backwards";
  while (digits.ends_with('=')) digits.pop_back();
  if (digits.size() % 4 == 1) digits.pop_back();
  return util::decode_base64(digits, digits.size());
}

Buffer decode_escapes(Bytes window, std::size_t position, std::size_t& end) {
  const std::string_view text = as_text(window);
  Buffer out;
  std::size_t at = position;
  const bool list = at < text.size() && text[at] == '0';
  end = at;
  while (at < text.size()) {
    const int value = spelt_byte(text, at);
    if (value >= 0) {
      out.push_back(static_cast<std::uint8_t>(value));
      end = at;
      continue;
    }
    const auto byte = static_cast<std::uint8_t>(text[at]);
    if (list) {
      if (at - end > k_separator || (k_classes[byte] & separator) == 0) break;
      ++at;
      continue;
    }
    // Quotes and line ends between pieces of a string; other characters stand for themselves.
    if (byte == '\n' || byte == '"' || byte == '\'') {
      const std::size_t next = text.find('\\', at);
      if (next == std::string_view::npos || next - at > k_separator) break;
      at = text[next + 1 < text.size() ? next + 1 : next] == '\n' ? next + 2 : next;
      continue;
    }
    if (byte < 0x20 || byte > 0x7e || at - end > k_plain) break;
    out.push_back(byte);
    ++at;
  }
  return out;
}

void find_hidden_headers(Bytes window, std::size_t from, std::size_t to, std::vector<HiddenHeader>& out) {
  const std::size_t limit = std::min(to, window.size() < 64 ? 0 : window.size() - 63);
  const std::uint8_t* const data = window.data();
  const auto verify = [&](std::size_t at) {
    const auto key = static_cast<std::uint8_t>(data[at] ^ 0x7f);
    if (key == 0 || (data[at + 3] ^ key) != 'F' || (data[at + 6] ^ key) != 1) return;
    const Buffer head = exclusive_or(window.subspan(at, 64), key);
    const auto header = formats::ElfHeader::read(head);
    if (!header || header->type < 1 || header->type > 4 || header->machine == 0) return;
    const std::size_t entry = header->is_64 ? 56 : 32, section = header->is_64 ? 64 : 40;
    if (header->segment_size == entry || header->section_size == section) out.push_back({at, key});
  };
  static const NextPlace k_next_place = choose_next_place();
  for (std::size_t at = from; at < limit; at += k_places) {
    at = k_next_place(data, at, limit);
    for (std::size_t i = at; i < std::min(limit, at + k_places); ++i)
      if ((data[i] ^ data[i + 1]) == k_elf_first && (data[i + 1] ^ data[i + 2]) == k_elf_second) verify(i);
  }
}

Buffer exclusive_or(Bytes bytes, std::uint8_t key) {
  Buffer out(bytes.begin(), bytes.end());
  for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(byte ^ key);
  return out;
}

}  // namespace hullcheck::detect
