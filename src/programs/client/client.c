/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/client.h"

#include "base/check.h"
#include "base/escape.h"
#include "crypto/random.h"
#include "os/clock.h"
#include "os/terminal.h"
#include "programs/client/failure.h"
#include "programs/client/host_key.h"
#include "programs/client/log.h"
#include "programs/client/login.h"
#include "programs/client/observed.h"
#include "programs/client/offers.h"
#include "programs/client/reach.h"
#include "programs/client/remembered.h"
#include "programs/client/session.h"
#include "programs/client/signals.h"
#include "programs/client/streams.h"
#include "ssh/events.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FAILED = 255, TEXT_MAX = 4096, BANNER_MAX = 64 * 1024, PROXY_PATIENCE_MS = 500 };

struct client {
    const struct arguments *arguments;
    const struct person *person;
    const struct settings *settings;
    const struct client_options *options;
    struct explain_view *view;
    struct tcp_link tcp; /* our own TCP, with --tun */
    uv_loop_t loop;
    uv_timer_t patience; /* ConnectTimeout: bounds everything up to the login */
    uv_timer_t settle;   /* for what must not be done from within a callback */
    uv_async_t hold;     /* keeps the loop running until it is stopped: a pump does not */
    struct signals signals;
    struct cache_entry remembered;
    bool is_careful;

    /* Of one attempt. */
    struct reach reach;
    struct observed observed;
    struct host_key host_key;
    struct login login;
    struct session session;
    struct connection *connection;
    struct pump *pump;
    int fd;
    enum failure_stage stage;
    enum err err;
    int error_number;
    bool was_told; /* the person has been told why it ended */
    bool timed_out;
    bool has_ended; /* the pump's connection is over */
    bool must_retry;
    int exit_status;
};

/* ---- the end of an attempt ---- */

static void on_settle(uv_timer_t *timer)
{
    struct client *c = timer->data;
    uv_stop(&c->loop);
}

static void finish(struct client *c, int exit_status)
{
    c->exit_status = exit_status;
    (void)uv_timer_start(&c->settle, on_settle, 0, 0);
}

/* How far the connection has come shows in what the machine knows of the peer. */
static void note_stage(struct client *c)
{
    if (c->stage == FAILURE_HELLO && connection_peer_ident(c->connection).len)
        c->stage = FAILURE_KEYS;
}

/* A server that stumbled over our guesses or early messages would have ended just like that, before any question was
 * asked. */
static bool may_retry(const struct client *c)
{
    bool was_fast = c->observed.has_guessed || c->observed.was_early;
    bool is_cut = c->err == OK || c->err == ERR_DISCONNECTED ||
                  (c->err == ERR_SYSTEM && c->error_number == ECONNRESET);
    /* A server that takes a wrong guess for the real thing signs something else. */
    is_cut |= c->observed.has_guessed && (c->err == ERR_BAD_SIGNATURE || c->err == ERR_BAD_KEX);
    bool is_before = c->stage == FAILURE_KEYS || c->stage == FAILURE_LOGIN;
    return was_fast && is_cut && is_before && !c->is_careful && !c->login.has_asked &&
           !c->host_key.has_asked && !c->timed_out &&
           (!c->observed.was_refused || c->observed.was_early) &&
           !c->settings->resolved.proxy_command;
}

static void tell_failure(struct client *c)
{
    scoped(buf) text = BUF_EMPTY(TEXT_MAX);
    if (c->was_told || c->err == ERR_NO_AUTH || c->err == ERR_UNTRUSTED)
        return;
    c->was_told = true;
    struct failure failure = { .stage = c->stage,
                               .err = c->err,
                               .error_number = c->error_number,
                               .detail = connection_failure(c->connection),
                               .host = c->arguments->host,
                               .address = c->reach.peer.address,
                               .port = c->reach.peer.port };
    if (c->err == ERR_NO_COMMON)
        failure.missing = connection_missing(c->connection, &failure.offer);
    if (c->reach.proxy.id)
        failure.proxy = proxy_command_ended(&c->reach.proxy, PROXY_PATIENCE_MS, &failure.proxy_exit)
                            ? FAILURE_PROXY_ENDED
                            : FAILURE_PROXY_RUNS;
    if (c->err == OK || c->err == ERR_SYSTEM || c->err == ERR_TIMEOUT)
        explain_view_closed(c->view, failure_reason(&failure));
    if (c->stage == FAILURE_HELLO)
        observed_tell_said(&c->observed);
    if (failure_tell(&failure, &text) == OK)
        log_text(OPTION_LOG_ERROR, buf_text(&text));
}

