/* SPDX-License-Identifier: BSD-2-Clause */
/* A descriptor that may be missing (-1), and the limit on how many there can be. */
#pragma once

#include <stddef.h>

/* Closes it unless it is -1, and sets it to -1. Preserves errno. */
void descriptor_close(int *fd);

/* Raises this process's limit on descriptors to the hard limit, and returns that. */
size_t descriptor_raise_limit(void);
