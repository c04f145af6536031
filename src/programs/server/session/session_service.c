/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/session_service.h"

#include "base/check.h"
#include "os/heap.h"
#include "os/record_socket.h"
#include "programs/server/common/log.h"
#include "programs/server/session/session.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/wait.h>

enum { GREETING_MAX = 32 * 1024, SESSIONS_MAX = 1024, SETTLED_MS = 100 };

struct state {
    const struct session_host *host;
    int worker_fd;
    struct record_gate gate;
    /* Found by the worker's channel numbers. */
    struct entry {
        uint32_t channel;
        struct session *session;
    } * entries;
    size_t count;
    pid_t *hung_up; /* programs of closed sessions that may still run */
    size_t hung_up_count;
};

static struct entry *find(const struct state *s, uint32_t channel)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->entries[i].channel == channel)
            return &s->entries[i];
    return NULL;
}

static enum err say_done(const struct state *s, bool done)
{
    const struct record record = { RECORD_SESSION_DONE, { done }, { BYTES_NONE } };
    return record_socket_send(s->worker_fd, &record, NULL);
}

static enum err on_open(struct state *s, uint32_t channel)
{
    if (find(s, channel) || s->count == SESSIONS_MAX)
        return ERR_BAD_STATE;
    s->entries = reallocarray(s->entries, s->count + 1, sizeof(*s->entries));
    CHECK(s->entries != NULL);
    s->entries[s->count++] = (struct entry){ channel, session_new(s->host, channel) };
    return OK;
}

/* How they ended is no longer asked. */
static void reap_hung_up(struct state *s)
{
    for (size_t i = s->hung_up_count; i-- > 0;)
        if (waitpid(s->hung_up[i], NULL, WNOHANG) != 0)
            s->hung_up[i] = s->hung_up[--s->hung_up_count];
}

static enum err on_close(struct state *s, struct entry *entry)
{
    pid_t id = session_free(entry->session);
    *entry = s->entries[--s->count];
    if (id == 0)
        return OK;
    s->hung_up = reallocarray(s->hung_up, s->hung_up_count + 1, sizeof(*s->hung_up));
    CHECK(s->hung_up != NULL);
    s->hung_up[s->hung_up_count++] = id;
    return OK;
}

static enum err on_terminal(const struct state *s, struct session *session,
                            const struct record *asked)
{
    const struct session_terminal terminal = {
        .type = asked->texts[0],
        .modes = asked->texts[1],
        .columns = asked->numbers[1],
        .rows = asked->numbers[2],
        .width = asked->numbers[3],
        .height = asked->numbers[4],
    };
    return say_done(s, session_open_terminal(session, &terminal));
}

/* The program's descriptors are passed to the worker, which owns them from then on. */
static enum err on_start(const struct state *s, struct session *session, const struct record *asked)
{
    if (asked->numbers[1] > SESSION_SUBSYSTEM)
        return ERR_BAD_VALUE;
    scoped(buf) greeting = BUF_EMPTY(GREETING_MAX);
    struct seqpacket_descriptors passed = { .count = 0 };
    bool started = session_start(session, asked->numbers[1], asked->texts[0], &greeting);
    if (started) {
        const struct session_streams *streams = session_streams(session);
        passed = (struct seqpacket_descriptors){
            { streams->in, streams->out, session_end_fd(session), streams->err },
            streams->err >= 0 ? 4 : 3,
        };
    }
    const struct record done = { RECORD_SESSION_DONE, { started }, { buf_bytes(&greeting) } };
    enum err err = record_socket_send(s->worker_fd, &done, &passed);
    session_release_streams(session);
    return err;
}

static enum err on_ended(const struct state *s, struct session *session)
{
    struct process_exit how = { 0 };
    bool has_ended = session_ended(session, &how);
    const struct record exit = { RECORD_SESSION_EXIT,
                                 { has_ended, how.is_signal, (uint32_t)how.number,
                                   how.core_dumped },
                                 { BYTES_NONE } };
    return record_socket_send(s->worker_fd, &exit, NULL);
}

static enum err do_what_is_asked(struct state *s, const struct record *asked)
{
    if (asked->type == RECORD_SESSION_OPEN)
        return on_open(s, asked->numbers[0]);
    struct entry *entry = find(s, asked->numbers[0]);
    if (!entry)
        return ERR_BAD_STATE;
    struct session *session = entry->session;
    switch ((int)asked->type) {
    case RECORD_SESSION_SET:
        return say_done(s, session_set_variable(session, asked->texts[0], asked->texts[1]));
    case RECORD_SESSION_TERMINAL:
        return on_terminal(s, session, asked);
    case RECORD_SESSION_START:
        return on_start(s, session, asked);
    case RECORD_SESSION_RESIZE:
        return say_done(s, session_resize(session, asked->numbers[1], asked->numbers[2],
                                          asked->numbers[3], asked->numbers[4]));
    case RECORD_SESSION_SIGNAL:
        return say_done(s, session_signal(session, asked->texts[0]));
    case RECORD_SESSION_BREAK:
        return say_done(s, session_break(session));
    case RECORD_SESSION_ENDED:
        return on_ended(s, session);
    case RECORD_SESSION_CLOSE:
        return on_close(s, entry);
    default:
        return ERR_BAD_STATE;
    }
}

static enum err serve_next(struct state *s, struct buf *room)
{
    struct record record;
    TRY(record_socket_take(s->worker_fd, room, &record, NULL));
    reap_hung_up(s);
    TRY(record_admit(&s->gate, record.type, RECORD_WORKER, RECORD_SESSION));
    return do_what_is_asked(s, &record);
}

/* There may be days between two questions. */
static void rest_if_idle(const struct state *s)
{
    struct pollfd polled = { .fd = s->worker_fd, .events = POLLIN };
    if (poll(&polled, 1, SETTLED_MS) == 0)
        heap_rest();
}

/* *err is why it ends; true if the worker is gone. */
static bool serve_until_gone(struct state *s, enum err *err)
{
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    do {
        rest_if_idle(s);
        *err = serve_next(s, &room);
    } while (*err == OK);
    return *err == ERR_DISCONNECTED || *err == ERR_SYSTEM;
}

int session_service_run(const struct session_host *host, int worker_fd)
{
    struct state s = { .host = host, .worker_fd = worker_fd, .gate = { .is_open = true } };
    enum err err;
    bool is_gone = serve_until_gone(&s, &err);
    if (!is_gone)
        log_error("the worker broke a rule: its sessions are ended: %s", err_text(err));
    for (size_t i = 0; i < s.count; i++)
        (void)session_free(s.entries[i].session);
    free(s.entries);
    free(s.hung_up);
    return is_gone ? 0 : 1;
}
