/* SPDX-License-Identifier: BSD-2-Clause */
/* TCP behind extension headers of IPv6 (RFC 8200 section 4), and what is said of those that are not understood. */
#include "base/check.h"
#include "machine/segment_peer.h"
#include "tcpip/wire/checksum.h"
#include "tcpip/wire/icmp_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { TCP_AT = 40, PACKET_MAX = 400 };
enum { HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT = 44, DESTINATION = 60 };

static struct segment_peer p;

/* A segment of the peer's as a packet without extension headers. */
static size_t write_segment(uint32_t seq, uint32_t ack, uint8_t flags, const char *data,
                            uint8_t *out)
{
    struct ip_header ip = {
        .source = p.peer.address, .destination = p.subject.address, .protocol = IP_TCP, .ttl = 60
    };
    struct tcp_segment s = { .source_port = p.peer.port,
                             .destination_port = p.subject.port,
                             .seq = seq,
                             .ack = ack,
                             .flags = flags,
                             .window = 20000 };
    size_t len = TCP_HEADER_LEN + strlen(data);
    assert_int_equal(ip_header_write(&ip, len, out), TCP_AT);
    tcp_segment_write(&s, out + TCP_AT);
    memcpy(out + TCP_AT + TCP_HEADER_LEN, data, strlen(data));
    uint64_t sum = checksum_pseudo_header(&ip.source, &ip.destination, IP_TCP, (uint32_t)len);
    uint16_t checksum = checksum_finish(checksum_add(sum, bytes_of(out + TCP_AT, len)));
    out[TCP_AT + 16] = (uint8_t)(checksum >> 8);
    out[TCP_AT + 17] = (uint8_t)checksum;
    return TCP_AT + len;
}

/* What stands between the header of IPv6 and what it has as its payload; the last names TCP. */
struct chain {
    uint8_t first;
    size_t len;
    uint8_t octets[48];
};

/* Feeds `packet` with the chain in it; its payload from `from`, and as long as `len`, if that is not 0. */
static void feed_part(struct bytes packet, const struct chain *chain, size_t from, size_t len)
{
    uint8_t out[PACKET_MAX];
    struct bytes payload = bytes_skip(packet, TCP_AT + from);
    if (len > 0)
        payload = bytes_slice(payload, 0, len);
    CHECK(TCP_AT + chain->len + payload.len <= sizeof(out));
    memcpy(out, packet.data, TCP_AT);
    out[4] = 0;
    out[5] = (uint8_t)(chain->len + payload.len);
    out[6] = chain->first;
    memcpy(out + TCP_AT, chain->octets, chain->len);
    memcpy(out + TCP_AT + chain->len, payload.data, payload.len);
    wire_pair_feed(&p.pair, 1, bytes_of(out, TCP_AT + chain->len + payload.len));
    wire_pair_pump(&p.pair);
}

static void say(const struct chain *chain, uint32_t seq, uint32_t ack, uint8_t flags,
                const char *data)
{
    uint8_t packet[PACKET_MAX];
    size_t len = write_segment(seq, ack, flags, data, packet);
    feed_part(bytes_of(packet, len), chain, 0, 0);
}

static void begin(void)
{
    segment_peer_init(&p, NULL);
    p.peer = wire_pair_endpoint(0, 6, SEGMENT_PEER_PORT);
    p.subject = wire_pair_endpoint(1, 6, SEGMENT_PEER_LISTENS);
}

#define PADDED(next) next, 0, 1, 4, 0, 0, 0, 0
#define ATOMIC(next) next, 0, 0, 0, 1, 2, 3, 4

static const struct chain known[] = {
    { HOP_BY_HOP, 8, { PADDED(IP_TCP) } },
    { DESTINATION, 8, { PADDED(IP_TCP) } },
    { DESTINATION, 8, { IP_TCP, 0, 0x1e, 4, 1, 2, 3, 4 } }, /* unknown, and to be skipped */
    { FRAGMENT, 8, { ATOMIC(IP_TCP) } },
    { ROUTING, 8, { IP_TCP, 0, 77, 0, 0, 0, 0, 0 } }, /* unknown, without segments left */
    { HOP_BY_HOP, 24, { PADDED(DESTINATION), PADDED(FRAGMENT), ATOMIC(IP_TCP) } },
    { FRAGMENT, 16, { ATOMIC(DESTINATION), PADDED(IP_TCP) } },
};

