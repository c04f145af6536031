/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/tcp_view.h"

#include "base/buf.h"
#include "base/check.h"
#include "os/capture.h"
#include "os/clock.h"
#include "os/endpoint.h"
#include "os/os_events.h"
#include "os/tcp_frame.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    FRAME_MAX = 256,
    OPTIONS_MAX = 96,
    HANDSHAKE_WAIT_MS = 5,
    FRAMES_AT_END = 16,
    CLOSING_WAIT_MS = 1000, /* for the other end's FIN, once ours has left */
    ANY_CODE = -1
};

struct tcp_view {
    int fd; /* the owner's */
    const struct trace *trace;
    int capture_fd; /* -1: not allowed */
    int ends_fd;    /* for FIN and RST only: by then the other one is full of data segments */
    uint16_t local_port;
    bool is_server;
    struct endpoint peer;
    int64_t began_us; /* when the SYN leaves, for when it cannot be captured */
};

/* ---- before ---- */

/* The capture's filter needs the port; binding to port 0 makes the kernel choose it now. */
static void bind_to_a_port(int fd, int family)
{
    if (endpoint_local(fd).port)
        return;
    const struct sockaddr_in any = { .sin_family = AF_INET };
    const struct sockaddr_in6 any6 = { .sin6_family = AF_INET6 };
    if (family == AF_INET)
        (void)bind(fd, (const struct sockaddr *)&any, sizeof(any));
    else if (family == AF_INET6)
        (void)bind(fd, (const struct sockaddr *)&any6, sizeof(any6));
}

static void ask_for_errors(int fd, int family)
{
    int yes = 1;
    if (family == AF_INET)
        (void)setsockopt(fd, IPPROTO_IP, IP_RECVERR, &yes, sizeof(yes));
    else if (family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &yes, sizeof(yes));
}

struct tcp_view *tcp_view_begin(int fd, const struct sockaddr *address, socklen_t address_len,
                                const struct trace *trace)
{
    struct tcp_view *v = calloc(1, sizeof(*v));
    CHECK(v != NULL);
    bind_to_a_port(fd, address->sa_family);
    ask_for_errors(fd, address->sa_family);
    *v = (struct tcp_view){ .fd = fd,
                            .trace = trace,
                            .local_port = endpoint_local(fd).port,
                            .peer = endpoint_of(address, address_len) };
    v->capture_fd = v->local_port ? capture_open(v->local_port, CAPTURE_ALL) : -1;
    v->ends_fd = v->capture_fd >= 0 ? capture_open(v->local_port, CAPTURE_ENDS) : -1;
    v->began_us = clock_now().us;
    return v;
}

void tcp_view_free(struct tcp_view *v)
{
    if (!v)
        return;
    if (v->capture_fd >= 0)
        (void)close(v->capture_fd);
    if (v->ends_fd >= 0)
        (void)close(v->ends_fd);
    free(v);
}

/* ---- segments ---- */

static void write_options(const struct tcp_frame *f, char out[OPTIONS_MAX])
{
    int len = snprintf(out, OPTIONS_MAX, "win %u", (unsigned)f->window);
    if (f->mss)
        len += snprintf(out + len, OPTIONS_MAX - (size_t)len, " mss %u", (unsigned)f->mss);
    if (f->window_scale >= 0)
        len += snprintf(out + len, OPTIONS_MAX - (size_t)len, " wscale %d", f->window_scale);
    (void)snprintf(out + len, OPTIONS_MAX - (size_t)len, "%s%s", f->sack ? " sack" : "",
                   f->syn && f->timestamps ? " ts" : "");
}

static void tell_segment(const struct tcp_view *v, const char *source, const struct tcp_frame *f,
                         int64_t age_us)
{
    char options[OPTIONS_MAX];
    write_options(f, options);
    TRACE(v->trace, &os_events_SEGMENT, trace_text("src", source),
          trace_number("out", f->source_port == v->local_port),
          trace_text("flags", tcp_frame_flags(f)), trace_number("seq", f->seq),
          trace_number("ack", f->ack), trace_number("window", f->window),
          trace_number("len", f->payload_len), trace_text("options", options),
          trace_number("age_us", (uint64_t)age_us));
}

