/* SPDX-License-Identifier: BSD-2-Clause */
#include "sent.h"
#include "ssh/auth/auth_client.h"
#include "ssh/auth/auth_server.h"
#include "ssh/auth/userauth_info.h"
#include "ssh/msg/service.h"
#include "ssh/msg/userauth_reply.h"

struct world {
    struct auth_client client;
    struct sent sent;
    struct auth_client_event event;
};

static const struct bytes algorithm = BYTES_LITERAL("ssh-ed25519");
static const struct bytes key = BYTES_LITERAL("key");

static enum err feed(struct world *w, struct bytes payload)
{
    return auth_client_feed(&w->client, payload, &w->event);
}

static enum err feed_accept(struct world *w, const char *name)
{
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    const struct service service = { SSH_MSG_SERVICE_ACCEPT, bytes_text(name) };
    assert_int_equal(service_encode(&payload, &service), OK);
    return feed(w, buf_bytes(&payload));
}

static enum err feed_failure(struct world *w, const char *methods, bool partial)
{
    scoped(buf) payload = BUF_EMPTY(CODEC_BUF_MAX);
    const struct userauth_reply_failure failure = { bytes_text(methods), partial };
    assert_int_equal(userauth_reply_encode_failure(&payload, &failure), OK);
    enum err err = feed(w, buf_bytes(&payload));
    w->event.methods = BYTES_NONE; /* lent by the payload */
    return err;
}

static void start_traced(struct world *w, const struct trace *trace)
{
    auth_client_init(&w->client, "alice", trace, sent_start(&w->sent));
    auth_client_start(&w->client, B("session"), B("host key"));
}

/* A client that has asked for the service. */
static void start_asking(struct world *w)
{
    start_traced(w, NULL);
    (void)sent_take(&w->sent, SSH_MSG_SERVICE_REQUEST);
}

/* A client whose service was accepted. */
static void start(struct world *w)
{
    start_asking(w);
    assert_int_equal(feed_accept(w, "ssh-userauth"), OK);
}

static void stop(struct world *w)
{
    auth_client_wipe(&w->client);
    sent_wipe(&w->sent);
}

static struct userauth_request taken_request(struct world *w)
{
    struct userauth_request request;
    struct bytes payload = sent_take(&w->sent, SSH_MSG_USERAUTH_REQUEST);
    assert_int_equal(userauth_request_decode(payload, NULL, &request), OK);
    assert_true(bytes_is(request.user, "alice"));
    assert_true(bytes_is(request.service, "ssh-connection"));
    return request;
}

/* ---- the service ---- */

static void the_first_attempt_may_go_behind_the_service_request(void **state)
{
    (void)state;
    struct world w;
    start_asking(&w);
    assert_int_equal(w.client.sent, LEGALITY_AUTH_IDLE);
    auth_client_password(&w.client, B("secret"));
    (void)taken_request(&w);
    assert_int_equal(w.client.sent, LEGALITY_AUTH_PASSWORD);
    assert_int_equal(w.client.phase, LEGALITY_AFTER_NEWKEYS);
    auth_client_past_first(&w.client);
    assert_int_equal(w.client.phase, LEGALITY_SERVICE);
    assert_int_equal(feed_accept(&w, "ssh-userauth"), OK);
    assert_int_equal(w.client.phase, LEGALITY_AUTH_PASSWORD);
    auth_client_past_first(&w.client);
    assert_int_equal(w.client.phase, LEGALITY_AUTH_PASSWORD);
    stop(&w);
}

static void another_service_is_not_the_one_we_asked_for(void **state)
{
    (void)state;
    struct world w;
    start_asking(&w);
    assert_int_equal(feed_accept(&w, "ssh-connection"), ERR_BAD_VALUE);
    stop(&w);
    start_asking(&w);
    assert_int_equal(feed(&w, B("\6")), OK); /* some servers leave the name out */
    assert_int_equal(w.client.phase, LEGALITY_AUTH_IDLE);
    stop(&w);
}

