/* SPDX-License-Identifier: BSD-2-Clause */
#include "packetdrill/drill_host.h"

#include "base/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    HORIZON_MS = 200 * 1000, /* how long a script may wait for a packet */
    REAL_PAUSE_NS = 2000000, /* for a call of the other thread to come back before time goes on */
};

static void fill_random(void *context, struct span out)
{
    uint64_t *x = context;
    for (size_t i = 0; i < out.len; i++) {
        *x = *x * 6364136223846793005ULL + 1442695040888963407ULL;
        out.data[i] = (uint8_t)(*x >> 56);
    }
}

struct drill_host *drill_host_new(const char *flags)
{
    struct drill_host *h = calloc(1, sizeof(*h));
    CHECK(h);
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->happened, NULL);
    const char *address = flags && *flags ? flags : "192.168.0.1";
    CHECK(inet_pton(AF_INET, address, &h->address) == 1);
    h->now = (struct instant){ (int64_t)1000000 * 1000000 };
    h->random = 20;
    return h;
}

void drill_host_free(struct drill_host *h)
{
    stack_free(h->stack);
    for (size_t i = h->packet_begin; i < h->packet_end; i++)
        free(h->packets[i % DRILL_PACKETS].octets);
    free(h);
}

struct stack *drill_host_stack(struct drill_host *h)
{
    static struct rng rng;
    if (h->stack)
        return h->stack;
    rng = (struct rng){ fill_random, &h->random };
    struct stack_setup setup = {
        .addresses = { { .version = 4 } },
        .address_count = 1,
        .mtu = 1500,
        .flow_max = DRILL_SOCKETS,
        .pending_max = DRILL_SOCKETS,
        .time_wait_max = DRILL_SOCKETS,
        .chunk_max = 1024,
        .rng = &rng,
    };
    memcpy(setup.addresses[0].octets, &h->address, 4);
    h->stack = stack_new(&setup, h->now);
    CHECK(h->stack);
    return h->stack;
}

struct drill_socket *drill_host_add(struct drill_host *h)
{
    for (size_t i = 0; i < DRILL_SOCKETS; i++) {
        struct drill_socket *s = &h->sockets[i];
        if (s->is_used)
            continue;
        *s = (struct drill_socket){ .is_used = true, .fd = open("/dev/null", O_RDWR) };
        return s;
    }
    errno = EMFILE;
    return NULL;
}

struct drill_socket *drill_host_find(struct drill_host *h, int fd)
{
    for (size_t i = 0; i < DRILL_SOCKETS; i++) {
        if (h->sockets[i].is_used && h->sockets[i].fd == fd)
            return &h->sockets[i];
    }
    errno = EBADF;
    return NULL;
}

/* ---- events ---- */

static void give_to_listener(struct drill_host *h, struct flow *flow)
{
    uint16_t port = flow_status(flow).local.port;
    for (size_t i = 0; i < DRILL_SOCKETS; i++) {
        struct drill_socket *s = &h->sockets[i];
        if (s->is_used && s->is_listening && s->port == port && s->backlog_count < DRILL_BACKLOG) {
            s->backlog[s->backlog_count++] = flow;
            return;
        }
    }
    flow_abort(flow, h->now);
}

static void note_end(struct drill_socket *s, enum flow_event_kind kind)
{
    s->is_over = true;
    if (kind == FLOW_RESET)
        s->error = s->peer_closed ? EPIPE : ECONNRESET;
    else if (kind == FLOW_REFUSED)
        s->error = ECONNREFUSED;
    else if (kind == FLOW_TIMED_OUT)
        s->error = ETIMEDOUT;
    else if (kind == FLOW_UNREACHABLE)
        s->error = EHOSTUNREACH;
}

static void take_events(struct drill_host *h)
{
    struct flow_event event;
    while (stack_next(h->stack, &event)) {
        struct drill_socket *s = event.owner;
        if (event.kind == FLOW_OPENED && event.is_new)
            give_to_listener(h, event.flow);
        if (!s)
            continue;
        s->is_open |= event.kind == FLOW_OPENED;
        s->peer_closed |= event.kind == FLOW_PEER_CLOSED;
        if (event.kind >= FLOW_CLOSED)
            note_end(s, event.kind);
    }
}

static void take_output(struct drill_host *h)
{
    static struct stack_frame frame;
    while (stack_output(h->stack, h->now, &frame)) {
        CHECK(h->packet_end - h->packet_begin < DRILL_PACKETS);
        struct drill_packet *p = &h->packets[h->packet_end++ % DRILL_PACKETS];
        *p = (struct drill_packet){ malloc(frame.len), frame.len, h->now };
        memcpy(p->octets, frame.header, frame.header_len);
        size_t at = frame.header_len;
        for (size_t i = 0; i < frame.slice_count; at += frame.slices[i++].len)
            memcpy(p->octets + at, frame.slices[i].data, frame.slices[i].len);
    }
}

void drill_host_settle(struct drill_host *h)
{
    drill_host_stack(h);
    take_events(h);
    take_output(h);
    take_events(h);
    h->generation++;
    pthread_cond_broadcast(&h->happened);
}

/* ---- time ---- */

void drill_host_let_others_run(struct drill_host *h)
{
    if (h->waiting == 0)
        return;
    /* Until it waits again or is on its way back, which takes the runner a moment to see. */
    do {
        pthread_mutex_unlock(&h->lock);
        nanosleep(&(struct timespec){ 0, REAL_PAUSE_NS }, NULL);
        pthread_mutex_lock(&h->lock);
    } while (h->waiting > 0 && h->seen != h->generation);
}

/* To the next deadline, or to `end`. False: that is where it is. */
static bool step(struct drill_host *h, struct instant end)
{
    struct instant next = stack_deadline(drill_host_stack(h));
    if (instant_reached(next, end)) {
        h->now = end;
        return false;
    }
    if (next.us > h->now.us)
        h->now = next;
    stack_expire(h->stack, h->now);
    drill_host_settle(h);
    drill_host_let_others_run(h);
    return true;
}

void drill_host_advance(struct drill_host *h, int64_t us)
{
    drill_host_let_others_run(h);
    struct instant end = { h->now.us + us };
    while (step(h, end)) {
    }
    if (instant_reached(h->now, stack_deadline(h->stack))) {
        stack_expire(h->stack, h->now);
        drill_host_settle(h);
    }
}

void drill_host_run_for_packet(struct drill_host *h)
{
    struct instant begin = h->now, end = instant_after(h->now, HORIZON_MS);
    while (h->packet_begin == h->packet_end && step(h, end)) {
    }
    if (h->packet_begin == h->packet_end)
        h->now = begin;
}

void drill_host_wait(struct drill_host *h)
{
    h->waiting++;
    h->seen = h->generation;
    pthread_cond_wait(&h->happened, &h->lock);
    h->waiting--;
}
