/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/chunk_queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void what_is_written_anywhere_is_read_there(void **unused)
{
    (void)unused;
    enum { LEN = 5 * CHUNK_LEN + 77, PIECE = 1448 };
    static uint8_t data[LEN];
    for (size_t i = 0; i < LEN; i++)
        data[i] = (uint8_t)(i * 31 + i / 257);
    /* From both sides of the wrap, in order and backwards. */
    static const uint32_t begins[] = { 0, 1000, UINT32_MAX - 20000 };
    for (size_t b = 0; b < 3; b++) {
        for (int is_backwards = 0; is_backwards < 2; is_backwards++) {
            struct chunks pool;
            struct chunk_queue q = CHUNK_QUEUE_EMPTY;
            assert_true(chunks_init(&pool, 8));
            size_t pieces = (LEN + PIECE - 1) / PIECE;
            for (size_t i = 0; i < pieces; i++) {
                size_t at = (is_backwards ? pieces - 1 - i : i) * PIECE;
                struct bytes piece = bytes_slice(bytes_of(data, LEN), at, PIECE);
                assert_int_equal(chunk_queue_write(&q, &pool, begins[b] + (uint32_t)at, piece),
                                 piece.len);
            }
            for (size_t at = 0; at < LEN;) {
                struct bytes piece =
                    chunk_queue_read(&q, &pool, begins[b] + (uint32_t)at, LEN - at);
                assert_true(piece.len > 0);
                assert_memory_equal(piece.data, data + at, piece.len);
                at += piece.len;
                chunk_queue_drop(&q, &pool, begins[b] + (uint32_t)at);
            }
            chunk_queue_clear(&q, &pool);
            assert_int_equal(pool.free_count, 8);
            chunks_wipe(&pool);
        }
    }
}

static void a_hole_costs_a_chunk_at_most(void **unused)
{
    (void)unused;
    struct chunks pool;
    struct chunk_queue q = CHUNK_QUEUE_EMPTY;
    assert_true(chunks_init(&pool, 4));
    assert_int_equal(chunk_queue_write(&q, &pool, 10, BYTES_LITERAL("a")), 1);
    assert_int_equal(chunk_queue_write(&q, &pool, 10 + 100 * CHUNK_LEN, BYTES_LITERAL("b")), 1);
    assert_int_equal(pool.free_count, 2);
    assert_int_equal(chunk_queue_read(&q, &pool, 10 + 50 * CHUNK_LEN, 1).len, 0);
    assert_int_equal(*chunk_queue_read(&q, &pool, 10 + 100 * CHUNK_LEN, 1).data, 'b');
    chunk_queue_clear(&q, &pool);
    chunks_wipe(&pool);
}

static void without_a_chunk_less_is_written(void **unused)
{
    (void)unused;
    static uint8_t data[3 * CHUNK_LEN];
    struct chunks pool;
    struct chunk_queue q = CHUNK_QUEUE_EMPTY;
    assert_true(chunks_init(&pool, 2));
    assert_int_equal(chunk_queue_write(&q, &pool, 5, bytes_of(data, sizeof(data))), 2 * CHUNK_LEN);
    assert_int_equal(chunk_queue_room(&q, &pool, 5 + 2 * CHUNK_LEN).len, 0);
    chunk_queue_clear(&q, &pool);
    assert_int_equal(chunk_queue_room(&q, &pool, 5).len, CHUNK_LEN);
    chunk_queue_clear(&q, &pool);
    chunks_wipe(&pool);
}

static void what_it_lacks_is_what_writing_takes(void **unused)
{
    (void)unused;
    enum { CHUNKS = 64, WRITES = 20, FAR = 40 * CHUNK_LEN };
    static const uint8_t data[3 * CHUNK_LEN];
    struct chunks pool;
    uint32_t random = 1;
    assert_true(chunks_init(&pool, CHUNKS));
    for (int run = 0; run < 50; run++) {
        struct chunk_queue q = CHUNK_QUEUE_EMPTY;
        uint32_t begin = UINT32_MAX - FAR / 2;
        for (int i = 0; i < WRITES; i++) {
            random = random * 1664525U + 1013904223U;
            uint32_t seq = begin + random % FAR;
            size_t len = (random >> 9) % (i % 3 == 0 ? sizeof(data) : 1500);
            size_t lacks = chunk_queue_lacks(&q, &pool, seq, len), free = pool.free_count;
            if (lacks > free)
                break;
            assert_int_equal(chunk_queue_write(&q, &pool, seq, bytes_of(data, len)), len);
            assert_int_equal(free - pool.free_count, lacks);
            assert_int_equal(chunk_queue_lacks(&q, &pool, seq, len), 0);
        }
        chunk_queue_clear(&q, &pool);
    }
    chunks_wipe(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_anywhere_is_read_there),
        cmocka_unit_test(a_hole_costs_a_chunk_at_most),
        cmocka_unit_test(without_a_chunk_less_is_written),
        cmocka_unit_test(what_it_lacks_is_what_writing_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
