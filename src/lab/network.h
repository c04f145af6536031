/* SPDX-License-Identifier: BSD-2-Clause */
/* A client host, a server host and the path between them, in virtual time: two stacks whose packets a path carries,
 * loses, delays, repeats. The same seed and calls give the same story. Rules and injected segments are what a scenario
 * does to it. */
#pragma once

#include "lab/path.h"
#include "lab/story.h"

enum { NETWORK_RULES = 8, NETWORK_PACKETS = 8192, NETWORK_WHYS = 64 };
enum { NETWORK_CLIENT, NETWORK_SERVER };

struct network_setup {
    uint64_t seed;
    int version; /* of IP */
    struct path_setup path;
    bool is_black_hole; /* the router drops what is too big and says nothing */
    uint16_t mtu;       /* of the hosts' links */
    size_t pending_max; /* handshakes that a host keeps */
    bool uses_ecn, has_no_timestamps;
    size_t flow_max;
    struct story *story; /* outlives the network */
    /* Of the stacks, each as it comes; what it needs it may do at once. */
    void (*event)(void *context, int host, const struct flow_event *event);
    void *context;
};

/* What becomes of certain packets, whatever the path would do. */
struct network_rule {
    int from;
    uint8_t flags, mask; /* the segments whose flags under the mask are these */
    bool has_data;       /* those with data alone */
    unsigned first;      /* the first one it holds for, from 0 */
    unsigned count;      /* for so many; UINT_MAX: all */
    enum story_fate fate;
    int64_t delay_us; /* if it arrives: so much later */
    unsigned seen;    /* the network's */
};

struct network;

struct network *network_new(const struct network_setup *setup);
void network_free(struct network *n);

struct instant network_now(const struct network *n);
struct stack *network_stack(struct network *n, int host); /* NULL: it is off */
struct ip_endpoint network_endpoint(const struct network *n, int host, uint16_t port);

void network_add_rule(struct network *n, const struct network_rule *rule);
/* The flow whose congestion window is to be told; NULL: none any more. */
void network_watch(struct network *n, const struct flow *flow);

/* The client's end of the connection that the story is about is this port, the server's that one. */
void network_name_ends(struct network *n, uint16_t client_port, uint16_t server_port);

/* A port of the host is listened on: the story begins, or goes on, with LISTEN. */
void network_listens(struct network *n, int host);

/* Octets of a stack are sent, and events taken, until nothing moves; time does not pass. */
void network_settle(struct network *n);
/* Time passes: `ms`, or less if `until_quiet` and nothing more happens within them. */
void network_run(struct network *n, int64_t ms, bool until_quiet);

/* Somebody sends a segment to `host` in the name of `from`; it arrives after `delay_us`. */
void network_inject(struct network *n, int host, const struct ip_endpoint *from,
                    const struct ip_endpoint *to, const struct tcp_segment *segment,
                    const char *why, int64_t delay_us);

/* The host loses its memory; packets for it are lost until it boots, with new secrets. */
void network_crash(struct network *n, int host);
void network_boot(struct network *n, int host);

/* Tells what the program or person at an end does. */
void network_say(struct network *n, int host, const char *text);
