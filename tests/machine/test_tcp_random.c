/* SPDX-License-Identifier: BSD-2-Clause */
/* Random networks: two stacks, some connections and a path that delays, loses, damages, repeats and swaps packets,
 * has a rate, a queue and an MTU that may change, and marks packets instead of losing them; readers that stall, ends that
 * hold back, mark what is urgent, lose patience, close, abort or go away; and numbers that begin where they soon are used
 * up. A seed decides everything, so that a run can be repeated. Whatever the network does, each reader reads a prefix of what was written,
 * all of it if both have closed; each connection comes to an end; and in the end all memory is back.
 *
 * With a number as its argument only that seed runs (with WIRE_TRACE in the environment it is told what happens);
 * TCP_RANDOM_SEEDS is how many run, TCP_RANDOM_FIRST the first of them. */
#include "machine/wire_pair.h"
#include "tcpip/stack_internal.h"
#include "tcpip/wire/checksum.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    SEEDS = 10000,
    PROGRESS = 50000, /* seeds */
    CONNECTIONS = 3,
    ON_PATH = 8192, /* packets */
    DATA_MAX = 60000,
    LISTEN_PORT = 1000,
    CALL_PORT = 2000,
    PATIENCE_MS = 400 * 1000, /* an end goes away when the other is gone for so long */
    LIMIT_MS = 2400 * 1000,
    LIMIT_GOOD_MS = 300 * 1000,
    TURNS = 20000, /* of the loop without time passing */
};

struct path {
    int64_t delay_us, jitter_us;
    uint32_t lost, damaged, repeated, swapped, marked; /* of 1000 */
    bool is_bleaching;                                 /* what packets say of ECN is wiped out */
    uint32_t rate;                                     /* octets a second; 0: it takes no time */
    int64_t queue_us;                                  /* what would wait for longer is lost */
    uint16_t mtu;
    bool is_silent; /* about packets that are too big */
    struct instant free_at;
};

struct packet {
    uint8_t *octets;
    size_t len;
    struct instant at;
    uint64_t number; /* of equal times the first comes first */
    int to;
};

struct end {
    struct connection *connection;
    int host;
    struct flow *flow; /* NULL: not yet, or given back */
    uint32_t to_send, sent, read;
    uint32_t aborts_at, leaves_at; /* octets sent and read until it goes without a word */
    uint32_t stalls;               /* of 1000 times */
    struct instant acts_at, gone_at;
    uint32_t urgents; /* of 1000 times that it writes */
    bool is_asked, was_there, has_closed, peer_closed, is_over, is_gone, has_left, has_urgent;
    enum flow_event_kind over;
    struct flow_options options;
};

struct connection {
    struct end ends[2];
    uint8_t salt;
    uint16_t port, from; /* `from` 0: any */
    bool is_simultaneous, is_large;
    struct instant opens_at[2];
};

static struct sim {
    struct wire_pair pair; /* the two stacks, and the time */
    uint64_t seed, dice;
    struct path paths[2]; /* by their sender */
    struct instant changes_at;
    struct packet packets[ON_PATH];
    size_t packet_count;
    uint64_t packet_number, sent;
    uint32_t strips; /* options of SYNs that do not get through: bits, by kind */
    void *blocks[2]; /* a list of those that the stacks do not have */
    struct connection connections[CONNECTIONS];
    size_t connection_count;
    int version;
    bool is_good;               /* nothing is lost on the path */
    bool has_much, is_reckless; /* without congestion control all that is lost goes again at once */
    bool has_large;
    const char *failure;
} sim;

/* What happened in any run: a test of networks in which it never does is none. */
static struct {
    uint64_t marked, urgent, impatient, corked, sequence_wraps, timestamp_wraps;
} tally;

/* Said once: the first failure is the one to look at. */
static void say_fault(const char *what)
{
    if (!sim.failure)
        sim.failure = what;
}

#define EXPECT(x)          \
    do {                   \
        if (!(x))          \
            say_fault(#x); \
    } while (0)

/* ---- dice ---- */

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15ULL;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return z ^ z >> 31;
}

static uint32_t below(uint32_t count)
{
    return (uint32_t)(next_random(&sim.dice) % count);
}

static bool happens(uint32_t of_1000)
{
    return below(1000) < of_1000;
}

