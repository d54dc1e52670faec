#include "support/tar_writer.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace hullcheck::test {
namespace {

void put(std::string& header, std::size_t offset, std::size_t size, std::string_view text) {
  header.replace(offset, std::min(size, text.size()), text.substr(0, size));
}

// Octal with a NUL at its end, or base-256 where that has too few digits.
void put_number(std::string& header, std::size_t offset, std::size_t size, std::int64_t value) {
  if (value >= 0 && value < (1LL << (3 * (size - 1)))) {
    char text[32];
    std::snprintf(text, sizeof text, "%0*llo", static_cast<int>(size - 1), static_cast<unsigned long long>(value));
    put(header, offset, size - 1, text);
    return;
  }
  auto bits = static_cast<std::uint64_t>(value);
  for (std::size_t i = size; i-- > 0; bits = i > size - 8 ? bits >> 8 : (value < 0 ? ~0ULL : 0))
    header[offset + i] = static_cast<char>(bits & 0xff);
  header[offset] = static_cast<char>(static_cast<unsigned char>(header[offset]) | 0x80);
}

std::uint32_t usual_mode(char type) { return type == '5' ? 0755 : type == '2' ? 0777 : 0644; }

std::string gnu_table(const std::vector<std::pair<std::uint64_t, std::string>>& segments, std::size_t from,
                      std::size_t rows) {
  std::string table(rows * 24, '\0');
  for (std::size_t row = 0; row < rows && from + row < segments.size(); ++row) {
    put_number(table, row * 24, 12, static_cast<std::int64_t>(segments[from + row].first));
    put_number(table, row * 24 + 12, 12, static_cast<std::int64_t>(segments[from + row].second.size()));
  }
  return table;
}

}  // namespace

std::string tar_header(const TarHeaderFields& fields) {
  std::string header(512, '\0');
  put(header, 0, 100, fields.name);
  put_number(header, 100, 8, fields.mode);
  put_number(header, 108, 8, static_cast<std::int64_t>(fields.uid));
  put_number(header, 116, 8, static_cast<std::int64_t>(fields.gid));
  put_number(header, 124, 12, static_cast<std::int64_t>(fields.size));
  put_number(header, 136, 12, fields.mtime);
  header[156] = fields.type;
  put(header, 157, 100, fields.link);
  put(header, 257, 8, fields.magic);
  if (!fields.magic.empty()) {
    put_number(header, 329, 8, static_cast<std::int64_t>(fields.device_major));
    put_number(header, 337, 8, static_cast<std::int64_t>(fields.device_minor));
  }
  put(header, 345, 155, fields.prefix);
  set_tar_checksum(header);
  return header;
}

void set_tar_checksum(std::string& header) {
  header.replace(148, 8, 8, ' ');
  std::uint32_t sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  char text[16];
  std::snprintf(text, sizeof text, "%06o", sum);
  header.replace(148, 7, std::string(text) + '\0');
}

std::string tar_padded(std::string_view content) {
  return std::string(content) + std::string((512 - content.size() % 512) % 512, '\0');
}

std::string pax_record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest + 1;
  while (rest + std::to_string(length).size() != length) length = rest + std::to_string(length).size();
  return std::to_string(length) + ' ' + std::string(key) + '=' + std::string(value) + '\n';
}

TarWriter& TarWriter::raw(std::string_view bytes) {
  m_bytes += bytes;
  return *this;
}

TarWriter& TarWriter::raw_header(const TarHeaderFields& fields) { return raw(tar_header(fields)); }

TarWriter& TarWriter::pax(const TextPairs& records, char type) {
  std::string content;
  for (const auto& [key, value] : records) content += pax_record(key, value);
  return raw_header({.name = "PaxHeaders/x", .type = type, .size = content.size()}).raw(tar_padded(content));
}

TarWriter& TarWriter::gnu_long(char type, std::string_view text) {
  const std::string content = std::string(text) + '\0';
  raw_header({.name = "././@LongLink", .type = type, .size = content.size(), .magic = std::string(k_gnu_magic)});
  return raw(tar_padded(content));
}

void TarWriter::place_name(TarHeaderFields& fields, TextPairs& records) {
  if (fields.link.size() > 100 && m_names == TarNames::gnu) gnu_long('K', fields.link);
  if (fields.link.size() > 100 && m_names == TarNames::pax) records.emplace_back("linkpath", fields.link);
  if (fields.name.size() <= 100) return;
  if (m_names == TarNames::gnu) {
    gnu_long('L', fields.name);
    return;
  }
  const std::size_t slash =
      fields.name.size() <= 256 ? fields.name.find('/', fields.name.size() - 101) : std::string::npos;
  if (slash == std::string::npos || slash == 0 || slash > 155 || slash + 1 == fields.name.size()) {
    records.emplace_back("path", fields.name);
    return;
  }
  fields.prefix = fields.name.substr(0, slash);
  fields.name.erase(0, slash + 1);
}

