/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/wire/ip_header.h"

#include "tcpip/wire/checksum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Made by another implementation: 192.0.2.1 to 198.51.100.7, DSCP 46, ECT(0), don't fragment, TTL 63, identification
 * 0x1234, protocol 6, payload "hello". */
static const uint8_t v4[] = {
    0x45, 0xba, 0x00, 0x19, 0x12, 0x34, 0x40, 0x00, 0x3f, 0x06, 0x00, 0x00, /* checksum below */
    192,  0,    2,    1,    198,  51,   100,  7,    'h',  'e',  'l',  'l',  'o',
};
enum { V4_CHECKSUM = 0x3cb5 };

/* The same for 2001:db8::1 to 2001:db8::2, hop limit 64, flow label 0xabcde. */
static const uint8_t v6[] = {
    0x6b, 0xaa, 0xbc, 0xde, 0x00, 0x05, 0x06, 0x40, 0x20, 0x01, 0x0d, 0xb8, 0,    0,   0,
    0,    0,    0,    0,    0,    0,    0,    0,    1,    0x20, 0x01, 0x0d, 0xb8, 0,   0,
    0,    0,    0,    0,    0,    0,    0,    0,    0,    2,    'h',  'e',  'l',  'l', 'o',
};

/* Parses a copy that ends where its memory ends, so that a sanitizer sees each step too far. */
static enum err parse(const uint8_t *octets, size_t len, struct ip_header *out)
{
    uint8_t *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, octets, len);
    enum err err = ip_header_parse(bytes_of(copy, len), out);
    if (err == OK)
        assert_true(out->payload.data >= copy &&
                    out->payload.data + out->payload.len <= copy + len);
    free(copy);
    return err;
}

static void finish_v4(uint8_t *packet)
{
    size_t len = (packet[0] & 15u) * 4u;
    packet[10] = packet[11] = 0;
    uint16_t sum = checksum_finish(checksum_add(0, bytes_of(packet, len)));
    packet[10] = (uint8_t)(sum >> 8);
    packet[11] = (uint8_t)sum;
}

static void make_v4(uint8_t packet[sizeof(v4)])
{
    memcpy(packet, v4, sizeof(v4));
    packet[10] = V4_CHECKSUM >> 8;
    packet[11] = V4_CHECKSUM & 0xff;
}

static void a_header_of_ipv4_is_read(void **state)
{
    (void)state;
    uint8_t packet[sizeof(v4)];
    struct ip_header h;
    make_v4(packet);
    assert_int_equal(ip_header_parse(bytes_of(packet, sizeof(packet)), &h), OK);
    assert_int_equal(h.source.version, 4);
    assert_memory_equal(h.source.octets, "\xc0\0\2\1\0\0\0\0\0\0\0\0\0\0\0\0", 16);
    assert_memory_equal(h.destination.octets, "\xc6\x33\x64\x07", 4);
    assert_int_equal(h.dscp, 46);
    assert_int_equal(h.ecn, ECN_CAPABLE_0);
    assert_int_equal(h.ttl, 63);
    assert_int_equal(h.protocol, IP_TCP);
    assert_int_equal(h.identification, 0x1234);
    assert_true(h.dont_fragment && !ip_header_is_fragment(&h));
    assert_int_equal(h.header_len, 20);
    assert_true(bytes_is(h.payload, "hello"));
}

static void a_header_of_ipv6_is_read(void **state)
{
    (void)state;
    struct ip_header h;
    assert_int_equal(ip_header_parse(bytes_of(v6, sizeof(v6)), &h), OK);
    assert_int_equal(h.source.version, 6);
    assert_int_equal(h.source.octets[15], 1);
    assert_int_equal(h.destination.octets[15], 2);
    assert_int_equal(h.dscp, 46);
    assert_int_equal(h.ecn, ECN_CAPABLE_0);
    assert_int_equal(h.ttl, 64);
    assert_int_equal(h.flow_label, 0xabcde);
    assert_int_equal(h.header_len, 40);
    assert_true(h.dont_fragment && !ip_header_is_fragment(&h));
    assert_true(bytes_is(h.payload, "hello"));
}

