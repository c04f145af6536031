/* SPDX-License-Identifier: BSD-2-Clause */
/* How the C library's allocator behaves in a process that lives for long. */
#pragma once

/* What is large comes from the system and goes back to it when it is freed. By itself the allocator learns, from
 * the first large buffer on, to keep the next ones. */
void heap_give_back_large(void);
