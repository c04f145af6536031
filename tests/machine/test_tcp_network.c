/* SPDX-License-Identifier: BSD-2-Clause */
/* What the network says and does to the packets of a stack: ICMP, fragments, marks of congestion, large frames. */
#include "machine/segment_peer.h"
#include "tcpip/wire/checksum.h"
#include "tcpip/wire/icmp_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct segment_peer p;
static struct wire_pair pair;

static uint32_t events(enum flow_event_kind kind)
{
    return p.pair.hosts[1].events[kind];
}

/* An ICMP error of a router about the segment with `seq` that the subject has sent. */
static void tell_error(enum icmp_meaning meaning, uint32_t mtu, uint32_t seq)
{
    uint8_t cause[60], out[1280];
    struct ip_header ip = {
        .source = p.subject.address,
        .destination = p.peer.address,
        .protocol = IP_TCP,
        .ttl = 60,
        .dont_fragment = true,
    };
    struct tcp_segment s = { .source_port = p.subject.port,
                             .destination_port = p.peer.port,
                             .seq = seq };
    size_t at = ip_header_write(&ip, TCP_HEADER_LEN, cause);
    at += tcp_segment_write(&s, cause + at);
    size_t len = icmp_message_answer(meaning, mtu, bytes_of(cause, at), &p.peer.address,
                                     (struct span){ out, sizeof(out) });
    assert_true(len > 0);
    wire_pair_feed(&p.pair, 1, bytes_of(out, len));
    wire_pair_pump(&p.pair);
}

static struct flow *connect_subject(void)
{
    struct flow *flow;
    p.subject.port = 5555;
    assert_int_equal(
        flow_connect(p.pair.hosts[1].stack, &p.peer, p.subject.port, p.pair.now, &flow), OK);
    wire_pair_pump(&p.pair);
    return flow;
}

static void a_hard_error_ends_only_what_is_not_open_yet(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    struct flow *flow = connect_subject();
    tell_error(ICMP_PORT_UNREACHABLE, 0, p.sent[0].seq + 5); /* not in flight: somebody guesses */
    assert_int_equal(events(FLOW_UNREACHABLE), 0);
    tell_error(ICMP_HOST_UNREACHABLE, 0, p.sent[0].seq);
    assert_int_equal(events(FLOW_SOFT_ERROR), 1);
    assert_int_equal(p.pair.hosts[1].last.icmp, ICMP_HOST_UNREACHABLE);
    tell_error(ICMP_PORT_UNREACHABLE, 0, p.sent[0].seq);
    assert_int_equal(events(FLOW_UNREACHABLE), 1);
    assert_int_equal(p.pair.hosts[1].last.icmp, ICMP_PORT_UNREACHABLE);
    flow_release(flow, p.pair.now);
    segment_peer_wipe(&p);

    segment_peer_init(&p, NULL);
    segment_peer_open(&p, NULL);
    assert_int_equal(flow_send(segment_peer_flow(&p), BYTES_LITERAL("x"), p.pair.now), 1);
    wire_pair_pump(&p.pair);
    tell_error(ICMP_PORT_UNREACHABLE, 0, p.ack);
    assert_int_equal(events(FLOW_SOFT_ERROR), 1);
    assert_int_equal(flow_status(segment_peer_flow(&p)).state, FLOW_STATE_ESTABLISHED);
    segment_peer_wipe(&p);
}