/* Small numbers as often as large ones: 0 to 2^bits. */
static uint32_t scattered(unsigned bits)
{
    return below((2U << below(bits)));
}

static void fill_random(void *context, struct span out)
{
    for (size_t i = 0; i < out.len; i++)
        out.data[i] = (uint8_t)next_random(context);
}

static uint8_t octet_at(const struct end *writer, uint32_t offset)
{
    return (uint8_t)((offset * 2654435761U >> 19) + offset + writer->connection->salt +
                     (unsigned)writer->host * 77);
}

static struct end *other(const struct end *end)
{
    return &end->connection->ends[1 - end->host];
}

/* ---- the path ---- */

static bool comes_before(const struct packet *a, const struct packet *b)
{
    return a->at.us != b->at.us ? a->at.us < b->at.us : a->number < b->number;
}

static void swap_packets(size_t a, size_t b)
{
    struct packet kept = sim.packets[a];
    sim.packets[a] = sim.packets[b];
    sim.packets[b] = kept;
}

/* A heap, the next to arrive first. */
static void put_packet(const uint8_t *octets, size_t len, int to, struct instant at)
{
    if (sim.packet_count == ON_PATH) {
        say_fault("too many packets are on the path");
        return;
    }
    size_t i = sim.packet_count++;
    sim.packets[i] = (struct packet){ malloc(len), len, at, sim.packet_number++, to };
    memcpy(sim.packets[i].octets, octets, len);
    for (; i > 0 && comes_before(&sim.packets[i], &sim.packets[(i - 1) / 2]); i = (i - 1) / 2)
        swap_packets(i, (i - 1) / 2);
}

static struct packet take_packet(void)
{
    struct packet first = sim.packets[0];
    sim.packets[0] = sim.packets[--sim.packet_count];
    for (size_t i = 0;;) {
        size_t child = 2 * i + 1;
        if (child + 1 < sim.packet_count &&
            comes_before(&sim.packets[child + 1], &sim.packets[child]))
            child++;
        if (child >= sim.packet_count || comes_before(&sim.packets[i], &sim.packets[child]))
            return first;
        swap_packets(i, child);
        i = child;
    }
}

/* What a router on the way says. */
static void say_too_big(const uint8_t *octets, size_t len, int from)
{
    uint8_t out[1400];
    struct ip_address router = wire_pair_endpoint(1 - from, sim.version, 0).address;
    router.octets[sim.version == 4 ? 3 : 15] = 99;
    size_t out_len =
        icmp_message_answer(ICMP_PACKET_TOO_BIG, sim.paths[from].mtu, bytes_of(octets, len),
                            &router, (struct span){ out, sizeof(out) });
    if (out_len > 0)
        put_packet(out, out_len, from, instant_after(sim.pair.now, 1));
}

/* A middlebox that does not let an option through: it becomes NOPs. */
static void strip(uint8_t *octets, size_t len, uint32_t kinds)
{
    struct ip_header ip;
    struct tcp_segment segment;
    if (!wire_pair_parse(bytes_of(octets, len), &ip, &segment) || !(segment.flags & TCP_SYN))
        return;
    uint8_t *tcp = octets + ip.header_len;
    for (size_t at = TCP_HEADER_LEN, end = (tcp[12] >> 4) * 4U; at < end;) {
        size_t option_len = tcp[at] == 1 ? 1 : tcp[at + 1];
        if (kinds >> tcp[at] & 1)
            memset(tcp + at, 1, option_len);
        at += option_len;
    }
    memset(tcp + TCP_CHECKSUM_AT, 0, 2);
    uint64_t sum =
        checksum_pseudo_header(&ip.source, &ip.destination, IP_TCP, (uint32_t)ip.payload.len);
    uint16_t checksum = checksum_finish(checksum_add(sum, ip.payload));
    tcp[TCP_CHECKSUM_AT] = (uint8_t)(checksum >> 8);
    tcp[TCP_CHECKSUM_AT + 1] = (uint8_t)checksum;
}

