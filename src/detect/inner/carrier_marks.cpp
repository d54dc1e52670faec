#include "detect/inner/carrier_marks.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "detect/content/hidden_literal.hpp"
#include "detect/inner/spelling.hpp"
#include "util/base64.hpp"

namespace hullcheck::detect {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

// Words of miners' protocols and settings, under a key or in base64.
constexpr auto k_words = hide("stratum+tcp:// stratum+ssl:// mining.subscribe \"donate-level\":");

std::string differences(std::string_view word) {
  std::string out;
  for (std::size_t i = 0; i + 1 < word.size(); ++i) out += static_cast<char>(word[i] ^ word[i + 1]);
  return out;
}

void add_words(std::vector<Marked>& all) {
  const std::string words = k_words.reveal();
  for (std::size_t at = 0; at < words.size();) {
    const std::size_t end = std::min(words.find(' ', at), words.size());
    const std::string_view word = std::string_view(words).substr(at, end - at);
    all.push_back({Mark::hidden_word, {differences(word), false, true}, 0, static_cast<std::uint8_t>(word.front())});
    for (std::size_t alignment = 0; alignment < 3; ++alignment)
      all.push_back({Mark::word, {util::base64_core(as_bytes(word), alignment), false}});
    at = end + 1;
  }
  // Where code spells one out, the name of the protocol is enough: what follows is decoded with it.
  const std::string_view protocol = std::string_view(words).substr(0, words.find('+') + 1);
  for (auto& [spelling, text] : spelt_word(protocol))
    all.push_back({Mark::spelt_word, {std::move(text), true}, 0, static_cast<std::uint8_t>(spelling)});
  all.push_back({Mark::backward_word, {std::string(protocol.rbegin(), protocol.rend()), false}});
}

std::vector<Marked> make_marks() {
  std::vector<Marked> all;
  const auto add = [&](Mark mark, std::string_view bytes, std::size_t before = 0) {
    all.push_back({mark, {std::string(bytes), false}, before});
  };
  add(Mark::stream, "\x1f\x8b\x08\x00"sv);
  add(Mark::stream, "\x1f\x8b\x08\x08"sv);
  add(Mark::stream, "\x28\xb5\x2f\xfd"sv);
  add(Mark::stream,
      "\xfd"
      "7zXZ\0"sv);
  add(Mark::stream, "1AY&SY"sv, 4);
  // The sizes of dictionaries that the tools use, and a content of unknown size.
  for (const std::string_view dictionary :
       {"\x01\x00"sv, "\x02\x00"sv, "\x04\x00"sv, "\x08\x00"sv, "\x10\x00"sv, "\x20\x00"sv, "\x40\x00"sv,
        "\x80\x00"sv, "\x00\x01"sv, "\x00\x02"sv, "\x00\x04"sv})
    add(Mark::lzma, "\x5d\x00\x00"s + std::string(dictionary) + std::string(8, '\xff'));
  add(Mark::zip, "PK\x03\x04"sv);
  for (const std::string_view ident : {"\x7f"
                                       "ELF\x02\x01\x01"sv,
                                       "\x7f"
                                       "ELF\x01\x01\x01"sv,
                                       "\x7f"
                                       "ELF\x02\x02\x01"sv,
                                       "\x7f"
                                       "ELF\x01\x02\x01"sv})
    add(Mark::program, ident);
  add(Mark::upx, "UPX!"sv);
  // What the program in front of the archive says of itself comes before the archive.
  add(Mark::pyinstaller, "pyi-runtime-tmpdir"sv);
  add(Mark::pyinstaller, "_PYI_ARCHIVE_FILE"sv);
  add(Mark::pyinstaller, "_MEIPASS2"sv);
  add(Mark::pyinstaller, "MEI\014\013\012\013\016"sv);
  for (const std::string_view spelt :
       {"\\x7f\\x45\\x4c\\x46"sv, "\\x7fELF"sv, "\\177ELF"sv, "\\177\\105\\114\\106"sv, "\\0177ELF"sv,
        "0x7f, 0x45, 0x4c, 0x46"sv, "0x7f,0x45,0x4c,0x46"sv, "0x1f, 0x8b, 0x08"sv, "0x1f,0x8b,0x08"sv,
        "\\x1f\\x8b\\x08"sv, "\\037\\213\\010"sv})
    all.push_back({Mark::escapes, {std::string(spelt), true}});
  for (const SpeltMark& one : spelt_marks())
    all.push_back({Mark::spelt, {std::string(one.text), false}, 0, static_cast<std::uint8_t>(one.spelling)});
  add_words(all);
  return all;
}

}  // namespace

const std::vector<Marked>& marks() {
  static const std::vector<Marked> all = make_marks();
  return all;
}

}  // namespace hullcheck::detect
