#include "support/elf_writer.hpp"

#include <cstdint>

namespace hullcheck::test {
namespace {

class Writer {
 public:
  explicit Writer(const LibraryOptions& options) : m_options(options) {}

  void number(std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t shift = m_options.big_endian ? size - 1 - i : i;
      out += static_cast<char>(value >> (8 * shift) & 0xffU);
    }
  }
  void word(std::uint64_t value) { number(value, m_options.is_64 ? 8 : 4); }
  void align() { out.resize((out.size() + 7) / 8 * 8, '\0'); }

  std::string out;

 private:
  const LibraryOptions& m_options;
};

}  // namespace

std::string make_library(const LibraryOptions& options) {
  const bool wide = options.is_64;
  const std::size_t header = wide ? 64 : 52, segment = wide ? 56 : 32;
  std::string strings(1, '\0');
  const auto text = [&](const std::string& name) {
    const std::size_t at = strings.size();
    strings += name + '\0';
    return at;
  };
  Writer body(options);
  const auto symbol = [&](std::size_t name, bool defined) {
    body.number(name, 4);
    if (wide) body.number(name == 0 ? 0 : 0x12, 1), body.number(0, 1), body.number(defined ? 7 : 0, 2);
    body.word(defined ? 0x1000 : 0), body.word(16);
    if (!wide) {
      body.out.resize(body.out.size() - 4);
      body.number(16, 4), body.number(name == 0 ? 0 : 0x12, 1), body.number(0, 1), body.number(defined ? 7 : 0, 2);
    }
  };
  body.out.assign(header + 2 * segment, '\0');
  const std::size_t symbols_at = body.out.size();
  symbol(0, false);
  for (const std::string& name : options.defines) symbol(text(name), true);
  for (const std::string& name : options.imports) symbol(text(name), false);
  std::vector<std::size_t> needed;
  for (const std::string& name : options.needed) needed.push_back(text(name));
  const std::size_t name_at = options.shared_name.empty() ? 0 : text(options.shared_name);
  body.align();
  const std::size_t strings_at = body.out.size();
  body.out += strings;
  body.align();
  const std::size_t hash_at = body.out.size(), count = 1 + options.defines.size() + options.imports.size();
  body.number(1, 4), body.number(count, 4);
  for (std::size_t i = 0; i <= count; ++i) body.number(0, 4);
  body.align();
  const std::size_t dynamic_at = body.out.size();
  const auto entry = [&](std::uint64_t tag, std::uint64_t value) { body.word(tag), body.word(value); };
  for (const std::size_t at : needed) entry(1, at);
  if (name_at != 0) entry(14, name_at);
  entry(4, hash_at), entry(5, strings_at), entry(6, symbols_at), entry(10, strings.size()), entry(0, 0);
  const std::size_t end = body.out.size();

  Writer front(options);
  front.out = std::string(
                  "\x7f"
                  "ELF",
                  4) +
              static_cast<char>(wide ? 2 : 1) + static_cast<char>(options.big_endian ? 2 : 1);
  front.out += '\1' + std::string(9, '\0');
  front.number(3, 2), front.number(options.big_endian ? 21 : 62, 2), front.number(1, 4);
  front.word(0), front.word(header), front.word(options.sections ? end : 0);
  front.number(0, 4), front.number(header, 2), front.number(segment, 2), front.number(2, 2);
  front.number(wide ? 64 : 40, 2), front.number(options.sections ? 2 : 0, 2), front.number(0, 2);
  const auto program = [&](std::uint64_t type, std::uint64_t flags, std::uint64_t from, std::uint64_t size) {
    front.number(type, 4);
    if (wide) front.number(flags, 4);
    front.word(from), front.word(from), front.word(from), front.word(size), front.word(size);
    if (!wide) front.number(flags, 4);
    front.word(8);
  };
  program(1, 5, 0, end);
  program(2, 6, dynamic_at, end - dynamic_at);
  body.out.replace(0, front.out.size(), front.out);
  if (options.sections) body.out.append(wide ? 128 : 80, '\0');
  return body.out;
}

}  // namespace hullcheck::test
