// One rpm header: the record that an rpm database keeps for each installed package.
//
// Format (rpm's "Package Format" manual, section Header, without the lead and the magic that a .rpm file has): the
// number of tags and the size of the data, both 32 bits, then a 16-byte index entry for each tag (tag, type, offset,
// count), then the data. Everything is big endian. The entries up to the end of the region tag are what the builder
// signed; the ones behind it were added when the package was installed and take precedence.
//
// Hostile: every number. Offsets may be negative, counts may promise 4 GB, texts may have no end, the columns of the
// file table may have different lengths, and a long folder name may be shared by a million files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/bytes.hpp"
#include "util/result.hpp"

namespace hullcheck::formats {

struct RpmHeaderLimits {
  std::uint64_t max_bytes = 64ULL << 20;  // of the whole header; the largest real ones have some 10 MB
  std::uint32_t max_tags = 65'535;        // rpm's own limit
  std::uint32_t max_items = 500'000;      // elements of one tag that holds texts
  std::uint64_t max_files = 500'000;      // entries of the file list
  std::uint64_t max_path_bytes =
      64ULL << 20;                     // all paths of the list: folder names are shared, so a list can explode
  std::uint32_t max_path = 4096;       // one path
  std::uint32_t max_text = 64U << 10;  // one text that is not a path (summary, vendor, …)
};

// The tags read here, by the numbers of rpm's rpmtag.h.
enum class RpmTag : std::uint32_t {
  signature_pgp = 259,
  signature_gpg = 262,
  signature_dsa = 267,
  signature_rsa = 268,
  signature_openpgp = 278,
  name = 1000,
  version = 1001,
  release = 1002,
  epoch = 1003,
  summary = 1004,
  install_time = 1008,
  vendor = 1011,
  licence = 1014,
  packager = 1015,
  arch = 1022,
  script_before_install = 1023,
  script_after_install = 1024,
  script_before_removal = 1025,
  script_after_removal = 1026,
  old_file_names = 1027,
  file_sizes = 1028,
  file_modes = 1030,
  file_digests = 1035,
  file_flags = 1037,
  file_users = 1039,
  file_groups = 1040,
  source_rpm = 1044,
  dir_indexes = 1116,
  base_names = 1117,
  dir_names = 1118,
  script_before_transaction = 1151,
  script_after_transaction = 1152,
  dist_tag = 1155,
  long_file_sizes = 5008,
  file_digest_algorithm = 5011,
  modularity_label = 5096,
};

enum class RpmType : std::uint32_t {
  null,
  character,
  int8,
  int16,
  int32,
  int64,
  string,
  binary,
  string_array,
  i18n_string,
};

// A column of integers, borrowed from the header's bytes. `operator[]` needs index < size().
class RpmIntegers {
 public:
  RpmIntegers() = default;
  RpmIntegers(Bytes data, std::size_t width) : m_data(data), m_width(width) {}
  std::size_t size() const { return m_data.size() / m_width; }
  bool empty() const { return m_data.empty(); }
  std::uint64_t operator[](std::size_t index) const;

 private:
  Bytes m_data;
  std::size_t m_width = 1;
};

// A column of texts, borrowed from the header's bytes, read in order. The texts were checked when the column was
// made.
class RpmStrings {
 public:
  RpmStrings() = default;
  RpmStrings(std::string_view data, std::size_t count) : m_rest(data), m_count(count) {}
  std::size_t size() const { return m_count; }
  bool empty() const { return m_count == 0; }
  std::string_view next();  // an empty text behind the last one

