/* SPDX-License-Identifier: BSD-2-Clause */
#include "sent.h"
#include "ssh/auth/auth_server.h"
#include "ssh/auth/userauth_info.h"
#include "ssh/msg/service.h"
#include "ssh/msg/userauth_reply.h"
#include "ssh/msg/userauth_request.h"

enum { FAILURES_MAX = 6, QUERIES_MAX = 15, REQUESTS_MAX = 128, ROUNDS_MAX = 16 };

struct world {
    struct auth_server server;
    struct budget budget;
    struct sent sent;
    struct auth_server_event event;
};

static enum err feed(struct world *w, struct bytes payload)
{
    return auth_server_feed(&w->server, payload, (struct instant){ 0 }, &w->event);
}

static enum err feed_service(struct world *w, const char *name)
{
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    const struct service service = { SSH_MSG_SERVICE_REQUEST, bytes_text(name) };
    assert_int_equal(service_encode(&payload, &service), OK);
    return feed(w, buf_bytes(&payload));
}

static enum err feed_request(struct world *w, const struct userauth_request *request)
{
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    assert_int_equal(userauth_request_encode(&payload, request), OK);
    return feed(w, buf_bytes(&payload));
}

/* A server that offers those methods and has accepted the service. */
static void start(struct world *w, const char *methods)
{
    budget_init(&w->budget);
    auth_server_init(&w->server, bytes_text(methods), FAILURES_MAX, &w->budget, NULL,
                     sent_start(&w->sent));
    auth_server_start(&w->server, B("session"), B("host key"));
    assert_int_equal(feed_service(w, "ssh-userauth"), OK);
    (void)sent_take(&w->sent, SSH_MSG_SERVICE_ACCEPT);
    assert_int_equal(w->server.phase, LEGALITY_AUTH_IDLE);
}

static void stop(struct world *w)
{
    auth_server_wipe(&w->server);
    sent_wipe(&w->sent);
}

static struct userauth_request request_of(enum userauth_request_method method)
{
    return (struct userauth_request){ .user = B("alice"),
                                      .service = B("ssh-connection"),
                                      .method = method,
                                      .method_name = B("strange@example"),
                                      .algorithm = B("ssh-ed25519"),
                                      .blob = B("key"),
                                      .host_key = B("host key"),
                                      .password = B("secret") };
}

static struct userauth_request signed_request(enum userauth_request_method method)
{
    struct userauth_request request = request_of(method);
    request.is_signed = true;
    request.signature = B("signature");
    return request;
}

/* ---- the service ---- */

static void only_the_login_is_a_service(void **state)
{
    (void)state;
    static const char *const others[] = { "ssh-connection", "", "ssh-userauth2", "ssh-useraut" };
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct world w;
        start(&w, "publickey");
        assert_int_equal(feed_service(&w, others[i]), ERR_UNSUPPORTED);
        assert_true(sent_is_empty(&w.sent));
        stop(&w);
    }
}

static void asking_for_the_service_again_changes_nothing(void **state)
{
    (void)state;
    struct world w;
    start(&w, "publickey");
    struct userauth_request request = request_of(USERAUTH_REQUEST_PUBLICKEY);
    assert_int_equal(feed_request(&w, &request), OK);
    assert_int_equal(auth_server_answer(&w.server, AUTH_SERVER_REFUSED), OK);
    assert_int_equal(feed_service(&w, "ssh-userauth"), OK);
    assert_int_equal(w.server.failures, 1);
    request.user = B("bob");
    assert_int_equal(feed_request(&w, &request), ERR_BAD_VALUE);
    stop(&w);
}

static void a_login_is_for_the_connection_service(void **state)
{
    (void)state;
    struct world w;
    start(&w, "publickey");
    struct userauth_request request = request_of(USERAUTH_REQUEST_PUBLICKEY);
    request.service = B("ssh-userauth");
    assert_int_equal(feed_request(&w, &request), ERR_UNSUPPORTED);
    stop(&w);
}

/* ---- what the owner is asked ---- */

