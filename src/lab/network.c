/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab/network.h"

#include "base/check.h"
#include "tcpip/wire/checksum.h"
#include "tcpip/wire/icmp_message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    START_US = 1000 * 1000,
    FLOW_MAX = 64,
    TIME_WAIT_MAX = 64,
    CHUNK_MAX = 1024,
    PACKET_MAX = 65536 + 64,
    ICMP_SPACE = 1280
};

/* A packet on its way. */
struct packet {
    struct instant at;
    size_t segment; /* of the story */
    int to;
    bool is_marked;
    uint64_t number; /* of two that arrive at once, the one sent first comes first */
    size_t len;
    uint8_t *octets;
};

/* Why a segment will be sent, until it is. */
struct why {
    uint32_t seq, ack;
    char text[STORY_WHY];
};

struct host {
    struct network *network;
    int index;
    struct stack *stack;
    struct dice dice;
    struct rng rng;
    struct trace trace;
    struct path path; /* from it */
    struct why whys[NETWORK_WHYS];
    unsigned why_next;
    struct instant refused_at; /* when it last found a segment not acceptable, and why */
    char refused[STORY_WHY];
    unsigned boots;
};

struct network {
    struct network_setup setup;
    struct story *story;
    struct instant now;
    struct host hosts[STORY_ENDS];
    struct packet packets[NETWORK_PACKETS];
    size_t packet_count;
    uint64_t packet_number;
    struct network_rule rules[NETWORK_RULES];
    size_t rule_count;
    const struct flow *watched;
    uint32_t told_window, told_threshold;
    uint8_t buffer[PACKET_MAX];
};

/* ---- facts of the stacks ---- */

static bool text_is(const struct trace_field *fields, size_t count, const char *name,
                    const struct ip_endpoint *endpoint)
{
    char text[IP_ENDPOINT_TEXT];
    ip_address_format_endpoint(endpoint, text);
    const struct trace_field *f = trace_find(fields, count, name);
    return f && bytes_is(f->octets, text);
}

static void text_of(const struct trace_field *fields, size_t count, const char *name, char *out,
                    size_t size)
{
    const struct trace_field *f = trace_find(fields, count, name);
    if (!f || !bytes_to_text(f->octets, out, size))
        out[0] = 0;
}

static uint64_t number_of(const struct trace_field *fields, size_t count, const char *name)
{
    const struct trace_field *f = trace_find(fields, count, name);
    return f ? f->number : 0;
}

static enum flow_state state_named(const char *name)
{
    int state = FLOW_STATE_CLOSED;
    while (state < FLOW_STATE_TIME_WAIT && strcmp(flow_state_name((enum flow_state)state), name))
        state++;
    return (enum flow_state)state;
}

/* Whether a fact is about the connection of the story. */
static bool is_main(const struct host *h, const struct trace_field *fields, size_t count)
{
    const struct story *story = h->network->story;
    return text_is(fields, count, "local", &story->ends[h->index]) &&
           text_is(fields, count, "remote", &story->ends[1 - h->index]);
}

static void note_why(struct host *h, const struct trace_field *fields, size_t count)
{
    struct why *why = &h->whys[h->why_next++ % NETWORK_WHYS];
    why->seq = (uint32_t)number_of(fields, count, "seq");
    why->ack = (uint32_t)number_of(fields, count, "ack");
    text_of(fields, count, "why", why->text, sizeof(why->text));
}

static void note_state(struct host *h, const struct trace_field *fields, size_t count)
{
    char state[32], old[32], why[STORY_WHY];
    text_of(fields, count, "new", state, sizeof(state));
    text_of(fields, count, "reason", why, sizeof(why));
    /* A port is listening again once its connection has ended. */
    text_of(fields, count, "old", old, sizeof(old));
    if (state_named(old) == FLOW_STATE_LISTEN)
        network_listens(h->network, h->index);
    story_state(h->network->story, h->index, state_named(state), why, h->network->now);
}

static void note_loss(struct host *h, const struct trace_field *fields, size_t count)
{
    char kind[STORY_WHY], text[200];
    text_of(fields, count, "kind", kind, sizeof(kind));
    (void)snprintf(text, sizeof(text), "%s; the congestion window is %u octets, %u are in flight",
                   kind, (unsigned)number_of(fields, count, "window"),
                   (unsigned)number_of(fields, count, "in_flight"));
    story_tell(h->network->story, STORY_NOTE, h->index, text, h->network->now);
}

