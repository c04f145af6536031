/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/monitor_service.h"

#include "config/server_options.h"
#include "os/clock.h"
#include "os/heap.h"
#include "os/record_socket.h"
#include "programs/server/common/log.h"
#include "programs/server/common/outcome.h"
#include "programs/server/common/rlimits.h"
#include "programs/server/common/terms_record.h"
#include "programs/server/monitor/line_service.h"
#include "programs/server/monitor/monitor.h"
#include "programs/server/monitor/pace.h"
#include "programs/server/monitor/terms.h"
#include "programs/server/monitor/told.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <time.h>
#include <unistd.h>

enum {
    SIGNATURE_MAX = 16 * 1024,
    BANNER_MAX = 64 * 1024,
    LAST_WORD_MS = 1000,
    SESSION_END_MS = 10 * 1000,
    SETTLED_MS = 100,
    USER_MAX = 255
};

struct state {
    const struct monitor_service *service;
    struct record_gate gate;
    struct told told;
    struct pace signatures;
    struct buf user;   /* of the first attempt */
    bool knows_worker; /* it has reported its id: */
    pid_t worker;
    int worker_pidfd;          /* or -1 */
    int session_fd, keeper_fd; /* as `accepted` gave them */
    struct line_service lines;
    bool is_restless; /* something was done, and more may follow: its memory is kept */
    bool is_ending;   /* a process that is needed is gone */
    int64_t until_ms; /* the end of the login's grace time; 0: none */
    int status;       /* what the worker reported as its exit status */
};

static enum err answer(const struct state *s, const struct record *record)
{
    enum err err = record_socket_send(s->service->worker_fd, record, NULL);
    /* What the worker sent before it went still counts. */
    return err == ERR_SYSTEM && (errno == EPIPE || errno == ECONNRESET) ? OK : err;
}

static void begin_end(struct state *s)
{
    if (!s->is_ending)
        s->service->ended(s->service->context);
    s->is_ending = true;
}

static void pause_us(int64_t us)
{
    const struct timespec span = { us / 1000000, us % 1000000 * 1000 };
    (void)nanosleep(&span, NULL);
}

/* Answers to a worker that asks endlessly come late. */
static void keep_pace(struct state *s)
{
    pause_us(1000 * pace_take(&s->signatures, clock_now_ms()));
}

static enum err on_sign(struct state *s, const struct record *asked)
{
    /* There is no second key exchange before the login. */
    if (!s->gate.is_open && s->gate.counts[RECORD_SIGN] > 1)
        return ERR_OVER_BUDGET;
    keep_pace(s);
    scoped(buf) signature = BUF_EMPTY(SIGNATURE_MAX);
    enum err err = monitor_sign(s->service->monitor, asked->texts[0], &signature);
    if (err != OK) {
        log_error("the host key could not sign: %s", err_text(err));
        buf_clear(&signature);
    }
    return answer(s, &(struct record){ RECORD_SIGNED, .texts = { buf_bytes(&signature) } });
}

static void take_session(struct state *s, struct monitor_session session)
{
    s->session_fd = session.end_fd;
    s->keeper_fd = session.keeper_fd;
    if (session.records_fd >= 0)
        line_service_init(&s->lines, session.records_fd, monitor_account(s->service->monitor),
                          s->service->peer);
}

static enum err on_user(struct state *s, const struct record *asked)
{
    struct monitor *monitor = s->service->monitor;
    monitor_name_user(monitor, asked->texts[0]);
    scoped(buf) banner = BUF_EMPTY(BANNER_MAX);
    terms_banner(monitor_terms(monitor), &banner);
    const struct server_options *options = monitor_options(monitor);
    const struct terms_record terms = {
        .banner = buf_bytes(&banner),
        .max_auth_tries = (uint32_t)options->max_auth_tries,
        .max_sessions = (uint32_t)options->max_sessions,
        .alive_interval = (uint32_t)options->client_alive_interval,
        .alive_count_max = (uint32_t)options->client_alive_count_max,
        .rekey_octets = options->rekey_limit.octets,
        .rekey_seconds = (uint32_t)options->rekey_limit.seconds,
    };
    const struct record record = terms_record_encode(&terms);
    return answer(s, &record);
}

static enum err say_questions(const struct state *s)
{
    const struct monitor *monitor = s->service->monitor;
    struct monitor_questions asked = monitor_questions(monitor);
    const struct record record = {
        RECORD_QUESTIONS,
        { asked.count, asked.echoes },
        { asked.name, asked.instruction, asked.prompts },
    };
    return answer(s, &record);
}

/* While its socket is open no other process can have its id. */
static bool worker_is_there(const struct state *s)
{
    struct pollfd worker = { .fd = s->service->worker_fd };
    return poll(&worker, 1, 0) == 0;
}

