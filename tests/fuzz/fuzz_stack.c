/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection is brought into a state by a fixed dialogue; then come segments, other packets, time and calls of the owner
 * as the input says. Segments are made to fit: ports and checksums are filled in, and numbers count from what the stack
 * waits for, so that small ones mean something; likewise timestamps, if the dialogue has agreed on them, from the peer's
 * clock. Whatever comes, what the stack sends is well formed, it says no more than
 * it has, and in the end all its memory is back. */
#include "fuzz/fuzz.h"
#include "tcpip/flow.h"
#include "tcpip/wire/checksum.h"
#include "tcpip/wire/tcp_segment.h"

enum stand {
    STAND_LISTEN,
    STAND_ASKED, /* a deferred listener's owner */
    STAND_PENDING,
    STAND_SYN_SENT,
    STAND_SYN_RECEIVED,
    STAND_ESTABLISHED,
    STAND_FIN_WAIT_1,
    STAND_FIN_WAIT_2,
    STAND_CLOSE_WAIT,
    STAND_CLOSING,
    STAND_LAST_ACK,
    STAND_TIME_WAIT,
    STAND_COUNT
};

enum { PEER_ISS = 1000, PORT = 80, PEER_PORT = 4000, STEPS = 64, FRAMES = 2000 };
enum { PACKET_MAX = 65535, MTU = 1500, LARGE_UNIT = 256 };
enum { HEAD_LEN = 8, STAMPS_LEN = 2, STAMP_OPTION_LEN = 12 };

/* Bits of the input's second octet. */
enum { HAS_OPTIONS = 1, IS_V6 = 2, HAS_TIMESTAMPS = 4, HAS_LARGE_SEGMENTS = 8, KINDS = 16 };

static struct host {
    struct stack *stack;
    struct instant now;
    struct flow *flow; /* NULL: none, or given back */
    bool is_over;
    unsigned kind;
    struct ip_address ours, peer;
    uint32_t send_next, received; /* of the subject, as its segments say */
    uint32_t stamp;               /* its last timestamp */
} host;

static void fill(void *context, struct span out)
{
    uint32_t *x = context;
    for (size_t i = 0; i < out.len; i++)
        out.data[i] = (uint8_t)((*x = *x * 1664525U + 1013904223U) >> 24);
}

/* ---- what comes out ---- */

static void check_frame(const struct stack_frame *frame)
{
    static uint8_t octets[70000];
    size_t len = frame->header_len;
    memcpy(octets, frame->header, len);
    for (size_t i = 0; i < frame->slice_count; len += frame->slices[i++].len)
        memcpy(octets + len, frame->slices[i].data, frame->slices[i].len);
    CHECK(len == frame->len);
    struct ip_header ip;
    CHECK(ip_header_parse(bytes_of(octets, len), &ip) == OK);
    CHECK(ip_address_equal(&ip.source, &host.ours));
    if (ip.protocol != IP_TCP)
        return;
    struct tcp_segment s;
    bool is_large = frame->segment_len > 0;
    CHECK(tcp_segment_parse(&ip, is_large || frame->needs_checksum, &s) == OK);
    CHECK(is_large ? s.payload.len > frame->segment_len : len <= MTU);
    CHECK(host.kind & HAS_LARGE_SEGMENTS || !(is_large || frame->needs_checksum));
    CHECK(s.options.sack_count <= TCP_SACK_BLOCKS);
    if (s.options.has_timestamps)
        host.stamp = s.options.timestamp;
    if (!(s.flags & TCP_RST)) {
        host.send_next = s.seq + tcp_segment_len(&s);
        host.received = s.flags & TCP_ACK ? s.ack : host.received;
    }
}

static void check_flow(void)
{
    struct flow_status s = flow_status(host.flow);
    CHECK(s.in_flight <= s.send_next - s.send_begin);
    CHECK(flow_received(host.flow).len <= s.unread);
    CHECK(s.state < FLOW_STATE_ESTABLISHED || host.is_over || s.congestion_window >= s.mss);
}

static void settle(void)
{
    static struct stack_frame frame;
    struct flow_event event;
    for (int i = 0;; i++) {
        CHECK(i < FRAMES);
        while (stack_next(host.stack, &event)) {
            if (!host.flow && !host.is_over)
                host.flow = event.flow;
            if (event.flow != host.flow) {
                flow_abort(event.flow, host.now);
                continue;
            }
            host.is_over |= event.kind >= FLOW_CLOSED;
        }
        if (!stack_output(host.stack, host.now, &frame))
            break;
        check_frame(&frame);
    }
    if (host.flow)
        check_flow();
}

/* ---- what goes in ---- */

