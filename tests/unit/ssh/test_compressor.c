/* SPDX-License-Identifier: BSD-2-Clause */
#include "codec.h"
#include "ssh/limits.h"
#include "ssh/transport/compressor.h"

#include <zlib.h>

enum { STREAM_MAX = 4 * LIMITS_PAYLOAD };

struct ends {
    struct compressor *deflate, *inflate;
    struct buf deflated, inflated;
};

static void start(struct ends *e)
{
    *e = (struct ends){ compressor_new(true), compressor_new(false), BUF_EMPTY(STREAM_MAX),
                        BUF_EMPTY(LIMITS_PAYLOAD) };
}

static void stop(struct ends *e)
{
    compressor_free(e->deflate);
    compressor_free(e->inflate);
    buf_wipe(&e->deflated);
    buf_wipe(&e->inflated);
}

static void survives(struct ends *e, struct bytes payload)
{
    assert_int_equal(compressor_apply(e->deflate, payload, &e->deflated), OK);
    assert_int_equal(compressor_apply(e->inflate, buf_bytes(&e->deflated), &e->inflated), OK);
    assert_true(bytes_equal(buf_bytes(&e->inflated), payload));
}

/* Octets without a pattern, which compression makes longer. */
static void fill(uint8_t *octets, size_t len)
{
    uint32_t x = 1;
    for (size_t i = 0; i < len; i++) {
        x = x * 1664525 + 1013904223;
        octets[i] = (uint8_t)(x >> 24);
    }
}

static void payloads_of_every_size_survive_in_order(void **state)
{
    (void)state;
    static const size_t lens[] = { 1,    2,    100,  4000,  4085,
                                   4090, 4091, 4095, 4096,  4097,
                                   8191, 8192, 8193, 32768, LIMITS_PAYLOAD - 1 };
    static uint8_t octets[LIMITS_PAYLOAD];
    struct ends e;
    start(&e);
    for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        fill(octets, sizeof(octets));
        survives(&e, bytes_of(octets, lens[i]));
        memset(octets, (int)i, sizeof(octets));
        survives(&e, bytes_of(octets, lens[i]));
    }
    stop(&e);
}

static void what_was_said_before_makes_the_next_packet_smaller(void **state)
{
    (void)state;
    uint8_t octets[1000];
    struct ends e;
    start(&e);
    fill(octets, sizeof(octets));
    survives(&e, bytes_of(octets, sizeof(octets)));
    size_t first = buf_len(&e.deflated);
    survives(&e, bytes_of(octets, sizeof(octets)));
    assert_true(buf_len(&e.deflated) < first / 10);
    stop(&e);
}

static void a_small_packet_cannot_fill_our_memory(void **state)
{
    (void)state;
    static const uint8_t zeros[LIMITS_PAYLOAD];
    struct ends e;
    start(&e);
    assert_int_equal(compressor_apply(e.deflate, bytes_of(zeros, sizeof(zeros)), &e.deflated), OK);
    assert_true(buf_len(&e.deflated) < 1000);
    assert_int_equal(compressor_apply(e.inflate, buf_bytes(&e.deflated), &e.inflated),
                     ERR_BAD_COMPRESSION);
    assert_true(buf_len(&e.inflated) <= LIMITS_PAYLOAD);
    stop(&e);
}

static void what_is_no_compressed_data_is_refused(void **state)
{
    (void)state;
    static const struct bytes wrong[] = {
        BYTES_LITERAL("plain text"),         /* no header of zlib's */
        BYTES_LITERAL("\x78\x9c\xff\xff"),   /* a block of the reserved type */
        BYTES_LITERAL("\x78\xbb\0\0\0\0\0"), /* needs a dictionary */
        BYTES_LITERAL("\x78\x9c\1\1\0\0\0"), /* a stored block whose lengths disagree */
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct ends e;
        start(&e);
        assert_int_equal(compressor_apply(e.inflate, wrong[i], &e.inflated), ERR_BAD_COMPRESSION);
        stop(&e);
    }
}

/* A stream goes on as long as the keys; one that ends within a packet hides what follows. */
static void a_stream_that_ends_is_refused(void **state)
{
    (void)state;
    uint8_t whole[100];
    uLongf len = sizeof(whole);
    assert_int_equal(compress(whole, &len, (const Bytef *)"payload", 7), Z_OK);
    struct ends e;
    start(&e);
    assert_int_equal(compressor_apply(e.inflate, bytes_of(whole, len), &e.inflated),
                     ERR_BAD_COMPRESSION);
    stop(&e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(payloads_of_every_size_survive_in_order),
        cmocka_unit_test(what_was_said_before_makes_the_next_packet_smaller),
        cmocka_unit_test(a_small_packet_cannot_fill_our_memory),
        cmocka_unit_test(what_is_no_compressed_data_is_refused),
        cmocka_unit_test(a_stream_that_ends_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
