/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/key_sources.h"

#include "config/server_options.h"
#include "os/file.h"
#include "programs/server/common/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "unit/server/authorizer_stage.h"

/* "ssh-ed25519" and some octets. */
static const struct bytes blob = BYTES_LITERAL("\0\0\0\13ssh-ed25519\0\0\0\4same");
#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABHNhbWU="

static char keys_path[] = "/tmp/test_key_sources.XXXXXX";
static char log_text[1000];
static struct account account = { .uid = 4711, .name = (char[]){ "ann" }, .home = (char[]){ "/" } };
static struct account own;
static const struct endpoint peer = { "192.0.2.7", 1024 }, local = { "192.0.2.1", 22 };

static bool ask(const char *command, const char *user, struct authorizer_grant *grant)
{
    struct server_options options = {
        .authorized_keys_file = { .items = { "none", keys_path }, .count = 2 },
        .authorized_keys_command = command,
        .authorized_keys_command_user = user,
    };
    const struct key_sources sources = { &options, &account, &peer,
                                         &local,   "",       authorizer_stage_start,
                                         -1 };
    *log_text = '\0';
    return command ? key_sources_ask_command(&sources, blob, "ED25519 SHA256:x", grant)
                   : key_sources_ask_files(&sources, blob, grant);
}

static void a_file_may_have_the_key(void **state)
{
    (void)state;
    struct authorizer_grant grant = AUTHORIZER_NOTHING;
    assert_int_equal(file_write(keys_path, BYTES_LITERAL("no-pty " KEY "\n"), 0600), OK);
    assert_true(ask(NULL, NULL, &grant));
    assert_false(policy_allows(&grant.policy, POLICY_PTY));
    assert_int_equal(file_write(keys_path, BYTES_LITERAL(""), 0600), OK);
    assert_false(ask(NULL, NULL, &grant));
    assert_int_equal(grant.policy.features, 0);
    authorizer_wipe(&grant);
}

static void a_command_may_say_the_key(void **state)
{
    (void)state;
    struct authorizer_grant grant = AUTHORIZER_NOTHING;
    assert_true(ask("/bin/echo " KEY " %u", own.name, &grant));
    assert_true(policy_allows(&grant.policy, POLICY_PTY));
    assert_true(ask("/bin/echo %t %k", own.name, &grant));
    assert_false(ask("/bin/echo another", own.name, &grant));
    assert_int_equal(grant.policy.features, 0);
    authorizer_wipe(&grant);
}

static void what_cannot_be_asked_is_logged(void **state)
{
    (void)state;
    struct authorizer_grant grant = AUTHORIZER_NOTHING;
    assert_false(ask("/bin/echo " KEY, "no such user %u", &grant));
    assert_string_equal(log_text, "AuthorizedKeysCommandUser \"no such user %u\" not found");
    assert_false(ask("/bin/echo " KEY " %q", own.name, &grant));
    assert_string_equal(log_text,
                        "AuthorizedKeysCommand \"/bin/echo " KEY " %q\" has an unknown token");
    authorizer_wipe(&grant);
}

static void keep_line(void *context, enum option_log_level level, enum events_id id,
                      const struct events_value *values)
{
    (void)context;
    (void)level;
    assert_int_equal(id, EVENTS_MESSAGE);
    (void)bytes_to_text(values[0].text, log_text, sizeof(log_text));
}

static int set_up(void **state)
{
    (void)state;
    log_hand_over(OPTION_LOG_INFO, keep_line, NULL);
    close(mkstemp(keys_path));
    return account_of_self(&own) == OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    account_wipe(&own);
    return unlink(keys_path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_may_have_the_key),
        cmocka_unit_test(a_command_may_say_the_key),
        cmocka_unit_test(what_cannot_be_asked_is_logged),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
