// From the tags of an rpm header to an installed package and its files.
//
// The file list is a table in columns: one tag for base names, one for the index of each file's folder, one for
// digests, and so on. Hostile: columns of different lengths and folder numbers that do not exist; a column that does
// not fit is left out and said so, because a package without its files is still one that advisories speak of.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "formats/rpm_header.hpp"

namespace hullcheck::formats {
namespace {

struct TextRow {
  RpmTag tag;
  std::string RpmPackage::*member;
  bool vital;  // without it there is no package
};
constexpr std::array<TextRow, 11> k_texts{{
    {RpmTag::name, &RpmPackage::name, true},
    {RpmTag::version, &RpmPackage::version, true},
    {RpmTag::release, &RpmPackage::release, true},
    {RpmTag::arch, &RpmPackage::arch, false},
    {RpmTag::source_rpm, &RpmPackage::source_rpm, false},
    {RpmTag::vendor, &RpmPackage::vendor, false},
    {RpmTag::packager, &RpmPackage::packager, false},
    {RpmTag::licence, &RpmPackage::licence, false},
    {RpmTag::modularity_label, &RpmPackage::modularity_label, false},
    {RpmTag::dist_tag, &RpmPackage::dist_tag, false},
    {RpmTag::summary, &RpmPackage::summary, false},
}};

constexpr std::array k_signature_tags{RpmTag::signature_pgp, RpmTag::signature_gpg, RpmTag::signature_dsa,
                                      RpmTag::signature_rsa, RpmTag::signature_openpgp};

struct DigestRow {
  std::uint64_t number;  // OpenPGP hash algorithm (RFC 4880, 9.4)
  RpmDigest algorithm;
  std::size_t hex_digits;
};
constexpr std::array<DigestRow, 6> k_digests{{
    {1, RpmDigest::md5, 32},
    {2, RpmDigest::sha1, 40},
    {8, RpmDigest::sha256, 64},
    {9, RpmDigest::sha384, 96},
    {10, RpmDigest::sha512, 128},
    {11, RpmDigest::sha224, 56},
}};

struct ScriptRow {
  RpmTag tag;
  std::string_view when;
};
constexpr std::array<ScriptRow, 6> k_scripts{{
    {RpmTag::script_before_install, "before installation"},
    {RpmTag::script_after_install, "after installation"},
    {RpmTag::script_before_removal, "before removal"},
    {RpmTag::script_after_removal, "after removal"},
    {RpmTag::script_before_transaction, "before the transaction"},
    {RpmTag::script_after_transaction, "after the transaction"},
}};

std::string tag_subject(RpmTag tag) { return fmt::format("tag {}", static_cast<std::uint32_t>(tag)); }

Result<std::string> text(const RpmHeader& header, RpmTag tag, const RpmHeaderLimits& limits) {
  const auto found = TRY(header.string(tag));
  if (found && found->size() > limits.max_text)
    return make_error(ErrorCode::limit, "rpm-text-limit", fmt::format("a text of {} bytes", found->size()),
                      tag_subject(tag));
  return std::string(found.value_or(std::string_view()));
}

// Fills `package.files`; what does not fit is a problem of the package.
class FileTable {
 public:
  FileTable(const RpmHeader& header, const RpmHeaderLimits& limits, RpmPackage& package)
      : m_header(header), m_limits(limits), m_package(package) {}

  void read() {
    const bool old_form = !m_header.has(RpmTag::base_names);
    RpmStrings names = texts(old_form ? RpmTag::old_file_names : RpmTag::base_names);
    m_rows = names.size();
    if (m_rows == 0) return;
    RpmStrings folder_names = texts(RpmTag::dir_names);
    for (std::size_t i = 0; i < folder_names.size(); ++i) m_folders.push_back(folder_names.next());
    const RpmIntegers indexes = column(RpmTag::dir_indexes);
    if (!old_form && indexes.size() != m_rows) {
      problem(ErrorCode::malformed, "rpm-file-table", "the files have no folders", RpmTag::dir_indexes);
      return;
    }
    for (std::size_t i = 0; i < m_rows; ++i) {
      const std::string_view base = names.next();
      std::string_view folder;
      if (!old_form) {
        if (indexes[i] >= m_folders.size()) {
          problem(ErrorCode::malformed, "rpm-file-table", "a file is in a folder that is not there",
                  RpmTag::dir_indexes);
          return m_package.files.clear();
        }
        folder = m_folders[indexes[i]];
      }
      if (!add(folder, base)) return m_package.files.clear();
    }
    read_columns();
  }

 private:
  // All or nothing: half a list would pass for files that belong to no package.
  bool add(std::string_view folder, std::string_view base) {
    m_path_bytes += folder.size() + base.size();
    if (m_package.files.size() >= m_limits.max_files || m_path_bytes > m_limits.max_path_bytes ||
        folder.size() + base.size() > m_limits.max_path) {
      problem(ErrorCode::limit, "rpm-file-limit", "the file list is too long", RpmTag::base_names);
      return false;
    }
    RpmFile& file = m_package.files.emplace_back();
    file.path.reserve(folder.size() + base.size());
    file.path.append(folder).append(base);
    return true;
  }

