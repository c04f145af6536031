/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/told.h"

#include "programs/server/common/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static unsigned counts[EVENTS_COUNT];
static uint64_t unsaid, number;

static void take(void *context, enum option_log_level level, enum events_id id,
                 const struct events_value *values)
{
    (void)context;
    assert_int_equal(level, events_row(id)->level);
    counts[id]++;
    if (id == EVENTS_UNSAID)
        unsaid = values[0].number;
    if (id == EVENTS_DISCONNECT) {
        number = values[0].number;
        assert_true(bytes_is(values[1].text, "bye"));
    }
}

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < EVENTS_COUNT; i++)
        counts[i] = 0;
    log_hand_over(OPTION_LOG_INFO, take, NULL);
    return 0;
}

static const struct record closed = { RECORD_LOG, { EVENTS_CLOSED, 1 }, { BYTES_NONE } };

static void the_fields_come_from_the_record(void **state)
{
    (void)state;
    struct told told = { 0 };
    const struct record bye = { RECORD_LOG, { EVENTS_DISCONNECT, 11 }, { BYTES_LITERAL("bye") } };
    assert_int_equal(told_take(&told, &bye, 0), OK);
    assert_int_equal(counts[EVENTS_DISCONNECT], 1);
    assert_int_equal(number, 11);
}

static void only_events_of_the_worker_are_taken(void **state)
{
    (void)state;
    struct told told = { 0 };
    for (uint32_t id = 0; id < EVENTS_COUNT + 2; id++) {
        const struct record record = { RECORD_LOG, { id }, { BYTES_LITERAL("bye") } };
        bool is_own = id < EVENTS_COUNT && events_row(id)->sender == EVENTS_WORKER;
        assert_int_equal(told_take(&told, &record, 1000LL * id), is_own ? OK : ERR_BAD_VALUE);
        if (id < EVENTS_COUNT)
            assert_int_equal(counts[id], is_own && events_row(id)->level <= OPTION_LOG_INFO);
    }
    assert_int_equal(counts[EVENTS_LOGIN_ACCEPTED], 0);
    assert_int_equal(counts[EVENTS_MESSAGE], 0);
}

static void what_is_too_much_is_counted(void **state)
{
    (void)state;
    struct told told = { 0 };
    for (size_t i = 0; i < TOLD_PER_SECOND + 7; i++)
        assert_int_equal(told_take(&told, &closed, 999), OK);
    assert_int_equal(counts[EVENTS_CLOSED], TOLD_PER_SECOND);
    assert_int_equal(counts[EVENTS_UNSAID], 0);
    assert_int_equal(told_take(&told, &closed, 1000), OK);
    assert_int_equal(counts[EVENTS_UNSAID], 1);
    assert_int_equal(unsaid, 7);
    assert_int_equal(counts[EVENTS_CLOSED], TOLD_PER_SECOND + 1);
}

static void the_end_tells_what_was_not_told(void **state)
{
    (void)state;
    struct told told = { 0 };
    for (size_t i = 0; i < TOLD_PER_SECOND + 1; i++)
        assert_int_equal(told_take(&told, &closed, 5), OK);
    told_finish(&told);
    told_finish(&told);
    assert_int_equal(counts[EVENTS_UNSAID], 1);
    assert_int_equal(unsaid, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_fields_come_from_the_record, set_up),
        cmocka_unit_test_setup(only_events_of_the_worker_are_taken, set_up),
        cmocka_unit_test_setup(what_is_too_much_is_counted, set_up),
        cmocka_unit_test_setup(the_end_tells_what_was_not_told, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