static void feed(struct bytes packet)
{
    struct span copy = fuzz_copy(packet);
    stack_feed(host.stack, &(struct stack_packet){ bytes_span(copy), false }, host.now);
    settle();
    memset(copy.data, 0xdd, copy.len);
    free(copy.data);
}

static size_t put_ip_header(uint8_t *out, uint8_t protocol, size_t len, enum ip_ecn ecn)
{
    struct ip_header ip = {
        .source = host.peer,
        .destination = host.ours,
        .protocol = protocol,
        .ttl = 64,
        .dont_fragment = true,
        .ecn = ecn,
    };
    return ip_header_write(&ip, len, out);
}

static void put_checksum(uint8_t *at, uint64_t sum, struct bytes octets)
{
    at[0] = at[1] = 0;
    uint16_t checksum = checksum_finish(checksum_add(sum, octets));
    at[0] = (uint8_t)(checksum >> 8);
    at[1] = (uint8_t)checksum;
}

static void feed_tcp(uint8_t *packet, size_t at, size_t len)
{
    uint64_t sum = checksum_pseudo_header(&host.peer, &host.ours, IP_TCP, (uint32_t)len);
    put_checksum(packet + at + TCP_CHECKSUM_AT, sum, bytes_of(packet + at, len));
    feed(bytes_of(packet, at + len));
}

static uint32_t peers_clock(void)
{
    return 70000 + (uint32_t)(host.now.us / 1000);
}

/* Of the dialogue. */
static void say(uint32_t seq, uint32_t ack, uint8_t flags)
{
    uint8_t packet[TCP_HEADER_MAX + 40];
    struct tcp_segment s = {
        .source_port = PEER_PORT,
        .destination_port = PORT,
        .seq = seq,
        .ack = ack,
        .flags = flags,
        .window = 3000,
    };
    if (host.kind & HAS_OPTIONS && flags & TCP_SYN)
        s.options = (struct tcp_options){
            .has_mss = true, .has_sack_permitted = true, .has_scale = true, .mss = 600, .scale = 2
        };
    s.options.has_timestamps = host.kind & HAS_TIMESTAMPS;
    s.options.timestamp = peers_clock();
    s.options.timestamp_echo = host.stamp;
    size_t len = TCP_HEADER_LEN + tcp_segment_options_len(&s.options);
    size_t at = put_ip_header(packet, IP_TCP, len, ECN_NOT_CAPABLE);
    tcp_segment_write(&s, packet + at);
    feed_tcp(packet, at, len);
}

