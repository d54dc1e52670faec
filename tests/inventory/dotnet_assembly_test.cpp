#include "inventory/readers/dotnet_assembly.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace hullcheck::inventory {
namespace {

std::string sample(const std::string& name) {
  const std::filesystem::path cases = std::filesystem::path(HULLCHECK_TEST_DATA) / "inventory/cases";
  std::ifstream in(cases / "nuget/assemblies" / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(DotnetAssembly, NameAndVersions) {
  const std::string file = sample("product.dll");
  ASSERT_FALSE(file.empty());
  const auto assembly = read_dotnet_assembly(as_bytes(file));
  ASSERT_TRUE(assembly);
  EXPECT_TRUE(is_dotnet_assembly(as_bytes(file).first(400)));
  EXPECT_EQ(assembly->name, "Newtonsoft.Json");
  EXPECT_EQ(assembly->culture, "");
  EXPECT_EQ(assembly->version, "12.0.0.0");
  EXPECT_EQ(assembly->product_version.substr(0, 14), "12.0.3+7c3d7f8");
  EXPECT_EQ(assembly->file_version, "12.0.3.23909");
  EXPECT_EQ(nuget_version(*assembly), "12.0.3");
  EXPECT_EQ(read_dotnet_assembly(as_bytes(sample("satellite.dll")))->culture, "de");
}

TEST(DotnetAssembly, TheFirstThatIsAVersionCounts) {
  const auto version = [](const char* product, const char* file, const char* own) {
    return nuget_version({"a", "", own, product, file});
  };
  EXPECT_EQ(version("8.0.0-rc.1.23419.4+92959931", "8.0.23", "8.0.0.0"), "8.0.0-rc.1.23419.4");
  EXPECT_EQ(version("Visual Studio 2019", "4.6.25519.03 built by: dlab", "4.0.0.0"), "4.6.25519.03");
  EXPECT_EQ(version("", "", "4.0.0.0"), "4.0.0.0");
  EXPECT_EQ(version("2, 0, 1, 0", "0.0.0.0", "2.0.1.0"), "2.0.1.0");
  EXPECT_EQ(version("", "", "0.0.0.0"), "");
}

TEST(DotnetAssembly, NativeFilesAndOthersAreNone) {
  EXPECT_FALSE(is_dotnet_assembly(as_bytes(sample("native.dll"))));
  EXPECT_FALSE(read_dotnet_assembly(as_bytes(sample("native.dll"))));
  EXPECT_FALSE(read_dotnet_assembly(as_bytes("MZ")));
  EXPECT_FALSE(read_dotnet_assembly({}));
}

TEST(DotnetAssembly, CutAndLyingFiles) {
  const std::string whole = sample("product.dll");
  for (std::size_t size = 0; size < whole.size(); ++size)
    if (const auto assembly = read_dotnet_assembly(as_bytes(whole).first(size))) {
      EXPECT_FALSE(assembly->name.empty());
    }
  for (std::size_t i = 0; i < whole.size(); ++i)
    for (const char value : {'\0', '\xff', '\x80'}) {
      std::string hostile = whole;
      hostile[i] = value;
      (void)read_dotnet_assembly(as_bytes(hostile));
    }
}

}  // namespace
}  // namespace hullcheck::inventory
