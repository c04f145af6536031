/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/isn.h"

#include "unit/tcpip/dice.h"

#include <stdlib.h>
#include <string.h>

static struct isn made(uint64_t seed)
{
    struct isn isn;
    struct rng rng = dice_rng(&seed);
    assert_true(isn_init(&isn, &rng));
    return isn;
}

static struct ip_endpoint v4(uint32_t address, uint16_t port)
{
    return (struct ip_endpoint){
        { 4,
          { (uint8_t)(address >> 24), (uint8_t)(address >> 16), (uint8_t)(address >> 8),
            (uint8_t)address } },
        port,
    };
}

static const struct instant NOW = { 1000000 };

/* Chi square of 256 cells; with 255 degrees of freedom 400 is beyond 1 in 10^8. */
static void assert_uniform(const uint32_t cells[256])
{
    double total = 0, square = 0;
    for (int i = 0; i < 256; i++)
        total += cells[i];
    for (int i = 0; i < 256; i++)
        square += (cells[i] - total / 256) * (cells[i] - total / 256) / (total / 256);
    assert_true(square < 400);
}

/* ---- sequence numbers ---- */

/* MUST-8 */
static void of_one_pair_of_endpoints_it_is_a_clock_of_four_microseconds(void **state)
{
    (void)state;
    struct isn isn = made(1);
    struct ip_endpoint local = v4(0x0a000001, 22), remote = v4(0x0a000002, 40000);
    uint32_t first = isn_sequence(&isn, &local, &remote, NOW);
    assert_int_equal(isn_sequence(&isn, &local, &remote, at_us(NOW.us + 4)), first + 1);
    assert_int_equal(isn_sequence(&isn, &local, &remote, at_us(NOW.us + 4000000)), first + 1000000);
    int64_t cycle = (int64_t)4 << 32;
    assert_int_equal(isn_sequence(&isn, &local, &remote, at_us(NOW.us + cycle)), first);
    isn_wipe(&isn);
}

static void every_part_of_the_endpoints_counts(void **state)
{
    (void)state;
    struct isn isn = made(1), other = made(2);
    struct ip_endpoint local = v4(0x0a000001, 22), remote = v4(0x0a000002, 40000);
    uint32_t first = isn_sequence(&isn, &local, &remote, NOW);
    assert_int_not_equal(isn_sequence(&other, &local, &remote, NOW), first);
    assert_int_not_equal(isn_sequence(&isn, &remote, &local, NOW), first);
    for (size_t i = 0; i < 16; i++) {
        struct ip_endpoint a = local, b = remote;
        a.address.octets[i] ^= 1;
        b.address.octets[i] ^= 1;
        assert_int_not_equal(isn_sequence(&isn, &a, &remote, NOW), first);
        assert_int_not_equal(isn_sequence(&isn, &local, &b, NOW), first);
    }
    local.port ^= 1;
    assert_int_not_equal(isn_sequence(&isn, &local, &remote, NOW), first);
    local.port ^= 1;
    remote.port ^= 1;
    assert_int_not_equal(isn_sequence(&isn, &local, &remote, NOW), first);
    isn_wipe(&isn);
    isn_wipe(&other);
}

