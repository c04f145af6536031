/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/tcp/tcp_service.h"

#include "base/buf.h"
#include "base/check.h"
#include "ipc/record.h"
#include "os/seqpacket.h"
#include "programs/tcp/joint.h"
#include "programs/tcp/tcp_fact.h"
#include "programs/tcp/tcp_start.h"
#include "programs/tcp/tcp_wire.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    EVENTS_MAX = 256,
    FEED_MAX = 64,  /* packets, before sockets have their turn */
    FLUSH_MAX = 64, /* likewise */
    FLOWS_MAX = 16384,
    CLIENT_FLOWS_MAX = 16,
    PENDING_MAX = 16384,
    TIME_WAIT_MAX = 32768,
    CHUNKS_MAX = 16384, /* 256 MiB, of which only what was used once is taken */
    RESERVE = 32,       /* descriptors that are no connections */
    RECORD_SMALL = 256,
    RECORD_SAID = 512,
    LINGER_MS = 60 * 1000,
    EXIT_FAILED = 1,
};

/* What an event is about, where it is no joint. */
enum { CONTROL, TAKER, DEVICE, DEVICE_END = DEVICE + TCP_WIRE_DEVICES };

static const struct sandbox_call calls[] = {
#define CALL(name)                            SANDBOX_CALL(name),
#define CALL_IF(name, argument, bits, wanted) SANDBOX_CALL_IF(name, argument, bits, wanted),
#include "programs/tcp/calls.def"
#undef CALL
#undef CALL_IF
};

struct service {
    struct stack *stack;
    struct tcp_wire wire;
    struct record_gate gate;
    struct instant now, ends_at;
    int epoll_fd;
    int taker; /* gets the connections that come; -1: nobody takes any */
    struct tcp_start start;
    bool is_listening;
    bool is_owner_gone;
    size_t joint_count, joint_max;
    struct joint all; /* the ring's head */
    struct joint *active, *waiting,
        *waiting_last;   /* waiting: the first is the next to be handed over */
    struct joint *asked; /* the connection that the owner waits for */
    bool has_opened;     /* it stands, and the owner is to be told */
    bool is_asking;      /* it is being asked for just now */
    struct trace trace;
};

static struct instant read_clock(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (struct instant){ now.tv_sec * (int64_t)1000000 + now.tv_nsec / 1000 };
}

static void fill_random(void *context, struct span out)
{
    (void)context;
    CHECK(getrandom(out.data, out.len, 0) == (ssize_t)out.len);
}

static const struct rng random_octets = { fill_random, NULL };

