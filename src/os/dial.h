/* SPDX-License-Identifier: BSD-2-Clause */
/* Connects by TCP to a named host: Happy Eyeballs (RFC 8305). The addresses are tried in the order that
 * getaddrinfo gives (RFC 6724), alternating between the families. The next one starts when the one before
 * has failed or has been silent for 250 ms; the first to connect wins. */
#pragma once

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <uv.h>

enum { DIAL_ADDRESSES_MAX = 16, DIAL_STAGGER_MS = 250, DIAL_RETRY_MS = 1000 };

enum dial_event_kind {
    DIAL_LOOKING,    /* the name is being resolved */
    DIAL_UNRESOLVED, /* it has no address: .reason */
    DIAL_RESOLVED,   /* once per address, in the order they are tried: .index of .count */
    DIAL_TRYING,     /* just before connect: .fd is the socket, not yet connected */
    DIAL_FAILED,     /* that address failed: .error_number */
    DIAL_CONNECTED,  /* .fd has won; the other attempts are dropped */
    DIAL_DROPPED,    /* has neither connected nor failed, and is no longer wanted */
};

struct dial_event {
    enum dial_event_kind kind;
    size_t index, count;
    int fd;
    int error_number;
    const char *reason;
    const struct sockaddr *address;
    socklen_t address_len;
};

struct dial_setup {
    const char *host; /* a name, or a numeric address with or without brackets */
    uint16_t port;
    int family;               /* AF_UNSPEC, AF_INET, AF_INET6 */
    const char *bind_address; /* a local numeric address or name, or NULL */
    unsigned attempts;        /* rounds over all addresses, at least 1 */

    /* Or NULL. Called for each event on the way. */
    void (*watch)(void *context, const struct dial_event *event);
    /* Called once, never from within dial_new, with a connected non-blocking socket that the callee now owns, or
     * -1 and a reason for the user ("Connection refused"), valid during the call; `resolved`: whether the name was. */
    void (*done)(void *context, int fd, bool resolved, const char *reason);
    void *context;
};

struct dial;

/* The setup's texts are copied. */
struct dial *dial_new(uv_loop_t *loop, const struct dial_setup *setup);

/* Also gives up whatever is still under way. May be called from `done`. */
void dial_free(struct dial *dial);

/* Whether a lookup that nobody needs any more is still waiting for a name server. exit() would wait for it
 * too: libuv joins its threads there. */
bool dial_is_left_waiting(void);
