// Lists of digests of known files: one a line, or ClamAV's .hdb and .hsb.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "layers/entry.hpp"
#include "util/bytes.hpp"
#include "util/digest.hpp"
#include "util/result.hpp"

namespace hullcheck::detect {

// Digests of many lists, sorted. Immutable once finish() was called.
class HashLists {
 public:
  static constexpr std::uint64_t k_any_size = UINT64_MAX;
  static constexpr std::size_t k_most_lines = 8'000'000;  // of all lists
  static constexpr std::size_t k_most_line_bytes = 4096;

  struct Listed {
    std::uint32_t list = 0;  // as given to read()
    std::string_view name;   // borrowed from the lists
  };

  // Adds a file. "hash-list-malformed" with "FILE:LINE" as its subject.
  Result<void> read(std::string_view text, std::string_view file, std::uint32_t list);
  void finish();

  bool empty() const { return m_all[0].empty() && m_all[1].empty() && m_all[2].empty(); }
  bool has(util::Hash kind) const;
  // Digests without a size: every file has to be compared with them.
  bool any_size(util::Hash kind) const;
  bool lists_size(std::uint64_t size) const;
  bool lists_any_size() const { return !m_sizes.empty(); }  // some digest comes with a size
  // The first list, in the order of reading, that holds the digest for a file of this size.
  std::optional<Listed> find(util::Hash kind, Bytes digest, std::uint64_t size) const;

 private:
  struct Item {
    std::array<std::uint8_t, 32> digest{};
    std::uint64_t size = k_any_size;
    std::uint64_t name_at = 0;
    std::uint32_t name_size = 0;
    std::uint32_t list = 0;
    auto operator<=>(const Item&) const = default;
  };
  Result<void> read_line(std::string_view line, std::uint32_t list);
  std::array<std::vector<Item>, 3> m_all;  // md5, sha1, sha256
  std::array<bool, 3> m_any_size{};
  std::vector<std::uint64_t> m_sizes;
  std::string m_names;
  std::size_t m_lines = 0;
};

}  // namespace hullcheck::detect
