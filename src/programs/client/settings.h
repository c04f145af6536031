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

enum settings_list {
    SETTINGS_CIPHERS,
    SETTINGS_MACS,
    SETTINGS_KEXES,
    SETTINGS_HOST_KEYS,
    SETTINGS_USER_KEYS,
    SETTINGS_LISTS_COUNT
};

/* Whether the lists can be offered at all, to be found out before anything is sent. Logs names that are skipped. */
NODISCARD enum err settings_check_lists(const struct client_options *options);

/* Replaces the lists in the options by what they come to, defaults included. */
NODISCARD enum err settings_complete_lists(struct client_options *options);

/* Appends the list as it will be offered: the user's, if any, applied to the default. ERR_UNSUPPORTED and ERR_BAD_VALUE
 * have been logged. */
NODISCARD enum err settings_offer(const struct client_options *options, enum settings_list list,
                                  struct buf *out);
