/* SPDX-License-Identifier: BSD-2-Clause */
#include "packetdrill/drill_calls.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>

int drill_options_fcntl(void *userdata, int fd, int command, ...)
{
    struct drill_socket *s = drill_host_find(userdata, fd);
    if (!s)
        return -1;
    va_list list;
    va_start(list, command);
    int argument = command == F_SETFL ? va_arg(list, int) : 0;
    va_end(list);
    if (command == F_GETFL)
        return O_RDWR | (s->is_nonblocking ? O_NONBLOCK : 0);
    if (command != F_SETFL)
        return drill_fail(EINVAL);
    s->is_nonblocking = argument & O_NONBLOCK;
    return 0;
}

int drill_options_ioctl(void *userdata, int fd, unsigned long request, ...)
{
    struct drill_socket *s = drill_host_find(userdata, fd);
    if (!s)
        return -1;
    va_list list;
    va_start(list, request);
    int *out = va_arg(list, int *);
    va_end(list);
    struct flow_status status = { 0 };
    if (s->flow)
        status = flow_status(s->flow);
    if (request == SIOCINQ)
        *out = (int)status.unread;
    else if (request == SIOCOUTQ)
        *out = (int)(status.send_next - status.send_begin + status.unsent);
    else
        return drill_fail(EINVAL);
    return 0;
}

static int tcp_option_value(const struct drill_host *h, const struct drill_socket *s, int name)
{
    switch (name) {
    case TCP_MAXSEG:
        return s->flow ? flow_status(s->flow).mss : h->setup.mss_max > 0 ? h->setup.mss_max : 536;
    case TCP_NODELAY:
        return s->options.no_delay;
    case TCP_CORK:
        return s->options.is_corked;
    case TCP_USER_TIMEOUT:
        return (int)s->options.user_timeout_ms;
    case TCP_NOTSENT_LOWAT:
        return (int)s->unsent_max;
    default:
        return -1;
    }
}

static int option_value(const struct drill_host *h, struct drill_socket *s, int level, int name)
{
    if (level == SOL_SOCKET && name == SO_ERROR)
        return drill_take_error(s);
    if (level == SOL_SOCKET && name == SO_SNDBUF)
        return s->send_buffer;
    if (level == SOL_SOCKET && name == SO_RCVBUF)
        return s->receive_buffer;
    if (level == IPPROTO_TCP)
        return tcp_option_value(h, s, name);
    return -1;
}

int drill_options_getsockopt(void *userdata, int fd, int level, int name, void *value,
                             socklen_t *len)
{
    struct drill_host *h = userdata;
    struct drill_socket *s = drill_host_find(h, fd);
    if (!s)
        return -1;
    int number = option_value(h, s, level, name);
    if (number < 0 || *len < sizeof(number))
        return drill_fail(ENOPROTOOPT);
    memcpy(value, &number, sizeof(number));
    *len = sizeof(number);
    return 0;
}

static void change_tcp_option(struct drill_host *h, struct drill_socket *s, int name, int number)
{
    if (name == TCP_NODELAY)
        s->options.no_delay = number != 0;
    else if (name == TCP_CORK)
        s->options.is_corked = number != 0;
    else if (name == TCP_USER_TIMEOUT)
        s->options.user_timeout_ms = (uint32_t)number;
    else if (name == TCP_NOTSENT_LOWAT)
        s->unsent_max = (uint32_t)number;
    else if (name == TCP_MAXSEG && !s->flow)
        drill_host_set_mss(h, (uint16_t)number);
}

/* Of what Linux doubles, a third is for what it needs besides. */
static uint32_t buffer_of(int doubled)
{
    return (uint32_t)doubled / 3 * 2;
}

static void change_option(struct drill_host *h, struct drill_socket *s, int level, int name,
                          int number)
{
    if (level == IPPROTO_TCP)
        change_tcp_option(h, s, name, number);
    else if (level == IPPROTO_IP && name == IP_TOS)
        s->options.dscp = (uint8_t)(number >> 2);
    else if (level == IPPROTO_IP && name == IP_TTL)
        s->options.ttl = (uint8_t)number;
    else if (level == SOL_SOCKET && name == SO_SNDBUF)
        s->options.send_max = buffer_of(s->send_buffer = 2 * number);
    else if (level == SOL_SOCKET && name == SO_RCVBUF)
        s->options.receive_max = (uint32_t)(s->receive_buffer = 2 * number);
}

static int setsockopt_locked(struct drill_host *h, struct drill_socket *s, int level, int name,
                             const void *value, socklen_t len)
{
    int number = 0; /* the octets of a shorter one come first */
    memcpy(&number, value, len < sizeof(number) ? len : sizeof(number));
    if (level == SOL_SOCKET && name == SO_LINGER && len >= sizeof(struct linger)) {
        struct linger linger;
        memcpy(&linger, value, sizeof(linger));
        s->is_linger_zero = linger.l_onoff && linger.l_linger == 0;
        return 0;
    }
    if (s->flow)
        s->options = flow_options(s->flow);
    else if (!s->has_options)
        s->options =
            (struct flow_options){ .receive_max = 15 << 20, .send_max = 4 << 20, .ttl = 64 };
    s->has_options = true;
    change_option(h, s, level, name, number);
    if (!s->flow)
        return 0;
    flow_set_options(s->flow, &s->options, h->now);
    if (level == IPPROTO_TCP && name == TCP_NODELAY && s->options.no_delay)
        flow_push(s->flow, h->now);
    return 0;
}

int drill_options_setsockopt(void *userdata, int fd, int level, int name, const void *value,
                             socklen_t len)
{
    struct drill_host *h = userdata;
    struct drill_socket *s = drill_host_find(h, fd);
    if (!s)
        return -1;
    DRILL_LOCKED(h, int, setsockopt_locked(h, s, level, name, value, len));
}
