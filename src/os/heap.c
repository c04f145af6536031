/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/heap.h"

#include <malloc.h>

enum { LARGE = 64 * 1024 };

void heap_give_back_large(void)
{
    (void)mallopt(M_MMAP_THRESHOLD, LARGE);
    (void)mallopt(M_TRIM_THRESHOLD, LARGE);
}
