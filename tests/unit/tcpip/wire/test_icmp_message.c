/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/wire/icmp_message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Packets that Linux 6.18 sent into a TUN device without offloads as 192.0.2.1 and 2001:db8::1: errors about a
 * datagram to a closed port, replies to the requests from 192.0.2.2 and 2001:db8::2, and two SYN. */
static const uint8_t unreachable_v4[] = {
    0x45, 0xc0, 0x00, 0x3d, 0x7f, 0x3e, 0x00, 0x00, 0x40, 0x01, 0x76, 0xbe, 0xc0, 0x00, 0x02, 0x01,
    0xc0, 0x00, 0x02, 0x02, 0x03, 0x03, 0xb9, 0x15, 0x00, 0x00, 0x00, 0x00, 0x45, 0x00, 0x00, 0x21,
    0x00, 0x07, 0x40, 0x00, 0x40, 0x11, 0xb6, 0xc1, 0xc0, 0x00, 0x02, 0x02, 0xc0, 0x00, 0x02, 0x01,
    0x00, 0x01, 0x00, 0x07, 0x00, 0x0d, 0x00, 0x00, 0x68, 0x65, 0x6c, 0x6c, 0x6f
};
static const uint8_t request_v4[] = { 0x45, 0x00, 0x00, 0x21, 0x00, 0x07, 0x40, 0x00, 0x40,
                                      0x01, 0xb6, 0xd1, 0xc0, 0x00, 0x02, 0x02, 0xc0, 0x00,
                                      0x02, 0x01, 0x08, 0x00, 0xe5, 0xf9, 0x12, 0x34, 0x00,
                                      0x01, 0x70, 0x69, 0x6e, 0x67, 0x21 };
static const uint8_t reply_v4[] = { 0x45, 0x00, 0x00, 0x21, 0x7f, 0x59, 0x00, 0x00, 0x40,
                                    0x01, 0x77, 0x7f, 0xc0, 0x00, 0x02, 0x01, 0xc0, 0x00,
                                    0x02, 0x02, 0x00, 0x00, 0xed, 0xf9, 0x12, 0x34, 0x00,
                                    0x01, 0x70, 0x69, 0x6e, 0x67, 0x21 };
static const uint8_t unreachable_v6[] = {
    0x60, 0x08, 0xb6, 0x4b, 0x00, 0x3d, 0x3a, 0x40, 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x01, 0x04, 0x31, 0xe0, 0x00,
    0x00, 0x00, 0x00, 0x60, 0x00, 0x00, 0x00, 0x00, 0x0d, 0x11, 0x40, 0x20, 0x01, 0x0d, 0xb8,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x20, 0x01, 0x0d,
    0xb8, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x01,
    0x00, 0x07, 0x00, 0x0d, 0x60, 0x85, 0x68, 0x65, 0x6c, 0x6c, 0x6f
};
static const uint8_t request_v6[] = { 0x60, 0x00, 0x00, 0x00, 0x00, 0x0d, 0x3a, 0x40, 0x20,
                                      0x01, 0x0d, 0xb8, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                      0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x20, 0x01, 0x0d,
                                      0xb8, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                      0x00, 0x00, 0x00, 0x01, 0x80, 0x00, 0x12, 0x3d, 0x12,
                                      0x34, 0x00, 0x01, 0x70, 0x69, 0x6e, 0x67, 0x21 };
static const uint8_t reply_v6[] = { 0x60, 0x09, 0xb6, 0xcb, 0x00, 0x0d, 0x3a, 0x40, 0x20,
                                    0x01, 0x0d, 0xb8, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                    0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x20, 0x01, 0x0d,
                                    0xb8, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                    0x00, 0x00, 0x00, 0x02, 0x81, 0x00, 0x11, 0x3d, 0x12,
                                    0x34, 0x00, 0x01, 0x70, 0x69, 0x6e, 0x67, 0x21 };
