/* SPDX-License-Identifier: BSD-2-Clause */
/* Listens to the facts that the machine states: logs those that callers of ssh read with -v, keeps those
 * that are worth remembering of a server, and passes all of them on. */
#pragma once

#include "base/trace.h"
#include "programs/client/cache.h"

struct observed {
    struct trace trace;       /* to be given to the machine */
    const struct trace *next; /* who else listens, or NULL */

    char server_kex[CACHE_TEXT_MAX];      /* the first of the server's wishes */
    char server_host_key[CACHE_TEXT_MAX]; /* the same */
    char server_kexes[1024];              /* the whole list, escaped */
    bool has_guessed;                     /* a key exchange packet went out on a guess */
    bool was_early;                       /* channel messages went out before the login's outcome */
    bool is_logged_in;
    bool is_post_quantum;
    bool was_refused; /* the server refused an attempt to log in */
};

void observed_init(struct observed *observed, const struct trace *next);
