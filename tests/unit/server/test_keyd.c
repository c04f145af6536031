/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/keyd/keyd.h"

#include "crypto/crypto.h"
#include "keys/exchange_hash.h"
#include "keys/public_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "unit/server/keyd_stage.h"

#define B(text) BYTES_LITERAL(text)

static struct keyd_stage stage;

/* RECORD_TYPE_COUNT for a question that was left without an answer. */
static struct record ask(const struct record *question, struct buf *room)
{
    int ends[2];
    assert_int_equal(seqpacket_pair(ends), OK);
    const struct seqpacket_descriptors passed = { .fds = { ends[1] }, .count = 1 };
    keyd_stage_send(stage.fd, question, &passed);
    (void)close(ends[1]);
    struct record answer = keyd_stage_receive(ends[0], room);
    (void)close(ends[0]);
    return answer;
}

static void it_signs_a_hash_with_its_own_line_and_key_in_it(void **state)
{
    (void)state;
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    struct record question = keyd_stage_exchange(&stage);
    struct record answer = ask(&question, &room);
    assert_int_equal(answer.type, RECORD_EXCHANGE_SIGNED);

    struct question q;
    struct exchange_hash hash;
    assert_int_equal(question_decode(&question, &q), OK);
    q.parts.server_ident = B(KEYD_STAGE_LINE);
    q.parts.host_key = private_key_public_blob(stage.key);
    assert_int_equal(exchange_hash_compute(&q.parts, &hash), OK);
    assert_true(bytes_equal(answer.texts[0], bytes_of(hash.octets, hash.len)));
    assert_true(bytes_equal(answer.texts[1], q.parts.host_key));

    struct public_key *key = NULL;
    assert_int_equal(public_key_decode(answer.texts[1], &key), OK);
    assert_int_equal(public_key_verify(key, q.algorithm, answer.texts[0], answer.texts[2]), OK);
    public_key_free(key);
}

static void what_it_cannot_sign_is_left_without_an_answer(void **state)
{
    (void)state;
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    static const struct bytes strange[QUESTION_TEXT_COUNT] = {
        [QUESTION_ALGORITHM] = B("rsa-sha2-512"),
        [QUESTION_KEY] = B("\0\0\0\13ssh-ed25519\0\0\0\1x"),
        [QUESTION_SECRET] = B("K"),
    };
    for (size_t i = 0; i < QUESTION_TEXT_COUNT; i++) {
        struct record question = keyd_stage_exchange(&stage);
        if (strange[i].len == 0)
            continue;
        question.texts[i] = strange[i];
        assert_int_equal(ask(&question, &room).type, RECORD_TYPE_COUNT);
    }
    const struct record question = keyd_stage_exchange(&stage);
    assert_int_equal(ask(&question, &room).type, RECORD_EXCHANGE_SIGNED);
}

/* The listener's records are over; others are nobody's. */
static void once_it_signs_it_does_nothing_else(void **state)
{
    (void)state;
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    for (enum record_type type = 0; type < RECORD_TYPE_COUNT; type++) {
        if (type != RECORD_EXCHANGE)
            assert_int_equal(ask(&(struct record){ .type = type }, &room).type, RECORD_TYPE_COUNT);
    }
    const struct record question = keyd_stage_exchange(&stage);
    assert_int_equal(seqpacket_send(stage.fd, B("\377no record"), NULL), OK);
    keyd_stage_send(stage.fd, &question, NULL); /* nowhere to answer */
    assert_int_equal(ask(&question, &room).type, RECORD_EXCHANGE_SIGNED);
}

static void before_it_has_its_keys_it_signs_nothing(void **state)
{
    (void)state;
    struct keyd_stage usual = stage;
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    const struct record question = keyd_stage_exchange(&stage);
    keyd_stage_fork(&stage);
    assert_int_equal(ask(&question, &room).type, RECORD_TYPE_COUNT);
    keyd_stage_send(stage.fd, &(struct record){ RECORD_HOST_KEY, { 0 }, { B("no key") } }, NULL);
    assert_int_not_equal(keyd_stage_receive(stage.fd, &room).numbers[0], OK);
    stage.key = NULL;
    keyd_stage_close(&stage);
    stage = usual;
}

static int set_up(void **state)
{
    (void)state;
    crypto_start();
    keyd_stage_open(&stage);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    keyd_stage_close(&stage);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_signs_a_hash_with_its_own_line_and_key_in_it),
        cmocka_unit_test(what_it_cannot_sign_is_left_without_an_answer),
        cmocka_unit_test(once_it_signs_it_does_nothing_else),
        cmocka_unit_test(before_it_has_its_keys_it_signs_nothing),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