static void the_owner_judges_a_signed_key_and_sees_what_is_signed(void **state)
{
    (void)state;
    static const enum userauth_request_method methods[] = { USERAUTH_REQUEST_PUBLICKEY,
                                                            USERAUTH_REQUEST_HOSTBOUND };
    for (size_t i = 0; i < 2; i++) {
        struct world w;
        start(&w, "publickey");
        struct userauth_request request = signed_request(methods[i]);
        scoped(buf) wanted = BUF_EMPTY(CODEC_BUF_MAX);
        assert_int_equal(userauth_request_encode_signed(&wanted, B("session"), &request), OK);

        assert_int_equal(feed_request(&w, &request), OK);
        assert_int_equal(w.event.kind, AUTH_SERVER_ASK_LOGIN);
        assert_int_equal(w.event.login.method, AUTH_METHOD_PUBLICKEY);
        assert_true(w.event.login.is_signed);
        assert_true(bytes_equal(w.event.login.signed_data, buf_bytes(&wanted)));
        assert_true(sent_is_empty(&w.sent));

        assert_int_equal(auth_server_answer(&w.server, AUTH_SERVER_ACCEPTED), OK);
        assert_int_equal(sent_take(&w.sent, SSH_MSG_USERAUTH_SUCCESS).len, 1);
        assert_int_equal(w.server.phase, LEGALITY_OPEN);
        stop(&w);
    }
}

static void a_query_is_answered_with_its_key(void **state)
{
    (void)state;
    struct world w;
    start(&w, "publickey");
    const struct userauth_request request = request_of(USERAUTH_REQUEST_PUBLICKEY);
    assert_int_equal(feed_request(&w, &request), OK);
    assert_false(w.event.login.is_signed);
    assert_int_equal(auth_server_answer(&w.server, AUTH_SERVER_KEY_OK), OK);
    struct userauth_reply_pk_ok pk_ok;
    struct bytes payload = sent_take(&w.sent, SSH_MSG_USERAUTH_PK_OK);
    assert_int_equal(userauth_reply_decode_pk_ok(payload, NULL, &pk_ok), OK);
    assert_true(bytes_equal(pk_ok.algorithm, request.algorithm));
    assert_true(bytes_equal(pk_ok.blob, request.blob));
    assert_int_equal(w.server.phase, LEGALITY_AUTH_IDLE);
    stop(&w);
}

static void a_request_that_names_another_host_key_was_meant_for_another_server(void **state)
{
    (void)state;
    struct world w;
    start(&w, "publickey");
    struct userauth_request request = signed_request(USERAUTH_REQUEST_HOSTBOUND);
    request.host_key = B("host kez");
    assert_int_equal(feed_request(&w, &request), ERR_BAD_VALUE);
    stop(&w);
}

static void the_user_may_not_change(void **state)
{
    (void)state;
    static const char *const names[] = { "alice", "bob", "alic", "alicea", "" };
    for (size_t i = 0; i < 5; i++) {
        for (size_t k = 0; k < 5; k++) {
            struct world w;
            start(&w, "password");
            struct userauth_request request = request_of(USERAUTH_REQUEST_NONE);
            request.user = bytes_text(names[i]);
            assert_int_equal(feed_request(&w, &request), OK);
            assert_int_equal(auth_server_answer(&w.server, AUTH_SERVER_REFUSED), OK);
            request.user = bytes_text(names[k]);
            assert_int_equal(feed_request(&w, &request), i == k ? OK : ERR_BAD_VALUE);
            stop(&w);
        }
    }
}

/* ---- refusals ---- */

/* The FAILURE that the request is answered with, whatever its owner says. */
static void refused_by_itself(const struct userauth_request *request, struct buf *failure)
{
    struct world w;
    start(&w, "publickey,password");
    assert_int_equal(feed_request(&w, request), OK);
    assert_int_equal(w.event.kind, AUTH_SERVER_ASK_LOGIN);
    assert_true(w.event.login.is_impossible);
    assert_int_equal(w.event.login.user.len, request->user.len > 255 ? 255 : request->user.len);
    assert_int_equal(w.event.login.password.len + w.event.login.key_blob.len, 0);
    assert_true(sent_is_empty(&w.sent));
    assert_int_equal(auth_server_answer(&w.server, AUTH_SERVER_ACCEPTED), OK);
    struct bytes payload = sent_take(&w.sent, SSH_MSG_USERAUTH_FAILURE);
    assert_int_equal(buf_append(failure, payload), OK);
    assert_true(sent_is_empty(&w.sent));
    stop(&w);
}

