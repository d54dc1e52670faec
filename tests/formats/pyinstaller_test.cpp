#include "formats/pyinstaller.hpp"

#include <gtest/gtest.h>

#include <string>

namespace hullcheck::formats {
namespace {

std::string u32(std::uint64_t value) {
  std::string out;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) out += static_cast<char>(value >> shift & 255U);
  return out;
}

struct Options {
  std::size_t entry_size = 0;  // 0: the right one
  std::uint32_t place = 0, size_of_all = 0;
  bool library = true;
};

// A program, an archive of two entries, a cookie, and what follows it.
std::string program(const Options& options = {}) {
  const std::string data = "print('hello')" + std::string("more");
  std::string table;
  const auto entry = [&](const std::string& name, std::uint32_t place, std::uint32_t size, char kind) {
    const std::string padded = name + std::string(16 - name.size() % 16, '\0');
    const std::size_t all = options.entry_size != 0 ? options.entry_size : 18 + padded.size();
    table += u32(all) + u32(place) + u32(size) + u32(size) + std::string(1, '\0') + kind + padded;
  };
  entry("main", options.place, 14, 's');
  entry("lib/x.so", 14, 4, 'b');
  const std::size_t cookie = options.library ? 88 : 24;
  const std::size_t all = data.size() + table.size() + cookie;
  std::string text = "a program in front" + data + table + "MEI\014\013\012\013\016" +
                     u32(options.size_of_all != 0 ? options.size_of_all : all) + u32(data.size()) +
                     u32(table.size()) + u32(311);
  if (options.library) text += "libpython3.11.so" + std::string(48, '\0');
  return text + "what follows";
}

std::string error_of(const std::string& file) {
  const auto entries = read_pyinstaller(as_bytes(file));
  return entries ? "" : std::string(entries.error().name);
}

TEST(PyInstaller, EntriesOfBothSortsOfCookie) {
  for (const bool library : {true, false}) {
    const std::string file = program({.library = library});
    const auto entries = read_pyinstaller(as_bytes(file));
    ASSERT_TRUE(entries) << entries.error().name;
    ASSERT_EQ(entries->size(), 2U);
    EXPECT_EQ((*entries)[0].name, "main");
    EXPECT_EQ((*entries)[0].kind, 's');
    EXPECT_EQ(as_text((*entries)[0].data), "print('hello')");
    EXPECT_EQ((*entries)[1].name, "lib/x.so");
    EXPECT_EQ(as_text((*entries)[1].data), "more");
  }
}

TEST(PyInstaller, ClaimsThatCannotBe) {
  EXPECT_EQ(error_of("no archive at all"), "pyinstaller-not-found");
  EXPECT_EQ(error_of(program({.entry_size = 3})), "pyinstaller-malformed");
  EXPECT_EQ(error_of(program({.entry_size = 0xffffffff})), "pyinstaller-malformed");
  EXPECT_EQ(error_of(program({.place = 0xfffffff0})), "pyinstaller-malformed");
  EXPECT_EQ(error_of(program({.size_of_all = 20})), "pyinstaller-malformed");
  EXPECT_EQ(error_of(program({.size_of_all = 0x7fffffff})), "pyinstaller-truncated");
  const std::string file = program();
  EXPECT_EQ(error_of(file.substr(30)), "pyinstaller-truncated") << "begins in the archive";
}

TEST(PyInstaller, EveryCutIsSaid) {
  const std::string file = program();
  const std::size_t cookie = file.find("MEI\014");
  for (std::size_t size = 0; size < cookie + 24; ++size) EXPECT_NE(error_of(file.substr(0, size)), "") << size;
}

TEST(PyInstaller, Limits) {
  const std::string file = program();
  EXPECT_EQ(std::string(read_pyinstaller(as_bytes(file), {.entries = 1}).error().name), "pyinstaller-entries-limit");
}

}  // namespace
}  // namespace hullcheck::formats