static void add_to_u32(uint8_t *at, uint32_t base)
{
    uint32_t value = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    value += base;
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

static void put_u32(uint8_t *at, uint32_t value)
{
    memset(at, 0, 4);
    add_to_u32(at, value);
}

/* Two octets: how far the timestamp is from the peer's clock, and its echo from the last of the subject. */
static void put_timestamps(uint8_t *at, struct bytes stamps)
{
    static const uint8_t kind[] = { 1, 1, 8, 10 };
    memcpy(at, kind, sizeof(kind));
    put_u32(at + 4, peers_clock() + (uint32_t)((int8_t)stamps.data[0] * 16));
    put_u32(at + 8, host.stamp + (uint32_t)((int8_t)stamps.data[1] * 8));
}

/* A segment of the input: its first octets are the sequence numbers (two octets each, signed), flags, data offset and
 * window; with timestamps two octets for those, for which there is room in the header; then options and data, and so many
 * zeros more. */
static void feed_segment(struct bytes part, enum ip_ecn ecn, bool has_stamps, size_t zeros)
{
    static uint8_t packet[PACKET_MAX];
    struct bytes head = bytes_slice(part, 0, HEAD_LEN), rest = bytes_skip(part, head.len);
    if (head.len < HEAD_LEN || (has_stamps && rest.len < STAMPS_LEN))
        return;
    struct bytes stamps = bytes_slice(rest, 0, has_stamps ? STAMPS_LEN : 0);
    rest = bytes_skip(rest, stamps.len);
    size_t options_len = has_stamps ? STAMP_OPTION_LEN : 0;
    size_t len = TCP_HEADER_LEN + options_len + rest.len + zeros;
    memset(packet, 0, 40 + len);
    size_t at = put_ip_header(packet, IP_TCP, len, ecn);
    CHECK(at <= 40);
    uint8_t *tcp = packet + at;
    tcp[0] = PEER_PORT >> 8;
    tcp[1] = PEER_PORT & 0xff;
    tcp[3] = PORT;
    int16_t seq = (int16_t)(head.data[0] << 8 | head.data[1]),
            ack = (int16_t)(head.data[2] << 8 | head.data[3]);
    add_to_u32(tcp + 4, host.received + (uint32_t)(int32_t)seq);
    add_to_u32(tcp + 8, host.send_next + (uint32_t)(int32_t)ack);
    tcp[12] = (uint8_t)(head.data[4] + (options_len / 4 << 4));
    tcp[13] = head.data[5];
    tcp[14] = head.data[6];
    tcp[15] = head.data[7];
    if (has_stamps)
        put_timestamps(tcp + TCP_HEADER_LEN, stamps);
    if (rest.len > 0)
        memcpy(tcp + TCP_HEADER_LEN + options_len, rest.data, rest.len);
    feed_tcp(packet, at, len);
}

static void feed_icmp(struct bytes part)
{
    uint8_t packet[512];
    bool is_v4 = host.ours.version == 4;
    uint8_t protocol = is_v4 ? IP_ICMP : IP_ICMPV6;
    if (part.len < 8)
        return;
    size_t at = put_ip_header(packet, protocol, part.len, ECN_NOT_CAPABLE);
    memcpy(packet + at, part.data, part.len);
    uint64_t sum =
        is_v4 ? 0 : checksum_pseudo_header(&host.peer, &host.ours, protocol, (uint32_t)part.len);
    put_checksum(packet + at + 2, sum, bytes_of(packet + at, part.len));
    feed(bytes_of(packet, at + part.len));
}

/* ---- the owner, and time ---- */

static void pass(int64_t ms)
{
    struct instant end = instant_after(host.now, ms);
    for (int i = 0; i < FRAMES; i++) {
        struct instant next = stack_deadline(host.stack);
        if (!instant_reached(end, next))
            break;
        if (next.us > host.now.us)
            host.now = next;
        stack_expire(host.stack, host.now);
        settle();
    }
    if (end.us > host.now.us)
        host.now = end;
}

static void give_back(void (*how)(struct flow *flow, struct instant now))
{
    struct flow *flow = host.flow;
    host.flow = NULL;
    host.is_over = true;
    how(flow, host.now);
}

static void consume(size_t most)
{
    for (struct bytes data; most > 0 && (data = flow_received(host.flow)).len > 0;) {
        size_t len = data.len < most ? data.len : most;
        flow_consume(host.flow, len, host.now);
        most -= len;
    }
}

static void act(unsigned what, unsigned amount)
{
    static const uint8_t zeros[UINT8_MAX * LARGE_UNIT];
    if (!host.flow)
        return;
    size_t unit = host.kind & HAS_LARGE_SEGMENTS ? LARGE_UNIT : 16;
    bool is_asked = flow_status(host.flow).state == FLOW_STATE_LISTEN;
    struct flow_options options = flow_options(host.flow);
    switch (what) {
    case 0:
        flow_send(host.flow, bytes_of(zeros, amount * unit), host.now);
        break;
    case 1:
        consume(amount * unit);
        break;
    case 2:
        flow_mark_urgent(host.flow, host.now);
        break;
    case 3:
        options.no_delay = amount & 1;
        options.keep_alive_ms = amount * 100;
        options.receive_max = 500 + amount * 300;
        flow_set_options(host.flow, &options, host.now);
        break;
    case 4:
        if (is_asked && !host.is_over)
            flow_admit(host.flow, host.now);
        break;
    case 5:
        flow_close(host.flow, host.now);
        break;
    case 6:
        give_back(flow_abort);
        break;
    default:
        give_back(amount & 1 ? flow_abandon : flow_release);
        break;
    }
    settle();
}

static void step(struct bytes *in)
{
    unsigned what = fuzz_choice(in, 16);
    if (what < 10) {
        struct bytes part = fuzz_part(in);
        size_t zeros = what == 8 ? (size_t)fuzz_choice(in, 250) * LARGE_UNIT : 0;
        feed_segment(part, what == 9 ? ECN_CONGESTED : ECN_NOT_CAPABLE,
                     host.kind & HAS_TIMESTAMPS && what != 7, zeros);
    } else if (what == 10) {
        struct bytes part = fuzz_part(in);
        feed(part);
    } else if (what == 11) {
        feed_icmp(fuzz_part(in));
    } else if (what < 14) {
        unsigned action = fuzz_choice(in, 8);
        act(action, fuzz_choice(in, 256));
    } else {
        pass((int64_t)fuzz_choice(in, 256) << (what == 14 ? 2 : 9));
    }
}

/* ---- the dialogue ---- */

static void open_actively(enum stand stand)
{
    struct ip_endpoint remote = { host.peer, PEER_PORT };
    CHECK(flow_connect(host.stack, &remote, PORT, host.now, &host.flow) == OK);
    settle();
    if (stand == STAND_SYN_RECEIVED)
        say(PEER_ISS, 0, TCP_SYN);
}

static void open_passively(enum stand stand)
{
    CHECK(flow_listen(host.stack, PORT, stand == STAND_ASKED) == OK);
    if (stand == STAND_LISTEN)
        return;
    say(PEER_ISS, 0, TCP_SYN);
    if (stand == STAND_ASKED || stand == STAND_PENDING)
        return;
    say(PEER_ISS + 1, host.send_next, TCP_ACK);
    CHECK(host.flow);
}

static void close_until(enum stand stand)
{
    bool closes_first = stand != STAND_CLOSE_WAIT && stand != STAND_LAST_ACK;
    if (closes_first) {
        flow_close(host.flow, host.now);
        settle();
    }
    uint32_t all = host.send_next;
    if (stand == STAND_FIN_WAIT_2 || stand == STAND_TIME_WAIT)
        say(PEER_ISS + 1, all, TCP_ACK);
    if (stand == STAND_CLOSING)
        say(PEER_ISS + 1, all - 1, TCP_FIN | TCP_ACK);
    if (stand == STAND_CLOSE_WAIT || stand == STAND_LAST_ACK || stand == STAND_TIME_WAIT)
        say(PEER_ISS + 1, all, TCP_FIN | TCP_ACK);
    if (stand == STAND_LAST_ACK) {
        flow_close(host.flow, host.now);
        settle();
    }
}

static void check_stand(enum stand stand)
{
    static const enum flow_state states[STAND_COUNT] = {
        [STAND_ASKED] = FLOW_STATE_LISTEN,
        [STAND_SYN_SENT] = FLOW_STATE_SYN_SENT,
        [STAND_SYN_RECEIVED] = FLOW_STATE_SYN_RECEIVED,
        [STAND_ESTABLISHED] = FLOW_STATE_ESTABLISHED,
        [STAND_FIN_WAIT_1] = FLOW_STATE_FIN_WAIT_1,
        [STAND_FIN_WAIT_2] = FLOW_STATE_FIN_WAIT_2,
        [STAND_CLOSE_WAIT] = FLOW_STATE_CLOSE_WAIT,
        [STAND_CLOSING] = FLOW_STATE_CLOSING,
        [STAND_LAST_ACK] = FLOW_STATE_LAST_ACK,
        [STAND_TIME_WAIT] = FLOW_STATE_TIME_WAIT,
    };
    const struct stack_counts *counts = stack_counts(host.stack);
    CHECK(counts->pending_now == (stand == STAND_PENDING));
    CHECK(counts->time_wait_now == (stand == STAND_TIME_WAIT));
    CHECK(!host.flow == (stand == STAND_LISTEN || stand == STAND_PENDING));
    CHECK(!host.flow || flow_status(host.flow).state == states[stand]);
    CHECK(!host.flow || stand == STAND_SYN_SENT ||
          flow_status(host.flow).has_timestamps == !!(host.kind & HAS_TIMESTAMPS));
}

static void reach(enum stand stand)
{
    if (stand == STAND_SYN_SENT || stand == STAND_SYN_RECEIVED)
        open_actively(stand);
    else
        open_passively(stand);
    if (stand > STAND_ESTABLISHED)
        close_until(stand);
    check_stand(stand);
}

static void begin(const struct rng *rng)
{
    bool is_v6 = host.kind & IS_V6;
    host.now = (struct instant){ 1000000 };
    host.ours = (struct ip_address){ .version = is_v6 ? 6 : 4, .octets = { 192, 0, 2, 1 } };
    host.peer = (struct ip_address){ .version = is_v6 ? 6 : 4, .octets = { 192, 0, 2, 2 } };
    struct stack_setup setup = {
        .addresses = { host.ours },
        .address_count = 1,
        .mtu = MTU,
        .has_large_segments = host.kind & HAS_LARGE_SEGMENTS,
        .flow_max = 4,
        .pending_max = 2,
        .time_wait_max = 2,
        .chunk_max = 8,
        .asks_for_ecn = true,
        .rng = rng,
    };
    host.stack = stack_new(&setup, host.now);
    CHECK(host.stack);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes in = bytes_of(data, size);
    uint32_t random = 1;
    struct rng rng = { fill, &random };
    memset(&host, 0, sizeof(host));
    enum stand stand = (enum stand)fuzz_choice(&in, STAND_COUNT);
    host.kind = fuzz_choice(&in, KINDS);
    begin(&rng);
    reach(stand);
    for (int i = 0; i < STEPS && in.len > 0; i++)
        step(&in);
    if (host.flow)
        give_back(flow_abort);
    settle();
    pass(600 * 1000);
    const struct stack_counts *counts = stack_counts(host.stack);
    CHECK(counts->flows_now == 0 && counts->pending_now == 0 && counts->time_wait_now == 0 &&
          counts->chunks_now == 0);
    stack_free(host.stack);
    return 0;
}
