#include "layers/analyse.hpp"

#include <algorithm>
#include <limits>

#include "formats/ahead_stream.hpp"
#include "layers/copy_limit.hpp"
#include "layers/file_crew.hpp"
#include "layers/file_pass.hpp"
#include "layers/hashing_stream.hpp"
#include "util/path.hpp"

namespace hullcheck::layers {
namespace {

constexpr std::string_view k_whiteout = ".wh.";
constexpr std::string_view k_opaque = ".wh..wh..opq";
constexpr std::string_view k_whiteout_meta = ".wh..wh.";  // aufs bookkeeping, not part of any image

EntryType entry_type(formats::TarType type) {
  switch (type) {
    case formats::TarType::file: return EntryType::file;
    case formats::TarType::hard_link: return EntryType::hard_link;
    case formats::TarType::symlink: return EntryType::symlink;
    case formats::TarType::char_device: return EntryType::char_device;
    case formats::TarType::block_device: return EntryType::block_device;
    case formats::TarType::directory: return EntryType::directory;
    case formats::TarType::fifo: return EntryType::fifo;
    case formats::TarType::other: return EntryType::other;
  }
  return EntryType::other;
}

std::uint32_t clamp_id(std::uint64_t id) {
  return id > std::numeric_limits<std::uint32_t>::max() ? std::numeric_limits<std::uint32_t>::max()
                                                        : static_cast<std::uint32_t>(id);
}

// Whiteout names become what they remove.
void apply_whiteout(EntryType& type, std::string& path) {
  const std::string_view name = base_name(path);
  if (!name.starts_with(k_whiteout)) return;
  const std::string folder(parent_path(path));
  if (name == k_opaque) {
    type = EntryType::opaque;
    path = folder;
    return;
  }
  const std::string_view removed = name.substr(k_whiteout.size());
  // ".wh." with nothing, "." or ".." behind it removes no name; engines refuse such a layer.
  if (name.starts_with(k_whiteout_meta) || removed.empty() || removed == "." || removed == "..") {
    type = EntryType::other;
    return;
  }
  type = EntryType::whiteout;
  path = util::join_path(folder, removed);
}

std::uint32_t add_entry(LayerFacts& facts, const formats::TarEntry& member) {
  CanonicalPath canonical = canonical_path(member.name);
  EntryType type = entry_type(member.type);
  apply_whiteout(type, canonical.path);
  Entry entry;
  entry.path = facts.text.add(canonical.path);
  if (type == EntryType::hard_link)
    entry.link = facts.text.add(canonical_path(member.link).path);
  else if (type == EntryType::symlink)
    entry.link = facts.text.add(member.link);
  entry.type = type;
  entry.size = type == EntryType::file ? member.size : 0;
  entry.mtime = member.mtime;
  entry.mode = member.mode;
  entry.uid = clamp_id(member.uid);
  entry.gid = clamp_id(member.gid);
  entry.flags = canonical.flags;
  if (member.sparse) entry.flags |= k_sparse;
  if (!member.xattrs.empty()) {
    entry.xattrs = static_cast<std::uint32_t>(facts.xattrs.size());
    facts.xattrs.push_back(member.xattrs);
  }
  facts.entries.push_back(entry);
  return static_cast<std::uint32_t>(facts.entries.size() - 1);
}

// Names cost memory for as long as the image is looked at, and a compressed archive of long ones costs next to
// nothing. No layer of a real system comes near: a path of 256 bytes and 16 folders that are not those of the member
// before, on the average of all members.
class NameBudget {
 public:
  Result<void> spend(const Entry& entry, const formats::TarEntry& member) {
    m_bytes += entry.path.size() + entry.link.size();
    for (const auto& [name, value] : member.xattrs) m_bytes += name.size() + value.size();
    m_folders += new_folders(entry.path) + slashes(entry.link);
    m_last = entry.path;
    ++m_members;
    if (m_bytes <= k_free_bytes + k_bytes * m_members && m_folders <= k_free_folders + k_folders * m_members)
      return {};
    return make_error(ErrorCode::limit, "layer-names-limit",
                      "the names of the layer's files are too long to be held");
  }

