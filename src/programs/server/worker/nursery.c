/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/worker/nursery.h"

#include "base/check.h"
#include "os/heap.h"
#include "os/record_socket.h"
#include "os/sandbox.h"
#include "os/tcp_view.h"
#include "programs/server/common/rlimits.h"
#include "programs/server/verify/verify.h"
#include "programs/server/worker/narrator.h"
#include "programs/server/worker/worker.h"

#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BAD_START = 254, FORK_PAUSE_MS = 100 };

static const struct sandbox_call calls[] = {
#define CALL(name)                            SANDBOX_CALL(name),
#define CALL_IF(name, argument, bits, wanted) SANDBOX_CALL_IF(name, argument, bits, wanted),
#include "programs/server/worker/calls.def"
#undef CALL
#undef CALL_IF
};

struct nursery {
    const struct sandbox_filter *filter; /* for each child */
    size_t idle_wanted, idle, living;
    pid_t *waiting; /* the idle children */
    int signal_fd;
    int taken[2]; /* a child that got a connection sends its id here */
    bool explains, is_closing;
};

/* ---- a child ---- */

static int serve(struct worker *worker, const struct start *start, const int *descriptors)
{
    struct narrator *narrator = start->explains ? narrator_new(&start->peer, &start->local) : NULL;
    const struct trace *trace = narrator_trace(narrator);
    if (trace)
        tcp_view_accepted(descriptors[START_IN], &start->peer, &start->local, trace);
    int status = worker_run(worker, start, descriptors, trace);
    narrator_free(narrator);
    return status;
}

static int judge(const struct record *asked, int answer_fd)
{
    scoped(buf) name = BUF_EMPTY(VERIFY_NAME_MAX);
    const struct record verdict = verify_judge(asked, &name);
    return record_socket_send(answer_fd, &verdict, NULL) == OK ? 0 : BAD_START;
}

static int take_task(struct worker *worker, int taken_fd)
{
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    struct seqpacket_descriptors passed = { .count = 0 };
    struct record record;
    struct start start;
    if (seqpacket_take(NURSERY_CRADLE, &room, &passed) != OK || buf_len(&room) == 0)
        return 0; /* no more connections will come */
    pid_t self = getpid();
    struct iovec part = { &self, sizeof(self) };
    (void)!writev(taken_fd, &part, 1);
    (void)close(taken_fd);
    (void)close(NURSERY_CRADLE);
    if (record_decode(buf_bytes(&room), &record) != OK)
        return BAD_START;
    if (record.type == RECORD_VERIFY && passed.count == 1)
        return judge(&record, passed.fds[0]);
    if (passed.count != START_DESCRIPTOR_COUNT || start_decode(&record, &start) != OK)
        return BAD_START;
    return serve(worker, &start, passed.fds);
}

/* Signals stay blocked: the worker reads its own from a descriptor. */
_Noreturn static void live(struct nursery *nursery)
{
    (void)close(NURSERY_NOTICES);
    (void)close(nursery->signal_fd);
    (void)close(nursery->taken[0]);
    struct worker *worker = worker_new();
    if (rlimits_set(nursery->explains) != OK || sandbox_lock(nursery->filter) != OK)
        _exit(BAD_START);
    _exit(take_task(worker, nursery->taken[1]));
}

/* ---- the nursery ---- */

static bool lacks_workers(const struct nursery *nursery)
{
    return !nursery->is_closing && nursery->idle < nursery->idle_wanted;
}

static void fill(struct nursery *nursery)
{
    while (lacks_workers(nursery)) {
        /* _Fork, because handlers of the C library write to memory that a child could share. There is one thread. */
        pid_t child = _Fork();
        if (child == 0)
            live(nursery);
        if (child < 0)
            return;
        nursery->waiting[nursery->idle++] = child;
        nursery->living++;
    }
}

/* The child no longer waits: it has a connection, or has died. Both may be reported. */
static void cross_off(struct nursery *nursery, pid_t child)
{
    for (size_t i = 0; i < nursery->idle; i++)
        if (nursery->waiting[i] == child) {
            nursery->waiting[i] = nursery->waiting[--nursery->idle];
            return;
        }
}

static void bury(struct nursery *nursery)
{
    struct signalfd_siginfo info;
    pid_t child;
    int status;
    while (read(nursery->signal_fd, &info, sizeof(info)) == sizeof(info))
        ;
    while ((child = waitpid(-1, &status, WNOHANG)) > 0) {
        cross_off(nursery, child);
        nursery->living--;
        if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
            (void)!write(NURSERY_NOTICES, "", 1);
    }
}

static void count_taken(struct nursery *nursery)
{
    pid_t children[16];
    ssize_t got = read(nursery->taken[0], children, sizeof(children));
    for (size_t i = 0; got > 0 && i < (size_t)got / sizeof(children[0]); i++)
        cross_off(nursery, children[i]);
}

static void open_descriptors(struct nursery *nursery)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGCHLD);
    nursery->signal_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
    CHECK(nursery->signal_fd >= 0);
    CHECK(pipe2(nursery->taken, O_CLOEXEC | O_NONBLOCK) == 0);
    CHECK(fcntl(NURSERY_NOTICES, F_SETFL, O_NONBLOCK) == 0);
}

int nursery_run(size_t idle_count, bool explains)
{
    struct nursery nursery = {
        .filter = sandbox_compile(calls, sizeof(calls) / sizeof(calls[0])),
        .idle_wanted = idle_count,
        .explains = explains,
        .waiting = calloc(idle_count, sizeof(pid_t)),
    };
    CHECK(nursery.filter && nursery.waiting);
    open_descriptors(&nursery);
    heap_fill_holes();
    while (!nursery.is_closing || nursery.living > 0) {
        fill(&nursery);
        struct pollfd polled[] = { { .fd = nursery.signal_fd, .events = POLLIN },
                                   { .fd = nursery.taken[0], .events = POLLIN },
                                   { .fd = nursery.is_closing ? -1 : NURSERY_CRADLE } };
        /* If fork failed it may succeed later, even if nothing else happens. */
        int patience_ms = lacks_workers(&nursery) ? FORK_PAUSE_MS : -1;
        if (poll(polled, sizeof(polled) / sizeof(polled[0]), patience_ms) < 0)
            continue;
        if (polled[0].revents)
            bury(&nursery);
        if (polled[1].revents)
            count_taken(&nursery);
        if (polled[2].revents) { /* the other end is closed */
            nursery.is_closing = true;
            (void)close(NURSERY_CRADLE);
        }
    }
    free(nursery.waiting);
    return 0;
}