static const uint8_t segment_v4[] = { 0x45, 0x00, 0x00, 0x3c, 0xb2, 0x68, 0x40, 0x00, 0x40, 0x06,
                                      0x04, 0x50, 0xc0, 0x00, 0x02, 0x01, 0xc0, 0x00, 0x02, 0x02,
                                      0xc7, 0xf0, 0x00, 0x16, 0x5d, 0x01, 0x2d, 0x95, 0x00, 0x00,
                                      0x00, 0x00, 0xa0, 0x02, 0xfa, 0xf0, 0xd1, 0x0b, 0x00, 0x00,
                                      0x02, 0x04, 0x05, 0xb4, 0x04, 0x02, 0x08, 0x0a, 0x6e, 0x40,
                                      0x37, 0x1f, 0x00, 0x00, 0x00, 0x00, 0x01, 0x03, 0x03, 0x0a };
static const uint8_t segment_v6[] = {
    0x60, 0x0a, 0x47, 0xac, 0x00, 0x28, 0x06, 0x40, 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xbf, 0x00, 0x00, 0x16, 0xf0, 0xb3, 0x2d, 0xda,
    0x00, 0x00, 0x00, 0x00, 0xa0, 0x02, 0xfd, 0x20, 0x7f, 0x1e, 0x00, 0x00, 0x02, 0x04, 0x05, 0xa0,
    0x04, 0x02, 0x08, 0x0a, 0x06, 0x83, 0x8c, 0x35, 0x00, 0x00, 0x00, 0x00, 0x01, 0x03, 0x03, 0x0a
};

#define BYTES(array) bytes_of(array, sizeof(array))
enum { PACKET_MAX = 128 };

static struct ip_header ip_of(struct bytes packet)
{
    struct ip_header ip;
    assert_int_equal(ip_header_parse(packet, &ip), OK);
    return ip;
}

static struct icmp_message message_of(struct bytes packet)
{
    struct ip_header ip = ip_of(packet);
    struct icmp_message m;
    assert_int_equal(icmp_message_parse(&ip, false, &m), OK);
    return m;
}

static void messages_of_both_versions_mean_the_same(void **state)
{
    (void)state;
    struct icmp_message m = message_of(BYTES(unreachable_v4));
    assert_int_equal(m.meaning, ICMP_PORT_UNREACHABLE);
    assert_int_equal(m.body.len, sizeof(unreachable_v4) - 28);
    assert_true(m.type == 3 && m.code == 3 && m.mtu == 0);
    m = message_of(BYTES(unreachable_v6));
    assert_int_equal(m.meaning, ICMP_PORT_UNREACHABLE);
    assert_int_equal(m.body.len, sizeof(unreachable_v6) - 48);
    assert_int_equal(message_of(BYTES(request_v4)).meaning, ICMP_ECHO_REQUEST);
    assert_int_equal(message_of(BYTES(request_v6)).meaning, ICMP_ECHO_REQUEST);
    m = message_of(BYTES(reply_v4));
    assert_int_equal(m.meaning, ICMP_ECHO_REPLY);
    assert_true(bytes_equal(m.body, bytes_of("\x12\x34\0\1ping!", 9)));
    m = message_of(BYTES(reply_v6));
    assert_int_equal(m.meaning, ICMP_ECHO_REPLY);
    assert_true(bytes_equal(m.body, bytes_of("\x12\x34\0\1ping!", 9)));
}

static enum icmp_meaning meaning(uint8_t version, unsigned type, unsigned code)
{
    const uint8_t octets[8] = { (uint8_t)type, (uint8_t)code };
    const struct ip_header ip = { .source = { .version = version },
                                  .protocol = version == 4 ? IP_ICMP : IP_ICMPV6,
                                  .payload = { octets, sizeof(octets) } };
    struct icmp_message m;
    assert_int_equal(icmp_message_parse(&ip, true, &m), OK);
    assert_int_equal(m.body.len, icmp_message_is_error(m.meaning) ? 0 : 4);
    return m.meaning;
}

