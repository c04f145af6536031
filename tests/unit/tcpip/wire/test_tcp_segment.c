/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/wire/tcp_segment.h"

#include "tcpip/wire/checksum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Packets that Linux 6.18 sent into a TUN device without offloads: 192.0.2.1 to 192.0.2.2 and 2001:db8::1 to
 * 2001:db8::2, all with the checksums that it computed. */
static const uint8_t syn_v4[] = { 0x45, 0x00, 0x00, 0x3c, 0xb2, 0x68, 0x40, 0x00, 0x40, 0x06,
                                  0x04, 0x50, 0xc0, 0x00, 0x02, 0x01, 0xc0, 0x00, 0x02, 0x02,
                                  0xc7, 0xf0, 0x00, 0x16, 0x5d, 0x01, 0x2d, 0x95, 0x00, 0x00,
                                  0x00, 0x00, 0xa0, 0x02, 0xfa, 0xf0, 0xd1, 0x0b, 0x00, 0x00,
                                  0x02, 0x04, 0x05, 0xb4, 0x04, 0x02, 0x08, 0x0a, 0x6e, 0x40,
                                  0x37, 0x1f, 0x00, 0x00, 0x00, 0x00, 0x01, 0x03, 0x03, 0x0a };
static const uint8_t ack_v4[] = { 0x45, 0x00, 0x00, 0x34, 0xb2, 0x69, 0x40, 0x00, 0x40, 0x06, 0x04,
                                  0x57, 0xc0, 0x00, 0x02, 0x01, 0xc0, 0x00, 0x02, 0x02, 0xc7, 0xf0,
                                  0x00, 0x16, 0x5d, 0x01, 0x2d, 0x96, 0x00, 0x00, 0x13, 0x89, 0x80,
                                  0x10, 0x00, 0x3f, 0xe2, 0x99, 0x00, 0x00, 0x01, 0x01, 0x08, 0x0a,
                                  0x6e, 0x40, 0x37, 0x91, 0x00, 0x00, 0x03, 0xe8 };
static const uint8_t sacks_v4[] = {
    0x45, 0x00, 0x00, 0x53, 0xb2, 0x6d, 0x40, 0x00, 0x40, 0x06, 0x04, 0x34, 0xc0, 0x00,
    0x02, 0x01, 0xc0, 0x00, 0x02, 0x02, 0xc7, 0xf0, 0x00, 0x16, 0x5d, 0x01, 0x2d, 0x96,
    0x00, 0x00, 0x13, 0x89, 0xf0, 0x18, 0x00, 0x3f, 0x1b, 0xd0, 0x00, 0x00, 0x01, 0x01,
    0x08, 0x0a, 0x6e, 0x40, 0x38, 0x60, 0x00, 0x00, 0x03, 0xe8, 0x01, 0x01, 0x05, 0x1a,
    0x00, 0x00, 0x15, 0x7d, 0x00, 0x00, 0x15, 0x84, 0x00, 0x00, 0x14, 0xb5, 0x00, 0x00,
    0x14, 0xbc, 0x00, 0x00, 0x13, 0xed, 0x00, 0x00, 0x13, 0xf4, 0x6f, 0x64, 0x64
};
static const uint8_t urgent_v4[] = {
    0x45, 0x00, 0x00, 0x51, 0xb2, 0x6e, 0x40, 0x00, 0x40, 0x06, 0x04, 0x35, 0xc0, 0x00,
    0x02, 0x01, 0xc0, 0x00, 0x02, 0x02, 0xc7, 0xf0, 0x00, 0x16, 0x5d, 0x01, 0x2d, 0x99,
    0x00, 0x00, 0x13, 0x89, 0xf0, 0x38, 0x00, 0x3f, 0xcd, 0xad, 0x00, 0x01, 0x01, 0x01,
    0x08, 0x0a, 0x6e, 0x40, 0x38, 0xc5, 0x00, 0x00, 0x03, 0xe8, 0x01, 0x01, 0x05, 0x1a,
    0x00, 0x00, 0x15, 0x7d, 0x00, 0x00, 0x15, 0x84, 0x00, 0x00, 0x14, 0xb5, 0x00, 0x00,
    0x14, 0xbc, 0x00, 0x00, 0x13, 0xed, 0x00, 0x00, 0x13, 0xf4, 0x21
};
static const uint8_t reset_v4[] = { 0x45, 0x00, 0x00, 0x28, 0x00, 0x00, 0x40, 0x00, 0x40, 0x06,
                                    0xb6, 0xcc, 0xc0, 0x00, 0x02, 0x01, 0xc0, 0x00, 0x02, 0x02,
                                    0x00, 0x09, 0x00, 0x09, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                    0x13, 0x89, 0x50, 0x14, 0x00, 0x00, 0x18, 0x32, 0x00, 0x00 };
