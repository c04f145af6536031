/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/auth_file.h"

#include "os/file.h"
#include "programs/server/common/log.h"
#include "programs/server/session/session.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

static void each_proof_is_a_line(void **state)
{
    (void)state;
    const struct session_host host = { .proofs = B("\0\0\0\11publickey\0\0\0\10\0\0\0\3ssh!"
                                                   "\0\0\0\10password\0\0\0\0") };
    char path[AUTH_FILE_PATH_MAX];
    scoped(buf) text = BUF_EMPTY(1000);
    struct stat facts;
    auth_file_make(&host, path);
    assert_int_equal(strncmp(path, "/tmp/sshauth.", 13), 0);
    assert_int_equal(file_read(path, &text, &facts), OK);
    assert_int_equal(unlink(path), 0);
    assert_string_equal(buf_text(&text), "publickey ssh AAAAA3NzaCE=\npassword\n");
    assert_int_equal(facts.st_mode & 0777, 0600);
}

/* There is no file, and the log says why. */
static void assert_none(const struct session_host *host, const char *why)
{
    char path[AUTH_FILE_PATH_MAX], told[256] = "";
    int ends[2], errors = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    log_open(OPTION_LOG_ERROR, true);
    auth_file_make(host, path);
    assert_int_equal(dup2(errors, STDERR_FILENO), STDERR_FILENO);
    assert_true(read(ends[0], told, sizeof(told) - 1) > 0);
    assert_int_equal(close(ends[0]) + close(ends[1]) + close(errors), 0);
    assert_non_null(strstr(told, why));
    assert_string_equal(path, "");
}

static void half_a_proof_is_none(void **state)
{
    (void)state;
    const struct session_host host = { .proofs = B("\0\0\0\10password") };
    assert_none(&host, err_text(ERR_TRUNCATED));
}

static void a_file_without_room_is_none(void **state)
{
    (void)state;
    const struct session_host host = { .proofs = B("\0\0\0\10password\0\0\0\0") };
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    const struct rlimit few = { 4, limit.rlim_max };
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
    assert_none(&host, strerror(ENOSPC));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_proof_is_a_line),
        cmocka_unit_test(half_a_proof_is_none),
        cmocka_unit_test(a_file_without_room_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
