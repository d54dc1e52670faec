// Packed programs: any bytes unpack to something within the limits, or to nothing; so do NRV streams by themselves.
#include "formats/upx.hpp"

#include <cstdlib>

#include "formats/nrv.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hullcheck;
  const Bytes file(data, size);
  formats::UpxLimits limits;
  limits.output_bytes = 1 << 20;
  limits.blocks = 64;
  const auto program = formats::unpack_upx(file, limits);
  if (program.ok() && program->content.size() > limits.output_bytes + (64 << 10)) std::abort();
  if (program.ok() && !program->complete && program->trouble.empty()) std::abort();
  const auto windows = formats::unpack_upx_pe(file, limits);
  if (windows.ok() && windows->content.size() > limits.output_bytes) std::abort();
  if (formats::packed_sections(file).packed.size() > size) std::abort();
  Buffer output(4096);
  for (const auto variant : {formats::NrvVariant::nrv2b, formats::NrvVariant::nrv2d, formats::NrvVariant::nrv2e})
    for (const auto bits : {formats::NrvBits::by_8, formats::NrvBits::by_16, formats::NrvBits::by_32}) {
      const auto result = formats::decompress_nrv(variant, bits, file, output);
      if (result.consumed > size || result.written > output.size()) std::abort();
    }
  return 0;
}