/* A router says by it that its queue grows; or one that knows nothing of it wipes it out. */
static void change_ecn(uint8_t *octets, size_t len, enum ip_ecn ecn)
{
    struct ip_header ip;
    if (ip_header_parse(bytes_of(octets, len), &ip) != OK || ip.ecn == ECN_NOT_CAPABLE)
        return;
    tally.marked += ecn == ECN_CONGESTED;
    if (sim.version == 6) {
        octets[1] = (uint8_t)((octets[1] & 0xcf) | (unsigned)ecn << 4);
        return;
    }
    octets[1] = (uint8_t)((octets[1] & 0xfc) | (unsigned)ecn);
    octets[10] = octets[11] = 0;
    uint16_t sum = checksum_finish(checksum_add(0, bytes_of(octets, ip.header_len)));
    octets[10] = (uint8_t)(sum >> 8);
    octets[11] = (uint8_t)sum;
}

static void travel(uint8_t *octets, size_t len, size_t cut_len, int from)
{
    struct path *p = &sim.paths[from];
    struct instant now = sim.pair.now;
    sim.sent++;
    if (cut_len > p->mtu) {
        if (!p->is_silent)
            say_too_big(octets, len, from);
        return;
    }
    if (happens(p->lost))
        return;
    if (p->is_bleaching)
        change_ecn(octets, len, ECN_NOT_CAPABLE);
    else if (happens(p->marked))
        change_ecn(octets, len, ECN_CONGESTED);
    if (sim.strips)
        strip(octets, len, sim.strips);
    if (p->free_at.us < now.us)
        p->free_at = now;
    if (p->free_at.us - now.us > p->queue_us)
        return;
    if (p->rate > 0)
        p->free_at.us += (int64_t)len * 1000000 / p->rate;
    int64_t at = p->free_at.us + p->delay_us;
    if (happens(p->damaged))
        octets[below((uint32_t)len)] ^= (uint8_t)(1U << below(8));
    if (happens(p->repeated))
        put_packet(octets, len, 1 - from,
                   (struct instant){ at + below((uint32_t)(p->delay_us * 4 + 1000)) });
    if (happens(p->swapped))
        at += below((uint32_t)(p->jitter_us * 8 + p->delay_us / 2 + 1000));
    at += below((uint32_t)p->jitter_us + 1);
    put_packet(octets, len, 1 - from, (struct instant){ at });
}

static bool take_output(int host)
{
    static struct stack_frame frame;
    static uint8_t octets[70000];
    struct stack *stack = sim.pair.hosts[host].stack;
    int count = 0;
    while (!sim.failure && stack_output(stack, sim.pair.now, &frame)) {
        size_t len = frame.header_len;
        memcpy(octets, frame.header, len);
        for (size_t i = 0; i < frame.slice_count; i++) {
            memcpy(octets + len, frame.slices[i].data, frame.slices[i].len);
            len += frame.slices[i].len;
        }
        EXPECT(len == frame.len && len <= UINT16_MAX);
        travel(octets, len, frame.segment_len ? frame.header_len + frame.segment_len : len, host);
        if (++count > 5000)
            say_fault("it sends without end");
    }
    return count > 0;
}

/* ---- the ends ---- */

static void check_flow(const struct end *end)
{
    struct flow_status s = flow_status(end->flow);
    if (s.state < FLOW_STATE_ESTABLISHED || s.state > FLOW_STATE_LAST_ACK)
        return;
    EXPECT(s.mss >= 500 - 12);
    EXPECT(s.congestion_window >= s.mss);
    EXPECT(s.congestion_window == UINT32_MAX ||
           s.congestion_window <= 20 * 9000 + 4 * s.octets_sent);
    EXPECT(s.in_flight <= s.send_next - s.send_begin);
    EXPECT(s.timeout_us <= 120 * 1000000);
    EXPECT(s.unread_urgent == 0 || other(end)->has_urgent);
    tally.sequence_wraps += s.send_next < s.initial_sent;
}

static void note_gone(struct end *end)
{
    end->flow = NULL;
    end->is_gone = true;
    end->gone_at = sim.pair.now;
    end->acts_at = INSTANT_NEVER;
    struct end *left = other(end);
    if (left->flow && left->acts_at.us == INSTANT_NEVER.us)
        left->acts_at = instant_after(sim.pair.now, PATIENCE_MS);
}

/* It has nothing to do with the connection any more. */
static void go(struct end *end, bool is_abort)
{
    if (is_abort)
        flow_abort(end->flow, sim.pair.now);
    else
        flow_release(end->flow, sim.pair.now);
    note_gone(end);
}

