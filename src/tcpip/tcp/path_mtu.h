/* SPDX-License-Identifier: BSD-2-Clause */
/* How large the packets of a path may be (RFC 8899, RFC 4821; RFC 1191, RFC 8201). It starts with
 * the link's size. An ICMP message that asks for less is believed only if it can be true (RFC 5927
 * section 7): it must quote what is in flight, which the owner checks, and is put off while the
 * connection makes progress; the size never goes below 576 octets (IPv4) or 1280 (IPv6). Timeouts
 * of full packets without any ICMP (a black hole, RFC 2923) lower it too. A lowered size is
 * searched upwards again with probes of data, whose loss is not congestion. Sizes are those of IP
 * packets. */
#pragma once

#include "base/instant.h"

enum {
    PATH_MTU_FLOOR_V4 = 576,
    PATH_MTU_FLOOR_V6 = 1280,
    PATH_MTU_RAISE_MS = 600 * 1000, /* RFC 8899 section 5.1.1: until a new search begins */
    PATH_MTU_PROBES = 3,            /* MAX_PROBES: how often a size is tried */
    PATH_MTU_STEP = 32,             /* a search ends when less can be gained */
    PATH_MTU_BLACK_HOLE = 2,        /* timeouts in a row after which the size is to blame */
};

struct path_mtu {
    uint16_t floor, link;
    uint16_t size;    /* PLPMTU: the largest packet to send */
    uint16_t above;   /* the smallest size known not to pass, or link + 1 */
    uint16_t probing; /* the size of the probe in flight, or 0 */
    uint16_t claimed; /* by an ICMP message not believed yet, or 0 */
    uint8_t failures; /* of probes of this size */
    bool is_searching;
    struct instant raise_at; /* INSTANT_NEVER: nothing to search for */
};

void path_mtu_init(struct path_mtu *p, uint16_t floor, uint16_t link);

/* Octets of a whole IP packet. */
uint16_t path_mtu_size(const struct path_mtu *p);

/* ICMP reports that at most `mtu` octets pass (0 from old routers), about a packet of `len` octets
 * whose data is in flight. True: the size is lower now, and what is in flight must be sent again.
 * `has_progress`: something was acknowledged since it was sent. */
bool path_mtu_too_big(struct path_mtu *p, uint32_t mtu, uint16_t len, bool has_progress,
                      struct instant now);
/* Something in flight was acknowledged: a pending ICMP message was false (RFC 5927 section 7.2). */
void path_mtu_progressed(struct path_mtu *p);
/* The `timeouts`th timeout in a row. True: the size is lower now. */
bool path_mtu_timed_out(struct path_mtu *p, unsigned timeouts, struct instant now);

/* The size of the packet to probe with now, if there is enough data for it; 0: none. */
uint16_t path_mtu_probe(const struct path_mtu *p, struct instant now);
void path_mtu_probe_sent(struct path_mtu *p);
/* True: the size is larger now. */
bool path_mtu_probe_acked(struct path_mtu *p, struct instant now);
void path_mtu_probe_lost(struct path_mtu *p, struct instant now);