static void what_is_written_is_the_same_again(void **state)
{
    (void)state;
    uint8_t packet[sizeof(v4)], out[IP_HEADER_LEN_V6];
    struct ip_header h;
    make_v4(packet);
    assert_int_equal(ip_header_parse(bytes_of(packet, sizeof(packet)), &h), OK);
    assert_int_equal(ip_header_write(&h, h.payload.len, out), IP_HEADER_LEN_V4);
    assert_memory_equal(out, packet, IP_HEADER_LEN_V4);
    assert_int_equal(ip_header_parse(bytes_of(v6, sizeof(v6)), &h), OK);
    assert_int_equal(ip_header_write(&h, h.payload.len, out), IP_HEADER_LEN_V6);
    assert_memory_equal(out, v6, IP_HEADER_LEN_V6);
}

static void padding_behind_a_packet_is_not_its_payload(void **state)
{
    (void)state;
    uint8_t packet[sizeof(v6) + 9] = { 0 };
    struct ip_header h;
    make_v4(packet);
    assert_int_equal(parse(packet, sizeof(v4) + 9, &h), OK);
    assert_int_equal(h.payload.len, 5);
    memcpy(packet, v6, sizeof(v6));
    assert_int_equal(parse(packet, sizeof(v6) + 9, &h), OK);
    assert_int_equal(h.payload.len, 5);
}

static void every_prefix_of_a_packet_is_truncated(void **state)
{
    (void)state;
    uint8_t packet[sizeof(v4)];
    struct ip_header h;
    make_v4(packet);
    for (size_t len = 0; len < sizeof(v4); len++)
        assert_int_equal(parse(packet, len, &h), ERR_TRUNCATED);
    for (size_t len = 0; len < sizeof(v6); len++)
        assert_int_equal(parse(v6, len, &h), ERR_TRUNCATED);
}

static void any_changed_octet_of_an_ipv4_header_is_found_or_bounded(void **state)
{
    (void)state;
    for (size_t at = 0; at < IP_HEADER_LEN_V4; at++) {
        for (unsigned flip = 1; flip < 256; flip++) {
            uint8_t packet[sizeof(v4)];
            struct ip_header h;
            make_v4(packet);
            packet[at] ^= (uint8_t)flip;
            assert_int_not_equal(parse(packet, sizeof(packet), &h), OK);
            if (at != 10 && at != 11 && packet[0] >> 4 == 4 && (packet[0] & 15) == 5) {
                finish_v4(packet);
                (void)parse(packet, sizeof(packet), &h);
            }
        }
    }
}

static void any_changed_octet_of_an_ipv6_packet_is_bounded(void **state)
{
    (void)state;
    for (size_t at = 0; at < sizeof(v6); at++) {
        for (unsigned flip = 1; flip < 256; flip++) {
            uint8_t packet[sizeof(v6)];
            struct ip_header h;
            memcpy(packet, v6, sizeof(v6));
            packet[at] ^= (uint8_t)flip;
            (void)parse(packet, sizeof(packet), &h);
        }
    }
}

/* An IPv4 packet with the options, padded to words by the caller, and one octet of payload. */
static enum err parse_v4_options(const uint8_t *options, size_t len)
{
    uint8_t packet[61] = { 0 };
    struct ip_header h;
    memcpy(packet, v4, 20);
    memcpy(packet + 20, options, len);
    packet[0] = (uint8_t)(0x40 | (20 + len) / 4);
    packet[3] = (uint8_t)(20 + len + 1);
    finish_v4(packet);
    enum err err = parse(packet, 20 + len + 1, &h);
    if (err == OK)
        assert_true(h.header_len == 20 + len && h.payload.len == 1);
    return err;
}