static const uint8_t syn_v6[] = {
    0x60, 0x0a, 0x47, 0xac, 0x00, 0x28, 0x06, 0x40, 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0xbf, 0x00, 0x00, 0x16, 0xf0, 0xb3, 0x2d, 0xda,
    0x00, 0x00, 0x00, 0x00, 0xa0, 0x02, 0xfd, 0x20, 0x7f, 0x1e, 0x00, 0x00, 0x02, 0x04, 0x05, 0xa0,
    0x04, 0x02, 0x08, 0x0a, 0x06, 0x83, 0x8c, 0x35, 0x00, 0x00, 0x00, 0x00, 0x01, 0x03, 0x03, 0x0a
};
static const uint8_t reset_v6[] = { 0x60, 0x01, 0x93, 0x96, 0x00, 0x14, 0x06, 0x40, 0x20, 0x01,
                                    0x0d, 0xb8, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                    0x00, 0x00, 0x00, 0x01, 0x20, 0x01, 0x0d, 0xb8, 0x00, 0x00,
                                    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02,
                                    0x00, 0x09, 0x00, 0x09, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                    0x13, 0x89, 0x50, 0x14, 0x00, 0x00, 0x40, 0xc1, 0x00, 0x00 };

#define PACKET(name)           \
    {                          \
#name,                 \
        {                      \
            name, sizeof(name) \
        }                      \
    }
static const struct {
    const char *name;
    struct bytes octets;
} packets[] = { PACKET(syn_v4),   PACKET(ack_v4), PACKET(sacks_v4), PACKET(urgent_v4),
                PACKET(reset_v4), PACKET(syn_v6), PACKET(reset_v6) };
enum { PACKETS = sizeof(packets) / sizeof(packets[0]), PACKET_MAX = 100 };

static struct ip_header ip_of(struct bytes packet)
{
    struct ip_header ip;
    assert_int_equal(ip_header_parse(packet, &ip), OK);
    return ip;
}

static struct tcp_segment segment_of(struct bytes packet)
{
    struct ip_header ip = ip_of(packet);
    struct tcp_segment s;
    assert_int_equal(tcp_segment_parse(&ip, false, &s), OK);
    return s;
}

/* Parses a copy that ends where its memory ends, so that a sanitizer sees each step too far. */
static enum err parse(const struct ip_header *ip, struct bytes payload, bool checksum_is_known)
{
    struct tcp_segment s;
    struct ip_header cut = *ip;
    uint8_t *copy = malloc(payload.len ? payload.len : 1);
    assert_non_null(copy);
    memcpy(copy, payload.data, payload.len);
    cut.payload = bytes_of(copy, payload.len);
    enum err err = tcp_segment_parse(&cut, checksum_is_known, &s);
    free(copy);
    return err;
}

static void a_syn_is_read_with_its_options(void **state)
{
    (void)state;
    struct tcp_segment s = segment_of(bytes_of(syn_v4, sizeof(syn_v4)));
    assert_int_equal(s.source_port, 0xc7f0);
    assert_int_equal(s.destination_port, 22);
    assert_int_equal(s.seq, 0x5d012d95);
    assert_int_equal(s.ack, 0);
    assert_int_equal(s.flags, TCP_SYN);
    assert_int_equal(s.window, 64240);
    assert_int_equal(s.urgent_pointer, 0);
    assert_true(s.options.has_mss && s.options.mss == 1460);
    assert_true(s.options.has_scale && s.options.scale == 10);
    assert_true(s.options.has_sack_permitted && s.options.has_timestamps);
    assert_int_equal(s.options.timestamp, 0x6e40371f);
    assert_int_equal(s.options.timestamp_echo, 0);
    assert_int_equal(s.options.sack_count, 0);
    assert_int_equal(s.payload.len, 0);
    assert_int_equal(tcp_segment_len(&s), 1);
    s = segment_of(bytes_of(syn_v6, sizeof(syn_v6)));
    assert_int_equal(s.options.mss, 1440);
}

