// Result<T>: a value, or the named reason why there is none.
//
// Three kinds of trouble never mix here. Bad input and a failing world are values of type Error and travel in a
// Result; a mistake of our own is an assertion (HULLCHECK_ASSERT) that stays on in release builds. Nothing that came
// from an image, a feed, a registry or a client may reach an assertion.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace hullcheck {

// What a caller may want to tell apart. Everything finer is in Error::name.
enum class ErrorCode : unsigned char {
  invalid_argument,  // the user's words cannot be understood
  not_found,         // it is simply not there
  malformed,         // bytes that break their own format
  truncated,         // the bytes end too early
  mismatch,          // a digest or size differs from the one promised
  limit,             // a limit of ours was reached; the input may be fine or may be an attack
  unsupported,       // a known form that we do not read
  io,                // the local system failed
  network,           // a remote side failed
  denied,            // authentication or permission
  timeout,
  cancelled,
  busy,
};

std::string_view to_string(ErrorCode code);

// `name` is a stable, lower-case, dashed word for reports and tests ("gzip-ratio-limit", "tar-truncated").
// `message` is one sentence for a person, without a full stop at its end. `subject` is what was being read.
struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::malformed;
  std::string name;
  std::string message;
  std::string subject;

  // Adds what a caller on the way up knows: the outermost subject comes first ("layer sha256:…: usr/bin/x").
  Error in(std::string_view outer) && {
    subject = subject.empty() ? std::string(outer) : std::string(outer) + ": " + subject;
    return std::move(*this);
  }
  std::string describe() const { return subject.empty() ? message : subject + ": " + message; }
};

inline Error make_error(ErrorCode code, std::string name, std::string message, std::string subject = {}) {
  return Error{code, std::move(name), std::move(message), std::move(subject)};
}

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

#define HULLCHECK_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::hullcheck::assertion_failed(#condition, __FILE__, __LINE__))

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return m_state.index() == 0; }
  explicit operator bool() const { return ok(); }
  // Asking for the side that is not there is a bug of the caller.
  T& value() & {
    HULLCHECK_ASSERT(ok());
    return *std::get_if<0>(&m_state);
  }
  const T& value() const& {
    HULLCHECK_ASSERT(ok());
    return *std::get_if<0>(&m_state);
  }
  T&& value() && {
    HULLCHECK_ASSERT(ok());
    return std::move(*std::get_if<0>(&m_state));
  }
  Error& error() & {
    HULLCHECK_ASSERT(!ok());
    return *std::get_if<1>(&m_state);
  }
  const Error& error() const& {
    HULLCHECK_ASSERT(!ok());
    return *std::get_if<1>(&m_state);
  }
  Error&& error() && {
    HULLCHECK_ASSERT(!ok());
    return std::move(*std::get_if<1>(&m_state));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  T value_or(T fallback) && { return ok() ? std::move(*this).value() : std::move(fallback); }

 private:
  std::variant<T, Error> m_state;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  Result() = default;
  Result(Error error) : m_error(std::move(error)), m_ok(false) {}
  bool ok() const { return m_ok; }
  explicit operator bool() const { return m_ok; }
  void value() const { HULLCHECK_ASSERT(m_ok); }
  Error& error() & {
    HULLCHECK_ASSERT(!m_ok);
    return m_error;
  }
  const Error& error() const& {
    HULLCHECK_ASSERT(!m_ok);
    return m_error;
  }
  Error&& error() && {
    HULLCHECK_ASSERT(!m_ok);
    return std::move(m_error);
  }

 private:
  Error m_error;
  bool m_ok = true;
};

// auto x = TRY(might_fail());   the value, or return the error to our own caller.
#define TRY(...)                                                            \
  __extension__({                                                           \
    auto hullcheck_result = (__VA_ARGS__);                                  \
    if (!hullcheck_result.ok()) return std::move(hullcheck_result).error(); \
    std::move(hullcheck_result).value();                                    \
  })

}  // namespace hullcheck
