/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/buf.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void what_is_appended_is_consumed_in_order(void **state)
{
    (void)state;
    scoped(buf) b = BUF_EMPTY(100);
    assert_int_equal(buf_len(&b), 0);
    assert_int_equal(buf_append(&b, BYTES_NONE), OK);
    assert_int_equal(buf_append_text(&b, "hello "), OK);
    assert_int_equal(buf_format(&b, "%s %d", "world", 7), OK);
    assert_string_equal(buf_text(&b), "hello world 7");
    buf_consume(&b, 6);
    assert_true(bytes_is(buf_bytes(&b), "world 7"));
    buf_truncate(&b, 5);
    assert_string_equal(buf_text(&b), "world");
    buf_consume(&b, 5);
    assert_string_equal(buf_text(&b), "");
    assert_int_equal(buf_append_text(&b, "again"), OK);
    buf_clear(&b);
    assert_int_equal(buf_len(&b), 0);
}

static void the_limit_is_exact_and_a_refusal_changes_nothing(void **state)
{
    (void)state;
    for (size_t limit = 0; limit < 600; limit += 7) {
        scoped(buf) b = BUF_EMPTY(limit);
        struct span room;
        for (size_t i = 0; i < limit; i++)
            assert_int_equal(buf_append_text(&b, "x"), OK);
        assert_int_equal(buf_append_text(&b, "y"), ERR_NO_SPACE);
        assert_int_equal(buf_format(&b, "%c", 'y'), ERR_NO_SPACE);
        assert_int_equal(buf_reserve(&b, 1, &room), ERR_NO_SPACE);
        assert_int_equal(buf_reserve(&b, SIZE_MAX, &room), ERR_NO_SPACE);
        assert_int_equal(buf_len(&b), limit);
        assert_int_equal(strspn(buf_text(&b), "x"), limit);
    }
}

static void a_formatted_text_may_reach_the_limit(void **state)
{
    (void)state;
    scoped(buf) b = BUF_EMPTY(8);
    assert_int_equal(buf_format(&b, "%s", ""), OK);
    assert_int_equal(buf_format(&b, "%s", "12345678"), OK);
    assert_string_equal(buf_text(&b), "12345678");
    for (size_t len = 250; len < 260; len++) {
        scoped(buf) wide = BUF_EMPTY(len);
        assert_int_equal(buf_format(&wide, "%*d", (int)len, 1), OK);
        assert_int_equal(buf_len(&wide), len);
    }
}

static void consumed_octets_make_room_again(void **state)
{
    (void)state;
    scoped(buf) b = BUF_EMPTY(1000);
    uint8_t in = 0, out = 0;
    for (size_t turn = 0; turn < 2000; turn++) {
        for (size_t i = 0; i < 1 + turn * 7 % 60; i++, in++)
            assert_int_equal(buf_append(&b, bytes_of(&in, 1)), OK);
        while (buf_len(&b) > turn * 11 % 700) {
            assert_int_equal(buf_bytes(&b).data[0], out++);
            buf_consume(&b, 1);
        }
    }
    assert_true(b.size <= 1024);
}

static void what_is_kept_replaces_what_was_there(void **state)
{
    (void)state;
    scoped(buf) b = BUF_EMPTY(10);
    buf_keep(&b, BYTES_LITERAL("0123456789"));
    assert_string_equal(buf_text(&b), "0123456789");
    buf_consume(&b, 3);
    buf_keep(&b, BYTES_LITERAL("abcdefghij"));
    assert_string_equal(buf_text(&b), "abcdefghij");
    buf_keep(&b, BYTES_NONE);
    assert_int_equal(buf_len(&b), 0);
}

static void reserved_room_is_taken_by_commit(void **state)
{
    (void)state;
    scoped(buf) b = BUF_EMPTY(1000);
    struct span room;
    assert_int_equal(buf_append_text(&b, "ab"), OK);
    assert_int_equal(buf_reserve(&b, 600, &room), OK);
    assert_int_equal(room.len, 600);
    memcpy(room.data, "cd", 2);
    assert_int_equal(buf_len(&b), 2);
    buf_commit(&b, 2);
    assert_string_equal(buf_text(&b), "abcd");
}

