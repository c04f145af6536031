/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/monitor.h"

#include "base/base64.h"
#include "base/writer.h"
#include "config/server_options.h"
#include "crypto/crypto.h"
#include "keys/private/private_key.h"
#include "keys/public_key.h"
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
#include "unit/server/keyd_stage.h"
#include "unit/server/nursery_stage.h"

static char keys_path[] = "/tmp/test_monitor.XXXXXX";
static struct private_key *key;
static struct keyd_stage keyd;
static struct nursery_stage nursery;
static struct server_options options;
/* Not root's, so that nothing of /etc/shadow matters. */
static struct account account = {
    .uid = 4711, .name = (char[]){ "ann" }, .home = (char[]){ "/" }, .shell = (char[]){ "/bin/sh" }
};
static struct buf session_id = BUF_EMPTY(64);
static struct bytes algorithm = BYTES_LITERAL("ssh-ed25519"); /* the user's */

static int set_up(void **state)
{
    (void)state;
    crypto_start();
    log_open(OPTION_LOG_QUIET, true);
    keyd_stage_open(&keyd);
    nursery_stage_open(&nursery);
    close(mkstemp(keys_path));
    return private_key_generate(PKEY_ED25519, 0, &key) == OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    private_key_free(key);
    nursery_stage_close(&nursery);
    keyd_stage_close(&keyd);
    buf_wipe(&session_id);
    return unlink(keys_path);
}

/* What keyd has signed, which the monitor knows then; the session's id is the first of them. */
static void learn_session(struct monitor *monitor)
{
    scoped(buf) signature = BUF_EMPTY(1000);
    scoped(buf) question = BUF_EMPTY(RECORD_LEN_MAX);
    struct record record = keyd_stage_exchange(&keyd);
    struct question parts;
    struct exchange_hash hash;
    assert_int_equal(record_encode(&record, &question), OK);
    assert_int_equal(monitor_sign(monitor, buf_bytes(&question), &signature), OK);
    assert_true(buf_len(&signature) > 64);

    assert_int_equal(question_decode(&record, &parts), OK);
    parts.parts.server_ident = BYTES_LITERAL(KEYD_STAGE_LINE);
    parts.parts.host_key = private_key_public_blob(keyd.key);
    assert_int_equal(exchange_hash_compute(&parts.parts, &hash), OK);
    buf_clear(&session_id);
    assert_int_equal(buf_append(&session_id, bytes_of(hash.octets, hash.len)), OK);
}

/* A monitor whose authorized_keys has our key behind `line_options`. */
static struct monitor *start(const char *line_options)
{
    scoped(buf) line = BUF_EMPTY(2000);
    struct bytes type = public_key_blob_type(private_key_public_blob(key));
    assert_int_equal(buf_format(&line, "%s %.*s ", line_options, (int)type.len, type.data), OK);
    assert_int_equal(base64_encode(private_key_public_blob(key), true, &line), OK);
    assert_int_equal(buf_append_text(&line, "\n"), OK);
    assert_int_equal(file_write(keys_path, buf_bytes(&line), 0600), OK);

    server_options_init(&options);
    assert_int_equal(server_options_put(&options, "AuthorizedKeysFile", bytes_text(keys_path)), OK);
    assert_int_equal(server_options_put(&options, "StrictModes", BYTES_LITERAL("no")), OK);
    assert_int_equal(server_options_finish(&options, "/", "/"), OK);
    const struct monitor_setup setup = {
        .options = &options,
        .keyd_fd = keyd.fd,
        .cradle_fd = nursery.cradle_fd,
        .start_authorizer = authorizer_stage_start,
        .account = &account,
        .peer = { "192.0.2.7", 1024 },
    };
    struct monitor *monitor = monitor_new(&setup);
    learn_session(monitor);
    return monitor;
}

static void stop(struct monitor *monitor)
{
    monitor_free(monitor);
    server_options_wipe(&options);
}

