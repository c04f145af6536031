/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/tcp/tcp_service.h"

#include "base/check.h"
#include "ipc/record.h"
#include "os/clock.h"
#include "os/descriptor.h"
#include "os/record_socket.h"
#include "programs/tcp/handover.h"
#include "programs/tcp/tcp_fact.h"
#include "programs/tcp/tcp_start.h"
#include "programs/tcp/tcp_tell.h"
#include "programs/tcp/tcp_wire.h"
#include "programs/tcp/wanted.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
    EVENTS_MAX = 256,
    FEED_MAX = 64,  /* packets, before it is the sockets' turn */
    FLUSH_MAX = 64, /* likewise */
    FLOWS_MAX = 16384,
    CLIENT_FLOWS_MAX = 16,
    PENDING_MAX = 16384,
    TIME_WAIT_MAX = 32768,
    CHUNKS_MAX = 16384, /* 256 MiB, of which memory is taken only for what has been used */
    RESERVE = 32,       /* descriptors that are not connections */
    RECORD_SMALL = 256,
    LINGER_MS = 60 * 1000,
    EXIT_FAILED = 1,
};

/* What an event is about if it is not a joint. */
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
    struct tcp_start start;
    bool is_listening;
    bool is_owner_gone;
    bool is_device_gone; /* a device was deleted */
    struct joints joints;
    struct handover handover;
    struct wanted wanted;
    struct trace trace;
};

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

/* ---- who comes ---- */

/* No connection is promised that will not be taken: without a taker, or at the maximum of connections, SYNs are
 * answered as at a port where nothing listens. */
