/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/worker/worker.h"

#include "base/check.h"
#include "crypto/random.h"
#include "os/clock.h"
#include "os/heap.h"
#include "programs/server/common/log.h"
#include "programs/server/common/outcome.h"
#include "programs/server/common/software.h"
#include "programs/server/common/terms_record.h"
#include "programs/server/keyd/question.h"
#include "programs/server/worker/farewell.h"
#include "programs/server/worker/login_link.h"
#include "programs/server/worker/record_link.h"
#include "programs/server/worker/session_channel.h"
#include "ssh/transport/algorithms.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
    WORKER_LOG_TEXT_MAX = 1024,
    WORKER_DISCONNECT_TEXT_MAX = 200,
    WORKER_LINK_FAILED = 255,
    WORKER_SETTLED_MS = 100, /* after the login, a new channel, or a request */
    SECOND_MS = 1000,
};

_Static_assert((int)OFFER_NAMES_COUNT == ALGORITHMS_CATEGORY_COUNT,
               "the lists are those of the negotiation");

struct channel_list {
    struct session_channel **items;
    size_t count, size;
};

struct worker {
    const struct start *start;
    const int *fds; /* by enum start_descriptor */
    uv_loop_t loop;
    uv_prepare_t before_wait; /* until the login */
    uv_timer_t settled;
    uv_poll_t signals, lifeline;
    int signal_fd, wait_fd;
    struct connection *connection;
    struct pump *pump;
    struct record_link monitor, session;
    bool knows_terms; /* the user's options */
    struct login_link login;
    struct session_channel_host channel_host;
    struct channel_list channels;
    struct buf disconnect_text;
    struct farewell farewell;
    bool has_ended;
};

/* The handshake's memory is not needed again: an idle connection is small. */
static void on_settled(uv_timer_t *timer)
{
    struct worker *worker = timer->data;
    pump_rest(worker->pump);
    record_link_rest(&worker->monitor);
    record_link_rest(&worker->session);
    heap_rest();
}

/* Also waits for what follows the login: a channel, its requests. */
static void rest_soon(struct worker *worker)
{
    (void)uv_timer_start(&worker->settled, on_settled, WORKER_SETTLED_MS, 0);
}

static struct session_channel *find_channel(const struct worker *worker, uint32_t number,
                                            size_t *place)
{
    for (size_t i = 0; i < worker->channels.count; i++)
        if (session_channel_number(worker->channels.items[i]) == number) {
            *place = i;
            return worker->channels.items[i];
        }
    return NULL;
}

static void open_channel(struct worker *worker, const struct connection_event *event)
{
    if (!bytes_is(event->channel_type, "session")) {
        connection_answer_open(worker->connection, event->channel, false,
                               SSH_OPEN_UNKNOWN_CHANNEL_TYPE);
        return;
    }
    struct channel_list *list = &worker->channels;
    if (list->count == list->size) {
        list->size = list->size ? 2 * list->size : 4;
        list->items = reallocarray(list->items, list->size, sizeof(*list->items));
        CHECK(list->items);
    }
    connection_answer_open(worker->connection, event->channel, true, 0);
    list->items[list->count++] = session_channel_new(&worker->channel_host, event->channel);
}

static void close_channel(struct worker *worker, uint32_t number)
{
    size_t place;
    struct session_channel *channel = find_channel(worker, number, &place);
    if (!channel)
        return;
    worker->channels.items[place] = worker->channels.items[--worker->channels.count];
    session_channel_free(channel);
}

static void on_channel_event(struct worker *worker, const struct connection_event *event)
{
    size_t place;
    struct session_channel *channel = find_channel(worker, event->channel, &place);
    if (event->kind == CONNECTION_CHANNEL_DATA) {
        /* There is no reader; the peer's window must not run dry. */
        connection_data_delivered(worker->connection, event->channel, event->data.len);
    } else if (event->kind == CONNECTION_CHANNEL_REQUEST) {
        rest_soon(worker);
        if (channel)
            session_channel_request(channel, &event->request);
        else if (event->request.want_reply)
            connection_answer_request(worker->connection, event->channel, false);
    } else if (event->kind == CONNECTION_CHANNEL_EOF && channel) {
        session_channel_eof(channel);
    }
}