/* The SYN left when we asked for it; the others came a round trip later, if it was not sent again. */
static int64_t age_of(const struct tcp_view *v, bool is_syn)
{
    struct tcp_info info;
    socklen_t len = sizeof(info);
    int64_t age_us = clock_now().us - v->began_us;
    if (v->is_server)
        return 0;
    if (is_syn)
        return age_us;
    if (getsockopt(v->fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0 || info.tcpi_total_retrans ||
        info.tcpi_rtt > age_us)
        return 0;
    return age_us - info.tcpi_rtt;
}

/* What is known of a segment that we did not see: that it existed, and its place in the handshake. */
static void tell_counted(const struct tcp_view *v, bool out, const char *flags)
{
    int64_t age_us = age_of(v, strcmp(flags, "SYN") == 0);
    TRACE(v->trace, &os_events_SEGMENT, trace_text("src", "kernel"), trace_number("out", out),
          trace_text("flags", flags), trace_number("relative", 1),
          trace_number("age_us", (uint64_t)age_us));
}

static void tell_state(const struct tcp_view *v, const char *client, const char *server)
{
    TRACE(v->trace, &os_events_STATE, trace_text("src", "deduced"), trace_text("client", client),
          trace_text("server", server));
}

/* RFC 9293 section 3.5: the states that each of the three segments leads to, as its sender knows them. */
static const struct {
    bool is_clients;
    const char *flags, *client, *server;
} handshake[] = {
    { true, "SYN", "SYN_SENT", "LISTEN" },
    { false, "SYN-ACK", "ESTABLISHED", "SYN_RCVD" },
    { true, "ACK", "ESTABLISHED", "ESTABLISHED" },
};

enum { HANDSHAKE_LEN = sizeof(handshake) / sizeof(handshake[0]) };

/* The next captured segment of the handshake; retransmissions are reported too. */
static bool tell_captured_step(const struct tcp_view *v, size_t step)
{
    uint8_t octets[FRAME_MAX];
    struct bytes frame;
    struct tcp_frame parsed;
    int64_t age_us;
    while (capture_next(v->capture_fd, HANDSHAKE_WAIT_MS, (struct span){ octets, FRAME_MAX },
                        &frame, &age_us)) {
        if (!tcp_frame_parse(frame, &parsed))
            continue;
        /* The kernel begins to stamp a little after it was asked to; until then the stamp is the time of reading. */
        int64_t known_us = age_of(v, parsed.syn && !parsed.ack_flag);
        tell_segment(v, "captured", &parsed, age_us < known_us / 2 ? known_us : age_us);
        if ((parsed.source_port == v->local_port) == handshake[step].is_clients &&
            strcmp(tcp_frame_flags(&parsed), handshake[step].flags) == 0)
            return true;
    }
    return false;
}

/* The SYN that the kernel kept for us. */
static bool tell_kept_syn(const struct tcp_view *v)
{
    uint8_t octets[FRAME_MAX];
    socklen_t len = sizeof(octets);
    struct tcp_frame parsed;
    if (getsockopt(v->fd, IPPROTO_TCP, TCP_SAVED_SYN, octets, &len) != 0 ||
        !tcp_frame_parse(bytes_of(octets, len), &parsed))
        return false;
    tell_segment(v, "kernel", &parsed, 0);
    return true;
}

static void tell_handshake(const struct tcp_view *v)
{
    for (size_t step = 0; step < HANDSHAKE_LEN; step++) {
        bool is_kept = v->is_server && step == 0 && tell_kept_syn(v);
        if (v->capture_fd < 0 && !is_kept)
            tell_counted(v, handshake[step].is_clients != v->is_server, handshake[step].flags);
        else if (!is_kept && !tell_captured_step(v, step))
            return;
        tell_state(v, handshake[step].client, handshake[step].server);
    }
}

/* ---- the kernel's counters ---- */

static bool is_kernels(int fd)
{
    struct tcp_info info;
    socklen_t len = sizeof(info);
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0;
}

/* "timestamps sack wscale" */
static void write_agreed(unsigned agreed, char out[OPTIONS_MAX])
{
    static const struct {
        unsigned bit;
        const char *name;
    } names[] = {
        { TCPI_OPT_TIMESTAMPS, "timestamps" },
        { TCPI_OPT_SACK, "sack" },
        { TCPI_OPT_WSCALE, "wscale" },
        { TCPI_OPT_ECN, "ecn" },
    };
    int len = 0;
    out[0] = 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (agreed & names[i].bit)
            len += snprintf(out + len, OPTIONS_MAX - (size_t)len, "%s%s", len ? " " : "",
                            names[i].name);
    }
}