 private:
  static constexpr std::uint64_t k_free_bytes = 8U << 20, k_bytes = 256;
  static constexpr std::uint64_t k_free_folders = 100'000, k_folders = 16;

  static std::uint64_t slashes(std::string_view text) {
    return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '/'));
  }
  std::uint64_t new_folders(std::string_view path) const {
    const auto differ = std::mismatch(path.begin(), path.end(), m_last.begin(), m_last.end());
    return slashes({differ.first, path.end()});
  }

  std::string_view m_last;  // the facts keep it
  std::uint64_t m_bytes = 0, m_folders = 0, m_members = 0;
};

bool transient(const Error& error) {
  return error.code == ErrorCode::io || error.code == ErrorCode::network || error.code == ErrorCode::timeout ||
         error.code == ErrorCode::cancelled || error.code == ErrorCode::denied || error.code == ErrorCode::busy;
}

// The content of one file, looked at here or handed to a helper.
Result<void> read_file(formats::TarReader& tar, HashingStream& archive, FilePass& pass, FileCrew* crew, Entry& entry,
                       std::uint32_t index, const DigestChoice& choice) {
  if (crew != nullptr && crew->wants(entry)) return crew->take(tar, entry, index, choice);
  return pass.read(tar, archive, entry, index, choice);
}

// Reads members until the archive ends or breaks.
Result<void> walk_members(formats::TarReader& tar, HashingStream& archive, FilePass& pass, FileCrew* crew,
                          LayerOutcome& outcome) {
  LayerFacts& facts = *outcome.facts;
  DigestChoice choice;
  NameBudget names;
  for (;;) {
    auto member = tar.next();
    if (!member) return std::move(member).error();
    if (*member == nullptr) break;
    const std::uint32_t index = add_entry(facts, **member);
    TRY(names.spend(facts.entries[index], **member));
    Entry& entry = facts.entries[index];
    choice.see(entry.path);
    if (entry.type != EntryType::file) continue;
    if (auto read = read_file(tar, archive, pass, crew, entry, index, choice); !read)
      return std::move(read).error().in(entry.path);
  }
  return {};
}

// `hashed` is what the tar's bytes come through, at once or behind what opened the blob. `ahead`: where helpers are.
Result<void> walk(formats::ByteStream& tar_bytes, HashingStream& hashed, const AnalyseOptions& options,
                  formats::AheadStream* ahead, LayerOutcome& outcome) {
  formats::TarReader tar(tar_bytes, options.limits.tar);
  FilePass pass(options, *outcome.facts);
  std::optional<FileCrew> crew;
  if (ahead != nullptr) crew.emplace(options, *ahead, *outcome.facts);
  auto walked = walk_members(tar, hashed, pass, crew ? &*crew : nullptr, outcome);
  // What came before damage is good.
  pass.flush();
  if (crew) crew->finish();
  if (pass.hit_shared_limit() || (crew && crew->hit_shared_limit())) outcome.cacheable = false;
  return walked;
}

// Damage is told once, where it was met first; trouble of the world always, for it says that the damage may be no
// damage at all.
void note_damage(LayerOutcome& outcome, Error error) {
  const bool first = outcome.facts->complete;
  outcome.facts->complete = false;
  if (transient(error)) {
    outcome.cacheable = false;
    if (!outcome.interrupted) outcome.interrupted = std::move(error);
    return;
  }
  if (first) outcome.facts->problems.push_back({k_none, error.name, error.message, error.subject});
}

// Sections that were taken over speak of the entries of the whole layer; those of the entries that are here stay.
void trim_sections(LayerFacts& facts) {
  const std::size_t entries = facts.entries.size();
  const auto beyond = [&](const auto& item) { return item.entry != k_none && item.entry >= entries; };
  for (auto& [id, section] : facts.sections) {
    std::erase_if(section.records, beyond);
    std::erase_if(section.problems, beyond);
  }
}

