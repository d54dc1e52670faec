// The index of an rpm header: every entry is checked against the data before anybody may ask for a tag. What a
// package is made of is in rpm_package.cpp.
#include "formats/rpm_header.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace hullcheck::formats {
namespace {

constexpr std::uint64_t k_intro_bytes = 8;
constexpr std::uint64_t k_entry_bytes = 16;
constexpr std::uint32_t k_region_bytes = 16;
constexpr std::uint32_t k_first_region_tag = 61;  // image, signatures, immutable
constexpr std::uint32_t k_last_region_tag = 63;
constexpr std::uint32_t k_type_count = 10;

// Bytes of one element, and the least that `count` elements take: a text has at least its end.
struct TypeRow {
  std::uint32_t width;
  bool integer;
  bool text;
};
constexpr std::array<TypeRow, k_type_count> k_types{{
    {0, false, false},  // null
    {1, true, false},   // character
    {1, true, false},   // int8
    {2, true, false},   // int16
    {4, true, false},   // int32
    {8, true, false},   // int64
    {1, false, true},   // string
    {1, false, false},  // binary
    {1, false, true},   // string_array
    {1, false, true},   // i18n_string
}};

const TypeRow& row(RpmType type) { return k_types[static_cast<std::size_t>(type)]; }

Error tag_error(std::string name, std::uint32_t tag, std::string message) {
  return make_error(ErrorCode::malformed, std::move(name), std::move(message), fmt::format("tag {}", tag));
}

}  // namespace

std::uint64_t RpmIntegers::operator[](std::size_t index) const {
  HULLCHECK_ASSERT(index < size());
  std::uint64_t value = 0;
  for (const std::uint8_t byte : m_data.subspan(index * m_width, m_width)) value = (value << 8) | byte;
  return value;
}

std::string_view RpmStrings::next() {
  const std::string_view text = m_rest.substr(0, m_rest.find('\0'));
  m_rest.remove_prefix(std::min(m_rest.size(), text.size() + 1));
  return text;
}

Result<RpmHeader> parse_rpm_header(Bytes blob, const RpmHeaderLimits& limits) {
  const auto tags = read_be<std::uint32_t>(blob, 0);
  const auto data_size = read_be<std::uint32_t>(blob, 4);
  if (!tags || !data_size)
    return make_error(ErrorCode::truncated, "rpm-header-truncated", "the rpm header ends before its sizes");
  if (*tags > limits.max_tags)
    return make_error(ErrorCode::limit, "rpm-header-limit", fmt::format("the rpm header claims {} tags", *tags));
  const std::uint64_t data_start = k_intro_bytes + std::uint64_t{*tags} * k_entry_bytes;
  const std::uint64_t total = data_start + *data_size;
  if (total > limits.max_bytes)
    return make_error(ErrorCode::limit, "rpm-header-limit", fmt::format("the rpm header claims {} bytes", total));
  if (total > blob.size())
    return make_error(ErrorCode::truncated, "rpm-header-truncated",
                      fmt::format("the rpm header claims {} bytes of {}", total, blob.size()));
  if (total < blob.size())
    return make_error(ErrorCode::malformed, "rpm-header-size",
                      fmt::format("the rpm header ends {} bytes before its record", blob.size() - total));

  RpmHeader header;
  header.m_data = blob.subspan(static_cast<std::size_t>(data_start));
  header.m_max_items = limits.max_items;
  header.m_entries.reserve(*tags);  // the entries are there: `total` was compared with the blob
  for (std::uint32_t i = 0; i < *tags; ++i) {
    const auto word = [&](std::uint64_t at) {
      return read_be<std::uint32_t>(blob, k_intro_bytes + i * k_entry_bytes + at).value_or(0);
    };
    const std::uint32_t tag = word(0), type = word(4), offset = word(8), count = word(12);
    if (type >= k_type_count) return tag_error("rpm-tag-type", tag, fmt::format("type {} is none of rpm's", type));
    // A negative offset is a huge one here.
    if (offset > header.m_data.size())
      return tag_error("rpm-tag-offset", tag, fmt::format("offset {} is outside the data", offset));
    if (std::uint64_t{count} * k_types[type].width > header.m_data.size() - offset)
      return tag_error("rpm-tag-count", tag, fmt::format("{} elements do not fit into the data", count));
    header.m_entries.push_back({tag, static_cast<RpmType>(type), offset, count});
  }
  const std::uint32_t region = TRY(header.region_size());
  header.keep_one_of_each(region);
  return header;
}

