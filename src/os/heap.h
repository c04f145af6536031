/* SPDX-License-Identifier: BSD-2-Clause */
/* How a process that lives for long keeps and gives back its memory. */
#pragma once

/* What is large comes from the system and goes back to it when it is freed. By itself the allocator learns, from
 * the first large buffer on, to keep the next ones. */
void heap_give_back_large(void);

/* For a process that forks often, before it does: fills the holes that the heap has, for ever, so that what a child
 * allocates lies together behind them. It would otherwise write to, and so get its own copy of, pages all over the
 * heap. */
void heap_fill_holes(void);

/* For a process that has nothing to do for a while: gives back what is free in the heap, and what lies on the stack
 * below the caller, which is gone with all that earlier calls have left there. */
void heap_rest(void);