/* The owner of a deferred listener has thought about it. */
static void decide(struct end *end)
{
    end->is_asked = false;
    if (happens(850)) {
        flow_admit(end->flow, sim.pair.now);
        return;
    }
    flow_refuse(end->flow, (enum flow_refusal)below(4), sim.pair.now);
    note_gone(end);
}

static void read_some(struct end *end, uint32_t most)
{
    const struct end *writer = other(end);
    for (struct bytes data; most > 0 && (data = flow_received(end->flow)).len > 0;) {
        size_t len = data.len < most ? data.len : most;
        EXPECT(end->read + len <= writer->sent);
        for (size_t i = 0; i < len; i++) {
            if (data.data[i] != octet_at(writer, end->read + (uint32_t)i)) {
                say_fault("an octet is not what was written");
                return;
            }
        }
        end->read += (uint32_t)len;
        most -= (uint32_t)len;
        flow_consume(end->flow, len, sim.pair.now);
    }
}

static void write_some(struct end *end)
{
    static uint8_t octets[8192];
    uint32_t len = end->to_send - end->sent;
    if (len > sizeof(octets))
        len = sizeof(octets);
    if (len > 0 && happens(300))
        len = 1 + below(len);
    for (uint32_t i = 0; i < len; i++)
        octets[i] = octet_at(end, end->sent + i);
    switch (below(4)) {
    case 0:
        end->sent += (uint32_t)flow_send_more(end->flow, bytes_of(octets, len), sim.pair.now);
        return;
    case 1:
        end->sent += (uint32_t)flow_send(end->flow, bytes_of(octets, len), sim.pair.now);
        return;
    default:
        break;
    }
    struct span room = flow_room(end->flow);
    if (room.len < len)
        len = (uint32_t)room.len;
    if (len > 0)
        memcpy(room.data, octets, len);
    end->sent += len;
    flow_commit(end->flow, len, sim.pair.now);
}

/* What its owner says of what he has written. */
static void say_more(struct end *end)
{
    struct flow_options options = flow_options(end->flow);
    if (happens(end->urgents)) {
        end->has_urgent = true;
        tally.urgent++;
        flow_mark_urgent(end->flow, sim.pair.now);
    }
    if (options.is_corked && happens(200)) {
        tally.corked++;
        options.is_corked = false;
        flow_set_options(end->flow, &options, sim.pair.now);
    }
    if (happens(100))
        flow_push(end->flow, sim.pair.now);
    if (happens(100))
        flow_end_record(end->flow, sim.pair.now);
}

static struct instant pause_of(const struct end *end)
{
    if (happens(end->stalls))
        return instant_after(sim.pair.now, 1 + scattered(14));
    return instant_after(sim.pair.now, happens(500) ? 0 : below(40));
}

static bool is_alone(const struct end *end)
{
    const struct end *peer = other(end);
    return !peer->flow && instant_reached(sim.pair.now, instant_after(peer->gone_at, PATIENCE_MS));
}

static void act(struct end *end)
{
    end->acts_at = INSTANT_NEVER;
    if (!end->flow)
        return;
    check_flow(end);
    if (end->is_asked) {
        decide(end);
        return;
    }
    if (!end->is_over && is_alone(end)) {
        EXPECT(!sim.is_good);
        go(end, true);
        return;
    }
    if (end->sent + end->read >= end->aborts_at || end->sent + end->read >= end->leaves_at) {
        end->has_left = true;
        go(end, end->sent + end->read >= end->aborts_at);
        return;
    }
    read_some(end, happens(700) ? UINT32_MAX : 1 + scattered(14));
    bool may_send = end->was_there && !end->is_over && !end->has_closed;
    if (may_send && end->sent < end->to_send) {
        write_some(end);
        say_more(end);
    }
    if (may_send && end->sent == end->to_send && (end->host == 0 || happens(500))) {
        end->has_closed = true;
        flow_close(end->flow, sim.pair.now);
    }
    bool has_more = flow_received(end->flow).len > 0;
    if (end->is_over && !has_more) {
        go(end, false);
        return;
    }
    if (has_more || (end->was_there && !end->has_closed && !end->is_over))
        end->acts_at = pause_of(end);
    else if (!other(end)->flow)
        end->acts_at = instant_after(sim.pair.now, PATIENCE_MS);
}

/* It takes nearly all, so nobody may give up. */
static bool is_fair(const struct path *p)
{
    return p->lost + p->damaged < 50 && p->queue_us == INT64_MAX && !p->is_silent;
}

