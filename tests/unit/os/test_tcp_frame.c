/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/tcp_frame.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* A SYN from port 0x1234 to 22 with MSS 1460, SACK, timestamps and window scale 7. */
static const uint8_t syn[] = {
    0x45, 0x00, 0x00, 0x3c, 0x00, 0x01, 0x40, 0x00, 0x40, 0x06, 0x00, 0x00, 10,   0,    0,
    1,    10,   0,    0,    2,    0x12, 0x34, 0x00, 0x16, 0x01, 0x02, 0x03, 0x04, 0x00, 0x00,
    0x00, 0x00, 0xa0, 0x02, 0xff, 0xd7, 0x00, 0x00, 0x00, 0x00, 2,    4,    0x05, 0xb4, 4,
    2,    8,    10,   0,    0,    0,    1,    0,    0,    0,    0,    1,    3,    3,    7,
};

static void a_syn_is_read_with_its_options(void **state)
{
    (void)state;
    struct tcp_frame f;
    assert_true(tcp_frame_parse(bytes_of(syn, sizeof(syn)), &f));
    assert_int_equal(f.source_port, 0x1234);
    assert_int_equal(f.destination_port, 22);
    assert_int_equal(f.seq, 0x01020304);
    assert_int_equal(f.mss, 1460);
    assert_int_equal(f.window_scale, 7);
    assert_true(f.sack && f.timestamps && f.syn && !f.ack_flag);
    assert_string_equal(tcp_frame_flags(&f), "SYN");
    assert_int_equal(f.payload_len, 0);
}

static void a_frame_whose_end_was_not_captured_is_read(void **state)
{
    (void)state;
    uint8_t cut[sizeof(syn) + 8] = { 0 };
    struct tcp_frame f;
    memcpy(cut, syn, sizeof(syn));
    cut[2] = 0x05; /* the packet has some 1,340 octets */
    assert_true(tcp_frame_parse(bytes_of(cut, sizeof(cut)), &f));
    assert_int_equal(f.payload_len, 8);
    assert_int_equal(f.seq, 0x01020304);
}

static void no_prefix_is_read_beyond_its_end(void **state)
{
    (void)state;
    for (size_t len = 0; len < sizeof(syn); len++) {
        struct tcp_frame f;
        assert_false(tcp_frame_parse(bytes_of(syn, len), &f));
    }
}

static void any_changed_octet_is_bounded(void **state)
{
    (void)state;
    for (size_t at = 0; at < sizeof(syn); at++) {
        for (unsigned value = 0; value < 256; value++) {
            uint8_t copy[sizeof(syn)];
            struct tcp_frame f;
            memcpy(copy, syn, sizeof(syn));
            copy[at] = (uint8_t)value;
            if (tcp_frame_parse(bytes_of(copy, sizeof(copy)), &f))
                assert_true(f.payload_len <= sizeof(copy));
        }
    }
}

static void chains_of_ipv6_headers_end(void **state)
{
    (void)state;
    uint8_t frame[40 + 200] = { 0x60 };
    struct tcp_frame f;
    frame[6] = 0; /* hop-by-hop, which names itself as the next for ever */
    assert_false(tcp_frame_parse(bytes_of(frame, sizeof(frame)), &f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_syn_is_read_with_its_options),
        cmocka_unit_test(a_frame_whose_end_was_not_captured_is_read),
        cmocka_unit_test(no_prefix_is_read_beyond_its_end),
        cmocka_unit_test(any_changed_octet_is_bounded),
        cmocka_unit_test(chains_of_ipv6_headers_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