static void options_of_ipv4_are_skipped_by_their_lengths(void **state)
{
    (void)state;
    assert_int_equal(parse_v4_options((const uint8_t[]){ 1, 1, 1, 1 }, 4), OK);
    assert_int_equal(parse_v4_options((const uint8_t[]){ 0, 9, 9, 9 }, 4), OK);
    assert_int_equal(parse_v4_options((const uint8_t[]){ 148, 4, 0, 0 }, 4), OK);
    assert_int_equal(parse_v4_options((const uint8_t[]){ 77, 3, 0, 1, 1, 78, 2, 0 }, 8), OK);
    for (unsigned len = 0; len < 256; len++) {
        const uint8_t options[4] = { 77, (uint8_t)len };
        assert_int_equal(parse_v4_options(options, 4), len >= 2 && len <= 4 ? OK : ERR_BAD_VALUE);
    }
    assert_int_equal(parse_v4_options((const uint8_t[]){ 1, 1, 1, 77 }, 4), ERR_BAD_VALUE);
}

static void source_routes_are_refused(void **state)
{
    (void)state;
    const uint8_t loose[8] = { 131, 7, 4, 10, 0, 0, 1 }, strict[8] = { 1, 137, 7, 4, 10, 0, 0, 1 };
    assert_int_equal(parse_v4_options(loose, 8), ERR_BAD_VALUE);
    assert_int_equal(parse_v4_options(strict, 8), ERR_BAD_VALUE);
}

/* A fragment of IPv4 with `len` octets. */
static enum err parse_fragment(uint16_t offset, bool more, size_t len, struct ip_header *h)
{
    static uint8_t packet[20 + 64];
    const struct ip_header header = { .source = { 4, { 192, 0, 2, 1 } },
                                      .destination = { 4, { 192, 0, 2, 2 } },
                                      .protocol = IP_TCP,
                                      .more_fragments = more,
                                      .fragment_offset = offset };
    assert_true(len <= 64);
    assert_int_equal(ip_header_write(&header, len, packet), 20);
    return ip_header_parse(bytes_of(packet, 20 + len), h);
}

static void fragments_fit_a_datagram(void **state)
{
    (void)state;
    struct ip_header h;
    assert_int_equal(parse_fragment(0, true, 64, &h), OK);
    assert_true(h.more_fragments && ip_header_is_fragment(&h));
    assert_int_equal(parse_fragment(64, false, 3, &h), OK);
    assert_int_equal(h.fragment_offset, 64);
    assert_true(!h.more_fragments && ip_header_is_fragment(&h));
    assert_int_equal(parse_fragment(64, true, 63, &h), ERR_BAD_VALUE);
    assert_int_equal(parse_fragment(65504, false, 11, &h), OK);
    assert_int_equal(parse_fragment(65504, false, 12, &h), ERR_BAD_VALUE);
    assert_int_equal(parse_fragment(65528, false, 64, &h), ERR_BAD_VALUE);
}

/* An IPv6 packet whose extension headers these are; `next` is the first one's type. */
static enum err parse_chain(uint8_t next, const uint8_t *chain, size_t len, struct ip_header *h)
{
    static uint8_t packet[40 + 256];
    memcpy(packet, v6, 40);
    packet[5] = (uint8_t)len;
    packet[6] = next;
    memcpy(packet + 40, chain, len);
    return ip_header_parse(bytes_of(packet, 40 + len), h);
}
#define CHAIN(next, h, ...) \
    parse_chain(next, (const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }), h)
#define PADDED(next)               next, 0, 1, 4, 0, 0, 0, 0
#define ROUTE(next, segments_left) next, 0, 0, segments_left, 0, 0, 0, 0
#define FRAGMENT(next, high, low)  next, 0, high, low, 1, 2, 3, 4