static void sack_blocks_are_read_in_their_order(void **state)
{
    (void)state;
    struct tcp_segment s = segment_of(bytes_of(sacks_v4, sizeof(sacks_v4)));
    assert_int_equal(s.options.sack_count, 3);
    assert_int_equal(s.options.sacks[0].begin, 5001 + 500);
    assert_int_equal(s.options.sacks[0].end, 5001 + 507);
    assert_int_equal(s.options.sacks[1].begin, 5001 + 300);
    assert_int_equal(s.options.sacks[2].begin, 5001 + 100);
    assert_int_equal(s.options.timestamp_echo, 1000);
    assert_true(bytes_is(s.payload, "odd"));
    assert_int_equal(tcp_segment_len(&s), 3);
}

static void flags_and_the_urgent_pointer_are_read(void **state)
{
    (void)state;
    struct tcp_segment s = segment_of(bytes_of(urgent_v4, sizeof(urgent_v4)));
    assert_int_equal(s.flags, TCP_URG | TCP_ACK | TCP_PSH);
    assert_int_equal(s.urgent_pointer, 1);
    s = segment_of(bytes_of(reset_v6, sizeof(reset_v6)));
    assert_int_equal(s.flags, TCP_RST | TCP_ACK);
    assert_int_equal(s.ack, 5001);
}

static void what_is_written_is_what_linux_sent(void **state)
{
    (void)state;
    for (size_t i = 0; i < PACKETS; i++) {
        struct ip_header ip = ip_of(packets[i].octets);
        struct tcp_segment s = segment_of(packets[i].octets);
        uint8_t out[TCP_HEADER_MAX];
        size_t len = tcp_segment_write(&s, out);
        assert_int_equal(len, ip.payload.len - s.payload.len);
        assert_int_equal(len, TCP_HEADER_LEN + tcp_segment_options_len(&s.options));
        uint64_t sum =
            checksum_pseudo_header(&ip.source, &ip.destination, IP_TCP, (uint32_t)ip.payload.len);
        uint16_t checksum =
            checksum_finish(checksum_add(checksum_add(sum, bytes_of(out, len)), s.payload));
        out[TCP_CHECKSUM_AT] = (uint8_t)(checksum >> 8);
        out[TCP_CHECKSUM_AT + 1] = (uint8_t)checksum;
        assert_memory_equal(out, ip.payload.data, len);
    }
}

static void every_prefix_of_a_segment_is_truncated_or_damaged(void **state)
{
    (void)state;
    for (size_t i = 0; i < PACKETS; i++) {
        struct ip_header ip = ip_of(packets[i].octets);
        size_t header_len = ip.payload.len - segment_of(packets[i].octets).payload.len;
        for (size_t len = 0; len < ip.payload.len; len++) {
            struct bytes prefix = bytes_slice(ip.payload, 0, len);
            assert_int_equal(parse(&ip, prefix, true), len < header_len ? ERR_TRUNCATED : OK);
            assert_int_equal(parse(&ip, prefix, false),
                             len < header_len ? ERR_TRUNCATED : ERR_BAD_CHECKSUM);
        }
    }
}

static void any_changed_octet_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < PACKETS; i++) {
        struct ip_header ip = ip_of(packets[i].octets);
        for (size_t at = 0; at < ip.payload.len; at++) {
            for (unsigned flip = 1; flip < 256; flip++) {
                uint8_t copy[PACKET_MAX];
                memcpy(copy, ip.payload.data, ip.payload.len);
                copy[at] ^= (uint8_t)flip;
                assert_int_not_equal(parse(&ip, bytes_of(copy, ip.payload.len), false), OK);
                (void)parse(&ip, bytes_of(copy, ip.payload.len), true);
            }
        }
    }
}

