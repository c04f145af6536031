/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/porch/porch.h"

#include "admission/held.h"
#include "admission/opening.h"
#include "base/buf.h"
#include "base/check.h"
#include "os/clock.h"
#include "os/descriptor.h"
#include "os/endpoint.h"
#include "os/record_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    EVENTS_MAX = 256,
    ACCEPTS_MAX = 64,          /* at one listening socket, before it is the others' turn */
    LISTEN_MAX = 64,           /* sockets to accept from */
    RESERVE = 32 + LISTEN_MAX, /* descriptors other than held connections */
    COOKIE_LEN = 16,
    RECORD_SMALL = 128,
    DISCARD_MAX = 1024 * 1024,
    CROWDED_EVERY_MS = 1000,
    PAUSE_NS = 50 * 1000 * 1000,
    EXIT_FAILED = 1,
};

/* What an event is about: the number of a held connection, or one of these. */
static const uint64_t CONTROL = UINT64_MAX;
static const uint64_t LISTENING = (uint64_t)1 << 32;

static const struct sandbox_call calls[] = {
#define CALL(name)                            SANDBOX_CALL(name),
#define CALL_IF(name, argument, bits, wanted) SANDBOX_CALL_IF(name, argument, bits, wanted),
#include "programs/server/porch/calls.def"
#undef CALL
#undef CALL_IF
};

struct guest {
    int fd;
    uint16_t port, local_port;
    uint32_t scope;              /* the interface of a link-local address, else 0 */
    struct source source, local; /* local: empty if the socket knows it */
    uint8_t cookie[COOKIE_LEN];
};

struct porch {
    struct buf preface, refusal;
    size_t cookie_at;
    struct held *held;
    struct guest *guests; /* by their number */
    int epoll_fd;
    int sockets[LISTEN_MAX];
    bool brings[LISTEN_MAX]; /* connections from glassh-tcp: it does not listen */
    size_t socket_count;
    struct instant now;
    uint32_t crowded_out; /* since the last report to the listener */
    struct instant tell_crowded_at;
    bool is_draining; /* takes no newcomers */
    bool is_closing;
};

/* ---- to the listener ---- */

/* False: the listener's queue is full, or it is gone. */
static bool tell(const struct record *record, const int *fd)
{
    struct seqpacket_descriptors passed = { .count = 0 };
    if (fd)
        passed = (struct seqpacket_descriptors){ { *fd }, 1 };
    enum err err = record_socket_send(PORCH_CONTROL, record, &passed);
    CHECK(err == OK || err == ERR_SYSTEM);
    return err == OK;
}

static void let_go(struct porch *p, size_t number)
{
    (void)close(p->guests[number].fd);
    held_remove(p->held, number);
}

static void end_guest(struct porch *p, size_t number, enum porch_end why)
{
    const struct guest *guest = &p->guests[number];
    const struct record gone = { RECORD_PORCH_GONE,
                                 { why, guest->port, guest->scope },
                                 { bytes_of(guest->source.octets, guest->source.len) } };
    (void)tell(&gone, NULL);
    let_go(p, number);
}

/* First come, first handed over; those that do not fit wait for the listener. */
static void hand_over(struct porch *p)
{
    size_t number;
    while (held_first(p->held, HELD_READY, &number)) {
        const struct guest *guest = &p->guests[number];
        const struct record arrived = { RECORD_PORCH_ARRIVED,
                                        { guest->port, guest->local_port, guest->scope },
                                        { bytes_of(guest->source.octets, guest->source.len),
                                          bytes_of(guest->cookie, COOKIE_LEN),
                                          bytes_of(guest->local.octets, guest->local.len) } };
        if (!tell(&arrived, &guest->fd))
            return;
        let_go(p, number);
    }
}

static void tell_crowded(struct porch *p)
{
    if (p->crowded_out == 0 || !instant_reached(p->now, p->tell_crowded_at))
        return;
    const struct record crowded = { RECORD_PORCH_CROWDED, { p->crowded_out }, { BYTES_NONE } };
    p->tell_crowded_at = instant_after(p->now, CROWDED_EVERY_MS);
    if (tell(&crowded, NULL))
        p->crowded_out = 0;
}

/* ---- a guest's octets ---- */