static void on_ended(void *context, enum err err, int number)
{
    struct client *c = context;
    note_stage(c);
    c->has_ended = true;
    c->err = err;
    c->error_number = number;
    if (c->session.has_ended)
        return;
    c->must_retry = may_retry(c);
    if (c->must_retry) {
        log_write(OPTION_LOG_DEBUG1,
                  "the server did not take the fast order; trying the careful one");
        explain_view_again(c->view, "the server did not take what we sent early");
        finish(c, FAILED);
        return;
    }
    bool session_is_over = c->session.is_closed;
    if (!session_is_over)
        tell_failure(c);
    if (c->session.is_open)
        session_cut(&c->session);
    else
        finish(c, FAILED);
}

/* The session ended well, or the person ended it: says good-bye. */
static void leave(struct client *c, int exit_status)
{
    if (!c->has_ended) {
        connection_disconnect(c->connection, SSH_DISCONNECT_BY_APPLICATION, "disconnected by user");
        pump_kick(c->pump);
    }
    finish(c, exit_status);
}

static void on_session_ended(void *context, int exit_status)
{
    struct client *c = context;
    if (c->session.wants_terminal)
        log_write(OPTION_LOG_INFO, "Connection to %s closed.\r", c->arguments->host);
    leave(c, exit_status);
}

static void on_session_disconnect(void *context)
{
    struct client *c = context;
    log_write(OPTION_LOG_INFO, "\r\nConnection to %s closed.\r", c->arguments->host);
    c->session.has_ended = true;
    leave(c, FAILED);
}

/* ---- signals ---- */

static void on_resized(void *context)
{
    struct client *c = context;
    session_resize(&c->session);
    pump_kick(c->pump);
}

static void on_ending_signal(void *context, int number)
{
    struct client *c = context;
    terminal_leave();
    log_write(c->session.wants_terminal ? OPTION_LOG_INFO : OPTION_LOG_VERBOSE,
              "%sKilled by signal %d.", c->session.wants_terminal ? "\n" : "", number);
    c->session.has_ended = true;
    /* With -N, SIGTERM is the normal way to end a connection that is no longer needed. */
    leave(c, c->arguments->no_session && number == SIGTERM ? 0 : FAILED);
}

/* ---- -f ---- */

/* The parent exits, which shows that the login is done. */
static void go_behind(struct client *c)
{
    if (!c->arguments->goes_behind)
        return;
    if (c->arguments->no_session)
        explain_view_yield(c->view);
    pid_t child = fork();
    if (child > 0)
        _exit(0);
    if (child < 0) {
        log_write(OPTION_LOG_ERROR, "glassh: cannot go to the background: %s", strerror(errno));
        return;
    }
    (void)setsid();
    CHECK(uv_loop_fork(&c->loop) == 0);
    if (c->arguments->no_session)
        streams_let_go(log_level() >= OPTION_LOG_DEBUG1);
}

static void on_session_running(void *context)
{
    struct client *c = context;
    c->stage = FAILURE_SESSION;
    reach_mark(c->fd,
               c->session.wants_terminal ? c->options->ipqos.interactive : c->options->ipqos.bulk);
    if (c->session.wants_terminal)
        explain_view_yield(c->view);
    go_behind(c);
}

/* ---- events ---- */

static void keep_what_worked(struct client *c)
{
    struct cache_entry *entry = &c->remembered;
    (void)snprintf(entry->kex, sizeof(entry->kex), "%s", c->observed.server_kex);
    (void)snprintf(entry->host_key, sizeof(entry->host_key), "%s", c->observed.server_host_key);
    bool by_key = c->login.identity && strcmp(login_method_name(&c->login), "publickey") == 0;
    cache_set_key(entry, by_key ? c->login.identity->fingerprint : "");
    entry->is_careful = c->is_careful;
    remembered_keep(c->person, entry);
}

