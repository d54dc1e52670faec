#include "advisories/row.hpp"

#include <cmath>

#include "util/codec.hpp"

namespace hullcheck::advisories {
namespace {

Error malformed() {
  return make_error(ErrorCode::malformed, "database-malformed", "a record of the advisory database is damaged");
}

void put_strings(util::Encoder& out, const std::vector<std::string>& list) {
  out.u64(list.size());
  for (const auto& text : list) out.string(text);
}

std::vector<std::string> get_strings(util::Decoder& in) {
  std::vector<std::string> list(in.count());
  for (auto& text : list) text = in.string();
  return list;
}

template <class Enum>
Enum get_enum(util::Decoder& in, Enum last) {
  const std::uint64_t value = in.u64();
  if (value > static_cast<std::uint64_t>(last)) {
    in.fail();
    return Enum{};
  }
  return static_cast<Enum>(value);
}

}  // namespace

Buffer encode_record(const Advisory& advisory) {
  util::Encoder out;
  out.string(advisory.id);
  put_strings(out, advisory.aliases);
  put_strings(out, advisory.covers);
  out.u64(advisory.ranges.size());
  for (const auto& range : advisory.ranges) {
    out.string(range.introduced);
    out.string(range.fixed);
    out.string(range.last_affected);
  }
  put_strings(out, advisory.versions);
  out.u64(static_cast<std::uint64_t>(advisory.status));
  out.u64(static_cast<std::uint64_t>(advisory.severity));
  out.string(advisory.severity_source);
  out.u64(advisory.cvss_score < 0 ? 0 : static_cast<std::uint64_t>(std::lround(advisory.cvss_score * 10)) + 1);
  out.string(advisory.cvss_vector);
  out.string(advisory.title);
  out.string(advisory.link);
  out.string(advisory.published);
  out.string(advisory.modified);
  out.u64(advisory.extra.size());
  for (const auto& [key, value] : advisory.extra) {
    out.string(key);
    out.string(value);
  }
  return out.take();
}

Result<Advisory> decode_record(Bytes record) {
  if (record.size() > k_largest_record) return malformed();
  util::Decoder in(record);
  Advisory advisory;
  advisory.id = in.string();
  advisory.aliases = get_strings(in);
  advisory.covers = get_strings(in);
  advisory.ranges.resize(in.count(3));
  for (auto& range : advisory.ranges) {
    range.introduced = in.string();
    range.fixed = in.string();
    range.last_affected = in.string();
  }
  advisory.versions = get_strings(in);
  advisory.status = get_enum(in, model::VulnerabilityStatus::disputed);
  advisory.severity = get_enum(in, model::Severity::critical);
  advisory.severity_source = in.string();
  const std::uint64_t score = in.u64();
  if (score > 101) in.fail();
  advisory.cvss_score = score == 0 ? -1 : static_cast<double>(score - 1) / 10;
  advisory.cvss_vector = in.string();
  advisory.title = in.string();
  advisory.link = in.string();
  advisory.published = in.string();
  advisory.modified = in.string();
  advisory.extra.resize(in.count(2));
  for (auto& [key, value] : advisory.extra) {
    key = in.string();
    value = in.string();
  }
  if (in.failed() || !in.at_end()) return malformed();
  return advisory;
}

void append_entry(Buffer& blob, std::size_t source, Bytes record) {
  util::Encoder head;
  head.u64(source);
  head.bytes(record);
  blob.insert(blob.end(), head.data().begin(), head.data().end());
}

Result<void> each_entry(Bytes blob, const std::function<Result<void>(std::size_t source, Bytes record)>& visit) {
  util::Decoder in(blob);
  while (!in.at_end()) {
    const std::uint64_t source = in.u64();
    const Bytes record = in.bytes();
    if (in.failed()) return malformed();
    TRY(visit(static_cast<std::size_t>(source), record));
  }
  return in.failed() ? Result<void>(malformed()) : Result<void>();
}

}  // namespace hullcheck::advisories
