// pax records (POSIX.1-2017 pax, "pax Extended Header": "LENGTH KEY=VALUE\n", the length counting itself), with the
// keys of star and GNU tar and those of libarchive for extended attributes.
// Hostile: lengths that lie, values that are no numbers, names with NULs, a key ten thousand times.
#include "formats/tar_pax.hpp"

#include "formats/tar_header.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace hullcheck::formats {
namespace {

constexpr std::string_view k_schily_xattr = "SCHILY.xattr.", k_libarchive_xattr = "LIBARCHIVE.xattr.";

std::optional<std::uint64_t> decimal(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > k_tar_largest) return std::nullopt;
  return value;
}

// "[-]SECONDS[.FRACTION]", rounded down.
std::optional<std::int64_t> seconds(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const auto dot = text.find('.');
  const auto whole = decimal(text.substr(0, dot));
  const auto fraction = dot == text.npos ? std::string_view() : text.substr(dot + 1);
  if (!whole || fraction.find_first_not_of("0123456789") != fraction.npos) return std::nullopt;
  const auto value = static_cast<std::int64_t>(*whole);
  if (!negative) return value;
  return fraction.find_first_not_of('0') == fraction.npos ? -value : -value - 1;
}

std::optional<std::string> url_decoded(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out.push_back(text[at]);
      continue;
    }
    const auto byte = from_hex(text.substr(at + 1, 2));
    if (!byte || byte->size() != 1) return std::nullopt;
    out.push_back(static_cast<char>(byte->front()));
    at += 2;
  }
  return out;
}

// Without the padding, as libarchive writes it, or with.
std::optional<std::string> base64_decoded(std::string_view text) {
  constexpr std::string_view k_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto value = k_alphabet.find(c);
    if (value == k_alphabet.npos) return std::nullopt;
    bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xffffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<char>(bits >> count & 0xff));
  }
  return out;
}

using Limits = const TarLimits&;
using Setter = bool (*)(PaxValues&, std::string_view, Limits);  // false: the value makes no sense

template <auto Member>
bool set_text(PaxValues& values, std::string_view value, Limits) {
  (values.*Member).assign(value);
  return true;
}
template <auto Member>
bool set_name(PaxValues& values, std::string_view value, Limits limits) {
  return value.find('\0') == value.npos && set_text<Member>(values, value, limits);
}
template <auto Member>
bool set_number(PaxValues& values, std::string_view value, Limits) {
  if (value.empty()) return true;
  values.*Member = decimal(value);
  return (values.*Member).has_value();
}
bool set_mtime(PaxValues& values, std::string_view value, Limits) {
  if (value.empty()) return true;
  values.mtime = seconds(value);
  return values.mtime.has_value();
}
// Names of the owner are not kept, but an engine refuses a header that has a NUL in one.
bool check_name(PaxValues&, std::string_view value, Limits) { return value.find('\0') == value.npos; }