static void on_authenticated(struct client *c)
{
    c->stage = FAILURE_SESSION;
    (void)uv_timer_stop(&c->patience);
    log_write(OPTION_LOG_VERBOSE, "Authenticated to %s ([%s]:%u) using \"%s\".", c->arguments->host,
              c->reach.peer.address, (unsigned)c->reach.peer.port, login_method_name(&c->login));
    keep_what_worked(c);
    signals_start(&c->signals, c->session.wants_terminal);
    if (c->arguments->no_session)
        go_behind(c);
}

static void on_banner(struct bytes text)
{
    scoped(buf) safe = BUF_EMPTY(5 * BANNER_MAX);
    if (escape_append(&safe, text, ESCAPE_KEEP_LINES, BANNER_MAX) == OK)
        log_text(OPTION_LOG_INFO, buf_text(&safe));
}

static void on_disconnected(struct client *c, const struct connection_event *event)
{
    char text[512];
    if (c->session.is_closed || may_retry(c))
        return;
    c->was_told = true;
    log_write(OPTION_LOG_ERROR, "Received disconnect from %s port %u:%u: %s", c->reach.peer.address,
              (unsigned)c->reach.peer.port, (unsigned)event->reason,
              escape_text(event->text, text, sizeof(text)));
    log_write(OPTION_LOG_ERROR, "Disconnected from %s port %u", c->reach.peer.address,
              (unsigned)c->reach.peer.port);
    if (c->stage == FAILURE_LOGIN && c->login.key_tries > 1)
        log_write(OPTION_LOG_ERROR,
                  "glassh: the server hung up after %u keys. Name the right one with -i, and"
                  " -o IdentitiesOnly=yes.",
                  c->login.key_tries);
}

/* Tells the machine the time before it goes on: the person may have thought for long. */
static void on_ask_host_key(struct client *c, const struct connection_host_key *key)
{
    c->host_key.server_algorithms = bytes_text(c->observed.server_host_keys);
    bool is_trusted = host_key_judge(&c->host_key, key->blob, key->is_rekey);
    if (connection_expire(c->connection, clock_now()) == OK)
        connection_answer_host_key(c->connection, is_trusted);
}

/* The first attempt to log in is on its way, so the session can be requested right after it. */
static void on_ask_auth(struct client *c, const struct connection_event *event)
{
    c->stage = FAILURE_LOGIN;
    c->login.no_passwords = c->host_key.has_changed;
    login_choose(&c->login, c->connection, event->methods, event->partial);
    if (!c->arguments->no_session && !c->session.is_started)
        session_start(&c->session, c->connection);
}

static void on_event(void *context, const struct connection_event *event)
{
    struct client *c = context;
    switch (event->kind) {
    case CONNECTION_KEX_DONE:
        break;
    case CONNECTION_AUTHENTICATED:
        on_authenticated(c);
        break;
    case CONNECTION_DISCONNECTED:
        on_disconnected(c, event);
        break;
    case CONNECTION_BANNER:
        on_banner(event->text);
        break;
    case CONNECTION_ASK_HOST_KEY:
        on_ask_host_key(c, &event->host_key);
        break;
    case CONNECTION_ASK_AUTH:
        on_ask_auth(c, event);
        break;
    case CONNECTION_ASK_SIGNATURE:
        login_sign(&c->login, c->connection, &event->sign);
        break;
    case CONNECTION_AUTH_PK_OK:
        login_key_is_welcome(&c->login, c->connection);
        break;
    case CONNECTION_ASK_PROMPTS:
        login_answer(&c->login, c->connection, &event->prompts);
        break;
    case CONNECTION_AUTH_CHANGE_PASSWORD:
        login_change_password(&c->login, c->connection, event->text);
        break;
    case CONNECTION_CHANNEL_OPENED:
    case CONNECTION_CHANNEL_REFUSED:
    case CONNECTION_CHANNEL_DATA:
    case CONNECTION_CHANNEL_EOF:
    case CONNECTION_CHANNEL_CLOSED:
    case CONNECTION_CHANNEL_REQUEST:
    case CONNECTION_CHANNEL_REPLY:
    case CONNECTION_CHANNEL_ROOM:
        session_event(&c->session, event);
        break;
    case CONNECTION_GLOBAL_REPLY:
    case CONNECTION_ASK_HOST_SIGNATURE:
    case CONNECTION_ASK_LOGIN:
    case CONNECTION_ASK_ANSWERS:
    case CONNECTION_CHANNEL_OPENING:
        break;
    }
}