static void every_type_and_code_has_its_meaning(void **state)
{
    (void)state;
    static const enum icmp_meaning unreachable_codes_v4[] = {
        ICMP_NET_UNREACHABLE,  ICMP_HOST_UNREACHABLE, ICMP_PROTOCOL_UNREACHABLE,
        ICMP_PORT_UNREACHABLE, ICMP_PACKET_TOO_BIG,   ICMP_NET_UNREACHABLE,
        ICMP_NET_UNREACHABLE,  ICMP_HOST_UNREACHABLE, ICMP_HOST_UNREACHABLE,
        ICMP_PROHIBITED,       ICMP_PROHIBITED,       ICMP_NET_UNREACHABLE,
        ICMP_HOST_UNREACHABLE, ICMP_PROHIBITED,       ICMP_PROHIBITED,
        ICMP_PROHIBITED,
    };
    static const enum icmp_meaning unreachable_codes_v6[] = {
        ICMP_NET_UNREACHABLE,  ICMP_PROHIBITED, ICMP_NET_UNREACHABLE, ICMP_HOST_UNREACHABLE,
        ICMP_PORT_UNREACHABLE, ICMP_PROHIBITED, ICMP_PROHIBITED,
    };
    for (unsigned code = 0; code < 256; code++) {
        assert_int_equal(meaning(4, 3, code), code < 16 ? unreachable_codes_v4[code] : ICMP_OTHER);
        assert_int_equal(meaning(6, 1, code), code < 7 ? unreachable_codes_v6[code] : ICMP_OTHER);
        assert_int_equal(meaning(4, 11, code), code < 2 ? ICMP_TIME_EXCEEDED : ICMP_OTHER);
        assert_int_equal(meaning(6, 3, code), code < 2 ? ICMP_TIME_EXCEEDED : ICMP_OTHER);
        assert_int_equal(meaning(4, 12, code), code < 3 ? ICMP_PARAMETER_PROBLEM : ICMP_OTHER);
        assert_int_equal(meaning(6, 4, code), code < 3 ? ICMP_PARAMETER_PROBLEM : ICMP_OTHER);
        assert_int_equal(meaning(6, 2, code), ICMP_PACKET_TOO_BIG);
        assert_int_equal(meaning(4, 4, code), ICMP_OTHER); /* source quench: MUST-55 */
        assert_int_equal(meaning(4, 5, code), ICMP_OTHER);
        assert_int_equal(meaning(6, 137, code), ICMP_OTHER);
    }
}

/* Parses a copy that ends where its memory ends, so that a sanitizer sees each step too far. */
static enum err parse(const struct ip_header *ip, struct bytes payload, bool checksum_is_known)
{
    struct icmp_message m;
    struct icmp_quote quote;
    struct ip_header cut = *ip;
    uint8_t *copy = malloc(payload.len ? payload.len : 1);
    assert_non_null(copy);
    memcpy(copy, payload.data, payload.len);
    cut.payload = bytes_of(copy, payload.len);
    enum err err = icmp_message_parse(&cut, checksum_is_known, &m);
    if (err == OK)
        assert_true(icmp_message_quote(&m, &quote) != OK || icmp_message_is_error(m.meaning));
    free(copy);
    return err;
}

static void prefixes_and_changed_octets_are_found(void **state)
{
    (void)state;
    const struct bytes packets[] = { BYTES(unreachable_v4), BYTES(unreachable_v6),
                                     BYTES(request_v4), BYTES(request_v6) };
    for (size_t i = 0; i < 4; i++) {
        struct ip_header ip = ip_of(packets[i]);
        for (size_t len = 0; len < ip.payload.len; len++) {
            struct bytes prefix = bytes_slice(ip.payload, 0, len);
            assert_int_equal(parse(&ip, prefix, true), len < 8 ? ERR_TRUNCATED : OK);
            assert_int_equal(parse(&ip, prefix, false), len < 8 ? ERR_TRUNCATED : ERR_BAD_CHECKSUM);
        }
        for (size_t at = 0; at < ip.payload.len; at++) {
            for (unsigned flip = 1; flip < 256; flip++) {
                uint8_t copy[PACKET_MAX];
                memcpy(copy, ip.payload.data, ip.payload.len);
                copy[at] ^= (uint8_t)flip;
                assert_int_equal(parse(&ip, bytes_of(copy, ip.payload.len), false),
                                 ERR_BAD_CHECKSUM);
                (void)parse(&ip, bytes_of(copy, ip.payload.len), true);
            }
        }
    }
}

