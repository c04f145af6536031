/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/tun.h"

#include "base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#ifndef TUN_F_USO4 /* Linux 6.2; older headers lack them */
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

enum {
    QUEUE_LEN = 5000, /* packets the kernel keeps for us; the default of 500 soon overflows */
    TCP_CHECKSUM_AT = 16,
    TCP_LENGTH_AT = 12,
    IPV6_VERSION = 6,
    IN_USE_MS = 2000 /* at most, for an address of IPv6 */
};

_Static_assert(sizeof(struct virtio_net_hdr) == TUN_PREFACE_LEN, "what is before each packet");

/* ---- the device ---- */

static struct ifreq request_for(const char *name)
{
    struct ifreq request;
    memset(&request, 0, sizeof(request));
    CHECK(strlen(name) < sizeof(request.ifr_name));
    memcpy(request.ifr_name, name, strlen(name));
    return request;
}

/* Makes one ioctl request, on a socket of its own. */
static bool ask(int family, unsigned long what, void *request)
{
    int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool done = ioctl(fd, what, request) == 0;
    int reason = errno;
    (void)close(fd);
    errno = reason;
    return done;
}

static bool attach(int fd, const char *name)
{
    struct ifreq request = request_for(name);
    request.ifr_flags = (short)(IFF_TUN | IFF_NO_PI | IFF_VNET_HDR | IFF_TUN_EXCL);
    return ioctl(fd, TUNSETIFF, &request) == 0;
}

static bool raise_link(const char *name, uint16_t mtu)
{
    struct ifreq request = request_for(name);
    request.ifr_mtu = mtu;
    if (!ask(AF_INET, SIOCSIFMTU, &request))
        return false;
    request.ifr_qlen = QUEUE_LEN;
    (void)ask(AF_INET, SIOCSIFTXQLEN, &request);
    request = request_for(name);
    if (!ask(AF_INET, SIOCGIFFLAGS, &request))
        return false;
    request.ifr_flags = (short)(request.ifr_flags | IFF_UP | IFF_RUNNING);
    return ask(AF_INET, SIOCSIFFLAGS, &request);
}

/* Some kernels accept the offer and then take no large segment. This one goes to nobody (0.0.0.1), and is dropped as
 * soon as it has been parsed. */
static bool takes_large_segments(const struct tun *tun)
{
    enum { SEGMENT = 1000, HEADER = 40, LEN = HEADER + 2 * SEGMENT };
    static const uint8_t header[HEADER] = {
        [0] = 0x45, [2] = LEN >> 8, [3] = LEN & 0xff, [8] = 1,       [9] = IPPROTO_TCP,
        [12] = 192, [14] = 2,       [15] = 1,         [19] = 1,      [20] = 0xff,
        [21] = 1,   [22] = 0xff,    [23] = 1,         [32] = 5 << 4,
    };
    static const uint8_t payload[2 * SEGMENT];
    const struct tun_frame frame = {
        .parts = { bytes_of(header, sizeof(header)), bytes_of(payload, sizeof(payload)) },
        .part_count = 2,
        .transport_at = 20,
        .segment_len = SEGMENT,
    };
    return tun_write(tun, &frame);
}

/* Older kernels have no large datagrams, and refuse the whole request if it has a flag they do not know. */
static bool ask_for_offloads(int fd)
{
    const unsigned long segments = TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6 | TUN_F_TSO_ECN;
    return ioctl(fd, TUNSETOFFLOAD, segments | TUN_F_USO4 | TUN_F_USO6) == 0 ||
           ioctl(fd, TUNSETOFFLOAD, segments) == 0;
}

enum err tun_open(const char *name, uint16_t mtu, struct tun *tun)
{
    *tun = TUN_NONE;
    int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return ERR_SYSTEM;
    if (attach(fd, name) && raise_link(name, mtu)) {
        *tun = (struct tun){ .fd = fd };
        tun->has_offloads = ask_for_offloads(fd) && takes_large_segments(tun);
        if (!tun->has_offloads)
            (void)ioctl(fd, TUNSETOFFLOAD, 0UL);
        return OK;
    }
    int reason = errno;
    (void)close(fd);
    errno = reason;
    return ERR_SYSTEM;
}

void tun_close(struct tun *tun)
{
    if (tun->fd >= 0)
        (void)close(tun->fd);
    *tun = TUN_NONE;
}

/* ---- addresses ---- */

static struct sockaddr_in socket_address(const uint8_t octets[4])
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    memcpy(&address.sin_addr, octets, sizeof(address.sin_addr));
    return address;
}

static enum err add_v4(const char *name, const struct ip_address *address, unsigned prefix_len)
{
    struct ifreq request = request_for(name);
    struct sockaddr_in part = socket_address(address->octets);
    memcpy(&request.ifr_addr, &part, sizeof(part));
    if (!ask(AF_INET, SIOCSIFADDR, &request))
        return ERR_SYSTEM;
    part.sin_addr.s_addr = htonl(prefix_len == 0 ? 0 : ~(uint32_t)0 << (32 - prefix_len));
    memcpy(&request.ifr_netmask, &part, sizeof(part));
    return ask(AF_INET, SIOCSIFNETMASK, &request) ? OK : ERR_SYSTEM;
}

