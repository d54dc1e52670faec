#include "inventory/readers/dotnet_bundle.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "formats/inflate.hpp"
#include "inventory/readers/elf_parts.hpp"

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_files = 20'000;
constexpr std::size_t k_longest_path = 4096;
constexpr std::size_t k_place_size = 8;
// Hosts have some hundred kilobytes, or some tens of megabytes with the runtime in them; the files follow.
constexpr std::size_t k_largest_host = 128 << 20;

constexpr std::uint8_t k_turn = 0x5a;
// The mark with each byte XORed, or this program would carry it too.
constexpr std::array<std::uint8_t, 32> k_turned_mark{
    0x8b ^ k_turn, 0x12 ^ k_turn, 0x02 ^ k_turn, 0xb9 ^ k_turn, 0x6a ^ k_turn, 0x61 ^ k_turn, 0x20 ^ k_turn,
    0x38 ^ k_turn, 0x72 ^ k_turn, 0x7b ^ k_turn, 0x93 ^ k_turn, 0x02 ^ k_turn, 0x14 ^ k_turn, 0xd7 ^ k_turn,
    0xa0 ^ k_turn, 0x32 ^ k_turn, 0x13 ^ k_turn, 0xf5 ^ k_turn, 0xb9 ^ k_turn, 0xe6 ^ k_turn, 0xef ^ k_turn,
    0xae ^ k_turn, 0x33 ^ k_turn, 0x18 ^ k_turn, 0xee ^ k_turn, 0x3b ^ k_turn, 0x2d ^ k_turn, 0xce ^ k_turn,
    0x24 ^ k_turn, 0xb3 ^ k_turn, 0x6a ^ k_turn, 0xae ^ k_turn};

using Mark = std::array<std::uint8_t, 32>;
const Mark& mark() {
  static const Mark plain = [] {
    Mark out{};
    std::transform(k_turned_mark.begin(), k_turned_mark.end(), out.begin(),
                   [](std::uint8_t byte) { return static_cast<std::uint8_t>(byte ^ k_turn); });
    return out;
  }();
  return plain;
}

// Where the head lies, 0 where there is no mark or the host carries nothing.
std::uint64_t place_in(Bytes bytes) {
  const std::boyer_moore_horspool_searcher searcher(mark().begin(), mark().end());
  for (auto from = bytes.begin();;) {
    const auto found = std::search(from, bytes.end(), searcher);
    if (found == bytes.end()) return 0;
    const auto at = static_cast<std::uint64_t>(found - bytes.begin());
    if (at >= k_place_size)
      if (const auto place = read_le<std::uint64_t>(bytes, at - k_place_size).value_or(0); place != 0) return place;
    from = found + 1;
  }
}

// Compilers put the mark where memory may be written; a host that is no ELF is searched whole.
std::uint64_t place_of_head(Bytes program) {
  const auto elf = ElfParts::open(program);
  if (!elf) return place_in(program.first(std::min(program.size(), k_largest_host)));
  for (const Bytes part : elf->writable())
    if (const std::uint64_t place = place_in(part.first(std::min(part.size(), k_largest_host))); place != 0)
      return place;
  return 0;
}

// Fields one after the other; running off the end is remembered and gives zeros.
class Head {
 public:
  Head(Bytes program, std::uint64_t offset) : m_program(program), m_offset(offset) {}
  template <class Integer>
  Integer take() {
    const auto value = read_le<Integer>(m_program, m_offset);
    m_failed = m_failed || !value;
    m_offset += sizeof(Integer);
    return value.value_or(0);
  }
  // Its length stands before it, seven bits a byte.
  std::string text() {
    std::uint64_t size = 0;
    for (unsigned shift = 0; shift < 28; shift += 7) {
      const auto byte = take<std::uint8_t>();
      size |= std::uint64_t{byte & 0x7fU} << shift;
      if ((byte & 0x80U) == 0) break;
    }
    const auto part = slice(m_program, m_offset, size);
    m_failed = m_failed || !part || size > k_longest_path;
    m_offset += size;
    return m_failed ? std::string() : std::string(as_text(*part));
  }
  bool failed() const { return m_failed; }

 private:
  Bytes m_program;
  std::uint64_t m_offset;
  bool m_failed = false;
};

constexpr std::uint32_t k_first_with_summary = 2, k_first_deflated = 6, k_last_known = 6;

std::optional<DotnetBundle::File> read_file(Bytes program, Head& head, std::uint32_t version) {
  DotnetBundle::File file;
  const auto offset = head.take<std::uint64_t>();
  file.size = head.take<std::uint64_t>();
  const std::uint64_t packed = version >= k_first_deflated ? head.take<std::uint64_t>() : 0;
  const auto kind = head.take<std::uint8_t>();
  if (kind <= static_cast<std::uint8_t>(DotnetBundle::Kind::symbols)) file.kind = DotnetBundle::Kind{kind};
  file.path = head.text();
  file.deflated = packed != 0;
  const auto data = slice(program, offset, file.deflated ? packed : file.size);
  if (head.failed() || !data) return std::nullopt;
  file.data = *data;
  return file;
}

}  // namespace

std::optional<DotnetBundle> read_dotnet_bundle(Bytes program) {
  const std::uint64_t place = place_of_head(program);
  if (place == 0) return std::nullopt;
  Head head(program, place);
  const auto version = head.take<std::uint32_t>();
  head.take<std::uint32_t>();  // minor
  const auto count = head.take<std::uint32_t>();
  head.text();  // the bundle's own id
  // Places and sizes of two files that are in the list as well, and flags.
  if (version >= k_first_with_summary)
    for (int i = 0; i < 5; ++i) head.take<std::uint64_t>();
  DotnetBundle bundle;
  if (head.failed() || version == 0 || version > k_last_known || count > k_most_files) {
    bundle.damaged = true;
    return bundle;
  }
  for (std::uint32_t i = 0; i < count && !bundle.damaged; ++i) {
    if (auto file = read_file(program, head, version))
      bundle.files.push_back(std::move(*file));
    else
      bundle.damaged = true;
  }
  return bundle;
}

std::optional<Buffer> unpack(const DotnetBundle::File& file, std::size_t most) {
  if (file.size > most) return std::nullopt;
  if (!file.deflated) return Buffer(file.data.begin(), file.data.end());
  auto plain = formats::inflate(file.data, formats::DeflateFrame::raw, most);
  if (!plain.ok() || plain->size() != file.size) return std::nullopt;
  return std::move(*plain);
}

}  // namespace hullcheck::inventory
