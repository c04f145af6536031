/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/reach.h"

#include "programs/client/log.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void tell_address(const char *before, const struct dial_event *event, const char *after)
{
    struct endpoint at = endpoint_of(event->address, event->address_len);
    log_write(OPTION_LOG_DEBUG1, "%s %s port %u%s%s", before, at.address, (unsigned)at.port,
              after[0] ? ": " : ".", after);
}

static void on_dial_event(void *context, const struct dial_event *event)
{
    struct reach *r = context;
    switch (event->kind) {
    case DIAL_LOOKING:
    case DIAL_UNRESOLVED:
    case DIAL_RESOLVED:
    case DIAL_DROPPED:
        break;
    case DIAL_TRYING:
        tell_address("Connecting to", event, "");
        break;
    case DIAL_FAILED:
        tell_address("connect to address", event, strerror(event->error_number));
        break;
    case DIAL_CONNECTED:
        r->peer = endpoint_of(event->address, event->address_len);
        log_write(OPTION_LOG_DEBUG1, "Connection established.");
        break;
    }
    if (r->watch)
        r->watch(r->context, event);
}

static void on_dialed(void *context, int fd, bool resolved, const char *reason)
{
    struct reach *r = context;
    const struct client_options *o = &r->settings->options;
    dial_free(r->dial);
    r->dial = NULL;
    if (fd < 0 && !resolved)
        log_write(OPTION_LOG_ERROR, "glassh: Could not resolve hostname %s: %s", o->hostname,
                  reason);
    else if (fd < 0)
        log_write(OPTION_LOG_ERROR, "glassh: connect to host %s port %d%s%s: %s", o->hostname,
                  o->port, o->bind_address ? " from " : "", o->bind_address ? o->bind_address : "",
                  reason);
    else
        endpoint_tune(fd, o->tcp_keep_alive);
    r->done(r->context, fd);
}

static int family_of(enum client_address_family family)
{
    switch (family) {
    case CLIENT_ADDRESS_ANY:
        return AF_UNSPEC;
    case CLIENT_ADDRESS_INET:
        return AF_INET;
    case CLIENT_ADDRESS_INET6:
        return AF_INET6;
    }
    return AF_UNSPEC;
}

static struct dial_setup dial_setup_of(struct reach *r)
{
    const struct client_options *o = &r->settings->options;
    return (struct dial_setup){
        .host = o->hostname,
        .port = (uint16_t)o->port,
        .family = family_of(o->address_family),
        .bind_address = o->bind_address,
        .attempts = (unsigned)o->connection_attempts,
        .watch = on_dial_event,
        .done = on_dialed,
        .context = r,
    };
}

static void on_tcp_news(void *context, const struct tcp_link_news *news)
{
    struct reach *r = context;
    if (r->hear)
        r->hear(r->context, news);
}

/* The name service may answer at once, and with an error. */
static void on_tun_ready(uv_timer_t *timer)
{
    struct reach *r = timer->data;
    tun_reach_start(&r->tun, timer->loop);
}

static void start_dial(struct reach *r, uv_loop_t *loop)
{
    const struct dial_setup setup = dial_setup_of(r);
    if (r->tcp) {
        r->tun = (struct tun_reach){ .link = r->tcp, .setup = setup, .hear = on_tcp_news };
        (void)uv_timer_start(&r->timer, on_tun_ready, 0, 0);
    } else {
        r->dial = dial_new(loop, &setup);
    }
}

static void on_proxy_ready(uv_timer_t *timer)
{
    struct reach *r = timer->data;
    r->done(r->context, r->fd);
}

static void start_proxy(struct reach *r, const char *command)
{
    if (proxy_command_is_plain(command))
        log_write(OPTION_LOG_DEBUG1, "Executing proxy command without a shell: %s", command);
    else
        log_write(OPTION_LOG_DEBUG1, "Executing proxy command: exec %s", command);
    r->fd = -1;
    if (proxy_command_start(command, &r->proxy, &r->fd) != OK)
        log_write(OPTION_LOG_ERROR, "glassh: the ProxyCommand \"%.200s\" cannot be started: %s",
                  command, strerror(errno));
    (void)uv_timer_start(&r->timer, on_proxy_ready, 0, 0);
}

void reach_start(struct reach *r, uv_loop_t *loop)
{
    r->dial = NULL;
    r->proxy = (struct proxy_command){ 0 };
    r->peer = (struct endpoint){ .address = "UNKNOWN", .port = 65535 };
    (void)uv_timer_init(loop, &r->timer);
    r->timer.data = r;
    if (r->settings->resolved.proxy_command)
        start_proxy(r, r->settings->resolved.proxy_command);
    else
        start_dial(r, loop);
}

void reach_stop(struct reach *r)
{
    dial_free(r->dial);
    r->dial = NULL;
    tun_reach_stop(&r->tun);
    proxy_command_stop(&r->proxy);
    (void)uv_timer_stop(&r->timer);
    if (!uv_is_closing((uv_handle_t *)&r->timer))
        uv_close((uv_handle_t *)&r->timer, NULL);
}

void reach_mark(int fd, int traffic_class)
{
    struct sockaddr_storage address;
    socklen_t len = sizeof(address);
    if (traffic_class == OPTION_IPQOS_NONE ||
        getsockname(fd, (struct sockaddr *)&address, &len) != 0)
        return;
    if (address.ss_family == AF_INET)
        (void)setsockopt(fd, IPPROTO_IP, IP_TOS, &traffic_class, sizeof(traffic_class));
    else if (address.ss_family == AF_INET6)
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &traffic_class, sizeof(traffic_class));
}