void finish_digests(LayerOutcome& outcome, HashingStream& blob, HashingStream* plain) {
  const bool plain_ended = plain == nullptr || plain->drain();
  if (plain != nullptr && plain_ended) {
    outcome.diff_id = plain->digest();
    outcome.facts->tar_size = plain->bytes();
  }
  if (blob.drain()) outcome.blob_digest = blob.digest();
  outcome.blob_size = blob.bytes();
  if (plain == nullptr) {
    outcome.diff_id = outcome.blob_digest;
    outcome.facts->tar_size = blob.bytes();
  }
  if (blob.error()) note_damage(outcome, *blob.error());
  if (plain != nullptr && plain->error()) note_damage(outcome, *plain->error());
  outcome.facts->diff_id = outcome.diff_id;
  trim_sections(*outcome.facts);
  limit_copies(*outcome.facts);
}

}  // namespace

LayerOutcome analyse_layer(formats::ByteStream& blob, const AnalyseOptions& options, std::stop_token stop,
                           util::Progress& progress, util::Profile& profile) {
  const util::Timer timer(profile, "layers/analyse");
  LayerOutcome outcome;
  outcome.facts = std::make_shared<LayerFacts>();
  HashingStream hashed_blob(blob, stop, progress);
  auto opened = formats::decompress(hashed_blob, options.limits.decompress, &outcome.compression);
  if (!opened) {
    note_damage(outcome, std::move(opened).error());
    finish_digests(outcome, hashed_blob, nullptr);
    outcome.diff_id.clear();
    outcome.facts->diff_id.clear();
    return outcome;
  }
  if (outcome.compression == formats::Compression::none) {
    // Blob and tar are the same bytes: one digest serves both.
    if (auto walked = walk(**opened, hashed_blob, options, nullptr, outcome); !walked)
      note_damage(outcome, std::move(walked).error());
    finish_digests(outcome, hashed_blob, nullptr);
    return outcome;
  }
  HashingStream* hashed_plain = nullptr;
  formats::AheadStream ahead(**opened, options.helpers, [&] { hashed_plain->part_ways(); });
  HashingStream plain(ahead, stop, util::no_progress(), &hashed_blob);
  hashed_plain = &plain;
  if (auto walked = walk(plain, plain, options, &ahead, outcome); !walked)
    note_damage(outcome, std::move(walked).error());
  plain.drain();
  ahead.stop();
  finish_digests(outcome, hashed_blob, &plain);
  return outcome;
}

LayerOutcome digest_layer(formats::ByteStream& blob, bool with_diff_id, const LayerLimits& limits,
                          std::stop_token stop, util::Progress& progress) {
  LayerOutcome outcome;
  outcome.facts = std::make_shared<LayerFacts>();
  HashingStream hashed_blob(blob, stop, progress);
  if (!with_diff_id) {
    if (hashed_blob.drain()) outcome.blob_digest = hashed_blob.digest();
    outcome.blob_size = hashed_blob.bytes();
    if (hashed_blob.error()) note_damage(outcome, *hashed_blob.error());
    return outcome;
  }
  auto opened = formats::decompress(hashed_blob, limits.decompress, &outcome.compression);
  if (!opened) {
    note_damage(outcome, std::move(opened).error());
    finish_digests(outcome, hashed_blob, nullptr);
    outcome.diff_id.clear();
    return outcome;
  }
  if (outcome.compression == formats::Compression::none) {
    while (true) {
      const auto block = (*opened)->next();
      if (!block || block->empty()) break;
    }
    finish_digests(outcome, hashed_blob, nullptr);
    return outcome;
  }
  HashingStream plain(**opened, stop, util::no_progress(), &hashed_blob);
  finish_digests(outcome, hashed_blob, &plain);
  return outcome;
}

}  // namespace hullcheck::layers
