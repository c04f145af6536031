/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/verifier.h"

#include "crypto/crypto.h"
#include "keys/private/private_key.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "unit/server/nursery_stage.h"

#define B(text) BYTES_LITERAL(text)

static struct private_key *key;

static struct record question(struct bytes algorithm)
{
    return (struct record){ RECORD_VERIFY,
                            { 0, 0 },
                            { B(""), algorithm, private_key_public_blob(key), B(""), B("") } };
}

static struct verifier_verdict ask(int cradle_fd, const struct record *asked)
{
    int fd;
    verifier_ask(cradle_fd, asked, &fd);
    return verifier_answer(fd);
}

static void the_verdict_and_the_name_come_back(void **state)
{
    (void)state;
    struct nursery_stage stage;
    nursery_stage_open(&stage);
    struct record asked = question(B("ssh-ed25519"));
    struct verifier_verdict verdict = ask(stage.cradle_fd, &asked);
    assert_true(verdict.is_right);
    assert_int_equal(strncmp(verdict.name, "ED25519 SHA256:", 15), 0);
    asked = question(B("rsa-sha2-512"));
    assert_false(ask(stage.cradle_fd, &asked).is_right);
    nursery_stage_close(&stage);
}

/* Answers of that kind for ever. */
static void lie(int fd, const struct record *answer)
{
    static uint8_t octets[RECORD_LEN_MAX];
    struct seqpacket_descriptors passed = { .count = 0 };
    scoped(buf) datagram = BUF_EMPTY(2048);
    size_t len = 0;
    if (record_encode(answer, &datagram) != OK)
        return;
    while (seqpacket_receive(fd, (struct span){ octets, sizeof(octets) }, &len, &passed) == OK &&
           len > 0) {
        (void)!seqpacket_send(passed.fds[0], buf_bytes(&datagram), NULL);
        (void)close(passed.fds[0]);
    }
}

static void what_is_no_verdict_lets_nobody_in(void **state)
{
    (void)state;
    static const struct record answers[] = {
        { RECORD_VERDICT, { 1 }, { B("x") } },
        { RECORD_VERIFIED, { 2 }, { B("x") } },
        { RECORD_VERIFIED, { 0 }, { B("x\ny") } },
    };
    const struct record asked = question(B("ssh-ed25519"));
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        int ends[2];
        assert_int_equal(seqpacket_pair(ends), OK);
        pid_t liar = fork();
        if (liar == 0) {
            (void)close(ends[0]);
            lie(ends[1], &answers[i]);
            _exit(0);
        }
        (void)close(ends[1]);
        struct verifier_verdict verdict = ask(ends[0], &asked);
        assert_false(verdict.is_right);
        assert_null(strchr(verdict.name, '\n'));
        (void)close(ends[0]);
        assert_int_equal(waitpid(liar, NULL, 0), liar);
    }
}

static void without_a_verifier_nothing_is_right(void **state)
{
    (void)state;
    struct nursery_stage stage;
    nursery_stage_open(&stage);
    const struct record asked = question(B("ssh-ed25519"));
    assert_int_equal(kill(stage.id, SIGKILL), 0);
    assert_int_equal(waitpid(stage.id, NULL, 0), stage.id);
    assert_false(ask(stage.cradle_fd, &asked).is_right);
    assert_false(ask(-1, &asked).is_right);
    (void)close(stage.cradle_fd);
}

static int set_up(void **state)
{
    (void)state;
    crypto_start();
    return private_key_generate(PKEY_ED25519, 0, &key) == OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    private_key_free(key);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_verdict_and_the_name_come_back),
        cmocka_unit_test(what_is_no_verdict_lets_nobody_in),
        cmocka_unit_test(without_a_verifier_nothing_is_right),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