/* The other is gone, and is to hear what this one has said only behind what it has left behind; for which there is no
 * memory here, as that is full of what this one has said. */
static bool is_stuck(const struct end *end)
{
    return other(end)->is_gone && stack_counts(sim.pair.hosts[end->host].stack)->dropped_full > 0;
}

static void note_over(struct end *end, enum flow_event_kind kind)
{
    const struct end *peer = other(end);
    /* Who answers with cookies resets what overtakes the end of the handshake: it knows nothing of it. */
    bool has_cookies = stack_counts(sim.pair.hosts[1].stack)->cookies_sent > 0;
    bool is_lonely = peer->is_gone || peer->is_over || !peer->was_there || has_cookies;
    end->is_over = true;
    end->over = kind;
    if (kind == FLOW_CLOSED)
        EXPECT(end->peer_closed && end->has_closed);
    else if (kind == FLOW_RESET || kind == FLOW_REFUSED || kind == FLOW_UNREACHABLE)
        EXPECT(is_lonely);
    else if (kind == FLOW_TIMED_OUT && end->options.user_timeout_ms > 0)
        tally.impatient++;
    else if (kind == FLOW_TIMED_OUT)
        EXPECT(!is_fair(&sim.paths[0]) || !is_fair(&sim.paths[1]) || is_stuck(end));
    else
        say_fault("an end that nobody expects");
}

/* Whose flow it is; NULL: of somebody whom an old segment has raised from the dead. */
static struct end *owner_of(const struct flow_event *event)
{
    if (event->owner)
        return event->owner;
    struct flow_status s = flow_status(event->flow);
    for (size_t i = 0; i < sim.connection_count; i++) {
        struct end *end = &sim.connections[i].ends[1];
        if (sim.connections[i].port == s.local.port && !end->flow && !end->was_there) {
            end->flow = event->flow;
            end->is_gone = false;
            flow_set_owner(event->flow, end);
            flow_set_options(event->flow, &end->options, sim.pair.now);
            return end;
        }
    }
    return NULL;
}

static void take_event(const struct flow_event *event)
{
    struct end *end = owner_of(event);
    if (!end) {
        flow_abort(event->flow, sim.pair.now);
        return;
    }
    if (event->kind == FLOW_ASKED) {
        end->is_asked = true;
    } else if (event->kind == FLOW_OPENED) {
        end->was_there = true;
    } else if (event->kind == FLOW_URGENT) {
        EXPECT(other(end)->has_urgent);
    } else if (event->kind == FLOW_PEER_CLOSED) {
        EXPECT(!end->peer_closed && (other(end)->has_closed || other(end)->is_gone));
        end->peer_closed = true;
    } else if (event->kind >= FLOW_CLOSED) {
        note_over(end, event->kind);
    }
    struct instant at = pause_of(end);
    if (at.us == sim.pair.now.us && happens(500))
        act(end);
    else
        end->acts_at = instant_earlier(end->acts_at, at);
}

static bool take_events(int host)
{
    struct flow_event event;
    bool had = false;
    while (!sim.failure && stack_next(sim.pair.hosts[host].stack, &event)) {
        take_event(&event);
        had = true;
    }
    return had;
}

static void open_end(struct connection *c, int host)
{
    struct end *end = &c->ends[host];
    uint16_t to = (uint16_t)(c->is_simultaneous && host == 1 ? c->port + CALL_PORT : c->port);
    uint16_t from =
        (uint16_t)(c->is_simultaneous ? c->port + (host == 0 ? CALL_PORT : 0) : c->from);
    struct ip_endpoint remote = wire_pair_endpoint(1 - host, sim.version, to);
    c->opens_at[host] = INSTANT_NEVER;
    if (flow_connect(sim.pair.hosts[host].stack, &remote, from, sim.pair.now, &end->flow) != OK) {
        say_fault("a connection cannot be opened");
        return;
    }
    flow_set_owner(end->flow, end);
    flow_set_options(end->flow, &end->options, sim.pair.now);
}

/* ---- a run ---- */

