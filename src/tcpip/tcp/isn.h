/* SPDX-License-Identifier: BSD-2-Clause */
/* The values of a new connection that nobody else may guess: its initial sequence number (RFC 6528:
 * a clock of 4 us, MUST-8, and a keyed hash of the endpoints, SHLD-1, MUST-9), the offset of its
 * timestamps (RFC 7323 section 7.1), and its local port (RFC 6056 section 3.3.4, double hash). The
 * secret is made once per stack. */
#pragma once

#include "base/instant.h"
#include "base/rng.h"
#include "tcpip/siphash.h"
#include "tcpip/wire/ip_address.h"

enum {
    ISN_PORT_FIRST = 32768, /* the first port chosen for active OPENs */
    ISN_PORT_COUNT = 32768,
    /* Counters: one destination's reveals nothing about another's unless they share it. With fewer of them, somebody
     * with many addresses finds which do (CVE-2022-1012). 128 KiB, but a page is used only once a destination falls
     * into it. */
    ISN_PORT_TABLE = 65536,
};

struct isn {
    struct siphash_key sequence, timestamp, port, table;
    uint16_t *counters;
};

/* False: there is not enough memory. */
bool isn_init(struct isn *isn, const struct rng *rng);
void isn_wipe(struct isn *isn);

/* ISS for a connection that begins now. */
uint32_t isn_sequence(const struct isn *isn, const struct ip_endpoint *local,
                      const struct ip_endpoint *remote, struct instant now);
/* Added to the millisecond clock for TSval. The same for all connections between two endpoints, so
 * that their timestamps keep rising (RFC 6191). */
uint32_t isn_timestamp_offset(const struct isn *isn, const struct ip_endpoint *local,
                              const struct ip_endpoint *remote);

/* The `attempt`th port (0 … ISN_PORT_COUNT - 1) to try for a connection from `local` to `remote`:
 * each comes once. Call isn_port_taken when one was free. */
uint16_t isn_port(const struct isn *isn, const struct ip_address *local,
                  const struct ip_endpoint *remote, uint32_t attempt);
void isn_port_taken(struct isn *isn, const struct ip_address *local,
                    const struct ip_endpoint *remote, uint32_t attempt);
