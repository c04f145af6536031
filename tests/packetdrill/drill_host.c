/* SPDX-License-Identifier: BSD-2-Clause */
#include "packetdrill/drill_host.h"

#include "base/check.h"
#include "packetdrill/drill_link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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

static bool parse_address(const char *text, struct ip_address *out)
{
    *out = (struct ip_address){ .version = strchr(text, ':') ? 6 : 4 };
    return inet_pton(out->version == 4 ? AF_INET : AF_INET6, text, out->octets) == 1;
}

static void give_up_on(const char *word)
{
    fprintf(stderr, "so_flags has no word %s\n", word);
    abort();
}

static void read_flag(struct drill_host *h, const char *word)
{
    struct ip_address address;
    if (strncmp(word, "mtu=", 4) == 0)
        h->setup.mtu = (uint16_t)strtoul(word + 4, NULL, 10);
    else if (strncmp(word, "segments=", 9) == 0)
        h->setup.large_segments_min = (uint16_t)strtoul(word + 9, NULL, 10);
    else if (strcmp(word, "ecn") == 0)
        h->setup.asks_for_ecn = true;
    else if (strcmp(word, "no_timestamps") == 0)
        h->setup.has_no_timestamps = true;
    else if (parse_address(word, &address))
        drill_host_set_address(h, &address);
    else
        give_up_on(word);
}

static void read_flags(struct drill_host *h, const char *flags)
{
    char *copy = strdup(flags), *rest = copy;
    CHECK(copy);
    for (char *word; (word = strtok_r(rest, ",", &rest));)
        read_flag(h, word);
    free(copy);
}

struct drill_host *drill_host_new(const char *flags)
{
    struct drill_host *h = calloc(1, sizeof(*h));
    CHECK(h);
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->happened, NULL);
    h->now = (struct instant){ (int64_t)1000000 * 1000000 };
    h->random = 20;
    h->rng = (struct rng){ fill_random, &h->random };
    /* What Linux is set to when its scripts run: windows of 15 MiB. */
    h->setup = (struct stack_setup){
        .address_count = 2,
        .mtu = 1500,
        .has_large_segments = true,
        .receive_max = 15 << 20,
        .flow_max = DRILL_SOCKETS,
        .pending_max = DRILL_SOCKETS,
        .time_wait_max = DRILL_SOCKETS,
        .chunk_max = 1024,
        .rng = &h->rng,
    };
    CHECK(parse_address("192.168.0.1", &h->setup.addresses[0]) &&
          parse_address("fd3d:a0b:17d6::1", &h->setup.addresses[1]));
    read_flags(h, flags ? flags : "");
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
    if (!h->stack)
        h->stack = stack_new(&h->setup, h->now);
    CHECK(h->stack);
    return h->stack;
}

void drill_host_set_address(struct drill_host *h, const struct ip_address *address)
{
    if (!h->stack)
        h->setup.addresses[address->version == 4 ? 0 : 1] = *address;
}

void drill_host_set_mss(struct drill_host *h, uint16_t mss)
{
    h->setup.mss_max = mss;
    if (!h->stack)
        return;
    stack_free(h->stack);
    h->stack = NULL;
    for (size_t i = 0; i < DRILL_SOCKETS; i++) {
        const struct drill_socket *s = &h->sockets[i];
        CHECK(!s->flow && s->backlog_count == 0);
        if (s->is_listening)
            CHECK(flow_listen(drill_host_stack(h), s->port, false) == OK);
    }
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
        s->news += event.kind == FLOW_DATA || event.kind == FLOW_ROOM ||
                   event.kind == FLOW_PEER_CLOSED || event.kind >= FLOW_CLOSED;
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
        for (size_t i = 0; i < drill_link_count(&frame); i++) {
            CHECK(h->packet_end - h->packet_begin < DRILL_PACKETS);
            struct drill_packet *p = &h->packets[h->packet_end++ % DRILL_PACKETS];
            *p = (struct drill_packet){ malloc(frame.len), 0, h->now };
            CHECK(p->octets);
            p->len = drill_link_packet(&frame, i, p->octets);
        }
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