static bool watch(const struct service *s, int fd, uint32_t events, uint64_t what)
{
    struct epoll_event event = { .events = events, .data.u64 = what };
    return epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* ERR_SYSTEM with EAGAIN: it has too much to read already. */
static enum err tell(int fd, const struct record *record, int passed_fd)
{
    scoped(buf) datagram = BUF_EMPTY(RECORD_SAID);
    const struct seqpacket_descriptors passed = { { passed_fd }, passed_fd >= 0 ? 1 : 0 };
    TRY(record_encode(record, &datagram));
    return seqpacket_send(fd, buf_bytes(&datagram), &passed);
}

/* ---- joints ---- */

static struct joint *add_joint(struct service *s, struct flow *flow)
{
    struct joint *j = calloc(1, sizeof(*j));
    CHECK(j);
    *j = (struct joint){ .flow = flow, .fd = -1, .other_fd = -1 };
    j->before = s->all.before;
    j->after = &s->all;
    s->all.before->after = j;
    s->all.before = j;
    s->joint_count++;
    flow_set_owner(flow, j);
    return j;
}

/* It is looked at in this turn. */
static void activate(struct service *s, struct joint *j)
{
    if (j->is_active)
        return;
    j->is_active = true;
    j->next_active = s->active;
    s->active = j;
}

static void abort_joint(struct service *s, struct joint *j)
{
    if (j->flow)
        flow_abort(j->flow, s->now);
    j->flow = NULL;
    activate(s, j);
}

static void free_joint(struct service *s, struct joint *j)
{
    joint_close(j, s->now);
    j->before->after = j->after;
    j->after->before = j->before;
    s->joint_count--;
    free(j);
}

/* ---- who comes ---- */

/* Nobody is promised a connection that nobody will take: without a taker, or with as many connections as there may
 * be, SYNs are answered as at a port where nothing listens. */
static void listen_or_not(struct service *s)
{
    bool should = s->taker >= 0 && s->joint_count < s->joint_max && !s->is_owner_gone;
    if (should == s->is_listening)
        return;
    s->is_listening = should;
    for (size_t i = 0; i < s->start.port_count; i++) {
        if (!should)
            flow_unlisten(s->stack, s->start.ports[i]);
        else if (flow_listen(s->stack, s->start.ports[i], false) != OK)
            (void)fprintf(stderr, "glassh-tcp cannot listen on port %u\n", s->start.ports[i]);
    }
}

static void leave_taker(struct service *s)
{
    if (s->taker >= 0)
        (void)close(s->taker);
    s->taker = -1;
}

/* Who came first is handed over first; the rest waits until there is room. */
static void hand_over(struct service *s)
{
    while (s->waiting && s->taker >= 0) {
        struct joint *j = s->waiting;
        if (j->flow) {
            const struct flow_status status = flow_status(j->flow);
            const struct record arrived = { RECORD_TCP_ARRIVED,
                                            { status.remote.port, status.local.port },
                                            { ip_address_bytes(&status.remote.address),
                                              ip_address_bytes(&status.local.address) } };
            enum err err = tell(s->taker, &arrived, j->other_fd);
            if (err == ERR_SYSTEM && errno == EAGAIN)
                return;
            if (err != OK) {
                leave_taker(s);
                return;
            }
        }
        (void)close(j->other_fd);
        j->other_fd = -1;
        s->waiting = j->next_waiting;
        j->is_waiting = false;
        activate(s, j);
    }
}

static bool open_joint(struct service *s, struct joint *j)
{
    const struct flow_options before = flow_options(j->flow);
    struct flow_options options = before;
    options.no_delay = true;
    if (s->start.keeps_alive)
        options.keep_alive_ms =
            2 * 60 * 60 * 1000; /* MUST-28: the default is no less than two hours */
    flow_set_options(j->flow, &options, s->now);
    return joint_open(j) == OK &&
           watch(s, j->fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, (uint64_t)(uintptr_t)j);
}

static void on_newcomer(struct service *s, struct flow *flow)
{
    struct joint *j = add_joint(s, flow);
    if (!open_joint(s, j)) {
        abort_joint(s, j);
        return;
    }
    j->is_waiting = true;
    if (s->waiting)
        s->waiting_last->next_waiting = j;
    else
        s->waiting = j;
    s->waiting_last = j;
}

/* ---- whom the owner wants ---- */

static void answer_failure(int reason)
{
    const struct record failed = { RECORD_TCP_FAILED, { (uint32_t)reason }, { BYTES_NONE } };
    (void)tell(TCP_SERVICE_CONTROL, &failed, -1);
}

static void on_connected(struct service *s, struct joint *j)
{
    j->is_opening = s->has_opened = false;
    s->asked = NULL;
    if (!open_joint(s, j)) {
        answer_failure(errno);
        abort_joint(s, j);
        return;
    }
    const struct flow_status status = flow_status(j->flow);
    const struct record connected = { RECORD_TCP_CONNECTED,
                                      { status.local.port },
                                      { ip_address_bytes(&status.local.address) } };
    if (tell(TCP_SERVICE_CONTROL, &connected, j->other_fd) != OK)
        abort_joint(s, j);
    (void)close(j->other_fd);
    j->other_fd = -1;
}

static int reason_of(const struct flow_event *event)
{
    switch ((int)event->kind) {
    case FLOW_REFUSED:
        return ECONNREFUSED;
    case FLOW_RESET:
        return ECONNRESET;
    case FLOW_UNREACHABLE:
        return event->icmp == ICMP_NET_UNREACHABLE ? ENETUNREACH : EHOSTUNREACH;
    default:
        return ETIMEDOUT;
    }
}

static void take_connect(struct service *s, const struct record *record)
{
    struct ip_endpoint remote = { .port = (uint16_t)record->numbers[0] };
    size_t len = record->texts[0].len;
    struct flow *flow = NULL;
    if (s->asked) {
        abort_joint(s, s->asked);
        s->asked = NULL;
        s->has_opened = false;
    }
    if (len == 4 || len == 16) {
        remote.address.version = len == 4 ? 4 : 6;
        memcpy(remote.address.octets, record->texts[0].data, len);
    }
    s->is_asking = true;
    enum err err = flow_connect(s->stack, &remote, 0, s->now, &flow);
    s->is_asking = false;
    if (err != OK) {
        answer_failure(err == ERR_BAD_VALUE ? ENETUNREACH : ENOBUFS);
        return;
    }
    s->asked = add_joint(s, flow);
    s->asked->is_opening = true;
}

/* ---- what the stack says ---- */

static void on_flow_end(struct service *s, struct joint *j, const struct flow_event *event)
{
    j->is_over = true;
    if (j->is_opening)
        answer_failure(reason_of(event));
    if (s->asked == j) {
        s->asked = NULL;
        s->has_opened = false;
    }
    joint_deliver(j, s->now);
    activate(s, j);
}

static void on_flow_event(struct service *s, const struct flow_event *event)
{
    struct joint *j = event->owner;
    if (!j) {
        if (event->kind == FLOW_OPENED && event->is_new)
            on_newcomer(s, event->flow);
        else if (event->kind != FLOW_ASKED)
            flow_release(event->flow, s->now); /* it was over before it began */
        return;
    }
    switch (event->kind) {
    case FLOW_OPENED:
        s->has_opened = j == s->asked;
        break;
    case FLOW_DATA:
        joint_deliver(j, s->now); /* at once: the packet may be read where it is */
        if (joint_is_done(j))
            activate(s, j);
        break;
    case FLOW_ROOM:
        activate(s, j);
        break;
    case FLOW_PEER_CLOSED:
        j->peer_closes = true;
        activate(s, j);
        break;
    case FLOW_ASKED:
    case FLOW_ACKED:
    case FLOW_SOFT_ERROR:
    case FLOW_SLOW:
    case FLOW_URGENT:
        break;
    case FLOW_CLOSED:
    case FLOW_REFUSED:
    case FLOW_RESET:
    case FLOW_TIMED_OUT:
    case FLOW_UNREACHABLE:
        on_flow_end(s, j, event);
        break;
    }
}

static void drain_events(struct service *s)
{
    struct flow_event event;
    while (stack_next(s->stack, &event))
        on_flow_event(s, &event);
}

/* ---- what the owner says ---- */

static enum err take_taker(struct service *s, const struct seqpacket_descriptors *passed)
{
    if (passed->count != 1)
        return ERR_BAD_VALUE;
    leave_taker(s);
    s->taker = passed->fds[0];
    bool is_set = fcntl(s->taker, F_SETFL, O_NONBLOCK) == 0;
    return is_set && watch(s, s->taker, EPOLLIN | EPOLLOUT | EPOLLET, TAKER) ? OK : ERR_SYSTEM;
}

static enum err take(struct service *s, const struct record *record,
                     const struct seqpacket_descriptors *passed)
{
    switch ((int)record->type) {
    case RECORD_TCP_TAKER:
        return take_taker(s, passed);
    case RECORD_TCP_CONNECT:
        take_connect(s, record);
        return OK;
    default:
        return ERR_BAD_STATE;
    }
}

/* False: the owner is gone, or no longer who it was. */
static bool take_record(struct service *s)
{
    uint8_t room[RECORD_SMALL];
    struct record record;
    struct seqpacket_descriptors passed = { .count = 0 };
    size_t len = 0;
    enum err err =
        seqpacket_receive(TCP_SERVICE_CONTROL, (struct span){ room, sizeof(room) }, &len, &passed);
    if (err == ERR_SYSTEM && errno == EAGAIN)
        return true;
    if (err == OK)
        err = record_decode(bytes_of(room, len), &record);
    if (err == OK)
        err = record_admit(&s->gate, record.type, RECORD_OWNER, RECORD_TCP);
    return err == OK && take(s, &record, &passed) == OK;
}

static void on_control(struct service *s)
{
    if (s->is_owner_gone || take_record(s))
        return;
    s->is_owner_gone = true;
    s->ends_at = instant_after(s->now, LINGER_MS);
    (void)epoll_ctl(s->epoll_fd, EPOLL_CTL_DEL, TCP_SERVICE_CONTROL, NULL);
    if (s->asked)
        abort_joint(s, s->asked);
    s->asked = NULL;
    s->has_opened = false;
}

/* ---- the loop ---- */

static void on_joint(struct service *s, struct joint *j, uint32_t events)
{
    j->can_read |= (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    j->can_write |= (events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0;
    activate(s, j);
}

static void take_event(struct service *s, const struct epoll_event *event)
{
    uint64_t what = event->data.u64;
    if (what == CONTROL)
        on_control(s);
    else if (what == TAKER && s->taker >= 0 && seqpacket_is_over(s->taker))
        leave_taker(s); /* the event alone may be of the one before it */
    else if (what >= DEVICE && what < DEVICE_END)
        s->wire.can_read[what - DEVICE] = true;
    else if (what >= DEVICE_END)
        on_joint(s, (struct joint *)(uintptr_t)what, event->events);
}

static void feed_some(struct service *s)
{
    for (int i = 0; i < FEED_MAX && tcp_wire_feed(&s->wire, s->stack, s->now); i++)
        drain_events(s);
}

/* Each joint once; who has more to do is there again in the next turn. True: somebody has. */
static bool serve_active(struct service *s)
{
    struct joint *now_active = s->active;
    bool has_more = false;
    s->active = NULL;
    for (struct joint *j = now_active, *next; j; j = next) {
        next = j->next_active;
        j->is_active = false;
        joint_deliver(j, s->now);
        bool is_unfinished = joint_collect(j, s->now);
        has_more |= is_unfinished;
        if (joint_is_done(j) && !j->is_waiting)
            free_joint(s, j);
        else if (is_unfinished)
            activate(s, j);
    }
    return has_more;
}

static void expire(struct service *s)
{
    if (instant_reached(s->now, stack_deadline(s->stack))) {
        stack_expire(s->stack, s->now);
        drain_events(s);
    }
}

static bool has_packets(const struct service *s)
{
    bool has = false;
    for (size_t i = 0; i < s->wire.device_count; i++)
        has |= s->wire.can_read[i];
    return has;
}

static int wait_ms(const struct service *s)
{
    struct instant until = stack_deadline(s->stack);
    if (s->is_owner_gone && s->joint_count == 0)
        until = instant_earlier(until, s->ends_at);
    if (until.us == INSTANT_NEVER.us)
        return -1;
    int64_t us = until.us - s->now.us;
    return us <= 0 ? 0 : (int)((us + 999) / 1000);
}

/* What was released goes on unseen until it is delivered. */
static bool is_finished(struct service *s)
{
    if (!s->is_owner_gone || s->joint_count > 0)
        return false;
    return stack_counts(s->stack)->flows_now == 0 || instant_reached(s->now, s->ends_at);
}

static void run(struct service *s)
{
    struct epoll_event events[EVENTS_MAX];
    bool is_busy = false;
    while (!is_finished(s)) {
        int count = epoll_wait(s->epoll_fd, events, EVENTS_MAX, is_busy ? 0 : wait_ms(s));
        s->now = read_clock();
        for (int i = 0; i < count; i++)
            take_event(s, &events[i]);
        expire(s);
        feed_some(s);
        hand_over(s);
        is_busy = serve_active(s);
        drain_events(s);
        is_busy |= tcp_wire_flush(&s->wire, s->stack, s->now, FLUSH_MAX);
        if (s->has_opened)
            on_connected(s, s->asked); /* behind the facts of its handshake */
        listen_or_not(s);
        is_busy |= s->active != NULL || has_packets(s);
    }
}

/* ---- the beginning ---- */

static size_t fit_joints(void)
{
    struct rlimit limit = { 0, 0 };
    CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = limit.rlim_max;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= 2 * FLOWS_MAX + RESERVE)
        return FLOWS_MAX;
    return limit.rlim_cur > 2 * RESERVE ? (limit.rlim_cur - RESERVE) / 2 : 1;
}

static void observe(void *context, const struct trace_event *event,
                    const struct trace_field *fields, size_t field_count)
{
    const struct service *s = context;
    struct record fact;
    if ((s->asked || s->is_asking) && tcp_fact_record(event, fields, field_count, &fact))
        (void)tell(TCP_SERVICE_CONTROL, &fact, -1);
}

static bool prepare_stack(struct service *s)
{
    const struct tcp_start *start = &s->start;
    bool is_server = start->port_count > 0;
    struct stack_setup setup = {
        .address_count = start->address_count,
        .mtu = start->mtu,
        .has_large_segments = start->has_large_segments,
        .flow_max = is_server ? FLOWS_MAX : CLIENT_FLOWS_MAX,
        .pending_max = is_server ? PENDING_MAX : 1,
        .time_wait_max = is_server ? TIME_WAIT_MAX : CLIENT_FLOWS_MAX,
        .chunk_max = CHUNKS_MAX,
        .congestion = CONGESTION_CUBIC,
        .rng = &random_octets,
        .trace = start->tells_facts ? &s->trace : NULL,
    };
    s->trace = (struct trace){ observe, s };
    for (size_t i = 0; i < start->address_count; i++)
        setup.addresses[i] = start->addresses[i];
    s->stack = stack_new(&setup, s->now);
    return s->stack != NULL;
}

static bool prepare(struct service *s)
{
    s->all.before = s->all.after = &s->all;
    if (!tcp_start_hear(TCP_SERVICE_CONTROL, &s->gate, &s->start) || !prepare_stack(s))
        return false;
    s->joint_max = fit_joints();
    s->wire.device_count = s->start.device_count;
    s->wire.for_v6 = s->start.device_count - 1;
    s->wire.room = malloc(TUN_ROOM);
    s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    bool done = s->wire.room && fcntl(TCP_SERVICE_CONTROL, F_SETFL, O_NONBLOCK) == 0 &&
                watch(s, TCP_SERVICE_CONTROL, EPOLLIN, CONTROL);
    for (size_t i = 0; i < s->wire.device_count; i++) {
        s->wire.devices[i] = (struct tun){ s->start.fds[i], s->start.has_large_segments };
        done = done && watch(s, s->start.fds[i], EPOLLIN | EPOLLET, DEVICE + i);
    }
    return done;
}

int tcp_service_run(const struct sandbox_setup *sandbox)
{
    static struct service service;
    service = (struct service){ .now = read_clock(), .taker = -1, .ends_at = INSTANT_NEVER };
    if (!prepare(&service))
        return EXIT_FAILED;
    if (sandbox_isolate(sandbox) != OK ||
        sandbox_lock(sandbox_compile(calls, sizeof(calls) / sizeof(calls[0]))) != OK) {
        (void)fprintf(stderr, "glassh-tcp cannot be locked in: %s\n", strerror(errno));
        return EXIT_FAILED;
    }
    const struct record ready = { .type = RECORD_TCP_READY };
    if (tell(TCP_SERVICE_CONTROL, &ready, -1) == OK)
        run(&service);
    stack_free(service.stack);
    free(service.wire.room);
    return 0;
}
