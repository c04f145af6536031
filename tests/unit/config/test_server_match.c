/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/server_match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static const char *const groups[] = { "staff", "wheel" };
static const struct server_match_subject ann = {
    .user = "ann",
    .groups = groups,
    .group_count = 2,
    .host = "Client.example.org",
    .address = "192.0.2.7",
    .local_address = "2001:db8::1",
    .local_port = 2222,
};

static bool fits(const char *condition, const struct server_match_subject *subject)
{
    return server_match_fits(bytes_text(condition), subject);
}

static const struct {
    const char *condition;
    bool fits_ann;
} rows[] = {
    { "all", true },
    { "ALL # everybody", true },
    { "User ann", true },
    { "user=ann", true },
    { "User = \"ann\"", true },
    { "User Ann", false },
    { "User bob,a*", true },
    { "User a*,!ann", false },
    { "User !bob", false },
    { "User *,!bob", true },
    { "Group wheel", true },
    { "Group users", false },
    { "Group staff,!wheel", false },
    { "Group *,!users", true },
    { "Host *.EXAMPLE.org", true },
    { "Host client", false },
    { "Host 192.0.2.7", false },
    { "Address 192.0.2.0/24", true },
    { "Address 10.0.0.0/8,192.0.2.*", true },
    { "Address 192.0.2.0/24,!192.0.2.7", false },
    { "LocalAddress 2001:db8::/32", true },
    { "LocalAddress 192.0.2.7", false },
    { "LocalPort 2222", true },
    { "LocalPort 22", false },
    { "Invalid-User", false },
    { "User ann Address 192.0.2.7 Group wheel LocalPort 2222", true },
    { "User ann Address 192.0.2.8 Group wheel LocalPort 2222", false },
    { "LocalPort 2222 User bob", false },
};

static void conditions_fit_or_not(void **state)
{
    scoped(buf) problems;
    (void)state;
    place_init(&problems);
    const struct place place = { "file", 3, &problems };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(server_match_check(bytes_text(rows[i].condition), &place), OK);
        if (fits(rows[i].condition, &ann) != rows[i].fits_ann)
            fail_msg("%s", rows[i].condition);
    }
}

static void what_is_not_known_fits_nothing(void **state)
{
    (void)state;
    const struct server_match_subject nobody = { .user = NULL };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool is_all = server_match_is_all(bytes_text(rows[i].condition));
        assert_int_equal(is_all, i < 2);
        assert_int_equal(fits(rows[i].condition, &nobody), is_all);
    }
    assert_false(fits("User *", &nobody));
    assert_false(fits("Group *", &nobody));
    assert_false(fits("Host *", &nobody));
    assert_false(fits("Address *", &nobody));
    assert_false(fits("LocalAddress ::/0", &nobody));
}

static void users_that_are_none_can_be_named(void **state)
{
    (void)state;
    struct server_match_subject subject = { .user = "bob", .is_invalid_user = true };
    assert_true(fits("invalid-user", &subject));
    assert_true(fits("Invalid-User User b*", &subject));
    subject.user = NULL;
    assert_false(fits("invalid-user", &subject));
}

static void what_is_wrong_is_told(void **state)
{
    static const char *const wrong[][2] = {
        { "", "One or more attributes required for Match" },
        { "# all", "One or more attributes required for Match" },
        { "foo bar", "Unsupported Match attribute foo" },
        { "rdomain x", "Unsupported Match attribute rdomain" },
        { "user", "Missing Match criteria for user" },
        { "user \"\"", "Missing Match criteria for user" },
        { "user # all", "Missing Match criteria for user" },
        { "user ann =b", "Unsupported Match attribute " },
        { "all user ann", "'all' cannot be combined with other Match attributes" },
        { "user ann all", "'all' cannot be combined with other Match attributes" },
        { "all all", "'all' cannot be combined with other Match attributes" },
        { "Address 192.0.2.7/24", "Invalid Match Address argument '192.0.2.7/24'" },
        { "localaddress ::/129", "Invalid Match LocalAddress argument '::/129'" },
        { "LocalPort ssh", "Invalid Match LocalPort argument 'ssh'" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        scoped(buf) problems;
        place_init(&problems);
        const struct place place = { "file", 3, &problems };
        char expected[200];
        (void)snprintf(expected, sizeof(expected), "file line 3: Bad Match condition: %s\n",
                       wrong[i][1]);
        assert_int_equal(server_match_check(bytes_text(wrong[i][0]), &place), ERR_BAD_VALUE);
        assert_string_equal(buf_text(&problems), expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_fit_or_not),
        cmocka_unit_test(what_is_not_known_fits_nothing),
        cmocka_unit_test(users_that_are_none_can_be_named),
        cmocka_unit_test(what_is_wrong_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
