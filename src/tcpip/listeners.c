/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/listeners.h"

static bool is_set(const uint64_t *bits, uint16_t port)
{
    return bits[port / 64] >> port % 64 & 1;
}

static void set(uint64_t *bits, uint16_t port, bool value)
{
    uint64_t bit = (uint64_t)1 << port % 64;
    bits[port / 64] = value ? bits[port / 64] | bit : bits[port / 64] & ~bit;
}

static enum listeners_kind own(const struct listeners *l, uint16_t port)
{
    if (port == 0)
        return l->others;
    if (is_set(l->deferred, port))
        return LISTENERS_DEFERRED;
    return is_set(l->plain, port) ? LISTENERS_PLAIN : LISTENERS_NONE;
}

enum err listeners_add(struct listeners *l, uint16_t port, bool is_deferred)
{
    if (own(l, port) != LISTENERS_NONE)
        return ERR_BAD_VALUE;
    if (port == 0)
        l->others = is_deferred ? LISTENERS_DEFERRED : LISTENERS_PLAIN;
    else
        set(is_deferred ? l->deferred : l->plain, port, true);
    return OK;
}

void listeners_remove(struct listeners *l, uint16_t port)
{
    if (port == 0) {
        l->others = LISTENERS_NONE;
        return;
    }
    set(l->plain, port, false);
    set(l->deferred, port, false);
}

enum listeners_kind listeners_find(const struct listeners *l, uint16_t port)
{
    enum listeners_kind kind = own(l, port);
    return kind != LISTENERS_NONE || port == 0 ? kind : l->others;
}
