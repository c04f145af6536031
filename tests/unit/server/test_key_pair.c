/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/keyd/key_pair.h"

#include "base/limits.h"
#include "crypto/crypto.h"
#include "keys/private/private_key.h"
#include "os/file.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void a_new_key_can_be_read_and_only_by_its_owner(void **state)
{
    (void)state;
    char folder[] = "/tmp/glassh-key-pair-XXXXXX", paths[2][64];
    struct stat status;
    struct private_key *key = NULL;
    scoped(buf) text = BUF_EMPTY(LIMIT_KEY_FILE);
    scoped(buf) line = BUF_EMPTY(LIMIT_KEY_FILE);
    assert_non_null(mkdtemp(folder));
    (void)snprintf(paths[0], sizeof(paths[0]), "%s/private", folder);
    (void)snprintf(paths[1], sizeof(paths[1]), "%s/public", folder);
    assert_int_equal(key_pair_write(paths[0], paths[1]), OK);
    assert_int_equal(stat(paths[0], &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(file_read(paths[0], &text, NULL), OK);
    assert_int_equal(private_key_parse(buf_bytes(&text), NULL, &key), OK);
    private_key_free(key);
    assert_int_equal(file_read(paths[1], &line, NULL), OK);
    assert_true(bytes_starts(buf_bytes(&line), "ssh-ed25519 AAAA"));
    (void)unlink(paths[0]);
    (void)unlink(paths[1]);
    (void)rmdir(folder);
    assert_int_equal(key_pair_write(paths[0], paths[1]), ERR_SYSTEM);
    assert_int_equal(errno, ENOENT);
}

static int set_up(void **state)
{
    (void)state;
    crypto_start();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_key_can_be_read_and_only_by_its_owner),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
