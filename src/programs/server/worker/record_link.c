/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/worker/record_link.h"

#include "base/check.h"

#include <sys/epoll.h>
#include <unistd.h>

enum { LINK_LOST = 255 };

enum who { LINK, PEER, ALL };

void record_link_init(struct record_link *link, int fd)
{
    *link = (struct record_link){ .fd = fd, .wait_fd = -1 };
    buf_init(&link->datagram, RECORD_LEN_MAX);
}

static int add(const struct record_link *link, enum who who, int fd, uint32_t events)
{
    struct epoll_event event = { .events = events, .data.u32 = who };
    return epoll_ctl(link->wait_fd, EPOLL_CTL_ADD, fd, &event);
}

void record_link_watch(struct record_link *link, int wait_fd, int peer_fd, bool is_joint,
                       void (*peer_gone)(void *context, bool is_reset), void *context)
{
    link->wait_fd = wait_fd;
    CHECK(add(link, LINK, link->fd, EPOLLIN) == 0);
    (void)add(link, PEER, peer_fd, EPOLLRDHUP); /* a file cannot be watched, and never hangs up */
    link->is_joint = is_joint;
    link->peer_gone = peer_gone;
    link->context = context;
}

void record_link_wipe(struct record_link *link)
{
    buf_wipe(&link->datagram);
    if (link->wait_fd >= 0)
        (void)close(link->wait_fd);
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
    enum err err = record_socket_send(link->fd, record, NULL);
    CHECK(err == OK || err == ERR_SYSTEM);
    must(err);
}

/* An answer that has arrived counts more than the peer's end. */
static void await(const struct record_link *link)
{
    struct epoll_event found[ALL];
    int count;
    do
        count = epoll_wait(link->wait_fd, found, ALL, -1);
    while (count < 0);
    uint32_t resets = link->is_joint ? EPOLLERR | EPOLLHUP : EPOLLERR;
    if (count == 1 && found[0].data.u32 == PEER)
        link->peer_gone(link->context, found[0].events & resets);
}

static struct record ask(struct record_link *link, const struct record *question,
                         struct seqpacket_descriptors *passed)
{
    struct record answer;
    record_link_tell(link, question);
    if (link->wait_fd >= 0)
        await(link);
    must(record_socket_take(link->fd, &link->datagram, &answer, passed));
    return answer;
}

struct record record_link_ask(struct record_link *link, const struct record *question,
                              enum record_type answer, struct seqpacket_descriptors *passed)
{
    struct record record = ask(link, question, passed);
    must(record.type == answer ? OK : ERR_BAD_STATE);
    return record;
}

struct record record_link_ask_either(struct record_link *link, const struct record *question,
                                     enum record_type answer, enum record_type other)
{
    struct record record = ask(link, question, NULL);
    must(record.type == answer || record.type == other ? OK : ERR_BAD_STATE);
    return record;
}
