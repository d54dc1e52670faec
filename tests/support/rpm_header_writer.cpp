#include "support/rpm_header_writer.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace hullcheck::tests {
namespace {

template <class Integer>
void put_be(Buffer& out, Integer value) {
  for (std::size_t i = sizeof(Integer); i-- > 0;) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

template <class Integer>
Buffer column(const std::vector<Integer>& values) {
  Buffer data;
  for (const Integer value : values) put_be(data, value);
  return data;
}

void put_text(Buffer& out, std::string_view text) {
  out.insert(out.end(), text.begin(), text.end());
  out.push_back(0);
}

std::size_t alignment(std::uint32_t type) {
  switch (static_cast<formats::RpmType>(type)) {
    case formats::RpmType::int16: return 2;
    case formats::RpmType::int32: return 4;
    case formats::RpmType::int64: return 8;
    default: return 1;
  }
}

}  // namespace

RpmHeaderWriter& RpmHeaderWriter::raw(std::uint32_t tag, std::uint32_t type, std::uint32_t count, Buffer data) {
  m_entries.push_back({tag, type, count, std::move(data)});
  return *this;
}

RpmHeaderWriter& RpmHeaderWriter::text(Tag tag, std::string_view value) {
  Buffer data;
  put_text(data, value);
  return raw(static_cast<std::uint32_t>(tag), static_cast<std::uint32_t>(Type::string), 1, std::move(data));
}

RpmHeaderWriter& RpmHeaderWriter::translated(Tag tag, const std::vector<std::string>& values) {
  texts(tag, values);
  m_entries.back().type = static_cast<std::uint32_t>(Type::i18n_string);
  return *this;
}

RpmHeaderWriter& RpmHeaderWriter::texts(Tag tag, const std::vector<std::string>& values) {
  Buffer data;
  for (const std::string& value : values) put_text(data, value);
  return raw(static_cast<std::uint32_t>(tag), static_cast<std::uint32_t>(Type::string_array),
             static_cast<std::uint32_t>(values.size()), std::move(data));
}

RpmHeaderWriter& RpmHeaderWriter::numbers16(Tag tag, const std::vector<std::uint16_t>& values) {
  return raw(static_cast<std::uint32_t>(tag), static_cast<std::uint32_t>(Type::int16),
             static_cast<std::uint32_t>(values.size()), column(values));
}

RpmHeaderWriter& RpmHeaderWriter::numbers32(Tag tag, const std::vector<std::uint32_t>& values) {
  return raw(static_cast<std::uint32_t>(tag), static_cast<std::uint32_t>(Type::int32),
             static_cast<std::uint32_t>(values.size()), column(values));
}

RpmHeaderWriter& RpmHeaderWriter::numbers64(Tag tag, const std::vector<std::uint64_t>& values) {
  return raw(static_cast<std::uint32_t>(tag), static_cast<std::uint32_t>(Type::int64),
             static_cast<std::uint32_t>(values.size()), column(values));
}

RpmHeaderWriter& RpmHeaderWriter::bytes(Tag tag, Bytes value) {
  return raw(static_cast<std::uint32_t>(tag), static_cast<std::uint32_t>(Type::binary),
             static_cast<std::uint32_t>(value.size()), Buffer(value.begin(), value.end()));
}

RpmHeaderWriter& RpmHeaderWriter::end_region() {
  m_region = m_entries.size();
  return *this;
}

Buffer RpmHeaderWriter::blob(bool with_region) const {
  constexpr std::uint32_t k_immutable = 63;
  constexpr auto k_binary = static_cast<std::uint32_t>(Type::binary);
  const std::size_t region = std::min(m_region, m_entries.size());
  Buffer data;
  Buffer index;
  std::uint32_t trailer_at = 0;
  const auto put_trailer = [&] {
    trailer_at = static_cast<std::uint32_t>(data.size());
    put_be(data, k_immutable);
    put_be(data, k_binary);
    put_be(data, static_cast<std::uint32_t>(0U - 16U * static_cast<std::uint32_t>(region + 1)));
    put_be(data, std::uint32_t{16});
  };
  for (std::size_t i = 0; i < m_entries.size(); ++i) {
    if (with_region && i == region) put_trailer();
    const Entry& entry = m_entries[i];
    while (data.size() % alignment(entry.type) != 0) data.push_back(0);
    for (const std::uint32_t field : {entry.tag, entry.type, static_cast<std::uint32_t>(data.size()), entry.count})
      put_be(index, field);
    data.insert(data.end(), entry.data.begin(), entry.data.end());
  }
  if (with_region && region == m_entries.size()) put_trailer();
  Buffer blob;
  put_be(blob, static_cast<std::uint32_t>(m_entries.size() + (with_region ? 1 : 0)));
  put_be(blob, static_cast<std::uint32_t>(data.size()));
  if (with_region)
    for (const std::uint32_t field : {k_immutable, k_binary, trailer_at, std::uint32_t{16}}) put_be(blob, field);
  blob.insert(blob.end(), index.begin(), index.end());
  blob.insert(blob.end(), data.begin(), data.end());
  return blob;
}

void set_index_field(Buffer& blob, std::size_t index, std::size_t field, std::uint32_t value) {
  const std::size_t at = 8 + 16 * index + 4 * field;
  for (std::size_t i = 0; i < 4; ++i) blob.at(at + i) = static_cast<std::uint8_t>(value >> (8 * (3 - i)));
}

Buffer sample_package(std::string_view name, std::string_view version, unsigned files) {
  using Tag = formats::RpmTag;
  std::vector<std::string> base_names, digests, owners;
  std::vector<std::uint32_t> folders, flags, sizes;
  std::vector<std::uint16_t> modes;
  for (unsigned i = 0; i < files; ++i) {
    base_names.push_back(fmt::format("file{}", i));
    folders.push_back(i % 2);
    digests.push_back(fmt::format("{:064x}", i + 1));
    owners.emplace_back("root");
    flags.push_back(i == 0 ? formats::RpmFile::k_config : 0);
    sizes.push_back(100 * i);
    modes.push_back(0100644);
  }
  RpmHeaderWriter writer;
  writer.text(Tag::name, name).text(Tag::version, version).text(Tag::release, "1.el9").text(Tag::arch, "x86_64");
  writer.text(Tag::licence, "MIT").translated(Tag::summary, {"A sample", "Ein Muster"});
  writer.text(Tag::source_rpm, fmt::format("{}-{}-1.el9.src.rpm", name, version));
  if (files != 0) {
    writer.texts(Tag::base_names, base_names).texts(Tag::dir_names, {"/usr/bin/", "/etc/"});
    writer.numbers32(Tag::dir_indexes, folders).texts(Tag::file_digests, digests).numbers16(Tag::file_modes, modes);
    writer.numbers32(Tag::file_flags, flags).numbers32(Tag::file_sizes, sizes);
    writer.texts(Tag::file_users, owners).texts(Tag::file_groups, owners);
    writer.numbers32(Tag::file_digest_algorithm, {8});
  }
  return writer.end_region().numbers32(Tag::install_time, {1'700'000'000}).blob();
}

Buffer big_package(std::string_view name, std::size_t bytes) {
  constexpr auto k_unread_tag = static_cast<formats::RpmTag>(1'024);  // holds a script in real packages
  RpmHeaderWriter writer;
  writer.text(RpmHeaderWriter::Tag::name, name).text(RpmHeaderWriter::Tag::version, "2.0");
  writer.text(RpmHeaderWriter::Tag::release, "1").text(k_unread_tag, std::string(bytes, 'x'));
  return writer.blob();
}

}  // namespace hullcheck::tests
