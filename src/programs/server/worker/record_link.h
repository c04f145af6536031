/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks the other processes of the worker's connection. It blocks for the answer: the worker serves one peer only. If
 * the other end is gone, the worker has nothing to do and ends. */
#pragma once

#include "os/record_socket.h"

struct record_link {
    int fd;
    struct buf datagram; /* the last answer */
    int wait_fd;         /* for an answer or the peer's end; -1: only for an answer */
    bool is_joint;       /* the peer's socket is an end of a joint */
    void (*peer_gone)(void *context, bool is_reset);
    void *context;
};

/* Takes the descriptor over. */
void record_link_init(struct record_link *link, int fd);

/* While an answer is waited for, the socket (of a joint: programs/tcp/joint.h) is watched: `peer_gone` is called when
 * its other end is closed, and ends the process. Takes over an epoll instance for it, because a worker that is locked
 * in cannot make one. */
void record_link_watch(struct record_link *link, int wait_fd, int peer_fd, bool is_joint,
                       void (*peer_gone)(void *context, bool is_reset), void *context);
void record_link_wipe(struct record_link *link);

/* Frees the last answer: nothing will be asked for a while. */
void record_link_rest(struct record_link *link);

/* Sends a record that has no answer. */
void record_link_tell(struct record_link *link, const struct record *record);

/* Sends, and waits for the answer, which must be of that type. It is borrowed until the next call. `passed` may be
 * NULL. */
struct record record_link_ask(struct record_link *link, const struct record *question,
                              enum record_type answer, struct seqpacket_descriptors *passed);

/* The same where two types may be the answer. */
struct record record_link_ask_either(struct record_link *link, const struct record *question,
                                     enum record_type answer, enum record_type other);
