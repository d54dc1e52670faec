#include "inventory/readers/dotnet_assembly.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include <fmt/format.h>

namespace hullcheck::inventory {
namespace {

constexpr std::size_t k_most_sections = 96;      // what Windows loads
constexpr std::size_t k_most_streams = 16;       // the specification has five
constexpr std::size_t k_most_resources = 1'000;  // in one folder of the resource tree
constexpr std::size_t k_most_version_nodes = 1'000;
constexpr std::size_t k_longest_text = 512;
constexpr std::uint16_t k_version_resource = 16;

// The headers of a PE file: where its directories are and how addresses become offsets.
class Pe {
 public:
  struct Directory {
    std::uint32_t address = 0, size = 0;
  };

  static std::optional<Pe> open(Bytes file) {
    if (file.size() < 64 || file[0] != 'M' || file[1] != 'Z') return std::nullopt;
    const std::uint64_t head = *read_le<std::uint32_t>(file, 60);
    if (read_le<std::uint32_t>(file, head) != 0x00004550U) return std::nullopt;
    Pe pe;
    pe.m_file = file;
    pe.m_optional = head + 24;
    const auto sections = read_le<std::uint16_t>(file, head + 6);
    const auto optional_size = read_le<std::uint16_t>(file, head + 20);
    const auto magic = read_le<std::uint16_t>(file, pe.m_optional);
    if (!sections || !optional_size || (magic != 0x10b && magic != 0x20b)) return std::nullopt;
    pe.m_directories = pe.m_optional + (magic == 0x20b ? 112 : 96);
    pe.m_sections = pe.m_optional + *optional_size;
    pe.m_section_count = std::min<std::size_t>(*sections, k_most_sections);
    return pe;
  }

  Directory directory(std::uint32_t index) const {
    const auto count = read_le<std::uint32_t>(m_file, m_directories - 4);
    if (!count || index >= *count) return {};
    const std::uint64_t at = m_directories + 8ULL * index;
    const auto address = read_le<std::uint32_t>(m_file, at), size = read_le<std::uint32_t>(m_file, at + 4);
    return address && size ? Directory{*address, *size} : Directory{};
  }

  std::optional<Bytes> at(std::uint32_t address, std::uint32_t size) const {
    for (std::size_t i = 0; i < m_section_count; ++i) {
      const auto header = slice(m_file, m_sections + 40 * i, 40);
      if (!header) return std::nullopt;
      const std::uint32_t begin = *read_le<std::uint32_t>(*header, 12), length = *read_le<std::uint32_t>(*header, 16);
      if (address < begin || address - begin >= length) continue;
      return slice(m_file, std::uint64_t{*read_le<std::uint32_t>(*header, 20)} + (address - begin), size);
    }
    return std::nullopt;
  }