static void set_up_stack(struct stack_setup *setup, int host)
{
    static const size_t chunks[] = { 8, 16, 64 };
    static struct rng rngs[2];
    static uint64_t states[2];
    states[host] = sim.seed * 2 + (uint64_t)host;
    rngs[host] = (struct rng){ fill_random, &states[host] };
    setup->rng = &rngs[host];
    setup->mtu = (uint16_t)(happens(500) ? 1500 : 1280 + below(7000));
    setup->has_large_segments = sim.has_large;
    setup->flow_max = 8;
    setup->pending_max = happens(200) ? 1 : 8;
    setup->time_wait_max = happens(100) ? 1 : 8;
    setup->chunk_max = chunks[below(3)];
    setup->congestion = happens(600)   ? CONGESTION_CUBIC
                        : happens(800) ? CONGESTION_RENO
                                       : CONGESTION_NONE;
    sim.is_reckless |= setup->congestion == CONGESTION_NONE;
    setup->asks_for_ecn = happens(500);
}

static uint16_t some_mtu(void)
{
    return (uint16_t)(sim.version == 4 ? 576 + below(8500) : 1280 + below(7800));
}

static void set_up_path(struct path *p)
{
    *p = (struct path){ .mtu = UINT16_MAX, .queue_us = INT64_MAX };
    p->delay_us = scattered(18);
    p->jitter_us = happens(400) ? scattered(17) : 0;
    p->swapped = happens(300) ? below(200) : 0;
    p->repeated = happens(300) ? below(200) : 0;
    if (happens(300))
        p->rate = 20000 + scattered(22);
    if (happens(300)) {
        p->mtu = some_mtu();
        p->is_silent = happens(200);
    }
    p->marked = happens(300) ? below(300) : 0;
    p->is_bleaching = happens(100);
    if (sim.is_good)
        return;
    p->lost = happens(300) ? below(300) : below(50);
    p->damaged = happens(300) && !sim.has_large ? below(50) : 0;
    if (happens(500))
        p->queue_us = 5000 + scattered(20);
}

static void set_up_end(struct connection *c, int host)
{
    struct end *end = &c->ends[host];
    *end = (struct end){ .connection = c, .host = host, .acts_at = INSTANT_NEVER };
    end->gone_at = sim.pair.now;
    end->to_send = happens(200) ? 0 : scattered(15) % DATA_MAX;
    if (c->is_large)
        end->to_send = scattered(20);
    end->urgents = happens(200) ? below(300) : 0;
    end->stalls = happens(300) ? below(200) : 0;
    end->aborts_at = happens(70) ? below(end->to_send + 1) : UINT32_MAX;
    end->leaves_at = happens(70) ? below(end->to_send + 1) : UINT32_MAX;
    end->options = (struct flow_options){
        .no_delay = happens(500),
        .is_corked = happens(150),
        .user_timeout_ms = happens(150) && !sim.is_good ? 1000 + scattered(16) : 0,
        .keep_alive_ms = happens(200) ? 1000 + scattered(17) : 0,
        .receive_max = happens(300) && !c->is_large ? 500 + scattered(15) : 1U << 20,
        .send_max = happens(300) && !c->is_large ? 500 + scattered(15) : 1U << 20,
        .ttl = 64,
    };
}

/* Some connections have to do without a scoreboard. */
static void take_blocks(int host)
{
    struct block_pool *pool = &sim.pair.hosts[host].stack->sent_blocks;
    void *block;
    while (happens(950) && (block = block_pool_take(pool))) {
        memcpy(block, &sim.blocks[host], sizeof(void *));
        sim.blocks[host] = block;
    }
}

static void give_blocks_back(int host)
{
    void *block;
    while ((block = sim.blocks[host])) {
        memcpy(&sim.blocks[host], block, sizeof(void *));
        block_pool_give(&sim.pair.hosts[host].stack->sent_blocks, block);
    }
}

/* The first connection begins when a sequence number of either host, or a timestamp, is nearly used up. */
static void begin_near_a_wrap(void)
{
    uint32_t near = below(40000);
    int host = (int)below(2);
    uint16_t ports[] = { (uint16_t)(LISTEN_PORT + CALL_PORT), LISTEN_PORT };
    struct ip_endpoint local = wire_pair_endpoint(host, sim.version, ports[host]),
                       remote = wire_pair_endpoint(1 - host, sim.version, ports[1 - host]);
    const struct isn *isn = &sim.pair.hosts[host].stack->isn;
    struct instant *now = &sim.pair.now;
    sim.connections[0].from = ports[0];
    if (happens(200)) {
        uint32_t stamp = isn_timestamp_offset(isn, &local, &remote) + (uint32_t)(now->us / 1000);
        now->us += (int64_t)(UINT32_MAX - stamp) * 1000 - near * 10;
        tally.timestamp_wraps++;
    } else {
        uint32_t sequence = isn_sequence(isn, &local, &remote, *now);
        now->us += ((int64_t)(UINT32_MAX - sequence) - near) * 4;
    }
    if (now->us < 1000 * 1000)
        now->us = 1000 * 1000;
}