static void listen_or_not(struct service *s)
{
    bool should = s->handover.taker >= 0 && s->joints.count < s->joints.max && !s->is_owner_gone;
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

static void on_newcomer(struct service *s, struct flow *flow)
{
    struct joint *j = joints_add(&s->joints, flow);
    if (joints_open(&s->joints, j, s->now))
        handover_add(&s->handover, j);
    else
        joints_abort(&s->joints, j, s->now);
}

/* ---- what the stack says ---- */

static void on_flow_end(struct service *s, struct joint *j, const struct flow_event *event)
{
    j->is_over = true;
    wanted_ended(&s->wanted, j, event);
    joint_deliver(j, s->now);
    joints_activate(&s->joints, j);
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
        wanted_opened(&s->wanted, j);
        break;
    case FLOW_DATA:
        joint_deliver(j, s->now); /* at once, while the data can be read from the packet itself */
        if (joint_is_done(j))
            joints_activate(&s->joints, j);
        break;
    case FLOW_ROOM:
        joints_activate(&s->joints, j);
        break;
    case FLOW_PEER_CLOSED:
        j->peer_closes = true;
        joints_activate(&s->joints, j);
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

static enum err take_taker(struct service *s, struct seqpacket_descriptors *passed)
{
    if (passed->count != 1)
        return ERR_BAD_VALUE;
    handover_set_taker(&s->handover, passed->fds[0]);
    passed->count = 0;
    bool is_ready = fcntl(s->handover.taker, F_SETFL, O_NONBLOCK) == 0 &&
                    watch(s, s->handover.taker, EPOLLIN | EPOLLOUT | EPOLLET, TAKER);
    return is_ready ? OK : ERR_SYSTEM;
}

static enum err take(struct service *s, const struct record *record,
                     struct seqpacket_descriptors *passed)
{
    switch ((int)record->type) {
    case RECORD_TCP_TAKER:
        return take_taker(s, passed);
    case RECORD_TCP_CONNECT:
        wanted_connect(&s->wanted, &s->joints, s->stack, record, s->now);
        return OK;
    default:
        return ERR_BAD_STATE;
    }
}

/* False: the owner is gone, or has broken a rule. */
static bool take_record(struct service *s)
{
    scoped(buf) room = BUF_EMPTY(RECORD_SMALL);
    struct record record;
    struct seqpacket_descriptors passed;
    enum err err = record_socket_take(TCP_SERVICE_CONTROL, &room, &record, &passed);
    if (err == ERR_SYSTEM && errno == EAGAIN)
        return true;
    if (err == OK)
        err = record_admit(&s->gate, record.type, RECORD_OWNER, RECORD_TCP);
    if (err == OK)
        err = take(s, &record, &passed);
    seqpacket_close(&passed);
    return err == OK;
}

static void on_control(struct service *s)
{
    if (s->is_owner_gone || take_record(s))
        return;
    s->is_owner_gone = true;
    s->ends_at = instant_after(s->now, LINGER_MS);
    (void)epoll_ctl(s->epoll_fd, EPOLL_CTL_DEL, TCP_SERVICE_CONTROL, NULL);
    /* An owner that is still there sees the end, and can start another process. */
    (void)shutdown(TCP_SERVICE_CONTROL, SHUT_RDWR);
    wanted_give_up(&s->wanted, &s->joints, s->now);
}

/* ---- the loop ---- */

static void on_device(struct service *s, size_t device, uint32_t events)
{
    s->wire.can_read[device] = true;
    s->is_device_gone |= (events & EPOLLERR) != 0;
}

static void take_event(struct service *s, const struct epoll_event *event)
{
    uint64_t what = event->data.u64;
    if (what == CONTROL)
        on_control(s);
    else if (what == TAKER && s->handover.taker >= 0 && seqpacket_is_over(s->handover.taker))
        handover_leave_taker(&s->handover); /* the event may be about the one before */
    else if (what >= DEVICE && what < DEVICE_END)
        on_device(s, what - DEVICE, event->events);
    else if (what >= DEVICE_END)
        joints_hear(&s->joints, (struct joint *)(uintptr_t)what, event->events);
}

static void feed_some(struct service *s)
{
    for (int i = 0; i < FEED_MAX && tcp_wire_feed(&s->wire, s->stack, s->now); i++)
        drain_events(s);
}

static void expire(struct service *s)
{
    if (instant_reached(s->now, stack_deadline(s->stack))) {
        stack_expire(s->stack, s->now);
        drain_events(s);
    }
}

static void hand_over(struct service *s)
{
    handover_run(&s->handover, &s->joints);
    if (s->is_owner_gone && s->handover.taker < 0) /* and no other taker will come */
        handover_give_up(&s->handover, &s->joints, s->now);
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
    if (s->is_owner_gone && s->joints.count == 0)
        until = instant_earlier(until, s->ends_at);
    if (until.us == INSTANT_NEVER.us)
        return -1;
    int64_t us = until.us - s->now.us;
    return us <= 0 ? 0 : (int)((us + 999) / 1000);
}

/* Released flows continue unseen until everything is delivered. */
static bool is_finished(struct service *s)
{
    if (s->is_device_gone)
        return true;
    if (!s->is_owner_gone || s->joints.count > 0)
        return false;
    return stack_counts(s->stack)->flows_now == 0 || instant_reached(s->now, s->ends_at);
}

static void run(struct service *s)
{
    struct epoll_event events[EVENTS_MAX];
    bool is_busy = false;
    while (!is_finished(s)) {
        int count = epoll_wait(s->epoll_fd, events, EVENTS_MAX, is_busy ? 0 : wait_ms(s));
        s->now = clock_now();
        for (int i = 0; i < count; i++)
            take_event(s, &events[i]);
        expire(s);
        feed_some(s);
        hand_over(s);
        is_busy = joints_serve(&s->joints, s->now);
        drain_events(s);
        is_busy |= tcp_wire_flush(&s->wire, s->stack, s->now, FLUSH_MAX);
        wanted_report(&s->wanted, &s->joints, s->now); /* after the facts about its handshake */
        listen_or_not(s);
        is_busy |= s->joints.active != NULL || has_packets(s);
    }
}

/* ---- the beginning ---- */

static size_t fit_joints(void)
{
    size_t most = descriptor_raise_limit();
    if (most >= 2 * FLOWS_MAX + RESERVE)
        return FLOWS_MAX;
    return most > 2 * RESERVE ? (most - RESERVE) / 2 : 1;
}

static void observe(void *context, const struct trace_event *event,
                    const struct trace_field *fields, size_t field_count)
{
    struct service *s = context;
    struct record fact;
    if (wanted_is_being_made(&s->wanted) && tcp_fact_record(event, fields, field_count, &fact))
        wanted_tell_fact(&s->wanted, &fact);
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
    if (!tcp_start_hear(TCP_SERVICE_CONTROL, &s->gate, &s->start) || !prepare_stack(s))
        return false;
    s->wire.device_count = s->start.device_count;
    s->wire.for_v6 = s->start.device_count - 1;
    s->wire.room = malloc(TUN_ROOM);
    s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    joints_init(&s->joints, fit_joints(), s->epoll_fd, s->start.keeps_alive);
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
    service = (struct service){ .now = clock_now(),
                                .handover = HANDOVER_NONE,
                                .wanted = { .owner = TCP_SERVICE_CONTROL },
                                .ends_at = INSTANT_NEVER };
    if (!prepare(&service))
        return EXIT_FAILED;
    if (sandbox_isolate(sandbox) != OK ||
        sandbox_lock(sandbox_compile(calls, sizeof(calls) / sizeof(calls[0]))) != OK) {
        (void)fprintf(stderr, "glassh-tcp cannot be locked in: %s\n", strerror(errno));
        return EXIT_FAILED;
    }
    const struct record ready = { .type = RECORD_TCP_READY };
    if (tcp_tell(TCP_SERVICE_CONTROL, &ready, -1) == OK)
        run(&service);
    stack_free(service.stack);
    free(service.wire.room);
    return 0;
}
