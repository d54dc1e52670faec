// What an expression of a script is known to be, and where it came from.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "util/bytes.hpp"

namespace hullcheck::detect {

// Where a value came from. Joined when values are.
struct ScriptMarks {
  bool request = false;    // sent by whoever calls the program over the network
  bool looked_up = false;  // not that itself, but what some unknown method found for it
  bool fetched = false;    // got from elsewhere
  bool decoded = false;
  bool socket = false;
  std::uint32_t literal = 0;  // bytes of the longest text of the script in it
  std::uint32_t codes = 0;    // characters that were made from numbers
  std::uint32_t rounds = 0;   // decoders that it passed
  std::string_view decoder;   // the last of them; points to constants
  std::shared_ptr<const std::string> url;

  void join(const ScriptMarks& more);
};

struct ScriptValue {
  enum class Kind : std::uint8_t {
    unknown,  // `text` holds how it begins, as far as that is known
    text,     // also bytes
    number,
    list,
    name,      // something that the script does not define: "os.system", "request.args"; "" is the global scope
    function,  // `number` is its place
    pattern,   // a regular expression; `text` is how it is written
  };
  Kind kind = Kind::unknown;
  bool bytes = false;  // its elements are numbers
  std::int64_t number = 0;
  std::shared_ptr<const std::string> text;
  std::shared_ptr<const std::vector<ScriptValue>> items;  // of an unknown value: the parts of an object
  ScriptMarks marks;

  static ScriptValue of_text(std::string text, ScriptMarks marks = {}, bool bytes = false);
  static ScriptValue of_name(std::string name, ScriptMarks marks = {});
  static ScriptValue of_number(std::int64_t number, ScriptMarks marks = {});
  static ScriptValue of_list(std::vector<ScriptValue> items, ScriptMarks marks = {});
  static ScriptValue of_pattern(std::string pattern);
  static ScriptValue unknown(ScriptMarks marks = {}, std::string beginning = {});

  bool is_text() const { return kind == Kind::text; }
  bool is_name() const { return kind == Kind::name; }
  bool is_pattern() const { return kind == Kind::pattern; }
  bool is_list() const { return kind == Kind::list; }
  std::string_view view() const { return text ? std::string_view(*text) : std::string_view(); }
};

// Equal, of texts that mostly differ in length or first byte.
inline bool is_same(std::string_view one, std::string_view other) {
  return one.size() == other.size() && (one.empty() || (one[0] == other[0] && one == other));
}

// The name itself, or its last parts: "os.system" fits "system" and "os.system", not "tem".
bool name_fits(std::string_view name, std::string_view word);

enum class ScriptCoding : std::uint8_t {
  none,
  base64,
  base32,
  base16,
  hex,
  inflate,
  raw_inflate,
  gunzip,
  rot13,
  percent,
  uu,
  base85,
  ascii85,
  opaque
};
std::string_view to_string(ScriptCoding coding);
// "base64", "hex_codec", "rot_13", "zlib" … as arguments of encode and decode functions.
ScriptCoding coding_named(std::string_view name);
// At most `most` bytes; nothing when it does not decode.
bool apply_coding(ScriptCoding coding, std::string_view text, std::size_t most, std::string& out);

}  // namespace hullcheck::detect