static void extension_headers_are_skipped_in_their_order(void **state)
{
    (void)state;
    struct ip_header h;
    assert_int_equal(
        CHAIN(0, &h, PADDED(60), PADDED(43), ROUTE(44, 0), FRAGMENT(60, 0, 0), PADDED(6), 'h', 'i'),
        OK);
    assert_int_equal(h.protocol, IP_TCP);
    assert_int_equal(h.header_len, 40 + 5 * 8);
    assert_int_equal(h.protocol_at, 40 + 4 * 8);
    assert_int_equal(h.identification, 0x01020304);
    assert_false(ip_header_is_fragment(&h)); /* an atomic one (RFC 6946) */
    assert_true(bytes_is(h.payload, "hi"));
    assert_int_equal(CHAIN(60, &h, 59, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), OK);
    assert_int_equal(h.protocol, IP_IPV6_NONE);
    assert_int_equal(h.header_len, 40 + 16);
    assert_int_equal(CHAIN(59, &h, 1, 2, 3), OK);
    assert_int_equal(h.payload.len, 3);
}

static void extension_headers_elsewhere_or_too_often_are_refused(void **state)
{
    (void)state;
    struct ip_header h;
    assert_int_equal(CHAIN(60, &h, PADDED(0), PADDED(6)), ERR_BAD_VALUE);
    assert_int_equal(CHAIN(0, &h, PADDED(0), PADDED(6)), ERR_BAD_VALUE);
    assert_int_equal(CHAIN(43, &h, ROUTE(43, 0), ROUTE(6, 0)), ERR_BAD_VALUE);
    assert_int_equal(CHAIN(44, &h, FRAGMENT(44, 0, 0), FRAGMENT(6, 0, 0)), ERR_BAD_VALUE);
    assert_int_equal(CHAIN(44, &h, FRAGMENT(43, 0, 0), ROUTE(6, 0)), ERR_BAD_VALUE);
    assert_int_equal(CHAIN(60, &h, PADDED(60), PADDED(60), PADDED(6)), ERR_BAD_VALUE);
    assert_int_equal(CHAIN(60, &h, PADDED(60), PADDED(43), ROUTE(6, 0)), ERR_BAD_VALUE);
    uint8_t endless[248] = { 0 };
    assert_int_equal(parse_chain(0, endless, sizeof(endless), &h), ERR_BAD_VALUE);
}

static void extension_headers_that_do_not_fit_are_truncated(void **state)
{
    (void)state;
    struct ip_header h;
    static const uint8_t types[] = { 0, 43, 44, 60 };
    for (size_t i = 0; i < sizeof(types); i++) {
        uint8_t chain[16] = { IP_TCP };
        for (size_t len = 0; len < 8; len++)
            assert_int_equal(parse_chain(types[i], chain, len, &h), ERR_TRUNCATED);
        assert_int_equal(parse_chain(types[i], chain, 8, &h), OK);
        for (unsigned len = 1; len < 256 && types[i] != 44; len++) {
            chain[1] = (uint8_t)len;
            assert_int_equal(parse_chain(types[i], chain, sizeof(chain), &h),
                             len == 1 ? OK : ERR_TRUNCATED);
        }
    }
}

static void routing_headers_with_segments_left_are_refused(void **state)
{
    (void)state;
    struct ip_header h;
    for (unsigned type = 0; type < 256; type++) {
        assert_int_equal(CHAIN(43, &h, 6, 0, (uint8_t)type, 0, 0, 0, 0, 0), OK);
        assert_int_equal(CHAIN(43, &h, 6, 0, (uint8_t)type, 1, 0, 0, 0, 0), ERR_UNSUPPORTED);
        assert_true(h.fault.is_told);
        assert_int_equal(h.fault.code, 0);
        assert_int_equal(h.fault.at, 42); /* the routing type: RFC 8200 section 4.4 */
        assert_int_equal(CHAIN(43, &h, 6, 0, 4, (uint8_t)type, 0, 0, 0, 0),
                         type ? ERR_UNSUPPORTED : OK);
    }
}

