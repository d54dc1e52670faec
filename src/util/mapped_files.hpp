// How much of mapped temporary files stays in memory.
//
// A page of a mapped file counts as memory of the process from its first reading on, though it can come from the file
// again at any time. Readers jump about in what they read, so none of them can tell when a page has done its work.
// Instead a thread of its own looks on while large files are mapped, and gives the pages of all of them back whenever
// they have become too many.
#pragma once

#include <cstddef>

namespace hullcheck::util {

// What is mapped from files may take about as much, the program's own text included.
constexpr std::size_t k_most_mapped = std::size_t{64} << 20U;

// A private mapping of a file that nobody writes to, not even through the mapping: what is given back must come again
// as it was. Any thread.
void watch_mapped(void* begin, std::size_t size);
// Before it is unmapped. It may be one that was not watched.
void unwatch_mapped(void* begin);

}  // namespace hullcheck::util
