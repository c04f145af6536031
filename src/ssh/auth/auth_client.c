/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/auth/auth_client.h"

#include "base/check.h"
#include "keys/public_key.h"
#include "ssh/auth/userauth_info.h"
#include "ssh/events.h"
#include "ssh/limits.h"
#include "ssh/msg/service.h"
#include "ssh/msg/userauth_reply.h"

static const char SERVICE[] = "ssh-userauth";
static const char NEXT_SERVICE[] = "ssh-connection";

static void init_buffer(struct buf *b)
{
    buf_init(b, LIMITS_KEX_FIELD);
}

static void each_buffer(struct auth_client *a, void (*apply)(struct buf *b))
{
    struct buf *buffers[] = { &a->user,      &a->session_id, &a->host_key,
                              &a->algorithm, &a->blob,       &a->to_sign };
    for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++)
        apply(buffers[i]);
}

void auth_client_init(struct auth_client *a, const char *user, const struct trace *trace,
                      struct outbox outbox)
{
    *a = (struct auth_client){ .phase = LEGALITY_AFTER_NEWKEYS,
                               .sent = LEGALITY_AUTH_IDLE,
                               .trace = trace,
                               .outbox = outbox };
    each_buffer(a, init_buffer);
    buf_keep(&a->user, bytes_text(user));
}

void auth_client_wipe(struct auth_client *a)
{
    each_buffer(a, buf_wipe);
}

void auth_client_start(struct auth_client *a, struct bytes session_id, struct bytes host_key)
{
    buf_keep(&a->session_id, session_id);
    buf_keep(&a->host_key, host_key);
    scoped(buf) payload = BUF_EMPTY(LIMITS_KEX_FIELD);
    const struct service service = { SSH_MSG_SERVICE_REQUEST, bytes_text(SERVICE) };
    enum err err = service_encode(&payload, &service);
    CHECK(err == OK);
    outbox_send(&a->outbox, buf_bytes(&payload));
    TRACE(a->trace, &events_SERVICE, trace_number("out", 1), trace_text("name", SERVICE));
}

void auth_client_use_hostbound(struct auth_client *a)
{
    a->uses_hostbound = true;
}

void auth_client_past_first(struct auth_client *a)
{
    if (a->phase == LEGALITY_AFTER_NEWKEYS)
        a->phase = LEGALITY_SERVICE;
}

static bool service_is_accepted(const struct auth_client *a)
{
    return a->phase != LEGALITY_AFTER_NEWKEYS && a->phase != LEGALITY_SERVICE;
}

/* ---- requests ---- */

static struct userauth_request request_of(const struct auth_client *a,
                                          enum userauth_request_method method)
{
    return (struct userauth_request){ .user = buf_bytes(&a->user),
                                      .service = bytes_text(NEXT_SERVICE),
                                      .method = method };
}

static void went_out(struct auth_client *a, enum legality_phase waits_in)
{
    a->sent = waits_in;
    if (service_is_accepted(a))
        a->phase = waits_in;
}

/* To users the host-bound variant is the same method. */
static enum userauth_request_method plain_method(enum userauth_request_method method)
{
    return method == USERAUTH_REQUEST_HOSTBOUND ? USERAUTH_REQUEST_PUBLICKEY : method;
}

static void send_request(struct auth_client *a, const struct userauth_request *request,
                         enum legality_phase waits_in)
{
    scoped(buf) payload = BUF_EMPTY(LIMITS_KEX_FIELD);
    enum err err = userauth_request_encode(&payload, request);
    CHECK(err == OK);
    outbox_send(&a->outbox, buf_bytes(&payload));
    went_out(a, waits_in);

    scoped(buf) fingerprint = BUF_EMPTY(256);
    if (a->trace && request->blob.len)
        err = public_key_fingerprint(request->blob, DIGEST_SHA256, &fingerprint);
    TRACE(a->trace, &events_AUTH_TRY, trace_number("out", 1),
          trace_text("method", userauth_request_method_name(plain_method(request->method))),
          trace_number("host_bound", request->method == USERAUTH_REQUEST_HOSTBOUND),
          trace_octets("user", request->user),
          trace_text("detail", request->is_signed  ? "signed"
                               : request->blob.len ? "query"
                                                   : ""),
          trace_octets("algorithm", request->algorithm),
          trace_octets("fingerprint", buf_bytes(&fingerprint)));
}

