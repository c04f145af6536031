/* SPDX-License-Identifier: BSD-2-Clause */
#include "sources.h"

#include <string.h>

static void an_ipv4_address_in_ipv6_clothes_is_one_of_ipv4(void **state)
{
    (void)state;
    const uint8_t dressed[SOURCE_V6_LEN] = { [10] = 0xff, 0xff, 192, 0, 2, 1 };
    struct source a = source_of(bytes_of(dressed, sizeof(dressed))), b = v4(192, 0, 2, 1);
    assert_true(source_equal(&a, &b));
    assert_int_equal(a.len, SOURCE_V4_LEN);
}

static void other_lengths_are_no_address(void **state)
{
    (void)state;
    const uint8_t octets[20] = { 1 };
    for (size_t len = 0; len <= sizeof(octets); len++)
        assert_int_equal(source_of(bytes_of(octets, len)).len, len == 4 || len == 16 ? len : 0);
}

static void a_block_keeps_the_leading_bits(void **state)
{
    (void)state;
    static const struct {
        unsigned bits;
        uint8_t octets[4];
    } cases[] = {
        { 0, { 0 } },
        { 1, { 0x80 } },
        { 7, { 0xfe } },
        { 8, { 0xff } },
        { 12, { 0xff, 0xf0 } },
        { 24, { 0xff, 0xff, 0xff } },
        { 31, { 0xff, 0xff, 0xff, 0xfe } },
        { 32, { 0xff, 0xff, 0xff, 0xff } },
        { 128, { 0xff, 0xff, 0xff, 0xff } },
    };
    struct source all = v4(255, 255, 255, 255);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct source block = source_block(&all, cases[i].bits);
        assert_memory_equal(block.octets, cases[i].octets, 4);
        assert_int_equal(block.len, SOURCE_V4_LEN);
    }
    struct source long_one = v6(1, 2, 3), other = v6(1, 2, 4);
    long_one = source_block(&long_one, 64);
    other = source_block(&other, 64);
    assert_true(source_equal(&long_one, &other));
}

static void families_are_never_equal(void **state)
{
    (void)state;
    const uint8_t octets[SOURCE_V6_LEN] = { 192, 0, 2, 1 };
    struct source a = source_of(bytes_of(octets, 16)), b = v4(192, 0, 2, 1);
    assert_false(source_equal(&a, &b));
    assert_true(source_hash(&a, 1) != source_hash(&b, 1));
}

static void the_seed_and_each_octet_matter_to_the_hash(void **state)
{
    (void)state;
    struct source a = v6(1, 2, 3);
    assert_true(source_hash(&a, 1) == source_hash(&a, 1));
    assert_true(source_hash(&a, 1) != source_hash(&a, 2));
    for (size_t i = 0; i < SOURCE_V6_LEN; i++) {
        struct source b = a;
        b.octets[i] ^= 1;
        assert_true(source_hash(&a, 1) != source_hash(&b, 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ipv4_address_in_ipv6_clothes_is_one_of_ipv4),
        cmocka_unit_test(other_lengths_are_no_address),
        cmocka_unit_test(a_block_keeps_the_leading_bits),
        cmocka_unit_test(families_are_never_equal),
        cmocka_unit_test(the_seed_and_each_octet_matter_to_the_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
