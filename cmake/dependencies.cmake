# Debian 12 packages. Each is found by name so that a missing one is reported by CMake with its own name.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(CURL REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(SQLite3 REQUIRED)
pkg_check_modules(ISAL REQUIRED IMPORTED_TARGET libisal)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(LZMA REQUIRED IMPORTED_TARGET liblzma)
find_package(BZip2 REQUIRED)
pkg_check_modules(VECTORSCAN REQUIRED IMPORTED_TARGET libhs)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(SIMDJSON REQUIRED IMPORTED_TARGET simdjson)
pkg_check_modules(YAMLCPP REQUIRED IMPORTED_TARGET yaml-cpp)
pkg_check_modules(EXPAT REQUIRED IMPORTED_TARGET expat)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(YARA REQUIRED IMPORTED_TARGET yara)

add_library(hullcheck_libraries INTERFACE)
target_include_directories(hullcheck_libraries SYSTEM INTERFACE ${CURL_INCLUDE_DIRS})
target_link_libraries(hullcheck_libraries INTERFACE
  Threads::Threads OpenSSL::Crypto OpenSSL::SSL ${CMAKE_DL_LIBS} fmt::fmt CLI11::CLI11 nlohmann_json::nlohmann_json
  SQLite::SQLite3 PkgConfig::ISAL PkgConfig::ZSTD PkgConfig::LZMA BZip2::BZip2 PkgConfig::VECTORSCAN PkgConfig::RE2
  PkgConfig::SIMDJSON PkgConfig::YAMLCPP PkgConfig::UTF8PROC PkgConfig::YARA PkgConfig::EXPAT)
