/* SPDX-License-Identifier: BSD-2-Clause */
/* What is remembered of the servers that were logged in to, so that the next login needs fewer round
 * trips: a small text file, newest first, one line of tab-separated fields per host. It holds no secret,
 * and losing it costs nothing but those round trips. */
#pragma once

#include "base/buf.h"

enum { CACHE_ENTRIES_MAX = 256, CACHE_FILE_MAX = 256 * 1024, CACHE_TEXT_MAX = 256 };

struct cache_entry {
    char host[CACHE_TEXT_MAX];     /* "name:port" */
    char kex[CACHE_TEXT_MAX];      /* the first the server wishes: what a guess must name */
    char host_key[CACHE_TEXT_MAX]; /* the first host key algorithm it wishes */
    char key[CACHE_TEXT_MAX];      /* fingerprint of the user key that it took */
    char software[CACHE_TEXT_MAX]; /* its identification line */
    bool is_careful;               /* it refused the fast order: no guesses, no early messages */
};

/* Finds the host's entry in the file's text; false, and an empty entry with the name, if it has none or a
 * broken one. */
bool cache_find(struct bytes file, const char *host, struct cache_entry *entry);

/* Appends the file's new text: the entry first, then the others of the old one, as many as fit. */
NODISCARD enum err cache_replace(struct bytes file, const struct cache_entry *entry,
                                 struct buf *out);