  void read_columns() {
    std::vector<RpmFile>& files = m_package.files;
    const RpmIntegers modes = column(RpmTag::file_modes);
    for (std::size_t i = 0; i < modes.size(); ++i) files[i].mode = static_cast<std::uint16_t>(modes[i]);
    const RpmIntegers flags = column(RpmTag::file_flags);
    for (std::size_t i = 0; i < flags.size(); ++i) files[i].flags = static_cast<std::uint32_t>(flags[i]);
    const bool is_long = m_header.has(RpmTag::long_file_sizes);
    const RpmIntegers sizes = column(is_long ? RpmTag::long_file_sizes : RpmTag::file_sizes);
    for (std::size_t i = 0; i < sizes.size(); ++i) files[i].size = sizes[i];
    RpmStrings users = text_column(RpmTag::file_users);
    for (std::size_t i = 0; i < users.size(); ++i) files[i].user = users.next();
    RpmStrings groups = text_column(RpmTag::file_groups);
    for (std::size_t i = 0; i < groups.size(); ++i) files[i].group = groups.next();
    read_digests();
  }

  void read_digests() {
    const RpmIntegers number = integers(RpmTag::file_digest_algorithm);
    const DigestRow* known = &k_digests[0];  // MD5 where nothing else is said
    if (!number.empty()) {
      const auto found = std::find_if(k_digests.begin(), k_digests.end(),
                                      [&](const DigestRow& row) { return row.number == number[0]; });
      known = found == k_digests.end() ? nullptr : &*found;
    }
    m_package.digest_algorithm = known != nullptr ? known->algorithm : RpmDigest::unknown;
    RpmStrings digests = text_column(RpmTag::file_digests);
    bool all_valid = true;
    for (std::size_t i = 0; i < digests.size(); ++i) {
      const std::string_view digest = digests.next();
      if (digest.empty()) continue;
      const bool valid =
          known != nullptr && digest.size() == known->hex_digits && take_hex(digest, m_package.files[i]);
      all_valid = all_valid && valid;
    }
    if (!all_valid)
      problem(ErrorCode::malformed, "rpm-file-digest", "a file's digest is none of its algorithm",
              RpmTag::file_digests);
  }

  static bool take_hex(std::string_view digest, RpmFile& file) {
    std::string lower(digest);
    for (char& c : lower) {
      if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
    }
    file.digest = std::move(lower);
    return true;
  }

  RpmIntegers integers(RpmTag tag) {
    auto found = m_header.integers(tag);
    if (found) return *found;
    m_package.problems.push_back(std::move(found).error());
    return {};
  }
  RpmStrings texts(RpmTag tag) {
    auto found = m_header.strings(tag);
    if (found) return *found;
    m_package.problems.push_back(std::move(found).error());
    return {};
  }
  // A column has a value for each file or is not used.
  template <class Column>
  Column fitting(Column column, RpmTag tag) {
    if (column.empty() || column.size() == m_rows) return column;
    problem(ErrorCode::malformed, "rpm-file-table", fmt::format("{} values for {} files", column.size(), m_rows),
            tag);
    return {};
  }
  RpmIntegers column(RpmTag tag) { return fitting(integers(tag), tag); }
  RpmStrings text_column(RpmTag tag) { return fitting(texts(tag), tag); }

  void problem(ErrorCode code, std::string_view name, std::string message, RpmTag tag) {
    m_package.problems.push_back(make_error(code, std::string(name), std::move(message), tag_subject(tag)));
  }

  const RpmHeader& m_header;
  const RpmHeaderLimits& m_limits;
  RpmPackage& m_package;
  std::size_t m_rows = 0;
  std::uint64_t m_path_bytes = 0;
  std::vector<std::string_view> m_folders;
};

// The first value of a tag that has one.
std::optional<std::uint64_t> number(const RpmHeader& header, RpmTag tag, RpmPackage& package) {
  auto values = header.integers(tag);
  if (values && !values->empty()) return (*values)[0];
  if (!values) package.problems.push_back(std::move(values).error());
  return std::nullopt;
}

}  // namespace

std::string RpmPackage::evr() const {
  return epoch ? fmt::format("{}:{}-{}", *epoch, version, release) : fmt::format("{}-{}", version, release);
}

Result<RpmPackage> to_package(const RpmHeader& header, const RpmHeaderLimits& limits) {
  RpmPackage package;
  for (const TextRow& row : k_texts) {
    auto value = text(header, row.tag, limits);
    if (value)
      package.*row.member = std::move(value).value();
    else if (row.vital)
      return std::move(value).error();
    else
      package.problems.push_back(std::move(value).error());
  }
  if (package.name.empty())
    return make_error(ErrorCode::malformed, "rpm-header-nameless", "the rpm header names no package");
  if (package.version.empty() || package.release.empty())
    return make_error(ErrorCode::malformed, "rpm-header-versionless", "the rpm header has no version or no release",
                      package.name);
  if (header.duplicate_tags() != 0)
    package.problems.push_back(make_error(ErrorCode::malformed, "rpm-header-duplicate-tag",
                                          fmt::format("{} tags stand twice", header.duplicate_tags())));
  // A version without its epoch would compare wrongly, so a broken one is fatal.
  const RpmIntegers epoch = TRY(header.integers(RpmTag::epoch));
  if (!epoch.empty()) package.epoch = static_cast<std::uint32_t>(epoch[0]);
  package.install_time = number(header, RpmTag::install_time, package);
  package.has_signature =
      std::any_of(k_signature_tags.begin(), k_signature_tags.end(), [&](RpmTag tag) { return header.has(tag); });
  FileTable(header, limits, package).read();
  for (const ScriptRow& row : k_scripts) {
    auto script = text(header, row.tag, limits);
    if (!script)
      package.problems.push_back(std::move(script).error());
    else if (!script.value().empty())
      package.scripts.push_back({row.when, std::move(script).value()});
  }
  return package;
}

}  // namespace hullcheck::formats
