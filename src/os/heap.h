/* SPDX-License-Identifier: BSD-2-Clause */
/* How a long-lived process keeps and gives back its memory. */
#pragma once

/* Large buffers always come from the system and go back to it when freed. By default the allocator, after freeing
 * the first large one, keeps the next ones. */
void heap_give_back_large(void);

/* For a process that forks often, before it does: fills the holes in the heap, for good, so that a child's allocations
 * lie together after them. Otherwise the child would write to, and so copy, pages all over the heap. */
void heap_fill_holes(void);

/* For a process that is idle for a while: gives back what is free in the heap, and the stack below the caller, with
 * everything that earlier calls left there. */
void heap_rest(void);
