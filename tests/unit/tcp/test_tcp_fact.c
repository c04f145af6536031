/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/tcp/tcp_fact.h"

#include "tcpip/stack_events.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void test_a_segment_is_a_record_with_its_numbers(void **state)
{
    (void)state;
    const struct trace_field fields[] = {
        trace_text("src", "stack"),     trace_number("out", 1),
        trace_text("flags", "SYN-ACK"), trace_number("seq", 0xfffffffe),
        trace_number("ack", 7),         trace_number("window", 65535),
        trace_number("len", 3),         trace_text("options", "mss 1460"),
        trace_text("why", "answers"),
    };
    struct record record;
    assert_true(tcp_fact_record(&stack_events_SEGMENT, fields, sizeof(fields) / sizeof(fields[0]),
                                &record));
    const uint32_t numbers[] = { 0, 1, 0xfffffffe, 7, 65535, 3 };
    assert_int_equal(record.type, RECORD_TCP_FACT);
    assert_memory_equal(record.numbers, numbers, sizeof(numbers));
    assert_true(bytes_is(record.texts[0], "SYN-ACK"));
    assert_true(bytes_is(record.texts[1], "mss 1460"));
    assert_true(bytes_is(record.texts[2], "answers"));
}

static void test_a_state_is_a_record_with_its_names(void **state)
{
    (void)state;
    const struct trace_field fields[] = { trace_text("old", "SYN-SENT"),
                                          trace_text("new", "ESTABLISHED"),
                                          trace_text("reason", "all is well") };
    struct record record;
    assert_true(tcp_fact_record(&stack_events_STATE, fields, 3, &record));
    assert_int_equal(record.numbers[0], 1);
    assert_true(bytes_is(record.texts[0], "SYN-SENT"));
    assert_true(bytes_is(record.texts[1], "ESTABLISHED"));
}

static void test_other_facts_are_not_told(void **state)
{
    (void)state;
    struct record record;
    assert_false(tcp_fact_record(&stack_events_DROPPED, NULL, 0, &record));
    assert_false(tcp_fact_record(&stack_events_LOSS, NULL, 0, &record));
}

static void test_whatever_the_texts_the_record_fits(void **state)
{
    (void)state;
    char text[1000];
    memset(text, 'x', sizeof(text));
    const struct trace_field fields[] = { trace_octets("flags", bytes_of(text, sizeof(text))),
                                          trace_octets("options", bytes_of(text, sizeof(text))),
                                          trace_octets("why", bytes_of(text, sizeof(text))) };
    struct record record;
    scoped(buf) datagram = BUF_EMPTY(512);
    assert_true(tcp_fact_record(&stack_events_SEGMENT, fields, 3, &record));
    assert_int_equal(record_encode(&record, &datagram), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_segment_is_a_record_with_its_numbers),
        cmocka_unit_test(test_a_state_is_a_record_with_its_names),
        cmocka_unit_test(test_other_facts_are_not_told),
        cmocka_unit_test(test_whatever_the_texts_the_record_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