static void a_connection_behind_extension_headers_is_one_like_any_other(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        begin();
        say(&known[i], 5000, 0, TCP_SYN, "");
        assert_int_equal(segment_peer_last(&p)->flags, TCP_SYN | TCP_ACK);
        uint32_t ack = segment_peer_last(&p)->seq + 1;
        say(&known[i], 5001, ack, TCP_ACK, "hello");
        assert_int_equal(p.pair.hosts[1].events[FLOW_OPENED], 1);
        assert_int_equal(p.pair.hosts[1].read_len, 5);
        assert_memory_equal(p.pair.hosts[1].read, "hello", 5);
        say(&known[i], 5006, ack, TCP_ACK | TCP_FIN, "");
        assert_int_equal(p.pair.hosts[1].events[FLOW_PEER_CLOSED], 1);
        assert_int_equal(p.others, 0);
        segment_peer_wipe(&p);
    }
}

/* In two fragments, of which the first begins with destination options (RFC 8200 section 4.5). */
static void a_segment_behind_options_may_come_in_fragments(void **unused)
{
    (void)unused;
    begin();
    segment_peer_open(&p, NULL);
    uint8_t packet[PACKET_MAX];
    size_t len = write_segment(p.next, p.ack, TCP_ACK, "twelve oktet", packet);
    feed_part(bytes_of(packet, len),
              &(struct chain){ FRAGMENT, 16, { DESTINATION, 0, 0, 1, 9, 9, 9, 9, PADDED(IP_TCP) } },
              0, 16);
    assert_int_equal(p.pair.hosts[1].read_len, 0);
    feed_part(bytes_of(packet, len),
              &(struct chain){ FRAGMENT, 8, { DESTINATION, 0, 0, 8 + 16, 9, 9, 9, 9 } }, 16, 0);
    assert_int_equal(p.pair.hosts[1].read_len, 12);
    assert_memory_equal(p.pair.hosts[1].read, "twelve oktet", 12);
    segment_peer_wipe(&p);
}

/* The Parameter Problem that the subject sent last. */
static struct icmp_message problem(size_t cause_len)
{
    struct ip_header ip;
    struct icmp_message m;
    struct bytes sent = bytes_of(p.pair.last_sent[1], p.pair.last_sent_len[1]);
    assert_int_equal(ip_header_parse(sent, &ip), OK);
    assert_true(ip_address_equal(&ip.source, &p.subject.address));
    assert_true(ip_address_equal(&ip.destination, &p.peer.address));
    assert_int_equal(icmp_message_parse(&ip, false, &m), OK);
    assert_int_equal(m.meaning, ICMP_PARAMETER_PROBLEM);
    assert_int_equal(m.body.len, cause_len);
    return m;
}

static void what_is_not_understood_is_told_the_sender_if_he_is_to_know(void **unused)
{
    (void)unused;
    static const struct {
        struct chain chain;
        int code; /* -1: nothing is said */
        uint8_t pointer;
    } cases[] = {
        { { DESTINATION, 8, { IP_TCP, 0, 0x5e, 4, 0, 0, 0, 0 } }, -1, 0 },
        { { DESTINATION, 8, { IP_TCP, 0, 0x9e, 4, 0, 0, 0, 0 } }, 2, 42 },
        { { HOP_BY_HOP, 8, { IP_TCP, 0, 1, 0, 0xde, 2, 0, 0 } }, 2, 44 },
        { { HOP_BY_HOP, 16, { PADDED(DESTINATION), IP_TCP, 0, 0, 0x80, 3, 0, 0, 0 } }, 2, 51 },
        { { ROUTING, 8, { IP_TCP, 0, 0, 1, 0, 0, 0, 0 } }, 0, 42 },
        { { DESTINATION, 16, { PADDED(ROUTING), IP_TCP, 0, 253, 7, 0, 0, 0, 0 } }, 0, 50 },
        { { DESTINATION, 8, { IP_TCP, 0, 0x9e, 5, 0, 0, 0, 0 } }, -1, 0 }, /* it does not fit */
        { { DESTINATION, 16, { PADDED(HOP_BY_HOP), PADDED(IP_TCP) } }, -1, 0 },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        begin();
        say(&cases[i].chain, 5000, 0, TCP_SYN, "");
        assert_int_equal(p.sent_count, 0);
        assert_int_equal(p.others, cases[i].code >= 0);
        assert_int_equal(stack_counts(p.pair.hosts[1].stack)->dropped_damaged, 1);
        if (cases[i].code >= 0) {
            struct icmp_message m = problem(TCP_AT + cases[i].chain.len + TCP_HEADER_LEN);
            assert_int_equal(m.code, cases[i].code);
            static const uint8_t zero[3];
            assert_memory_equal(p.pair.last_sent[1] + 44, zero, 3);
            assert_int_equal(p.pair.last_sent[1][47], cases[i].pointer);
        }
        segment_peer_wipe(&p);
    }
}