static enum err judge(struct state *s, const struct monitor_login *login)
{
    struct monitor *monitor = s->service->monitor;
    int64_t began_us = clock_now().us;
    enum monitor_verdict verdict = monitor_decide(monitor, login);
    if (verdict == MONITOR_REFUSED || verdict == MONITOR_ASKS)
        pause_us(pace_grid(clock_now().us - began_us));
    if (verdict == MONITOR_ASKS)
        return say_questions(s);
    const struct record said = {
        RECORD_VERDICT,
        { verdict },
        { monitor_methods(monitor),
          verdict == MONITOR_ACCEPTED ? BYTES_NONE : monitor_text(monitor) },
    };
    if (verdict == MONITOR_ACCEPTED && worker_is_there(s))
        rlimits_let_go(s->worker);
    enum err err = answer(s, &said);
    if (monitor_is_lost(monitor))
        begin_end(s);
    if (verdict == MONITOR_ACCEPTED) {
        s->gate.is_open = true;
        take_session(s, s->service->accepted(s->service->context));
    }
    return err;
}

/* A change of the user's name would keep what was proved for the former one. */
static enum err know_user(struct state *s, struct bytes user)
{
    if (s->gate.counts[RECORD_LOGIN] == 1)
        return buf_append(&s->user, user);
    return bytes_equal(user, buf_bytes(&s->user)) ? OK : ERR_BAD_VALUE;
}

/* Fields that a method does not have must be empty: they would be taken for something proved, or not be counted. */
static bool is_of_method(const struct record *asked)
{
    bool is_possible = !asked->numbers[2];
    bool has_key = is_possible && asked->numbers[0] == MONITOR_PUBLICKEY;
    bool has_password = is_possible && asked->numbers[0] == MONITOR_PASSWORD;
    bool is_good = (has_password || asked->texts[1].len == 0) && (has_key || !asked->numbers[1]);
    for (size_t i = 2; i <= 5; i++)
        is_good = is_good && (has_key || asked->texts[i].len == 0);
    return is_good;
}

static enum err on_login(struct state *s, const struct record *asked)
{
    if (asked->numbers[0] > MONITOR_OTHER || asked->numbers[1] > 1 || asked->numbers[2] > 1 ||
        !is_of_method(asked))
        return ERR_BAD_VALUE;
    TRY(know_user(s, asked->texts[0]));
    if (!monitor_may_try(s->service->monitor))
        return ERR_OVER_BUDGET;
    const struct monitor_login login = {
        .method = asked->numbers[0],
        .is_signed = asked->numbers[1],
        .is_impossible = asked->numbers[2],
        .user = asked->texts[0],
        .password = asked->texts[1],
        .key_algorithm = asked->texts[2],
        .key_blob = asked->texts[3],
        .signed_data = asked->texts[4],
        .signature = asked->texts[5],
    };
    return judge(s, &login);
}

static enum err on_answers(struct state *s, const struct record *told)
{
    const struct monitor *monitor = s->service->monitor;
    if (!monitor_is_asking(monitor))
        return ERR_BAD_STATE;
    const struct monitor_login login = {
        .method = MONITOR_INTERACTIVE,
        .user = buf_bytes(&s->user),
        .has_answers = true,
        .answers_fit = told->numbers[0] == monitor_questions(monitor).count,
        .answers = told->texts[0],
    };
    return judge(s, &login);
}

/* The worker sends this before the peer can have any influence on it. Once it is gone there is nothing to kill, but
 * what it sent still counts. */
static enum err on_hello(struct state *s, const struct record *told)
{
    s->worker = (pid_t)told->numbers[0];
    s->worker_pidfd = pidfd_open(s->worker, 0);
    bool is_there = worker_is_there(s);
    if (!is_there && s->worker_pidfd >= 0) {
        (void)close(s->worker_pidfd);
        s->worker_pidfd = -1;
    }
    if (is_there)
        rlimits_hold(s->worker);
    s->knows_worker = true;
    return s->worker_pidfd >= 0 || !is_there ? OK : ERR_SYSTEM;
}

static enum err on_bye(struct state *s, const struct record *told)
{
    s->status = (int)(told->numbers[0] & 0xff);
    return OK;
}

static enum err serve(struct state *s, struct bytes datagram)
{
    struct record record;
    TRY(record_decode(datagram, &record));
    TRY(record_admit(&s->gate, record.type, RECORD_WORKER, RECORD_MONITOR));
    if (!s->knows_worker && record.type != RECORD_HELLO)
        return ERR_BAD_STATE;
    switch ((int)record.type) {
    case RECORD_HELLO:
        return on_hello(s, &record);
    case RECORD_BYE:
        return on_bye(s, &record);
    case RECORD_SIGN:
        return on_sign(s, &record);
    case RECORD_USER:
        return on_user(s, &record);
    case RECORD_LOGIN:
        return on_login(s, &record);
    case RECORD_ANSWERS:
        return on_answers(s, &record);
    case RECORD_LOG:
        return told_take(&s->told, &record, clock_now_ms());
    default:
        return ERR_BAD_STATE;
    }
}