static void changed_addresses_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < PACKETS; i++) {
        struct ip_header ip = ip_of(packets[i].octets);
        ip.source.octets[3] ^= 1;
        assert_int_equal(parse(&ip, ip.payload, false), ERR_BAD_CHECKSUM);
        assert_int_equal(parse(&ip, ip.payload, true), OK);
    }
}

static void other_protocols_and_fragments_are_refused(void **state)
{
    (void)state;
    struct ip_header ip = ip_of(bytes_of(syn_v4, sizeof(syn_v4)));
    ip.protocol = IP_UDP;
    assert_int_equal(parse(&ip, ip.payload, true), ERR_BAD_VALUE);
    ip.protocol = IP_TCP;
    ip.more_fragments = true;
    assert_int_equal(parse(&ip, ip.payload, true), ERR_BAD_VALUE);
    ip.more_fragments = false;
    ip.fragment_offset = 8;
    assert_int_equal(parse(&ip, ip.payload, true), ERR_BAD_VALUE);
}

/* A segment with these options, filled up to words with zeros, and the payload "x". */
static enum err parse_options(const uint8_t *options, size_t len, struct tcp_segment *out)
{
    static uint8_t octets[TCP_HEADER_MAX + 1];
    size_t header_len = (TCP_HEADER_LEN + len + 3) / 4 * 4;
    memset(octets, 0, sizeof(octets));
    memcpy(octets + TCP_HEADER_LEN, options, len);
    octets[12] = (uint8_t)(header_len / 4 << 4);
    octets[header_len] = 'x';
    const struct ip_header ip = { .protocol = IP_TCP, .payload = { octets, header_len + 1 } };
    enum err err = tcp_segment_parse(&ip, true, out);
    if (err == OK)
        assert_true(bytes_is(out->payload, "x"));
    return err;
}
#define OPTIONS(out, ...) \
    parse_options((const uint8_t[]){ __VA_ARGS__ }, sizeof((const uint8_t[]){ __VA_ARGS__ }), out)

static void data_offsets_are_of_a_header_at_least(void **state)
{
    (void)state;
    uint8_t octets[TCP_HEADER_MAX] = { 0 };
    const struct ip_header ip = { .protocol = IP_TCP };
    for (unsigned offset = 0; offset < 16; offset++) {
        octets[12] = (uint8_t)(offset << 4 | 15); /* the reserved bits are nobody's */
        assert_int_equal(parse(&ip, bytes_of(octets, sizeof(octets)), true),
                         offset < 5 ? ERR_BAD_VALUE : OK);
    }
}

static void options_stand_at_any_alignment(void **state)
{
    (void)state;
    struct tcp_segment s;
    assert_int_equal(
        OPTIONS(&s, 1, 2, 4, 0x12, 0x34, 3, 3, 7, 4, 2, 1, 8, 10, 1, 2, 3, 4, 5, 6, 7, 8), OK);
    assert_true(s.options.has_mss && s.options.mss == 0x1234 && s.options.scale == 7);
    assert_true(s.options.has_sack_permitted && s.options.has_timestamps);
    assert_int_equal(s.options.timestamp, 0x01020304);
    assert_int_equal(s.options.timestamp_echo, 0x05060708);
}

static void nothing_is_read_behind_the_end_of_options(void **state)
{
    (void)state;
    struct tcp_segment s;
    assert_int_equal(OPTIONS(&s, 0, 2, 4, 0x12, 0x34, 9, 0, 255), OK);
    assert_false(s.options.has_mss);
}

