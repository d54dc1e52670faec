#include "inventory/readers/go_build_info.hpp"

#include <algorithm>
#include <functional>

#include "inventory/readers/elf_parts.hpp"
#include "inventory/readers/language.hpp"

namespace hullcheck::inventory {
namespace {

// Written in two parts, so that this program does not hold the mark.
constexpr std::string_view k_mark_front = "\xff Go b", k_mark_back = "uildinf:";
constexpr std::size_t k_mark_size = 14, k_header_size = 32;
constexpr std::size_t k_longest_release = 256, k_longest_modules = 16 << 20, k_most_marks = 64;
constexpr std::size_t k_frame = 16;  // bytes before and after the module text

struct Strings {
  std::string_view release, modules;
  bool cut = false;
};

// A varint and that many bytes; the rest of the input when it is shorter.
std::optional<std::string_view> take_string(Bytes& bytes, bool& cut) {
  std::uint64_t size = 0;
  std::size_t used = 0;
  for (unsigned shift = 0;; shift += 7, ++used) {
    if (used >= bytes.size() || shift > 56) return std::nullopt;
    size |= static_cast<std::uint64_t>(bytes[used] & 0x7fU) << shift;
    if ((bytes[used] & 0x80U) == 0) break;
  }
  bytes = bytes.subspan(used + 1);
  cut = cut || size > bytes.size();
  const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(size, bytes.size()));
  const std::string_view text = as_text(bytes.first(taken));
  bytes = bytes.subspan(taken);
  return text;
}

std::optional<Strings> inline_strings(Bytes after_header) {
  Strings strings;
  const auto release = take_string(after_header, strings.cut);
  if (!release || strings.cut) return std::nullopt;
  strings.release = *release;
  if (const auto modules = take_string(after_header, strings.cut)) strings.modules = *modules;
  return strings;
}

std::optional<std::string_view> string_at(const ElfParts& elf, std::uint64_t header_address, std::size_t longest) {
  const std::uint64_t size = elf.pointer_size();
  const auto header = elf.at_address(header_address, 2 * size);
  if (!header) return std::nullopt;
  const auto length = elf.read_pointer(*header, size).value_or(0);
  if (length > longest) return std::nullopt;
  const auto bytes = elf.at_address(elf.read_pointer(*header, 0).value_or(0), length);
  return bytes ? std::optional(as_text(*bytes)) : std::nullopt;
}

std::optional<Strings> pointed_strings(const ElfParts& elf, Bytes header) {
  if (header[k_mark_size] != elf.pointer_size()) return std::nullopt;
  const auto release = string_at(elf, elf.read_pointer(header, 16).value_or(0), k_longest_release);
  if (!release) return std::nullopt;
  const auto modules =
      string_at(elf, elf.read_pointer(header, 16 + elf.pointer_size()).value_or(0), k_longest_modules);
  return Strings{*release, modules.value_or(std::string_view()), false};
}

bool is_release(std::string_view text) {
  return text.size() <= k_longest_release && (text.starts_with("go1") || text.starts_with("devel ")) &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

// The strings behind the first mark in `part` that has any.
std::optional<Strings> find_strings(Bytes part, const ElfParts* elf) {
  const std::string mark = std::string(k_mark_front) + std::string(k_mark_back);
  const std::string_view text = as_text(part);
  std::size_t tried = 0;
  for (std::size_t at = text.find(mark); at != std::string_view::npos && tried < k_most_marks;
       at = text.find(mark, at + 1)) {
    ++tried;
    const auto header = slice(part, at, k_header_size);
    if (!header) continue;
    const bool is_inline = ((*header)[k_mark_size + 1] & 2U) != 0;
    std::optional<Strings> strings;
    if (is_inline)
      strings = inline_strings(part.subspan(at + k_header_size));
    else if (elf != nullptr)
      strings = pointed_strings(*elf, *header);
    if (strings && is_release(strings->release)) return strings;
  }
  return std::nullopt;
}

std::optional<Strings> find_in_file(Bytes file, bool everywhere) {
  const auto elf = ElfParts::open(file);
  if (!elf) return find_strings(file, nullptr);
  if (const auto section = elf->section(".go.buildinfo"))
    if (auto strings = find_strings(*section, &*elf)) return strings;
  for (const Bytes segment : elf->writable())
    if (auto strings = find_strings(segment, &*elf)) return strings;
  // Position-independent programs have it in a segment that is only read.
  return everywhere ? find_strings(file, &*elf) : std::nullopt;
}

// The module text of a section that ends before it does is looked for in the whole file: see read_go_build_info().
std::string_view without_frame(std::string_view modules, bool& cut) {
  const bool framed = modules.size() >= 2 * k_frame + 1 && modules[modules.size() - k_frame - 1] == '\n';
  if (framed) return modules.substr(k_frame, modules.size() - 2 * k_frame);
  cut = cut || !modules.empty();
  return modules.size() > k_frame ? modules.substr(k_frame) : std::string_view();
}

std::string_view take_field(std::string_view& line) {
  const std::size_t tab = line.find('\t');
  const std::string_view word = line.substr(0, tab);
  line = tab == std::string_view::npos ? std::string_view() : line.substr(tab + 1);
  return word;
}

bool is_folder(std::string_view path) {
  return path.starts_with("./") || path.starts_with("../") || path.starts_with('/') || path == "." || path == ".." ||
         (path.size() > 2 && path[1] == ':');
}

// A version given to the linker: -X main.version=1.2.3, -X 'github.com/x/y/version.Version=v1.2.3'.
std::string_view linker_version(std::string_view flags) {
  for (const std::string_view name : {".version=", ".Version=", ".gitVersion=", ".buildVersion=", ".appVersion="}) {
    const std::size_t at = flags.find(name);
    if (at == std::string_view::npos) continue;
    std::string_view value = flags.substr(at + name.size());
    value = value.substr(0, value.find_first_of(" '\"\\\t"));
    std::string_view digits = value;
    if (digits.starts_with('v')) digits.remove_prefix(1);
    if (!digits.empty() && digits.front() >= '0' && digits.front() <= '9' && contains(digits, ".")) return value;
  }
  return {};
}

void read_modules(std::string_view text, GoBuildInfo& info) {
  while (!text.empty()) {
    std::string_view line = take_line(text);
    const std::string_view kind = take_field(line);
    if (kind == "build") {
      if (!line.starts_with("-ldflags=") || info.modules.empty() || !info.modules.front().main) continue;
      GoModule& main = info.modules.front();
      if (const std::string_view version = linker_version(line); main.version == "(devel)" && !version.empty())
        main.version = version.starts_with('v') ? std::string(version) : "v" + std::string(version);
      continue;
    }
    if (kind != "mod" && kind != "dep" && kind != "=>") continue;
    const std::string_view path = take_field(line), version = take_field(line);
    if (path.empty()) continue;
    if (info.modules.size() >= k_most_language_packages) {
      info.truncated = true;
      return;
    }
    if (kind != "=>") {
      info.modules.push_back({std::string(path), std::string(version), kind == "mod", ""});
    } else if (!info.modules.empty()) {
      GoModule& module = info.modules.back();
      if (is_folder(path)) {
        module.version.clear();
        continue;
      }
      module.replaced = module.path;
      module.path = path;
      module.version = version;
    }
  }
}

}  // namespace

std::optional<GoBuildInfo> read_go_build_info(Bytes file, bool everywhere) {
  auto strings = find_in_file(file, everywhere);
  if (!strings) return std::nullopt;
  GoBuildInfo info;
  info.release = strings->release;
  bool cut = strings->cut;
  std::string_view modules = strings->modules;
  if (modules.size() > k_longest_modules) {
    modules = modules.substr(0, k_longest_modules);
    cut = true;
  }
  modules = without_frame(modules, cut);
  info.truncated = cut;
  read_modules(modules, info);
  return info;
}

std::string go_release_version(std::string_view release) {
  const std::size_t at = release.find("go1");
  if (at == std::string_view::npos) return {};
  std::string_view text = release.substr(at + 2);
  text = text.substr(0, text.find_first_of(" -+"));
  const std::size_t digits = text.find_first_not_of("0123456789.");
  std::string version(text.substr(0, digits));
  while (version.ends_with('.')) version.pop_back();
  const auto dots = std::count(version.begin(), version.end(), '.');
  if (dots == 0) version += ".0.0";
  if (dots == 1) version += ".0";
  if (digits == std::string_view::npos) return version;
  // "rc1" sorts as text and number: "rc.1".
  std::string_view suffix = text.substr(digits);
  const std::size_t number = suffix.find_first_of("0123456789");
  version += "-" + std::string(suffix.substr(0, number));
  if (number != std::string_view::npos) version += "." + std::string(suffix.substr(number));
  return version;
}

}  // namespace hullcheck::inventory
