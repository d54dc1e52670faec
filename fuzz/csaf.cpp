// A CSAF document: rows that pack and unpack, or a named error.
#include "advisories/csaf.hpp"
#include "feed_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  json::Document parsed;
  const auto document = parsed.parse(Bytes(data, size), "fuzz");
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
