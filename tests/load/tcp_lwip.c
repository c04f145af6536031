/* SPDX-License-Identifier: BSD-2-Clause */
/* The simple services of load/tcp_kernel.c by lwIP, as Debian builds it: NAME ADDRESS takes the other end of the TUN
 * device NAME, which is there and up, answers as ADDRESS there, says "ready" and runs until stdin ends. For measuring
 * only; by lwIP's raw calls, which are its fastest. Nothing of ours is in here: base/err.h has some of lwIP's names. */
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <lwip/ip.h>
#include <lwip/tcp.h>
#include <lwip/tcpip.h>
#include <poll.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MUST(x) ((x) ? (void)0 : (perror(#x), abort()))

enum { ECHO = 7, DISCARD = 9, ONCE = 13, SOURCE = 19 };
enum { MTU = 1500, TURN = 64, BACKLOG = 255 };

static uint8_t block[TCP_SND_BUF];
static int device = -1;

/* ---- the services ---- */

static void fill(struct tcp_pcb *flow)
{
    u16_t room;
    while ((room = (u16_t)LWIP_MIN(tcp_sndbuf(flow), UINT16_MAX)) > 0)
        if (tcp_write(flow, block, room, 0) != ERR_OK)
            break; /* the queue of segments is full */
    (void)tcp_output(flow);
}

static err_t has_sent(void *context, struct tcp_pcb *flow, u16_t len)
{
    (void)context;
    (void)len;
    fill(flow);
    return ERR_OK;
}

static err_t has_closed(struct tcp_pcb *flow)
{
    tcp_recv(flow, NULL);
    tcp_sent(flow, NULL);
    if (tcp_close(flow) == ERR_OK)
        return ERR_OK;
    tcp_abort(flow);
    return ERR_ABRT;
}

static err_t has_received(void *context, struct tcp_pcb *flow, struct pbuf *data, err_t err)
{
    (void)context;
    (void)err;
    if (!data)
        return has_closed(flow);
    u16_t port = flow->local_port, len = data->tot_len;
    if (port == ECHO || port == ONCE) {
        if (tcp_sndbuf(flow) < len)
            return ERR_MEM; /* it comes again */
        for (struct pbuf *part = data; part; part = part->next)
            MUST(tcp_write(flow, part->payload, part->len, TCP_WRITE_FLAG_COPY) == ERR_OK);
        (void)tcp_output(flow);
    }
    (void)pbuf_free(data);
    tcp_recved(flow, len);
    return port == ONCE ? has_closed(flow) : ERR_OK;
}

static err_t has_opened(void *context, struct tcp_pcb *flow, err_t err)
{
    (void)context;
    if (err != ERR_OK || !flow)
        return ERR_VAL;
    tcp_nagle_disable(flow);
    tcp_recv(flow, has_received);
    if (flow->local_port == SOURCE) {
        tcp_sent(flow, has_sent);
        fill(flow);
    }
    return ERR_OK;
}

static void listen_at(u16_t port)
{
    struct tcp_pcb *flow = tcp_new_ip_type(IPADDR_TYPE_V4);
    MUST(flow && tcp_bind(flow, IP4_ADDR_ANY, port) == ERR_OK);
    flow = tcp_listen_with_backlog(flow, BACKLOG);
    MUST(flow);
    tcp_accept(flow, has_opened);
}

/* ---- the device ---- */

static err_t write_packet(struct netif *netif, struct pbuf *packet, const ip4_addr_t *to)
{
    static uint8_t room[MTU];
    (void)netif;
    (void)to;
    const void *octets = packet->payload;
    if (packet->next) {
        (void)pbuf_copy_partial(packet, room, sizeof(room), 0);
        octets = room;
    }
    (void)!write(device, octets, packet->tot_len); /* or it is lost as packets are */
    return ERR_OK;
}

static err_t start_device(struct netif *netif)
{
    netif->name[0] = 't';
    netif->name[1] = 'n';
    netif->mtu = MTU;
    netif->output = write_packet;
    return ERR_OK;
}

static void feed(struct netif *netif, const uint8_t *octets, u16_t len)
{
    /* Not of lwIP's pool, which has 16 here: they are kept while something before them is missing. */
    struct pbuf *packet = pbuf_alloc(PBUF_RAW, len, PBUF_RAM);
    if (!packet)
        return;
    (void)pbuf_take(packet, octets, len);
    if (netif->input(packet, netif) != ERR_OK)
        (void)pbuf_free(packet);
}

static void run(struct netif *netif)
{
    static uint8_t room[MTU];
    struct pollfd polled[] = { { .fd = device, .events = POLLIN }, { .fd = 0, .events = POLLIN } };
    while (!polled[1].revents) {
        ssize_t len;
        (void)poll(polled, 2, -1);
        LOCK_TCPIP_CORE();
        for (int i = 0; i < TURN && (len = read(device, room, sizeof(room))) > 0; i++)
            feed(netif, room, (u16_t)len);
        UNLOCK_TCPIP_CORE();
    }
}

static void has_started(void *context)
{
    MUST(sem_post(context) == 0);
}

static void open_device(const char *name)
{
    struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
    (void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", name);
    MUST((device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC)) >= 0);
    MUST(ioctl(device, TUNSETIFF, &request) == 0);
}

int main(int argc, char **argv)
{
    static const u16_t ports[] = { ECHO, DISCARD, ONCE, SOURCE };
    static struct netif netif;
    sem_t is_started;
    ip4_addr_t address, mask;
    if (argc != 3 || !ip4addr_aton(argv[2], &address))
        return 2;
    IP4_ADDR(&mask, 255, 255, 255, 0);
    open_device(argv[1]);
    MUST(sem_init(&is_started, 0, 0) == 0);
    tcpip_init(has_started, &is_started);
    MUST(sem_wait(&is_started) == 0);
    LOCK_TCPIP_CORE();
    MUST(netif_add(&netif, &address, &mask, IP4_ADDR_ANY4, NULL, start_device, ip_input));
    netif_set_default(&netif);
    netif_set_up(&netif);
    netif_set_link_up(&netif);
    for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
        listen_at(ports[i]);
    UNLOCK_TCPIP_CORE();
    (void)puts("ready");
    (void)fflush(stdout);
    run(&netif);
    return 0;
}