static void refused_by_owner(struct buf *failure)
{
    struct world w;
    start(&w, "publickey,password");
    const struct userauth_request request = request_of(USERAUTH_REQUEST_PASSWORD);
    assert_int_equal(feed_request(&w, &request), OK);
    assert_int_equal(w.event.kind, AUTH_SERVER_ASK_LOGIN);
    assert_int_equal(auth_server_answer(&w.server, AUTH_SERVER_REFUSED), OK);
    assert_int_equal(buf_append(failure, sent_take(&w.sent, SSH_MSG_USERAUTH_FAILURE)), OK);
    stop(&w);
}

static void every_refusal_is_the_same_octets(void **state)
{
    (void)state;
    static const uint8_t zeros[16 * 1024 + 1];
    static uint8_t letters[1025];
    memset(letters, 'x', sizeof(letters));
    struct userauth_request cases[16];
    size_t count = 0;
    cases[count++] = request_of(USERAUTH_REQUEST_OTHER);
    const struct bytes users[] = { B(""), B("-oProxyCommand=x"), B("a\0b"), B("\xc3(") };
    for (size_t i = 0; i < 4; i++) {
        cases[count] = request_of(USERAUTH_REQUEST_PASSWORD);
        cases[count++].user = users[i];
    }
    cases[count] = request_of(USERAUTH_REQUEST_PASSWORD);
    cases[count++].user = bytes_of(letters, 256);
    cases[count] = request_of(USERAUTH_REQUEST_PASSWORD);
    cases[count++].password = bytes_of(letters, sizeof(letters));
    cases[count] = request_of(USERAUTH_REQUEST_PASSWORD);
    cases[count++].password = B("with\0NUL");
    cases[count] = request_of(USERAUTH_REQUEST_PASSWORD);
    cases[count++].changes_password = true;
    cases[count] = request_of(USERAUTH_REQUEST_PUBLICKEY);
    cases[count++].blob = bytes_of(zeros, sizeof(zeros));

    scoped(buf) wanted = BUF_EMPTY(CODEC_BUF_MAX);
    refused_by_owner(&wanted);
    for (size_t i = 0; i < count; i++) {
        scoped(buf) got = BUF_EMPTY(CODEC_BUF_MAX);
        refused_by_itself(&cases[i], &got);
        assert_true(bytes_equal(buf_bytes(&got), buf_bytes(&wanted)));
    }
}

static void assert_failure(struct world *w, const char *methods, bool partial)
{
    struct userauth_reply_failure failure;
    struct bytes payload = sent_take(&w->sent, SSH_MSG_USERAUTH_FAILURE);
    assert_int_equal(userauth_reply_decode_failure(payload, NULL, &failure), OK);
    assert_true(bytes_is(failure.methods, methods));
    assert_int_equal(failure.partial, partial);
}

static void a_method_that_this_user_is_not_offered_is_not_judged(void **state)
{
    (void)state;
    static const enum userauth_request_method methods[] = { USERAUTH_REQUEST_PUBLICKEY,
                                                            USERAUTH_REQUEST_PASSWORD,
                                                            USERAUTH_REQUEST_INTERACTIVE };
    static const char *const names[] = { "publickey", "password", "keyboard-interactive" };
    for (size_t known = 0; known < 3; known++) {
        for (size_t tried = 0; tried < 3; tried++) {
            struct world w;
            start(&w, "nothing");
            const struct userauth_request none = request_of(USERAUTH_REQUEST_NONE);
            assert_int_equal(feed_request(&w, &none), OK);
            assert_int_equal(w.event.kind, AUTH_SERVER_ASK_LOGIN);
            assert_int_equal(w.event.login.method, AUTH_METHOD_NONE);
            auth_server_offer(&w.server, bytes_text(names[known]));
            assert_int_equal(auth_server_answer(&w.server, AUTH_SERVER_REFUSED), OK);
            assert_failure(&w, names[known], false);

            const struct userauth_request request = request_of(methods[tried]);
            assert_int_equal(feed_request(&w, &request), OK);
            assert_int_equal(w.event.kind, AUTH_SERVER_ASK_LOGIN);
            assert_int_equal(w.event.login.is_impossible, known != tried);
            stop(&w);
        }
    }
}

