/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/auth/auth_server.h"

#include "base/check.h"
#include "base/writer.h"
#include "ssh/auth/userauth_info.h"
#include "ssh/events.h"
#include "ssh/limits.h"
#include "ssh/msg/service.h"
#include "ssh/msg/userauth_reply.h"
#include "ssh/msg/userauth_request.h"

#include <string.h>

static const char SERVICE[] = "ssh-userauth";
static const char NEXT_SERVICE[] = "ssh-connection";

enum {
    PASSWORD_MAX = 1024,
    KEY_BLOB_MAX = 16 * 1024,
    BANNER_PAYLOAD_MAX = LIMITS_KEX_FIELD + 64,
    PROMPTS_PAYLOAD_MAX = 32 * 1024,
};

static void init_buffer(struct buf *b)
{
    buf_init(b, LIMITS_KEX_FIELD);
}

static void each_buffer(struct auth_server *a, void (*apply)(struct buf *b))
{
    struct buf *buffers[] = { &a->methods,   &a->session_id, &a->host_key,    &a->user,
                              &a->algorithm, &a->blob,       &a->signed_data, &a->banner };
    for (size_t i = 0; i < sizeof(buffers) / sizeof(buffers[0]); i++)
        apply(buffers[i]);
}

void auth_server_init(struct auth_server *a, struct bytes methods, unsigned failures_max,
                      struct budget *budget, const struct trace *trace, struct outbox outbox)
{
    *a = (struct auth_server){ .phase = LEGALITY_AFTER_NEWKEYS,
                               .failures_max = failures_max,
                               .trace = trace,
                               .outbox = outbox,
                               .budget = budget };
    each_buffer(a, init_buffer);
    buf_keep(&a->methods, methods);
}

void auth_server_wipe(struct auth_server *a)
{
    each_buffer(a, buf_wipe);
}

void auth_server_greet(struct auth_server *a, struct bytes banner)
{
    buf_keep(&a->banner, banner);
}

void auth_server_start(struct auth_server *a, struct bytes session_id, struct bytes host_key)
{
    buf_keep(&a->session_id, session_id);
    buf_keep(&a->host_key, host_key);
}

void auth_server_past_first(struct auth_server *a)
{
    if (a->phase == LEGALITY_AFTER_NEWKEYS)
        a->phase = LEGALITY_SERVICE;
}

static void send(const struct auth_server *a, const struct buf *payload)
{
    outbox_send(&a->outbox, buf_bytes(payload));
}

static enum err on_service(struct auth_server *a, struct bytes payload)
{
    struct service service;
    TRY(service_decode(payload, NULL, &service));
    if (!bytes_is(service.name, SERVICE))
        return ERR_UNSUPPORTED;
    TRACE(a->trace, &events_SERVICE, trace_number("out", 0), trace_text("name", SERVICE));

    scoped(buf) answer = BUF_EMPTY(LIMITS_KEX_FIELD);
    const struct service accept = { SSH_MSG_SERVICE_ACCEPT, bytes_text(SERVICE) };
    TRY(service_encode(&answer, &accept));
    send(a, &answer);
    TRACE(a->trace, &events_SERVICE, trace_number("out", 1), trace_text("name", SERVICE));
    if (a->phase == LEGALITY_SERVICE || a->phase == LEGALITY_AFTER_NEWKEYS)
        a->phase = LEGALITY_AUTH_IDLE;
    return OK;
}

static enum err send_failure(const struct auth_server *a, bool partial)
{
    scoped(buf) payload = BUF_EMPTY(LIMITS_KEX_FIELD);
    const struct userauth_reply_failure failure = { buf_bytes(&a->methods), partial };
    TRY(userauth_reply_encode_failure(&payload, &failure));
    send(a, &payload);
    TRACE(a->trace, &events_AUTH_FAILURE, trace_number("out", 1),
          trace_octets("methods", failure.methods), trace_number("partial", partial));
    return OK;
}

static enum err refuse(struct auth_server *a)
{
    if (a->counts && ++a->failures >= a->failures_max)
        return ERR_NO_AUTH;
    return send_failure(a, false);
}

static bool method_is_offered(const struct auth_server *a, const char *method)
{
    return !a->knows_methods || bytes_list_has(buf_bytes(&a->methods), bytes_text(method));
}

/* What the signature must cover: the session id, then the request up to its signature. */
static enum err keep_signed_data(struct auth_server *a, const struct userauth_request *request)
{
    buf_clear(&a->signed_data);
    struct writer w = writer_to(&a->signed_data);
    writer_string(&w, buf_bytes(&a->session_id));
    writer_octets(&w, request->signed_part);
    return writer_end(&w);
}

