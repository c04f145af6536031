/* SPDX-License-Identifier: BSD-2-Clause */
/* A descriptor that may not be there: -1. And how many there can be. */
#pragma once

#include <stddef.h>

/* Closes it if it is there; then it is -1. errno stays as it was. */
void descriptor_close(int *fd);

/* Lets this process have as many descriptors as its hard limit allows, and says how many that are. */
size_t descriptor_raise_limit(void);
