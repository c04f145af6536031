/* SPDX-License-Identifier: BSD-2-Clause */
#include "trust/key_options.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

static enum err parse(const char *text, struct key_options *options)
{
    key_options_init(options);
    return key_options_parse(options, bytes_text(text));
}

static void refuse(const char *text)
{
    struct key_options options;
    enum err err = parse(text, &options);
    if (err != ERR_BAD_VALUE)
        fail_msg("accepted: %s", text);
    key_options_wipe(&options);
}

static void expect_text(const struct key_options_text *value, struct bytes wanted)
{
    assert_true(value->is_given);
    assert_true(bytes_equal(buf_bytes(&value->text), wanted));
}

/* ---- flags ---- */

static unsigned permissions_of(const char *text)
{
    struct key_options options;
    assert_int_equal(parse(text, &options), OK);
    unsigned permissions = options.permissions;
    key_options_wipe(&options);
    assert_int_equal(options.permissions, 0);
    return permissions;
}

static void each_flag_changes_its_permission(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        unsigned permission;
        bool grants;
    } flags[] = {
        { "pty", KEY_OPTIONS_PTY, true },
        { "port-forwarding", KEY_OPTIONS_PORT_FORWARDING, true },
        { "agent-forwarding", KEY_OPTIONS_AGENT_FORWARDING, true },
        { "X11-forwarding", KEY_OPTIONS_X11_FORWARDING, true },
        { "user-rc", KEY_OPTIONS_USER_RC, true },
        { "touch-required", KEY_OPTIONS_UNTOUCHED, false },
        { "verify-required", KEY_OPTIONS_UNVERIFIED, false },
    };
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        char negated[64];
        (void)snprintf(negated, sizeof(negated), "no-%s", flags[i].name);
        const char *with = flags[i].grants ? flags[i].name : negated;
        const char *without = flags[i].grants ? negated : flags[i].name;
        assert_int_equal(permissions_of(with), KEY_OPTIONS_USUAL | flags[i].permission);
        assert_int_equal(permissions_of(without), KEY_OPTIONS_USUAL & ~flags[i].permission);
    }
}

static void flags_count_from_left_to_right(void **state)
{
    (void)state;
    assert_int_equal(permissions_of("restrict"), KEY_OPTIONS_UNVERIFIED);
    assert_int_equal(permissions_of("restrict,pty"), KEY_OPTIONS_UNVERIFIED | KEY_OPTIONS_PTY);
    assert_int_equal(permissions_of("pty,restrict"), KEY_OPTIONS_UNVERIFIED);
    assert_int_equal(permissions_of("NO-PTY,x11-FORWARDING"), KEY_OPTIONS_USUAL & ~KEY_OPTIONS_PTY);
    assert_int_equal(permissions_of("no-pty,pty,no-pty"), KEY_OPTIONS_USUAL & ~KEY_OPTIONS_PTY);
}

static void what_is_not_initialised_allows_nothing(void **state)
{
    (void)state;
    const struct key_options nothing = { 0 };
    assert_int_equal(nothing.permissions, 0);
    const struct key_options_circumstances now = { B("192.0.2.7"), BYTES_NONE, 1, 0 };
    assert_non_null(key_options_refusal(&nothing, &now));
}

static void what_is_no_option_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",
        ",",
        "pty,",
        ",pty",
        "pty,,pty",
        "ptyx",
        "pt",
        "no-",
        "no-no-pty",
        "no-restrict",
        "no-cert-authority",
        "no-command=\"x\"",
        "unknown",
        "unknown=\"x\"",
        "pty=\"yes\"",
        "command",
        "from",
        "command=",
        "command=x",
        "command=\"x",
        "command=\"x\\\"",
        "command=\"x\"pty",
        "command=\"x\" ",
        "command = \"x\"",
        "\"command\"=\"x\"",
        "=\"x\"",
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        refuse(texts[i]);
}

/* ---- values ---- */

