# own_files.cpp: which files of this repository hold samples of what detectors look for, each by its path and digest.
#
# A scanner's tests and sources quote attacks. Scanned by itself, the repository is recognised by what it is: a file
# counts only at its own path and with its own content (src/detect/own_files.hpp), so nothing else gains from it.
#
# Included by CMakeLists.txt it adds the file to hullcheck_detect; run as a script (cmake -P) it writes it.

set(own_folders src tests fuzz docs bench)

if(CMAKE_SCRIPT_MODE_FILE)
  set(keys "")
  foreach(folder IN LISTS own_folders)
    file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/${folder}/*)
    foreach(file IN LISTS files)
      if(file MATCHES "__pycache__")
        continue()
      endif()
      file(SHA256 ${ROOT}/${file} digest)
      string(SHA256 key "${file}\n${digest}")
      string(SUBSTRING ${key} 0 32 key)
      list(APPEND keys ${key})
    endforeach()
  endforeach()
  list(SORT keys)
  list(REMOVE_DUPLICATES keys)
  list(JOIN keys "\"\n    \"" joined)
  file(WRITE ${OUTPUT} "// Made by cmake/own_files.cmake.\n#include \"detect/own_files.hpp\"\n\n\
namespace hullcheck::detect {\n\nconst std::string_view k_own_files =\n    \"${joined}\";\n\n}  // namespace hullcheck::detect\n")
  return()
endif()

set(own_globs ${own_folders})
list(TRANSFORM own_globs PREPEND ${PROJECT_SOURCE_DIR}/)
list(TRANSFORM own_globs APPEND /*)
file(GLOB_RECURSE own_files CONFIGURE_DEPENDS ${own_globs})
list(FILTER own_files EXCLUDE REGEX "__pycache__")
add_custom_command(
  OUTPUT ${PROJECT_BINARY_DIR}/generated/detect/own_files.cpp
  COMMAND ${CMAKE_COMMAND} -D ROOT=${PROJECT_SOURCE_DIR} -D OUTPUT=${PROJECT_BINARY_DIR}/generated/detect/own_files.cpp
          -P ${PROJECT_SOURCE_DIR}/cmake/own_files.cmake
  DEPENDS ${own_files} ${PROJECT_SOURCE_DIR}/cmake/own_files.cmake
  COMMENT "Digests of the repository's own samples")
target_sources(hullcheck_detect PRIVATE ${PROJECT_BINARY_DIR}/generated/detect/own_files.cpp)
