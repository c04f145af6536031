/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/worker/record_link.h"

#include "base/check.h"

#include <poll.h>
#include <unistd.h>

enum { LINK_LOST = 255 };

void record_link_init(struct record_link *link, int fd)
{
    *link = (struct record_link){ .fd = fd, .peer_fd = -1 };
    buf_init(&link->datagram, RECORD_LEN_MAX);
}

void record_link_watch(struct record_link *link, int peer_fd,
                       void (*peer_gone)(void *context, bool is_reset), void *context)
{
    link->peer_fd = peer_fd;
    link->peer_gone = peer_gone;
    link->context = context;
}

void record_link_wipe(struct record_link *link)
{
    buf_wipe(&link->datagram);
    (void)close(link->fd);
}

void record_link_rest(struct record_link *link)
{
    buf_wipe(&link->datagram);
}

static void must(enum err err)
{
    if (err != OK)
        _exit(LINK_LOST);
}

void record_link_tell(struct record_link *link, const struct record *record)
{
    scoped(buf) datagram = BUF_EMPTY(RECORD_LEN_MAX);
    enum err err = record_encode(record, &datagram);
    CHECK(err == OK);
    must(seqpacket_send(link->fd, buf_bytes(&datagram), NULL));
}

/* An answer that is there is worth more than knowing that the peer has gone. */
static void await(const struct record_link *link)
{
    struct pollfd polled[] = { { .fd = link->fd, .events = POLLIN },
                               { .fd = link->peer_fd, .events = POLLRDHUP } };
    while (poll(polled, 2, -1) < 0)
        ;
    if (!polled[0].revents)
        link->peer_gone(link->context, polled[1].revents & POLLERR);
}

static void receive(struct record_link *link, struct seqpacket_descriptors *passed)
{
    await(link);
    must(seqpacket_take(link->fd, RECORD_LEN_MAX, &link->datagram, passed));
    must(buf_len(&link->datagram) ? OK : ERR_DISCONNECTED);
}

struct record record_link_ask(struct record_link *link, const struct record *question,
                              enum record_type answer, struct seqpacket_descriptors *passed)
{
    struct record record;
    record_link_tell(link, question);
    receive(link, passed);
    must(record_decode(buf_bytes(&link->datagram), &record));
    must(record.type == answer ? OK : ERR_BAD_STATE);
    return record;
}

struct record record_link_ask_either(struct record_link *link, const struct record *question,
                                     enum record_type answer, enum record_type other)
{
    struct record record;
    record_link_tell(link, question);
    receive(link, NULL);
    must(record_decode(buf_bytes(&link->datagram), &record));
    must(record.type == answer || record.type == other ? OK : ERR_BAD_STATE);
    return record;
}
