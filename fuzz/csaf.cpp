// A CSAF document: rows that pack and unpack, or a named error.
#include "advisories/csaf.hpp"
#include "feed_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  Buffer bytes(data, data + size);
  bytes.resize(size + advisories::json::k_padding);
  simdjson::dom::parser parser;
  const auto document = advisories::json::parse(parser, Bytes(bytes).first(size), "fuzz");
  if (!document.ok()) return 0;
  const auto any = [](const advisories::CsafComponent& component) -> std::optional<std::string> {
    return "Fuzz:" + component.platform;
  };
  std::vector<std::string> ids;
  auto rows = advisories::read_csaf(*document, {"fuzz", any}, ids);
  if (!rows.ok() && rows.error().name.empty()) __builtin_trap();
  fuzz::CheckingWriter writer;
  if (rows.ok())
    for (auto& row : *rows) writer.add(std::move(row));
  return 0;
}
