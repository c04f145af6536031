/* SPDX-License-Identifier: BSD-2-Clause */
/* Listens to the facts that the machine states: logs those that callers of ssh read with -v, keeps those
 * that are worth remembering of a server, and passes all of them on. */
#pragma once

#include "base/trace.h"
#include "programs/client/cache.h"

enum { OBSERVED_SAID_LINES = 3, OBSERVED_SAID_LEN = 512 };

struct observed {
    struct trace trace;       /* to be given to the machine */
    const struct trace *next; /* who else listens, or NULL */

    char server_kex[CACHE_TEXT_MAX];      /* the first of the server's wishes */
    char server_host_key[CACHE_TEXT_MAX]; /* the same */
    char server_host_keys[4096];          /* the whole list, escaped */
    /* The latest lines before the server's identification, escaped; the count goes on. */
    char said[OBSERVED_SAID_LINES][OBSERVED_SAID_LEN];
    size_t said_count;
    bool has_guessed; /* a key exchange packet went out on a guess */
    bool was_early;   /* channel messages went out before the login's outcome */
    bool is_logged_in;
    bool was_refused; /* the server refused an attempt to log in */
};

/* Logs those lines: why a server hangs up that never said who it is. */
void observed_tell_said(const struct observed *observed);

void observed_init(struct observed *observed, const struct trace *next);