static void a_hard_error_ends_a_handshake_that_a_peer_began(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    struct stack *stack = p.pair.hosts[1].stack;
    segment_peer_say_at(&p, p.next, 0, TCP_SYN, NULL);
    assert_int_equal(stack_counts(stack)->pending_now, 1);
    uint32_t seq = segment_peer_last(&p)->seq;
    tell_error(ICMP_PORT_UNREACHABLE, 0, seq + 1); /* somebody guesses */
    tell_error(ICMP_HOST_UNREACHABLE, 0, seq);     /* it may pass */
    assert_int_equal(stack_counts(stack)->pending_now, 1);
    tell_error(ICMP_PORT_UNREACHABLE, 0, seq);
    assert_int_equal(stack_counts(stack)->pending_now, 0);
    size_t sent = p.sent_count;
    segment_peer_wait(&p, 70 * 1000);
    assert_int_equal(p.sent_count, sent);
    /* The port still listens. */
    segment_peer_say_at(&p, p.next, 0, TCP_SYN, NULL);
    tell_error(ICMP_PROTOCOL_UNREACHABLE, 0, segment_peer_last(&p)->seq);
    assert_int_equal(stack_counts(stack)->pending_now, 0);
    assert_int_equal(p.sent_count, sent + 1);
    segment_peer_wipe(&p);
}

static void a_smaller_path_makes_smaller_segments(void **unused)
{
    (void)unused;
    static uint8_t data[5000];
    struct tcp_options options = { .has_mss = true, .mss = 1460 };
    segment_peer_init(&p, NULL);
    segment_peer_open(&p, &options);
    assert_int_equal(flow_send(segment_peer_flow(&p), bytes_of(data, sizeof(data)), p.pair.now),
                     sizeof(data));
    wire_pair_pump(&p.pair);
    assert_int_equal(p.sent[0].payload.len, 1460);
    tell_error(ICMP_PACKET_TOO_BIG, 1000, p.ack - 1); /* quotes what is acknowledged */
    assert_int_equal(flow_status(segment_peer_flow(&p)).mss, 1460);
    size_t before = p.sent_count;
    tell_error(ICMP_PACKET_TOO_BIG, 1000, p.ack);
    assert_int_equal(flow_status(segment_peer_flow(&p)).mss, 960);
    assert_true(p.sent_count > before);
    assert_int_equal(segment_peer_last(&p)->payload.len <= 960, 1);
    assert_int_equal(p.sent[before].seq, p.ack);
    segment_peer_wipe(&p);
}

static size_t echo_request(uint8_t *out, size_t data_len)
{
    struct ip_header ip = {
        .source = p.peer.address, .destination = p.subject.address, .protocol = IP_ICMP, .ttl = 60
    };
    size_t at = ip_header_write(&ip, 8 + data_len, out);
    memset(out + at, 0, 8);
    out[at] = 8;
    memset(out + at + 8, 'e', data_len);
    uint16_t checksum = checksum_finish(checksum_add(0, bytes_of(out + at, 8 + data_len)));
    out[at + 2] = (uint8_t)(checksum >> 8);
    out[at + 3] = (uint8_t)checksum;
    return at + 8 + data_len;
}

static void an_echo_is_answered_with_what_was_asked(void **unused)
{
    (void)unused;
    uint8_t out[1500];
    segment_peer_init(&p, NULL);
    size_t len = echo_request(out, 1400);
    wire_pair_feed(&p.pair, 1, bytes_of(out, len));
    wire_pair_pump(&p.pair);
    assert_int_equal(p.others, 1);
    assert_int_equal(p.pair.last_sent_len[1], len);
    assert_memory_equal(p.pair.last_sent[1] + 28, out + 28, len - 28);
    struct ip_header ip;
    struct icmp_message m;
    assert_int_equal(ip_header_parse(bytes_of(p.pair.last_sent[1], len), &ip), OK);
    assert_int_equal(icmp_message_parse(&ip, false, &m), OK);
    assert_int_equal(m.meaning, ICMP_ECHO_REPLY);
    assert_int_equal(stack_counts(p.pair.hosts[1].stack)->chunks_now, 0);
    wire_pair_feed(&p.pair, 1, bytes_of(out, len));
    wire_pair_pump(&p.pair);
    assert_int_equal(stack_counts(p.pair.hosts[1].stack)->chunks_now, 0);
    segment_peer_wipe(&p);
}

