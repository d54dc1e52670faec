#include "support/zip_builder.hpp"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <memory>

namespace hullcheck::test {
namespace {

template <class Integer>
void put(Buffer& out, Integer value) {
  for (std::size_t i = 0; i < sizeof value; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}
void put_text(Buffer& out, std::string_view text) { out.insert(out.end(), text.begin(), text.end()); }
using U16 = std::uint16_t;
using U32 = std::uint32_t;

std::uint32_t crc_of(std::string_view text) {
  return crc32_gzip_refl(0, reinterpret_cast<const unsigned char*>(text.data()), text.size());
}

}  // namespace

std::string deflate(std::string_view text) {
  auto stream = std::make_unique<isal_zstream>();
  isal_deflate_stateless_init(stream.get());
  std::string out(text.size() + text.size() / 100 + 1024, '\0');
  stream->next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  stream->avail_in = static_cast<U32>(text.size());
  stream->end_of_stream = 1;
  stream->next_out = reinterpret_cast<std::uint8_t*>(out.data());
  stream->avail_out = static_cast<U32>(out.size());
  isal_deflate_stateless(stream.get());
  out.resize(stream->total_out);
  return out;
}

ZipMember deflated(std::string name, std::string_view text) {
  return {std::move(name), deflate(text), 8, static_cast<U32>(text.size()), crc_of(text), false, 0};
}

Buffer make_zip(const std::vector<ZipMember>& members, bool zip64) {
  Buffer out, directory;
  for (const auto& member : members) {
    const U32 offset = static_cast<U32>(out.size());
    const U32 crc = member.right_crc ? crc_of(member.data) : member.crc;
    const U32 size = member.size != 0 ? member.size : static_cast<U32>(member.data.size());
    const U32 packed = static_cast<U32>(member.data.size());
    Buffer extra;
    if (zip64) {
      put(extra, U16{1});
      put(extra, U16{24});
      put(extra, std::uint64_t{size});
      put(extra, std::uint64_t{packed});
      put(extra, std::uint64_t{offset});
    }
    const auto common = [&](Buffer& to, bool wide) {
      put(to, U16{20});
      put(to, member.flags);
      put(to, member.method);
      put(to, U32{0});
      put(to, crc);
      put(to, wide ? 0xffffffffU : packed);
      put(to, wide ? 0xffffffffU : size);
      put(to, static_cast<U16>(member.name.size()));
    };
    put(out, U32{0x04034b50});
    common(out, false);
    put(out, U16{0});
    put_text(out, member.name);
    put_text(out, member.data);
    put(directory, U32{0x02014b50});
    put(directory, U16{20});
    common(directory, zip64);
    put(directory, static_cast<U16>(extra.size()));
    put(directory, U16{0});
    put(directory, std::uint64_t{0});
    put(directory, zip64 ? 0xffffffffU : offset);
    put_text(directory, member.name);
    directory.insert(directory.end(), extra.begin(), extra.end());
  }
  const auto start = static_cast<U32>(out.size());
  const auto count = static_cast<U16>(members.size());
  out.insert(out.end(), directory.begin(), directory.end());
  if (zip64) {
    const std::uint64_t record = out.size();
    put(out, U32{0x06064b50});
    put(out, std::uint64_t{44});
    put(out, U32{0});
    put(out, std::uint64_t{0});
    put(out, std::uint64_t{count});
    put(out, std::uint64_t{count});
    put(out, std::uint64_t{directory.size()});
    put(out, std::uint64_t{start});
    put(out, U32{0x07064b50});
    put(out, U32{0});
    put(out, record);
    put(out, U32{1});
  }
  put(out, U32{0x06054b50});
  put(out, U32{0});
  put(out, zip64 ? U16{0xffff} : count);
  put(out, zip64 ? U16{0xffff} : count);
  put(out, zip64 ? 0xffffffffU : static_cast<U32>(directory.size()));
  put(out, zip64 ? 0xffffffffU : start);
  put(out, U16{0});
  return out;
}

}  // namespace hullcheck::test
