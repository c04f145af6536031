/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/auth_file.h"

#include "os/file.h"
#include "programs/server/common/log.h"
#include "programs/server/session/session.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
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

static void half_a_proof_is_none(void **state)
{
    (void)state;
    const struct session_host host = { .proofs = B("\0\0\0\10password") };
    char path[AUTH_FILE_PATH_MAX];
    log_open(OPTION_LOG_QUIET, true);
    auth_file_make(&host, path);
    assert_string_equal(path, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_proof_is_a_line),
        cmocka_unit_test(half_a_proof_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