static void what_is_no_tcp_and_no_icmp_is_refused(void **unused)
{
    (void)unused;
    uint8_t out[100];
    segment_peer_init(&p, NULL);
    struct ip_header ip = {
        .source = p.peer.address, .destination = p.subject.address, .protocol = IP_UDP, .ttl = 60
    };
    size_t at = ip_header_write(&ip, 12, out);
    memset(out + at, 1, 12);
    wire_pair_feed(&p.pair, 1, bytes_of(out, at + 12));
    wire_pair_pump(&p.pair);
    struct ip_header answer;
    struct icmp_message m;
    assert_int_equal(
        ip_header_parse(bytes_of(p.pair.last_sent[1], p.pair.last_sent_len[1]), &answer), OK);
    assert_int_equal(icmp_message_parse(&answer, false, &m), OK);
    assert_int_equal(m.meaning, ICMP_PORT_UNREACHABLE);
    segment_peer_wipe(&p);
}

/* A datagram of UDP from 2001:db8::<net>:0:0:0:<host>, or 192.0.<net>.<host>, for the subject; returns whether it is refused. */
static bool is_refused(int version, uint8_t net, uint8_t host)
{
    uint8_t out[48 + 8] = { 0 };
    struct ip_header ip = { .source = wire_pair_endpoint(0, version, 0).address,
                            .destination = wire_pair_endpoint(1, version, 0).address,
                            .protocol = IP_UDP,
                            .ttl = 60 };
    ip.source.octets[version == 4 ? 2 : 7] = net;
    ip.source.octets[version == 4 ? 3 : 15] = host;
    size_t at = ip_header_write(&ip, 8, out), before = p.others;
    wire_pair_feed(&p.pair, 1, bytes_of(out, at + 8));
    wire_pair_pump(&p.pair);
    return p.others > before;
}

/* RFC 4443 section 2.4(f). */
static void one_peer_gets_only_so_many_errors_and_another_does_not_notice(void **unused)
{
    (void)unused;
    for (int version = 4; version <= 6; version += 2) {
        segment_peer_init(&p, NULL);
        const struct stack_counts *counts = stack_counts(p.pair.hosts[1].stack);
        int sent = 0;
        for (int i = 0; i < 50; i++)
            sent += is_refused(version, 9,
                               version == 4 ? 1 : (uint8_t)(1 + i)); /* IPv6: a network is one */
        assert_in_range(sent, 7, 10);
        assert_int_equal(counts->icmp_errors_out, sent);
        assert_int_equal(counts->icmp_errors_held, 50 - sent);
        assert_int_equal(stack_counts(p.pair.hosts[1].stack)->chunks_now, 0);
        assert_true(is_refused(version, 8, 1));
        segment_peer_wait(&p, 2000);
        assert_true(is_refused(version, 9, 1));
        segment_peer_wipe(&p);
    }
}

/* A refusal of an owner is one of them. */
static void what_an_owner_refuses_counts_among_them(void **unused)
{
    (void)unused;
    segment_peer_init(&p, NULL);
    struct stack *stack = p.pair.hosts[1].stack;
    assert_int_equal(flow_listen(stack, 81, true), OK);
    p.subject.port = 81;
    for (int i = 0; i < 30; i++) {
        p.peer.port++;
        segment_peer_say_at(&p, p.next, 0, TCP_SYN, NULL);
        flow_refuse(segment_peer_flow(&p), FLOW_REFUSE_PROHIBITED, p.pair.now);
        wire_pair_pump(&p.pair);
    }
    assert_in_range(p.others, 7, 10);
    assert_int_equal(stack_counts(stack)->icmp_errors_out, p.others);
    assert_int_equal(stack_counts(stack)->flows_now, 0);
    segment_peer_wipe(&p);
}

