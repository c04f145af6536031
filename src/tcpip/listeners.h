/* SPDX-License-Identifier: BSD-2-Clause */
/* The ports that are listened on: a bit for each, so that a host can be answered for on all its ports. */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

enum listeners_kind { LISTENERS_NONE, LISTENERS_PLAIN, LISTENERS_DEFERRED };

struct listeners {
    uint64_t plain[65536 / 64], deferred[65536 / 64];
    enum listeners_kind others; /* for ports without a listener of their own */
};

/* Port 0 means every port without a listener of its own. ERR_BAD_VALUE: the port has a listener already. */
NODISCARD enum err listeners_add(struct listeners *l, uint16_t port, bool is_deferred);
void listeners_remove(struct listeners *l, uint16_t port);
enum listeners_kind listeners_find(const struct listeners *l, uint16_t port);