static void unknown_options_are_skipped_by_their_lengths(void **state)
{
    (void)state;
    for (unsigned kind = 6; kind < 256; kind++) {
        struct tcp_segment s;
        if (kind == 8)
            continue;
        for (unsigned len = 0; len < 256; len++) {
            assert_int_equal(OPTIONS(&s, (uint8_t)kind, (uint8_t)len, 1, 1, 1, 1, 1, 1),
                             len >= 2 && len <= 8 ? OK : ERR_BAD_VALUE);
        }
        assert_int_equal(OPTIONS(&s, 1, 1, 1, (uint8_t)kind), ERR_BAD_VALUE);
        assert_int_equal(OPTIONS(&s, (uint8_t)kind, 4, 0, 0, 3, 3, 9), OK);
        assert_int_equal(s.options.scale, 9);
    }
}

static void known_options_have_the_lengths_that_they_have(void **state)
{
    (void)state;
    static const struct {
        uint8_t kind;
        uint64_t lengths; /* the good ones, as bits */
    } known[] = { { 2, 1 << 4 },
                  { 3, 1 << 3 },
                  { 4, 1 << 2 },
                  { 5, 1 << 2 | 1 << 10 | 1 << 18 | 1 << 26 | 1ull << 34 },
                  { 8, 1 << 10 } };
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        for (unsigned len = 0; len <= 40; len++) {
            uint8_t options[40];
            struct tcp_segment s;
            memset(options, 1, sizeof(options));
            options[0] = known[i].kind;
            options[1] = (uint8_t)len;
            assert_int_equal(parse_options(options, sizeof(options), &s),
                             known[i].lengths >> len & 1 ? OK : ERR_BAD_VALUE);
        }
    }
}

static void a_scale_above_14_counts_as_14(void **state)
{
    (void)state;
    for (unsigned scale = 0; scale < 256; scale++) {
        struct tcp_segment s;
        assert_int_equal(OPTIONS(&s, 3, 3, (uint8_t)scale), OK);
        assert_int_equal(s.options.scale, scale < 14 ? scale : 14);
    }
}

static void of_an_option_that_comes_twice_the_later_counts(void **state)
{
    (void)state;
    struct tcp_segment s;
    assert_int_equal(OPTIONS(&s, 3, 3, 1, 3, 3, 2), OK);
    assert_int_equal(s.options.scale, 2);
    assert_int_equal(OPTIONS(&s, 5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 5, 10, 0, 0,
                             0, 5, 0, 0, 0, 6),
                     OK);
    assert_int_equal(s.options.sack_count, 1);
    assert_int_equal(s.options.sacks[0].begin, 5);
}

static void every_urgent_pointer_is_only_a_number(void **state)
{
    (void)state;
    static const size_t lengths[] = { 0, 1, 1460 };
    static uint8_t octets[TCP_HEADER_LEN + 1460] = { [12] = 0x50, [13] = TCP_URG | TCP_ACK };
    for (size_t i = 0; i < 3; i++) {
        const struct ip_header ip = { .protocol = IP_TCP,
                                      .payload = { octets, TCP_HEADER_LEN + lengths[i] } };
        for (unsigned pointer = 0; pointer < 65536; pointer++) {
            struct tcp_segment s;
            octets[18] = (uint8_t)(pointer >> 8);
            octets[19] = (uint8_t)pointer;
            assert_true(tcp_segment_parse(&ip, true, &s) == OK && s.urgent_pointer == pointer &&
                        s.payload.len == lengths[i] && tcp_segment_len(&s) == lengths[i]);
        }
    }
}

static struct tcp_segment with_options(unsigned choice, uint8_t sack_count)
{
    struct tcp_segment s = { .source_port = 1, .destination_port = 2 };
    s.options = (struct tcp_options){ .has_mss = choice & 1,
                                      .has_scale = choice & 2,
                                      .has_sack_permitted = choice & 4,
                                      .has_timestamps = choice & 8,
                                      .mss = choice & 1 ? 1460 : 0,
                                      .scale = choice & 2 ? 7 : 0,
                                      .timestamp = choice & 8 ? 0x01020304 : 0,
                                      .timestamp_echo = choice & 8 ? 0x05060708 : 0,
                                      .sack_count = sack_count };
    for (uint8_t i = 0; i < sack_count; i++)
        s.options.sacks[i] = (struct tcp_range){ 100u * i, 100u * i + 50 };
    return s;
}