static void note_text(struct host *h, const char *format, const struct trace_field *fields,
                      size_t count, const char *field)
{
    char value[STORY_WHY], text[200];
    text_of(fields, count, field, value, sizeof(value));
    (void)snprintf(text, sizeof(text), "%s%s", format, value);
    story_tell(h->network->story, STORY_NOTE, h->index, text, h->network->now);
}

static void observe(void *context, const struct trace_event *event,
                    const struct trace_field *fields, size_t count)
{
    struct host *h = context;
    if (strcmp(event->name, "tcp.segment") == 0) {
        if (number_of(fields, count, "out"))
            note_why(h, fields, count);
    } else if (strcmp(event->name, "stack.icmp") == 0) {
        note_text(h, "ICMP says: ", fields, count, "meaning");
    } else if (strcmp(event->name, "stack.dropped") == 0) {
        note_text(h, "a packet is dropped: ", fields, count, "why");
    } else if (!is_main(h, fields, count)) {
        return;
    } else if (strcmp(event->name, "tcp.state") == 0) {
        note_state(h, fields, count);
    } else if (strcmp(event->name, "tcp.rejected") == 0) {
        h->refused_at = h->network->now;
        text_of(fields, count, "why", h->refused, sizeof(h->refused));
        note_text(h, "the segment counts for nothing: ", fields, count, "why");
    } else if (strcmp(event->name, "tcp.loss") == 0) {
        note_loss(h, fields, count);
    }
}

static const char *why_of(const struct host *h, const struct tcp_segment *s)
{
    /* An ACK right after a refusal is the answer to it. */
    bool is_answer = h->refused[0] && h->refused_at.us == h->network->now.us &&
                     s->payload.len == 0 && !(s->flags & (TCP_SYN | TCP_FIN | TCP_RST));
    if (is_answer)
        return h->refused;
    for (unsigned i = 0; i < NETWORK_WHYS && i < h->why_next; i++) {
        const struct why *why = &h->whys[(h->why_next - 1 - i) % NETWORK_WHYS];
        if (why->seq == s->seq && why->ack == s->ack)
            return why->text;
    }
    return "";
}

/* ---- packets ---- */

static struct ip_address address(int host, int version)
{
    struct ip_address a = { .version = (uint8_t)version };
    if (version == 4)
        memcpy(a.octets, (uint8_t[]){ 192, 0, 2, (uint8_t)(1 + host) }, 4);
    else
        memcpy(a.octets, (uint8_t[16]){ 0x20, 1, 0x0d, 0xb8, [15] = (uint8_t)(1 + host) }, 16);
    return a;
}

static void put(struct network *n, int to, size_t segment, struct bytes octets, struct instant at,
                bool is_marked)
{
    if (n->packet_count == NETWORK_PACKETS) {
        story_fate(n->story, segment, STORY_NO_QUEUE);
        return;
    }
    struct packet *p = &n->packets[n->packet_count++];
    *p = (struct packet){ .at = at,
                          .segment = segment,
                          .to = to,
                          .is_marked = is_marked,
                          .number = n->packet_number++,
                          .len = octets.len,
                          .octets = malloc(octets.len) };
    CHECK(p->octets != NULL);
    memcpy(p->octets, octets.data, octets.len);
}

/* Marks congestion: the two ECN bits become CE, and the IPv4 checksum is updated. */
static void mark(uint8_t *octets, size_t len)
{
    struct ip_header ip;
    if (ip_header_parse(bytes_of(octets, len), &ip) != OK || ip.ecn == ECN_NOT_CAPABLE)
        return;
    ip.ecn = ECN_CONGESTED;
    ip_header_write(&ip, ip.payload.len, octets);
}

/* A router reports that the packet was too big for the path. */
static void send_too_big(struct network *n, int to, struct bytes packet)
{
    uint8_t out[ICMP_SPACE];
    struct ip_address router = address(253, n->setup.version);
    size_t len = icmp_message_answer(ICMP_PACKET_TOO_BIG, n->setup.path.mtu, packet, &router,
                                     (struct span){ out, sizeof(out) });
    if (len == 0)
        return;
    struct bytes octets = bytes_of(out, len);
    size_t segment =
        story_leaves(n->story, 1 - to, octets, "the packet does not fit", false, n->now);
    put(n, to, segment, octets, (struct instant){ n->now.us + n->setup.path.delay_us }, false);
}