/* A million connections from neighbouring ports and addresses: what one is tells nothing of the next. */
static void differences_between_neighbours_are_uniform(void **state)
{
    (void)state;
    struct isn isn = made(3);
    struct ip_endpoint local = v4(0x0a000001, 22);
    uint32_t high[256] = { 0 }, low[256] = { 0 }, previous = 0;
    for (uint32_t i = 0; i < 1000000; i++) {
        struct ip_endpoint remote = v4(0x0a000002 + i / 65536, (uint16_t)i);
        uint32_t sequence = isn_sequence(&isn, &local, &remote, NOW);
        high[(sequence - previous) >> 24]++;
        low[(sequence - previous) & 255]++;
        previous = sequence;
    }
    assert_uniform(high);
    assert_uniform(low);
    isn_wipe(&isn);
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

/* One who saw 2^16 of them and guesses one of their differences for the next hits no more than chance. */
static void who_has_seen_many_guesses_no_better(void **state)
{
    (void)state;
    enum { SEEN = 65536 };
    static uint32_t differences[SEEN];
    struct isn isn = made(4);
    struct ip_endpoint local = v4(0x0a000001, 22);
    uint32_t previous = 0;
    for (uint32_t i = 0; i < SEEN; i++) {
        struct ip_endpoint remote = v4(0x0a000002, (uint16_t)i);
        uint32_t sequence = isn_sequence(&isn, &local, &remote, at_us(NOW.us + i * 100));
        differences[i] = sequence - previous;
        previous = sequence;
    }
    qsort(differences, SEEN, sizeof(*differences), compare);
    int same = 0;
    for (uint32_t i = 1; i < SEEN; i++)
        same += differences[i] == differences[i - 1];
    assert_in_range(same, 0, 8); /* by chance 0.5 are expected */
    isn_wipe(&isn);
}

static void timestamps_have_an_offset_of_their_own(void **state)
{
    (void)state;
    struct isn isn = made(5);
    struct ip_endpoint local = v4(0x0a000001, 22), remote = v4(0x0a000002, 1);
    uint32_t first = isn_timestamp_offset(&isn, &local, &remote);
    assert_int_equal(isn_timestamp_offset(&isn, &local, &remote), first);
    remote.port = 2;
    assert_int_not_equal(isn_timestamp_offset(&isn, &local, &remote), first);
    isn_wipe(&isn);
}

/* ---- ports ---- */

static void every_port_is_tried_once(void **state)
{
    (void)state;
    static bool was_tried[ISN_PORT_COUNT];
    memset(was_tried, 0, sizeof(was_tried));
    struct isn isn = made(6);
    struct ip_endpoint local = v4(0x0a000001, 0), remote = v4(0x0a000002, 443);
    for (uint32_t attempt = 0; attempt < ISN_PORT_COUNT; attempt++) {
        uint16_t port = isn_port(&isn, &local.address, &remote, attempt);
        assert_in_range(port, ISN_PORT_FIRST, ISN_PORT_FIRST + ISN_PORT_COUNT - 1);
        assert_false(was_tried[port - ISN_PORT_FIRST]);
        was_tried[port - ISN_PORT_FIRST] = true;
    }
    isn_wipe(&isn);
}

/* To one destination they follow each other, so that a port rests long; nobody else sees that. */
static void one_destination_gets_the_next_and_others_are_not_told(void **state)
{
    (void)state;
    struct isn isn = made(7);
    struct ip_endpoint local = v4(0x0a000001, 0), remote = v4(0x0a000002, 443);
    uint16_t first = isn_port(&isn, &local.address, &remote, 0);
    uint32_t moved = 0;
    uint16_t before[256];
    for (uint32_t i = 0; i < 256; i++) {
        struct ip_endpoint other = v4(0x0b000000 + i, 80);
        before[i] = isn_port(&isn, &local.address, &other, 0);
    }
    isn_port_taken(&isn, &local.address, &remote, 2);
    uint16_t next = isn_port(&isn, &local.address, &remote, 0);
    assert_int_equal((next - first + ISN_PORT_COUNT) % ISN_PORT_COUNT, 3);
    for (uint32_t i = 0; i < 256; i++) {
        struct ip_endpoint other = v4(0x0b000000 + i, 80);
        moved += isn_port(&isn, &local.address, &other, 0) != before[i];
    }
    assert_in_range(moved, 0, 4);
    isn_wipe(&isn);
}

/* N9 of the rules for TCP: two destinations of 2^16 counters have the same by chance alone. */
static void few_destinations_share_a_counter(void **state)
{
    (void)state;
    enum { OTHERS = 100000 };
    static uint16_t before[OTHERS];
    struct isn isn = made(10);
    struct ip_endpoint local = v4(0x0a000001, 0), remote = v4(0x0a000002, 443);
    for (uint32_t i = 0; i < OTHERS; i++) {
        struct ip_endpoint other = v4(0x0b000000 + i, 443);
        before[i] = isn_port(&isn, &local.address, &other, 0);
    }
    isn_port_taken(&isn, &local.address, &remote, 0);
    uint32_t moved = 0;
    for (uint32_t i = 0; i < OTHERS; i++) {
        struct ip_endpoint other = v4(0x0b000000 + i, 443);
        moved += isn_port(&isn, &local.address, &other, 0) != before[i];
    }
    assert_in_range(moved, 0, 12); /* 1.5 are expected */
    isn_wipe(&isn);
}

static void first_ports_of_many_destinations_are_uniform(void **state)
{
    (void)state;
    struct isn isn = made(8);
    struct ip_endpoint local = v4(0x0a000001, 0);
    uint32_t cells[256] = { 0 };
    for (uint32_t i = 0; i < 100000; i++) {
        struct ip_endpoint remote = v4(0x0b000000 + i, 443);
        cells[isn_port(&isn, &local.address, &remote, 0) & 255]++;
    }
    assert_uniform(cells);
    isn_wipe(&isn);
}

static void a_wiped_secret_is_gone(void **state)
{
    (void)state;
    struct isn isn = made(9);
    static const struct isn nothing;
    isn_wipe(&isn);
    assert_memory_equal(&isn, &nothing, sizeof(isn));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_one_pair_of_endpoints_it_is_a_clock_of_four_microseconds),
        cmocka_unit_test(every_part_of_the_endpoints_counts),
        cmocka_unit_test(differences_between_neighbours_are_uniform),
        cmocka_unit_test(who_has_seen_many_guesses_no_better),
        cmocka_unit_test(timestamps_have_an_offset_of_their_own),
        cmocka_unit_test(every_port_is_tried_once),
        cmocka_unit_test(one_destination_gets_the_next_and_others_are_not_told),
        cmocka_unit_test(few_destinations_share_a_counter),
        cmocka_unit_test(first_ports_of_many_destinations_are_uniform),
        cmocka_unit_test(a_wiped_secret_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
