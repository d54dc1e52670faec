// One inert program with the constants of a proof of work, carried in every way in which such programs have been
// carried past scanners: each image must be called malicious, and the ordinary twins of the same wrappings must not.
#include <gtest/gtest.h>

#include <functional>

#include "detect/content/hidden_literal.hpp"
#include "detect/image_builder.hpp"
#include "detect/inner/disguise.hpp"
#include "support/compress.hpp"
#include "support/upx_writer.hpp"
#include "support/zip_builder.hpp"
#include "util/base64.hpp"
#include "util/bytes.hpp"

namespace hullcheck::detect {
namespace {

// The six constants, masked as everywhere in these sources.
std::string constants() {
  constexpr auto k_masked = hide(
      "\x0d\x2c\xb5\x92\xde\x56\xa8\x9f\x47\xdb\x82\xcc\xad\x3a\x98\xd7"
      "\x6e\x99\x8d\x33\x98\xb7\xc7\x15\x5a\x12\x9e\xf5\x57\x80\xe7\xac"
      "\x17\x00\x77\x6a\xd0\xc7\x62\xae\x6b\x50\x79\x50\xe4\x7c\xa0\xe8"
      "\x0c\x24\x0a\x63\x8d\x82\xad\x07\x05\x00\xa1\x79\x48\x49\x99\x7e"
      "\x89\x83\xfa\xf6\x9f\x94\x24\x8b\xbf\x56\xdc\x90\x01\x02\x89\x06"
      "\xd1\x63\xb2\x61\x3c\xe0\xf4\x51\xc6\x43\x10\xee\x9b\xf9\x18\xed");
  return k_masked.reveal();
}

// Text compresses and constants do not: as a real program, it gets smaller but not to nothing.
std::string program(bool sections = true) {
  const std::string values = constants();
  test::ElfOptions options;
  options.sections = sections;
  options.padding = 100;
  return test::make_elf(test::sample_text(40'000) + values.substr(0, 48) + test::sample_text(2000, 2) +
                            values.substr(48) + test::sample_text(30'000, 3),
                        options);
}
// The same without what is looked for.
std::string harmless() { return test::make_elf(test::sample_text(70'000)); }

using Wrap = std::function<std::string(const std::string&)>;

std::string exclusive_or(std::string text, unsigned char key) {
  for (char& c : text) c = static_cast<char>(static_cast<unsigned char>(c) ^ key);
  return text;
}

std::string base64(const std::string& bytes, std::size_t line = 76) {
  const std::string digits = util::encode_base64(as_bytes(bytes));
  std::string text;
  for (std::size_t at = 0; at < digits.size(); at += line) text += digits.substr(at, line) + "\n";
  return text;
}

std::string escapes(const std::string& bytes) {
  const std::string hex = to_hex(as_bytes(bytes));
  std::string text;
  for (std::size_t i = 0; i < hex.size(); i += 2) text += "\\x" + hex.substr(i, 2);
  return text;
}

std::string zip(const std::string& name, const std::string& bytes) {
  const Buffer archive = test::make_zip({test::deflated(name, bytes)});
  return std::string(as_text(archive));
}

std::string upx(const std::string& elf, test::UpxOptions options) {
  options.method = test::can_pack_upx() ? options.method : test::UpxMethod::lzma;
  return test::pack_upx(elf, options);
}

std::string long_key(std::string text, std::string_view key) {
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(text[i] ^ key[i % key.size()]);
  return text;
}

std::string each_byte(std::string text, unsigned char (*change)(unsigned char)) {
  for (char& c : text) c = static_cast<char>(change(static_cast<unsigned char>(c)));
  return text;
}

std::string rot13(std::string text) {
  return each_byte(std::move(text), [](unsigned char c) -> unsigned char {
    const unsigned small = c | 0x20U;
    if (small < 'a' || small > 'z') return c;
    return static_cast<unsigned char>(small < 'n' ? c + 13 : c - 13);
  });
}

std::string numbers(const std::string& bytes, const char* between) {
  std::string text;
  for (const char c : bytes) text += std::to_string(static_cast<unsigned char>(c)) + between;
  return text;
}

// As xxd writes it, with what the bytes mean as text behind each line.
std::string dump(const std::string& bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 16) {
    text += "0000" + to_hex(as_bytes(std::string{static_cast<char>(at >> 8U), static_cast<char>(at)})) + ": ";
    for (std::size_t i = at; i < std::min(at + 16, bytes.size()); i += 2)
      text += to_hex(as_bytes(bytes.substr(i, std::min<std::size_t>(2, bytes.size() - i)))) + " ";
    text += " ..ab.c  dead..\n";
  }
  return text;
}

std::string base32(const std::string& bytes) {
  constexpr std::string_view k_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  std::uint64_t value = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    value = value << 8U | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 5; value &= (1U << bits) - 1) {
      bits -= 5;
      text += k_digits[value >> bits];
      if (text.size() % 77 == 76) text += '\n';
    }
  }
  return text + k_digits[(value << (5 - bits)) & 31U];
}

std::string uuencode(const std::string& bytes) {
  std::string text = "begin 755 x\n";
  for (std::size_t at = 0; at < bytes.size(); at += 45) {
    const std::string line = bytes.substr(at, 45);
    const auto character = [](unsigned value) { return static_cast<char>(value == 0 ? '`' : ' ' + value); };
    text += character(static_cast<unsigned>(line.size()));
    for (std::size_t i = 0; i < line.size(); i += 3) {
      unsigned value = 0;
      for (std::size_t k = i; k < i + 3; ++k)
        value = value << 8U | (k < line.size() ? static_cast<unsigned char>(line[k]) : 0U);
      for (const unsigned shift : {18U, 12U, 6U, 0U}) text += character(value >> shift & 63U);
    }
    text += '\n';
  }
  return text + "`\nend\n";
}

// Deflate without a name round it, and zlib's: its two bytes before and a sum behind.
std::string raw_deflate(const std::string& bytes) { return test::deflate(bytes); }
std::string zlib(const std::string& bytes) {
  std::uint32_t low = 1, high = 0;
  for (const char c : bytes) {
    low = (low + static_cast<unsigned char>(c)) % 65521;
    high = (high + low) % 65521;
  }
  std::string sum;
  for (const std::uint32_t part : {high >> 8U, high, low >> 8U, low}) sum += static_cast<char>(part & 255U);
  return "\x78\x9c" + raw_deflate(bytes) + sum;
}

std::string short_strings(const std::string& bytes) {
  const std::string digits = base64(bytes, bytes.size() * 2);
  std::string text = "const parts = [";
  for (std::size_t at = 0; at + 1 < digits.size(); at += 20) text += "\"" + digits.substr(at, 20) + "\", ";
  return text + "];\n";
}

// Hexadecimal digits in strings of that many.
std::string hex_strings(const std::string& bytes, std::size_t length, const char* before, const char* between,
                        const char* behind) {
  const std::string hex = to_hex(as_bytes(bytes));
  std::string text = before;
  for (std::size_t at = 0; at < hex.size(); at += length) text += (at > 0 ? between : "") + hex.substr(at, length);
  return text + behind;
}

// od -An -v -tu1's sister for octal, by bytes and by pairs as od writes them when nothing else is asked for.
std::string octal(const std::string& bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    text += ' ';
    for (const unsigned shift : {6U, 3U, 0U}) text += static_cast<char>('0' + (byte >> shift & 7U));
    if (i % 16 == 15) text += '\n';
  }
  return text + "\n";
}

std::string octal_pairs(const std::string& bytes) {
  std::string text;
  const auto number = [&](unsigned value, int digits) {
    for (int i = digits - 1; i >= 0; --i) text += static_cast<char>('0' + (value >> (3 * i) & 7U));
  };
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    if (i % 16 == 0) number(static_cast<unsigned>(i), 7);
    text += ' ';
    number(static_cast<unsigned char>(bytes[i]) | static_cast<unsigned char>(bytes[i + 1]) << 8U, 6);
    if (i % 16 == 14) text += '\n';
  }
  return text + "\n";
}

std::string base85(const std::string& bytes, bool ascii) {
  constexpr std::string_view k_digits =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
  std::string text;
  for (std::size_t at = 0; at + 4 <= bytes.size(); at += 4) {
    std::uint32_t value = 0;
    for (std::size_t i = at; i < at + 4; ++i) value = value << 8U | static_cast<unsigned char>(bytes[i]);
    std::string group(5, ' ');
    for (std::size_t i = 5; i-- > 0; value /= 85)
      group[i] = ascii ? static_cast<char>('!' + value % 85) : k_digits[value % 85];
    text += ascii && group == "!!!!!" ? "z" : group;
  }
  return text;
}

std::string wide(const std::string& text) {
  std::string out;
  for (const char c : text) out += std::string{c, '\0'};
  return out;
}

std::string backwards(const std::string& bytes) { return {bytes.rbegin(), bytes.rend()}; }

// The last entry of the table of sections as linkers write it: no link, aligned to one, no entries.
std::string with_last_section(const std::string& elf) {
  return elf.substr(0, elf.size() - 24) + std::string(8, '\0') + '\1' + std::string(15, '\0');
}

struct Variant {
  const char* name;
  Wrap wrap;
  const char* inner = "";  // how the finding's path goes on behind the file's
};

const std::vector<Variant>& variants() {
  using test::UpxMethod;
  static const std::vector<Variant> list = {
      {"plain", [](const std::string& elf) { return elf; }},
      {"upx_nrv", [](const std::string& elf) { return upx(elf, {}); }, " (UPX)"},
      {"upx_nrv2e", [](const std::string& elf) { return upx(elf, {.method = UpxMethod::nrv2e_32}); }, " (UPX)"},
      {"upx_lzma", [](const std::string& elf) { return upx(elf, {.method = UpxMethod::lzma}); }, " (UPX)"},
      {"upx_other_magic", [](const std::string& elf) { return upx(elf, {.magic = "7GL!"}); }, " (UPX)"},
      {"upx_no_notices",
       [](const std::string& elf) {
         return upx(elf, {.method = UpxMethod::lzma, .magic = std::string(4, '\0'), .notices = false});
       },
       " (UPX)"},
      {"upx_windows", [](const std::string& elf) { return test::pack_upx_pe(elf, {.method = UpxMethod::lzma}); },
       " (UPX)"},
      {"upx_windows_altered",
       [](const std::string& elf) {
         return test::pack_upx_pe(elf, {.method = UpxMethod::lzma, .magic = std::string(4, '\0')}, ".text");
       },
       " (UPX)"},
      {"xor", [](const std::string& elf) { return exclusive_or(elf, 0xca); }, " (XOR 0xca)"},
      {"xor_no_zero_byte", [](const std::string& elf) { return exclusive_or(elf, 0xfe); }, " (XOR 0xfe)"},
      {"xor_behind_noise",
       [](const std::string& elf) { return test::noise(50'000) + exclusive_or(elf, 0x5a) + test::noise(100); },
       " (XOR 0x5a)"},
      {"xor_of_upx", [](const std::string& elf) { return exclusive_or(upx(elf, {.method = UpxMethod::lzma}), 0x77); },
       " (XOR 0x77) (UPX)"},
      {"base64_script",
       [](const std::string& elf) { return "#!/bin/sh\nbase64 -d >/tmp/x <<END\n" + base64(elf) + "END\n"; },
       " (base64)"},
      {"base64_one_line", [](const std::string& elf) { return "X=" + base64(elf, elf.size() * 2); }, " (base64)"},
      {"base64_json",
       [](const std::string& elf) {
         std::string text = base64(elf);
         for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2)
           text.replace(at, 1, "\\n");
         return "{\"data\": \"" + text + "\"}\n";
       },
       " (base64)"},
      {"base64_source",
       [](const std::string& elf) {
         std::string text = base64(elf);
         for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 9)
           text.replace(at, 1, "\" +\n     \"");
         return "const data = \"" + text + "\";\n";
       },
       " (base64)"},
      {"hex", [](const std::string& elf) { return to_hex(as_bytes(elf)); }, " (hex)"},
      {"hex_lines",
       [](const std::string& elf) {
         const std::string hex = to_hex(as_bytes(elf));
         std::string text = "#!/bin/sh\nxxd -r -p <<E >/tmp/x\n";
         for (std::size_t at = 0; at < hex.size(); at += 60) text += hex.substr(at, 60) + "\n";
         return text + "E\n";
       },
       " (hex)"},
      {"escapes", [](const std::string& elf) { return "#!/bin/sh\nprintf '" + escapes(elf) + "' > /tmp/x\n"; },
       " (escapes)"},
      {"gzip", [](const std::string& elf) { return test::gzip(elf); }, " (gzip)"},
      {"zstd", [](const std::string& elf) { return test::zstd(elf); }, " (zstd)"},
      {"gzip_in_script",
       [](const std::string& elf) { return "#!/bin/sh\ntail -n +3 $0 | gzip -d >/tmp/x\n" + test::gzip(elf); },
       " (gzip at byte 42)"},
      {"gzip_in_base64",
       [](const std::string& elf) { return "echo " + base64(test::gzip(elf), 1 << 20) + " | base64 -d | gunzip\n"; },
       " (base64) (gzip)"},
      {"jar_in_zip", [](const std::string& elf) { return zip("lib/app.jar", zip("native/a.so", elf)); },
       "!/lib/app.jar!/native/a.so"},
      {"self_extracting", [](const std::string& elf) { return "#!/bin/sh\nunzip $0\nexit\n" + zip("a/b", elf); },
       "!/a/b"},
      {"file_key_of_4", [](const std::string& elf) { return long_key(elf, "\x12\x34\x56\x78"); },
       " (XOR 0x12345678)"},
      {"file_key_of_5", [](const std::string& elf) { return long_key(elf, "sekrt"); }, " (XOR 0x73656b7274)"},
      {"file_key_of_16", [](const std::string& elf) { return long_key(elf, "0123456789abcdeF"); },
       " (XOR 0x30313233343536373839616263646546)"},
      {"file_added",
       [](const std::string& elf) {
         return each_byte(elf, [](unsigned char c) { return static_cast<unsigned char>(c + 13); });
       },
       " (added 0x0d)"},
      {"file_turned",
       [](const std::string& elf) {
         return each_byte(elf, [](unsigned char c) { return static_cast<unsigned char>(c << 3U | c >> 5U); });
       },
       " (turned by 3 bits)"},
      {"file_key_over_gzip", [](const std::string& elf) { return exclusive_or(test::gzip(elf), 0x42); },
       " (XOR 0x42) (gzip)"},
      {"file_zlib", [](const std::string& elf) { return zlib(elf); }, " (zlib)"},
      {"base64_of_zlib", [](const std::string& elf) { return "exec('" + base64(zlib(elf), 1 << 20) + "')"; },
       " (base64) (zlib)"},
      {"base64_of_deflate", [](const std::string& elf) { return "<?php $a=\n'" + base64(raw_deflate(elf)) + "';"; },
       " (base64, deflate)"},
      {"base64_backwards",
       [](const std::string& elf) {
         const std::string digits = util::encode_base64(as_bytes(elf));
         return "x = '" + std::string(digits.rbegin(), digits.rend()) + "'[::-1]\n";
       },
       " (base64 backwards)"},
      {"base64_rot13", [](const std::string& elf) { return "tr a-z n-za-m <<E\n" + rot13(base64(elf)) + "E\n"; },
       " (ROT13 of base64)"},
      {"base32", [](const std::string& elf) { return "base32 -d <<E\n" + base32(elf) + "\nE\n"; }, " (base32)"},
      {"uuencode", [](const std::string& elf) { return uuencode(elf); }, " (uuencode)"},
      {"numbers", [](const std::string& elf) { return "open('x','wb').write(bytes([" + numbers(elf, ",") + "]))\n"; },
       " (numbers)"},
      {"numbers_spaced", [](const std::string& elf) { return "x = [" + numbers(elf, ", ") + "]\n"; }, " (numbers)"},
      {"hex_dump", [](const std::string& elf) { return "xxd -r <<E >x\n" + dump(elf) + "E\n"; }, " (hex dump)"},
      {"octal_dump", [](const std::string& elf) { return "#!/bin/sh\nundump <<E >x\n" + octal(elf) + "E\n"; },
       " (octal dump)"},
      {"octal_pairs", [](const std::string& elf) { return octal_pairs(elf); }, " (octal dump)"},
      {"base85",
       [](const std::string& elf) { return "import base64\nx = base64.b85decode('" + base85(elf, false) + "')\n"; },
       " (base85)"},
      {"ascii85", [](const std::string& elf) { return "<~" + base85(elf, true) + "~>\n"; }, " (ascii85)"},
      {"file_lzma", [](const std::string& elf) { return test::lzma_alone(elf); }, " (LZMA)"},
      {"lzma_behind_text", [](const std::string& elf) { return "#!/bin/sh\nexit\n" + test::lzma_alone(elf); },
       " (LZMA at byte 15)"},
      {"file_backwards", [](const std::string& elf) { return backwards(with_last_section(elf)); }, " (backwards)"},
      {"file_wide", [](const std::string& elf) { return "\xff\xfe" + wide(base64(elf)); }, " (UTF-16) (base64)"},
      {"file_wide_unmarked", [](const std::string& elf) { return wide("powershell -enc " + base64(elf)); },
       " (UTF-16) (base64)"},
      {"short_strings", [](const std::string& elf) { return short_strings(elf); }, " (base64 in pieces)"},
      {"hex_short_strings",
       [](const std::string& elf) { return hex_strings(elf, 32, "const b = ['", "',\n'", "'].join('');\n"); },
       " (hex)"},
      {"hex_statements",
       [](const std::string& elf) { return hex_strings(elf, 40, "let b = '", "';\nb += '", "';\n"); }, " (hex)"},
      {"hex_groups", [](const std::string& elf) { return hex_strings(elf, 8, "b = bytes.fromhex('", " ", "')\n"); },
       " (hex)"},
      {"hex_colons", [](const std::string& elf) { return hex_strings(elf, 2, "x = \"", ":", "\"\n"); }, " (hex)"},
      {"hex_backwards",
       [](const std::string& elf) {
         const std::string hex = to_hex(as_bytes(elf));
         return "x = '" + std::string(hex.rbegin(), hex.rend()) + "'\n";
       },
       " (hex backwards)"},
      {"percent_signs", [](const std::string& elf) { return hex_strings(elf, 2, "x = unescape('%", "%", "')\n"); },
       " (percent signs)"},
      {"unicode_escapes", [](const std::string& elf) { return hex_strings(elf, 2, "x = '\\u00", "\\u00", "'\n"); },
       " (escapes)"},
      {"calls",
       [](const std::string& elf) { return "x = chr(" + numbers(elf.substr(0, elf.size() - 1), ")+chr(") + "0)\n"; },
       " (character codes)"},
      {"upx_gzip_base64_zip",
       [](const std::string& elf) {
         return zip("a.txt", base64(test::gzip(upx(elf, {.method = UpxMethod::lzma, .magic = "ABCD"}))));
       },
       "!/a.txt (base64) (gzip) (UPX)"},
  };
  return list;
}

class VariantTest : public testing::TestWithParam<Variant> {};

const model::Finding* malicious(const Assessment& found, std::string_view path) {
  for (const model::Finding& finding : found.threats)
    if (finding.rule == "M07" && finding.level == model::ThreatLevel::malicious && finding.locations[0].path == path)
      return &finding;
  return nullptr;
}

std::string paths(const Assessment& found) {
  std::string all;
  for (const auto* list : {&found.threats, &found.warnings})
    for (const model::Finding& finding : *list) all += finding.rule + " " + finding.locations[0].path + "\n";
  for (const model::Gap& gap : found.gaps) all += "gap " + gap.id + " " + gap.subject + "\n";
  return all;
}

TEST_P(VariantTest, IsMalicious) {
  const std::string path = "opt/kworker";
  ImageBuilder image;
  image.file(path, GetParam().wrap(program()), 0755);
  const Assessment found = image.assess();
  EXPECT_NE(malicious(found, path + GetParam().inner), nullptr) << paths(found);
}

// Through the cover and below it: one finding, with both places.
TEST_P(VariantTest, IsSaidOnce) {
  ImageBuilder image;
  image.file("opt/x", GetParam().wrap(program()), 0755);
  const Assessment found = image.assess();
  std::size_t count = 0;
  for (const auto* list : {&found.threats, &found.warnings})
    count += static_cast<std::size_t>(
        std::count_if(list->begin(), list->end(), [](const auto& finding) { return finding.rule == "M07"; }));
  EXPECT_EQ(count, 1U) << paths(found);
}

TEST_P(VariantTest, IsMaliciousWhenDeletedLater) {
  ImageBuilder image;
  image.file("opt/x", GetParam().wrap(program()), 0755).layer().remove("opt/x");
  const Assessment found = image.assess();
  const model::Finding* finding = malicious(found, std::string("opt/x") + GetParam().inner);
  ASSERT_NE(finding, nullptr) << paths(found);
  EXPECT_EQ(finding->locations[0].visibility, model::Visibility::deleted);
}

TEST_P(VariantTest, LargeFilesAreSeenThroughToo) {
  // Text in front and behind, so that it lies in no single window. What must stand at a place stands there.
  const std::string text = GetParam().wrap(program());
  const std::string_view name = GetParam().name;
  if (name.starts_with("upx") || name.starts_with("file_") || name == "plain" || name == "gzip" || name == "zstd" ||
      name == "jar_in_zip")
    GTEST_SKIP() << "begins-the-file";
  ImageBuilder image;
  std::string large;
  while (large.size() < (1U << 20) - 30'000) large += "These are words of an ordinary text, and nothing else.\n";
  image.large_file("opt/x", large + text + "\n");
  const Assessment found = image.assess();
  const bool any = std::any_of(found.threats.begin(), found.threats.end(), [](const model::Finding& finding) {
    return finding.rule == "M07" && finding.locations[0].path != "opt/x";
  });
  EXPECT_TRUE(any) << paths(found);
}

TEST_P(VariantTest, TheSameWrappingOfSomethingElseIsNot) {
  ImageBuilder image;
  image.file("opt/x", GetParam().wrap(harmless()), 0755);
  const Assessment found = image.assess();
  for (const model::Finding& finding : found.threats) {
    EXPECT_NE(finding.level, model::ThreatLevel::malicious) << finding.rule;
    EXPECT_EQ(finding.rule.front(), 'E') << finding.rule;
  }
}

INSTANTIATE_TEST_SUITE_P(All, VariantTest, testing::ValuesIn(variants()),
                         [](const auto& variant) { return std::string(variant.param.name); });

TEST(Variants, RenamedStrippedAndSplit) {
  ImageBuilder image;
  image.file("usr/sbin/nginx", program(false), 0755);
  image.layer().script("entry.sh", "cat /opt/a /opt/b > /tmp/x; chmod +x /tmp/x; exec /tmp/x\n");
  const std::string elf = program();
  image.file("opt/a", std::string_view(elf).substr(0, 41'000));
  image.layer().file("opt/b", std::string_view(elf).substr(41'000));
  image.config().entrypoint = {"/entry.sh"};
  const Assessment found = image.assess();
  for (const char* path : {"usr/sbin/nginx", "opt/a", "opt/b"})
    EXPECT_NE(malicious(found, path), nullptr) << path << '\n' << paths(found);
}

// Where its start does not show it, it is said and not looked at.
// It was unpacked twice, the second time as the program of another system.
TEST(Variants, AKeyOfOneByteWasAKeyOfSixteenToo) {
  EXPECT_FALSE(find_disguise(as_bytes(exclusive_or(program(), 0x5a))).has_value());
  EXPECT_TRUE(find_disguise(as_bytes(long_key(program(), "sekrt"))).has_value());
}

TEST(Variants, BackwardsWithoutSections) {
  ImageBuilder image;
  image.file("opt/x", backwards(program(false)), 0755).file("opt/note.txt", "ELF and FLE\x7f");
  const Assessment found = image.assess();
  EXPECT_EQ(
      std::count_if(found.gaps.begin(), found.gaps.end(), [](const auto& gap) { return gap.id == "packed-program"; }),
      1)
      << paths(found);
  EXPECT_TRUE(std::any_of(found.threats.begin(), found.threats.end(), [](const auto& one) {
    return one.rule == "E05";
  })) << paths(found);
}

// Two bytes mark a stream of zlib, so they are looked for only in programs that are packed in no known way.
TEST(Variants, ZlibInAProgramThatIsPackedSomehow) {
  const std::string inner = zlib(program());
  test::ElfOptions options;
  options.sections = false;
  options.padding = 0;
  ImageBuilder image;
  image.file("opt/x", test::make_elf(test::noise(3000) + inner + test::noise(3000), options), 0755);
  const Assessment found = image.assess();
  EXPECT_TRUE(std::any_of(found.threats.begin(), found.threats.end(), [](const auto& one) {
    return one.rule == "M07" && one.locations[0].path.find("(zlib at byte ") != std::string::npos;
  })) << paths(found);
}

}  // namespace
}  // namespace hullcheck::detect