static void what_was_right_but_is_not_enough_is_no_failure(void **state)
{
    (void)state;
    struct world w;
    start(&w, "publickey,password");
    const struct userauth_request request = signed_request(USERAUTH_REQUEST_PUBLICKEY);
    for (unsigned i = 0; i < 2 * FAILURES_MAX; i++) {
        assert_int_equal(feed_request(&w, &request), OK);
        auth_server_offer(&w.server, B("publickey"));
        assert_int_equal(auth_server_answer(&w.server, AUTH_SERVER_PARTIAL), OK);
        assert_failure(&w, "publickey", true);
    }
    assert_int_equal(w.server.phase, LEGALITY_AUTH_IDLE);
    stop(&w);
}

static void people_are_told_before_the_answer(void **state)
{
    (void)state;
    struct world w;
    start(&w, "password");
    const struct userauth_request request = request_of(USERAUTH_REQUEST_PASSWORD);
    struct userauth_reply_banner banner;
    assert_int_equal(feed_request(&w, &request), OK);
    assert_int_equal(auth_server_tell(&w.server, B("closed today\n")), OK);
    assert_int_equal(auth_server_answer(&w.server, AUTH_SERVER_REFUSED), OK);
    struct bytes payload = sent_take(&w.sent, SSH_MSG_USERAUTH_BANNER);
    assert_int_equal(userauth_reply_decode_banner(payload, NULL, &banner), OK);
    assert_true(bytes_is(banner.text, "closed today\n"));
    assert_failure(&w, "password", false);
    stop(&w);
}

/* ---- keyboard-interactive ---- */

static const struct auth_prompts two_prompts = { .name = B("n"),
                                                 .instruction = B("i"),
                                                 .count = 2,
                                                 .prompt = { { B("a: "), true },
                                                             { B("b: "), false } } };

/* A client that was asked two questions. */
static void start_asked(struct world *w)
{
    start(w, "keyboard-interactive,password");
    const struct userauth_request request = request_of(USERAUTH_REQUEST_INTERACTIVE);
    assert_int_equal(feed_request(w, &request), OK);
    assert_int_equal(w->event.kind, AUTH_SERVER_ASK_LOGIN);
    assert_int_equal(w->event.login.method, AUTH_METHOD_INTERACTIVE);
    assert_int_equal(auth_server_ask(&w->server, &two_prompts), OK);
    (void)sent_take(&w->sent, SSH_MSG_USERAUTH_INFO_REQUEST);
    assert_int_equal(w->server.phase, LEGALITY_AUTH_INTERACTIVE);
}

/* Answers with so many times the text. */
static enum err feed_answers(struct world *w, size_t count, struct bytes text)
{
    scoped(buf) payload = BUF_EMPTY(8 * CODEC_BUF_MAX);
    scoped(buf) answers = BUF_EMPTY(8 * CODEC_BUF_MAX);
    struct writer writer = writer_to(&answers);
    for (size_t i = 0; i < count; i++)
        writer_string(&writer, text);
    assert_int_equal(writer_end(&writer), OK);
    const struct userauth_info_response response = { count, buf_bytes(&answers) };
    assert_int_equal(userauth_info_encode_response(&payload, &response), OK);
    enum err err = feed(w, buf_bytes(&payload));
    if (w->event.kind == AUTH_SERVER_ASK_ANSWERS && w->event.answers_count == count && count == 2)
        assert_true(bytes_equal(w->event.answers, buf_bytes(&answers)));
    return err;
}