/* ---- both ends together ---- */

static void pass(struct world *w, struct auth_server *server, struct auth_server_event *event)
{
    struct bytes payload = sent_take(&w->sent, SSH_MSG_USERAUTH_REQUEST);
    assert_int_equal(auth_server_feed(server, payload, (struct instant){ 0 }, event), OK);
    assert_int_equal(event->kind, AUTH_SERVER_ASK_LOGIN);
    assert_true(bytes_is(event->login.user, "alice"));
}

static void a_server_understands_what_the_client_sends_and_signs(void **state)
{
    (void)state;
    for (int is_bound = 0; is_bound < 2; is_bound++) {
        struct world w;
        struct sent replies;
        struct budget budget;
        struct auth_server server;
        struct auth_server_event event;
        start(&w);
        budget_init(&budget);
        auth_server_init(&server, B("publickey,password"), 6, &budget, NULL, sent_start(&replies));
        auth_server_start(&server, B("session"), B("host key"));
        if (is_bound)
            auth_client_use_hostbound(&w.client);

        auth_client_publickey(&w.client, algorithm, key, false, &w.event);
        pass(&w, &server, &event);
        assert_false(event.login.is_signed);
        assert_int_equal(auth_server_answer(&server, AUTH_SERVER_KEY_OK), OK);
        assert_int_equal(feed(&w, sent_take(&replies, SSH_MSG_USERAUTH_PK_OK)), OK);
        assert_int_equal(w.event.kind, AUTH_CLIENT_PK_OK);

        auth_client_publickey(&w.client, w.event.algorithm, w.event.blob, true, &w.event);
        assert_int_equal(w.event.kind, AUTH_CLIENT_ASK_SIGNATURE);
        scoped(buf) message = BUF_EMPTY(CODEC_BUF_MAX);
        assert_int_equal(buf_append(&message, w.event.message), OK);
        auth_client_answer_signature(&w.client, B("signature"), &w.event);
        pass(&w, &server, &event);
        assert_true(bytes_equal(event.login.signed_data, buf_bytes(&message)));
        assert_true(bytes_is(event.login.signature, "signature"));

        assert_int_equal(auth_server_answer(&server, AUTH_SERVER_ACCEPTED), OK);
        assert_int_equal(feed(&w, sent_take(&replies, SSH_MSG_USERAUTH_SUCCESS)), OK);
        assert_int_equal(w.event.kind, AUTH_CLIENT_SUCCESS);
        assert_int_equal(w.client.phase, LEGALITY_OPEN);
        assert_int_equal(w.client.sent, LEGALITY_AUTH_IDLE);
        auth_server_wipe(&server);
        sent_wipe(&replies);
        stop(&w);
    }
}

/* ---- ways to log in ---- */

static void the_host_key_is_named_only_to_servers_that_understand_it(void **state)
{
    (void)state;
    struct world w;
    start(&w);
    auth_client_publickey(&w.client, algorithm, key, false, &w.event);
    assert_int_equal(taken_request(&w).method, USERAUTH_REQUEST_PUBLICKEY);
    auth_client_use_hostbound(&w.client);
    auth_client_publickey(&w.client, algorithm, key, false, &w.event);
    struct userauth_request request = taken_request(&w);
    assert_int_equal(request.method, USERAUTH_REQUEST_HOSTBOUND);
    assert_true(bytes_is(request.host_key, "host key"));
    stop(&w);
}

static void without_a_signature_another_way_is_asked_for(void **state)
{
    (void)state;
    struct world w;
    start(&w);
    auth_client_publickey(&w.client, algorithm, key, true, &w.event);
    assert_int_equal(w.event.kind, AUTH_CLIENT_ASK_SIGNATURE);
    auth_client_answer_signature(&w.client, BYTES_NONE, &w.event);
    assert_int_equal(w.event.kind, AUTH_CLIENT_ASK_METHOD);
    assert_true(sent_is_empty(&w.sent));
    assert_int_equal(w.client.sent, LEGALITY_AUTH_IDLE);
    stop(&w);
}

