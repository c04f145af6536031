/* SPDX-License-Identifier: BSD-2-Clause */
/* Logs in often or holds many sessions:
 * [--address ADDRESS] [--parallel N] [--count N] [--command TEXT [--terminal]] [--hold] PORT USER KEY.
 *
 * COUNT connections to 127.0.0.1, or the IPv4 address, at most N of them at a time, each logs in by the key, runs the command if there
 * is one until its channel is closed, says good-bye and closes. With --hold they stay instead, once the command has
 * said something (or, without one, once they are logged in), until stdin ends; "held" is printed when all stay.
 * The last line is "logins N failed N seconds S median_ms M worst_ms M"; exits 0 if none failed. */
#include "load/peer.h"

#include "base/check.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

enum { EVENTS_PER_TURN = 64, TICK_MS = 1000, LOGIN_LIMIT_MS = 60000, COUNT_MAX = 1000000 };

struct plan {
    struct peer_setup peer;
    size_t count, parallel;
    const char *command;
    bool holds, wants_terminal;
};

struct login {
    struct peer peer;
    struct run *run;
    struct instant began_at;
    double ms; /* that it took; 0: it has not succeeded */
    bool is_open, is_held;
};

struct run {
    const struct plan *plan;
    int epoll_fd;
    struct login *logins; /* of all the plan */
    size_t started, succeeded, failed, open, held;
};

static void succeed(struct login *login)
{
    struct run *run = login->run;
    login->ms = (double)(peer_now().us - login->began_at.us) / 1000;
    login->is_held = run->plan->holds;
    run->succeeded++;
    run->held += login->is_held;
    if (login->is_held)
        connection_rest(login->peer.connection);
    else
        connection_disconnect(login->peer.connection, SSH_DISCONNECT_BY_APPLICATION, "done");
}

static void run_command(struct login *login)
{
    struct connection *c = login->peer.connection;
    const struct channel_request terminal = { .kind = CHANNEL_REQUEST_PTY,
                                              .term = BYTES_LITERAL("dumb"),
                                              .columns = 80,
                                              .rows = 24,
                                              .modes = bytes_of("", 1) };
    const struct channel_request exec = { .kind = CHANNEL_REQUEST_EXEC,
                                          .text = bytes_text(login->run->plan->command) };
    uint32_t channel = connection_open_session(c);
    if (login->run->plan->wants_terminal)
        connection_request(c, channel, &terminal);
    connection_request(c, channel, &exec);
}

static void on_event(void *context, const struct connection_event *event)
{
    struct login *login = context;
    struct connection *c = login->peer.connection;
    switch ((int)event->kind) {
    case CONNECTION_ASK_AUTH:
        if (event->methods.len) /* it was refused */
            connection_auth_give_up(c);
        else
            connection_auth_publickey(c, BYTES_LITERAL("ssh-ed25519"),
                                      private_key_public_blob(login->peer.key), true);
        break;
    case CONNECTION_AUTHENTICATED:
        if (login->run->plan->command)
            run_command(login);
        else
            succeed(login);
        break;
    case CONNECTION_CHANNEL_DATA:
        connection_data_delivered(c, event->channel, event->data.len);
        if (login->run->plan->holds && login->ms == 0)
            succeed(login);
        break;
    case CONNECTION_CHANNEL_CLOSED:
        if (login->ms == 0)
            succeed(login);
        break;
    default:
        break;
    }
}

static void watch(struct login *login, int operation)
{
    struct epoll_event event = { .events = EPOLLIN | (peer_is_full(&login->peer) ? EPOLLOUT : 0),
                                 .data.ptr = login };
    int result = epoll_ctl(login->run->epoll_fd, operation, login->peer.fd, &event);
    CHECK(result == 0);
}

static void start_more(struct run *run)
{
    const struct plan *plan = run->plan;
    while (run->started < plan->count && run->open - run->held < plan->parallel) {
        struct login *login = &run->logins[run->started++];
        *login = (struct login){ .run = run, .began_at = peer_now(), .is_open = true };
        run->open++;
        peer_open(&login->peer, &plan->peer);
        watch(login, EPOLL_CTL_ADD);
    }
}

static void end(struct login *login)
{
    struct run *run = login->run;
    if (login->ms == 0 || login->is_held) {
        run->failed++;
        run->succeeded -= login->is_held;
        (void)fprintf(stderr, "ended %s: %s; %s\n",
                      login->is_held ? "while held" : "before it was done",
                      err_text(connection_error(login->peer.connection)),
                      connection_failure(login->peer.connection));
    }
    run->held -= login->is_held;
    run->open--;
    login->is_open = false;
    peer_close(&login->peer);
}