/* Unread octets are discarded first: closing would reset the connection, and the answer might be lost. */
static void refuse(struct porch *p, size_t number, struct bytes answer, enum porch_end why)
{
    int fd = p->guests[number].fd;
    (void)!send(fd, answer.data, answer.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    (void)shutdown(fd, SHUT_WR);
    endpoint_discard(fd, DISCARD_MAX);
    end_guest(p, number, why);
}

static void judge(struct porch *p, size_t number, enum opening opening, bool is_over)
{
    switch (opening) {
    case OPENING_SILENT:
    case OPENING_NAMED:
        if (is_over) {
            end_guest(p, number, PORCH_CLOSED);
            return;
        }
        /* A client that has only sent its line may wait for the acknowledgement before it sends the packet. */
        endpoint_acknowledge(p->guests[number].fd);
        if (opening == OPENING_NAMED)
            held_advance(p->held, number, HELD_NAMED, p->now);
        return;
    case OPENING_WHOLE:
        (void)epoll_ctl(p->epoll_fd, EPOLL_CTL_DEL, p->guests[number].fd, NULL);
        held_advance(p->held, number, HELD_READY, p->now);
        return;
    case OPENING_BAD_LINE:
        end_guest(p, number, PORCH_BAD_LINE);
        return;
    case OPENING_BAD_VERSION:
        refuse(p, number, BYTES_LITERAL(OPENING_MISMATCH), PORCH_BAD_VERSION);
        return;
    case OPENING_BAD_PACKET:
        refuse(p, number, buf_bytes(&p->refusal), PORCH_BAD_PACKET);
        return;
    }
}

static void look(struct porch *p, size_t number, uint32_t events)
{
    if (!held_has(p->held, number) || held_stage(p->held, number) == HELD_READY)
        return; /* it left in this very turn */
    uint8_t head[OPENING_HEAD_MAX];
    int fd = p->guests[number].fd, total = 0;
    ssize_t got = recv(fd, head, sizeof(head), MSG_PEEK | MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    bool is_over = got <= 0 || (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR));
    struct bytes seen = bytes_of(head, got > 0 ? (size_t)got : 0);
    if (seen.len < sizeof(head) || ioctl(fd, FIONREAD, &total) != 0 || (size_t)total < seen.len)
        total = (int)seen.len;
    judge(p, number, opening_of(seen, (size_t)total), is_over);
}

/* ---- newcomers ---- */

/* A socket that was reset no longer knows its peer. */
static void name_guest(struct guest *guest, const struct sockaddr_storage *address)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)address;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)address;
    bool is_v6 = address->ss_family == AF_INET6;
    guest->port = ntohs(is_v6 ? v6->sin6_port : v4->sin_port);
    guest->scope = is_v6 ? v6->sin6_scope_id : 0;
    guest->source = is_v6 ? source_of(bytes_of(&v6->sin6_addr, sizeof(v6->sin6_addr)))
                          : source_of(bytes_of(&v4->sin_addr, sizeof(v4->sin_addr)));
}

static bool greet(const struct porch *p, struct guest *guest)
{
    uint8_t *preface = p->preface.data + p->preface.start;
    size_t len = buf_len(&p->preface);
    if (getrandom(guest->cookie, COOKIE_LEN, 0) != COOKIE_LEN)
        return false;
    memcpy(preface + p->cookie_at, guest->cookie, COOKIE_LEN);
    return send(guest->fd, preface, len, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)len;
}

static void make_room(struct porch *p)
{
    let_go(p, held_victim(p->held));
    p->crowded_out++;
}

static void welcome(struct porch *p, struct guest guest)
{
    if (!greet(p, &guest)) {
        (void)close(guest.fd);
        return;
    }
    if (held_is_full(p->held))
        make_room(p);
    size_t number = held_add(p->held, &guest.source, p->now);
    p->guests[number] = guest;
    struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.u64 = number };
    if (epoll_ctl(p->epoll_fd, EPOLL_CTL_ADD, guest.fd, &event) != 0)
        let_go(p, number);
}