/* Message 60 as it is for a key, a password and questions; the first two have the same fields. */
static const struct bytes messages_60[] = {
    BYTES_LITERAL("\x3c\0\0\0\13ssh-ed25519\0\0\0\3key"),
    BYTES_LITERAL("\x3c\0\0\0\3old\0\0\0\0"),
    BYTES_LITERAL("\x3c\0\0\0\1n\0\0\0\1i\0\0\0\0\0\0\0\1\0\0\0\2p:\0"),
};

static void try_way(struct world *w, size_t way)
{
    if (way == 0)
        auth_client_publickey(&w->client, algorithm, key, false, &w->event);
    else if (way == 1)
        auth_client_password(&w->client, B("secret"));
    else
        auth_client_interactive(&w->client);
    (void)taken_request(w);
}

static void message_60_means_what_the_way_says(void **state)
{
    (void)state;
    static const enum auth_client_event_kind kinds[] = { AUTH_CLIENT_PK_OK,
                                                         AUTH_CLIENT_CHANGE_PASSWORD,
                                                         AUTH_CLIENT_ASK_PROMPTS };
    static const bool fits[3][3] = { { true, false, false },
                                     { true, true, false },
                                     { false, false, true } };
    for (size_t way = 0; way < 3; way++) {
        for (size_t message = 0; message < 3; message++) {
            struct world w;
            start(&w);
            try_way(&w, way);
            enum err err = feed(&w, messages_60[message]);
            assert_int_equal(err == OK, fits[way][message]);
            assert_int_equal(w.event.kind, err == OK ? kinds[way] : AUTH_CLIENT_NOTHING);
            stop(&w);
        }
    }
}

static void message_60_without_a_question_of_ours_is_refused(void **state)
{
    (void)state;
    for (size_t message = 0; message < 3; message++) {
        struct world w;
        start(&w);
        assert_int_equal(feed(&w, messages_60[message]), ERR_BAD_STATE);
        auth_client_none(&w.client);
        assert_int_equal(feed(&w, messages_60[message]), ERR_BAD_STATE);
        auth_client_publickey(&w.client, algorithm, key, true, &w.event);
        auth_client_answer_signature(&w.client, B("signature"), &w.event);
        assert_int_equal(feed(&w, messages_60[message]), ERR_BAD_STATE);
        stop(&w);
    }
}

static void a_key_that_was_not_asked_about_is_not_accepted(void **state)
{
    (void)state;
    struct world w;
    start(&w);
    try_way(&w, 0);
    assert_int_equal(feed(&w, B("\x3c\0\0\0\13ssh-ed25519\0\0\0\3kex")), ERR_BAD_VALUE);
    stop(&w);
}

static void questions_may_come_in_rounds(void **state)
{
    (void)state;
    struct world w;
    start(&w);
    try_way(&w, 2);
    for (int round = 0; round < 3; round++) {
        assert_int_equal(feed(&w, messages_60[2]), OK);
        assert_int_equal(w.event.prompts.count, 1);
        assert_true(bytes_is(w.event.prompts.prompt[0].text, "p:"));
        auth_client_answer_prompts(&w.client, B("\0\0\0\2no"), 1);
        struct userauth_info_response response;
        struct bytes payload = sent_take(&w.sent, SSH_MSG_USERAUTH_INFO_RESPONSE);
        assert_int_equal(userauth_info_decode_response(payload, NULL, &response), OK);
        assert_int_equal(response.count, 1);
    }
    stop(&w);
}

/* ---- outcomes ---- */