/* Cuts a packet of IPv4 into fragments of `len` octets and feeds them, from the last to the first if `is_backwards`. */
static void feed_fragments(struct bytes packet, size_t len, bool is_backwards)
{
    struct ip_header ip;
    assert_int_equal(ip_header_parse(packet, &ip), OK);
    size_t count = (ip.payload.len + len - 1) / len;
    for (size_t i = 0; i < count; i++) {
        size_t at = (is_backwards ? count - 1 - i : i) * len;
        struct bytes piece = bytes_slice(ip.payload, at, len);
        struct ip_header header = ip;
        header.dont_fragment = false;
        header.identification = 77;
        header.fragment_offset = (uint16_t)at;
        header.more_fragments = at + piece.len < ip.payload.len;
        uint8_t out[1500];
        size_t header_len = ip_header_write(&header, piece.len, out);
        memcpy(out + header_len, piece.data, piece.len);
        wire_pair_feed(&p.pair, 1, bytes_of(out, header_len + piece.len));
    }
    wire_pair_pump(&p.pair);
}

static void a_segment_in_fragments_is_put_together(void **unused)
{
    (void)unused;
    for (int is_backwards = 0; is_backwards < 2; is_backwards++) {
        segment_peer_init(&p, NULL);
        segment_peer_open(&p, NULL);
        uint8_t out[1500];
        static uint8_t data[1000];
        struct tcp_segment s = {
            .source_port = p.peer.port,
            .destination_port = p.subject.port,
            .seq = p.next,
            .ack = p.ack,
            .flags = TCP_ACK,
            .window = 20000,
        };
        struct ip_header ip = { .source = p.peer.address,
                                .destination = p.subject.address,
                                .protocol = IP_TCP,
                                .ttl = 60 };
        memset(data, 'f', sizeof(data));
        size_t at = ip_header_write(&ip, TCP_HEADER_LEN + sizeof(data), out);
        tcp_segment_write(&s, out + at);
        memcpy(out + at + TCP_HEADER_LEN, data, sizeof(data));
        size_t len = TCP_HEADER_LEN + sizeof(data);
        uint64_t sum = checksum_pseudo_header(&ip.source, &ip.destination, IP_TCP, (uint32_t)len);
        uint16_t checksum = checksum_finish(checksum_add(sum, bytes_of(out + at, len)));
        out[at + 16] = (uint8_t)(checksum >> 8);
        out[at + 17] = (uint8_t)checksum;
        feed_fragments(bytes_of(out, at + len), 256, is_backwards);
        assert_int_equal(p.pair.hosts[1].read_len, sizeof(data));
        assert_memory_equal(p.pair.hosts[1].read, data, sizeof(data));
        segment_peer_wipe(&p);
    }
}

/* RFC 792, RFC 1122 section 3.3.2. */
static void who_sent_a_part_hears_that_the_rest_is_missing(void **unused)
{
    (void)unused;
    uint8_t out[100] = { 0 };
    struct stack *stack;
    struct ip_header ip = { .source = wire_pair_endpoint(0, 4, 0).address,
                            .destination = wire_pair_endpoint(1, 4, 0).address,
                            .protocol = IP_TCP,
                            .ttl = 60,
                            .identification = 5,
                            .more_fragments = true };
    for (int is_later = 0; is_later < 2; is_later++) {
        segment_peer_init(&p, NULL);
        stack = p.pair.hosts[1].stack;
        ip.fragment_offset = is_later ? 16 : 0;
        size_t at = ip_header_write(&ip, 16, out);
        wire_pair_feed(&p.pair, 1, bytes_of(out, at + 16));
        assert_int_equal(stack_is_idle(stack), is_later);
        segment_peer_wait(&p, 59 * 1000);
        assert_int_equal(p.others, 0);
        segment_peer_wait(&p, 2 * 1000);
        assert_int_equal(p.others, is_later ? 0 : 1);
        assert_true(stack_is_idle(stack));
        assert_int_equal(stack_counts(stack)->chunks_now, 0);
        if (!is_later) {
            const uint8_t *sent = p.pair.last_sent[1];
            assert_int_equal(p.pair.last_sent_len[1], 28 + at + 16);
            assert_int_equal(sent[20], 11);
            assert_int_equal(sent[21], 1);
            assert_memory_equal(sent + 28, out, at + 16);
        }
        segment_peer_wipe(&p);
    }
}