static void turn(struct login *login)
{
    bool was_full = peer_is_full(&login->peer);
    peer_turn(&login->peer, on_event, login);
    bool is_full = peer_is_full(&login->peer);
    bool is_late = login->ms == 0 && peer_now().us - login->began_at.us > LOGIN_LIMIT_MS * 1000LL;
    if (login->peer.has_ended || is_late || (login->ms != 0 && !login->is_held && !is_full))
        end(login);
    else if (was_full != is_full)
        watch(login, EPOLL_CTL_MOD);
}

/* Lets every connection look at the time. */
static void tick(struct run *run, struct instant *ticked_at)
{
    if (peer_now().us - ticked_at->us < TICK_MS * 1000LL)
        return;
    *ticked_at = peer_now();
    for (size_t i = 0; i < run->started; i++)
        if (run->logins[i].is_open)
            turn(&run->logins[i]);
}

/* Until all have ended or stay; with `stays`, until all have ended or
 * stdin has. */
static void work(struct run *run, bool stays)
{
    struct epoll_event events[EVENTS_PER_TURN];
    struct instant ticked_at = peer_now();
    bool is_over = false;
    while (!is_over) {
        start_more(run);
        int count = epoll_wait(run->epoll_fd, events, EVENTS_PER_TURN, TICK_MS);
        CHECK(count >= 0 || errno == EINTR);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr)
                turn(events[i].data.ptr);
            else
                is_over = true;
        }
        tick(run, &ticked_at);
        is_over |= run->started == run->plan->count && run->open == (stays ? 0 : run->held);
    }
}

static void hold(struct run *run)
{
    struct epoll_event event = { .events = EPOLLIN };
    int result = epoll_ctl(run->epoll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &event);
    CHECK(result == 0);
    (void)printf("held %zu\n", run->held);
    (void)fflush(stdout);
    work(run, true);
    for (size_t i = 0; i < run->started; i++)
        if (run->logins[i].is_open)
            peer_close(&run->logins[i].peer);
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static void report(const struct run *run, double seconds)
{
    double *ms = calloc(run->started, sizeof(*ms));
    size_t count = 0;
    CHECK(ms);
    for (size_t i = 0; i < run->started; i++)
        if (run->logins[i].ms != 0)
            ms[count++] = run->logins[i].ms;
    qsort(ms, count, sizeof(*ms), compare);
    (void)printf("logins %zu failed %zu seconds %.3f median_ms %.2f worst_ms %.2f\n",
                 run->succeeded, run->failed, seconds, count ? ms[count / 2] : 0,
                 count ? ms[count - 1] : 0);
    free(ms);
}

static int run_plan(const struct plan *plan)
{
    struct run run = { .plan = plan, .epoll_fd = epoll_create1(EPOLL_CLOEXEC) };
    run.logins = calloc(plan->count, sizeof(*run.logins));
    CHECK(run.logins && run.epoll_fd >= 0);
    struct instant began_at = peer_now();
    work(&run, false);
    double seconds = (double)(peer_now().us - began_at.us) / 1e6;
    if (plan->holds)
        hold(&run);
    report(&run, seconds);
    free(run.logins);
    (void)close(run.epoll_fd);
    return run.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static size_t number(const char *text, size_t max)
{
    uint64_t value = 0;
    if (!bytes_to_number(bytes_text(text), max, &value) || value == 0) {
        (void)fprintf(stderr, "%s: not a number from 1 to %zu\n", text, max);
        exit(2);
    }
    return (size_t)value;
}

static void raise_descriptor_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int main(int argc, char **argv)
{
    static const struct option options[] = { { "address", required_argument, NULL, 'a' },
                                             { "parallel", required_argument, NULL, 'p' },
                                             { "count", required_argument, NULL, 'n' },
                                             { "command", required_argument, NULL, 'c' },
                                             { "hold", no_argument, NULL, 'h' },
                                             { "terminal", no_argument, NULL, 't' },
                                             { 0 } };
    struct plan plan = { .count = 1, .parallel = 1 };
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (option == 'a')
            plan.peer.address = optarg;
        else if (option == 'p')
            plan.parallel = number(optarg, COUNT_MAX);
        else if (option == 'n')
            plan.count = number(optarg, COUNT_MAX);
        else if (option == 'c')
            plan.command = optarg;
        else if (option == 'h')
            plan.holds = true;
        else if (option == 't')
            plan.wants_terminal = true;
        else
            return 2;
    }
    if (argc - optind != 3)
        return 2;
    struct private_key *key = peer_read_key(argv[optind + 2]);
    plan.peer.port = (uint16_t)number(argv[optind], UINT16_MAX);
    plan.peer.user = argv[optind + 1];
    plan.peer.key = key;
    raise_descriptor_limit();
    int status = run_plan(&plan);
    private_key_free(key);
    return status;
}
