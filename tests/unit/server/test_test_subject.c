/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/test_subject.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static bool parse(struct server_match_subject *subject, const char *text, const char **wrong,
                  bool *is_port)
{
    static char copy[200];
    (void)snprintf(copy, sizeof(copy), "%s", text);
    return test_subject_parse(subject, copy, wrong, is_port);
}

static void every_part_is_taken(void **state)
{
    (void)state;
    struct server_match_subject subject = { .user = NULL };
    const char *wrong;
    bool is_port;
    assert_true(parse(&subject, "user=a b,host=h,addr=::1,laddr=10.0.0.1,lport=22,invalid-user,",
                      &wrong, &is_port));
    assert_string_equal(subject.user, "a b");
    assert_string_equal(subject.host, "h");
    assert_string_equal(subject.address, "::1");
    assert_string_equal(subject.local_address, "10.0.0.1");
    assert_int_equal(subject.local_port, 22);
    assert_true(subject.is_invalid_user);
}

static void what_is_wrong_is_told(void **state)
{
    static const struct {
        const char *text, *wrong;
        bool is_port;
    } rows[] = {
        { "user=a,foo=1", "foo=1", false },
        { "user", "user", false },
        { "lport=x,user=a", "lport=x", true },
        { "lport=0", "lport=0", true },
        { "invalid-user=yes", "invalid-user=yes", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct server_match_subject subject = { .user = NULL };
        const char *wrong;
        bool is_port;
        assert_false(parse(&subject, rows[i].text, &wrong, &is_port));
        assert_string_equal(wrong, rows[i].wrong);
        assert_int_equal(is_port, rows[i].is_port);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_part_is_taken),
        cmocka_unit_test(what_is_wrong_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
