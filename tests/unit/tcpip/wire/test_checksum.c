/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/wire/checksum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { LEN = 300 };

/* The sum as RFC 1071 section 4.1 has it, word by word. */
static uint16_t plain(const uint8_t *octets, size_t len)
{
    uint32_t sum = 0;
    for (size_t i = 0; i < len; i++)
        sum += i % 2 ? octets[i] : (uint32_t)octets[i] << 8;
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

static void fill(uint8_t *octets, size_t len, uint32_t seed)
{
    for (size_t i = 0; i < len; i++) {
        seed = seed * 1664525 + 1013904223;
        octets[i] = (uint8_t)(seed >> 24);
    }
}

static void the_example_of_rfc_1071_gives_its_sum(void **state)
{
    (void)state;
    static const uint8_t octets[] = { 0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7 };
    uint64_t sum = checksum_add(0, bytes_of(octets, sizeof(octets)));
    assert_int_equal(checksum_fold(sum), 0xddf2);
    assert_int_equal(checksum_finish(sum), 0x220d);
}

static void every_length_has_the_sum_of_its_words(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 8; seed++) {
        uint8_t octets[LEN];
        fill(octets, sizeof(octets), seed);
        for (size_t len = 0; len <= LEN; len++)
            assert_int_equal(checksum_fold(checksum_add(0, bytes_of(octets, len))),
                             plain(octets, len));
    }
    assert_int_equal(checksum_finish(checksum_add(0, BYTES_NONE)), 0xffff);
}

static void every_alignment_has_the_same_sum(void **state)
{
    (void)state;
    uint8_t octets[LEN + 16];
    fill(octets, sizeof(octets), 1);
    for (size_t at = 0; at < 16; at++)
        assert_int_equal(checksum_fold(checksum_add(0, bytes_of(octets + at, LEN))),
                         plain(octets + at, LEN));
}

static void carries_come_round_however_many_there_are(void **state)
{
    (void)state;
    static uint8_t octets[65536];
    memset(octets, 0xff, sizeof(octets));
    assert_int_equal(checksum_fold(checksum_add(0, bytes_of(octets, sizeof(octets)))), 0xffff);
    assert_int_equal(checksum_fold(checksum_add(UINT64_MAX, bytes_of(octets, 65535))), 0xff00);
    octets[65535] = 0;
    octets[65534] = 0;
    assert_int_equal(checksum_fold(checksum_add(0, bytes_of(octets, sizeof(octets)))), 0xffff);
    octets[1] = 0xfe;
    assert_int_equal(checksum_fold(checksum_add(0, bytes_of(octets, sizeof(octets)))), 0xfffe);
}

static void parts_of_even_length_add_up(void **state)
{
    (void)state;
    uint8_t octets[LEN];
    fill(octets, sizeof(octets), 2);
    for (size_t cut = 0; cut <= LEN - 1; cut += 2) {
        uint64_t sum = checksum_add(0, bytes_of(octets, cut));
        sum = checksum_add(sum, bytes_of(octets + cut, LEN - 1 - cut));
        assert_int_equal(checksum_fold(sum), plain(octets, LEN - 1));
    }
}

static void octets_with_their_checksum_give_zero(void **state)
{
    (void)state;
    /* An IPv4 header whose checksum is well known: 0xb861. */
    static const uint8_t header[] = { 0x45, 0x00, 0x00, 0x73, 0x00, 0x00, 0x40, 0x00, 0x40, 0x11,
                                      0xb8, 0x61, 0xc0, 0xa8, 0x00, 0x01, 0xc0, 0xa8, 0x00, 0xc7 };
    uint8_t blank[sizeof(header)];
    memcpy(blank, header, sizeof(header));
    blank[10] = blank[11] = 0;
    assert_int_equal(checksum_finish(checksum_add(0, bytes_of(blank, sizeof(blank)))), 0xb861);
    assert_int_equal(checksum_finish(checksum_add(0, bytes_of(header, sizeof(header)))), 0);
}

static void pseudo_headers_are_summed_as_if_they_were_there(void **state)
{
    (void)state;
    static const uint8_t v4[] = { 192, 0, 2, 1, 198, 51, 100, 7, 0, 6, 0xff, 0xfe };
    static const uint8_t v6[] = {
        0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0,    1, /* source */
        0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0,  0, 0, 0, 0, 0, 0, 0xab, 2, /* destination */
        0x00, 0x12, 0x34, 0x56, 0, 0, 0, 58,                            /* length, next header */
    };
    struct ip_address a, b;
    assert_true(ip_address_parse(bytes_text("192.0.2.1"), &a));
    assert_true(ip_address_parse(bytes_text("198.51.100.7"), &b));
    assert_int_equal(checksum_fold(checksum_pseudo_header(&a, &b, 6, 0xfffe)),
                     plain(v4, sizeof(v4)));
    assert_true(ip_address_parse(bytes_text("2001:db8::1"), &a));
    assert_true(ip_address_parse(bytes_text("2001:db8::ab02"), &b));
    assert_int_equal(checksum_fold(checksum_pseudo_header(&a, &b, 58, 0x123456)),
                     plain(v6, sizeof(v6)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_rfc_1071_gives_its_sum),
        cmocka_unit_test(every_length_has_the_sum_of_its_words),
        cmocka_unit_test(every_alignment_has_the_same_sum),
        cmocka_unit_test(carries_come_round_however_many_there_are),
        cmocka_unit_test(parts_of_even_length_add_up),
        cmocka_unit_test(octets_with_their_checksum_give_zero),
        cmocka_unit_test(pseudo_headers_are_summed_as_if_they_were_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