void auth_client_none(struct auth_client *a)
{
    const struct userauth_request request = request_of(a, USERAUTH_REQUEST_NONE);
    send_request(a, &request, LEGALITY_AUTH_NONE);
}

static struct userauth_request publickey_request(const struct auth_client *a, bool is_signed)
{
    struct userauth_request request =
        request_of(a, a->uses_hostbound ? USERAUTH_REQUEST_HOSTBOUND : USERAUTH_REQUEST_PUBLICKEY);
    request.is_signed = is_signed;
    request.algorithm = buf_bytes(&a->algorithm);
    request.blob = buf_bytes(&a->blob);
    request.host_key = buf_bytes(&a->host_key);
    return request;
}

void auth_client_publickey(struct auth_client *a, struct bytes algorithm, struct bytes blob,
                           bool signs, struct auth_client_event *event)
{
    event->kind = AUTH_CLIENT_NOTHING;
    buf_keep(&a->algorithm, algorithm);
    buf_keep(&a->blob, blob);
    const struct userauth_request request = publickey_request(a, signs);
    if (!signs) {
        send_request(a, &request, LEGALITY_AUTH_QUERY);
        return;
    }
    buf_clear(&a->to_sign);
    enum err err = userauth_request_encode_signed(&a->to_sign, buf_bytes(&a->session_id), &request);
    CHECK(err == OK);
    a->is_signing = true;
    *event = (struct auth_client_event){ .kind = AUTH_CLIENT_ASK_SIGNATURE,
                                         .algorithm = buf_bytes(&a->algorithm),
                                         .blob = buf_bytes(&a->blob),
                                         .message = buf_bytes(&a->to_sign) };
}

void auth_client_answer_signature(struct auth_client *a, struct bytes signature,
                                  struct auth_client_event *event)
{
    CHECK(a->is_signing);
    a->is_signing = false;
    event->kind = AUTH_CLIENT_NOTHING;
    if (signature.len == 0) {
        event->kind = AUTH_CLIENT_ASK_METHOD;
        return;
    }
    struct userauth_request request = publickey_request(a, true);
    request.signature = signature;
    send_request(a, &request, LEGALITY_AUTH_SIGNED);
}

void auth_client_password(struct auth_client *a, struct bytes password)
{
    struct userauth_request request = request_of(a, USERAUTH_REQUEST_PASSWORD);
    request.password = password;
    send_request(a, &request, LEGALITY_AUTH_PASSWORD);
}

void auth_client_interactive(struct auth_client *a)
{
    const struct userauth_request request = request_of(a, USERAUTH_REQUEST_INTERACTIVE);
    send_request(a, &request, LEGALITY_AUTH_INTERACTIVE);
}

void auth_client_answer_prompts(struct auth_client *a, struct bytes answers, size_t count)
{
    scoped(buf) payload = BUF_EMPTY(LIMITS_KEX_FIELD);
    const struct userauth_info_response response = { .count = count, .answers = answers };
    enum err err = userauth_info_encode_response(&payload, &response);
    CHECK(err == OK);
    outbox_send(&a->outbox, buf_bytes(&payload));
    TRACE(a->trace, &events_AUTH_ANSWERS, trace_number("out", 1), trace_number("count", count));
}

/* ---- replies ---- */

static enum err on_accept(struct auth_client *a, struct bytes payload)
{
    struct service service;
    TRY(service_decode(payload, NULL, &service));
    if (service.name.len && !bytes_is(service.name, SERVICE))
        return ERR_BAD_VALUE;
    TRACE(a->trace, &events_SERVICE, trace_number("out", 0), trace_text("name", SERVICE));
    a->phase = a->sent;
    return OK;
}