static void the_protocol_is_that_of_the_version(void **state)
{
    (void)state;
    struct ip_header ip = ip_of(BYTES(request_v4));
    ip.protocol = IP_ICMPV6;
    assert_int_equal(parse(&ip, ip.payload, true), ERR_BAD_VALUE);
    ip.protocol = IP_ICMP;
    ip.more_fragments = true;
    assert_int_equal(parse(&ip, ip.payload, true), ERR_BAD_VALUE);
    ip = ip_of(BYTES(request_v6));
    ip.protocol = IP_ICMP;
    assert_int_equal(parse(&ip, ip.payload, true), ERR_BAD_VALUE);
}

static void a_quoted_segment_needs_its_first_eight_octets(void **state)
{
    (void)state;
    const struct bytes quoted[] = { BYTES(segment_v4), BYTES(segment_v6) };
    for (size_t i = 0; i < 2; i++) {
        struct ip_header ip = ip_of(quoted[i]);
        for (size_t len = 0; len <= quoted[i].len; len++) {
            const struct icmp_message m = { .meaning = ICMP_TIME_EXCEEDED,
                                            .version = ip.source.version,
                                            .body = bytes_slice(quoted[i], 0, len) };
            struct icmp_quote quote;
            enum err err = icmp_message_quote(&m, &quote);
            assert_int_equal(err, len < ip.header_len + 8 ? ERR_BAD_VALUE : OK);
            if (err != OK)
                continue;
            assert_true(ip_address_equal(&quote.source.address, &ip.source));
            assert_true(ip_address_equal(&quote.destination.address, &ip.destination));
            assert_int_equal(quote.source.port, i ? 0xbf00 : 0xc7f0);
            assert_int_equal(quote.destination.port, 22);
            assert_int_equal(quote.seq, i ? 0xf0b32dda : 0x5d012d95);
        }
    }
}

static void what_is_no_quoted_segment_is_refused(void **state)
{
    (void)state;
    struct icmp_quote quote;
    struct icmp_message m = message_of(BYTES(unreachable_v4)); /* about UDP */
    assert_int_equal(icmp_message_quote(&m, &quote), ERR_BAD_VALUE);
    m = (struct icmp_message){ ICMP_TIME_EXCEEDED, .version = 4, .body = BYTES(segment_v6) };
    assert_int_equal(icmp_message_quote(&m, &quote), ERR_BAD_VALUE);
    m = (struct icmp_message){ ICMP_ECHO_REPLY, .version = 4, .body = BYTES(segment_v4) };
    assert_int_equal(icmp_message_quote(&m, &quote), ERR_BAD_VALUE);
    uint8_t later[sizeof(segment_v4)];
    memcpy(later, segment_v4, sizeof(later));
    later[7] = 1; /* fragment offset */
    m = (struct icmp_message){ ICMP_TIME_EXCEEDED, .version = 4, .body = BYTES(later) };
    assert_int_equal(icmp_message_quote(&m, &quote), ERR_BAD_VALUE);
}

static void what_is_written_is_what_linux_sent(void **state)
{
    (void)state;
    const struct bytes packets[] = { BYTES(unreachable_v4), BYTES(unreachable_v6),
                                     BYTES(request_v4),     BYTES(request_v6),
                                     BYTES(reply_v4),       BYTES(reply_v6) };
    for (size_t i = 0; i < 6; i++) {
        struct ip_header ip = ip_of(packets[i]);
        struct icmp_message m = message_of(packets[i]);
        uint8_t out[PACKET_MAX];
        assert_int_equal(icmp_message_write(&m, &ip, (struct span){ out, sizeof(out) }),
                         packets[i].len);
        assert_memory_equal(out, packets[i].data, packets[i].len);
        size_t least = ip.header_len + (icmp_message_is_error(m.meaning) ? 8 : 4 + m.body.len);
        assert_int_equal(icmp_message_write(&m, &ip, (struct span){ out, least }), least);
        assert_int_equal(icmp_message_write(&m, &ip, (struct span){ out, least - 1 }), 0);
    }
}