static void sign(struct worker *worker, const struct connection_sign *question)
{
    const struct exchange_hash_parts *parts = &question->exchange;
    const struct record exchange = {
        RECORD_EXCHANGE,
        { parts->digest, parts->shares_are_mpints },
        {
            [QUESTION_ALGORITHM] = question->algorithm,
            [QUESTION_KEY] = question->blob,
            [QUESTION_CLIENT_IDENT] = parts->client_ident,
            [QUESTION_CLIENT_KEXINIT] = parts->client_kexinit,
            [QUESTION_SERVER_KEXINIT] = parts->server_kexinit,
            [QUESTION_CLIENT_SHARE] = parts->client_share,
            [QUESTION_SERVER_SHARE] = parts->server_share,
            [QUESTION_SECRET] = parts->secret,
        },
    };
    scoped(buf) datagram = BUF_EMPTY(RECORD_LEN_MAX);
    enum err err = record_encode(&exchange, &datagram);
    CHECK(err == OK);
    const struct record record = { RECORD_SIGN, { 0 }, { buf_bytes(&datagram) } };
    struct record answer = record_link_ask(&worker->monitor, &record, RECORD_SIGNED, NULL);
    connection_answer_signature(worker->connection, answer.texts[0]);
}

/* Done once, with the first attempt: the user cannot change after that. */
static void ask_terms(struct worker *worker, struct bytes user)
{
    const struct record question = { RECORD_USER, { 0 }, { user } };
    struct record answer = record_link_ask(&worker->monitor, &question, RECORD_TERMS, NULL);
    const struct terms_record told = terms_record_decode(&answer);
    const struct connection_terms terms = {
        .max_auth_tries = told.max_auth_tries,
        .max_sessions = told.max_sessions,
        .alive_interval_ms = SECOND_MS * (int64_t)told.alive_interval,
        .alive_count_max = told.alive_count_max,
        .rekey_octets = told.rekey_octets,
        .rekey_ms = SECOND_MS * (int64_t)told.rekey_seconds,
    };
    worker->knows_terms = true;
    connection_set_terms(worker->connection, &terms);
    if (told.banner.len)
        connection_tell_user(worker->connection, told.banner);
}

/* OpenSSH's client stalls twice on its way to the login when it is not acknowledged at once. */
static void on_before_wait(uv_prepare_t *handle)
{
    const struct worker *worker = handle->data;
    endpoint_acknowledge(worker->fds[START_IN]);
}

static void watch_waiting(struct worker *worker)
{
    CHECK(uv_prepare_init(&worker->loop, &worker->before_wait) == 0);
    worker->before_wait.data = worker;
    CHECK(uv_prepare_start(&worker->before_wait, on_before_wait) == 0);
}

static void on_authenticated(struct worker *worker)
{
    rest_soon(worker);
    uv_prepare_stop(&worker->before_wait);
    worker->farewell.is_authenticated = true;
}

static void note_disconnect(struct worker *worker, const struct connection_event *event)
{
    worker->farewell.has_disconnect = true;
    worker->farewell.reason = event->reason;
    struct bytes text = bytes_slice(event->text, 0, WORKER_DISCONNECT_TEXT_MAX);
    if (buf_append(&worker->disconnect_text, text) == OK)
        worker->farewell.text = buf_bytes(&worker->disconnect_text);
}

