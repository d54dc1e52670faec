// LayerFacts: all that is remembered of one layer, keyed by its diff id. Content-addressed and free of judgement.
//
// Encoding (canonical; little-endian varints and length-prefixed strings of util/codec.hpp; versioned; checksummed):
//   core section "entries": every member with type, mode, owner, size, time, link, xattrs, content kind, digests, and
//   the problems met while reading the archive; then one blob per section: (entry index, record bytes)* and (entry
//   index, error)*.
// Read back as hostile input: decode_*() never trusts a length or an index.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "layers/entry.hpp"
#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::layers {

// Text that never moves once added.
class Arena {
 public:
  std::string_view add(std::string_view text);
  std::size_t bytes() const { return m_bytes; }

 private:
  std::vector<std::unique_ptr<char[]>> m_chunks;
  std::size_t m_used = 0, m_capacity = 0, m_bytes = 0;
};

struct Record {
  std::uint32_t entry = k_none;  // index into LayerFacts::entries
  Buffer data;
};

// Something about the layer's bytes that kept a reader from doing its work: part of the facts, since the same bytes
// always give it. Trouble of time, network or disk is not: it lives in LayerOutcome and is not cached.
struct Problem {
  std::uint32_t entry = k_none;  // k_none: the archive itself
  std::string name;              // Error::name
  std::string message;
  std::string subject;
};

struct SectionFacts {
  std::string fingerprint;
  std::vector<Record> records;  // ordered by entry, at most one each
  std::vector<Problem> problems;
};

struct LayerFacts {
  std::string diff_id;
  std::deque<Entry> entries;  // archive order; a deque, since growing a vector holds millions of entries twice
  std::vector<FileDigests> digests;
  std::vector<std::vector<std::pair<std::string, std::string>>> xattrs;
  std::vector<Problem> problems;
  std::map<std::string, SectionFacts> sections;
  std::uint64_t tar_size = 0;
  Arena text;
  // The archive was read to its end. False after tar damage (see problems): what came before is good.
  bool complete = true;
};

constexpr std::uint32_t k_facts_version = 1;

Buffer encode_core(const LayerFacts& facts);
Result<std::unique_ptr<LayerFacts>> decode_core(Bytes bytes);
Buffer encode_section(const SectionFacts& section);
Result<SectionFacts> decode_section(Bytes bytes, std::uint32_t entries);

}  // namespace hullcheck::layers
