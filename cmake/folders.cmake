# hullcheck_folder(NAME [EXCLUDE file…])
#   makes the object library hullcheck_NAME of every source below src/NAME.
# hullcheck_program(NAME source…)
#   makes a program of the sources and of every folder declared so far.
#
# Why object libraries, named by each program: extensions register themselves from a static object that nothing else
# refers to. From an archive the linker drops such an object without a word; from an object library it cannot.

set_property(GLOBAL PROPERTY HULLCHECK_OBJECTS "")

function(hullcheck_folder name)
  cmake_parse_arguments(arg "" "" "EXCLUDE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
  foreach(excluded IN LISTS arg_EXCLUDE)
    list(REMOVE_ITEM sources ${PROJECT_SOURCE_DIR}/src/${name}/${excluded})
  endforeach()
  if(NOT sources)
    return()
  endif()
  foreach(folder IN LISTS HULLCHECK_EVERY_BYTE)
    set(fast ${sources})
    list(FILTER fast INCLUDE REGEX "^${PROJECT_SOURCE_DIR}/src/${folder}")
    set_property(SOURCE ${fast} APPEND PROPERTY COMPILE_OPTIONS $<$<CONFIG:Release>:-O3>)
  endforeach()
  add_library(hullcheck_${name} OBJECT ${sources})
  target_link_libraries(hullcheck_${name} PUBLIC hullcheck_options hullcheck_libraries)
  if(name STREQUAL "util")
    target_precompile_headers(hullcheck_util PRIVATE ${PROJECT_SOURCE_DIR}/cmake/precompiled.hpp)
  else()
    target_precompile_headers(hullcheck_${name} REUSE_FROM hullcheck_util)
  endif()
  set_property(GLOBAL APPEND PROPERTY HULLCHECK_OBJECTS $<TARGET_OBJECTS:hullcheck_${name}>)
endfunction()

function(hullcheck_program name)
  get_property(objects GLOBAL PROPERTY HULLCHECK_OBJECTS)
  add_executable(${name} ${ARGN} ${objects})
  target_link_libraries(${name} PRIVATE hullcheck_options hullcheck_libraries)
  # What is measured is in the folders' objects; the program's own files are tests and glue.
  if(NOT HULLCHECK_SANITIZE)
    target_compile_options(${name} PRIVATE -O0 -U_FORTIFY_SOURCE)
  endif()
endfunction()
