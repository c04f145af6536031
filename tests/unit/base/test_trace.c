/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/trace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const struct trace_event greeting = { "test.greeting", "{who} says {what}, {count} times." };

struct heard {
    size_t events;
    const struct trace_event *event;
    uint64_t count;
    char what[16];
};

static void hear(void *context, const struct trace_event *event, const struct trace_field *fields,
                 size_t field_count)
{
    struct heard *heard = context;
    heard->events++;
    heard->event = event;
    assert_int_equal(field_count, 5);
    assert_int_equal(trace_find(fields, field_count, "who")->kind, TRACE_TEXT);
    assert_int_equal(trace_find(fields, field_count, "what")->kind, TRACE_PEER);
    assert_int_equal(trace_find(fields, field_count, "key")->kind, TRACE_SECRET);
    assert_true(bytes_is(trace_find(fields, field_count, "part")->octets, "some"));
    assert_true(bytes_to_text(trace_find(fields, field_count, "what")->octets, heard->what,
                              sizeof(heard->what)));
    heard->count = trace_find(fields, field_count, "count")->number;
    assert_null(trace_find(fields, field_count, "nothing"));
    assert_null(trace_find(fields, 0, "who"));
}

static uint64_t asked;

static uint64_t number(void)
{
    return ++asked;
}

static void greet(const struct trace *trace)
{
    TRACE(trace, &greeting, trace_text("who", "we"), trace_peer("what", BYTES_LITERAL("hello")),
          trace_octets("part", bytes_of("something", 4)), trace_number("count", number()),
          trace_secret("key", BYTES_LITERAL("secret")));
}

static void an_observer_is_told_each_fact_with_its_fields(void **state)
{
    (void)state;
    struct heard heard = { 0 };
    const struct trace trace = { hear, &heard };
    asked = 0;
    greet(&trace);
    assert_int_equal(heard.events, 1);
    assert_ptr_equal(heard.event, &greeting);
    assert_string_equal(heard.what, "hello");
    assert_int_equal(heard.count, 1);
}

static void without_an_observer_no_field_is_even_computed(void **state)
{
    (void)state;
    asked = 0;
    greet(NULL);
    assert_int_equal(asked, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_observer_is_told_each_fact_with_its_fields),
        cmocka_unit_test(without_an_observer_no_field_is_even_computed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