 private:
  Bytes m_file;
  std::uint64_t m_optional = 0, m_directories = 0, m_sections = 0;
  std::size_t m_section_count = 0;
};

// --- CLI metadata
// ------------------------------------------------------------------------------------------------------

// One letter a column: 2 and 4 are bytes; S, G and B indexes into the heaps of strings, GUIDs and blobs; a lower-case
// letter a group of tables below; "<xx" the table with that number.
constexpr std::array<std::string_view, 32> k_columns{
    "2SGGG", "rSS", "4SSt<04<06", "<04",   "2SB",   "<06",  "422SB<08", "<08",    "22S", "<02t", "mSB",
    "2cB",   "aTB", "fB",         "2dB",   "24<02", "4<04", "B",        "<02<14", "<14", "2St",  "<02<17",
    "<17",   "2SB", "2<06s",      "<02oo", "S",     "B",    "2wS<1a",   "4<04",   "44",  "4"};
constexpr std::uint32_t k_assembly_table = 0x20;

struct Group {
  char letter;
  int bits;  // of the tag
  std::array<std::int8_t, 22> tables;
};
constexpr std::int8_t k_end = -1;
constexpr Group k_groups[] = {
    {'t', 2, {0x02, 0x01, 0x1b, k_end}},  // TypeDefOrRef
    {'c', 2, {0x04, 0x08, 0x17, k_end}},  // HasConstant
    {'a', 5, {0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0a, 0x00, 0x0e, 0x17, 0x14,
              0x11, 0x1a, 0x1b, 0x20, 0x23, 0x26, 0x27, 0x28, 0x2a, 0x2c, 0x2b}},  // HasCustomAttribute
    {'f', 1, {0x04, 0x08, k_end}},                                                 // HasFieldMarshal
    {'d', 2, {0x02, 0x06, 0x20, k_end}},                                           // HasDeclSecurity
    {'m', 3, {0x02, 0x01, 0x1a, 0x06, 0x1b, k_end}},                               // MemberRefParent
    {'s', 1, {0x14, 0x17, k_end}},                                                 // HasSemantics
    {'o', 1, {0x06, 0x0a, k_end}},                                                 // MethodDefOrRef
    {'w', 1, {0x04, 0x06, k_end}},                                                 // MemberForwarded
    {'T', 3, {0x06, 0x0a, k_end}},                                                 // CustomAttributeType
    {'r', 2, {0x00, 0x1a, 0x23, 0x01, k_end}},                                     // ResolutionScope
};

// The header of the stream of tables: how many rows each has, and how wide indexes are.
class Tables {
 public:
  static std::optional<Tables> open(Bytes stream) {
    const auto heaps = read_le<std::uint8_t>(stream, 6);
    const auto present = read_le<std::uint64_t>(stream, 8);
    if (!heaps || !present) return std::nullopt;
    Tables tables;
    tables.m_heaps = *heaps;
    std::uint64_t at = 24;
    for (std::uint32_t i = 0; i < 64; ++i) {
      if ((*present >> i & 1) == 0) continue;
      const auto rows = read_le<std::uint32_t>(stream, at);
      if (!rows) return std::nullopt;
      tables.m_rows[i] = *rows;
      at += 4;
    }
    if ((*heaps & 0x40) != 0) at += 4;  // extra data of edit-and-continue builds
    tables.m_body = at;
    tables.m_stream = stream;
    return tables;
  }

  // The first row of the table Assembly; nothing when there is none.
  std::optional<Bytes> assembly() const {
    if (m_rows[k_assembly_table] == 0) return std::nullopt;
    std::uint64_t at = m_body;
    for (std::size_t i = 0; i < k_columns.size(); ++i) at += std::uint64_t{m_rows[i]} * row_size(k_columns[i]);
    return slice(m_stream, at, 16 + blob_size() + 2ULL * string_size());
  }

  std::uint32_t string_size() const { return (m_heaps & 1) != 0 ? 4 : 2; }
  std::uint32_t blob_size() const { return (m_heaps & 4) != 0 ? 4 : 2; }

 private:
  std::uint32_t index_size(std::uint64_t rows, int tag_bits) const {
    return rows < (1ULL << (16 - tag_bits)) ? 2 : 4;
  }

  std::uint32_t group_size(char letter) const {
    const auto group =
        std::find_if(std::begin(k_groups), std::end(k_groups), [&](const Group& g) { return g.letter == letter; });
    std::uint32_t most = 0;
    for (const std::int8_t table : group->tables) {
      if (table == k_end) break;
      most = std::max(most, m_rows[static_cast<std::size_t>(table)]);
    }
    return index_size(most, group->bits);
  }

  std::uint32_t row_size(std::string_view columns) const {
    const auto digit = [](char c) { return static_cast<std::size_t>(c >= 'a' ? c - 'a' + 10 : c - '0'); };
    std::uint32_t size = 0;
    for (std::size_t i = 0; i < columns.size(); ++i) switch (columns[i]) {
        case '2': size += 2; break;
        case '4': size += 4; break;
        case 'S': size += string_size(); break;
        case 'G': size += (m_heaps & 2) != 0 ? 4 : 2; break;
        case 'B': size += blob_size(); break;
        case '<':
          size += index_size(m_rows[digit(columns[i + 1]) * 16 + digit(columns[i + 2])], 0);
          i += 2;
          break;
        default: size += group_size(columns[i]);
      }
    return size;
  }

