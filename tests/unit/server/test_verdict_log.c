/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/verdict_log.h"

#include "programs/server/common/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NONE  MONITOR_NONE
#define KEY   MONITOR_PUBLICKEY
#define ASKED MONITOR_INTERACTIVE

static struct {
    enum option_log_level level;
    enum events_id id;
    char method[32], type[32], fingerprint[32];
} logged;

static void keep(void *context, enum option_log_level level, enum events_id id,
                 const struct events_value *values)
{
    (void)context;
    logged.level = level;
    logged.id = id;
    (void)bytes_to_text(values[0].text, logged.method, sizeof(logged.method));
    (void)bytes_to_text(values[1].text, logged.type, sizeof(logged.type));
    (void)bytes_to_text(values[2].text, logged.fingerprint, sizeof(logged.fingerprint));
}

static void a_key_is_named(void **state)
{
    (void)state;
    struct verdict_log_attempt attempt = { .method = MONITOR_PUBLICKEY,
                                           .key_name = "ED25519 SHA256:abc",
                                           .is_ours = true };
    verdict_log(&attempt, MONITOR_ACCEPTED);
    assert_int_equal(logged.id, EVENTS_LOGIN_ACCEPTED);
    assert_string_equal(logged.method, "publickey");
    assert_string_equal(logged.type, "ED25519");
    assert_string_equal(logged.fingerprint, "SHA256:abc");
    attempt.method = MONITOR_PASSWORD; /* of an attempt before */
    verdict_log(&attempt, MONITOR_ACCEPTED);
    assert_string_equal(logged.method, "password");
    assert_string_equal(logged.type, "");
    assert_string_equal(logged.fingerprint, "");
}

static void who_asks_is_named(void **state)
{
    (void)state;
    struct verdict_log_attempt attempt = { ASKED, "pam", "", true, false };
    verdict_log(&attempt, MONITOR_ACCEPTED);
    assert_string_equal(logged.method, "keyboard-interactive/pam");
    attempt.device = NULL;
    verdict_log(&attempt, MONITOR_ACCEPTED);
    assert_string_equal(logged.method, "keyboard-interactive");
    attempt = (struct verdict_log_attempt){ MONITOR_PASSWORD, "pam", "", true, false };
    verdict_log(&attempt, MONITOR_ACCEPTED);
    assert_string_equal(logged.method, "password");
}

static void what_is_no_attack_is_not_for_everybody(void **state)
{
    (void)state;
    static const struct {
        enum monitor_method method;
        const char *device;
        bool is_ours, are_many;
        enum monitor_verdict verdict;
        enum events_id id;
        enum option_log_level level;
    } rows[] = {
        { NONE, NULL, true, true, MONITOR_REFUSED, EVENTS_LOGIN_FAILED, OPTION_LOG_DEBUG1 },
        { KEY, NULL, true, false, MONITOR_REFUSED, EVENTS_LOGIN_FAILED, OPTION_LOG_VERBOSE },
        { KEY, NULL, true, true, MONITOR_REFUSED, EVENTS_LOGIN_FAILED, OPTION_LOG_INFO },
        { KEY, NULL, false, true, MONITOR_REFUSED, EVENTS_LOGIN_FAILED, OPTION_LOG_DEBUG1 },
        { KEY, NULL, true, false, MONITOR_KEY_OK, EVENTS_LOGIN_POSTPONED, OPTION_LOG_VERBOSE },
        { KEY, NULL, true, false, MONITOR_PARTIAL, EVENTS_LOGIN_PARTIAL, OPTION_LOG_VERBOSE },
        { ASKED, NULL, true, true, MONITOR_ASKS, EVENTS_LOGIN_POSTPONED, OPTION_LOG_VERBOSE },
        { ASKED, NULL, false, false, MONITOR_REFUSED, EVENTS_LOGIN_FAILED, OPTION_LOG_INFO },
        { ASKED, NULL, true, false, MONITOR_REFUSED, EVENTS_LOGIN_FAILED, OPTION_LOG_INFO },
        { ASKED, "pam", true, false, MONITOR_REFUSED, EVENTS_LOGIN_FAILED, OPTION_LOG_VERBOSE },
        { ASKED, "pam", true, true, MONITOR_REFUSED, EVENTS_LOGIN_FAILED, OPTION_LOG_INFO },
        { ASKED, "pam", false, false, MONITOR_REFUSED, EVENTS_LOGIN_FAILED, OPTION_LOG_INFO },
        { NONE, NULL, true, false, MONITOR_ACCEPTED, EVENTS_LOGIN_ACCEPTED, OPTION_LOG_INFO },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct verdict_log_attempt attempt = { rows[i].method, rows[i].device, "",
                                                     rows[i].is_ours, rows[i].are_many };
        verdict_log(&attempt, rows[i].verdict);
        assert_int_equal(logged.id, rows[i].id);
        assert_int_equal(logged.level, rows[i].level);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_is_named),
        cmocka_unit_test(who_asks_is_named),
        cmocka_unit_test(what_is_no_attack_is_not_for_everybody),
    };
    log_hand_over(OPTION_LOG_DEBUG3, keep, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