static const struct network_rule *rule_for(struct network *n, const struct story_segment *s)
{
    for (size_t i = 0; i < n->rule_count; i++) {
        struct network_rule *r = &n->rules[i];
        bool is_meant = s->is_tcp && s->from == r->from && (s->tcp.flags & r->mask) == r->flags &&
                        (!r->has_data || s->tcp.payload.len > 0);
        if (!is_meant)
            continue;
        unsigned seen = r->seen++;
        if (seen >= r->first && seen - r->first < r->count)
            return r;
    }
    return NULL;
}

static bool has_address(const struct network *n, int host, const struct ip_address *a)
{
    struct ip_address own = address(host, n->setup.version);
    return ip_address_equal(a, &own);
}

static void carry(struct network *n, int from, size_t segment, struct bytes octets)
{
    static const enum story_fate fates[] = { [PATH_CARRIED] = STORY_ARRIVES,
                                             [PATH_LOST] = STORY_LOST,
                                             [PATH_FULL] = STORY_NO_QUEUE,
                                             [PATH_TOO_BIG] = STORY_TOO_BIG };
    const struct network_rule *rule = rule_for(n, &n->story->segments[segment]);
    struct path_verdict v = path_carry(&n->hosts[from].path, n->now, octets.len);
    enum story_fate fate = fates[v.fate];
    if (fate == STORY_TOO_BIG && n->setup.is_black_hole)
        fate = STORY_SWALLOWED;
    if (rule && rule->fate != STORY_ARRIVES)
        fate = rule->fate;
    if (!has_address(n, 1 - from, &n->story->segments[segment].destination.address))
        fate = STORY_NO_HOST;
    story_fate(n->story, segment, fate);
    if (fate == STORY_TOO_BIG)
        send_too_big(n, from, octets);
    if (fate != STORY_ARRIVES)
        return;
    struct story_segment *s = &n->story->segments[segment];
    s->is_late = v.is_overtaken;
    s->is_marked = v.is_marked && s->ecn != ECN_NOT_CAPABLE;
    for (size_t i = 0; i < v.copies; i++)
        put(n, 1 - from, segment, octets,
            (struct instant){ v.at[i].us + (rule ? rule->delay_us : 0) }, s->is_marked);
}

static bool take_output(struct network *n, int host)
{
    static struct stack_frame frame;
    struct host *h = &n->hosts[host];
    bool had = false;
    while (h->stack && stack_output(h->stack, n->now, &frame)) {
        memcpy(n->buffer, frame.header, frame.header_len);
        size_t len = frame.header_len;
        for (size_t i = 0; i < frame.slice_count; i++) {
            memcpy(n->buffer + len, frame.slices[i].data, frame.slices[i].len);
            len += frame.slices[i].len;
        }
        struct bytes octets = bytes_of(n->buffer, len);
        size_t segment = story_leaves(n->story, host, octets, "", false, n->now);
        struct story_segment *s = &n->story->segments[segment];
        (void)snprintf(s->why, sizeof(s->why), "%s", s->is_tcp ? why_of(h, &s->tcp) : "");
        carry(n, host, segment, octets);
        had = true;
    }
    return had;
}

static bool take_events(struct network *n, int host)
{
    struct flow_event event;
    bool had = false;
    while (n->hosts[host].stack && stack_next(n->hosts[host].stack, &event)) {
        n->setup.event(n->setup.context, host, &event);
        had = true;
    }
    return had;
}

static void feed(struct network *n, const struct packet *p)
{
    struct stack *stack = n->hosts[p->to].stack;
    if (!stack) {
        story_fate(n->story, p->segment, STORY_NO_HOST);
        return;
    }
    if (p->is_marked)
        mark(p->octets, p->len);
    story_comes(n->story, p->segment, n->now);
    stack_feed(stack, &(struct stack_packet){ bytes_of(p->octets, p->len), false }, n->now);
    story_came(n->story, p->segment);
    take_events(n, p->to);
}