static void options_of_ipv6_say_what_becomes_of_the_packet(void **state)
{
    (void)state;
    struct ip_header h;
    for (unsigned type = 2; type < 256; type++) {
        assert_int_equal(CHAIN(60, &h, 6, 0, (uint8_t)type, 4, 0, 0, 0, 0),
                         type & 0xc0 ? ERR_UNSUPPORTED : OK);
        assert_int_equal(h.fault.is_there, type >= 0x40);
        assert_int_equal(h.fault.is_told, type >= 0x80);
        assert_int_equal(h.fault.code, type >= 0x40 ? 2 : 0);
        assert_int_equal(h.fault.at, type >= 0x40 ? 42 : 0);
    }
    for (unsigned len = 0; len < 256; len++)
        assert_int_equal(CHAIN(0, &h, 6, 0, 0x1e, (uint8_t)len, 0, 0, 0, 0),
                         len <= 4 ? OK : ERR_BAD_VALUE);
    assert_int_equal(CHAIN(0, &h, 6, 0, 0, 0, 0, 0, 0, 0x1e), ERR_BAD_VALUE);
    assert_int_equal(CHAIN(0, &h, 6, 0, 0xc2, 4, 0, 1, 0, 0), ERR_UNSUPPORTED); /* a jumbogram */
}

static void the_first_fault_counts_and_what_follows_is_read_all_the_same(void **state)
{
    (void)state;
    struct ip_header h;
    assert_int_equal(
        CHAIN(0, &h, 60, 0, 0, 0x81, 3, 0, 0, 0, 43, 0, 0xc2, 4, 0, 0, 0, 0, ROUTE(58, 3), 128, 0),
        ERR_UNSUPPORTED);
    assert_true(h.fault.is_told);
    assert_int_equal(h.fault.at, 43);
    assert_int_equal(h.protocol, IP_ICMPV6);
    assert_int_equal(h.payload.len, 2);
    /* In silence, as the first wants it. */
    assert_int_equal(CHAIN(60, &h, 6, 0, 0x41, 0, 0x81, 0, 0, 0), ERR_UNSUPPORTED);
    assert_true(h.fault.is_there && !h.fault.is_told);
    /* What is wrong as a whole is never answered. */
    assert_int_equal(CHAIN(60, &h, 6, 0, 0x81, 0, 1, 3, 0, 0), ERR_BAD_VALUE);
    assert_int_equal(CHAIN(60, &h, 60, 0, 0x81, 0, 1, 2, 0, 0, 6, 9), ERR_TRUNCATED);
}

/* 11xx: the sender hears of it unless it went to many; 10xx: always. */
static void an_option_may_be_about_packets_for_one(void **state)
{
    (void)state;
    struct ip_header h;
    uint8_t packet[48];
    memcpy(packet, v6, 40);
    packet[5] = 8;
    packet[6] = 60;
    packet[24] = 0xff;
    for (unsigned type = 0x80; type < 256; type++) {
        memcpy(packet + 40, (uint8_t[]){ 6, 0, (uint8_t)type, 4, 0, 0, 0, 0 }, 8);
        assert_int_equal(parse(packet, sizeof(packet), &h), ERR_UNSUPPORTED);
        assert_int_equal(h.fault.is_told, type < 0xc0);
    }
}

static void headers_behind_a_fragment_are_read_when_it_is_whole(void **state)
{
    (void)state;
    struct ip_header h;
    assert_int_equal(CHAIN(44, &h, FRAGMENT(60, 0, 1), PADDED(6)), OK);
    static const uint8_t whole[] = { PADDED(6), 'h', 'i' };
    h.more_fragments = false;
    h.payload = bytes_of(whole, sizeof(whole));
    assert_int_equal(ip_header_parse_reassembled(&h), OK);
    assert_int_equal(h.protocol, IP_TCP);
    assert_true(bytes_is(h.payload, "hi"));
    static const uint8_t again[] = { FRAGMENT(6, 0, 0) };
    h.protocol = 44;
    h.payload = bytes_of(again, sizeof(again));
    assert_int_equal(ip_header_parse_reassembled(&h), ERR_BAD_VALUE);
    h.protocol = 60;
    h.payload = bytes_of(whole, 7);
    assert_int_equal(ip_header_parse_reassembled(&h), ERR_TRUNCATED);
    h.source.version = 4; /* there it is some protocol */
    assert_int_equal(ip_header_parse_reassembled(&h), OK);
    assert_int_equal(h.protocol, 60);
}