/* RFC 4252 section 7. */
static struct bytes data_of(const char *user, struct bytes session)
{
    static uint8_t octets[2000];
    scoped(buf) data = BUF_EMPTY(sizeof(octets));
    struct writer w = writer_to(&data);
    writer_string(&w, session);
    writer_u8(&w, 50);
    writer_text(&w, user);
    writer_text(&w, "ssh-connection");
    writer_text(&w, "publickey");
    writer_bool(&w, true);
    writer_string(&w, algorithm);
    writer_string(&w, private_key_public_blob(key));
    assert_int_equal(writer_end(&w), OK);
    memcpy(octets, data.data, buf_len(&data));
    return bytes_of(octets, buf_len(&data));
}

static struct monitor_login login_of(const char *user, bool is_signed, struct buf *signature)
{
    struct bytes data = data_of(user, buf_bytes(&session_id));
    if (is_signed)
        assert_int_equal(private_key_sign(key, algorithm, data, signature), OK);
    return (struct monitor_login){
        .method = MONITOR_PUBLICKEY,
        .user = bytes_text(user),
        .key_algorithm = algorithm,
        .key_blob = private_key_public_blob(key),
        .is_signed = is_signed,
        .signed_data = data,
        .signature = buf_bytes(signature),
    };
}

static enum monitor_verdict decide(struct monitor *monitor, const char *user, bool is_signed)
{
    scoped(buf) signature = BUF_EMPTY(2000);
    struct monitor_login login = login_of(user, is_signed, &signature);
    return monitor_decide(monitor, &login);
}

static void the_right_key_with_a_signature_lets_in(void **state)
{
    (void)state;
    struct monitor *monitor = start("");
    assert_int_equal(decide(monitor, "ann", false), MONITOR_KEY_OK);
    assert_false(policy_allows(monitor_policy(monitor), POLICY_PTY));
    assert_int_equal(decide(monitor, "ann", true), MONITOR_ACCEPTED);
    assert_true(policy_allows(monitor_policy(monitor), POLICY_PTY));
    assert_null(monitor_policy(monitor)->command);
    stop(monitor);
}

static void nobody_else_is_let_in(void **state)
{
    (void)state;
    static const char *const users[] = { "", "an", "anna", "ANN", "root" };
    struct monitor *monitor = start("");
    for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
        assert_int_equal(decide(monitor, users[i], false), MONITOR_REFUSED);
        assert_int_equal(decide(monitor, users[i], true), MONITOR_REFUSED);
    }
    assert_int_equal(monitor_policy(monitor)->features, 0);
    stop(monitor);
}

