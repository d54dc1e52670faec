// Many literals, one search: the only place that knows Vectorscan.
//
// A compiled database can be kept in a folder between runs. A kept file is named by and holds the library's version,
// the CPU's features and the digest of the literals, and a digest of its own payload; anything that does not fit is
// compiled anew, so a damaged or foreign file costs time and nothing else.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "util/bytes.hpp"

namespace hullcheck::detect {

struct Pattern {
  std::string bytes;
  bool caseless = false;
};

struct PatternHit {
  std::size_t begin;      // of the first byte in what was searched
  std::uint32_t pattern;  // index
  auto operator<=>(const PatternHit&) const = default;
};

// Immutable: any thread. Searching takes a Scratch, which is one thread's.
class PatternDatabase {
 public:
  // `patterns` are not empty strings. `cache_folder` "" keeps nothing. Where the library refuses to work on this
  // machine, a slow search of our own stands in, so this cannot fail.
  PatternDatabase(std::vector<Pattern> patterns, const std::string& cache_folder);
  ~PatternDatabase();

  class Scratch {
   public:
    explicit Scratch(const PatternDatabase& database);
    ~Scratch();
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;

   private:
    friend class PatternDatabase;
    struct State;
    std::unique_ptr<State> m_state;
  };

  // Replaces `hits` by all that there are, sorted by begin, then pattern. False when there were more than `most`:
  // then those that the search met first.
  bool search(Bytes bytes, Scratch& scratch, std::size_t most, std::vector<PatternHit>& hits) const;
  // The same by comparing at every position: what search() does without the library, and what tests compare with.
  bool search_slowly(Bytes bytes, std::size_t most, std::vector<PatternHit>& hits) const;

  bool from_cache() const { return m_from_cache; }
  bool uses_library() const;
  static std::string cache_file_name(const std::vector<Pattern>& patterns);

 private:
  struct State;
  std::vector<Pattern> m_patterns;
  std::unique_ptr<State> m_state;
  bool m_from_cache = false;
};

}  // namespace hullcheck::detect