static void a_refusal_of_any_way_asks_for_the_next_one(void **state)
{
    (void)state;
    struct world w;
    start(&w);
    for (size_t way = 0; way < 3; way++) {
        try_way(&w, way);
        assert_int_equal(feed_failure(&w, "publickey,password", way == 1), OK);
        assert_int_equal(w.event.kind, AUTH_CLIENT_ASK_METHOD);
        assert_int_equal(w.event.partial, way == 1);
        assert_int_equal(w.client.phase, LEGALITY_AUTH_IDLE);
        assert_int_equal(w.client.sent, LEGALITY_AUTH_IDLE);
    }
    stop(&w);
}

static void a_banner_leaves_the_attempt_as_it_is(void **state)
{
    (void)state;
    struct world w;
    start(&w);
    try_way(&w, 1);
    assert_int_equal(feed(&w, B("\x35\0\0\0\2hi\0\0\0\0")), OK);
    assert_int_equal(w.event.kind, AUTH_CLIENT_BANNER);
    assert_int_equal(w.client.phase, LEGALITY_AUTH_PASSWORD);
    assert_int_equal(w.client.sent, LEGALITY_AUTH_PASSWORD);
    stop(&w);
}

static void a_broken_success_is_none(void **state)
{
    (void)state;
    struct world w;
    start(&w);
    try_way(&w, 1);
    assert_int_equal(feed(&w, B("\x34x")), ERR_TRAILING);
    assert_int_equal(w.event.kind, AUTH_CLIENT_NOTHING);
    assert_int_equal(w.client.phase, LEGALITY_AUTH_PASSWORD);
    stop(&w);
}

/* ---- what is told ---- */

struct seen {
    struct buf text; /* of all fields of all facts */
    size_t count;
};

static void note(void *context, const struct trace_event *event, const struct trace_field *fields,
                 size_t field_count)
{
    struct seen *seen = context;
    (void)event;
    seen->count++;
    for (size_t i = 0; i < field_count; i++)
        assert_int_equal(buf_append(&seen->text, fields[i].octets), OK);
}

static bool contains(struct bytes all, const char *text)
{
    for (size_t at = 0; at < all.len; at++)
        if (bytes_starts(bytes_skip(all, at), text))
            return true;
    return false;
}

static void neither_a_password_nor_an_answer_is_told(void **state)
{
    (void)state;
    struct world w;
    struct seen seen = { .text = BUF_EMPTY(CODEC_BUF_MAX) };
    const struct trace trace = { note, &seen };
    start_traced(&w, &trace);
    auth_client_password(&w.client, B("hunter2"));
    auth_client_interactive(&w.client);
    auth_client_answer_prompts(&w.client, B("\0\0\0\7hunter2"), 1);
    assert_true(contains(buf_bytes(&w.sent.payloads), "hunter2"));
    assert_int_equal(seen.count, 4); /* that there was an answer, too */
    assert_true(contains(buf_bytes(&seen.text), "alice"));
    assert_false(contains(buf_bytes(&seen.text), "hunter2"));
    buf_wipe(&seen.text);
    stop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_attempt_may_go_behind_the_service_request),
        cmocka_unit_test(another_service_is_not_the_one_we_asked_for),
        cmocka_unit_test(a_server_understands_what_the_client_sends_and_signs),
        cmocka_unit_test(the_host_key_is_named_only_to_servers_that_understand_it),
        cmocka_unit_test(without_a_signature_another_way_is_asked_for),
        cmocka_unit_test(message_60_means_what_the_way_says),
        cmocka_unit_test(message_60_without_a_question_of_ours_is_refused),
        cmocka_unit_test(a_key_that_was_not_asked_about_is_not_accepted),
        cmocka_unit_test(questions_may_come_in_rounds),
        cmocka_unit_test(a_refusal_of_any_way_asks_for_the_next_one),
        cmocka_unit_test(a_banner_leaves_the_attempt_as_it_is),
        cmocka_unit_test(a_broken_success_is_none),
        cmocka_unit_test(neither_a_password_nor_an_answer_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