static enum err add_key(struct auth_server *a, const struct userauth_request *request,
                        struct auth_login *login)
{
    if (request->method == USERAUTH_REQUEST_HOSTBOUND &&
        !bytes_equal(request->host_key, buf_bytes(&a->host_key)))
        return ERR_BAD_VALUE;
    if (!request->is_signed)
        TRY(budget_spend(a->budget, BUDGET_AUTH_QUERIES, 1, (struct instant){ 0 }));
    TRY(keep_signed_data(a, request));
    buf_keep(&a->algorithm, request->algorithm);
    buf_keep(&a->blob, request->blob);
    login->key_algorithm = request->algorithm;
    login->key_blob = request->blob;
    login->is_signed = request->is_signed;
    login->signature = request->signature;
    login->signed_data = buf_bytes(&a->signed_data);
    return OK;
}

static enum err add_proof(struct auth_server *a, const struct userauth_request *request,
                          struct auth_login *login)
{
    if (login->method == AUTH_METHOD_PUBLICKEY)
        return add_key(a, request, login);
    if (login->method == AUTH_METHOD_PASSWORD)
        login->password = request->password;
    return OK;
}

/* Whether the request can succeed at all. */
static bool is_possible(const struct auth_server *a, const struct userauth_request *request)
{
    if (!userauth_request_user_fits(request->user))
        return false;
    switch (request->method) {
    case USERAUTH_REQUEST_PUBLICKEY:
    case USERAUTH_REQUEST_HOSTBOUND:
        return method_is_offered(a, "publickey") && request->blob.len <= KEY_BLOB_MAX;
    case USERAUTH_REQUEST_PASSWORD:
        return method_is_offered(a, "password") && !request->changes_password &&
               request->password.len <= PASSWORD_MAX &&
               bytes_find(request->password, 0) == request->password.len;
    case USERAUTH_REQUEST_INTERACTIVE:
        return method_is_offered(a, "keyboard-interactive");
    case USERAUTH_REQUEST_NONE:
        return true; /* it asks which methods may be tried */
    case USERAUTH_REQUEST_OTHER:
        break;
    }
    return false;
}

static void trace_request(const struct auth_server *a, const struct userauth_request *request)
{
    bool is_key = request->blob.len > 0;
    bool is_bound = request->method == USERAUTH_REQUEST_HOSTBOUND;
    TRACE(a->trace, &events_AUTH_TRY, trace_number("out", 0),
          trace_peer("method", is_bound ? BYTES_LITERAL("publickey") : request->method_name),
          trace_number("host_bound", is_bound), trace_peer("user", request->user),
          trace_text("detail", request->is_signed ? "signed"
                               : is_key           ? "query"
                                                  : ""),
          trace_peer("algorithm", request->algorithm));
}

/* One user per connection, as in OpenSSH; otherwise each name would be a fresh start. */
static enum err know_user(struct auth_server *a, struct bytes user)
{
    if (!a->has_user) {
        a->has_user = true;
        return buf_append(&a->user, user);
    }
    return bytes_equal(user, buf_bytes(&a->user)) ? OK : ERR_BAD_VALUE;
}

enum err auth_server_tell(const struct auth_server *a, struct bytes text)
{
    scoped(buf) payload = BUF_EMPTY(BANNER_PAYLOAD_MAX);
    const struct userauth_reply_banner banner = { .text = text };
    TRY(userauth_reply_encode_banner(&payload, &banner));
    send(a, &payload);
    TRACE(a->trace, &events_AUTH_BANNER, trace_number("out", 1), trace_number("len", text.len));
    return OK;
}

static enum err send_banner(struct auth_server *a)
{
    if (buf_len(&a->banner) == 0)
        return OK;
    TRY(auth_server_tell(a, buf_bytes(&a->banner)));
    buf_wipe(&a->banner);
    return OK;
}

static enum auth_method method_of(const struct userauth_request *request)
{
    switch (request->method) {
    case USERAUTH_REQUEST_PUBLICKEY:
    case USERAUTH_REQUEST_HOSTBOUND:
        return AUTH_METHOD_PUBLICKEY;
    case USERAUTH_REQUEST_PASSWORD:
        return AUTH_METHOD_PASSWORD;
    case USERAUTH_REQUEST_INTERACTIVE:
        return AUTH_METHOD_INTERACTIVE;
    case USERAUTH_REQUEST_NONE:
        return AUTH_METHOD_NONE;
    case USERAUTH_REQUEST_OTHER:
        break;
    }
    return AUTH_METHOD_OTHER;
}

static enum err on_request(struct auth_server *a, struct bytes payload, struct instant now,
                           struct auth_server_event *event)
{
    struct userauth_request request;
    TRY(budget_spend(a->budget, BUDGET_AUTH_REQUESTS, 1, now));
    TRY(userauth_request_decode(payload, NULL, &request));
    trace_request(a, &request);
    TRY(send_banner(a));
    if (!bytes_is(request.service, NEXT_SERVICE))
        return ERR_UNSUPPORTED;
    TRY(know_user(a, request.user));
    a->phase = LEGALITY_AUTH_IDLE;
    a->counts = request.method != USERAUTH_REQUEST_NONE;
    a->is_impossible = !is_possible(a, &request);