static enum err on_failure(struct auth_client *a, struct bytes payload,
                           struct auth_client_event *event)
{
    struct userauth_reply_failure failure;
    TRY(userauth_reply_decode_failure(payload, NULL, &failure));
    TRACE(a->trace, &events_AUTH_FAILURE, trace_number("out", 0),
          trace_peer("methods", failure.methods), trace_number("partial", failure.partial));
    a->phase = a->sent = LEGALITY_AUTH_IDLE;
    event->kind = AUTH_CLIENT_ASK_METHOD;
    event->methods = failure.methods;
    event->partial = failure.partial;
    return OK;
}

static enum err on_success(struct auth_client *a, struct bytes payload,
                           struct auth_client_event *event)
{
    TRY(message_decode_bare(payload, NULL, SSH_MSG_USERAUTH_SUCCESS));
    TRACE(a->trace, &events_AUTH_SUCCESS, trace_number("out", 0));
    a->sent = LEGALITY_AUTH_IDLE;
    a->phase = LEGALITY_OPEN;
    event->kind = AUTH_CLIENT_SUCCESS;
    return OK;
}

static enum err on_banner(struct auth_client *a, struct bytes payload,
                          struct auth_client_event *event)
{
    struct userauth_reply_banner banner;
    TRY(userauth_reply_decode_banner(payload, NULL, &banner));
    TRACE(a->trace, &events_AUTH_BANNER, trace_number("out", 0),
          trace_number("len", banner.text.len));
    event->kind = AUTH_CLIENT_BANNER;
    event->text = banner.text;
    return OK;
}

static enum err on_pk_ok(struct auth_client *a, struct bytes payload,
                         struct auth_client_event *event)
{
    struct userauth_reply_pk_ok pk_ok;
    TRY(userauth_reply_decode_pk_ok(payload, NULL, &pk_ok));
    if (!bytes_equal(pk_ok.blob, buf_bytes(&a->blob)))
        return ERR_BAD_VALUE;
    TRACE(a->trace, &events_AUTH_PK_OK, trace_number("out", 0),
          trace_octets("algorithm", buf_bytes(&a->algorithm)));
    a->phase = a->sent = LEGALITY_AUTH_IDLE;
    event->kind = AUTH_CLIENT_PK_OK;
    event->algorithm = buf_bytes(&a->algorithm);
    event->blob = buf_bytes(&a->blob);
    return OK;
}

static enum err on_change(struct auth_client *a, struct bytes payload,
                          struct auth_client_event *event)
{
    struct userauth_reply_change change;
    TRY(userauth_reply_decode_change(payload, NULL, &change));
    a->phase = a->sent = LEGALITY_AUTH_IDLE;
    event->kind = AUTH_CLIENT_CHANGE_PASSWORD;
    event->text = change.prompt;
    return OK;
}

static enum err on_prompts(struct auth_client *a, struct bytes payload,
                           struct auth_client_event *event)
{
    TRY(userauth_info_decode_request(payload, NULL, &event->prompts));
    TRACE(a->trace, &events_AUTH_PROMPTS, trace_number("out", 0),
          trace_number("count", event->prompts.count));
    event->kind = AUTH_CLIENT_ASK_PROMPTS;
    return OK;
}

/* What message 60 means depends on the running method. */
static enum err on_60(struct auth_client *a, struct bytes payload, struct auth_client_event *event)
{
    if (a->phase == LEGALITY_AUTH_QUERY)
        return on_pk_ok(a, payload, event);
    if (a->phase == LEGALITY_AUTH_PASSWORD)
        return on_change(a, payload, event);
    if (a->phase == LEGALITY_AUTH_INTERACTIVE)
        return on_prompts(a, payload, event);
    return ERR_BAD_STATE;
}

enum err auth_client_feed(struct auth_client *a, struct bytes payload,
                          struct auth_client_event *event)
{
    event->kind = AUTH_CLIENT_NOTHING;
    switch (message_number(payload)) {
    case SSH_MSG_SERVICE_ACCEPT:
        return on_accept(a, payload);
    case SSH_MSG_USERAUTH_FAILURE:
        return on_failure(a, payload, event);
    case SSH_MSG_USERAUTH_SUCCESS:
        return on_success(a, payload, event);
    case SSH_MSG_USERAUTH_BANNER:
        return on_banner(a, payload, event);
    case SSH_MSG_USERAUTH_60:
        return on_60(a, payload, event);
    default:
        return ERR_BAD_STATE;
    }
}
