/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/terms_record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void what_is_told_is_understood(void **state)
{
    (void)state;
    scoped(buf) datagram = BUF_EMPTY(RECORD_LEN_MAX);
    const struct terms_record told = { BYTES_LITERAL("Hello"), 1, 2, 3, 4, 5ULL << 32 | 6, 7 };
    const struct record record = terms_record_encode(&told);
    struct record read;
    assert_int_equal(record_encode(&record, &datagram), OK);
    assert_int_equal(record_decode(buf_bytes(&datagram), &read), OK);
    struct terms_record heard = terms_record_decode(&read);
    assert_true(bytes_is(heard.banner, "Hello"));
    assert_int_equal(heard.max_auth_tries, 1);
    assert_int_equal(heard.max_sessions, 2);
    assert_int_equal(heard.alive_interval, 3);
    assert_int_equal(heard.alive_count_max, 4);
    assert_true(heard.rekey_octets == told.rekey_octets);
    assert_int_equal(heard.rekey_seconds, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_told_is_understood) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
