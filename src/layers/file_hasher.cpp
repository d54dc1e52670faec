#include "layers/file_hasher.hpp"

#include <algorithm>
#include <array>

namespace hullcheck::layers {
namespace {

using namespace std::string_view_literals;

constexpr std::array k_dpkg_marks{"var/lib/dpkg"sv, "etc/dpkg"sv, "etc/apt"sv, "etc/debian_version"sv,
                                  "usr/share/doc/base-files"sv};
constexpr std::array k_apk_marks{"etc/apk"sv, "lib/apk"sv, "usr/lib/apk"sv, "etc/alpine-release"sv};
constexpr std::array k_rpm_marks{"var/lib/rpm"sv, "usr/lib/sysimage/rpm"sv, "usr/lib/rpm"sv, "etc/yum.repos.d"sv,
                                 "etc/rpm"sv,     "etc/redhat-release"sv};

bool marked(std::string_view path, const auto& marks) {
  return std::any_of(marks.begin(), marks.end(), [&](std::string_view mark) { return path.starts_with(mark); });
}

// Debian's library folders are named after the machine: usr/lib/x86_64-linux-gnu.
bool multiarch(std::string_view path) {
  if (path.starts_with("usr/")) path.remove_prefix(4);
  return path.starts_with("lib/") && path.substr(4, 48).find("-linux-gnu") != std::string_view::npos;
}

// What an interpreter loads from its own top folder: usr/lib/python3.11/os.py, usr/share/perl/5.36.0/strict.pm. Every
// program in its language runs these; of the modules of packages there is far more, and any layer may bring others.
bool is_interpreter_module(std::string_view path) {
  if (!path.starts_with("usr/lib") && !path.starts_with("usr/share/perl")) return false;
  const std::string_view folder = base_name(parent_path(path));
  if (path.ends_with(".py")) return folder.starts_with("python3.") || folder == "encodings";
  const std::string_view above = base_name(parent_path(parent_path(path)));
  if (path.ends_with(".pm")) return folder == "perl-base" || folder.starts_with("perl5") || above.starts_with("perl");
  return path.ends_with(".rb") && above == "ruby";
}

// Whose digest by the package database's own algorithm is always taken: what the machine itself runs. MD5 costs more
// than everything else that is done with a byte but inflating it, so data has to give a reason first.
bool is_program(const Entry& entry) {
  return entry.executable() || is_interpreter_module(entry.path) || entry.content == ContentKind::elf ||
         entry.content == ContentKind::script;
}

}  // namespace

bool always_hashed(const Entry& entry) {
  switch (entry.content) {
    case ContentKind::elf:
    case ContentKind::pe:
    case ContentKind::macho:
    case ContentKind::script:
    case ContentKind::zip:
    case ContentKind::gzip:
    case ContentKind::zstd:
    case ContentKind::xz:
    case ContentKind::bzip2:
    case ContentKind::tar:
    case ContentKind::java_class:
    case ContentKind::wasm: return true;
    default: return entry.executable() || is_interpreter_module(entry.path);
  }
}

void DigestChoice::see(std::string_view path) {
  m_dpkg = m_dpkg || marked(path, k_dpkg_marks) || multiarch(path);
  m_apk = m_apk || marked(path, k_apk_marks);
  m_rpm = m_rpm || marked(path, k_rpm_marks);
}

FileHasher::FileHasher(LayerFacts& facts, bool all)
    : m_facts(facts),
      m_all(all),
      m_batch([&facts](std::uint64_t index, const util::Md5Digest& digest) { facts.digests[index].md5 = digest; }) {}

void FileHasher::begin(const Entry& entry, const DigestChoice& choice, HashingStream* archive, bool kind_known) {
  m_archive = archive;
  m_use_md5 = choice.md5();
  m_use_sha1 = choice.sha1();
  m_by_piece = kind_known && (m_all || always_hashed(entry));
  m_md5_by_piece = m_by_piece && m_use_md5 && is_program(entry) && entry.size > util::Md5Batch::k_longest;
}

void FileHasher::decide(const Entry& entry, bool asked_for) {
  m_wanted = m_all || asked_for || always_hashed(entry);
  m_as_packages_do = asked_for || is_program(entry);
  if (m_as_packages_do) begin_batch();
}

// finish() stores the digests of this file next, if the archive does not break before.
void FileHasher::begin_batch() {
  if (m_use_md5 && !m_md5_by_piece) m_batch.begin(m_facts.digests.size());
}

void FileHasher::take(Bytes fresh) {
  if (!m_by_piece) m_sha256.update(fresh);
  if (m_as_packages_do) take_as_packages_do(fresh);
}

void FileHasher::take_as_packages_do(Bytes fresh) {
  if (m_use_md5 && !m_md5_by_piece) m_batch.append(fresh);
  if (m_use_sha1) m_sha1.update(fresh);
}

void FileHasher::notice(Bytes whole) {
  if (!m_wanted) m_sha256.update(whole);
  if (!m_as_packages_do) {
    begin_batch();
    take_as_packages_do(whole);
  }
  m_wanted = m_as_packages_do = true;
}

void FileHasher::finish(Entry& entry) {
  if (!m_wanted) return;
  FileDigests digests;
  digests.sha256 = m_sha256.finish();
  digests.has_md5 = m_as_packages_do && m_use_md5;
  digests.has_sha1 = m_as_packages_do && m_use_sha1;
  if (digests.has_sha1) {
    const Buffer sha1 = m_sha1.finish();
    std::copy_n(sha1.begin(), digests.sha1.size(), digests.sha1.begin());
  }
  if (m_md5_by_piece) digests.md5 = m_md5.finish();
  entry.digests = static_cast<std::uint32_t>(m_facts.digests.size());
  m_facts.digests.push_back(digests);
  if (digests.has_md5 && !m_md5_by_piece) m_batch.end();
}

}  // namespace hullcheck::layers