static void on_impatient(uv_timer_t *timer)
{
    struct client *c = timer->data;
    c->timed_out = c->was_told = true;
    note_stage(c);
    explain_view_closed(c->view, "ConnectTimeout is over");
    if (c->stage == FAILURE_HELLO)
        observed_tell_said(&c->observed);
    log_write(OPTION_LOG_ERROR,
              "glassh: connect to host %s port %d: Connection timed out "
              "(ConnectTimeout %d s, during %s)",
              c->options->hostname, c->options->port, c->options->connect_timeout,
              failure_during(c->stage));
    finish(c, FAILED);
}

/* The time that a person takes to answer is not the server's delay. */
static void be_patient(struct client *c, uint64_t left_ms)
{
    uv_update_time(&c->loop);
    if (uv_is_active((const uv_handle_t *)&c->patience))
        (void)uv_timer_start(&c->patience, on_impatient, left_ms, 0);
}

static void on_any_event(void *context, const struct connection_event *event)
{
    struct client *c = context;
    uint64_t left_ms = uv_timer_get_due_in(&c->patience);
    note_stage(c);
    on_event(c, event);
    if (c->login.has_asked || c->host_key.has_asked)
        be_patient(c, left_ms);
}

/* ---- the connection ---- */

static void make_connection(struct client *c, const struct offers *offers)
{
    const struct client_options *o = c->options;
    struct connection_setup setup = {
        .role = ROLE_CLIENT,
        .software = "glassh_" GLASSH_VERSION,
        .rng = random_source(),
        .trace = &c->observed.trace,
        .now = clock_now(),
        .rekey_octets = o->rekey_limit.octets,
        .rekey_ms = (int64_t)o->rekey_limit.seconds * 1000,
        .user = o->user,
        .guesses = !c->is_careful && offers_guess_may_fit(offers, &c->remembered),
        .pipelines = !c->is_careful,
        .login_known = login_is_known(&c->login, &c->remembered),
        .no_hostbound = o->pubkey_authentication == CLIENT_PUBKEY_UNBOUND,
        .alive_interval_ms = (int64_t)o->server_alive_interval * 1000,
        .alive_count_max = (unsigned)o->server_alive_count_max,
    };
    for (size_t i = 0; i < ALGORITHMS_CATEGORY_COUNT; i++)
        setup.offer.names[i] = buf_bytes(&offers->lists[i]);
    c->connection = connection_new(&setup);
    c->stage = FAILURE_HELLO;
    const struct pump_owner owner = { on_any_event, on_ended, c };
    c->pump = pump_new(&c->loop, c->connection, c->fd, c->fd, &owner);
    if (c->reach.tcp && !c->settings->resolved.proxy_command)
        pump_set_joint(c->pump);
    session_attach(&c->session, c->pump);
}

static void on_dial(void *context, const struct dial_event *event)
{
    struct client *c = context;
    explain_view_dial(c->view, c->options->hostname, event);
}

static void on_tcp_news(void *context, const struct tcp_link_news *news)
{
    struct client *c = context;
    explain_view_tcp(c->view, news);
}

static void on_reached(void *context, int fd)
{
    struct client *c = context;
    scoped(offers) offers = { 0 };
    c->fd = fd;
    if (fd < 0 || offers_make(&offers, c->options, &c->host_key, &c->remembered) != OK) {
        finish(c, FAILED);
        return;
    }
    c->host_key.address = c->reach.peer.address;
    log_write(OPTION_LOG_DEBUG1, "Authenticating to %s:%d as '%s'", c->options->hostname,
              c->options->port, c->options->user);
    make_connection(c, &offers);
}

