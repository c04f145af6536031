/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/chunks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void every_chunk_is_given_once(void **unused)
{
    (void)unused;
    struct chunks c;
    assert_false(chunks_init(&c, 0));
    assert_true(chunks_init(&c, 3));
    uint32_t a = chunks_take(&c), b = chunks_take(&c), d = chunks_take(&c);
    assert_true(a != b && b != d && a != d);
    assert_int_equal(chunks_take(&c), CHUNK_NONE);
    chunks_give(&c, b);
    assert_int_equal(chunks_take(&c), b);
    assert_int_equal(chunks_span(&c, b).len, CHUNK_LEN);
    chunks_wipe(&c);
}

static void what_is_promised_nobody_else_takes(void **unused)
{
    (void)unused;
    struct chunks c;
    assert_true(chunks_init(&c, 3));
    assert_false(chunks_promise(&c, 4));
    assert_true(chunks_promise(&c, 2));
    assert_true(chunks_take(&c) != CHUNK_NONE);
    assert_int_equal(chunks_take(&c), CHUNK_NONE);
    chunks_release_promise(&c);
    assert_true(chunks_take(&c) != CHUNK_NONE);
    assert_true(chunks_promise(&c, 1));
    assert_int_equal(chunks_take(&c), CHUNK_NONE);
    chunks_release_promise(&c);
    assert_true(chunks_take(&c) != CHUNK_NONE);
    assert_false(chunks_promise(&c, 1));
    assert_true(chunks_promise(&c, 0));
    chunks_wipe(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_chunk_is_given_once),
        cmocka_unit_test(what_is_promised_nobody_else_takes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
