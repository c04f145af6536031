/* SPDX-License-Identifier: BSD-2-Clause */
#include "explain/json.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

static struct buf text = BUF_EMPTY(1 << 20);

static void write_line(void *context, struct bytes line)
{
    (void)context;
    assert_int_equal(buf_append(&text, line), OK);
}

static struct instant read_clock(void *context)
{
    (void)context;
    return (struct instant){ 5000 };
}

/* The object that the facts make, parsed again. */
static json_t *told(const struct trace_field *fields, size_t count)
{
    const struct json_setup setup = { .write = write_line, .now = read_clock };
    const struct trace_event event = { "ssh.test", "" };
    struct json *j = json_new(&setup);
    buf_clear(&text);
    json_trace(j)->observe(json_trace(j)->context, &event, fields, count);
    json_free(j);
    json_t *parsed = json_loads(buf_text(&text), 0, NULL);
    assert_non_null(parsed);
    return parsed;
}

static void a_fact_is_one_line_of_json(void **state)
{
    (void)state;
    const struct trace_field fields[] = { trace_number("out", 1), trace_number("seq", 7),
                                          trace_text("name", "KEXINIT") };
    json_t *line = told(fields, 3);
    assert_string_equal(json_string_value(json_object_get(line, "event")), "ssh.test");
    assert_string_equal(json_string_value(json_object_get(line, "src")), "wire");
    assert_true(json_is_true(json_object_get(line, "out")));
    assert_int_equal(json_integer_value(json_object_get(line, "seq")), 7);
    assert_true(bytes_find(buf_bytes(&text), '\n') == buf_len(&text) - 1);
    json_decref(line);
}

static void hostile_octets_become_harmless_text(void **state)
{
    (void)state;
    const struct trace_field fields[] = { trace_peer("line", BYTES_LITERAL("a\033[2J\xff\n\"")) };
    json_t *line = told(fields, 1);
    assert_string_equal(json_string_value(json_object_get(line, "line")), "a\\x1b[2J\\xff\\x0a\"");
    json_decref(line);
}

static void a_secret_shows_only_its_length(void **state)
{
    (void)state;
    const struct trace_field fields[] = { trace_secret("k", BYTES_LITERAL("hunter2")) };
    json_t *line = told(fields, 1);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(line, "k"), "len")), 7);
    assert_null(strstr(buf_text(&text), "hunter2"));
    json_decref(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fact_is_one_line_of_json),
        cmocka_unit_test(hostile_octets_become_harmless_text),
        cmocka_unit_test(a_secret_shows_only_its_length),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    buf_wipe(&text);
    return failed;
}