/* Delivers the next packet that is due: by arrival time, then in the order sent. */
static bool deliver(struct network *n)
{
    size_t first = n->packet_count;
    for (size_t i = 0; i < n->packet_count; i++) {
        const struct packet *p = &n->packets[i], *q = &n->packets[first];
        if (instant_reached(n->now, p->at) && (first == n->packet_count || p->at.us < q->at.us ||
                                               (p->at.us == q->at.us && p->number < q->number)))
            first = i;
    }
    if (first == n->packet_count)
        return false;
    struct packet p = n->packets[first];
    n->packets[first] = n->packets[--n->packet_count];
    feed(n, &p);
    free(p.octets);
    return true;
}

/* ---- life ---- */

static void start_stack(struct network *n, int host)
{
    struct host *h = &n->hosts[host];
    h->dice = dice_new(n->setup.seed, (uint64_t)(16 * (host + 1)) + h->boots++);
    h->rng = dice_rng(&h->dice);
    h->trace = (struct trace){ observe, h };
    h->why_next = 0;
    h->refused[0] = 0;
    struct stack_setup setup = {
        .addresses = { address(host, n->setup.version) },
        .address_count = 1,
        .mtu = n->setup.mtu,
        .flow_max = n->setup.flow_max ? n->setup.flow_max : FLOW_MAX,
        .pending_max = n->setup.pending_max ? n->setup.pending_max : FLOW_MAX,
        .time_wait_max = TIME_WAIT_MAX,
        .chunk_max = CHUNK_MAX,
        .asks_for_ecn = n->setup.uses_ecn,
        .has_no_timestamps = n->setup.has_no_timestamps,
        .rng = &h->rng,
        .trace = &h->trace,
    };
    h->stack = stack_new(&setup, n->now);
    CHECK(h->stack != NULL);
}

struct network *network_new(const struct network_setup *setup)
{
    struct network *n = calloc(1, sizeof(*n));
    CHECK(n != NULL);
    n->setup = *setup;
    n->story = setup->story;
    n->now = (struct instant){ START_US };
    n->story->start = n->now;
    for (int host = 0; host < STORY_ENDS; host++) {
        n->hosts[host].network = n;
        n->hosts[host].index = host;
        path_init(&n->hosts[host].path, &setup->path, dice_new(setup->seed, (uint64_t)host + 1));
        start_stack(n, host);
    }
    return n;
}

void network_free(struct network *n)
{
    if (!n)
        return;
    for (size_t i = 0; i < n->packet_count; i++)
        free(n->packets[i].octets);
    for (int host = 0; host < STORY_ENDS; host++)
        stack_free(n->hosts[host].stack);
    free(n);
}

struct instant network_now(const struct network *n)
{
    return n->now;
}

struct stack *network_stack(struct network *n, int host)
{
    return n->hosts[host].stack;
}

struct ip_endpoint network_endpoint(const struct network *n, int host, uint16_t port)
{
    return (struct ip_endpoint){ address(host, n->setup.version), port };
}

void network_add_rule(struct network *n, const struct network_rule *rule)
{
    CHECK(n->rule_count < NETWORK_RULES);
    n->rules[n->rule_count++] = *rule;
}

void network_watch(struct network *n, const struct flow *flow)
{
    n->watched = flow;
}

void network_name_ends(struct network *n, uint16_t client_port, uint16_t server_port)
{
    n->story->ends[NETWORK_CLIENT] = network_endpoint(n, NETWORK_CLIENT, client_port);
    n->story->ends[NETWORK_SERVER] = network_endpoint(n, NETWORK_SERVER, server_port);
}

void network_listens(struct network *n, int host)
{
    n->story->states[host] = FLOW_STATE_LISTEN;
}

/* TIME-WAIT ends without an event: the stack just drops an entry of a table. */
static void note_end_of_time_wait(struct network *n, int host)
{
    if (n->story->states[host] == FLOW_STATE_TIME_WAIT && n->hosts[host].stack &&
        stack_counts(n->hosts[host].stack)->time_wait_now == 0)
        story_state(n->story, host, FLOW_STATE_CLOSED, "2 MSL are over", n->now);
}

