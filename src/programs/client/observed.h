/* SPDX-License-Identifier: BSD-2-Clause */
/* Observes the facts that the machine states: logs those that callers of ssh read with -v, keeps what is worth
 * remembering about a server, and passes all of them on. */
#pragma once

#include "base/trace.h"
#include "programs/client/cache.h"

enum { OBSERVED_SAID_LINES = 3, OBSERVED_SAID_LEN = 512 };

struct observed {
    struct trace trace;       /* to be given to the machine */
    const struct trace *next; /* the next observer, or NULL */

    char server_kex[CACHE_TEXT_MAX];      /* the server's first choice */
    char server_host_key[CACHE_TEXT_MAX]; /* the same */
    char server_host_keys[4096];          /* the whole list, escaped */
    /* The latest lines before the server's identification, escaped; said_count counts all of them. */
    char said[OBSERVED_SAID_LINES][OBSERVED_SAID_LEN];
    size_t said_count;
    bool has_guessed; /* a key exchange packet went out on a guess */
    bool was_early;   /* channel messages went out before the login's outcome */
    bool is_logged_in;
    bool was_refused; /* the server refused an attempt to log in */
};

/* Logs those lines: they may say why a server hung up before it identified itself. */
void observed_tell_said(const struct observed *observed);

void observed_init(struct observed *observed, const struct trace *next);