static void tell_info(int fd, const struct trace *trace)
{
    struct tcp_info info;
    socklen_t len = sizeof(info);
    char options[OPTIONS_MAX];
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
        return;
    write_agreed(info.tcpi_options, options);
    TRACE(trace, &os_events_INFO, trace_text("src", "kernel"),
          trace_number("segs_out", info.tcpi_segs_out), trace_number("segs_in", info.tcpi_segs_in),
          trace_number("retrans", info.tcpi_total_retrans), trace_number("rtt_us", info.tcpi_rtt),
          trace_number("mss", info.tcpi_snd_mss), trace_number("snd_wscale", info.tcpi_snd_wscale),
          trace_number("rcv_wscale", info.tcpi_rcv_wscale), trace_text("options", options));
}

void tcp_view_connected(struct tcp_view *v)
{
    tell_handshake(v);
    tell_info(v->fd, v->trace);
    if (v->capture_fd < 0)
        TRACE(v->trace, &os_events_HIDDEN, trace_text("src", "rule"),
              trace_text("why", "the kernel hides x and y from us (that takes CAP_NET_RAW)"));
}

void tcp_view_keep_syn(int listening_fd)
{
    int yes = 1;
    (void)setsockopt(listening_fd, IPPROTO_TCP, TCP_SAVE_SYN, &yes, sizeof(yes));
}

void tcp_view_accepted(int fd, const struct endpoint *peer, const struct endpoint *local,
                       const struct trace *trace)
{
    const struct tcp_view v = { .fd = fd,
                                .trace = trace,
                                .capture_fd = -1,
                                .ends_fd = -1,
                                .local_port = local->port,
                                .is_server = true,
                                .peer = *peer };
    if (!is_kernels(fd)) {
        TRACE(trace, &os_events_HIDDEN, trace_text("src", "rule"),
              trace_text("why", "the connection is not one of the kernel's TCP"));
        return;
    }
    tell_handshake(&v);
    tell_info(fd, trace);
    TRACE(trace, &os_events_HIDDEN, trace_text("src", "rule"),
          trace_text("why", "of the handshake the kernel keeps the SYN only; it hides y"));
}

void tcp_view_end(struct tcp_view *v)
{
    tell_info(v->fd, v->trace);
}

void tcp_view_closed(struct tcp_view *v)
{
    uint8_t octets[FRAME_MAX];
    struct bytes frame;
    struct tcp_frame parsed;
    int64_t age_us, until_us = clock_now().us + (int64_t)CLOSING_WAIT_MS * 1000;
    bool is_reset = false, ours = false, theirs = false;
    for (int i = 0; v->ends_fd >= 0 && i < FRAMES_AT_END && !is_reset && !(ours && theirs); i++) {
        int64_t left_us = until_us - clock_now().us;
        if (!capture_next(v->ends_fd, left_us > 0 ? (int)(left_us / 1000) : 0,
                          (struct span){ octets, FRAME_MAX }, &frame, &age_us))
            return;
        if (!tcp_frame_parse(frame, &parsed))
            continue;
        tell_segment(v, "captured", &parsed, age_us);
        is_reset = parsed.rst;
        ours |= parsed.source_port == v->local_port;
        theirs |= parsed.source_port != v->local_port;
    }
}

/* ---- failures ---- */