static void log_kex(const struct algorithms_chosen *kex)
{
    if (algorithms_allow_truncation(kex))
        LOG(KEYS_TRUNCATABLE, .cipher_in = events_text(kex->cipher_in),
            .mac_in = events_text(kex->mac_in), .cipher_out = events_text(kex->cipher_out),
            .mac_out = events_text(kex->mac_out));
    LOG(KEYS_EXCHANGED, .kex = events_text(kex->kex), .host_key = events_text(kex->host_key),
        .cipher_in = events_text(kex->cipher_in), .mac_in = events_text(kex->mac_in),
        .cipher_out = events_text(kex->cipher_out), .mac_out = events_text(kex->mac_out));
}

static void on_event(void *context, const struct connection_event *event)
{
    struct worker *worker = context;
    switch (event->kind) {
    case CONNECTION_KEX_DONE:
        log_kex(&event->kex);
        return;
    case CONNECTION_ASK_HOST_SIGNATURE:
        sign(worker, &event->sign);
        return;
    case CONNECTION_ASK_LOGIN:
        if (!worker->knows_terms)
            ask_terms(worker, event->login.user);
        login_link_ask(&worker->login, &event->login);
        return;
    case CONNECTION_ASK_ANSWERS:
        login_link_answers(&worker->login, event->answers, event->answers_count);
        return;
    case CONNECTION_AUTHENTICATED:
        on_authenticated(worker);
        return;
    case CONNECTION_CHANNEL_OPENING:
        open_channel(worker, event);
        rest_soon(worker);
        return;
    case CONNECTION_CHANNEL_DATA:
    case CONNECTION_CHANNEL_EOF:
    case CONNECTION_CHANNEL_REQUEST:
        on_channel_event(worker, event);
        return;
    case CONNECTION_CHANNEL_CLOSED:
        close_channel(worker, event->channel);
        return;
    case CONNECTION_DISCONNECTED:
        note_disconnect(worker, event);
        return;
    case CONNECTION_CHANNEL_OPENED:
    case CONNECTION_CHANNEL_REFUSED:
    case CONNECTION_CHANNEL_REPLY:
    case CONNECTION_CHANNEL_ROOM:
    case CONNECTION_GLOBAL_REPLY:
    case CONNECTION_BANNER:
    case CONNECTION_ASK_HOST_KEY:
    case CONNECTION_ASK_AUTH:
    case CONNECTION_ASK_SIGNATURE:
    case CONNECTION_AUTH_PK_OK:
    case CONNECTION_ASK_PROMPTS:
    case CONNECTION_AUTH_CHANGE_PASSWORD:
        return; /* things that we did not ask for, or of the other role */
    }
}

static void on_ended(void *context, enum err err, int number)
{
    struct worker *worker = context;
    worker->farewell.err = err;
    worker->farewell.error_number = number;
    worker->has_ended = true;
    uv_stop(&worker->loop);
}

static void stop(uv_poll_t *handle, const char *why)
{
    struct worker *worker = handle->data;
    uv_poll_stop(handle);
    connection_disconnect(worker->connection, SSH_DISCONNECT_BY_APPLICATION, why);
    pump_kick(worker->pump);
    uv_stop(&worker->loop);
}

static void on_signal(uv_poll_t *handle, int status, int events)
{
    (void)status;
    (void)events;
    stop(handle, "the server is shutting down");
}

/* Without the other processes nothing can be decided or run any more; running programs are hung up. */
static void on_lifeline(uv_poll_t *handle, int status, int events)
{
    (void)status;
    (void)events;
    stop(handle, "a process of the server has ended");
}

static void watch_lifeline(struct worker *worker)
{
    CHECK(uv_poll_init(&worker->loop, &worker->lifeline, worker->fds[START_LIFELINE]) == 0);
    worker->lifeline.data = worker;
    CHECK(uv_poll_start(&worker->lifeline, UV_READABLE, on_lifeline) == 0);
    uv_unref((uv_handle_t *)&worker->lifeline);
}

