/* SPDX-License-Identifier: BSD-2-Clause */
/* The client's options put together: the command line first, then the user's file, then the system's,
 * then the defaults. */
#pragma once

#include "config/client_resolve.h"
#include "programs/client/arguments.h"
#include "programs/client/person.h"

struct settings {
    struct client_options options;
    struct client_resolved resolved;
};

/* ERR_BAD_VALUE: what was wrong has been logged. The struct must be wiped in any case. */
NODISCARD enum err settings_read(const struct arguments *arguments, const struct person *person,
                                 struct settings *settings);
void settings_wipe(struct settings *settings);

/* Whether the lists of algorithms can be offered at all: known before anything is sent. */
NODISCARD enum err settings_check_lists(const struct client_options *options);

/* Puts in their place what they come to, defaults included. */
NODISCARD enum err settings_complete_lists(struct client_options *options);

/* A list of algorithms as it will be offered: the user's wish (or NULL) applied to the default.
 * `keyword` is for the complaint that is logged with ERR_BAD_VALUE. */
NODISCARD enum err settings_offer(const char *keyword, const char *wish, struct bytes base,
                                  struct bytes supported, struct buf *out);