TarWriter& TarWriter::member(TarHeaderFields fields, std::string_view content, const TarAttributes& attributes) {
  fields.mode = attributes.mode == TarAttributes::k_usual_mode ? usual_mode(fields.type) : attributes.mode;
  fields.uid = attributes.uid;
  fields.gid = attributes.gid;
  fields.mtime = attributes.mtime;
  fields.size = content.size();
  if (m_names == TarNames::gnu) fields.magic = k_gnu_magic;
  TextPairs records = attributes.pax;
  for (const auto& [name, value] : attributes.xattrs) records.emplace_back("SCHILY.xattr." + name, value);
  place_name(fields, records);
  if (!records.empty()) pax(records);
  return raw_header(fields).raw(tar_padded(content));
}

TarWriter& TarWriter::file(std::string_view name, std::string_view content, const TarAttributes& attributes) {
  return member({.name = std::string(name)}, content, attributes);
}

TarWriter& TarWriter::directory(std::string_view name, const TarAttributes& attributes) {
  return member({.name = std::string(name) + (name.ends_with('/') ? "" : "/"), .type = '5'}, {}, attributes);
}

TarWriter& TarWriter::symlink(std::string_view name, std::string_view target, const TarAttributes& attributes) {
  return member({.name = std::string(name), .type = '2', .link = std::string(target)}, {}, attributes);
}

TarWriter& TarWriter::hard_link(std::string_view name, std::string_view target, const TarAttributes& attributes) {
  return member({.name = std::string(name), .type = '1', .link = std::string(target)}, {}, attributes);
}

TarWriter& TarWriter::char_device(std::string_view name, std::uint32_t major, std::uint32_t minor,
                                  const TarAttributes& attributes) {
  return member({.name = std::string(name), .type = '3', .device_major = major, .device_minor = minor}, {},
                attributes);
}

TarWriter& TarWriter::block_device(std::string_view name, std::uint32_t major, std::uint32_t minor,
                                   const TarAttributes& attributes) {
  return member({.name = std::string(name), .type = '4', .device_major = major, .device_minor = minor}, {},
                attributes);
}

TarWriter& TarWriter::fifo(std::string_view name, const TarAttributes& attributes) {
  return member({.name = std::string(name), .type = '6'}, {}, attributes);
}

TarWriter& TarWriter::whiteout(std::string_view name) {
  std::string path(name);
  const auto slash = path.rfind('/');
  path.insert(slash == std::string::npos ? 0 : slash + 1, ".wh.");
  return file(path, "", {.mode = 0});
}

TarWriter& TarWriter::opaque(std::string_view directory) {
  return file(std::string(directory) + (directory.empty() || directory.ends_with('/') ? "" : "/") + ".wh..wh..opq",
              "", {.mode = 0});
}

TarWriter& TarWriter::sparse_file(std::string_view name, std::uint64_t size,
                                  const std::vector<std::pair<std::uint64_t, std::string>>& segments, TarSparse form,
                                  const TarAttributes& attributes) {
  std::string data, map = std::to_string(segments.size()) + "\n", list;
  TarAttributes with_map = attributes;
  for (const auto& [offset, bytes] : segments) {
    data += bytes;
    map += std::to_string(offset) + "\n" + std::to_string(bytes.size()) + "\n";
    list += (list.empty() ? "" : ",") + std::to_string(offset) + "," + std::to_string(bytes.size());
  }
  if (form == TarSparse::old_gnu) {
    std::string header = tar_header({.name = std::string(name),
                                     .type = 'S',
                                     .mode = 0644,
                                     .size = data.size(),
                                     .magic = std::string(k_gnu_magic)});
    put(header, 386, 96, gnu_table(segments, 0, 4));
    header[482] = segments.size() > 4 ? '\1' : '\0';
    put_number(header, 483, 12, static_cast<std::int64_t>(size));
    set_tar_checksum(header);
    raw(header);
    for (std::size_t at = 4; at < segments.size(); at += 21)
      raw(gnu_table(segments, at, 21))
          .raw(std::string(1, segments.size() > at + 21 ? '\1' : '\0'))
          .raw(std::string(7, '\0'));
    return raw(tar_padded(data));
  }
  auto& records = with_map.pax;
  if (form == TarSparse::pax_1_0) {
    records.insert(records.end(), {{"GNU.sparse.major", "1"},
                                   {"GNU.sparse.minor", "0"},
                                   {"GNU.sparse.name", std::string(name)},
                                   {"GNU.sparse.realsize", std::to_string(size)}});
    return file("GNUSparseFile.0/x", tar_padded(map) + data, with_map);
  }
  records.insert(records.end(), {{"GNU.sparse.size", std::to_string(size)},
                                 {"GNU.sparse.numblocks", std::to_string(segments.size())}});
  if (form == TarSparse::pax_0_1) {
    records.insert(records.end(), {{"GNU.sparse.name", std::string(name)}, {"GNU.sparse.map", list}});
    return file("GNUSparseFile.0/x", data, with_map);
  }
  for (const auto& [offset, bytes] : segments)
    records.insert(records.end(), {{"GNU.sparse.offset", std::to_string(offset)},
                                   {"GNU.sparse.numbytes", std::to_string(bytes.size())}});
  return file(name, data, with_map);
}

std::string TarWriter::finish() {
  raw(std::string(1024, '\0'));
  return std::exchange(m_bytes, {});
}

std::string TarWriter::finish_without_end() { return std::exchange(m_bytes, {}); }

}  // namespace hullcheck::test
