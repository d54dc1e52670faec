# Warnings, hardening, sanitizers and the linker, as one interface target that every folder uses.

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

# -O3 costs a third of the build, so only what sees every byte has it. Nothing interposes on functions of a program:
# calls within a file may be inlined.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG -fno-semantic-interposition")
set(HULLCHECK_EVERY_BYTE util/ formats/ layers/ detect/content/ detect/inner/ detect/scripts/ detect/shell/)

find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  # Precompiled headers need these freedoms, or every look-up misses; the base folder lets clones share a cache.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE_PROGRAM})
endif()

add_library(hullcheck_options INTERFACE)
target_include_directories(hullcheck_options INTERFACE ${PROJECT_SOURCE_DIR}/src ${PROJECT_BINARY_DIR}/generated)
target_compile_options(hullcheck_options INTERFACE
  -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wconversion -Wno-sign-conversion
  -fstack-protector-strong)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_compile_options(hullcheck_options INTERFACE -Wthread-safety)
else()
  # g++ 12 reports impossible paths through std::variant and std::string with these on.
  target_compile_options(hullcheck_options INTERFACE -Wno-maybe-uninitialized -Wno-restrict -Wno-array-bounds
                         -Wno-stringop-overflow -Wno-stringop-overread)
endif()
if(HULLCHECK_DEVELOPER)
  target_compile_options(hullcheck_options INTERFACE -Werror)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT HULLCHECK_SANITIZE)
  target_compile_definitions(hullcheck_options INTERFACE _FORTIFY_SOURCE=2)
endif()
if(HULLCHECK_SANITIZE)
  target_compile_options(hullcheck_options INTERFACE -fsanitize=${HULLCHECK_SANITIZE} -fno-sanitize-recover=all
                                                     -fno-omit-frame-pointer)
  target_link_options(hullcheck_options INTERFACE -fsanitize=${HULLCHECK_SANITIZE})
endif()
if(HULLCHECK_FUZZ)
  target_compile_options(hullcheck_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

set(CMAKE_POSITION_INDEPENDENT_CODE ON)
target_link_options(hullcheck_options INTERFACE -Wl,-z,relro,-z,now)
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  target_link_options(hullcheck_options INTERFACE -fuse-ld=mold)
endif()