static void wiping_keeps_the_limit_and_shrinking_keeps_the_content(void **state)
{
    (void)state;
    struct buf b;
    struct span room;
    buf_init(&b, 10000);
    assert_int_equal(buf_reserve(&b, 10000, &room), OK);
    memset(room.data, 'x', room.len);
    buf_commit(&b, 10000);
    buf_shrink(&b);
    assert_int_equal(buf_len(&b), 10000);
    buf_clear(&b);
    buf_shrink(&b);
    assert_null(b.data);
    assert_int_equal(buf_append_text(&b, "small"), OK);
    buf_clear(&b);
    buf_shrink(&b);
    assert_non_null(b.data);
    buf_wipe(&b);
    assert_null(b.data);
    assert_int_equal(b.limit, 10000);
    buf_wipe(&b);
}

/* The allocator gives out again what was freed last: what the buffer left there can be seen. */
static void what_was_dropped_does_not_stay_in_memory_that_is_outgrown(void **state)
{
    (void)state;
    (void)mallopt(M_PERTURB, 0); /* the tests' runner may have set it */
    scoped(buf) b = BUF_EMPTY(10000);
    struct span room;
    for (int i = 0; i < 200; i++)
        assert_int_equal(buf_append_text(&b, "s"), OK);
    size_t size = b.size;
    buf_clear(&b);
    assert_int_equal(buf_reserve(&b, 5000, &room), OK);
    void *again = malloc(size);
    assert_non_null(again);
    const volatile uint8_t *left = again;
    for (size_t i = 2 * sizeof(void *); i < size; i++) /* behind the allocator's own marks */
        assert_int_not_equal(left[i], 's');
    free(again);
}

/* Freed memory as the allocator gives it out again; NULL when it gives out other. */
static const volatile uint8_t *left_by(struct buf *b)
{
    size_t size = b->size;
    const uint8_t *was = b->data;
    buf_wipe(b);
    const volatile uint8_t *again = malloc(size);
    assert_ptr_equal((const void *)(uintptr_t)again, was);
    return again;
}

/* Behind the allocator's own marks. */
static size_t count_left(const volatile uint8_t *octets, size_t len, uint8_t wanted)
{
    size_t count = 0;
    for (size_t i = 2 * sizeof(void *); i < len; i++)
        count += octets[i] == wanted;
    return count;
}

static void room_is_wiped_as_far_as_it_was_committed(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip(); /* freed memory is not given out again */
#endif
    (void)mallopt(M_PERTURB, 0);
    struct buf b = BUF_EMPTY(1000);
    struct span room;
    assert_int_equal(buf_reserve(&b, 600, &room), OK);
    memset(room.data, 'x', 600);
    buf_commit(&b, 200);
    buf_consume(&b, 150);
    const volatile uint8_t *left = left_by(&b);
    assert_int_equal(count_left(left, 200, 'x'), 0);
    assert_int_equal(count_left(left, 600, 'x'), 400);
    free((void *)(uintptr_t)left);
}

static void room_that_nobody_committed_is_wiped(void **state)
{
    (void)state;
#ifdef __SANITIZE_ADDRESS__
    skip();
#endif
    (void)mallopt(M_PERTURB, 0);
    struct buf b = BUF_EMPTY(1000);
    struct span room;
    for (int i = 0; i < 2; i++) { /* nor when it is asked for again and that is committed */
        assert_int_equal(buf_reserve(&b, 600, &room), OK);
        memset(room.data, 'x', 600);
        if (i == 1) {
            assert_int_equal(buf_reserve(&b, 10, &room), OK);
            buf_commit(&b, 10);
        }
        const volatile uint8_t *left = left_by(&b);
        assert_int_equal(count_left(left, 600, 'x'), 0);
        free((void *)(uintptr_t)left);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_appended_is_consumed_in_order),
        cmocka_unit_test(the_limit_is_exact_and_a_refusal_changes_nothing),
        cmocka_unit_test(a_formatted_text_may_reach_the_limit),
        cmocka_unit_test(consumed_octets_make_room_again),
        cmocka_unit_test(what_is_kept_replaces_what_was_there),
        cmocka_unit_test(reserved_room_is_taken_by_commit),
        cmocka_unit_test(what_was_dropped_does_not_stay_in_memory_that_is_outgrown),
        cmocka_unit_test(room_is_wiped_as_far_as_it_was_committed),
        cmocka_unit_test(room_that_nobody_committed_is_wiped),
        cmocka_unit_test(wiping_keeps_the_limit_and_shrinking_keeps_the_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
