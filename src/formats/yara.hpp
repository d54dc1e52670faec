// YARA rules: compiled from source, kept as bytes, run over the bytes of one file.
//
// The rules are the user's and are trusted to be slow or wrong, not to be an attack; what they are run over is
// hostile. So every scan has a time limit, matches are bounded, and includes come out of a map that the caller
// filled: the library opens no file of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::formats {

struct YaraSource {
  std::string name;        // of the file, as errors give it
  std::string name_space;  // rules of two sources may bear the same name
  std::string text;
  std::map<std::string, std::string> includes;  // words of include directives → text; others are refused
};

struct YaraMeta {
  std::string key, value;
};

struct YaraRule {
  std::string name, name_space;
  std::vector<std::string> tags;
  std::vector<YaraMeta> metas;
};

struct YaraString {
  std::string identifier;  // "$a"
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
  std::uint64_t more = 0;  // further matches of the same string
};

struct YaraMatch {
  std::size_t rule = 0;  // index into rules()
  std::vector<YaraString> strings;
};

struct YaraFile {
  std::string name, path;  // given to rules as `filename` and `filepath`
};

// Immutable; any thread may scan.
class YaraRules {
 public:
  // "yara-malformed" with "FILE:LINE" as its subject.
  static Result<std::unique_ptr<YaraRules>> compile(const std::vector<YaraSource>& sources);
  // What save() gave. The library trusts these bytes: they must be our own. Null when they are of another release.
  static std::unique_ptr<YaraRules> load(Bytes compiled);
  ~YaraRules();

  Result<Buffer> save() const;
  const std::vector<YaraRule>& rules() const;  // all but private ones, in order of source
  static std::string_view library_version();

  struct Scan {
    std::vector<YaraMatch> matches;  // by rule
    bool complete = true;            // false: a string matched more often than the library counts
  };
  // "yara-timeout" (ErrorCode::timeout), "yara-failed".
  Result<Scan> scan(Bytes bytes, const YaraFile& file, std::chrono::seconds limit) const;

 private:
  struct State;
  explicit YaraRules(std::unique_ptr<State> state);
  std::unique_ptr<State> m_state;
};

}  // namespace hullcheck::formats