/* RFC 4443 section 2.4(e) and (f). */
static void nothing_is_said_of_errors_and_no_more_than_the_limit(void **unused)
{
    (void)unused;
    static const struct chain bad = { DESTINATION, 8, { IP_TCP, 0, 0x9e, 4, 0, 0, 0, 0 } };
    static const struct chain of_icmp = { DESTINATION, 8, { IP_ICMPV6, 0, 0x9e, 4, 0, 0, 0, 0 } };
    begin();
    uint8_t packet[PACKET_MAX];
    size_t len = write_segment(1, 1, TCP_SYN, "", packet);
    packet[TCP_AT] = 1; /* of ICMPv6: unreachable */
    feed_part(bytes_of(packet, len), &of_icmp, 0, 0);
    assert_int_equal(p.others, 0);
    for (int i = 0; i < 40; i++)
        say(&bad, 5000, 0, TCP_SYN, "");
    assert_in_range(p.others, 7, 10);
    segment_peer_wipe(&p);
}

static void nothing_is_said_to_a_sender_of_something_for_somebody_else(void **unused)
{
    (void)unused;
    static const struct chain bad = { DESTINATION, 8, { IP_TCP, 0, 0x9e, 4, 0, 0, 0, 0 } };
    begin();
    p.subject.address.octets[15] = 99;
    say(&bad, 5000, 0, TCP_SYN, "");
    assert_int_equal(p.others, 0);
    assert_int_equal(stack_counts(p.pair.hosts[1].stack)->dropped_foreign, 1);
    segment_peer_wipe(&p);
}

/* RFC 4443 section 3.3, code 1. */
static void who_sent_a_part_hears_that_the_rest_is_missing(void **unused)
{
    (void)unused;
    begin();
    uint8_t packet[PACKET_MAX];
    size_t len = write_segment(1, 1, TCP_ACK, "twelve oktet", packet);
    feed_part(bytes_of(packet, len),
              &(struct chain){ FRAGMENT, 8, { IP_TCP, 0, 0, 1, 9, 9, 9, 9 } }, 0, 16);
    segment_peer_wait(&p, 61 * 1000);
    assert_int_equal(p.others, 1);
    assert_int_equal(p.pair.last_sent_len[1], 48 + 40 + 8 + 16);
    assert_int_equal(p.pair.last_sent[1][40], 3);
    assert_int_equal(p.pair.last_sent[1][41], 1);
    assert_memory_equal(p.pair.last_sent[1] + 48 + 8, p.peer.address.octets, 16);
    segment_peer_wipe(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_connection_behind_extension_headers_is_one_like_any_other),
        cmocka_unit_test(a_segment_behind_options_may_come_in_fragments),
        cmocka_unit_test(what_is_not_understood_is_told_the_sender_if_he_is_to_know),
        cmocka_unit_test(nothing_is_said_of_errors_and_no_more_than_the_limit),
        cmocka_unit_test(who_sent_a_part_hears_that_the_rest_is_missing),
        cmocka_unit_test(nothing_is_said_to_a_sender_of_something_for_somebody_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
