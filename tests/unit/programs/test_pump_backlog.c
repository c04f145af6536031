/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/pump/pump_backlog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static uint8_t octet_at(size_t offset)
{
    return (uint8_t)(offset * 31 + offset / 251);
}

static void append(struct pump_backlog *backlog, size_t from, size_t count)
{
    uint8_t octets[4096];
    for (size_t i = 0; i < count; i++)
        octets[i] = octet_at(from + i);
    pump_backlog_append(backlog, bytes_of(octets, count));
}

/* What the parts show begins at `from`; returns how much they show. */
static size_t expect_from(const struct pump_backlog *backlog, size_t from)
{
    struct iovec parts[PUMP_BACKLOG_PARTS];
    size_t count = pump_backlog_parts(backlog, parts), shown = 0;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *octets = parts[i].iov_base;
        assert_true(parts[i].iov_len > 0);
        for (size_t at = 0; at < parts[i].iov_len; at++)
            assert_int_equal(octets[at], octet_at(from + shown + at));
        shown += parts[i].iov_len;
    }
    return shown;
}

static void what_comes_in_comes_out_in_order(void **state)
{
    (void)state;
    struct pump_backlog backlog = { 0 };
    size_t in = 0, out = 0;
    for (size_t turn = 0; turn < 3000; turn++) {
        size_t more = turn * 37 % 4096, less = turn * 53 % 3000;
        append(&backlog, in, more);
        in += more;
        if (turn % 100 == 0)
            assert_true(expect_from(&backlog, out) > 0 || in == out);
        less = less < in - out ? less : in - out;
        pump_backlog_consume(&backlog, less);
        out += less;
        assert_int_equal(backlog.len, in - out);
    }
    assert_true(in - out > 2 * (size_t)PUMP_BACKLOG_PIECE);
    while (out < in) {
        size_t shown = expect_from(&backlog, out);
        pump_backlog_consume(&backlog, shown);
        out += shown;
    }
    assert_int_equal(expect_from(&backlog, out), 0);
    pump_backlog_wipe(&backlog);
}

static void it_shows_no_more_than_one_write_takes(void **state)
{
    (void)state;
    struct pump_backlog backlog = { 0 };
    size_t pieces = PUMP_BACKLOG_PARTS + 3;
    for (size_t in = 0; in < pieces * PUMP_BACKLOG_PIECE; in += 4096)
        append(&backlog, in, 4096);
    assert_int_equal(expect_from(&backlog, 0), (size_t)PUMP_BACKLOG_PARTS * PUMP_BACKLOG_PIECE);
    pump_backlog_wipe(&backlog);
    assert_int_equal(backlog.len, 0);
}

static void pieces_are_kept_until_it_rests(void **state)
{
    (void)state;
    struct pump_backlog backlog = { 0 };
    append(&backlog, 0, 10);
    pump_backlog_consume(&backlog, 10);
    assert_null(backlog.first);
    assert_non_null(backlog.spare);
    pump_backlog_rest(&backlog);
    assert_null(backlog.spare);
    append(&backlog, 0, 10);
    assert_int_equal(expect_from(&backlog, 0), 10);
    pump_backlog_wipe(&backlog);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_in_comes_out_in_order),
        cmocka_unit_test(it_shows_no_more_than_one_write_takes),
        cmocka_unit_test(pieces_are_kept_until_it_rests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