 private:
  std::string_view m_rest;
  std::size_t m_count = 0;
};

// Borrows the bytes it was parsed from. Immutable after that: any thread.
// An absent tag is no error: the answer is empty. A tag of another type than asked for, or with broken data, is one.
class RpmHeader {
 public:
  bool has(RpmTag tag) const { return find(tag) != nullptr; }
  Result<std::optional<std::string_view>> string(RpmTag tag) const;  // of an array or a translated text the first
  Result<RpmStrings> strings(RpmTag tag) const;
  Result<RpmIntegers> integers(RpmTag tag) const;  // 8, 16, 32 or 64 bits wide, unsigned
  Result<Bytes> binary(RpmTag tag) const;
  std::size_t size() const { return m_entries.size(); }
  // Tags that stand twice on the same side of the region's end. rpm never writes that; the first one is used.
  std::size_t duplicate_tags() const { return m_duplicate_tags; }

 private:
  friend Result<RpmHeader> parse_rpm_header(Bytes blob, const RpmHeaderLimits& limits);
  struct Entry {
    std::uint32_t tag = 0;
    RpmType type = RpmType::null;
    std::uint32_t offset = 0;
    std::uint32_t count = 0;
  };
  const Entry* find(RpmTag tag) const;
  Result<std::uint32_t> region_size() const;  // how many entries, from the first on, are in the signed region
  void keep_one_of_each(std::uint32_t region);

  std::vector<Entry> m_entries;  // sorted by tag, each tag once
  Bytes m_data;
  std::uint32_t m_max_items = 0;
  std::size_t m_duplicate_tags = 0;
};

// Errors: rpm-header-truncated, rpm-header-size, rpm-header-limit, rpm-header-region, rpm-tag-type, rpm-tag-offset,
// rpm-tag-count. `blob` must outlive the header.
Result<RpmHeader> parse_rpm_header(Bytes blob, const RpmHeaderLimits& limits);

enum class RpmDigest : unsigned char { md5, sha1, sha224, sha256, sha384, sha512, unknown };

struct RpmFile {
  static constexpr std::uint32_t k_config = 1U << 0;
  static constexpr std::uint32_t k_doc = 1U << 1;
  static constexpr std::uint32_t k_ghost = 1U << 6;

  std::string path;    // as recorded: absolute in honest packages, any text in others
  std::string digest;  // lower-case hexadecimal in RpmPackage::digest_algorithm; empty for folders, links, ghosts
  std::string user;
  std::string group;
  std::uint64_t size = 0;
  std::uint32_t flags = 0;
  std::uint16_t mode = 0;  // type and permissions as in stat
};

// What rpm runs when the package comes or goes.
struct RpmScript {
  std::string_view when;  // "before installation"
  std::string text;       // for a shell in most packages
};

// One installed package. Owns everything. Texts are as recorded: unescaped and perhaps not UTF-8.
struct RpmPackage {
  std::string name;
  std::string version;
  std::string release;
  std::optional<std::uint32_t> epoch;
  std::string arch;        // empty for gpg-pubkey
  std::string source_rpm;  // "bash-5.1.8-4.src.rpm"; empty when unknown
  std::string vendor;
  std::string packager;
  std::string licence;
  std::string modularity_label;
  std::string dist_tag;
  std::string summary;
  std::optional<std::uint64_t> install_time;  // seconds since 1970
  bool has_signature = false;                 // present, not verified
  RpmDigest digest_algorithm = RpmDigest::md5;
  std::vector<RpmFile> files;  // in the order of the header
  std::vector<RpmScript> scripts;
  // What is wrong with it although it could be read: rpm-header-duplicate-tag, rpm-file-table, rpm-file-limit,
  // rpm-file-digest, and errors of single tags. While one of them is there the file list may not be complete.
  std::vector<Error> problems;

  // A public key that rpm keeps among the packages. No package for anybody but rpm.
  bool is_public_key() const { return name == "gpg-pubkey"; }
  std::string evr() const;  // "epoch:version-release", without the epoch when there is none
};

// Errors: rpm-header-nameless, rpm-header-versionless, rpm-text-limit, and a broken name, version, release or epoch.
// Anything else that is broken becomes an entry of `problems`.
Result<RpmPackage> to_package(const RpmHeader& header, const RpmHeaderLimits& limits = {});

}  // namespace hullcheck::formats
