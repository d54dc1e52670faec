// The decoder's bounds; upx_test has it on what libucl's compressor makes, in every variant and width.
#include "formats/nrv.hpp"

#include <gtest/gtest.h>

#include "support/compress.hpp"

namespace hullcheck::formats {
namespace {

constexpr NrvVariant k_variants[] = {NrvVariant::nrv2b, NrvVariant::nrv2d, NrvVariant::nrv2e};

TEST(Nrv, AnyBytesStayInBounds) {
  for (std::uint32_t seed = 1; seed < 200; ++seed) {
    const std::string noise = test::noise(200, seed);
    for (const NrvVariant variant : k_variants)
      for (const NrvBits bits : {NrvBits::by_8, NrvBits::by_16, NrvBits::by_32}) {
        Buffer output(1000);
        const NrvResult result = decompress_nrv(variant, bits, as_bytes(noise), output);
        EXPECT_LE(result.consumed, noise.size());
        EXPECT_LE(result.written, output.size());
      }
  }
}

// One literal and then nothing: what came before the end of the input is there, but the stream has not ended.
TEST(Nrv, CutStream) {
  Buffer output(4);
  EXPECT_FALSE(decompress_nrv(NrvVariant::nrv2b, NrvBits::by_8,
                              as_bytes("\x80"
                                       "a"),
                              output)
                   .ended);
  EXPECT_EQ(output[0], 'a');
}

TEST(Nrv, EmptyInputIsNoStream) {
  for (const NrvVariant variant : k_variants) {
    Buffer output(4);
    const NrvResult result = decompress_nrv(variant, NrvBits::by_32, {}, output);
    EXPECT_FALSE(result.ended);
    EXPECT_EQ(result.written, 0U);
  }
}

TEST(Nrv, OutputIsNotOverrun) {
  Buffer output(2);
  // Eight literals.
  const NrvResult result = decompress_nrv(NrvVariant::nrv2b, NrvBits::by_8,
                                          as_bytes("\xff"
                                                   "abcdefgh"),
                                          output);
  EXPECT_FALSE(result.ended);
  EXPECT_EQ(result.written, 2U);
  EXPECT_EQ(output[1], 'b');
}

}  // namespace
}  // namespace hullcheck::formats
