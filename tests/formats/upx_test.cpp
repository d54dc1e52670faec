// UPX's structure, unpacked whatever was done to its names.
#include "formats/upx.hpp"

#include <gtest/gtest.h>

#include "support/compress.hpp"
#include "support/upx_writer.hpp"

namespace hullcheck::formats {
namespace {

using test::UpxMethod;
using test::UpxOptions;

std::string sample(std::size_t segments = 2) {
  test::ElfOptions options;
  options.segments = segments;
  return test::make_elf(test::sample_text(300'000), options);
}

// The segments, where the loader would find them; what lies behind them may stand elsewhere.
void expect_unpacks(const std::string& elf, const UpxOptions& options) {
  if (options.method != UpxMethod::lzma && !test::can_pack_upx()) GTEST_SKIP() << "libucl-missing";
  const std::string packed = test::pack_upx(elf, options);
  ASSERT_LT(packed.size(), elf.size());
  const auto program = unpack_upx(as_bytes(packed));
  ASSERT_TRUE(program.ok()) << program.error().message;
  EXPECT_TRUE(program->complete) << program->trouble;
  EXPECT_EQ(as_text(program->content).substr(0, elf.size() - 128), std::string_view(elf).substr(0, elf.size() - 128));
  EXPECT_EQ(program->magic, options.magic == "UPX!");
  EXPECT_EQ(program->notices, options.notices);
  EXPECT_TRUE(has_packed_shape(as_bytes(packed)));
  EXPECT_FALSE(has_packed_shape(as_bytes(elf)));
}

TEST(Upx, EveryMethod) {
  for (const int number : {2, 3, 4, 5, 6, 7, 8, 9, 10, 14}) {
    const auto method = static_cast<UpxMethod>(number);
    SCOPED_TRACE(number);
    UpxOptions options;
    options.method = method;
    expect_unpacks(sample(), options);
  }
}

// The variant and the width of its bits are those that the block names, not others that happen to fit.
TEST(Upx, MethodsAreTold) {
  if (!test::can_pack_upx()) GTEST_SKIP() << "libucl-missing";
  const std::string elf = sample();
  for (const auto& [method, name] : {std::pair(UpxMethod::nrv2b_32, "NRV2B"), std::pair(UpxMethod::nrv2d_8, "NRV2D"),
                                     std::pair(UpxMethod::nrv2e_16, "NRV2E")}) {
    UpxOptions options;
    options.method = method;
    EXPECT_EQ(unpack_upx(as_bytes(test::pack_upx(elf, options)))->method, name);
  }
}

TEST(Upx, ManyBlocksAndSegments) {
  UpxOptions options;
  options.block = 16 << 10;
  for (const std::size_t segments : {1U, 2U, 4U}) expect_unpacks(sample(segments), options);
}

TEST(Upx, NamesOverwritten) {
  for (const UpxMethod method : {UpxMethod::nrv2e_32, UpxMethod::lzma}) {
    UpxOptions options;
    options.method = method;
    options.magic = "YTS1";
    expect_unpacks(sample(), options);
    options.magic = std::string(4, '\0');
    options.notices = false;
    expect_unpacks(sample(), options);
    options.program_size = false;
    expect_unpacks(sample(), options);
    options.method_bytes = false;
    expect_unpacks(sample(), options);
  }
}

TEST(Upx, WhatDoesNotCompressIsStored) {
  expect_unpacks(test::make_elf(test::noise(5000) + test::sample_text(50'000) + test::noise(3000)), {});
}

TEST(Upx, DamageKeepsWhatCameBefore) {
  UpxOptions options;
  options.method = UpxMethod::lzma;
  options.block = 16 << 10;
  const std::string elf = sample(1);
  const std::string packed = test::pack_upx(elf, options);
  const auto program = unpack_upx(as_bytes(std::string_view(packed).substr(0, packed.size() / 2)));
  ASSERT_TRUE(program.ok());
  EXPECT_FALSE(program->complete);
  EXPECT_EQ(program->trouble, "upx-truncated");
  EXPECT_GT(program->content.size(), elf.size() / 4);
}

TEST(Upx, LimitsHaveNames) {
  UpxOptions options;
  options.method = UpxMethod::lzma;
  const std::string packed = test::pack_upx(sample(), options);
  UpxLimits limits;
  limits.output_bytes = 1000;
  const auto small = unpack_upx(as_bytes(packed), limits);
  ASSERT_TRUE(small.ok());
  EXPECT_EQ(small->trouble, "upx-size-limit");
  limits = {};
  limits.blocks = 1;
  EXPECT_EQ(unpack_upx(as_bytes(packed), limits)->trouble, "upx-blocks-limit");
}

TEST(Upx, OrdinaryProgramsAreNone) {
  EXPECT_EQ(unpack_upx(as_bytes(sample())).error().name, "upx-not-found");
  EXPECT_EQ(unpack_upx(as_bytes(test::make_elf(test::noise(100'000)))).error().name, "upx-not-found");
  EXPECT_FALSE(unpack_upx(as_bytes("\x7f"
                                   "ELF"))
                   .ok());
  EXPECT_FALSE(unpack_upx({}).ok());
}

// A size is only a claim: it must not be filled with memory again and again.
TEST(Upx, HugeClaimsCostLittle) {
  UpxOptions options;
  options.method = UpxMethod::lzma;
  std::string packed = test::pack_upx(sample(1), options).substr(0, 0x200);
  for (int i = 0; i < 100'000; ++i) packed += std::string("\xf0\xff\xff\x0f\x10\x00\x00\x00\x0e\x00\x00\x00", 12);
  const auto program = unpack_upx(as_bytes(packed));
  EXPECT_TRUE(!program.ok() || program->content.size() < 1000);
}

}  // namespace
}  // namespace hullcheck::formats
