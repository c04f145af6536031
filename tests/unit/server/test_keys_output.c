/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/authorize/keys_output.h"

#include "base/writer.h"
#include "programs/server/common/log.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char log_text[1000];
static int watch_fd = -1;

/* Up to three words. */
static bool run(const char *first, const char *second, const char *third, struct buf *text)
{
    const char *const words[] = { first, second, third };
    scoped(buf) strings = BUF_EMPTY(1000);
    struct writer w = writer_to(&strings);
    for (size_t i = 0; i < 3 && words[i]; i++)
        writer_text(&w, words[i]);
    assert_int_equal(writer_end(&w), OK);
    buf_clear(text);
    *log_text = '\0';
    bool is_done = keys_output_read(buf_bytes(&strings), watch_fd, text);
    if (is_done)
        assert_true(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
    return is_done;
}

static void what_a_program_writes_is_taken(void **state)
{
    (void)state;
    scoped(buf) text = BUF_EMPTY(1000);
    assert_true(run("/bin/echo", "a key", NULL, &text));
    assert_string_equal(buf_text(&text), "a key\n");
    assert_true(run("/bin/sh", "-c", "echo out; echo err >&2; cat", &text));
    assert_string_equal(buf_text(&text), "out\n");
    assert_true(run("/bin/true", NULL, NULL, &text));
    assert_int_equal(buf_len(&text), 0);
}

static void one_that_fails_says_nothing(void **state)
{
    (void)state;
    scoped(buf) text = BUF_EMPTY(1000);
    assert_false(run("/bin/sh", "-c", "echo key; exit 3", &text));
    assert_string_equal(log_text, "AuthorizedKeysCommand /bin/sh failed, status 3");
    assert_false(run("/bin/sh", "-c", "echo key; kill -9 $$", &text));
    assert_string_equal(log_text, "AuthorizedKeysCommand /bin/sh exited on signal 9");
    assert_false(run("/bin/cat", "/dev/zero", NULL, &text));
    assert_string_equal(log_text, "AuthorizedKeysCommand /bin/cat writes too much");
    assert_false(run("/nonexistent", NULL, NULL, &text));
    assert_non_null(strstr(log_text, "Could not stat"));
    assert_false(run(NULL, NULL, NULL, &text));
}

static void one_that_others_could_change_is_not_run(void **state)
{
    (void)state;
    char path[] = "/tmp/test_keys_output.XXXXXX";
    scoped(buf) text = BUF_EMPTY(1000);
    int fd = mkstemp(path);
    assert_true(write(fd, "#!/bin/sh\necho key\n", 19) == 19);
    assert_int_equal(fchmod(fd, 0755), 0);
    assert_int_equal(close(fd), 0);
    assert_false(run(path, NULL, NULL, &text)); /* anybody may write to /tmp */
    assert_non_null(strstr(log_text, "Unsafe AuthorizedKeysCommand"));
    assert_int_equal(unlink(path), 0);
}

static void it_is_not_waited_for_when_nobody_asks_any_more(void **state)
{
    (void)state;
    int ends[2];
    scoped(buf) text = BUF_EMPTY(1000);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    watch_fd = ends[0];
    (void)close(ends[1]);
    assert_false(run("/bin/sleep", "1000", NULL, &text));
    assert_string_equal(log_text, "AuthorizedKeysCommand /bin/sleep is not needed any more");
    int status;
    assert_true(waitpid(-1, &status, 0) > 0 && WIFSIGNALED(status));
    (void)close(ends[0]);
    watch_fd = -1;
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
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_program_writes_is_taken),
        cmocka_unit_test(one_that_fails_says_nothing),
        cmocka_unit_test(one_that_others_could_change_is_not_run),
        cmocka_unit_test(it_is_not_waited_for_when_nobody_asks_any_more),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
