// See script_value.hpp.
#include "detect/scripts/script_value.hpp"

#include <algorithm>
#include <array>

#include "formats/inflate.hpp"
#include "util/ascii.hpp"
#include "util/base85.hpp"
#include "util/digits.hpp"

namespace hullcheck::detect {
namespace {

int base32_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a';
  if (c >= '2' && c <= '7') return c - '2' + 26;
  return -1;
}

// Digits of `bits` bits each. Interpreters pass over what is no digit; a text in which half is none is not encoded.
bool from_digits(std::string_view text, unsigned bits, int (*digit)(char), std::string& out) {
  out.reserve(text.size() * bits / 8 + 1);
  std::uint32_t held = 0;
  unsigned count = 0;
  std::size_t strangers = 0;
  for (const char c : text) {
    if (c == '=') continue;
    const int value = digit(c);
    if (value < 0) {
      if (c != '\n' && c != '\r' && c != ' ' && c != '\t') ++strangers;
      continue;
    }
    held = (held << bits) | static_cast<std::uint32_t>(value);
    count += bits;
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<char>((held >> count) & 0xffU));
    }
  }
  return strangers * 2 <= text.size();
}

std::string rotated(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = util::rot13(c);
  return out;
}

std::string from_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && util::hex_digit(text[i + 1]) >= 0 &&
                        util::hex_digit(text[i + 2]) >= 0;
    if (!escape) {
      out.push_back(text[i]);
      continue;
    }
    out.push_back(static_cast<char>(util::hex_digit(text[i + 1]) * 16 + util::hex_digit(text[i + 2])));
    i += 2;
  }
  return out;
}

// uuencoded lines without begin and end, as unpack("u") reads them.
std::string from_uu(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with("begin ") || line == "end") continue;
    const std::size_t length = static_cast<std::size_t>((line[0] - 32) & 63);
    std::string bytes;
    for (std::size_t i = 1; i + 3 < line.size() + 3 && i < line.size(); i += 4) {
      std::uint32_t group = 0;
      for (std::size_t k = 0; k < 4; ++k)
        group = (group << 6U) | (i + k < line.size() ? static_cast<std::uint32_t>(line[i + k] - 32) & 63U : 0U);
      for (const unsigned shift : {16U, 8U, 0U}) bytes.push_back(static_cast<char>((group >> shift) & 0xffU));
    }
    out += bytes.substr(0, length);
  }
  return out;
}

}  // namespace

void ScriptMarks::join(const ScriptMarks& more) {
  looked_up = (looked_up || !request) && (more.looked_up || !more.request) && (request || more.request);
  request |= more.request;
  fetched |= more.fetched;
  decoded |= more.decoded;
  socket |= more.socket;
  literal = std::max(literal, more.literal);
  codes = std::min<std::uint32_t>(codes + more.codes, 1U << 30);
  if (more.rounds > rounds) {
    rounds = more.rounds;
    decoder = more.decoder;
  }
  if (!url) url = more.url;
}

ScriptValue ScriptValue::of_text(std::string text, ScriptMarks marks, bool bytes) {
  ScriptValue value;
  value.kind = Kind::text;
  value.bytes = bytes;
  value.text = std::make_shared<std::string>(std::move(text));
  value.marks = std::move(marks);
  return value;
}

ScriptValue ScriptValue::of_name(std::string name, ScriptMarks marks) {
  ScriptValue value = of_text(std::move(name), std::move(marks));
  value.kind = Kind::name;
  return value;
}

ScriptValue ScriptValue::of_number(std::int64_t number, ScriptMarks marks) {
  ScriptValue value;
  value.kind = Kind::number;
  value.number = number;
  value.marks = std::move(marks);
  return value;
}

ScriptValue ScriptValue::of_list(std::vector<ScriptValue> items, ScriptMarks marks) {
  ScriptValue value;
  value.kind = Kind::list;
  for (const ScriptValue& item : items) marks.join(item.marks);
  value.items = std::make_shared<const std::vector<ScriptValue>>(std::move(items));
  value.marks = std::move(marks);
  return value;
}

ScriptValue ScriptValue::of_pattern(std::string pattern) {
  ScriptValue value = of_text(std::move(pattern));
  value.kind = Kind::pattern;
  return value;
}

ScriptValue ScriptValue::unknown(ScriptMarks marks, std::string beginning) {
  ScriptValue value;
  if (!beginning.empty()) value.text = std::make_shared<const std::string>(std::move(beginning));
  value.marks = std::move(marks);
  return value;
}

bool name_fits(std::string_view name, std::string_view word) {
  if (name.size() < word.size() || word.empty() || name.back() != word.back() || !name.ends_with(word)) return false;
  if (name.size() == word.size()) return true;
  const char before = name[name.size() - word.size() - 1];
  return before == '.' || before == ':' || before == '$';
}

std::string_view to_string(ScriptCoding coding) {
  static constexpr std::array<std::string_view, 14> k_names = {
      "",     "base64", "base32",           "base16",   "hex",    "zlib",    "deflate",
      "gzip", "rot13",  "percent encoding", "uuencode", "base85", "ascii85", "an encoding"};
  return k_names[static_cast<std::size_t>(coding)];
}

ScriptCoding coding_named(std::string_view name) {
  if (name == "base64" || name == "base64_codec" || name == "base64url") return ScriptCoding::base64;
  if (name == "hex" || name == "hex_codec") return ScriptCoding::hex;
  if (name == "rot13" || name == "rot_13" || name == "rot-13") return ScriptCoding::rot13;
  if (name == "zlib" || name == "zip" || name == "zlib_codec") return ScriptCoding::inflate;
  if (name == "bz2" || name == "bz2_codec") return ScriptCoding::opaque;
  if (name == "uu" || name == "uu_codec") return ScriptCoding::uu;
  return ScriptCoding::none;
}

bool apply_coding(ScriptCoding coding, std::string_view text, std::size_t most, std::string& out) {
  if (coding == ScriptCoding::none || coding == ScriptCoding::opaque || text.size() > most) return false;
  const auto unpacked = [&](formats::DeflateFrame frame) {
    auto bytes = formats::inflate(as_bytes(text), frame, most);
    if (bytes.ok()) out = std::string(as_text(bytes.value()));
    return bytes.ok();
  };
  switch (coding) {
    case ScriptCoding::base64: return from_digits(text, 6, util::base64_digit, out);
    case ScriptCoding::base32: return from_digits(text, 5, base32_digit, out);
    case ScriptCoding::base16:
    case ScriptCoding::hex: return from_digits(text, 4, util::hex_digit, out);
    case ScriptCoding::inflate: return unpacked(formats::DeflateFrame::zlib);
    case ScriptCoding::raw_inflate: return unpacked(formats::DeflateFrame::raw);
    case ScriptCoding::gunzip: return unpacked(formats::DeflateFrame::gzip);
    case ScriptCoding::rot13: out = rotated(text); return true;
    case ScriptCoding::percent: out = from_percent(text); return true;
    case ScriptCoding::uu: out = from_uu(text); return true;
    case ScriptCoding::base85: return util::decode_base85(text, util::Base85::rfc1924, out) == text.size();
    case ScriptCoding::ascii85: {
      text.remove_prefix(text.starts_with("<~") ? 2 : 0);
      return util::decode_base85(text.substr(0, text.find("~>")), util::Base85::ascii, out) > 0;
    }
    default: return false;
  }
}

}  // namespace hullcheck::detect
