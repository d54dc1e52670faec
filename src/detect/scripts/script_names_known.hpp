// The names that decide: functions that run code or commands, that bring input, and whose results can be worked out.
// Used by the script_*.cpp files of this folder, by nobody else.
#pragma once

#include <span>
#include <string_view>

#include "detect/scripts/script_flows.hpp"

namespace hullcheck::detect {

constexpr unsigned bit(ScriptLanguage language) { return 1U << static_cast<unsigned>(language); }

// What runs its argument; 99: all of them.
struct SinkRow {
  std::string_view name;
  unsigned languages;
  SinkKind kind;
  std::size_t argument;
};
std::span<const SinkRow> sink_rows();

// Functions of PHP that call one of their arguments, and where that stands.
struct CallbackRow {
  std::string_view name;
  std::size_t function;
  std::size_t data;
};
std::span<const CallbackRow> callback_rows();

// Where input of a request comes from.
struct SourceRow {
  std::string_view name;
  unsigned languages;
  bool whole;  // the whole name; else its end
};
std::span<const SourceRow> source_rows();

struct CodingRow {
  std::string_view name;
  ScriptCoding coding;
  std::size_t argument;
};
std::span<const CodingRow> coding_rows();

std::span<const std::string_view> fetcher_names();
// What makes input harmless: a number, a hash, one of a list, one quoted word.
std::span<const std::string_view> cleaner_names();
// Of PHP's own classes and functions, which keep what they are given: a list made of the request is the request
// still.
std::span<const std::string_view> keeping_names_of_php();
// Functions that hand their first argument through.
std::span<const std::string_view> passing_names();

// By the last part of a name: whether a list above may hold it. Most names of a program are its own.
bool may_be_known(std::string_view name);

}  // namespace hullcheck::detect
