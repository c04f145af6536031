/* SPDX-License-Identifier: BSD-2-Clause */
/* The cache's file: ~/.cache/glassh/hosts, or below $XDG_CACHE_HOME. That it cannot be read or written is
 * never an error. */
#pragma once

#include "programs/client/cache.h"
#include "programs/client/person.h"

/* An empty entry if the host is not known. */
void remembered_find(const struct person *person, const char *host, int port,
                     struct cache_entry *entry);
void remembered_keep(const struct person *person, const struct cache_entry *entry);