static void watch_signals(struct worker *worker)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGQUIT);
    sigaddset(&signals, SIGHUP);
    worker->signal_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    CHECK(worker->signal_fd >= 0);
    CHECK(uv_poll_init(&worker->loop, &worker->signals, worker->signal_fd) == 0);
    worker->signals.data = worker;
    CHECK(uv_poll_start(&worker->signals, UV_READABLE, on_signal) == 0);
}

static struct algorithms_offer offer_of(const struct start *start)
{
    struct algorithms_offer offer;
    for (size_t i = 0; i < OFFER_NAMES_COUNT; i++)
        offer.names[i] = start->offer.lists[i];
    return offer;
}

/* Only for the announcement: verifiers apply the same list. A list without a name that we know announces the default,
 * as if there were none. */
static void name_user_keys(struct bytes list, struct buf *names)
{
    struct bytes bad = BYTES_NONE;
    if (list.len > 0 && algorithms_wish(ALGORITHMS_HOST_KEY, list, names, &bad) != OK)
        buf_clear(names);
}

static struct connection *make_connection(const struct start *start, const struct trace *trace)
{
    scoped(buf) user_keys = BUF_EMPTY(OFFER_NAMES_MAX);
    name_user_keys(start->user_key_algorithms, &user_keys);
    char software[SOFTWARE_MAX];
    (void)bytes_to_text(start->software, software, sizeof(software));
    const struct connection_setup machine = {
        .role = ROLE_SERVER,
        .software = software,
        .banner = start->banner,
        .offer = offer_of(start),
        .sent_cookie = start->sent_cookie,
        .rng = random_source(),
        .trace = trace,
        .now = clock_now(),
        .rekey_octets = start->rekey_octets,
        .rekey_ms = SECOND_MS * (int64_t)start->rekey_seconds,
        .host_keys = start->host_keys,
        .user_key_algorithms = buf_bytes(&user_keys),
        .auth_methods = start->auth_methods,
        .max_auth_tries = start->max_auth_tries,
        .max_sessions = start->max_sessions,
        .login_grace_ms = SECOND_MS * (int64_t)start->login_grace_time,
        .alive_interval_ms = SECOND_MS * (int64_t)start->alive_interval,
        .alive_count_max = start->alive_count_max,
    };
    return connection_new(&machine);
}

/* The monitor accepts only the table's events of a worker; it knows their levels, and whom they are about. */
static void log_by_the_monitor(void *context, enum option_log_level level, enum events_id id,
                               const struct events_value *values)
{
    (void)level;
    struct worker *worker = context;
    const struct events_row *row = events_row(id);
    struct record record = { RECORD_LOG, { id }, { BYTES_NONE } };
    size_t texts = 0;
    for (size_t i = 0; i < row->field_count; i++) {
        if (row->fields[i].kind == EVENTS_TEXT)
            record.texts[texts++] = bytes_slice(values[i].text, 0, WORKER_LOG_TEXT_MAX);
        else
            record.numbers[1] = (uint32_t)values[i].number;
    }
    record_link_tell(&worker->monitor, &record);
}

struct worker *worker_new(void)
{
    struct worker *worker = calloc(1, sizeof(*worker));
    CHECK(worker != NULL);
    CHECK(uv_loop_init(&worker->loop) == 0);
    worker->wait_fd = epoll_create1(EPOLL_CLOEXEC);
    CHECK(worker->wait_fd >= 0);
    watch_signals(worker);
    watch_waiting(worker);
    CHECK(uv_timer_init(&worker->loop, &worker->settled) == 0);
    worker->settled.data = worker;
    uv_unref((uv_handle_t *)&worker->settled);
    buf_init(&worker->disconnect_text, WORKER_DISCONNECT_TEXT_MAX);
    return worker;
}