static size_t answer(enum icmp_meaning meaning, struct bytes cause, uint8_t *out, size_t size)
{
    struct ip_header ip;
    struct ip_address source = { 4, { 192, 0, 2, 1 } };
    if (ip_header_parse(cause, &ip) == OK)
        source = ip.destination;
    return icmp_message_answer(meaning, 1400, cause, &source, (struct span){ out, size });
}

/* Written from the request, as whoever is asked does it. */
static size_t reply_to(struct bytes request, uint8_t *out, size_t size)
{
    struct ip_header ip;
    assert_int_equal(ip_header_parse(request, &ip), OK);
    struct icmp_message m = message_of(request);
    const struct ip_header back = {
        .source = ip.destination, .destination = ip.source, .ttl = 64, .dont_fragment = true
    };
    m.meaning = ICMP_ECHO_REPLY;
    m.type = m.version == 4 ? 0 : 129;
    return icmp_message_write(&m, &back, (struct span){ out, size });
}

static void echo_replies_are_written_as_linux_does(void **state)
{
    (void)state;
    uint8_t out[PACKET_MAX];
    assert_int_equal(reply_to(BYTES(request_v4), out, sizeof(out)), sizeof(reply_v4));
    assert_memory_equal(out + 20, reply_v4 + 20, sizeof(reply_v4) - 20);
    assert_memory_equal(out + 12, reply_v4 + 12, 8);
    assert_int_equal(reply_to(BYTES(request_v6), out, sizeof(out)), sizeof(reply_v6));
    assert_memory_equal(out + 40, reply_v6 + 40, sizeof(reply_v6) - 40);
    assert_int_equal(reply_to(BYTES(request_v4), out, sizeof(reply_v4) - 1), 0);
    assert_int_equal(answer(ICMP_ECHO_REPLY, BYTES(request_v4), out, sizeof(out)), 0);
}

static void errors_quote_their_cause(void **state)
{
    (void)state;
    uint8_t out[PACKET_MAX];
    const struct bytes causes[] = { BYTES(segment_v4), BYTES(segment_v6) };
    for (size_t i = 0; i < 2; i++) {
        static const enum icmp_meaning meanings[] = {
            ICMP_NET_UNREACHABLE,  ICMP_HOST_UNREACHABLE, ICMP_PROTOCOL_UNREACHABLE,
            ICMP_PORT_UNREACHABLE, ICMP_PROHIBITED,       ICMP_PACKET_TOO_BIG,
            ICMP_TIME_EXCEEDED,
        };
        for (size_t j = 0; j < sizeof(meanings) / sizeof(meanings[0]); j++) {
            size_t len = answer(meanings[j], causes[i], out, sizeof(out));
            assert_int_equal(len, (i ? 48 : 28) + causes[i].len);
            struct icmp_message m = message_of(bytes_of(out, len));
            bool is_problem = i && meanings[j] == ICMP_PROTOCOL_UNREACHABLE;
            assert_int_equal(m.meaning, is_problem ? ICMP_PARAMETER_PROBLEM : meanings[j]);
            assert_int_equal(m.mtu, meanings[j] == ICMP_PACKET_TOO_BIG ? 1400 : 0);
            assert_true(bytes_equal(m.body, causes[i]));
            assert_int_equal(out[47], is_problem ? 6 : out[47]);
        }
        assert_int_equal(answer(ICMP_OTHER, causes[i], out, sizeof(out)), 0);
        assert_int_equal(answer(ICMP_ECHO_REQUEST, causes[i], out, sizeof(out)), 0);
    }
}

