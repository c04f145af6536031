/* SPDX-License-Identifier: BSD-2-Clause */
/* AuthenticationMethods: which methods must follow each other. Each list of the option is a way to log in; a method
 * that succeeded is taken off the front of every list that begins with it, and the login is complete once one list is
 * empty. */
#pragma once

#include "base/buf.h"
#include "programs/server/monitor/monitor.h"

struct option_list;

enum { METHODS_LISTS_MAX = 64 };

struct methods {
    bool is_any;        /* any one method is enough */
    unsigned offered;   /* 1 << enum monitor_method */
    const char *device; /* of keyboard-interactive */
    struct {
        char *text;
        size_t done; /* octets at the front that are done */
    } lists[METHODS_LISTS_MAX];
    size_t count;
};

/* `lists` is the option's value. Lists with a method that is not offered are left out. `device` is what
 * "keyboard-interactive:…" may name; or NULL. */
void methods_init(struct methods *m, const struct option_list *lists, unsigned offered,
                  const char *device);

void methods_wipe(struct methods *m);

/* Whether the method may come next; and all that may, comma-separated. */
bool methods_allow(const struct methods *m, enum monitor_method method);
NODISCARD enum err methods_format(const struct methods *m, struct buf *out);

/* Notes that the method, which must be allowed next, succeeded. True: the login is complete. */
bool methods_take(struct methods *m, enum monitor_method method);

const char *methods_name(enum monitor_method method);