/* RFC 792, RFC 1812 section 5.2.7.1, RFC 4443 section 3.1: what the answers to a SYN mean. */
static const struct {
    uint8_t origin, type;
    int code; /* or any */
    const char *meaning;
} icmp_meanings[] = {
    { SO_EE_ORIGIN_ICMP, 3, 0, "no way to that network" },
    { SO_EE_ORIGIN_ICMP, 3, 1, "no way to that host, it may be off" },
    { SO_EE_ORIGIN_ICMP, 3, 3, "a firewall refuses that port" },
    { SO_EE_ORIGIN_ICMP, 3, 9, "a firewall forbids that network" },
    { SO_EE_ORIGIN_ICMP, 3, 10, "a firewall forbids that host" },
    { SO_EE_ORIGIN_ICMP, 3, 13, "a firewall forbids it" },
    { SO_EE_ORIGIN_ICMP, 11, ANY_CODE, "the packet went in circles" },
    { SO_EE_ORIGIN_ICMP6, 1, 0, "no way to that network" },
    { SO_EE_ORIGIN_ICMP6, 1, 1, "a firewall forbids it" },
    { SO_EE_ORIGIN_ICMP6, 1, 3, "no way to that host, it may be off" },
    { SO_EE_ORIGIN_ICMP6, 1, 4, "a firewall refuses that port" },
    { SO_EE_ORIGIN_ICMP6, 3, ANY_CODE, "the packet went in circles" },
};

static const char *icmp_meaning(const struct sock_extended_err *e)
{
    for (size_t i = 0; i < sizeof(icmp_meanings) / sizeof(icmp_meanings[0]); i++) {
        if (icmp_meanings[i].origin == e->ee_origin && icmp_meanings[i].type == e->ee_type &&
            (icmp_meanings[i].code == e->ee_code || icmp_meanings[i].code == ANY_CODE))
            return icmp_meanings[i].meaning;
    }
    return "it cannot be delivered";
}

/* The error queue shows who answered, and how. */
static void tell_icmp(const struct tcp_view *v)
{
    uint8_t quoted[FRAME_MAX];
    union {
        uint8_t octets[512];
        struct cmsghdr align;
    } control;
    struct iovec part = { quoted, sizeof(quoted) };
    struct msghdr message = { .msg_iov = &part,
                              .msg_iovlen = 1,
                              .msg_control = control.octets,
                              .msg_controllen = sizeof(control.octets) };
    if (recvmsg(v->fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
        return;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
        bool is_error = (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) ||
                        (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR);
        struct {
            struct sock_extended_err error;
            struct sockaddr_storage from;
        } told = { 0 };
        if (!is_error || c->cmsg_len < CMSG_LEN(sizeof(told.error)))
            continue;
        size_t len = c->cmsg_len - CMSG_LEN(0);
        memcpy(&told, CMSG_DATA(c), len < sizeof(told) ? len : sizeof(told));
        struct endpoint from = endpoint_of((const struct sockaddr *)&told.from, sizeof(told.from));
        if (told.error.ee_origin == SO_EE_ORIGIN_ICMP || told.error.ee_origin == SO_EE_ORIGIN_ICMP6)
            TRACE(v->trace, &os_events_ICMP, trace_text("src", "kernel"),
                  trace_number("type", told.error.ee_type),
                  trace_number("code", told.error.ee_code), trace_text("from", from.address),
                  trace_text("meaning", icmp_meaning(&told.error)));
    }
}

/* The segments of a failed connection, as far as they were seen. */
static void tell_captured(const struct tcp_view *v)
{
    uint8_t octets[FRAME_MAX];
    struct bytes frame;
    struct tcp_frame parsed;
    int64_t age_us;
    for (int i = 0; v->capture_fd >= 0 && i < FRAMES_AT_END; i++) {
        if (!capture_next(v->capture_fd, 0, (struct span){ octets, FRAME_MAX }, &frame, &age_us))
            break;
        if (tcp_frame_parse(frame, &parsed))
            tell_segment(v, "captured", &parsed, age_us);
    }
}

void tcp_view_dropped(struct tcp_view *v)
{
    struct tcp_info info;
    socklen_t len = sizeof(info);
    tell_captured(v);
    if (getsockopt(v->fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
        return;
    TRACE(v->trace, &os_events_SILENT, trace_text("src", "kernel"),
          trace_text("address", v->peer.address), trace_number("port", v->peer.port),
          trace_number("syns", info.tcpi_segs_out));
}

void tcp_view_failed(struct tcp_view *v, int error_number)
{
    tell_captured(v);
    tell_icmp(v);
    TRACE(v->trace, &os_events_FAILED, trace_text("src", "kernel"),
          trace_text("address", v->peer.address), trace_number("port", v->peer.port),
          trace_text("error", strerror(error_number)));
}