static void fragments_of_ipv6_end_the_chain(void **state)
{
    (void)state;
    struct ip_header h;
    assert_int_equal(CHAIN(44, &h, FRAGMENT(60, 0, 1), PADDED(6)), OK);
    assert_true(h.more_fragments && h.fragment_offset == 0);
    assert_int_equal(h.protocol, 60);
    assert_int_equal(h.payload.len, 8);
    assert_int_equal(CHAIN(44, &h, FRAGMENT(6, 0, 8), 'x'), OK);
    assert_true(!h.more_fragments && h.fragment_offset == 8);
    assert_int_equal(CHAIN(44, &h, FRAGMENT(6, 0, 9), 'x'), ERR_BAD_VALUE);
    assert_int_equal(CHAIN(44, &h, FRAGMENT(6, 0xff, 0xf8), 1, 2, 3, 4, 5, 6, 7), OK);
    assert_int_equal(CHAIN(44, &h, FRAGMENT(6, 0xff, 0xf8), 1, 2, 3, 4, 5, 6, 7, 8), ERR_BAD_VALUE);
}

static void the_beginning_of_a_packet_is_read_with_what_there_is_of_it(void **state)
{
    (void)state;
    for (int version = 4; version <= 6; version += 2) {
        size_t header_len = version == 4 ? 20 : 40, all = header_len + 5;
        for (size_t len = 0; len <= all; len++) {
            uint8_t *copy = malloc(len ? len : 1);
            struct ip_header h;
            assert_non_null(copy);
            memcpy(copy, version == 4 ? v4 : v6, len); /* v4 without its checksum */
            enum err err = ip_header_parse_beginning(bytes_of(copy, len), &h);
            assert_int_equal(err, len < header_len ? ERR_TRUNCATED : OK);
            assert_true(err != OK || (h.payload.len == len - header_len && h.protocol == IP_TCP));
            free(copy);
        }
    }
}

static void other_versions_are_refused(void **state)
{
    (void)state;
    for (unsigned version = 0; version < 16; version++) {
        const uint8_t octet = (uint8_t)(version << 4 | 5);
        struct ip_header h;
        assert_int_equal(parse(&octet, 1, &h),
                         version == 4 || version == 6 ? ERR_TRUNCATED : ERR_BAD_VALUE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_of_ipv4_is_read),
        cmocka_unit_test(a_header_of_ipv6_is_read),
        cmocka_unit_test(what_is_written_is_the_same_again),
        cmocka_unit_test(padding_behind_a_packet_is_not_its_payload),
        cmocka_unit_test(every_prefix_of_a_packet_is_truncated),
        cmocka_unit_test(any_changed_octet_of_an_ipv4_header_is_found_or_bounded),
        cmocka_unit_test(any_changed_octet_of_an_ipv6_packet_is_bounded),
        cmocka_unit_test(options_of_ipv4_are_skipped_by_their_lengths),
        cmocka_unit_test(source_routes_are_refused),
        cmocka_unit_test(fragments_fit_a_datagram),
        cmocka_unit_test(extension_headers_are_skipped_in_their_order),
        cmocka_unit_test(extension_headers_elsewhere_or_too_often_are_refused),
        cmocka_unit_test(extension_headers_that_do_not_fit_are_truncated),
        cmocka_unit_test(routing_headers_with_segments_left_are_refused),
        cmocka_unit_test(options_of_ipv6_say_what_becomes_of_the_packet),
        cmocka_unit_test(the_first_fault_counts_and_what_follows_is_read_all_the_same),
        cmocka_unit_test(an_option_may_be_about_packets_for_one),
        cmocka_unit_test(headers_behind_a_fragment_are_read_when_it_is_whole),
        cmocka_unit_test(fragments_of_ipv6_end_the_chain),
        cmocka_unit_test(the_beginning_of_a_packet_is_read_with_what_there_is_of_it),
        cmocka_unit_test(other_versions_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
