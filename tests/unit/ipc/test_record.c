/* SPDX-License-Identifier: BSD-2-Clause */
#include "ipc/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

/* A record of that type in which every field has something. */
static struct record filled(enum record_type type)
{
    struct record record = { .type = type };
    for (size_t i = 0; i < RECORD_NUMBERS_MAX; i++)
        record.numbers[i] = (uint32_t)(i + 1);
    for (size_t i = 0; i < RECORD_TEXTS_MAX; i++)
        record.texts[i] = B("x");
    return record;
}

static void what_is_encoded_is_decoded(void **state)
{
    (void)state;
    for (enum record_type type = 0; type < RECORD_TYPE_COUNT; type++) {
        scoped(buf) first = BUF_EMPTY(RECORD_LEN_MAX);
        scoped(buf) second = BUF_EMPTY(RECORD_LEN_MAX);
        struct record in = filled(type), out;
        assert_int_equal(record_encode(&in, &first), OK);
        assert_int_equal(record_decode(buf_bytes(&first), &out), OK);
        assert_int_equal(out.type, type);
        assert_int_equal(record_encode(&out, &second), OK);
        assert_true(bytes_equal(buf_bytes(&first), buf_bytes(&second)));
    }
}

static void every_prefix_and_every_addition_is_refused(void **state)
{
    (void)state;
    for (enum record_type type = 0; type < RECORD_TYPE_COUNT; type++) {
        scoped(buf) datagram = BUF_EMPTY(RECORD_LEN_MAX);
        struct record in = filled(type), out;
        assert_int_equal(record_encode(&in, &datagram), OK);
        for (size_t len = 0; len < buf_len(&datagram); len++)
            assert_int_not_equal(record_decode(bytes_slice(buf_bytes(&datagram), 0, len), &out),
                                 OK);
        assert_int_equal(buf_append(&datagram, B("\0")), OK);
        assert_int_equal(record_decode(buf_bytes(&datagram), &out), ERR_TRAILING);
    }
}

static void an_unknown_type_is_refused(void **state)
{
    (void)state;
    struct record out;
    for (unsigned type = RECORD_TYPE_COUNT; type < 256; type++) {
        const uint8_t octet = (uint8_t)type;
        assert_int_equal(record_decode(bytes_of(&octet, 1), &out), ERR_BAD_VALUE);
    }
}

static void a_record_may_not_be_longer_than_its_kind(void **state)
{
    (void)state;
    static uint8_t octets[RECORD_LEN_MAX];
    struct record record = { RECORD_LOG, { 3 }, { bytes_of(octets, 8192) } };
    scoped(buf) datagram = BUF_EMPTY(RECORD_LEN_MAX);
    assert_int_equal(record_encode(&record, &datagram), ERR_TOO_LONG);
    assert_int_equal(buf_len(&datagram), 0);
    memset(octets, 0, sizeof(octets));
    octets[0] = RECORD_SESSION_CLOSE;
    assert_int_equal(record_decode(bytes_of(octets, 4096), &record), ERR_TOO_LONG);
}

static void each_goes_one_way_and_in_its_phase(void **state)
{
    (void)state;
    struct record_gate login = { 0 }, open = { .is_open = true };
    assert_int_equal(record_admit(&login, RECORD_LOGIN, RECORD_WORKER, RECORD_MONITOR), OK);
    assert_int_equal(record_admit(&open, RECORD_LOGIN, RECORD_WORKER, RECORD_MONITOR),
                     ERR_BAD_STATE);
    assert_int_equal(record_admit(&login, RECORD_LOGIN, RECORD_WORKER, RECORD_SESSION),
                     ERR_BAD_STATE);
    assert_int_equal(record_admit(&login, RECORD_LOGIN, RECORD_MONITOR, RECORD_WORKER),
                     ERR_BAD_STATE);
    assert_int_equal(record_admit(&login, RECORD_SESSION_START, RECORD_WORKER, RECORD_SESSION),
                     ERR_BAD_STATE);
    assert_int_equal(record_admit(&open, RECORD_SESSION_START, RECORD_WORKER, RECORD_SESSION), OK);
    assert_int_equal(record_admit(&login, RECORD_SIGN, RECORD_WORKER, RECORD_MONITOR), OK);
    assert_int_equal(record_admit(&open, RECORD_SIGN, RECORD_WORKER, RECORD_MONITOR), OK);
}

static void attempts_to_log_in_are_counted(void **state)
{
    (void)state;
    struct record_gate gate = { 0 };
    enum err err = OK;
    size_t count = 0;
    while ((err = record_admit(&gate, RECORD_LOGIN, RECORD_WORKER, RECORD_MONITOR)) == OK)
        count++;
    assert_int_equal(err, ERR_OVER_BUDGET);
    assert_int_equal(count, 256);
    assert_int_equal(record_admit(&gate, RECORD_LOG, RECORD_WORKER, RECORD_MONITOR), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_encoded_is_decoded),
        cmocka_unit_test(every_prefix_and_every_addition_is_refused),
        cmocka_unit_test(an_unknown_type_is_refused),
        cmocka_unit_test(a_record_may_not_be_longer_than_its_kind),
        cmocka_unit_test(each_goes_one_way_and_in_its_phase),
        cmocka_unit_test(attempts_to_log_in_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
