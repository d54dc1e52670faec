// How the process handles the memory that it gives back.
#pragma once

namespace hullcheck::util {

// A scan takes and gives back buffers of megabytes for each large file. By default the allocator returns such to the
// kernel at once and gets them anew, zeroed page by page: 3 % of a scan. Afterwards up to 64 MiB stay with the
// process. Call once, before threads. Does nothing where the C library is not glibc.
void keep_freed_memory();

// Where a stage has ended that took much and kept little: what was freed since then and lies between what is kept
// goes back to the kernel. Costs a millisecond for some megabytes, and nothing where the process is small.
void give_back_freed_memory();

}  // namespace hullcheck::util