static void values_lose_their_quotes(void **state)
{
    (void)state;
    struct key_options options;
    assert_int_equal(
        parse("command=\"echo \\\"a,b\\\" \\n \\\\.\",FROM=\"10.*,!10.1.*\",tunnel=\"2\"",
              &options),
        OK);
    expect_text(&options.command, B("echo \"a,b\" \\n \\\\."));
    expect_text(&options.from, B("10.*,!10.1.*"));
    expect_text(&options.tunnel, B("2"));
    assert_false(options.principals.is_given);
    assert_false(options.is_authority);
    key_options_wipe(&options);
}

static void an_empty_value_is_there_all_the_same(void **state)
{
    (void)state;
    struct key_options options;
    assert_int_equal(parse("command=\"\",from=\"\"", &options), OK);
    expect_text(&options.command, BYTES_NONE);
    const struct key_options_circumstances now = { B("192.0.2.7"), B("host"), 0, 0 };
    assert_non_null(key_options_refusal(&options, &now));
    key_options_wipe(&options);
}

static void single_options_stand_once(void **state)
{
    (void)state;
    refuse("command=\"a\",command=\"a\"");
    refuse("from=\"*\",from=\"*\"");
    refuse("tunnel=\"1\",tunnel=\"1\"");
    refuse("cert-authority,principals=\"a\",principals=\"b\"");
}

static void principals_need_an_authority(void **state)
{
    (void)state;
    struct key_options options;
    refuse("principals=\"alice\"");
    assert_int_equal(parse("principals=\"alice,bob\",cert-authority", &options), OK);
    assert_true(options.is_authority);
    expect_text(&options.principals, B("alice,bob"));
    key_options_wipe(&options);
}

static void the_first_value_of_a_variable_counts(void **state)
{
    (void)state;
    struct key_options options;
    assert_int_equal(parse("environment=\"A=1\",environment=\"B_2==\",environment=\"A=2\","
                           "environment=\"AA=\"",
                           &options),
                     OK);
    expect_text(&options.environment, B("A=1\0B_2==\0AA=\0"));
    key_options_wipe(&options);
    refuse("environment=\"A\"");
    refuse("environment=\"\"");
    refuse("environment=\"=1\"");
    refuse("environment=\"A B=1\"");
    refuse("environment=\"A-B=1\"");
}

static void too_many_variables_are_refused(void **state)
{
    (void)state;
    scoped(buf) text = BUF_EMPTY(LIMIT_LINE);
    for (unsigned i = 0; i <= 1024; i++) {
        struct key_options options;
        assert_int_equal(buf_format(&text, "%senvironment=\"V%u=\"", i ? "," : "", i), OK);
        if (i < 1023)
            continue;
        assert_int_equal(parse(buf_text(&text), &options), i < 1024 ? OK : ERR_BAD_VALUE);
        key_options_wipe(&options);
    }
}

static void places_to_open_and_to_listen_are_lists(void **state)
{
    (void)state;
    struct key_options options;
    assert_int_equal(parse("permitopen=\"host:80\",permitopen=\"[2001:db8::1]:*\","
                           "permitlisten=\"8080\",permitlisten=\"localhost:1\",permitlisten=\"*\"",
                           &options),
                     OK);
    expect_text(&options.permit_open, B("host:80\0[2001:db8::1]:*\0"));
    expect_text(&options.permit_listen, B("8080\0localhost:1\0*\0"));
    key_options_wipe(&options);

    static const char *const wrong[] = { "",        "host",   "host:",      "host:0",   ":80",
                                         "a:b:80",  "80",     "[::1]80",    "[::1]",    "[]:80",
                                         "host:-1", "[::1:1", "host:65536", "host:80 ", "host:8*" };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        char text[64];
        (void)snprintf(text, sizeof(text), "permitopen=\"%s\"", wrong[i]);
        refuse(text);
    }
    refuse("permitlisten=\"0\"");
    refuse("permitlisten=\"host\"");
}

static void a_tunnel_has_a_number_or_any(void **state)
{
    (void)state;
    struct key_options options;
    assert_int_equal(parse("tunnel=\"any\"", &options), OK);
    expect_text(&options.tunnel, B("any"));
    key_options_wipe(&options);
    refuse("tunnel=\"\"");
    refuse("tunnel=\"tun0\"");
    refuse("tunnel=\"2147483647\"");
}

