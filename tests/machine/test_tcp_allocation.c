/* SPDX-License-Identifier: BSD-2-Clause */
/* A stack takes all of its memory when it is made: whatever comes later, it asks for no more. */
#include "machine/wire_pair.h"
#include "tcpip/stack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The wire of the tests uses malloc and realloc, so only what stacks take their memory with is counted. */
static size_t allocations;
void *__libc_calloc(size_t count, size_t size);

#ifdef __SANITIZE_ADDRESS__
enum { COUNTS = 0 };
#else
enum { COUNTS = 1 };
void *calloc(size_t count, size_t size)
{
    allocations++;
    return __libc_calloc(count, size);
}
#endif

static struct wire_pair pair;
static uint8_t data[1 << 20];

static enum wire_fate lose_some(struct wire_pair *wire, int from, struct wire_packet *packet)
{
    (void)from;
    (void)packet;
    wire->random = wire->random * 6364136223846793005 + 1442695040888963407;
    unsigned dice = (unsigned)(wire->random >> 40) % 100;
    return dice < 3   ? WIRE_IS_LOST
           : dice < 6 ? WIRE_COMES_LATE
           : dice < 8 ? WIRE_COMES_TWICE
                      : WIRE_PASSES;
}

static void nothing_is_allocated_after_set_up(void **state)
{
    (void)state;
    for (int version = 4; version <= 6; version += 2) {
        wire_pair_init(&pair, NULL);
        size_t before = allocations;
        assert_true(before > 0 || !COUNTS);
        pair.filter = lose_some;
        struct wire_host *sender = &pair.hosts[0], *reader = &pair.hosts[1];
        sender->to_send = data;
        sender->to_send_len = sizeof(data);
        sender->closes_after_sending = true;
        reader->closes_back = true;
        struct ip_endpoint to = wire_pair_endpoint(1, version, 80);
        assert_int_equal(flow_listen(reader->stack, 80, false), OK);
        assert_int_equal(flow_connect(sender->stack, &to, 0, pair.now, &sender->flow), OK);
        wire_pair_run(&pair, 300 * 1000);
        assert_int_equal(reader->read_len, sizeof(data));
        assert_true(stack_counts(sender->stack)->retransmitted > 0);
        assert_int_equal(allocations, before);
        wire_pair_wipe(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(nothing_is_allocated_after_set_up) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
