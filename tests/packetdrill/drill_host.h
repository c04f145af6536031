/* SPDX-License-Identifier: BSD-2-Clause */
/* A stack, its clock and what it has sent, for the library that packetdrill loads. Time passes only when the runner sleeps
 * or waits for a packet. The runner makes calls that block in a second thread: every function here is called with the
 * lock held, and drill_host_wait gives it up until something has happened. */
#pragma once

#include "tcpip/flow.h"

#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>

enum { DRILL_SOCKETS = 64, DRILL_BACKLOG = 16, DRILL_PACKETS = 4096, DRILL_WATCHES = 64 };

struct drill_socket {
    int fd; /* a descriptor that the system knows, too: the runner closes it in the end */
    int domain;
    bool is_used, is_listening, is_nonblocking, is_linger_zero;
    bool is_open, peer_closed, is_over, has_shut_reading, has_shut_writing, has_asked_to_connect;
    int error; /* to be told once */
    uint16_t port;
    int send_buffer, receive_buffer; /* as getsockopt tells them; 0: not set */
    uint32_t unsent_max; /* octets: with so many not sent yet no more is taken; 0: any */
    unsigned news;       /* how often something came of which a watch may be told */
    struct flow *flow;
    struct flow *backlog[DRILL_BACKLOG];
    size_t backlog_count;
    struct flow_options options;
    bool has_options;
};

/* A descriptor that an epoll descriptor has been told of. */
struct drill_watch {
    bool is_used;
    int epoll_fd, fd;
    uint32_t events;
    uint64_t data;
    unsigned seen; /* of the socket's news */
};

struct drill_packet {
    uint8_t *octets;
    size_t len;
    struct instant at;
};

struct drill_host {
    pthread_mutex_t lock;
    pthread_cond_t happened;
    unsigned waiting; /* threads */
    unsigned generation,
        seen; /* how often something has happened, and what the waiting thread knows of it */
    struct stack *stack;
    struct stack_setup setup;
    struct rng rng;
    struct instant now;
    uint64_t random;
    struct drill_socket sockets[DRILL_SOCKETS];
    struct drill_watch watches[DRILL_WATCHES];
    struct drill_packet packets[DRILL_PACKETS];
    size_t packet_begin, packet_end;
};

/* `flags`, or NULL, has words with commas between: our addresses, of which there are others else; "mtu=N"; "segments=N", "ecn" and
 * "no_timestamps", as in stack_setup. An unknown word aborts. */
struct drill_host *drill_host_new(const char *flags);
void drill_host_free(struct drill_host *h);
/* The stack; made when it is first needed. */
struct stack *drill_host_stack(struct drill_host *h);
/* We have this address, too, or instead of the first of its version; so long as there is no stack. */
void drill_host_set_address(struct drill_host *h, const struct ip_address *address);
/* Segments of at most so many octets. The stack is made anew for that: there must not have been a connection. */
void drill_host_set_mss(struct drill_host *h, uint16_t mss);

struct drill_socket *drill_host_add(struct drill_host *h);
/* NULL with errno EBADF. */
struct drill_socket *drill_host_find(struct drill_host *h, int fd);

/* After anything was done to the stack: its events are taken, and what it sends is kept. */
void drill_host_settle(struct drill_host *h);
/* Time passes, and all timers run out when they are due. */
void drill_host_advance(struct drill_host *h, int64_t us);
/* Until a packet was sent or nothing more will happen soon. */
void drill_host_run_for_packet(struct drill_host *h);
/* Who was woken by what has just happened has to see it at this time. */
void drill_host_let_others_run(struct drill_host *h);
/* In the second thread: until something has happened. */
void drill_host_wait(struct drill_host *h);

/* ---- for all calls ---- */

static inline int drill_fail(int error)
{
    errno = error;
    return -1;
}

/* The error of the socket, which is told once; 0: none. */
static inline int drill_take_error(struct drill_socket *s)
{
    int error = s->error;
    s->error = 0;
    return error;
}

/* Every call begins and ends so: one at a time, and what it did to the stack has its effects at once. */
#define DRILL_LOCKED(h, type, expression)  \
    do {                                   \
        pthread_mutex_lock(&(h)->lock);    \
        type locked_result = (expression); \
        int locked_errno = errno;          \
        drill_host_settle(h);              \
        pthread_mutex_unlock(&(h)->lock);  \
        errno = locked_errno;              \
        return locked_result;              \
    } while (0)
