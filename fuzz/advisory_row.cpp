// The packed rows of the database: any bytes are records or a named error, and a record that decodes is canonical.
#include "advisories/row.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  const auto walked = advisories::each_entry({data, size}, [](std::size_t, Bytes record) -> Result<void> {
    const auto advisory = advisories::decode_record(record);
    if (!advisory.ok()) return {};
    const Buffer again = advisories::encode_record(*advisory);
    if (again != Buffer(record.begin(), record.end())) __builtin_trap();
    return {};
  });
  if (!walked.ok() && walked.error().name != "database-malformed") __builtin_trap();
  return 0;
}