/* The owner is asked all the same, so that it counts them. */
static void assert_unfit(struct world *w, size_t count)
{
    assert_int_equal(w->event.kind, AUTH_SERVER_ASK_ANSWERS);
    assert_int_equal(w->event.answers_count, count);
    assert_int_equal(w->event.answers.len, 0);
    assert_int_equal(auth_server_answer(&w->server, AUTH_SERVER_REFUSED), OK);
    assert_failure(w, "keyboard-interactive,password", false);
}

static void questions_reach_the_client_and_answers_the_owner(void **state)
{
    (void)state;
    struct world w;
    start(&w, "keyboard-interactive");
    const struct userauth_request request = request_of(USERAUTH_REQUEST_INTERACTIVE);
    assert_int_equal(feed_request(&w, &request), OK);
    for (int round = 0; round < 3; round++) {
        struct auth_prompts got;
        assert_int_equal(auth_server_ask(&w.server, &two_prompts), OK);
        struct bytes payload = sent_take(&w.sent, SSH_MSG_USERAUTH_INFO_REQUEST);
        assert_int_equal(userauth_info_decode_request(payload, NULL, &got), OK);
        assert_int_equal(got.count, 2);
        assert_true(got.prompt[0].echoes && !got.prompt[1].echoes);
        assert_int_equal(feed_answers(&w, 2, B("yes")), OK);
        assert_int_equal(w.event.kind, AUTH_SERVER_ASK_ANSWERS);
        assert_int_equal(w.event.answers_count, 2);
    }
    assert_int_equal(auth_server_answer(&w.server, AUTH_SERVER_ACCEPTED), OK);
    (void)sent_take(&w.sent, SSH_MSG_USERAUTH_SUCCESS);
    stop(&w);
}

static void another_number_of_answers_is_a_failure(void **state)
{
    (void)state;
    static const size_t counts[] = { 0, 1, 3, USERAUTH_INFO_ANSWERS_MAX };
    for (size_t i = 0; i < 4; i++) {
        struct world w;
        start_asked(&w);
        assert_int_equal(feed_answers(&w, counts[i], B("yes")), OK);
        assert_unfit(&w, counts[i]);
        assert_int_equal(w.server.failures, 1);
        assert_int_equal(feed_answers(&w, 2, B("yes")), ERR_BAD_STATE);
        stop(&w);
    }
}

static void an_answer_longer_than_a_password_is_a_failure(void **state)
{
    (void)state;
    static const uint8_t letters[1025] = { 'x' };
    struct world w;
    start_asked(&w);
    assert_int_equal(feed_answers(&w, 2, bytes_of(letters, 1024)), OK);
    assert_int_equal(w.event.kind, AUTH_SERVER_ASK_ANSWERS);
    stop(&w);
    start_asked(&w);
    assert_int_equal(feed_answers(&w, 2, bytes_of(letters, 1025)), OK);
    assert_unfit(&w, 0);
    stop(&w);
}

static void a_new_request_drops_the_questions(void **state)
{
    (void)state;
    struct world w;
    start_asked(&w);
    const struct userauth_request password = request_of(USERAUTH_REQUEST_PASSWORD);
    assert_int_equal(feed_request(&w, &password), OK);
    assert_int_equal(w.event.kind, AUTH_SERVER_ASK_LOGIN);
    assert_int_equal(w.event.login.method, AUTH_METHOD_PASSWORD);
    assert_int_equal(auth_server_answer(&w.server, AUTH_SERVER_REFUSED), OK);
    assert_int_equal(feed_answers(&w, 2, B("yes")), ERR_BAD_STATE);
    stop(&w);
}

static void the_service_may_be_asked_for_between_questions_and_answers(void **state)
{
    (void)state;
    struct world w;
    start_asked(&w);
    assert_int_equal(feed_service(&w, "ssh-userauth"), OK);
    assert_int_equal(feed_answers(&w, 2, B("yes")), OK);
    assert_int_equal(w.event.kind, AUTH_SERVER_ASK_ANSWERS);
    stop(&w);
}

