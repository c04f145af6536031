/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/outbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct outbox o;
static struct stack_frame frame;

static void packets_leave_in_their_order_and_the_last_is_lost_when_it_is_full(void **unused)
{
    (void)unused;
    struct chunks pool;
    assert_true(chunks_init(&pool, 1));
    outbox_init(&o);
    for (int i = 0; i < OUTBOX_PACKETS; i++) {
        struct outbox_packet *packet = outbox_room(&o, &pool);
        packet->header[0] = (uint8_t)i;
        packet->header_len = 1;
        outbox_commit(&o);
    }
    assert_null(outbox_room(&o, &pool));
    for (int i = 0; i < OUTBOX_PACKETS; i++) {
        assert_true(outbox_output(&o, &pool, &frame));
        assert_int_equal(frame.header[0], (uint8_t)i);
        assert_int_equal(frame.len, 1);
    }
    assert_false(outbox_output(&o, &pool, &frame));
    chunks_wipe(&pool);
}

static void a_chunk_may_be_read_until_the_next_packet_is_written(void **unused)
{
    (void)unused;
    struct chunks pool;
    assert_true(chunks_init(&pool, 1));
    outbox_init(&o);
    struct outbox_packet *packet = outbox_room(&o, &pool);
    packet->chunk = chunks_take(&pool);
    packet->chunk_len = 5;
    memcpy(chunks_span(&pool, packet->chunk).data, "hello", 5);
    outbox_commit(&o);
    assert_true(outbox_output(&o, &pool, &frame));
    assert_int_equal(frame.slice_count, 1);
    assert_memory_equal(frame.slices[0].data, "hello", 5);
    assert_int_equal(pool.free_count, 0);
    assert_non_null(outbox_room(&o, &pool));
    assert_int_equal(pool.free_count, 1);
    chunks_wipe(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_leave_in_their_order_and_the_last_is_lost_when_it_is_full),
        cmocka_unit_test(a_chunk_may_be_read_until_the_next_packet_is_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
