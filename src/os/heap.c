/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/heap.h"

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LARGE = 64 * 1024, STACK_SPAN = 128 * 1024, LARGEST_HOLE = 4096, SMALLEST_HOLE = 24 };

void heap_give_back_large(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, LARGE);
    (void)mallopt(M_TRIM_THRESHOLD, LARGE);
}

void heap_fill_holes(void)
{
    const char *end = sbrk(0);
    for (size_t size = LARGEST_HOLE; size >= SMALLEST_HOLE; size /= 2)
        for (char *piece = malloc(size); piece && piece + size < end - LARGEST_HOLE;
             piece = malloc(size))
            ;
}

/* The page below this function's is its own callee's. Nothing is mapped past the end of the stack: the kernel keeps
 * a gap there that is larger than the span. */
__attribute__((noinline)) void heap_rest(void)
{
    (void)malloc_trim(0);
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    const uintptr_t end = ((uintptr_t)__builtin_frame_address(0) / page - 1) * page;
    (void)madvise((void *)(end - STACK_SPAN), STACK_SPAN, MADV_DONTNEED);
}
