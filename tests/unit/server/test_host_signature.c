/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/host_signature.h"

#include "crypto/crypto.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "unit/server/keyd_stage.h"

#define B(text) BYTES_LITERAL(text)

static void what_keyd_signs_comes_back(void **state)
{
    (void)state;
    struct keyd_stage stage;
    struct host_signature answer;
    keyd_stage_open(&stage);
    scoped(buf) question = BUF_EMPTY(RECORD_LEN_MAX);
    scoped(buf) room = BUF_EMPTY(HOST_SIGNATURE_MAX);
    const struct record record = keyd_stage_exchange(&stage);
    assert_int_equal(record_encode(&record, &question), OK);
    assert_int_equal(host_signature_ask(stage.fd, buf_bytes(&question), &room, &answer), OK);
    assert_int_equal(answer.hash.len, 32);
    assert_true(answer.signature.len > 64);
    assert_true(bytes_equal(answer.key, private_key_public_blob(stage.key)));
    keyd_stage_close(&stage);
}

/* The worker's octets reach keyd as they are: whatever they are, keyd goes on. */
static void nonsense_gets_no_signature_and_harms_nobody(void **state)
{
    (void)state;
    static const struct bytes nonsense[] = { B(""), B("x"), B("\377"), B("\0\0\0\0\0\0") };
    struct keyd_stage stage;
    struct host_signature answer;
    keyd_stage_open(&stage);
    for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
        scoped(buf) room = BUF_EMPTY(HOST_SIGNATURE_MAX);
        assert_int_equal(host_signature_ask(stage.fd, nonsense[i], &room, &answer),
                         nonsense[i].len ? ERR_CRYPTO : ERR_BAD_VALUE);
    }
    what_keyd_signs_comes_back(state);
    keyd_stage_close(&stage);
}

static void without_keyd_there_is_no_signature(void **state)
{
    (void)state;
    struct keyd_stage stage;
    struct host_signature answer;
    scoped(buf) room = BUF_EMPTY(HOST_SIGNATURE_MAX);
    keyd_stage_open(&stage);
    assert_int_equal(kill(stage.id, SIGKILL), 0);
    assert_int_equal(waitpid(stage.id, NULL, 0), stage.id);
    assert_int_equal(host_signature_ask(stage.fd, B("x"), &room, &answer), ERR_SYSTEM);
    (void)close(stage.fd);
    private_key_free(stage.key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_keyd_signs_comes_back),
        cmocka_unit_test(nonsense_gets_no_signature_and_harms_nobody),
        cmocka_unit_test(without_keyd_there_is_no_signature),
    };
    crypto_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