/* As in linux/ipv6.h, which conflicts with netinet/in.h. */
struct v6_request {
    struct in6_addr address;
    uint32_t prefix_len;
    int index;
};

/* The kernel does the rest in the background. A connection made before that leaves from another address and gets no
 * answer. Until then the address cannot be bound. */
static bool comes_into_use(const struct ip_address *address)
{
    const struct timespec pause = { .tv_nsec = 1000000 };
    struct sockaddr_in6 name = { .sin6_family = AF_INET6 };
    memcpy(&name.sin6_addr, address->octets, sizeof(name.sin6_addr));
    int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    int reason = EADDRNOTAVAIL;
    for (unsigned ms = 0; reason == EADDRNOTAVAIL && ms < IN_USE_MS; ms++) {
        reason = bind(fd, (const struct sockaddr *)&name, sizeof(name)) == 0 ? 0 : errno;
        if (reason != 0)
            (void)nanosleep(&pause, NULL);
    }
    (void)close(fd);
    errno = reason;
    return reason == 0;
}

static enum err add_v6(const char *name, const struct ip_address *address, unsigned prefix_len)
{
    struct v6_request request = { .prefix_len = prefix_len, .index = (int)if_nametoindex(name) };
    memcpy(&request.address, address->octets, sizeof(request.address));
    if (!ask(AF_INET6, SIOCSIFADDR, &request) || !comes_into_use(address))
        return ERR_SYSTEM;
    /* Its route comes last, under the lock that this request waits for, to fail because the address exists. */
    (void)ask(AF_INET6, SIOCSIFADDR, &request);
    return OK;
}

enum err tun_add_address(const char *name, const struct ip_address *address, unsigned prefix_len)
{
    return address->version == IPV6_VERSION ? add_v6(name, address, prefix_len)
                                            : add_v4(name, address, prefix_len);
}

static bool is_same(const struct sockaddr *have, const struct ip_address *address)
{
    const void *octets = address->version == IPV6_VERSION
                             ? (const void *)&((const struct sockaddr_in6 *)have)->sin6_addr
                             : (const void *)&((const struct sockaddr_in *)have)->sin_addr;
    return have->sa_family == (address->version == IPV6_VERSION ? AF_INET6 : AF_INET) &&
           memcmp(octets, address->octets, ip_address_bytes(address).len) == 0;
}

bool tun_is_kernels(const struct ip_address *address)
{
    struct ifaddrs *all = NULL;
    bool found = false;
    if (getifaddrs(&all) != 0)
        return false;
    for (const struct ifaddrs *one = all; one && !found; one = one->ifa_next)
        found = one->ifa_addr && is_same(one->ifa_addr, address);
    freeifaddrs(all);
    return found;
}

/* ---- packets ---- */

bool tun_read(const struct tun *tun, struct span room, struct tun_packet *packet)
{
    struct virtio_net_hdr preface;
    CHECK(room.len >= TUN_ROOM);
    ssize_t got = read(tun->fd, room.data, room.len);
    if (got < TUN_PREFACE_LEN)
        return false;
    memcpy(&preface, room.data, sizeof(preface));
    packet->octets = bytes_of(room.data + TUN_PREFACE_LEN, (size_t)got - TUN_PREFACE_LEN);
    packet->checksum_is_known =
        (preface.flags & (VIRTIO_NET_HDR_F_NEEDS_CSUM | VIRTIO_NET_HDR_F_DATA_VALID)) != 0;
    return true;
}

/* The kernel wants to know where the payload begins, which only the TCP header itself shows. */
static struct virtio_net_hdr preface_of(const struct tun_frame *frame)
{
    const uint8_t *header = frame->parts[0].data;
    struct virtio_net_hdr preface = { .gso_type = VIRTIO_NET_HDR_GSO_NONE };
    if (frame->needs_checksum || frame->segment_len) {
        preface.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM;
        preface.csum_start = (uint16_t)frame->transport_at;
        preface.csum_offset = TCP_CHECKSUM_AT;
    }
    if (frame->segment_len) {
        CHECK(frame->transport_at + TCP_LENGTH_AT < frame->parts[0].len);
        size_t len = (header[frame->transport_at + TCP_LENGTH_AT] >> 4) * (size_t)4;
        preface.gso_type =
            header[0] >> 4 == IPV6_VERSION ? VIRTIO_NET_HDR_GSO_TCPV6 : VIRTIO_NET_HDR_GSO_TCPV4;
        preface.gso_size = frame->segment_len;
        preface.hdr_len = (uint16_t)(frame->transport_at + len);
    }
    return preface;
}

bool tun_write(const struct tun *tun, const struct tun_frame *frame)
{
    struct virtio_net_hdr preface = preface_of(frame);
    struct iovec parts[TUN_PARTS_MAX + 1] = { { &preface, sizeof(preface) } };
    CHECK(frame->part_count <= TUN_PARTS_MAX);
    for (size_t i = 0; i < frame->part_count; i++)
        parts[i + 1] =
            (struct iovec){ (void *)(uintptr_t)frame->parts[i].data, frame->parts[i].len };
    ssize_t sent;
    do
        sent = writev(tun->fd, parts, (int)frame->part_count + 1);
    while (sent < 0 && errno == EINTR);
    return sent > 0;
}
