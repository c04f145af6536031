/* SPDX-License-Identifier: BSD-2-Clause */
/* What packetdrill loads (interface.h): the calls of sockets are in drill_open.c and its kin. */
#include "packetdrill/drill_calls.h"

#include "base/check.h"

#include <stdlib.h>
#include <string.h>

/* ---- the network and the clock ---- */

static int do_netdev_send(void *userdata, const void *packet, size_t count)
{
    struct drill_host *h = userdata;
    pthread_mutex_lock(&h->lock);
    struct stack_packet p = { bytes_of(packet, count), false };
    stack_feed(drill_host_stack(h), &p, h->now);
    drill_host_settle(h);
    drill_host_let_others_run(h);
    pthread_mutex_unlock(&h->lock);
    return 0;
}

static int do_netdev_receive(void *userdata, void *out, size_t *count, long long *time_usecs)
{
    struct drill_host *h = userdata;
    pthread_mutex_lock(&h->lock);
    drill_host_run_for_packet(h);
    bool has_packet = h->packet_begin < h->packet_end;
    if (has_packet) {
        struct drill_packet *p = &h->packets[h->packet_begin++ % DRILL_PACKETS];
        CHECK(p->len <= *count);
        memcpy(out, p->octets, p->len);
        *time_usecs = p->at.us;
        *count = p->len;
        free(p->octets);
    } else {
        *time_usecs = h->now.us;
        *count = 0;
    }
    pthread_mutex_unlock(&h->lock);
    return 0;
}

static int do_usleep(void *userdata, useconds_t usec)
{
    struct drill_host *h = userdata;
    pthread_mutex_lock(&h->lock);
    drill_host_advance(h, usec);
    pthread_mutex_unlock(&h->lock);
    return 0;
}

static int do_gettimeofday(void *userdata, struct timeval *tv, struct timezone *tz)
{
    struct drill_host *h = userdata;
    (void)tz;
    pthread_mutex_lock(&h->lock);
    h->now.us++; /* the runner spins on the clock: it has to move */
    tv->tv_sec = h->now.us / 1000000;
    tv->tv_usec = h->now.us % 1000000;
    pthread_mutex_unlock(&h->lock);
    return 0;
}

/* ---- what there is not; the runner calls without looking ---- */

static int do_pipe(void *userdata, int fds[2])
{
    (void)userdata;
    (void)fds;
    return drill_fail(ENOSYS);
}

static int do_splice(void *userdata, int in, loff_t *in_offset, int out, loff_t *out_offset,
                     size_t len, unsigned flags)
{
    (void)userdata;
    (void)in;
    (void)in_offset;
    (void)out;
    (void)out_offset;
    (void)len;
    (void)flags;
    return drill_fail(ENOSYS);
}

static void do_free(void *userdata)
{
    drill_host_free(userdata);
}

__attribute__((visibility("default"))) void packetdrill_interface_init(
    const char *flags, struct packetdrill_interface *interface)
{
    *interface = (struct packetdrill_interface){
        .userdata = drill_host_new(flags),
        .free = do_free,
        .socket = drill_open_socket,
        .bind = drill_open_bind,
        .listen = drill_open_listen,
        .accept = drill_open_accept,
        .connect = drill_open_connect,
        .read = drill_data_read,
        .readv = drill_data_readv,
        .recv = drill_data_recv,
        .recvfrom = drill_data_recvfrom,
        .recvmsg = drill_data_recvmsg,
        .write = drill_data_write,
        .writev = drill_data_writev,
        .send = drill_data_send,
        .sendto = drill_data_sendto,
        .sendmsg = drill_data_sendmsg,
        .fcntl = drill_options_fcntl,
        .ioctl = drill_options_ioctl,
        .close = drill_open_close,
        .shutdown = drill_open_shutdown,
        .getsockopt = drill_options_getsockopt,
        .setsockopt = drill_options_setsockopt,
        .poll = drill_poll_poll,
        .netdev_send = do_netdev_send,
        .netdev_receive = do_netdev_receive,
        .usleep = do_usleep,
        .gettimeofday = do_gettimeofday,
        .epoll_create = drill_poll_epoll_create,
        .epoll_ctl = drill_poll_epoll_ctl,
        .epoll_wait = drill_poll_epoll_wait,
        .pipe = do_pipe,
        .splice = do_splice,
    };
}