static void a_refusal_of_the_owner_reaches_the_peer_as_icmp(void **unused)
{
    (void)unused;
    wire_pair_init(&pair, NULL);
    for (int version = 4; version <= 6; version += 2) {
        struct ip_endpoint to = wire_pair_endpoint(1, version, (uint16_t)(80 + version));
        assert_int_equal(flow_listen(pair.hosts[1].stack, to.port, true), OK);
        assert_int_equal(flow_connect(pair.hosts[0].stack, &to, 0, pair.now, &pair.hosts[0].flow),
                         OK);
        wire_pair_run(&pair, 50);
        flow_refuse(pair.hosts[1].flow, FLOW_REFUSE_PROHIBITED, pair.now);
        wire_pair_run(&pair, 50);
        assert_int_equal(pair.hosts[0].last.kind, FLOW_UNREACHABLE);
        assert_int_equal(pair.hosts[0].last.icmp, ICMP_PROHIBITED);
        flow_release(pair.hosts[0].flow, pair.now);
        pair.hosts[0].flow = NULL;
        assert_int_equal(stack_counts(pair.hosts[0].stack)->flows_now, 0);
        assert_int_equal(stack_counts(pair.hosts[1].stack)->flows_now, 0);
    }
    wire_pair_wipe(&pair);
}

static void an_echo_that_is_asked_for_in_fragments_is_answered_as_far_as_a_packet_takes(
    void **unused)
{
    (void)unused;
    static const size_t lens[] = { 1000, 1472, 1473, 3000 }; /* 1472: what a packet takes */
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        uint8_t out[3100];
        segment_peer_init(&p, NULL);
        size_t len = echo_request(out, lens[i]), reply = len < 1500 ? len : 1500;
        feed_fragments(bytes_of(out, len), 512, i % 2);
        assert_int_equal(p.others, 1);
        assert_int_equal(p.pair.last_sent_len[1], reply);
        assert_memory_equal(p.pair.last_sent[1] + 28, out + 28, reply - 28);
        struct ip_header ip;
        struct icmp_message m;
        assert_int_equal(ip_header_parse(bytes_of(p.pair.last_sent[1], reply), &ip), OK);
        assert_int_equal(icmp_message_parse(&ip, false, &m), OK);
        assert_int_equal(m.meaning, ICMP_ECHO_REPLY);
        /* A damaged one is not. */
        out[len - 1] ^= 1;
        feed_fragments(bytes_of(out, len), 512, false);
        assert_int_equal(p.others, 1);
        assert_int_equal(stack_counts(p.pair.hosts[1].stack)->chunks_now, 0);
        segment_peer_wipe(&p);
    }
}

static void have_a_link_of_1280(struct stack_setup *setup, int host)
{
    (void)host;
    setup->mtu = 1280;
}

static void an_echo_of_ipv6_is_answered_whole_or_not_at_all(void **unused)
{
    (void)unused;
    enum { BEFORE_DATA = 48, MOST = 1280 - BEFORE_DATA };
    static const size_t lens[] = { 0, 1000, MOST, MOST + 1, 4000 };
    static uint8_t body[4 + 4000], out[BEFORE_DATA + 4000];
    memset(body, 'e', sizeof(body));
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        segment_peer_init(&p, have_a_link_of_1280);
        const struct icmp_message request = { .meaning = ICMP_ECHO_REQUEST,
                                              .version = 6,
                                              .type = 128,
                                              .body = bytes_of(body, 4 + lens[i]) };
        const struct ip_header to_us = { .source = wire_pair_endpoint(0, 6, 0).address,
                                         .destination = wire_pair_endpoint(1, 6, 0).address,
                                         .ttl = 60 };
        size_t len = icmp_message_write(&request, &to_us, (struct span){ out, sizeof(out) });
        assert_int_equal(len, BEFORE_DATA + lens[i]);
        wire_pair_feed(&p.pair, 1, bytes_of(out, len));
        wire_pair_pump(&p.pair);
        assert_int_equal(p.others, lens[i] <= MOST);
        assert_int_equal(stack_counts(p.pair.hosts[1].stack)->chunks_now, 0);
        if (p.others) {
            struct ip_header ip;
            struct icmp_message m;
            assert_int_equal(p.pair.last_sent_len[1], len);
            assert_int_equal(ip_header_parse(bytes_of(p.pair.last_sent[1], len), &ip), OK);
            assert_int_equal(icmp_message_parse(&ip, false, &m), OK);
            assert_int_equal(m.meaning, ICMP_ECHO_REPLY);
            assert_true(bytes_equal(m.body, request.body));
        }
        segment_peer_wipe(&p);
    }
}