static void errors_are_cut_to_what_is_allowed(void **state)
{
    (void)state;
    uint8_t cause[2000], out[2000];
    struct ip_header ip = ip_of(BYTES(segment_v4));
    memset(cause, 7, sizeof(cause));
    (void)ip_header_write(&ip, sizeof(cause) - 20, cause);
    assert_int_equal(answer(ICMP_PROHIBITED, BYTES(cause), out, sizeof(out)), 576);
    (void)message_of(bytes_of(out, 576));
    assert_int_equal(answer(ICMP_PROHIBITED, BYTES(cause), out, 101), 101);
    ip = ip_of(BYTES(segment_v6));
    (void)ip_header_write(&ip, sizeof(cause) - 40, cause);
    assert_int_equal(answer(ICMP_PROHIBITED, BYTES(cause), out, sizeof(out)), 1280);
    (void)message_of(bytes_of(out, 1280));
}

/* A packet of `protocol` with 8 octets, about which it would be an error to send an error. */
static size_t answer_to(uint8_t protocol, const char *source, const char *destination)
{
    uint8_t cause[28] = { 0 }, out[PACKET_MAX];
    struct ip_header ip = { .protocol = protocol, .ttl = 1 };
    assert_true(ip_address_parse(bytes_text(source), &ip.source));
    assert_true(ip_address_parse(bytes_text(destination), &ip.destination));
    (void)ip_header_write(&ip, 8, cause);
    cause[20] = 3; /* type, if it is ICMP */
    return answer(ICMP_PORT_UNREACHABLE, BYTES(cause), out, sizeof(out));
}

static void nothing_is_sent_where_nothing_may_be_sent(void **state)
{
    (void)state;
    uint8_t out[PACKET_MAX], damaged[sizeof(segment_v4)];
    assert_int_equal(answer_to(IP_UDP, "192.0.2.2", "192.0.2.1"), 56);
    assert_int_equal(answer_to(IP_ICMP, "192.0.2.2", "192.0.2.1"), 0);
    assert_int_equal(answer_to(IP_UDP, "0.0.0.0", "192.0.2.1"), 0);
    assert_int_equal(answer_to(IP_UDP, "224.0.0.1", "192.0.2.1"), 0);
    assert_int_equal(answer_to(IP_UDP, "127.0.0.1", "192.0.2.1"), 0);
    assert_int_equal(answer_to(IP_UDP, "192.0.2.2", "224.0.0.1"), 0);
    assert_int_equal(answer_to(IP_UDP, "192.0.2.2", "255.255.255.255"), 0);
    assert_int_equal(answer(ICMP_PORT_UNREACHABLE, BYTES(unreachable_v4), out, sizeof(out)), 0);
    assert_int_equal(answer(ICMP_PORT_UNREACHABLE, BYTES(unreachable_v6), out, sizeof(out)), 0);
    memcpy(damaged, segment_v4, sizeof(damaged));
    damaged[8] ^= 1;
    assert_int_equal(answer(ICMP_PORT_UNREACHABLE, BYTES(damaged), out, sizeof(out)), 0);
    struct ip_header ip = ip_of(BYTES(segment_v4));
    ip.fragment_offset = 8;
    (void)ip_header_write(&ip, sizeof(damaged) - 20, damaged);
    assert_int_equal(answer(ICMP_PORT_UNREACHABLE, BYTES(damaged), out, sizeof(out)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_of_both_versions_mean_the_same),
        cmocka_unit_test(every_type_and_code_has_its_meaning),
        cmocka_unit_test(prefixes_and_changed_octets_are_found),
        cmocka_unit_test(the_protocol_is_that_of_the_version),
        cmocka_unit_test(a_quoted_segment_needs_its_first_eight_octets),
        cmocka_unit_test(what_is_no_quoted_segment_is_refused),
        cmocka_unit_test(what_is_written_is_what_linux_sent),
        cmocka_unit_test(echo_replies_are_written_as_linux_does),
        cmocka_unit_test(errors_quote_their_cause),
        cmocka_unit_test(errors_are_cut_to_what_is_allowed),
        cmocka_unit_test(nothing_is_sent_where_nothing_may_be_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
