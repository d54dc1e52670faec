// Regular expressions that take linear time whatever the text (RE2). The only place that knows the library.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace hullcheck::detect {

// Any thread. Text is taken as bytes. Compiled when it is first needed: a detector may hold dozens, of which an image
// asks for a few, and compiling takes half a millisecond.
class Regex {
 public:
  struct Match {
    std::size_t begin = 0, end = 0;              // of all of it
    std::size_t value_begin = 0, value_end = 0;  // of the first group, or of all of it when there is none
  };
  enum class At : bool { anywhere, begin };

  // The pattern is copied. ok() says whether it can be compiled; error() says why not.
  explicit Regex(std::string_view pattern);
  ~Regex();
  Regex(Regex&&) noexcept;
  Regex& operator=(Regex&&) noexcept;

  bool ok() const;
  std::string error() const;
  // The first match in text[from, to), with positions in `text`. Looking round (\b, ^, $) sees nothing outside
  // [from, to). Nothing when the pattern could not be compiled.
  std::optional<Match> find(std::string_view text, std::size_t from, std::size_t to, At at = At::anywhere) const;
  // The first match that begins at `from` or later; what stands before it is seen by \b and ^.
  std::optional<Match> find_from(std::string_view text, std::size_t from = 0) const;
  // All of the text, and any part of it.
  bool fits(std::string_view text) const;
  bool occurs_in(std::string_view text) const { return find_from(text).has_value(); }

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace hullcheck::detect
