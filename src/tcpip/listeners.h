/* SPDX-License-Identifier: BSD-2-Clause */
/* The ports that passive OPENs are for: a bit for each, so that a whole host can be answered for. */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum listeners_kind { LISTENERS_NONE, LISTENERS_PLAIN, LISTENERS_DEFERRED };

struct listeners {
    uint64_t plain[65536 / 64], deferred[65536 / 64];
    enum listeners_kind others; /* of ports that have none of their own */
};

/* Port 0 stands for all that have no listener of their own. ERR_BAD_VALUE: there is one already. */
NODISCARD enum err listeners_add(struct listeners *l, uint16_t port, bool is_deferred);
void listeners_remove(struct listeners *l, uint16_t port);
enum listeners_kind listeners_find(const struct listeners *l, uint16_t port);
