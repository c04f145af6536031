/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/authorize/authorize.h"

#include "base/writer.h"
#include "os/file.h"
#include "programs/server/common/log.h"
#include "programs/server/common/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

/* "ssh-ed25519" and some octets, which nobody parses here. */
#define BLOB "\0\0\0\13ssh-ed25519\0\0\0\4same"
#define LINE "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABHNhbWU=\n"

static char home[] = "/tmp/test_authorize.XXXXXX";
static char log_text[1000];

static void write_keys(const char *name, const char *text)
{
    char path[100];
    (void)snprintf(path, sizeof(path), "%s/%s", home, name);
    assert_int_equal(file_write(path, bytes_text(text), 0600), OK);
}

/* Whether the key opens the account by one of the two files. */
static bool ask(const char *first, const char *second, struct policy *policy, struct buf *record)
{
    scoped(buf) files = BUF_EMPTY(1000);
    struct writer w = writer_to(&files);
    writer_text(&w, first);
    writer_text(&w, second);
    assert_int_equal(writer_end(&w), OK);
    struct inquiry inquiry = { .uid = getuid(),
                               .user = "ann",
                               .address = "192.0.2.7",
                               .blob = B(BLOB),
                               .files = buf_bytes(&files) };
    (void)strcpy(inquiry.home, home);
    buf_clear(record);
    *log_text = '\0';
    return authorize_key(&inquiry, -1, record) && policy_decode(buf_bytes(record), policy) == OK;
}

static void a_key_in_any_of_the_files_opens(void **state)
{
    (void)state;
    struct policy policy;
    scoped(buf) record = BUF_EMPTY(POLICY_TEXT_MAX);
    write_keys("keys", "# nothing\n" LINE);
    assert_true(ask("keys", "none", &policy, &record));
    assert_true(ask("missing", "%h/keys", &policy, &record));
    assert_true(policy_allows(&policy, POLICY_PTY) && policy.command == NULL);
    assert_string_equal(log_text, "");
    assert_false(ask("missing", "none", &policy, &record));
    assert_false(ask("%q", "missing", &policy, &record));
    assert_string_equal(log_text, "AuthorizedKeysFile %q is not usable");
}

static void its_line_says_what_it_may(void **state)
{
    (void)state;
    struct policy policy;
    scoped(buf) record = BUF_EMPTY(POLICY_TEXT_MAX);
    write_keys("keys", "command=\"date\",no-pty " LINE);
    assert_true(ask("keys", "none", &policy, &record));
    assert_false(policy_allows(&policy, POLICY_PTY));
    assert_string_equal(policy.command, "date");
}

static void why_a_line_does_not_count_is_logged(void **state)
{
    (void)state;
    struct policy policy;
    scoped(buf) record = BUF_EMPTY(POLICY_TEXT_MAX);
    write_keys("keys", "from=\"198.51.100.0/24\" " LINE);
    assert_false(ask("keys", "none", &policy, &record));
    assert_non_null(strstr(log_text, "/keys:1: the key is not used: "));
}

static void another_key_does_not_open(void **state)
{
    (void)state;
    struct policy policy;
    scoped(buf) record = BUF_EMPTY(POLICY_TEXT_MAX);
    write_keys("keys", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAABHNhbWV=\nssh-ed25519 "
                       "AAAAC3NzaC1lZDI1NTE5AAAABG90aGU=\n");
    assert_false(ask("keys", "none", &policy, &record));
    assert_int_equal(buf_len(&record), 0);
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
    return mkdtemp(home) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char path[100];
    (void)snprintf(path, sizeof(path), "%s/keys", home);
    return unlink(path) == 0 ? rmdir(home) : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_in_any_of_the_files_opens),
        cmocka_unit_test(its_line_says_what_it_may),
        cmocka_unit_test(why_a_line_does_not_count_is_logged),
        cmocka_unit_test(another_key_does_not_open),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