  Bytes m_stream;
  std::uint64_t m_body = 0;
  std::uint8_t m_heaps = 0;
  std::array<std::uint32_t, 64> m_rows{};
};

struct Streams {
  Bytes tables, strings;
};

std::optional<Streams> open_metadata(const Pe& pe) {
  const Pe::Directory cli = pe.directory(14);
  const auto header = pe.at(cli.address, 16);
  if (cli.address == 0 || !header) return std::nullopt;
  const auto root = pe.at(*read_le<std::uint32_t>(*header, 8), *read_le<std::uint32_t>(*header, 12));
  if (!root || read_le<std::uint32_t>(*root, 0) != 0x424a5342U) return std::nullopt;
  std::uint64_t at = 16ULL + read_le<std::uint32_t>(*root, 12).value_or(0);
  const auto count = read_le<std::uint16_t>(*root, at + 2);
  if (!count) return std::nullopt;
  at += 4;
  Streams streams;
  for (std::size_t i = 0; i < std::min<std::size_t>(*count, k_most_streams); ++i) {
    const auto offset = read_le<std::uint32_t>(*root, at), size = read_le<std::uint32_t>(*root, at + 4);
    if (!offset || !size) return std::nullopt;
    const std::string_view rest = as_text(root->subspan(static_cast<std::size_t>(at + 8)));
    const std::string_view name = rest.substr(0, std::min(rest.substr(0, 32).find('\0'), rest.size()));
    const auto stream = slice(*root, *offset, *size);
    if (stream && (name == "#~" || name == "#-")) streams.tables = *stream;
    if (stream && name == "#Strings") streams.strings = *stream;
    at += 8 + (name.size() / 4 + 1) * 4;
  }
  return streams;
}

std::string string_at(Bytes heap, std::uint32_t offset) {
  if (offset >= heap.size()) return {};
  const std::string_view text = as_text(heap.subspan(offset)).substr(0, k_longest_text);
  return std::string(text.substr(0, text.find('\0')));
}

std::uint32_t heap_index(Bytes row, std::uint64_t at, std::uint32_t size) {
  return size == 4 ? read_le<std::uint32_t>(row, at).value_or(0) : read_le<std::uint16_t>(row, at).value_or(0);
}

// --- version resource
// --------------------------------------------------------------------------------------------------

// The data of the first resource of type "version": the tree has three levels, type, name and language.
std::optional<Bytes> version_resource(const Pe& pe) {
  const Pe::Directory place = pe.directory(2);
  const auto tree = pe.at(place.address, place.size);
  if (place.address == 0 || !tree) return std::nullopt;
  std::uint64_t at = 0;
  for (int level = 0; level < 3; ++level) {
    const auto named = read_le<std::uint16_t>(*tree, at + 12), numbered = read_le<std::uint16_t>(*tree, at + 14);
    if (!named || !numbered) return std::nullopt;
    const std::size_t count = std::min<std::size_t>(std::size_t{*named} + *numbered, k_most_resources);
    std::optional<std::uint32_t> next;
    for (std::size_t i = 0; i < count && !next; ++i) {
      const auto id = read_le<std::uint32_t>(*tree, at + 16 + 8 * i);
      if (id && (level > 0 || *id == k_version_resource)) next = read_le<std::uint32_t>(*tree, at + 20 + 8 * i);
    }
    constexpr std::uint32_t k_folder = 0x80000000U;
    if (!next || ((*next & k_folder) != 0) != (level < 2)) return std::nullopt;
    at = *next & ~k_folder;
  }
  const auto address = read_le<std::uint32_t>(*tree, at), size = read_le<std::uint32_t>(*tree, at + 4);
  return address && size ? pe.at(*address, *size) : std::nullopt;
}

// A node of the version resource: lengths, a key in UTF-16, and, each from a multiple of four on, value and children.
struct VersionNode {
  std::string key;
  Bytes value, children;
  std::uint64_t size = 0;  // with what follows up to the next one
};

// ASCII of UTF-16; other characters become "?".
std::string narrow(Bytes bytes, std::size_t longest) {
  std::string text;
  for (std::size_t at = 0; text.size() < longest; at += 2) {
    const auto unit = read_le<std::uint16_t>(bytes, at);
    if (!unit || *unit == 0) break;
    text += *unit >= 32 && *unit < 127 ? static_cast<char>(*unit) : '?';
  }
  return text;
}

std::uint64_t aligned(std::uint64_t at) { return (at + 3) & ~std::uint64_t{3}; }

// The node at `at` of `block`, whose own place is a multiple of four.
std::optional<VersionNode> version_node(Bytes block, std::uint64_t at) {
  const auto length = read_le<std::uint16_t>(block, at);
  if (!length || *length < 6) return std::nullopt;
  const auto node = slice(block, at, std::min<std::uint64_t>(*length, block.size() - at));
  if (!node || node->size() < 6) return std::nullopt;
  const bool is_text = read_le<std::uint16_t>(*node, 4) == 1;
  const std::uint64_t value_size = std::uint64_t{*read_le<std::uint16_t>(*node, 2)} * (is_text ? 2 : 1);
  VersionNode out;
  std::uint64_t end = 6;
  while (read_le<std::uint16_t>(*node, end).value_or(0) != 0) end += 2;
  out.key = narrow(node->subspan(6), 64);
  const std::uint64_t value = std::min<std::uint64_t>(aligned(end + 2), node->size());
  out.value = node->subspan(static_cast<std::size_t>(value));
  out.children =
      node->subspan(static_cast<std::size_t>(std::min<std::uint64_t>(aligned(value + value_size), node->size())));
  out.size = aligned(*length);
  return out;
}

std::vector<VersionNode> version_nodes(Bytes block) {
  std::vector<VersionNode> nodes;
  for (std::uint64_t at = 0; nodes.size() < k_most_version_nodes && at < block.size();) {
    auto node = version_node(block, at);
    if (!node) break;
    at += node->size;
    nodes.push_back(std::move(*node));
  }
  return nodes;
}

void read_versions(Bytes resource, DotnetAssembly& out) {
  const auto root = version_node(resource, 0);
  if (!root || root->key != "VS_VERSION_INFO") return;
  std::size_t budget = k_most_version_nodes;
  for (const VersionNode& part : version_nodes(root->children)) {
    if (part.key != "StringFileInfo") continue;
    for (const VersionNode& table : version_nodes(part.children))
      for (const VersionNode& string : version_nodes(table.children)) {
        if (budget-- == 0) return;
        if (string.key == "ProductVersion" && out.product_version.empty())
          out.product_version = narrow(string.value, k_longest_text);
        if (string.key == "FileVersion" && out.file_version.empty())
          out.file_version = narrow(string.value, k_longest_text);
      }
  }
}

// "13.0.1+ae9f" → "13.0.1"; "8.0.0-rc.1" as it is; "4.6.25519.03 built by: dlab" → "4.6.25519.03"; else "".
std::string plain_version(std::string_view text) {
  text = text.substr(0, text.find_first_of("+, "));
  const bool word = text.find_first_not_of("0123456789.-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") ==
                    std::string_view::npos;
  const bool number = !text.empty() && text.front() >= '0' && text.front() <= '9';
  const bool zero = text.find_first_not_of("0.") == std::string_view::npos;
  return word && number && !zero && text.find('.') != std::string_view::npos ? std::string(text) : std::string();
}

}  // namespace

bool is_dotnet_assembly(Bytes head) {
  const auto pe = Pe::open(head);
  return pe && pe->directory(14).address != 0;
}

std::optional<DotnetAssembly> read_dotnet_assembly(Bytes file) {
  const auto pe = Pe::open(file);
  if (!pe) return std::nullopt;
  const auto streams = open_metadata(*pe);
  const auto tables = streams ? Tables::open(streams->tables) : std::nullopt;
  const auto row = tables ? tables->assembly() : std::nullopt;
  if (!row) return std::nullopt;
  DotnetAssembly out;
  const std::uint64_t name = 16 + tables->blob_size();
  out.name = string_at(streams->strings, heap_index(*row, name, tables->string_size()));
  out.culture = string_at(streams->strings, heap_index(*row, name + tables->string_size(), tables->string_size()));
  if (out.name.empty()) return std::nullopt;
  const auto number = [&](std::uint64_t at) { return read_le<std::uint16_t>(*row, at).value_or(0); };
  out.version = fmt::format("{}.{}.{}.{}", number(4), number(6), number(8), number(10));
  if (const auto resource = version_resource(*pe)) read_versions(*resource, out);
  return out;
}

std::string nuget_version(const DotnetAssembly& assembly) {
  for (const std::string* text : {&assembly.product_version, &assembly.file_version, &assembly.version})
    if (std::string version = plain_version(*text); !version.empty()) return version;
  return {};
}

}  // namespace hullcheck::inventory
