/* SPDX-License-Identifier: BSD-2-Clause */
/* The cache's file: ~/.cache/glassh/hosts, or below $XDG_CACHE_HOME. Failing to read or write it is never an error.
 * With $GLASSH_CACHE=no it is neither read nor written. */
#pragma once

#include "config/client_options.h"
#include "programs/client/cache.h"
#include "programs/client/person.h"

/* An empty entry if the user of that host is not known. A file of the former format, which had names, is
 * removed. */
void remembered_find(const struct person *person, const struct client_options *options,
                     struct cache_entry *entry);
void remembered_keep(const struct person *person, const struct cache_entry *entry);