static void set_up(uint64_t seed)
{
    memset(&sim, 0, sizeof(sim));
    sim.seed = sim.dice = seed;
    sim.version = happens(500) ? 4 : 6;
    sim.is_good = happens(250);
    sim.has_large = happens(200);
    wire_pair_init(&sim.pair, set_up_stack);
    sim.pair.has_large_segments = sim.has_large;
    for (int from = 0; from < 2; from++)
        set_up_path(&sim.paths[from]);
    if (happens(200))
        sim.strips = below(2) << 3 | below(2) << 4 | below(2) << 8;
    if (happens(100))
        take_blocks((int)below(2));
    if (happens(300))
        begin_near_a_wrap();
    sim.changes_at = happens(300) ? instant_after(sim.pair.now, below(2000)) : INSTANT_NEVER;
    sim.connection_count = 1 + below(CONNECTIONS);
    for (size_t i = 0; i < sim.connection_count; i++) {
        struct connection *c = &sim.connections[i];
        c->salt = (uint8_t)below(256);
        c->port = (uint16_t)(LISTEN_PORT + i);
        c->is_simultaneous = happens(50);
        c->is_large = happens(20);
        sim.has_much |= c->is_large;
        for (int host = 0; host < 2; host++)
            set_up_end(c, host);
        c->opens_at[0] = instant_after(sim.pair.now, i == 0 ? 0 : scattered(13));
        c->opens_at[1] = c->is_simultaneous ? c->opens_at[0] : INSTANT_NEVER;
        if (!c->is_simultaneous)
            EXPECT(flow_listen(sim.pair.hosts[1].stack, c->port, happens(300)) == OK);
    }
}

/* Another way through the network, with other segments. */
static void change_path(void)
{
    for (int from = 0; from < 2; from++) {
        sim.paths[from].delay_us = scattered(18);
        if (happens(500))
            sim.paths[from].mtu = some_mtu();
    }
    sim.changes_at = INSTANT_NEVER;
}

static void deliver(void)
{
    while (sim.packet_count > 0 && instant_reached(sim.pair.now, sim.packets[0].at)) {
        struct packet p = take_packet();
        struct stack_packet packet = { bytes_of(p.octets, p.len), sim.has_large };
        stack_feed(sim.pair.hosts[p.to].stack, &packet, sim.pair.now);
        take_events(p.to);
        memset(p.octets, 0xdd, p.len); /* who still looks at it is caught */
        free(p.octets);
    }
}

static void let_ends_act(void)
{
    for (size_t i = 0; i < sim.connection_count; i++) {
        struct connection *c = &sim.connections[i];
        for (int host = 0; host < 2; host++) {
            if (instant_reached(sim.pair.now, c->opens_at[host]))
                open_end(c, host);
            if (instant_reached(sim.pair.now, c->ends[host].acts_at))
                act(&c->ends[host]);
        }
    }
}

/* When the next thing happens. */
static struct instant next_instant(void)
{
    struct instant next = sim.changes_at;
    for (size_t i = 0; i < sim.connection_count; i++) {
        for (int host = 0; host < 2; host++) {
            next = instant_earlier(next, sim.connections[i].opens_at[host]);
            next = instant_earlier(next, sim.connections[i].ends[host].acts_at);
        }
    }
    for (int host = 0; host < 2; host++)
        next = instant_earlier(next, stack_deadline(sim.pair.hosts[host].stack));
    if (sim.packet_count > 0)
        next = instant_earlier(next, sim.packets[0].at);
    return next;
}