/* The process is the user's: breaking a rule ends it, and nothing else. */
static void serve_session(struct state *s)
{
    enum err err = line_service_serve(&s->lines);
    if (err == OK || err == ERR_SYSTEM || err == ERR_DISCONNECTED)
        return;
    log_error("the session broke a rule and is ended: %s", err_text(err));
    if (s->session_fd >= 0)
        (void)pidfd_send_signal(s->session_fd, SIGKILL, NULL, 0);
}

static bool is_over(int fd)
{
    struct pollfd polled = { .fd = fd, .events = POLLIN };
    return fd < 0 || poll(&polled, 1, 0) > 0;
}

/* How long to wait for the next record; -1: for ever. */
static int patience_ms(const struct state *s)
{
    if (s->is_ending)
        return LAST_WORD_MS;
    if (s->gate.is_open)
        return s->is_restless ? SETTLED_MS : -1;
    if (s->until_ms == 0)
        return -1;
    int64_t left = s->until_ms - clock_now_ms();
    if (left <= 0)
        return 0;
    return left < INT_MAX ? (int)left : INT_MAX;
}

/* After the login little is left to do for as long as the user stays, so memory is freed. When a process that is needed
 * is gone, the worker is told, and has a little time for its last records. A worker that never ends, whatever it sends,
 * would take a place of MaxStartups. */
static enum err await_record(struct state *s)
{
    s->is_restless = s->gate.is_open;
    for (;;) {
        bool is_ending = s->is_ending;
        int wait_ms = patience_ms(s);
        if (wait_ms == 0) {
            s->status = OUTCOME_GRACE_EXCEEDED;
            return ERR_TIMEOUT;
        }
        struct pollfd polled[] = { { .fd = s->service->worker_fd, .events = POLLIN },
                                   { .fd = s->lines.fd, .events = POLLIN },
                                   { .fd = is_ending ? -1 : s->session_fd, .events = POLLIN },
                                   { .fd = is_ending ? -1 : s->keeper_fd } };
        int count = poll(polled, 4, wait_ms);
        if (count == 0 && is_ending)
            return ERR_TIMEOUT;
        if (count == 0 && s->is_restless)
            heap_rest();
        s->is_restless = s->is_restless && count != 0;
        if (count <= 0)
            continue;
        if (polled[0].revents)
            return OK;
        if (polled[1].revents)
            serve_session(s);
        if (polled[2].revents || polled[3].revents)
            begin_end(s);
        if (polled[2].revents)
            line_service_hang_up(&s->lines);
    }
}

/* The session ends with the worker. If it does not, it is killed, and its programs are hung up all the same. */
static void await_session_end(struct state *s)
{
    int64_t until_us = clock_now().us + 1000 * SESSION_END_MS;
    if (s->session_fd < 0)
        return;
    begin_end(s);
    while (!is_over(s->session_fd)) {
        struct pollfd polled[] = { { .fd = s->session_fd, .events = POLLIN },
                                   { .fd = s->lines.fd, .events = POLLIN } };
        int64_t left_us = until_us - clock_now().us;
        if (left_us <= 0)
            (void)pidfd_send_signal(s->session_fd, SIGKILL, NULL, 0);
        if (poll(polled, 2, left_us > 0 ? (int)(left_us / 1000 + 1) : LAST_WORD_MS) > 0 &&
            polled[1].revents)
            serve_session(s);
    }
    line_service_hang_up(&s->lines);
}

/* OK: the worker is gone; otherwise the rule that it broke. */
static enum err serve_until_gone(struct state *s)
{
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    for (;;) {
        struct span span;
        size_t len = 0;
        buf_clear(&room);
        TRY(buf_reserve(&room, RECORD_LEN_MAX, &span));
        TRY(await_record(s));
        enum err err = seqpacket_receive(s->service->worker_fd, span, &len, NULL);
        buf_commit(&room, len);
        if (err == OK && len > 0)
            err = serve(s, bytes_of(span.data, len));
        bytes_wipe(span.data, len);
        if (err == ERR_SYSTEM || (err == OK && len == 0))
            return OK;
        TRY(err);
    }
}

int monitor_service_run(const struct monitor_service *service)
{
    struct state s = { .service = service,
                       .user = BUF_EMPTY(USER_MAX),
                       .worker_pidfd = -1,
                       .session_fd = -1,
                       .keeper_fd = -1,
                       .lines = LINE_SERVICE_NONE,
                       .until_ms = service->grace_ms ? clock_now_ms() + service->grace_ms : 0,
                       .status = MONITOR_SERVICE_CRASHED };
    enum err err = serve_until_gone(&s);
    told_finish(&s.told);
    if (err == OK && !s.knows_worker) {
        log_error("no worker took the connection");
        s.status = MONITOR_SERVICE_UNSERVED;
    }
    if (err != OK) {
        LOG(WORKER_ENDED, .why = events_text(err_text(err)));
        if (s.worker_pidfd >= 0)
            (void)pidfd_send_signal(s.worker_pidfd, SIGKILL, NULL, 0);
    }
    if (s.worker_pidfd >= 0)
        (void)close(s.worker_pidfd);
    await_session_end(&s);
    line_service_wipe(&s.lines);
    buf_wipe(&s.user);
    return s.status;
}
