/* SPDX-License-Identifier: BSD-2-Clause */
/* The worker's way to ask the other processes of its connection. An answer is waited for: whoever asks
 * serves one peer only. Without the other end the worker has no business: it ends. */
#pragma once

#include "ipc/record.h"
#include "os/seqpacket.h"

struct record_link {
    int fd;
    struct buf datagram; /* the last answer */
    int peer_fd;         /* or -1 */
    void (*peer_gone)(void *context, bool is_reset);
    void *context;
};

/* Takes the descriptor over. */
void record_link_init(struct record_link *link, int fd);

/* While an answer is waited for, the socket is watched: `peer_gone` is called when nobody is at its other end any more,
 * and ends the process. */
void record_link_watch(struct record_link *link, int peer_fd,
                       void (*peer_gone)(void *context, bool is_reset), void *context);
void record_link_wipe(struct record_link *link);

/* Forgets the last answer: nothing will be asked for a while. */
void record_link_rest(struct record_link *link);

/* Sends what has no answer. */
void record_link_tell(struct record_link *link, const struct record *record);

/* Sends, and waits for the answer, which must be of that type. It is borrowed until the next call. `passed`
 * may be NULL. */
struct record record_link_ask(struct record_link *link, const struct record *question,
                              enum record_type answer, struct seqpacket_descriptors *passed);

/* The same where two types may be the answer. */
struct record record_link_ask_either(struct record_link *link, const struct record *question,
                                     enum record_type answer, enum record_type other);