/* All that is due now. True: there may be more. */
static bool do_what_is_due(void)
{
    struct instant now = sim.pair.now;
    if (instant_reached(now, sim.changes_at))
        change_path();
    deliver();
    let_ends_act();
    bool is_busy = false;
    for (int host = 0; host < 2; host++) {
        struct stack *stack = sim.pair.hosts[host].stack;
        if (instant_reached(now, stack_deadline(stack)))
            stack_expire(stack, now);
        is_busy |= take_events(host);
        is_busy |= take_output(host);
    }
    return is_busy;
}

static void run(void)
{
    struct instant end =
        instant_after(sim.pair.now, sim.is_good && !sim.has_much ? LIMIT_GOOD_MS : LIMIT_MS);
    int turns = 0;
    while (!sim.failure) {
        struct instant next = do_what_is_due() ? sim.pair.now : next_instant();
        if (next.us == INSTANT_NEVER.us)
            return;
        turns = next.us > sim.pair.now.us ? 0 : turns + 1;
        if (turns > TURNS)
            say_fault("time stands still");
        if (next.us > sim.pair.now.us)
            sim.pair.now = next;
        if (instant_reached(sim.pair.now, end))
            say_fault("it does not come to an end");
    }
}

static size_t free_blocks(const struct block_pool *pool)
{
    size_t count = pool->count - pool->fresh;
    for (void *block = pool->free_first; block; memcpy(&block, block, sizeof(block)))
        count++;
    return count;
}

static void check_end(void)
{
    uint64_t octets = 0;
    for (size_t i = 0; i < sim.connection_count; i++) {
        const struct end *a = &sim.connections[i].ends[0], *b = &sim.connections[i].ends[1];
        octets += a->sent + b->sent;
        EXPECT(!a->flow && !b->flow);
        if (a->over == FLOW_CLOSED && b->over == FLOW_CLOSED && !a->has_left && !b->has_left)
            EXPECT(a->read == b->sent && b->read == a->sent);
    }
    EXPECT(sim.sent <= 1000 + octets / (sim.is_reckless ? 5 : 50));
    for (int host = 0; host < 2; host++) {
        struct stack *stack = sim.pair.hosts[host].stack;
        const struct stack_counts *counts = stack_counts(stack);
        give_blocks_back(host);
        EXPECT(counts->flows_now == 0);
        EXPECT(counts->pending_now == 0);
        EXPECT(counts->time_wait_now == 0);
        EXPECT(counts->chunks_now == 0);
        EXPECT(free_blocks(&stack->sent_blocks) == stack->sent_blocks.count);
        EXPECT(free_blocks(&stack->assembly_blocks) == stack->assembly_blocks.count);
    }
}

/* Of an abort too it is to be known which seed led to it. */
static void say_seed(int number)
{
    (void)number;
    char text[64];
    int len = snprintf(text, sizeof(text), "seed %llu\n", (unsigned long long)sim.seed);
    if (write(STDERR_FILENO, text, (size_t)len) != len)
        _exit(2);
}

static bool passes(uint64_t seed)
{
    set_up(seed);
    run();
    if (!sim.failure)
        check_end();
    if (sim.failure)
        fprintf(stderr, "seed %llu, after %.3f s: %s\n", (unsigned long long)seed,
                (double)sim.pair.now.us / 1e6, sim.failure);
    while (sim.packet_count > 0)
        free(take_packet().octets);
    wire_pair_wipe(&sim.pair);
    return !sim.failure;
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

static void every_connection_comes_to_a_right_end_whatever_the_network_does(void **unused)
{
    (void)unused;
    uint64_t first = from_environment("TCP_RANDOM_FIRST", 1),
             count = from_environment("TCP_RANDOM_SEEDS", SEEDS);
    int failures = 0;
    for (uint64_t i = 0; i < count && failures < 20; i++) {
        failures += !passes(first + i);
        if ((i + 1) % PROGRESS == 0)
            fprintf(stderr, "%llu seeds\n", (unsigned long long)(i + 1));
    }
    assert_int_equal(failures, 0);
    if (count < SEEDS)
        return;
    assert_true(tally.marked > 1000 && tally.urgent > 1000 && tally.corked > 1000);
    assert_true(tally.impatient > 10 && tally.sequence_wraps > 1000 && tally.timestamp_wraps > 100);
}

int main(int argc, char **argv)
{
    signal(SIGABRT, say_seed);
    if (argc > 1)
        return passes(strtoull(argv[1], NULL, 10)) ? 0 : 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_connection_comes_to_a_right_end_whatever_the_network_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
