/* SPDX-License-Identifier: BSD-2-Clause */
/* What is remembered about servers after a login, so that the next login needs fewer round trips: a small text file,
 * newest first, one line of tab-separated fields per user and host. It has no names: users, hosts and keys are stored
 * as keyed hashes (HMAC-SHA-256), and the secret is in the file. So it does not show where somebody has been; guessed
 * names can be tried, as with hashed known hosts. Losing it costs nothing but those round trips. */
#pragma once

#include "base/buf.h"
#include "base/rng.h"

enum {
    CACHE_ENTRIES_MAX = 256,
    CACHE_FILE_MAX = 256 * 1024,
    CACHE_TEXT_MAX = 256,
    CACHE_HOST_MAX = 1024,
    CACHE_SECRET_LEN = 32
};

struct cache_entry {
    char host[CACHE_HOST_MAX]; /* "user@name:port"; hashed in the file */
    uint8_t secret[CACHE_SECRET_LEN];
    char kex[CACHE_TEXT_MAX];      /* the server's first choice: what a guess must name */
    char host_key[CACHE_TEXT_MAX]; /* its first choice of host key algorithm */
    char key[CACHE_TEXT_MAX];      /* hash of the fingerprint of the user key it accepted, or "" */
    bool is_careful;               /* it refused the fast order: no guesses, no early messages */
};

/* Whether the text is such a file. The former format, with names, is not. */
bool cache_is_valid(struct bytes file);

/* Finds the host's entry in the file's text; false, and an empty entry with the name, if there is none or it is broken.
 * The secret is the file's, or a new one. */
bool cache_find(struct bytes file, const char *host, const struct rng *rng,
                struct cache_entry *entry);

/* Appends the file's new text: the entry first, then as many of the file's other entries as fit, or none of them if the
 * entry has another secret than the file. */
NODISCARD enum err cache_replace(struct bytes file, const struct cache_entry *entry,
                                 struct buf *out);

/* Whether the host accepted the key with this fingerprint last time; false for "". */
bool cache_has_key(const struct cache_entry *entry, const char *fingerprint);

/* "": none. */
void cache_set_key(struct cache_entry *entry, const char *fingerprint);