// The 0.0 form gives offset and size of each segment as two records, always in this order.
template <int Place>
bool add_sparse_number(PaxValues& values, std::string_view value, Limits) {
  const auto number = decimal(value);
  if (!number || values.sparse_pairs.size() % 2 != Place) return false;
  values.sparse_pairs.push_back(*number);
  return true;
}
bool set_sparse_map(PaxValues& values, std::string_view value, Limits) {
  values.sparse_map.clear();
  while (!value.empty()) {
    const auto comma = std::min(value.find(','), value.size());
    const auto number = decimal(value.substr(0, comma));
    if (!number) return false;
    values.sparse_map.push_back(*number);
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
  return true;
}

struct Row {
  std::string_view key;
  Setter set;
};
constexpr Row k_rows[] = {
    {"path", set_name<&PaxValues::path>},
    {"linkpath", set_name<&PaxValues::linkpath>},
    {"size", set_number<&PaxValues::size>},
    {"uid", set_number<&PaxValues::uid>},
    {"gid", set_number<&PaxValues::gid>},
    {"mtime", set_mtime},
    {"uname", check_name},
    {"gname", check_name},
    {"SCHILY.devmajor", set_number<&PaxValues::device_major>},
    {"SCHILY.devminor", set_number<&PaxValues::device_minor>},
    {"GNU.sparse.major", set_text<&PaxValues::sparse_major>},
    {"GNU.sparse.minor", set_text<&PaxValues::sparse_minor>},
    {"GNU.sparse.name", set_name<&PaxValues::sparse_name>},
    {"GNU.sparse.size", set_number<&PaxValues::sparse_size>},
    {"GNU.sparse.realsize", set_number<&PaxValues::sparse_real_size>},
    {"GNU.sparse.numblocks", set_number<&PaxValues::sparse_blocks>},
    {"GNU.sparse.offset", add_sparse_number<0>},
    {"GNU.sparse.numbytes", add_sparse_number<1>},
    {"GNU.sparse.map", set_sparse_map},
};

// Engines do not know libarchive's own form; a broken one is no reason to stop.
void add_libarchive_xattr(PaxValues& values, std::string_view name, std::string_view value) {
  auto decoded_name = url_decoded(name);
  auto decoded = base64_decoded(value);
  if (decoded_name && decoded) values.libarchive_xattrs.emplace_back(std::move(*decoded_name), std::move(*decoded));
}

Result<void> set(PaxValues& values, std::string_view key, std::string_view value, Limits limits) {
  if (key.empty() || key.find('\0') != key.npos) return tar_header_error("a pax record has no proper key");
  if (key.starts_with(k_schily_xattr)) {
    values.xattrs.emplace_back(key.substr(k_schily_xattr.size()), value);
  } else if (key.starts_with(k_libarchive_xattr)) {
    add_libarchive_xattr(values, key.substr(k_libarchive_xattr.size()), value);
  } else {
    for (const auto& row : k_rows)
      if (row.key == key && !row.set(values, value, limits))
        return tar_header_error(fmt::format("the pax record \"{}\" has an invalid value", row.key));
  }
  if (std::max(values.sparse_pairs.size(), values.sparse_map.size()) / 2 > limits.sparse_segments)
    return make_error(ErrorCode::limit, "tar-sparse-limit",
                      fmt::format("a sparse file has more than {} segments", limits.sparse_segments));
  return {};
}

// Sorted, one of each name: the last record wins, and star's form over libarchive's.
void merge_xattrs(PaxValues& values, TarEntry& entry) {
  auto& all = values.libarchive_xattrs;
  std::move(values.xattrs.begin(), values.xattrs.end(), std::back_inserter(all));
  std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < all.size(); ++i)
    if (i + 1 == all.size() || all[i].first != all[i + 1].first) entry.xattrs.push_back(std::move(all[i]));
}

}  // namespace

Result<void> read_pax_records(std::string_view content, const TarLimits& limits, PaxValues& values) {
  while (!content.empty()) {
    const auto space = content.find(' ');
    const auto length = space == content.npos ? std::nullopt : decimal(content.substr(0, space));
    if (!length || *length > content.size() || *length < space + 2 || content[*length - 1] != '\n')
      return tar_header_error("a pax record lies about its length");
    const std::string_view record = content.substr(space + 1, *length - space - 2);
    const auto equals = record.find('=');
    if (equals == record.npos) return tar_header_error("a pax record has no value");
    TRY(set(values, record.substr(0, equals), record.substr(equals + 1), limits));
    content.remove_prefix(*length);
  }
  return {};
}

void apply_pax_values(PaxValues& values, TarEntry& entry) {
  if (!values.path.empty()) entry.name = values.path;
  const bool is_link = entry.type == TarType::symlink || entry.type == TarType::hard_link;
  if (is_link && !values.linkpath.empty()) entry.link = values.linkpath;
  entry.size = values.size.value_or(entry.size);
  entry.uid = values.uid.value_or(entry.uid);
  entry.gid = values.gid.value_or(entry.gid);
  entry.mtime = values.mtime.value_or(entry.mtime);
  entry.device_major = static_cast<std::uint32_t>(values.device_major.value_or(entry.device_major));
  entry.device_minor = static_cast<std::uint32_t>(values.device_minor.value_or(entry.device_minor));
  merge_xattrs(values, entry);
}

}  // namespace hullcheck::formats