/* A path that swallows what is too long, and says nothing. */
static enum wire_fate swallow(struct wire_pair *w, int from, struct wire_packet *packet)
{
    const size_t *limit = w->context;
    return from == 0 && packet->len > *limit ? WIRE_IS_LOST : WIRE_PASSES;
}

static void send_all(const uint8_t *data, size_t len)
{
    pair.hosts[1].read_len = 0;
    assert_int_equal(flow_send(pair.hosts[0].flow, bytes_of(data, len), pair.now), len);
    wire_pair_run(&pair, 60 * 1000);
    assert_int_equal(pair.hosts[1].read_len, len);
}

static void a_black_hole_is_found_and_when_it_is_gone_that_too(void **unused)
{
    (void)unused;
    static uint8_t data[200000];
    size_t limit = 1300;
    wire_pair_init(&pair, NULL);
    pair.filter = swallow;
    pair.context = &limit;
    wire_pair_connect(&pair, 4);
    send_all(data, sizeof(data));
    uint16_t mss = flow_status(pair.hosts[0].flow).mss;
    assert_in_range(mss, 524, 1300 - 52);
    limit = 1500;
    for (int i = 0; i < 5; i++) {
        wire_pair_run(&pair, 601 * 1000);
        send_all(data, sizeof(data));
    }
    assert_in_range(flow_status(pair.hosts[0].flow).mss, 1448 - 32, 1448);
    wire_pair_wipe(&pair);
}

/* Each probe of the path is lost; nothing else is. */
static void a_probe_that_is_lost_does_not_make_the_window_smaller(void **unused)
{
    (void)unused;
    static uint8_t data[200000];
    size_t limit = 1300;
    wire_pair_init(&pair, NULL);
    pair.filter = swallow;
    pair.context = &limit;
    wire_pair_connect(&pair, 4);
    send_all(data, sizeof(data));
    uint16_t mss = flow_status(pair.hosts[0].flow).mss;
    limit = (size_t)mss + 52;
    for (int i = 0; i < 3; i++) {
        wire_pair_run(&pair, 601 * 1000);
        struct flow_status before = flow_status(pair.hosts[0].flow);
        send_all(data, sizeof(data));
        struct flow_status after = flow_status(pair.hosts[0].flow);
        assert_true(after.retransmitted >= before.retransmitted + mss);
        assert_true(after.retransmitted < before.retransmitted + 40 * 1448);
        assert_true(after.slow_start_threshold >= before.slow_start_threshold);
        assert_true(after.congestion_window >= 10 * (uint32_t)mss);
    }
    assert_in_range(flow_status(pair.hosts[0].flow).mss, mss, mss);
    wire_pair_wipe(&pair);
}

/* ---- ECN ---- */

static void ask_for_ecn(struct stack_setup *setup, int host)
{
    setup->asks_for_ecn = host == 0;
}

/* What a router in trouble does: it marks every tenth packet that may be marked. */
static enum wire_fate mark(struct wire_pair *w, int from, struct wire_packet *packet)
{
    struct ip_header ip;
    struct tcp_segment s;
    if (from != 0 || !wire_pair_parse(bytes_of(packet->octets, packet->len), &ip, &s) ||
        ip.ecn == ECN_NOT_CAPABLE || w->sent[0] % 10 != 0)
        return WIRE_PASSES;
    uint64_t *marks = w->context;
    ++*marks;
    ip.ecn = ECN_CONGESTED;
    ip_header_write(&ip, ip.payload.len, packet->octets);
    return WIRE_PASSES;
}