static void accept_some(struct porch *p, int socket)
{
    for (int i = 0; i < ACCEPTS_MAX; i++) {
        struct sockaddr_storage address = { 0 };
        socklen_t len = sizeof(address);
        int fd = accept4(socket, (struct sockaddr *)&address, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            struct guest guest = { .fd = fd };
            name_guest(&guest, &address);
            welcome(p, guest);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            const struct timespec pause = { .tv_nsec = PAUSE_NS };
            (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
            return;
        } else if (errno == EAGAIN) {
            return;
        }
    }
}

/* Takes what glassh-tcp says about a connection that came over a device of ours. */
static enum err take_brought(const struct record *record,
                             const struct seqpacket_descriptors *passed, struct guest *guest)
{
    struct bytes peer = record->texts[0], local = record->texts[1];
    if (passed->count != 1 || (peer.len != SOURCE_V4_LEN && peer.len != SOURCE_V6_LEN) ||
        local.len != peer.len)
        return ERR_BAD_VALUE;
    *guest = (struct guest){ .fd = passed->fds[0],
                             .port = (uint16_t)record->numbers[0],
                             .local_port = (uint16_t)record->numbers[1],
                             .source = source_of(peer),
                             .local = source_of(local) };
    return OK;
}

static enum err hear_brought(int socket, struct guest *guest)
{
    scoped(buf) room = BUF_EMPTY(RECORD_SMALL);
    struct record record;
    struct record_gate gate = { 0 };
    struct seqpacket_descriptors passed;
    TRY(record_socket_take(socket, &room, &record, &passed));
    enum err err = record_admit(&gate, record.type, RECORD_TCP, RECORD_PORCH);
    if (err == OK)
        err = take_brought(&record, &passed, guest);
    if (err != OK)
        seqpacket_close(&passed);
    return err;
}

/* If the sender is gone or breaks a rule, nothing more is taken from it. */
static void take_in_some(struct porch *p, int socket)
{
    struct guest guest;
    for (int i = 0; i < ACCEPTS_MAX; i++) {
        enum err err = hear_brought(socket, &guest);
        if (err == OK) {
            welcome(p, guest);
        } else {
            if (err != ERR_SYSTEM || errno != EAGAIN)
                (void)epoll_ctl(p->epoll_fd, EPOLL_CTL_DEL, socket, NULL);
            return;
        }
    }
}

/* ---- the loop ---- */

/* Connections that wait at a socket of glassh-tcp are taken before it is closed; after the shutdown none can arrive
 * there. */
static void stop_bringing(struct porch *p, int socket)
{
    struct guest guest;
    (void)shutdown(socket, SHUT_RD);
    while (hear_brought(socket, &guest) == OK)
        welcome(p, guest);
}

/* Closing alone would not stop the watch, since the listener has the sockets open, too. */
static void stop_accepting(struct porch *p)
{
    for (size_t i = 0; i < p->socket_count; i++) {
        if (p->brings[i])
            stop_bringing(p, p->sockets[i]);
        (void)epoll_ctl(p->epoll_fd, EPOLL_CTL_DEL, p->sockets[i], NULL);
        (void)close(p->sockets[i]);
    }
    p->socket_count = 0;
    p->is_draining = true;
}

/* The listener has closed its end, or shut down half of it; then it still takes the connections that are held. */
static void on_control(struct porch *p, uint32_t events)
{
    if (events & (EPOLLHUP | EPOLLERR))
        p->is_closing = true;
    else if (events & EPOLLIN)
        stop_accepting(p);
}

static void take_newcomers(struct porch *p, size_t at)
{
    if (p->brings[at])
        take_in_some(p, p->sockets[at]);
    else
        accept_some(p, p->sockets[at]);
}

static void take_event(struct porch *p, const struct epoll_event *event)
{
    uint64_t what = event->data.u64;
    if (what == CONTROL)
        on_control(p, event->events);
    else if (what >= LISTENING && !p->is_draining)
        take_newcomers(p, what - LISTENING);
    else if (what < LISTENING)
        look(p, (size_t)what, event->events);
}

static void end_overdue(struct porch *p)
{
    size_t number;
    while (held_overdue(p->held, p->now, &number))
        end_guest(p, number, PORCH_TIMED_OUT);
}

static int wait_ms(const struct porch *p)
{
    struct instant until = held_deadline(p->held);
    if (p->crowded_out > 0)
        until = instant_earlier(until, p->tell_crowded_at);
    if (until.us == INSTANT_NEVER.us)
        return -1;
    int64_t us = until.us - p->now.us;
    return us <= 0 ? 0 : (int)(us / 1000 + 1);
}

static void run(struct porch *p)
{
    struct epoll_event events[EVENTS_MAX];
    while (!p->is_closing) {
        int count = epoll_wait(p->epoll_fd, events, EVENTS_MAX, wait_ms(p));
        p->now = clock_now();
        for (int i = 0; i < count; i++)
            take_event(p, &events[i]);
        hand_over(p);
        end_overdue(p);
        tell_crowded(p);
        p->is_closing |= p->is_draining && held_is_empty(p->held);
    }
}

/* ---- the beginning ---- */

/* The record borrows from `room`. */
static bool hear(struct record_gate *gate, struct buf *room, struct record *record,
                 struct seqpacket_descriptors *passed)
{
    return record_socket_take(PORCH_CONTROL, room, record, passed) == OK &&
           record_admit(gate, record->type, RECORD_LISTENER, RECORD_PORCH) == OK;
}

/* As many as wanted, or as the system allows. */
static size_t fit_capacity(size_t wanted)
{
    size_t most = descriptor_raise_limit();
    if (most >= wanted + RESERVE)
        return wanted;
    return most > RESERVE ? most - RESERVE : 1;
}

static bool take_opening(struct porch *p, const struct record *open, struct held_setup *setup)
{
    buf_init(&p->preface, RECORD_LEN_MAX);
    buf_init(&p->refusal, RECORD_LEN_MAX);
    p->cookie_at = open->numbers[3];
    p->socket_count = open->numbers[4];
    *setup = (struct held_setup){ .silent_ms = open->numbers[1], .named_ms = open->numbers[2] };
    bool has_room = buf_append(&p->preface, open->texts[0]) == OK &&
                    buf_append(&p->refusal, open->texts[1]) == OK;
    if (!has_room || open->numbers[0] == 0 || p->socket_count > LISTEN_MAX ||
        p->cookie_at + COOKIE_LEN > open->texts[0].len)
        return false;
    setup->capacity = fit_capacity(open->numbers[0]);
    return getrandom(&setup->seed, sizeof(setup->seed), 0) == sizeof(setup->seed);
}

static bool watch(const struct porch *p, int fd, uint32_t events, uint64_t what)
{
    struct epoll_event event = { .events = events, .data.u64 = what };
    return epoll_ctl(p->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* Returns how many it can hold; 0: the listener is gone, or something is wrong. */
static size_t prepare(struct porch *p)
{
    struct record_gate gate = { 0 };
    struct record record;
    struct seqpacket_descriptors passed;
    struct held_setup setup;
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    if (!hear(&gate, &room, &record, &passed) || record.type != RECORD_PORCH_OPEN ||
        !take_opening(p, &record, &setup))
        return 0;
    p->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    for (size_t i = 0; i < p->socket_count; i++) {
        if (!hear(&gate, &room, &record, &passed) || record.type != RECORD_PORCH_LISTEN ||
            passed.count != 1 || fcntl(passed.fds[0], F_SETFL, O_NONBLOCK) != 0 ||
            !watch(p, passed.fds[0], EPOLLIN, LISTENING + i))
            return 0;
        p->sockets[i] = passed.fds[0];
        p->brings[i] = record.numbers[0] != 0;
    }
    p->held = held_new(&setup);
    p->guests = calloc(setup.capacity, sizeof(*p->guests));
    CHECK(p->guests);
    bool is_ready = fcntl(PORCH_CONTROL, F_SETFL, O_NONBLOCK) == 0 &&
                    watch(p, PORCH_CONTROL, EPOLLIN | EPOLLOUT | EPOLLET, CONTROL);
    return is_ready ? setup.capacity : 0;
}

int porch_run(const struct sandbox_setup *sandbox)
{
    struct porch porch = { .now = clock_now() };
    size_t capacity = prepare(&porch);
    if (capacity == 0)
        return EXIT_FAILED;
    if (sandbox_isolate(sandbox) != OK ||
        sandbox_lock(sandbox_compile(calls, sizeof(calls) / sizeof(calls[0]))) != OK) {
        (void)fprintf(stderr, "the porch cannot be locked in: %s\n", strerror(errno));
        return EXIT_FAILED;
    }
    const struct record ready = { RECORD_PORCH_READY, { (uint32_t)capacity }, { BYTES_NONE } };
    if (tell(&ready, NULL))
        run(&porch);
    return 0;
}