static void every_choice_of_options_is_read_back(void **state)
{
    (void)state;
    for (unsigned choice = 0; choice < 16; choice++) {
        for (uint8_t count = 0; count <= TCP_SACK_BLOCKS; count++) {
            struct tcp_segment s = with_options(choice, count), back;
            uint8_t out[TCP_HEADER_MAX];
            size_t len = tcp_segment_write(&s, out);
            assert_true(len <= TCP_HEADER_MAX && len % 4 == 0);
            const struct ip_header ip = { .protocol = IP_TCP, .payload = { out, len } };
            assert_int_equal(tcp_segment_parse(&ip, true, &back), OK);
            assert_true(back.options.sack_count <= count);
            assert_true(back.options.sack_count == count || len + 8 > TCP_HEADER_MAX);
            s = with_options(choice, back.options.sack_count);
            assert_memory_equal(&back.options, &s.options, sizeof(s.options));
        }
    }
}

static void assert_options(unsigned choice, uint8_t sack_count, const uint8_t *kinds, size_t count)
{
    struct tcp_segment s = with_options(choice, sack_count);
    uint8_t out[TCP_HEADER_MAX];
    size_t len = tcp_segment_write(&s, out), at = TCP_HEADER_LEN;
    for (size_t i = 0; i < count; i++) {
        assert_true(at < len);
        assert_int_equal(out[at], kinds[i]);
        at += out[at] == 1 ? 1 : out[at + 1];
    }
    assert_int_equal(at, len);
}
#define ASSERT_OPTIONS(choice, sack_count, ...)                          \
    assert_options(choice, sack_count, (const uint8_t[]){ __VA_ARGS__ }, \
                   sizeof((const uint8_t[]){ __VA_ARGS__ }))

static void options_have_the_order_of_linux(void **state)
{
    (void)state;
    enum { MSS = 1, SCALE = 2, SACK = 4, TIME = 8 };
    ASSERT_OPTIONS(MSS | SCALE | SACK | TIME, 0, 2, 4, 8, 1, 3);
    ASSERT_OPTIONS(MSS | SCALE | SACK, 0, 2, 1, 1, 4, 1, 3);
    ASSERT_OPTIONS(MSS | SCALE | TIME, 0, 2, 1, 1, 8, 1, 3);
    ASSERT_OPTIONS(MSS, 0, 2);
    ASSERT_OPTIONS(TIME, 0, 1, 1, 8);
    ASSERT_OPTIONS(TIME, 4, 1, 1, 8, 1, 1, 5);
    ASSERT_OPTIONS(0, 4, 1, 1, 5);
    assert_int_equal(tcp_segment_options_len(&(struct tcp_options){ 0 }), 0);
    struct tcp_segment s = with_options(TIME, 4);
    assert_int_equal(tcp_segment_options_len(&s.options), 12 + 4 + 3 * 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_syn_is_read_with_its_options),
        cmocka_unit_test(sack_blocks_are_read_in_their_order),
        cmocka_unit_test(flags_and_the_urgent_pointer_are_read),
        cmocka_unit_test(what_is_written_is_what_linux_sent),
        cmocka_unit_test(every_prefix_of_a_segment_is_truncated_or_damaged),
        cmocka_unit_test(any_changed_octet_is_found),
        cmocka_unit_test(changed_addresses_are_found),
        cmocka_unit_test(other_protocols_and_fragments_are_refused),
        cmocka_unit_test(data_offsets_are_of_a_header_at_least),
        cmocka_unit_test(options_stand_at_any_alignment),
        cmocka_unit_test(nothing_is_read_behind_the_end_of_options),
        cmocka_unit_test(unknown_options_are_skipped_by_their_lengths),
        cmocka_unit_test(known_options_have_the_lengths_that_they_have),
        cmocka_unit_test(a_scale_above_14_counts_as_14),
        cmocka_unit_test(of_an_option_that_comes_twice_the_later_counts),
        cmocka_unit_test(every_urgent_pointer_is_only_a_number),
        cmocka_unit_test(every_choice_of_options_is_read_back),
        cmocka_unit_test(options_have_the_order_of_linux),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