static void every_flipped_bit_of_the_signature_is_refused(void **state)
{
    (void)state;
    struct monitor *monitor = start("");
    scoped(buf) signature = BUF_EMPTY(2000);
    struct monitor_login login = login_of("ann", true, &signature);
    for (size_t bit = 0; bit < 8 * buf_len(&signature); bit++) {
        signature.data[signature.start + bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(monitor_decide(monitor, &login), MONITOR_REFUSED);
        signature.data[signature.start + bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    login.signed_data = BYTES_LITERAL("something else");
    assert_int_equal(monitor_decide(monitor, &login), MONITOR_REFUSED);
    stop(monitor);
}

/* A worker that was taken over may have heard it elsewhere. */
static void a_signature_for_something_else_is_refused(void **state)
{
    (void)state;
    struct monitor *monitor = start("");
    static const char *const users[] = { "ann", "bob" };
    for (size_t i = 0; i < 2; i++) {
        bool is_other_session = i == 0;
        struct bytes signed_data = data_of(
            users[i], is_other_session ? BYTES_LITERAL("another hash") : buf_bytes(&session_id));
        scoped(buf) signature = BUF_EMPTY(2000);
        assert_int_equal(private_key_sign(key, algorithm, signed_data, &signature), OK);
        struct monitor_login login = login_of("ann", false, &signature);
        login.is_signed = true;
        login.signature = buf_bytes(&signature);
        login.signed_data = data_of(users[i], is_other_session ? BYTES_LITERAL("another hash")
                                                               : buf_bytes(&session_id));
        assert_int_equal(monitor_decide(monitor, &login), MONITOR_REFUSED);
    }
    assert_int_equal(decide(monitor, "ann", true), MONITOR_ACCEPTED);
    stop(monitor);
}

static void later_exchanges_do_not_change_the_session(void **state)
{
    (void)state;
    struct monitor *monitor = start("");
    scoped(buf) signature = BUF_EMPTY(1000);
    scoped(buf) question = BUF_EMPTY(RECORD_LEN_MAX);
    struct record record = keyd_stage_exchange(&keyd);
    record.texts[QUESTION_CLIENT_SHARE] = BYTES_LITERAL("a later one");
    assert_int_equal(record_encode(&record, &question), OK);
    assert_int_equal(monitor_sign(monitor, buf_bytes(&question), &signature), OK);
    assert_int_equal(decide(monitor, "ann", true), MONITOR_ACCEPTED);
    stop(monitor);
}

static void the_lines_options_become_the_policy(void **state)
{
    (void)state;
    struct monitor *monitor = start("restrict,command=\"date\"");
    assert_int_equal(decide(monitor, "ann", true), MONITOR_ACCEPTED);
    assert_false(policy_allows(monitor_policy(monitor), POLICY_PTY));
    assert_false(policy_allows(monitor_policy(monitor), POLICY_SIGNAL));
    assert_string_equal(monitor_policy(monitor)->command, "date");
    stop(monitor);

    monitor = start("from=\"198.51.100.0/24\"");
    assert_int_equal(decide(monitor, "ann", true), MONITOR_REFUSED);
    stop(monitor);
}

static void sha1_signs_no_login(void **state)
{
    (void)state;
    const struct bytes names[] = { BYTES_LITERAL("rsa-sha2-512"), BYTES_LITERAL("rsa-sha2-256"),
                                   BYTES_LITERAL("ssh-rsa") };
    struct private_key *usual_key = key;
    struct bytes usual_algorithm = algorithm;
    assert_int_equal(private_key_generate(PKEY_RSA, 2048, &key), OK);
    for (size_t i = 0; i < 3; i++) {
        bool is_good = i < 2;
        struct monitor *monitor = start("");
        algorithm = names[i];
        assert_int_equal(decide(monitor, "ann", false), is_good ? MONITOR_KEY_OK : MONITOR_REFUSED);
        assert_int_equal(decide(monitor, "ann", true),
                         is_good ? MONITOR_ACCEPTED : MONITOR_REFUSED);
        stop(monitor);
    }
    private_key_free(key);
    key = usual_key;
    algorithm = usual_algorithm;
}

static void methods_that_cannot_succeed_are_not_offered_and_refused(void **state)
{
    (void)state;
    struct monitor *monitor = start("");
    assert_true(bytes_is(monitor_methods(monitor), "publickey"));
    static const enum monitor_method methods[] = { MONITOR_NONE, MONITOR_PASSWORD,
                                                   MONITOR_INTERACTIVE };
    for (size_t i = 0; i < 3; i++) {
        const struct monitor_login login = { .method = methods[i],
                                             .user = BYTES_LITERAL("ann"),
                                             .password = BYTES_LITERAL("guess") };
        assert_int_equal(monitor_decide(monitor, &login), MONITOR_REFUSED);
    }
    stop(monitor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_right_key_with_a_signature_lets_in),
        cmocka_unit_test(nobody_else_is_let_in),
        cmocka_unit_test(every_flipped_bit_of_the_signature_is_refused),
        cmocka_unit_test(a_signature_for_something_else_is_refused),
        cmocka_unit_test(later_exchanges_do_not_change_the_session),
        cmocka_unit_test(the_lines_options_become_the_policy),
        cmocka_unit_test(sha1_signs_no_login),
        cmocka_unit_test(methods_that_cannot_succeed_are_not_offered_and_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
