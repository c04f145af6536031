/* SPDX-License-Identifier: BSD-2-Clause */
/* The owner's end of glassh-tcp (programs/tcp/tcp_service.h): makes the devices, starts the process and hands them
 * over; after that it is told from where connections come, and where they are to go. */
#pragma once

#include "os/endpoint.h"
#include "os/sandbox_setup.h"
#include "programs/common/tun_option.h"

enum { TCP_LINK_PORTS_MAX = 64 };

struct tcp_link_setup {
    struct tun_options tuns; /* at least one */
    struct sandbox_setup sandbox;
    uint16_t ports[TCP_LINK_PORTS_MAX]; /* to listen on */
    size_t port_count;
    bool keeps_alive;
    bool wants_facts; /* of connections that are asked for */
};

struct tcp_link {
    struct tcp_link_setup setup;
    pid_t id; /* 0: there is none, or who waited for it has set it so */
    int fd; /* becomes readable when there is something to take, or the process is gone; -1: there is none */
};

#define TCP_LINK_NONE ((struct tcp_link){ .fd = -1 })

/* Whom the process becomes, and where. */
struct sandbox_setup tcp_link_identity(const struct tcp_link *link);

/* Waits until the process is ready. On an error `problem` has a sentence about it, without a full stop, and nothing is
 * left behind: ERR_SYSTEM, ERR_BAD_VALUE (an address is the kernel's already). */
NODISCARD enum err tcp_link_open(struct tcp_link *link, struct buf *problem);

/* A socket from which whoever has it is told TCP_ARRIVED from now on, nobody else any more; the caller's. ERR_SYSTEM:
 * the process is gone. */
NODISCARD enum err tcp_link_take(struct tcp_link *link, int *fd);

/* Asks for a connection; what was asked for before is given up. ERR_SYSTEM: the process is gone. */
NODISCARD enum err tcp_link_connect(struct tcp_link *link, const struct ip_endpoint *remote);

enum { TCP_LINK_ROOM = 512 }; /* octets: the most that it says at once */

enum tcp_link_kind {
    TCP_LINK_NOTHING,   /* for now */
    TCP_LINK_CONNECTED, /* fd, a non-blocking socket, the caller's; local */
    TCP_LINK_FAILED,    /* reason: an errno */
    TCP_LINK_SEGMENT,   /* is_out, seq, ack, window, len, flags, options, why */
    TCP_LINK_STATE,     /* of our end: old_state, new_state, why */
};

struct tcp_link_news {
    enum tcp_link_kind kind;
    int fd, reason;
    struct endpoint local;
    bool is_out;
    uint32_t seq, ack, window, len;
    struct bytes flags, options, old_state, new_state, why; /* in the room */
};

/* What the process says of the connection that was asked for, when the link is readable. The texts lie in `room`,
 * which holds TCP_LINK_ROOM octets. */
void tcp_link_hear(const struct tcp_link *link, struct buf *room, struct tcp_link_news *news);

/* Lets go of the process: it goes on until the connections it has are over. */
void tcp_link_close(struct tcp_link *link);

/* As programs show it. */
struct endpoint tcp_link_endpoint(struct bytes address, uint16_t port);
