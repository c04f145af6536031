/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/channel/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void what_is_delivered_is_given_back_once(void **state)
{
    (void)state;
    struct window w;
    bool accepted;
    uint64_t credit = 0, taken = 0;
    window_init(&w, (struct instant){ 0 });
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(window_take(&w, 1000, &accepted), OK);
        assert_true(accepted);
        taken += 1000;
        credit += window_deliver(&w, 1000, (struct instant){ 0 }, 0, WINDOW_MAX);
        assert_int_equal(w.left + taken - credit, WINDOW_INITIAL);
    }
    assert_true(credit > 0);
}

static void the_window_grows_with_the_path(void **state)
{
    (void)state;
    struct window w;
    bool accepted;
    struct instant now = { 0 };
    window_init(&w, now);
    for (int i = 0; i < 100; i++) {
        for (uint32_t left = w.left; left >= 32768; left -= 32768) {
            assert_int_equal(window_take(&w, 32768, &accepted), OK);
            now.us += 10;
            (void)window_deliver(&w, 32768, now, 100000, WINDOW_MAX - w.size);
        }
        now.us += 100000;
    }
    assert_int_equal(w.size, WINDOW_MAX);
}

static void a_slow_reader_keeps_a_small_window(void **state)
{
    (void)state;
    struct window w;
    bool accepted;
    struct instant now = { 0 };
    window_init(&w, now);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(window_take(&w, 1000, &accepted), OK);
        now.us += 100000;
        (void)window_deliver(&w, 1000, now, 1000, WINDOW_MAX);
    }
    assert_int_equal(w.size, WINDOW_INITIAL);
}

static void a_tenth_too_much_is_dropped_and_more_is_an_error(void **state)
{
    (void)state;
    struct window w;
    bool accepted;
    window_init(&w, (struct instant){ 0 });
    assert_int_equal(window_take(&w, WINDOW_INITIAL, &accepted), OK);
    assert_int_equal(window_take(&w, WINDOW_INITIAL / 10, &accepted), OK);
    assert_false(accepted);
    assert_int_equal(window_take(&w, 2, &accepted), ERR_OVER_BUDGET);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_delivered_is_given_back_once),
        cmocka_unit_test(the_window_grows_with_the_path),
        cmocka_unit_test(a_slow_reader_keeps_a_small_window),
        cmocka_unit_test(a_tenth_too_much_is_dropped_and_more_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