static void note_window(struct network *n)
{
    if (!n->watched)
        return;
    struct flow_status s = flow_status(n->watched);
    if (s.congestion_window == n->told_window && s.slow_start_threshold == n->told_threshold)
        return;
    n->told_window = s.congestion_window;
    n->told_threshold = s.slow_start_threshold;
    story_window(n->story, s.congestion_window, s.slow_start_threshold, s.in_flight, n->now);
}

void network_settle(struct network *n)
{
    bool had;
    do {
        had = deliver(n);
        for (int host = 0; host < STORY_ENDS; host++) {
            had |= take_events(n, host);
            had |= take_output(n, host);
        }
        note_window(n);
    } while (had && !story_is_full(n->story));
}

static struct instant next_at(const struct network *n)
{
    struct instant next = INSTANT_NEVER;
    for (int host = 0; host < STORY_ENDS; host++) {
        if (n->hosts[host].stack)
            next = instant_earlier(next, stack_deadline(n->hosts[host].stack));
    }
    for (size_t i = 0; i < n->packet_count; i++)
        next = instant_earlier(next, n->packets[i].at);
    return next;
}

static bool is_quiet(const struct network *n)
{
    for (int host = 0; host < STORY_ENDS; host++) {
        if (n->hosts[host].stack && !stack_is_idle(n->hosts[host].stack))
            return false;
    }
    return n->packet_count == 0;
}

void network_run(struct network *n, int64_t ms, bool until_quiet)
{
    struct instant end = instant_after(n->now, ms);
    network_settle(n);
    while (!story_is_full(n->story)) {
        struct instant next = next_at(n);
        bool is_over = next.us > end.us;
        if (until_quiet && (is_over || is_quiet(n)))
            return;
        if (is_over)
            next = end;
        if (next.us > n->now.us)
            n->now = next;
        for (int host = 0; host < STORY_ENDS; host++) {
            if (n->hosts[host].stack)
                stack_expire(n->hosts[host].stack, n->now);
            note_end_of_time_wait(n, host);
        }
        network_settle(n);
        if (is_over)
            return;
    }
}

void network_inject(struct network *n, int host, const struct ip_endpoint *from,
                    const struct ip_endpoint *to, const struct tcp_segment *segment,
                    const char *why, int64_t delay_us)
{
    uint8_t out[2048];
    struct tcp_segment s = *segment;
    s.source_port = from->port;
    s.destination_port = to->port;
    struct ip_header ip = {
        .source = from->address, .destination = to->address, .protocol = IP_TCP, .ttl = 64
    };
    size_t header_len = TCP_HEADER_LEN + tcp_segment_options_len(&s.options);
    CHECK(s.payload.len <= sizeof(out) - IP_HEADER_LEN_V6 - TCP_HEADER_MAX);
    size_t at = ip_header_write(&ip, header_len + s.payload.len, out);
    tcp_segment_write(&s, out + at);
    if (s.payload.len > 0)
        memcpy(out + at + header_len, s.payload.data, s.payload.len);
    size_t len = header_len + s.payload.len;
    uint64_t sum = checksum_pseudo_header(&ip.source, &ip.destination, IP_TCP, (uint32_t)len);
    uint16_t checksum = checksum_finish(checksum_add(sum, bytes_of(out + at, len)));
    out[at + TCP_CHECKSUM_AT] = (uint8_t)(checksum >> 8);
    out[at + TCP_CHECKSUM_AT + 1] = (uint8_t)checksum;
    struct bytes octets = bytes_of(out, at + len);
    size_t number = story_leaves(n->story, 1 - host, octets, why, true, n->now);
    put(n, host, number, octets, (struct instant){ n->now.us + delay_us }, false);
}

void network_crash(struct network *n, int host)
{
    network_say(n, host, "the host loses power: its stack forgets every connection");
    stack_free(n->hosts[host].stack);
    n->hosts[host].stack = NULL;
    story_state(n->story, host, FLOW_STATE_CLOSED, "the memory is gone", n->now);
}

void network_boot(struct network *n, int host)
{
    network_say(n, host, "the host is on again, with nothing in its memory and new secrets");
    start_stack(n, host);
}

void network_say(struct network *n, int host, const char *text)
{
    story_tell(n->story, STORY_ACTION, host, text, n->now);
}