static void rounds_of_questions_are_bounded(void **state)
{
    (void)state;
    struct world w;
    start_asked(&w);
    for (int i = 1; i < ROUNDS_MAX; i++) {
        assert_int_equal(feed_answers(&w, 2, B("yes")), OK);
        assert_int_equal(auth_server_ask(&w.server, &two_prompts), OK);
    }
    assert_int_equal(feed_answers(&w, 2, B("yes")), OK);
    assert_int_equal(auth_server_ask(&w.server, &two_prompts), ERR_OVER_BUDGET);
    stop(&w);
}

static void so_many_failures_end_it_and_none_is_no_failure(void **state)
{
    (void)state;
    struct world w;
    start(&w, "password");
    const struct userauth_request none = request_of(USERAUTH_REQUEST_NONE);
    const struct userauth_request password = request_of(USERAUTH_REQUEST_PASSWORD);
    for (unsigned i = 1; i <= FAILURES_MAX; i++) {
        assert_int_equal(feed_request(&w, &none), OK);
        assert_int_equal(auth_server_answer(&w.server, AUTH_SERVER_REFUSED), OK);
        (void)sent_take(&w.sent, SSH_MSG_USERAUTH_FAILURE);
        assert_int_equal(feed_request(&w, &password), OK);
        enum err err = auth_server_answer(&w.server, AUTH_SERVER_REFUSED);
        assert_int_equal(err, i < FAILURES_MAX ? OK : ERR_NO_AUTH);
        if (err == OK)
            (void)sent_take(&w.sent, SSH_MSG_USERAUTH_FAILURE);
    }
    assert_true(sent_is_empty(&w.sent));
    stop(&w);
}

static void methods_that_do_not_exist_are_failures_too(void **state)
{
    (void)state;
    struct world w;
    start(&w, "password");
    const struct userauth_request strange = request_of(USERAUTH_REQUEST_OTHER);
    for (unsigned i = 1; i <= FAILURES_MAX; i++) {
        assert_int_equal(feed_request(&w, &strange), OK);
        assert_int_equal(w.event.login.method, AUTH_METHOD_OTHER);
        assert_int_equal(auth_server_answer(&w.server, AUTH_SERVER_REFUSED),
                         i < FAILURES_MAX ? OK : ERR_NO_AUTH);
    }
    stop(&w);
}

static void what_is_not_offered_is_not_asked_about(void **state)
{
    (void)state;
    struct world w;
    start(&w, "nothing");
    auth_server_offer(&w.server, B("password"));
    const struct userauth_request request = request_of(USERAUTH_REQUEST_INTERACTIVE);
    assert_int_equal(feed_request(&w, &request), OK);
    assert_true(w.event.login.is_impossible);
    assert_int_equal(auth_server_ask(&w.server, &two_prompts), OK);
    assert_failure(&w, "password", false);
    assert_int_equal(w.server.phase, LEGALITY_AUTH_IDLE);
    stop(&w);
}

/* ---- budgets ---- */

static void keys_may_be_asked_about_fifteen_times(void **state)
{
    (void)state;
    struct world w;
    start(&w, "publickey");
    const struct userauth_request query = request_of(USERAUTH_REQUEST_PUBLICKEY);
    for (int i = 0; i < QUERIES_MAX; i++) {
        assert_int_equal(feed_request(&w, &query), OK);
        assert_int_equal(auth_server_answer(&w.server, AUTH_SERVER_KEY_OK), OK);
    }
    assert_int_equal(feed_request(&w, &query), ERR_OVER_BUDGET);
    stop(&w);
}

static void requests_of_any_kind_are_bounded(void **state)
{
    (void)state;
    struct world w;
    start(&w, "publickey");
    const struct userauth_request none = request_of(USERAUTH_REQUEST_NONE);
    for (int i = 0; i < REQUESTS_MAX; i++) {
        assert_int_equal(feed_request(&w, &none), OK);
        assert_int_equal(auth_server_answer(&w.server, AUTH_SERVER_REFUSED), OK);
        (void)sent_take(&w.sent, SSH_MSG_USERAUTH_FAILURE);
    }
    assert_int_equal(feed_request(&w, &none), ERR_OVER_BUDGET);
    stop(&w);
}

