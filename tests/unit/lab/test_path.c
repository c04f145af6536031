/* SPDX-License-Identifier: BSD-2-Clause */
#include "lab/path.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct path path_of(const struct path_setup *setup)
{
    struct path path;
    path_init(&path, setup, dice_new(1, 1));
    return path;
}

static const struct instant start = { 1000000 };

static void a_packet_takes_as_long_as_the_link_and_the_delay(void **unused)
{
    (void)unused;
    struct path path = path_of(
        &(struct path_setup){ .delay_us = 5000, .rate = 8000000, .queue_max = 10000, .mtu = 1500 });
    /* 1000 octets at a million a second: a millisecond each, one behind the other. */
    for (int i = 1; i <= 3; i++) {
        struct path_verdict v = path_carry(&path, start, 1000);
        assert_int_equal(v.fate, PATH_CARRIED);
        assert_int_equal(v.copies, 1);
        assert_int_equal(v.at[0].us, start.us + 5000 + 1000 * i);
    }
}

static void what_the_queue_cannot_hold_is_lost_and_there_is_room_again_later(void **unused)
{
    (void)unused;
    struct path path = path_of(
        &(struct path_setup){ .rate = 8000000, .queue_max = 2500, .mark_at = 1500, .mtu = 1500 });
    assert_false(path_carry(&path, start, 1000).is_marked);
    assert_false(path_carry(&path, start, 1000).is_marked);
    assert_int_equal(path_carry(&path, start, 1000).fate, PATH_FULL);
    struct path_verdict small = path_carry(&path, start, 500);
    assert_int_equal(small.fate, PATH_CARRIED);
    assert_true(small.is_marked);
    assert_int_equal(path_carry(&path, instant_after(start, 2), 1000).fate, PATH_CARRIED);
}

static void what_is_larger_than_the_mtu_does_not_pass(void **unused)
{
    (void)unused;
    struct path path = path_of(&(struct path_setup){ .mtu = 1400 });
    assert_int_equal(path_carry(&path, start, 1400).fate, PATH_CARRIED);
    assert_int_equal(path_carry(&path, start, 1401).fate, PATH_TOO_BIG);
}

static void jitter_delays_and_does_not_reorder(void **unused)
{
    (void)unused;
    struct path path =
        path_of(&(struct path_setup){ .delay_us = 1000, .jitter_us = 5000, .mtu = 1500 });
    int64_t last = 0;
    bool varies = false;
    for (int i = 0; i < 1000; i++) {
        struct instant now = { start.us + i * 100 };
        struct path_verdict v = path_carry(&path, now, 100);
        assert_true(v.at[0].us >= last);
        assert_true(v.at[0].us >= now.us + 1000);
        varies |= v.at[0].us != now.us + 1000;
        last = v.at[0].us;
    }
    assert_true(varies);
}

/* In a million rolls of 1 % between 9,700 and 10,300 hits are three standard deviations. */
static void about_as_many_are_lost_doubled_and_overtaken_as_was_asked_for(void **unused)
{
    (void)unused;
    struct path path = path_of(&(struct path_setup){
        .delay_us = 1000, .loss = 10000, .reorder = 10000, .duplicate = 10000, .mtu = 1500 });
    unsigned lost = 0, doubled = 0, overtaken = 0;
    for (int i = 0; i < 1000000; i++) {
        struct path_verdict v = path_carry(&path, start, 100);
        lost += v.fate == PATH_LOST;
        doubled += v.copies == 2;
        overtaken += v.is_overtaken;
    }
    assert_in_range(lost, 9700, 10300);
    assert_in_range(doubled, 9700, 10300);
    assert_in_range(overtaken, 9700, 10300);
}

static void another_chance_of_loss_does_not_shift_the_other_chances(void **unused)
{
    (void)unused;
    struct path a = path_of(&(struct path_setup){ .duplicate = 100000, .mtu = 1500 });
    struct path b =
        path_of(&(struct path_setup){ .duplicate = 100000, .loss = 100000, .mtu = 1500 });
    for (int i = 0; i < 1000; i++) {
        struct path_verdict x = path_carry(&a, start, 100), y = path_carry(&b, start, 100);
        if (y.fate == PATH_CARRIED)
            assert_int_equal(x.copies, y.copies);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packet_takes_as_long_as_the_link_and_the_delay),
        cmocka_unit_test(what_the_queue_cannot_hold_is_lost_and_there_is_room_again_later),
        cmocka_unit_test(what_is_larger_than_the_mtu_does_not_pass),
        cmocka_unit_test(jitter_delays_and_does_not_reorder),
        cmocka_unit_test(about_as_many_are_lost_doubled_and_overtaken_as_was_asked_for),
        cmocka_unit_test(another_chance_of_loss_does_not_shift_the_other_chances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