// The first entry may be a region: it points to a trailer in the data whose offset is minus the size of the region's
// part of the index. Headers without one were written by very old builders.
Result<std::uint32_t> RpmHeader::region_size() const {
  const auto all = static_cast<std::uint32_t>(m_entries.size());
  if (m_entries.empty()) return all;
  const Entry& first = m_entries.front();
  if (first.tag < k_first_region_tag || first.tag > k_last_region_tag) return all;
  if (first.type != RpmType::binary || first.count != k_region_bytes)
    return tag_error("rpm-header-region", first.tag, "the region tag has not the form of one");
  if (first.offset == 0) return all;
  const auto negative = read_be<std::uint32_t>(m_data, std::uint64_t{first.offset} + 8);
  const std::uint32_t index_bytes = 0U - negative.value_or(0);
  if (index_bytes == 0 || index_bytes % k_entry_bytes != 0 || index_bytes / k_entry_bytes > all)
    return tag_error("rpm-header-region", first.tag, "the region's trailer does not match the index");
  return static_cast<std::uint32_t>(index_bytes / k_entry_bytes);
}

void RpmHeader::keep_one_of_each(std::uint32_t region) {
  std::rotate(m_entries.begin(), m_entries.begin() + region, m_entries.end());
  const std::size_t added = m_entries.size() - region;  // now in front, so that the stable sort prefers them
  std::vector<std::pair<Entry, bool>> order;
  order.reserve(m_entries.size());
  for (std::size_t i = 0; i < m_entries.size(); ++i) order.emplace_back(m_entries[i], i < added);
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.first.tag < b.first.tag; });
  m_entries.clear();
  bool last_was_added = false;
  for (const auto& [entry, is_added] : order) {
    const bool same = !m_entries.empty() && m_entries.back().tag == entry.tag;
    if (!same) m_entries.push_back(entry);
    if (same && last_was_added == is_added) ++m_duplicate_tags;
    last_was_added = is_added;
  }
}

const RpmHeader::Entry* RpmHeader::find(RpmTag tag) const {
  const auto number = static_cast<std::uint32_t>(tag);
  const auto found = std::lower_bound(m_entries.begin(), m_entries.end(), number,
                                      [](const Entry& entry, std::uint32_t wanted) { return entry.tag < wanted; });
  return found != m_entries.end() && found->tag == number ? &*found : nullptr;
}

Result<RpmStrings> RpmHeader::strings(RpmTag tag) const {
  const Entry* entry = find(tag);
  if (entry == nullptr) return RpmStrings();
  if (!row(entry->type).text) return tag_error("rpm-tag-type", entry->tag, "the tag holds no text");
  const std::uint32_t count = entry->type == RpmType::string ? 1 : entry->count;
  if (count > m_max_items)
    return make_error(ErrorCode::limit, "rpm-tag-limit", fmt::format("the tag holds {} texts", count),
                      fmt::format("tag {}", entry->tag));
  const std::string_view data = as_text(m_data.subspan(entry->offset));
  std::size_t end = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::size_t zero = data.find('\0', end);
    if (zero == std::string_view::npos) return tag_error("rpm-tag-text", entry->tag, "a text has no end");
    end = zero + 1;
  }
  return RpmStrings(data.substr(0, end), count);
}

Result<std::optional<std::string_view>> RpmHeader::string(RpmTag tag) const {
  const Entry* entry = find(tag);
  if (entry == nullptr) return std::optional<std::string_view>();
  if (!row(entry->type).text) return tag_error("rpm-tag-type", entry->tag, "the tag holds no text");
  const std::string_view data = as_text(m_data.subspan(entry->offset));
  if (entry->type != RpmType::string && entry->count == 0) return std::optional<std::string_view>();
  const std::size_t zero = data.find('\0');
  if (zero == std::string_view::npos) return tag_error("rpm-tag-text", entry->tag, "the text has no end");
  return std::optional(data.substr(0, zero));
}

Result<RpmIntegers> RpmHeader::integers(RpmTag tag) const {
  const Entry* entry = find(tag);
  if (entry == nullptr) return RpmIntegers();
  if (!row(entry->type).integer) return tag_error("rpm-tag-type", entry->tag, "the tag holds no integers");
  const std::size_t width = row(entry->type).width;
  return RpmIntegers(m_data.subspan(entry->offset, entry->count * width), width);
}

Result<Bytes> RpmHeader::binary(RpmTag tag) const {
  const Entry* entry = find(tag);
  if (entry == nullptr) return Bytes();
  if (entry->type != RpmType::binary) return tag_error("rpm-tag-type", entry->tag, "the tag holds no bytes");
  return m_data.subspan(entry->offset, entry->count);
}

}  // namespace hullcheck::formats