static void a_mark_slows_down_and_nothing_is_sent_again(void **unused)
{
    (void)unused;
    static uint8_t data[500000];
    uint64_t marks = 0;
    wire_pair_init(&pair, ask_for_ecn);
    pair.filter = mark;
    pair.context = &marks;
    wire_pair_connect(&pair, 4);
    assert_true(flow_status(pair.hosts[0].flow).has_ecn);
    assert_true(flow_status(pair.hosts[1].flow).has_ecn);
    assert_int_equal(flow_send(pair.hosts[0].flow, bytes_of(data, sizeof(data)), pair.now),
                     sizeof(data));
    wire_pair_run(&pair, 5000);
    assert_int_equal(pair.hosts[1].read_len, sizeof(data));
    assert_true(marks > 10);
    assert_true(flow_status(pair.hosts[0].flow).slow_start_threshold < 100000);
    assert_int_equal(stack_counts(pair.hosts[0].stack)->retransmitted, 0);
    wire_pair_wipe(&pair);

    wire_pair_init(&pair, NULL);
    wire_pair_connect(&pair, 4);
    assert_false(flow_status(pair.hosts[0].flow).has_ecn);
    wire_pair_wipe(&pair);
}

/* ---- large frames ---- */

static void take_large(struct stack_setup *setup, int host)
{
    (void)host;
    setup->has_large_segments = true;
}

static void a_link_that_cuts_segments_gets_large_ones(void **unused)
{
    (void)unused;
    static uint8_t data[3000001];
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * 13 + i / 4099);
    wire_pair_init(&pair, take_large);
    pair.has_large_segments = true;
    wire_pair_connect(&pair, 6);
    assert_int_equal(flow_send(pair.hosts[0].flow, bytes_of(data, sizeof(data)), pair.now),
                     sizeof(data));
    wire_pair_run(&pair, 3000);
    assert_int_equal(pair.hosts[1].read_len, sizeof(data));
    assert_memory_equal(pair.hosts[1].read, data, sizeof(data));
    const struct stack_counts *counts = stack_counts(pair.hosts[0].stack);
    assert_int_equal(counts->retransmitted, 0);
    assert_true(counts->segments_out < 400); /* 2101 of the size of the MTU */
    assert_int_equal(counts->chunks_now, 0);
    wire_pair_wipe(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hard_error_ends_only_what_is_not_open_yet),
        cmocka_unit_test(a_hard_error_ends_a_handshake_that_a_peer_began),
        cmocka_unit_test(a_smaller_path_makes_smaller_segments),
        cmocka_unit_test(an_echo_is_answered_with_what_was_asked),
        cmocka_unit_test(what_is_no_tcp_and_no_icmp_is_refused),
        cmocka_unit_test(one_peer_gets_only_so_many_errors_and_another_does_not_notice),
        cmocka_unit_test(what_an_owner_refuses_counts_among_them),
        cmocka_unit_test(a_segment_in_fragments_is_put_together),
        cmocka_unit_test(
            an_echo_that_is_asked_for_in_fragments_is_answered_as_far_as_a_packet_takes),
        cmocka_unit_test(an_echo_of_ipv6_is_answered_whole_or_not_at_all),
        cmocka_unit_test(who_sent_a_part_hears_that_the_rest_is_missing),
        cmocka_unit_test(a_refusal_of_the_owner_reaches_the_peer_as_icmp),
        cmocka_unit_test(a_black_hole_is_found_and_when_it_is_gone_that_too),
        cmocka_unit_test(a_probe_that_is_lost_does_not_make_the_window_smaller),
        cmocka_unit_test(a_mark_slows_down_and_nothing_is_sent_again),
        cmocka_unit_test(a_link_that_cuts_segments_gets_large_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