static void say_farewell(struct worker *worker)
{
    if (!worker->has_ended)
        return; /* we were asked to stop */
    struct farewell *farewell = &worker->farewell;
    farewell->detail = connection_failure(worker->connection);
    farewell->has_introduced_itself = connection_peer_ident(worker->connection).len > 0;
    farewell->line = connection_peer_line(worker->connection);
    farewell->missing = connection_missing(worker->connection, &farewell->offer);
    farewell_tell(farewell);
}

static int status_of(const struct farewell *farewell)
{
    if (farewell->err == ERR_TIMEOUT && !farewell->is_authenticated)
        return OUTCOME_GRACE_EXCEEDED;
    return farewell->err == OK ? 0 : WORKER_LINK_FAILED;
}

static int say_bye(struct worker *worker)
{
    say_farewell(worker);
    int status = status_of(&worker->farewell);
    const struct record bye = { RECORD_BYE, { (uint32_t)status }, { BYTES_NONE } };
    record_link_tell(&worker->monitor, &bye);
    return status;
}

/* Called while an answer is awaited that is no longer wanted. */
static void on_peer_gone(void *context, bool is_reset)
{
    struct worker *worker = context;
    worker->has_ended = true;
    worker->farewell.err = is_reset ? ERR_SYSTEM : ERR_DISCONNECTED;
    worker->farewell.error_number = ECONNRESET;
    _exit(say_bye(worker));
}

static void set_up(struct worker *worker, const struct trace *trace)
{
    bool is_joint = worker->start->is_joint;
    record_link_init(&worker->monitor, worker->fds[START_MONITOR]);
    record_link_watch(&worker->monitor, worker->wait_fd, worker->fds[START_IN], is_joint,
                      on_peer_gone, worker);
    record_link_init(&worker->session, worker->fds[START_SESSION]);
    log_hand_over(worker->start->log_level, log_by_the_monitor, worker);
    const struct record hello = { RECORD_HELLO, { (uint32_t)getpid() }, { BYTES_NONE } };
    record_link_tell(&worker->monitor, &hello);
    watch_lifeline(worker);

    worker->knows_terms = !worker->start->asks_terms;
    worker->connection = make_connection(worker->start, trace);
    worker->login = (struct login_link){ &worker->monitor, worker->connection };
    const struct pump_owner owner = { .event = on_event, .ended = on_ended, .context = worker };
    worker->pump = pump_new(&worker->loop, worker->connection, worker->fds[START_IN],
                            worker->fds[START_OUT], &owner);
    if (is_joint)
        pump_set_joint(worker->pump);
    worker->channel_host = (struct session_channel_host){
        .loop = &worker->loop,
        .pump = worker->pump,
        .connection = worker->connection,
        .records = &worker->session,
    };
}

static void tear_down(struct worker *worker)
{
    for (size_t i = 0; i < worker->channels.count; i++)
        session_channel_free(worker->channels.items[i]);
    free(worker->channels.items);
    pump_free(worker->pump);
    connection_free(worker->connection);
    uv_close((uv_handle_t *)&worker->signals, NULL);
    uv_close((uv_handle_t *)&worker->lifeline, NULL);
    uv_close((uv_handle_t *)&worker->before_wait, NULL);
    uv_close((uv_handle_t *)&worker->settled, NULL);
    uv_run(&worker->loop, UV_RUN_DEFAULT);
    CHECK(uv_loop_close(&worker->loop) == 0);
    close(worker->signal_fd);
    close(worker->fds[START_LIFELINE]);
    buf_wipe(&worker->disconnect_text);
    record_link_wipe(&worker->session);
    record_link_wipe(&worker->monitor);
    free(worker);
}

int worker_run(struct worker *worker, const struct start *start,
               const int descriptors[START_DESCRIPTOR_COUNT], const struct trace *trace)
{
    worker->start = start;
    worker->fds = descriptors;
    set_up(worker, trace);
    uv_run(&worker->loop, UV_RUN_DEFAULT);
    int status = say_bye(worker);
    tear_down(worker);
    return status;
}
