/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

static const struct monitor_login password = { .method = MONITOR_PASSWORD };

static struct monitor_login key_of(const char *blob)
{
    return (struct monitor_login){ .method = MONITOR_PUBLICKEY, .key_blob = bytes_text(blob) };
}

static void a_key_counts_once(void **state)
{
    (void)state;
    struct progress p;
    const struct monitor_login key = key_of("key");
    progress_init(&p);
    assert_int_equal(progress_add(&p, &password, (struct policy){ 0 }), OK);
    assert_false(progress_has_key(&p, B("")));
    assert_int_equal(progress_add(&p, &key, (struct policy){ 0 }), OK);
    assert_true(progress_has_key(&p, B("key")));
    assert_false(progress_has_key(&p, B("ke")));
    assert_false(progress_has_key(&p, B("keys")));
    progress_wipe(&p);
}

static void all_of_them_must_allow(void **state)
{
    (void)state;
    struct progress p;
    const struct policy first = { .features = POLICY_PROGRAM | POLICY_PTY };
    const struct policy second = { .features = POLICY_PTY | POLICY_SIGNAL };
    progress_init(&p);
    assert_int_equal(progress_policy(&p, first).features, first.features);
    assert_int_equal(progress_add(&p, &password, first), OK);
    assert_int_equal(progress_policy(&p, second).features, POLICY_PTY);
    assert_int_equal(progress_add(&p, &password, second), OK);
    assert_int_equal(p.all.policy.features, POLICY_PTY);
    progress_wipe(&p);
}

static void two_different_commands_cannot_be_forced(void **state)
{
    (void)state;
    struct progress p;
    progress_init(&p);
    assert_int_equal(progress_add(&p, &password, (struct policy){ 0 }), OK);
    assert_int_equal(progress_add(&p, &password, (struct policy){ .command = "date" }), OK);
    assert_int_equal(progress_add(&p, &password, (struct policy){ .command = "date" }), OK);
    assert_int_equal(progress_add(&p, &password, (struct policy){ 0 }), OK);
    assert_int_equal(progress_add(&p, &password, (struct policy){ .command = "dat" }),
                     ERR_BAD_VALUE);
    assert_string_equal(p.all.policy.command, "date");
    progress_wipe(&p);
}

static void what_is_allowed_is_kept_when_its_text_is_gone(void **state)
{
    (void)state;
    struct progress p;
    char command[] = "date";
    progress_init(&p);
    assert_int_equal(progress_add(&p, &password, (struct policy){ .command = command }), OK);
    memset(command, 'x', sizeof(command) - 1);
    assert_string_equal(p.all.policy.command, "date");
    progress_wipe(&p);
}

static void what_does_not_fit_does_not_count(void **state)
{
    (void)state;
    static uint8_t octets[POLICY_TEXT_MAX];
    struct progress p;
    progress_init(&p);
    const struct policy too_much = { .environment = bytes_of(octets, sizeof(octets)) };
    assert_int_equal(progress_add(&p, &password, too_much), ERR_NO_SPACE);
    assert_false(p.is_begun);
    progress_wipe(&p);
}

static void proofs_are_told_in_order(void **state)
{
    (void)state;
    struct progress p;
    const struct monitor_login key = key_of("blob");
    progress_init(&p);
    assert_int_equal(progress_note(&p, &key, "pam"), OK);
    assert_int_equal(progress_note(&p, &password, "pam"), OK);
    assert_true(bytes_equal(buf_bytes(&p.proofs),
                            B("\0\0\0\11publickey\0\0\0\4blob\0\0\0\10password\0\0\0\0")));
    progress_wipe(&p);
}

static void who_has_asked_is_told(void **state)
{
    (void)state;
    struct progress p;
    const struct monitor_login answers = { .method = MONITOR_INTERACTIVE };
    progress_init(&p);
    assert_int_equal(progress_note(&p, &answers, "pam"), OK);
    assert_true(bytes_equal(buf_bytes(&p.proofs), B("\0\0\0\30keyboard-interactive/pam\0\0\0\0")));
    size_t before = buf_len(&p.proofs);
    assert_int_equal(progress_note(&p, &answers, NULL), OK);
    assert_true(bytes_equal(bytes_skip(buf_bytes(&p.proofs), before),
                            B("\0\0\0\24keyboard-interactive\0\0\0\0")));
    progress_forget(&p, before);
    assert_int_equal(buf_len(&p.proofs), before);
    progress_forget(&p, before + 1);
    assert_int_equal(buf_len(&p.proofs), before);
    progress_wipe(&p);
}

static void proofs_that_do_not_fit_leave_the_others(void **state)
{
    (void)state;
    static uint8_t octets[16 * 1024];
    struct progress p;
    const struct monitor_login key = { .method = MONITOR_PUBLICKEY,
                                       .key_blob = bytes_of(octets, sizeof(octets)) };
    progress_init(&p);
    assert_int_equal(progress_note(&p, &key, NULL), OK);
    size_t before = buf_len(&p.proofs);
    assert_int_equal(progress_note(&p, &key, NULL), ERR_NO_SPACE);
    assert_int_equal(buf_len(&p.proofs), before);
    progress_wipe(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_counts_once),
        cmocka_unit_test(all_of_them_must_allow),
        cmocka_unit_test(two_different_commands_cannot_be_forced),
        cmocka_unit_test(what_is_allowed_is_kept_when_its_text_is_gone),
        cmocka_unit_test(what_does_not_fit_does_not_count),
        cmocka_unit_test(proofs_are_told_in_order),
        cmocka_unit_test(who_has_asked_is_told),
        cmocka_unit_test(proofs_that_do_not_fit_leave_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