/* ---- splitting ---- */

static void options_end_at_the_first_blank_outside_quotes(void **state)
{
    (void)state;
    struct bytes line = B("pty,command=\"a b \\\" c\"\t ssh-ed25519 AAAA"), text;
    assert_true(key_options_split(&line, &text));
    assert_true(bytes_is(text, "pty,command=\"a b \\\" c\""));
    assert_true(bytes_is(line, "ssh-ed25519 AAAA"));
    line = B("command=\"a b");
    assert_false(key_options_split(&line, &text));
    assert_true(bytes_is(line, "command=\"a b"));
    line = B("pty");
    assert_true(key_options_split(&line, &text));
    assert_int_equal(line.len, 0);
}

/* ---- judgement ---- */

static const char *refusal(const char *text, const char *address, const char *name, int64_t now)
{
    struct key_options options;
    assert_int_equal(parse(text, &options), OK);
    const struct key_options_circumstances at = {
        .address = bytes_text(address),
        .host_name = bytes_text(name),
        .now = now,
        .utc_offset = 3600,
    };
    const char *result = key_options_refusal(&options, &at);
    key_options_wipe(&options);
    return result;
}

static void from_asks_for_address_and_name(void **state)
{
    (void)state;
    const char *list = "from=\"*.example.org,!bad.example.org,192.0.2.0/24,!192.0.2.9\"";
    assert_null(refusal(list, "192.0.2.7", "", 0));
    assert_null(refusal(list, "10.0.0.1", "a.EXAMPLE.org", 0));
    assert_non_null(refusal(list, "10.0.0.1", "", 0));
    assert_non_null(refusal(list, "192.0.2.9", "a.example.org", 0));
    assert_non_null(refusal(list, "192.0.2.7", "bad.example.org", 0));
    assert_non_null(refusal("from=\"*,10.0.0.0/99\"", "192.0.2.7", "", 0));
    assert_null(refusal("pty", "192.0.2.7", "", 0));
}

static void the_earliest_expiry_counts(void **state)
{
    (void)state;
    const int64_t noon = 1773489600; /* 2026-03-14 12:00 UTC, 13:00 on the wall */
    assert_null(refusal("expiry-time=\"202603141200Z\"", "", "", noon));
    assert_non_null(refusal("expiry-time=\"202603141200Z\"", "", "", noon + 1));
    assert_null(refusal("expiry-time=\"202603141300\"", "", "", noon));
    assert_non_null(refusal("expiry-time=\"202603141300\"", "", "", noon + 1));
    assert_non_null(refusal("expiry-time=\"20300101Z\",expiry-time=\"20250101Z\"", "", "", noon));
    assert_non_null(refusal("expiry-time=\"20250101Z\",expiry-time=\"20300101Z\"", "", "", noon));
    assert_non_null(refusal("expiry-time=\"20250101\",expiry-time=\"20300101Z\"", "", "", noon));
    refuse("expiry-time=\"never\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_flag_changes_its_permission),
        cmocka_unit_test(flags_count_from_left_to_right),
        cmocka_unit_test(what_is_not_initialised_allows_nothing),
        cmocka_unit_test(what_is_no_option_is_refused),
        cmocka_unit_test(values_lose_their_quotes),
        cmocka_unit_test(an_empty_value_is_there_all_the_same),
        cmocka_unit_test(single_options_stand_once),
        cmocka_unit_test(principals_need_an_authority),
        cmocka_unit_test(the_first_value_of_a_variable_counts),
        cmocka_unit_test(too_many_variables_are_refused),
        cmocka_unit_test(places_to_open_and_to_listen_are_lists),
        cmocka_unit_test(a_tunnel_has_a_number_or_any),
        cmocka_unit_test(options_end_at_the_first_blank_outside_quotes),
        cmocka_unit_test(from_asks_for_address_and_name),
        cmocka_unit_test(the_earliest_expiry_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