static void start_attempt(struct client *c)
{
    const struct session_owner owner = { on_session_ended, on_session_disconnect,
                                         on_session_running, c };
    c->fd = -1;
    c->stage = FAILURE_REACH;
    c->connection = NULL;
    c->pump = NULL;
    c->err = OK;
    c->must_retry = c->has_ended = false;
    observed_init(&c->observed, explain_view_trace(c->view));
    session_init(&c->session, c->arguments, c->options, &owner);
    c->reach = (struct reach){
        .settings = c->settings,
        .tcp = c->tcp.fd >= 0 ? &c->tcp : NULL,
        .watch = on_dial,
        .hear = on_tcp_news,
        .done = on_reached,
        .context = c,
    };
    if (c->settings->resolved.proxy_command)
        explain_view_proxy(c->view, c->options->hostname, c->options->port);
    reach_start(&c->reach, &c->loop);
}

static void end_attempt(struct client *c)
{
    reach_stop(&c->reach);
    if (!c->must_retry)
        explain_view_ending(c->view);
    session_wipe(&c->session);
    pump_free(c->pump);
    connection_free(c->connection);
    if (c->fd >= 0)
        (void)close(c->fd);
    if (!c->must_retry)
        explain_view_finish(c->view);
    login_wipe(&c->login);
    host_key_wipe(&c->host_key);
}

/* ---- life ---- */

static void start_loop(struct client *c)
{
    const struct signals_owner owner = { on_resized, on_ending_signal, c };
    CHECK(uv_loop_init(&c->loop) == 0);
    (void)uv_async_init(&c->loop, &c->hold, NULL);
    (void)uv_timer_init(&c->loop, &c->patience);
    (void)uv_timer_init(&c->loop, &c->settle);
    c->patience.data = c->settle.data = c;
    (void)signal(SIGPIPE, SIG_IGN);
    signals_init(&c->signals, &c->loop, &owner);
    if (c->options->connect_timeout > 0)
        (void)uv_timer_start(&c->patience, on_impatient,
                             (uint64_t)c->options->connect_timeout * 1000, 0);
}

/* Keys and hosts are read again for each attempt: what was tried in one says nothing about the next. */
static int one_attempt(struct client *c)
{
    c->exit_status = FAILED;
    if (host_key_init(&c->host_key, c->options, explain_view_trace(c->view)) != OK)
        return FAILED;
    if (login_init(&c->login, c->settings, &c->remembered) == OK) {
        start_attempt(c);
        (void)uv_run(&c->loop, UV_RUN_DEFAULT);
        end_attempt(c);
        /* Lets libuv release the handles, which lie in memory that the next attempt reuses. */
        (void)uv_run(&c->loop, UV_RUN_NOWAIT);
    }
    return c->exit_status;
}

static enum err open_tcp(struct client *c)
{
    scoped(buf) problem = BUF_EMPTY(TEXT_MAX);
    struct tcp_link_setup *setup = &c->tcp.setup;
    c->tcp.fd = -1;
    if (c->arguments->tuns.count == 0)
        return OK;
    setup->tuns = c->arguments->tuns;
    setup->keeps_alive = c->options->tcp_keep_alive;
    setup->wants_facts = c->view != NULL;
    enum err err = sandbox_setup_prepare(&setup->sandbox, &problem);
    if (err == OK)
        err = tcp_link_open(&c->tcp, &problem);
    if (err != OK)
        log_write(OPTION_LOG_ERROR, "glassh: %s", buf_text(&problem));
    return err;
}

int client_run(const struct arguments *arguments, const struct person *person,
               const struct settings *settings, struct explain_view *view)
{
    static struct client client;
    struct client *c = &client;
    *c = (struct client){ .arguments = arguments,
                          .person = person,
                          .settings = settings,
                          .options = &settings->options,
                          .view = view };
    remembered_find(person, c->options, &c->remembered);
    c->is_careful = c->remembered.is_careful;
    if (open_tcp(c) != OK)
        return FAILED;
    start_loop(c);
    int exit_status = one_attempt(c);
    if (c->must_retry) {
        c->is_careful = true;
        exit_status = one_attempt(c);
    }
    tcp_link_close(&c->tcp);
    return exit_status;
}
