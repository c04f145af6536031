/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/chachapoly.h"

#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "unit/vectors.h"

static void the_example_of_the_draft_holds(void **state)
{
    (void)state;
    json_t *tests = vectors_load("chachapoly/draft.json");
    const json_t *test = json_array_get(tests, 0);
    scoped(buf) key = vectors_hex(test, "key"), packet = vectors_hex(test, "packet");
    scoped(buf) plain = vectors_hex(test, "packet"), sealed = vectors_hex(test, "sealed");
    scoped(buf) expected = vectors_hex(test, "tag");
    struct span span = { packet.data, buf_len(&packet) };
    uint32_t sequence = vectors_number(test, "sequence");
    uint8_t tag[CHACHAPOLY_TAG_LEN];

    struct chachapoly *c = chachapoly_new(buf_bytes(&key));
    chachapoly_seal(c, sequence, span, tag);
    assert_true(bytes_equal(buf_bytes(&packet), buf_bytes(&sealed)));
    assert_true(bytes_equal(bytes_of(tag, sizeof(tag)), buf_bytes(&expected)));

    assert_int_equal(chachapoly_peek_length(c, sequence, span.data), buf_len(&packet) - 4);
    assert_int_equal(chachapoly_open(c, sequence, span, tag), OK);
    assert_true(bytes_equal(bytes_skip(buf_bytes(&packet), 4), bytes_skip(buf_bytes(&plain), 4)));
    assert_memory_equal(packet.data, sealed.data, 4);
    chachapoly_free(c);
    json_decref(tests);
}

enum { LEN = 4 + 40 };

static struct chachapoly *keyed(void)
{
    uint8_t key[CHACHAPOLY_KEY_LEN];
    for (size_t i = 0; i < sizeof(key); i++)
        key[i] = (uint8_t)i;
    return chachapoly_new(bytes_of(key, sizeof(key)));
}

static void every_flipped_bit_is_refused_and_nothing_is_changed(void **state)
{
    (void)state;
    struct chachapoly *c = keyed();
    uint8_t sealed[LEN + CHACHAPOLY_TAG_LEN] = { 0, 0, 0, 40, 4, 'h', 'e', 'l', 'l', 'o' };
    chachapoly_seal(c, 9, (struct span){ sealed, LEN }, sealed + LEN);

    for (size_t bit = 0; bit < 8 * sizeof(sealed); bit++) {
        uint8_t damaged[sizeof(sealed)], kept[sizeof(sealed)];
        memcpy(damaged, sealed, sizeof(sealed));
        damaged[bit / 8] ^= (uint8_t)(1 << bit % 8);
        memcpy(kept, damaged, sizeof(kept));
        assert_int_equal(chachapoly_open(c, 9, (struct span){ damaged, LEN }, damaged + LEN),
                         ERR_BAD_MAC);
        assert_memory_equal(damaged, kept, sizeof(kept));
    }
    assert_int_equal(chachapoly_open(c, 10, (struct span){ sealed, LEN }, sealed + LEN),
                     ERR_BAD_MAC);
    assert_int_equal(chachapoly_open(c, 9, (struct span){ sealed, LEN }, sealed + LEN), OK);
    assert_memory_equal(sealed + 5, "hello", 5);
    chachapoly_free(c);
}

static void each_sequence_number_has_its_own_stream(void **state)
{
    (void)state;
    static const uint32_t sequences[] = { 0, 1, 255, 256, 65536, 0x1000000, UINT32_MAX };
    enum { COUNT = sizeof(sequences) / sizeof(sequences[0]) };
    uint8_t packets[COUNT][LEN], tag[CHACHAPOLY_TAG_LEN];
    struct chachapoly *c = keyed();

    for (size_t i = 0; i < COUNT; i++) {
        memset(packets[i], 0, LEN);
        packets[i][3] = LEN - 4;
        chachapoly_seal(c, sequences[i], (struct span){ packets[i], LEN }, tag);
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(packets[i], packets[j], LEN);
        assert_int_equal(chachapoly_peek_length(c, sequences[i], packets[i]), LEN - 4);
        assert_int_equal(chachapoly_open(c, sequences[i], (struct span){ packets[i], LEN }, tag),
                         OK);
    }
    chachapoly_free(c);
    chachapoly_free(NULL);
}

static void packets_of_any_length_come_back(void **state)
{
    (void)state;
    uint8_t packet[4 + 300], tag[CHACHAPOLY_TAG_LEN];
    struct chachapoly *c = keyed();
    for (size_t len = 4; len <= sizeof(packet); len++) {
        memset(packet, 'x', sizeof(packet));
        chachapoly_seal(c, 1, (struct span){ packet, len }, tag);
        assert_int_equal(chachapoly_open(c, 1, (struct span){ packet, len }, tag), OK);
        for (size_t i = 4; i < sizeof(packet); i++)
            assert_int_equal(packet[i], 'x');
    }
    chachapoly_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_example_of_the_draft_holds),
        cmocka_unit_test(every_flipped_bit_is_refused_and_nothing_is_changed),
        cmocka_unit_test(each_sequence_number_has_its_own_stream),
        cmocka_unit_test(packets_of_any_length_come_back),
    };
    crypto_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