/* ---- what breaks the protocol ---- */

static void every_prefix_of_a_request_ends_it_unheard(void **state)
{
    (void)state;
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    const struct userauth_request request = request_of(USERAUTH_REQUEST_PASSWORD);
    assert_int_equal(userauth_request_encode(&payload, &request), OK);
    for (size_t len = 1; len < buf_len(&payload); len++) {
        struct world w;
        start(&w, "password");
        struct bytes cut = codec_copy(buf_bytes(&payload), len, 0);
        assert_int_equal(feed(&w, cut), ERR_TRUNCATED);
        assert_int_equal(w.event.kind, AUTH_SERVER_NOTHING);
        assert_true(sent_is_empty(&w.sent));
        codec_free(cut);
        stop(&w);
    }
}

static void an_answer_to_no_question_is_refused(void **state)
{
    (void)state;
    struct world w;
    start(&w, "publickey,password");
    assert_int_equal(feed(&w, B("\x3d\0\0\0\0")), ERR_BAD_STATE);
    stop(&w);
}

static void the_banner_comes_with_the_first_attempt_and_is_freed_without_one(void **state)
{
    (void)state;
    for (size_t attempts = 0; attempts < 3; attempts++) {
        struct world w;
        start(&w, "publickey,password");
        auth_server_greet(&w.server, B("welcome"));
        for (size_t i = 0; i < attempts; i++) {
            const struct userauth_request none = request_of(USERAUTH_REQUEST_NONE);
            assert_int_equal(feed_request(&w, &none), OK);
            assert_int_equal(auth_server_answer(&w.server, AUTH_SERVER_REFUSED), OK);
            if (i == 0)
                (void)sent_take(&w.sent, SSH_MSG_USERAUTH_BANNER);
            (void)sent_take(&w.sent, SSH_MSG_USERAUTH_FAILURE);
        }
        assert_true(sent_is_empty(&w.sent));
        stop(&w);
        assert_null(w.server.banner.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_login_is_a_service),
        cmocka_unit_test(asking_for_the_service_again_changes_nothing),
        cmocka_unit_test(a_login_is_for_the_connection_service),
        cmocka_unit_test(the_owner_judges_a_signed_key_and_sees_what_is_signed),
        cmocka_unit_test(a_query_is_answered_with_its_key),
        cmocka_unit_test(a_request_that_names_another_host_key_was_meant_for_another_server),
        cmocka_unit_test(the_user_may_not_change),
        cmocka_unit_test(every_refusal_is_the_same_octets),
        cmocka_unit_test(a_method_that_this_user_is_not_offered_is_not_judged),
        cmocka_unit_test(what_was_right_but_is_not_enough_is_no_failure),
        cmocka_unit_test(people_are_told_before_the_answer),
        cmocka_unit_test(questions_reach_the_client_and_answers_the_owner),
        cmocka_unit_test(another_number_of_answers_is_a_failure),
        cmocka_unit_test(an_answer_longer_than_a_password_is_a_failure),
        cmocka_unit_test(a_new_request_drops_the_questions),
        cmocka_unit_test(the_service_may_be_asked_for_between_questions_and_answers),
        cmocka_unit_test(rounds_of_questions_are_bounded),
        cmocka_unit_test(so_many_failures_end_it_and_none_is_no_failure),
        cmocka_unit_test(methods_that_do_not_exist_are_failures_too),
        cmocka_unit_test(what_is_not_offered_is_not_asked_about),
        cmocka_unit_test(keys_may_be_asked_about_fifteen_times),
        cmocka_unit_test(requests_of_any_kind_are_bounded),
        cmocka_unit_test(every_prefix_of_a_request_ends_it_unheard),
        cmocka_unit_test(an_answer_to_no_question_is_refused),
        cmocka_unit_test(the_banner_comes_with_the_first_attempt_and_is_freed_without_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
