/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/events.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct events_stamp stamp = { OPTION_LOG_INFO, 1700000000123, 4711 };

static struct events_connection about(const char *user, bool is_invalid, bool is_preauth)
{
    return (struct events_connection){ "192.0.2.7",      40001,      user != NULL,
                                       bytes_text(user), is_invalid, is_preauth };
}

#define VALUES(id, ...) ((const struct events_value *)&(const struct events_of_##id){ __VA_ARGS__ })

static void expect_words(enum events_id id, const struct events_value *values,
                         struct events_connection connection, const char *wanted)
{
    scoped(buf) line = BUF_EMPTY(EVENTS_LINE_MAX);
    events_words(id, values, &connection, &line);
    assert_string_equal(buf_text(&line), wanted);
}

static json_t *parsed(enum events_id id, const struct events_value *values,
                      struct events_connection connection)
{
    scoped(buf) line = BUF_EMPTY(EVENTS_LINE_MAX);
    events_json(id, values, &connection, &stamp, &line);
    json_error_t error;
    json_t *object = json_loads(buf_text(&line), JSON_REJECT_DUPLICATES, &error);
    assert_non_null(object);
    return object;
}

static void parts_stand_there_if_their_field_holds(void **state)
{
    (void)state;
    const struct events_value *key =
        VALUES(LOGIN_FAILED, .method = events_text("publickey"), .key_type = events_text("ED25519"),
               .fingerprint = events_text("SHA256:x"));
    expect_words(EVENTS_LOGIN_FAILED, key, about("ann", false, true),
                 "Failed publickey for ann from 192.0.2.7 port 40001 ssh2: ED25519 SHA256:x");
    expect_words(EVENTS_LOGIN_FAILED, VALUES(LOGIN_FAILED, .method = events_text("password")),
                 about("bob", true, true),
                 "Failed password for invalid user bob from 192.0.2.7 port 40001 ssh2");
    expect_words(EVENTS_USER_REFUSED, VALUES(USER_REFUSED, .why = events_text("account is locked")),
                 about("ann", true, true), "User ann not allowed because account is locked");
}

static void an_empty_name_is_a_name(void **state)
{
    (void)state;
    struct events_connection nobody = about("", true, true);
    expect_words(EVENTS_USER_UNKNOWN, VALUES(USER_UNKNOWN, .end = { .number = 0 }), nobody,
                 "Invalid user  from 192.0.2.7 port 40001");
}

static void what_others_say_is_escaped_in_both_forms(void **state)
{
    (void)state;
    const struct events_value *bye = VALUES(DISCONNECT, .reason = events_number(11),
                                            .text = events_text("a\"b\\c\n\x1b[2J\xff"));
    expect_words(EVENTS_DISCONNECT, bye, about("ann", false, false),
                 "Received disconnect from 192.0.2.7 port 40001:11: a\"b\\c\\x0a\\x1b[2J\\xff");
    json_t *object = parsed(EVENTS_DISCONNECT, bye, about("an\nn", false, false));
    assert_string_equal(json_string_value(json_object_get(object, "text")),
                        "a\"b\\c\\x0a\\x1b[2J\\xff");
    assert_string_equal(json_string_value(json_object_get(object, "user")), "an\\x0an");
    json_decref(object);
}

static void an_object_has_stamp_connection_and_fields(void **state)
{
    (void)state;
    json_t *object =
        parsed(EVENTS_LOGIN_ACCEPTED, VALUES(LOGIN_ACCEPTED, .method = events_text("password")),
               about("ann", false, true));
    json_t *wanted = json_pack("{s:s,s:s,s:s,s:i,s:s,s:i,s:s,s:b,s:b,s:s}", "time",
                               "2023-11-14T22:13:20.123Z", "event", "login.accepted", "level",
                               "info", "pid", 4711, "peer", "192.0.2.7", "peer_port", 40001, "user",
                               "ann", "invalid", 0, "preauth", 1, "method", "password");
    assert_true(json_equal(object, wanted));
    json_decref(wanted);
    json_decref(object);
}

static void about_no_connection_there_is_none_in_it(void **state)
{
    (void)state;
    json_t *object = parsed(EVENTS_STOPPED, VALUES(STOPPED, .signal = events_number(15)),
                            (struct events_connection){ .peer = NULL });
    assert_int_equal(json_object_size(object), 5);
    assert_int_equal(json_integer_value(json_object_get(object, "signal")), 15);
    json_decref(object);
}

/* Whatever is in its texts, of every event. */
static void a_line_has_a_bound(void **state)
{
    (void)state;
    char *longest = malloc(8192);
    memset(longest, '\n', 8191);
    longest[8191] = '\0';
    struct events_value values[EVENTS_FIELDS_MAX];
    for (size_t i = 0; i < EVENTS_FIELDS_MAX; i++)
        values[i] = (struct events_value){ bytes_text(longest), INT64_MAX };
    for (enum events_id id = 0; id < EVENTS_COUNT; id++) {
        scoped(buf) line = BUF_EMPTY(EVENTS_LINE_MAX);
        struct events_connection connection = about(longest, true, true);
        events_words(id, values, &connection, &line);
        assert_in_range(buf_len(&line), 1, EVENTS_LINE_MAX);
        json_decref(parsed(id, values, connection));
    }
    free(longest);
}

static void names_are_different(void **state)
{
    (void)state;
    for (enum events_id a = 0; a < EVENTS_COUNT; a++)
        for (enum events_id b = 0; b < a; b++)
            assert_string_not_equal(events_row(a)->name, events_row(b)->name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_stand_there_if_their_field_holds),
        cmocka_unit_test(an_empty_name_is_a_name),
        cmocka_unit_test(what_others_say_is_escaped_in_both_forms),
        cmocka_unit_test(an_object_has_stamp_connection_and_fields),
        cmocka_unit_test(about_no_connection_there_is_none_in_it),
        cmocka_unit_test(a_line_has_a_bound),
        cmocka_unit_test(names_are_different),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