    event->login =
        (struct auth_login){ .method = method_of(&request),
                             .user = bytes_slice(request.user, 0, USERAUTH_REQUEST_USER_MAX),
                             .is_impossible = a->is_impossible };
    if (!a->is_impossible)
        TRY(add_proof(a, &request, &event->login));
    a->is_asking = true;
    event->kind = AUTH_SERVER_ASK_LOGIN;
    return OK;
}

static bool answers_fit(const struct auth_server *a, const struct userauth_info_response *response)
{
    struct reader r = reader_over(response->answers, NULL);
    bool fits = response->count == a->prompts_count;
    while (fits && reader_more(&r))
        fits = reader_string(&r, "answer").len <= PASSWORD_MAX;
    return fits;
}

static enum err on_response(struct auth_server *a, struct bytes payload,
                            struct auth_server_event *event)
{
    struct userauth_info_response response;
    TRY(userauth_info_decode_response(payload, NULL, &response));
    TRACE(a->trace, &events_AUTH_ANSWERS, trace_number("out", 0),
          trace_number("count", response.count));
    a->phase = LEGALITY_AUTH_IDLE;
    bool fits = answers_fit(a, &response),
         is_too_long = !fits && response.count == a->prompts_count;
    a->is_asking = true;
    event->kind = AUTH_SERVER_ASK_ANSWERS;
    event->answers = fits ? response.answers : BYTES_NONE;
    event->answers_count = is_too_long ? 0 : response.count;
    return OK;
}

enum err auth_server_feed(struct auth_server *a, struct bytes payload, struct instant now,
                          struct auth_server_event *event)
{
    event->kind = AUTH_SERVER_NOTHING;
    switch (message_number(payload)) {
    case SSH_MSG_SERVICE_REQUEST:
        return on_service(a, payload);
    case SSH_MSG_USERAUTH_REQUEST:
        return on_request(a, payload, now, event);
    case SSH_MSG_USERAUTH_INFO_RESPONSE:
        return a->phase == LEGALITY_AUTH_INTERACTIVE ? on_response(a, payload, event)
                                                     : ERR_BAD_STATE;
    default:
        return ERR_BAD_STATE;
    }
}

static enum err send_pk_ok(struct auth_server *a)
{
    scoped(buf) payload = BUF_EMPTY(LIMITS_KEX_FIELD);
    const struct userauth_reply_pk_ok pk_ok = { .algorithm = buf_bytes(&a->algorithm),
                                                .blob = buf_bytes(&a->blob) };
    TRY(userauth_reply_encode_pk_ok(&payload, &pk_ok));
    send(a, &payload);
    TRACE(a->trace, &events_AUTH_PK_OK, trace_number("out", 1),
          trace_peer("algorithm", pk_ok.algorithm));
    return OK;
}

static enum err send_success(struct auth_server *a)
{
    scoped(buf) payload = BUF_EMPTY(16);
    TRY(message_encode_bare(&payload, SSH_MSG_USERAUTH_SUCCESS));
    send(a, &payload);
    a->phase = LEGALITY_OPEN;
    TRACE(a->trace, &events_AUTH_SUCCESS, trace_number("out", 1));
    return OK;
}

void auth_server_offer(struct auth_server *a, struct bytes methods)
{
    a->knows_methods = true;
    buf_keep(&a->methods, methods);
}

enum err auth_server_answer(struct auth_server *a, enum auth_server_answer answer)
{
    CHECK(a->is_asking);
    a->is_asking = false;
    if (a->is_impossible)
        return refuse(a);
    switch (answer) {
    case AUTH_SERVER_REFUSED:
        return refuse(a);
    case AUTH_SERVER_PARTIAL:
        return send_failure(a, true);
    case AUTH_SERVER_KEY_OK:
        return send_pk_ok(a);
    case AUTH_SERVER_ACCEPTED:
        return send_success(a);
    }
    return ERR_BAD_STATE;
}

enum err auth_server_ask(struct auth_server *a, const struct auth_prompts *prompts)
{
    CHECK(a->is_asking);
    a->is_asking = false;
    if (a->is_impossible)
        return refuse(a);
    scoped(buf) payload = BUF_EMPTY(PROMPTS_PAYLOAD_MAX);
    TRY(budget_spend(a->budget, BUDGET_AUTH_ROUNDS, 1, (struct instant){ 0 }));
    TRY(userauth_info_encode_request(&payload, prompts));
    send(a, &payload);
    a->phase = LEGALITY_AUTH_INTERACTIVE;
    a->prompts_count = prompts->count;
    TRACE(a->trace, &events_AUTH_PROMPTS, trace_number("out", 1),
          trace_number("count", prompts->count));
    return OK;
}
