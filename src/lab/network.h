/* SPDX-License-Identifier: BSD-2-Clause */
/* A client host, a server host and the path between them, in virtual time: two stacks whose packets a path carries,
 * loses, delays and duplicates. The same seed and calls give the same story. A scenario intervenes with rules and
 * injected segments. */
#pragma once

#include "lab/path.h"
#include "lab/story.h"

enum { NETWORK_RULES = 8, NETWORK_PACKETS = 8192, NETWORK_WHYS = 64 };
enum { NETWORK_CLIENT, NETWORK_SERVER };

struct network_setup {
    uint64_t seed;
    int version; /* of IP */
    struct path_setup path;
    bool is_black_hole; /* the router silently drops what is too big */
    uint16_t mtu;       /* of the hosts' links */
    size_t pending_max; /* handshakes that a host keeps */
    bool uses_ecn, has_no_timestamps;
    size_t flow_max;
    struct story *story; /* outlives the network */
    /* Called for each event of the stacks; it may act on the flow at once. */
    void (*event)(void *context, int host, const struct flow_event *event);
    void *context;
};

/* What happens to certain packets, whatever the path would do. */
struct network_rule {
    int from;
    uint8_t flags, mask; /* matches segments with (flags & mask) == flags */
    bool has_data;       /* only segments with data */
    unsigned first;      /* the first match it applies to, from 0 */
    unsigned count;      /* to how many it applies; UINT_MAX: all */
    enum story_fate fate;
    int64_t delay_us; /* if it arrives: extra delay */
    unsigned seen;    /* internal */
};

struct network;

struct network *network_new(const struct network_setup *setup);
void network_free(struct network *n);

struct instant network_now(const struct network *n);
struct stack *network_stack(struct network *n, int host); /* NULL: it is off */
struct ip_endpoint network_endpoint(const struct network *n, int host, uint16_t port);

void network_add_rule(struct network *n, const struct network_rule *rule);
/* The flow whose congestion window goes into the story; NULL: none. */
void network_watch(struct network *n, const struct flow *flow);

/* Sets the ports of the connection that the story is about. */
void network_name_ends(struct network *n, uint16_t client_port, uint16_t server_port);

/* The host listens on a port: in the story its state is LISTEN, at first or again. */
void network_listens(struct network *n, int host);

/* Delivers packets, takes events and sends output until nothing moves; time does not pass. */
void network_settle(struct network *n);
/* Lets `ms` pass, or less with `until_quiet` if nothing more happens within them. */
void network_run(struct network *n, int64_t ms, bool until_quiet);

/* Somebody sends `host` a segment in the name of `from`; it arrives after `delay_us`. */
void network_inject(struct network *n, int host, const struct ip_endpoint *from,
                    const struct ip_endpoint *to, const struct tcp_segment *segment,
                    const char *why, int64_t delay_us);

/* The host loses its memory; packets for it are lost until it boots, with new secrets. */
void network_crash(struct network *n, int host);
void network_boot(struct network *n, int host);

/* Adds what the program or person at an end does. */
void network_say(struct network *n, int host, const char *text);
