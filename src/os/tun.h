/* SPDX-License-Identifier: BSD-2-Clause */
/* A TUN device: a network link whose other end is this process. The kernel gives us TCP segments as large as it
 * likes, as one packet, and cuts ours into what the link can carry (virtio_net_hdr), so one call moves up to 64 KiB.
 * All of it is done by ioctl: no program is run.
 *
 * The same goes for UDP where the kernel has it (USO, Linux 6.2), but only towards us: many datagrams that a program
 * sends in one call (UDP_SEGMENT) arrive as one packet. Nothing here sends or reads UDP: it is refused, and one
 * refusal for all of them is enough. Code that reads UDP would need to know where to cut the packet. */
#pragma once

#include "base/bytes.h"
#include "base/err.h"
#include "tcpip/wire/ip_address.h"

#include <net/if.h>

enum { TUN_PREFACE_LEN = 10, TUN_PACKET_MAX = 65535, TUN_ROOM = TUN_PREFACE_LEN + TUN_PACKET_MAX };
enum { TUN_PARTS_MAX = 9 };

struct tun {
    int fd;            /* non-blocking, closed on exec */
    bool has_offloads; /* large segments and unfinished checksums work in both directions */
};

#define TUN_NONE ((struct tun){ .fd = -1 })

/* Creates the device `name`, shorter than IFNAMSIZ, brings it up with that MTU and finds out whether the kernel cuts
 * segments for it. It lasts as long as its last descriptor. ERR_SYSTEM with errno: EBUSY it exists already, EPERM or
 * EACCES this is not allowed, ENOENT the kernel has no TUN. */
NODISCARD enum err tun_open(const char *name, uint16_t mtu, struct tun *tun);

/* Gives the kernel's end of the link the address, and with it the route to all addresses that share its first
 * `prefix_len` bits; it can be used on return. ERR_SYSTEM with errno. */
NODISCARD enum err tun_add_address(const char *name, const struct ip_address *address,
                                   unsigned prefix_len);

/* Whether the kernel already has that address, on any device. */
bool tun_is_kernels(const struct ip_address *address);

struct tun_packet {
    struct bytes octets;    /* from the IP header on; in the room */
    bool checksum_is_known; /* TCP and UDP: it has not left this host, or was found correct */
};

/* The next packet that the kernel sends; `room` has TUN_ROOM octets. False if there is none now. */
bool tun_read(const struct tun *tun, struct span room, struct tun_packet *packet);

/* A packet for the kernel. With `segment_len` its TCP payload is cut into pieces of that length; then, and with
 * `needs_checksum`, its checksum field holds the folded sum of the pseudo header. Both only if has_offloads. */
struct tun_frame {
    struct bytes parts[TUN_PARTS_MAX]; /* the first has the IP header, then TCP's */
    size_t part_count;
    size_t transport_at; /* the offset of TCP's header */
    uint16_t segment_len;
    bool needs_checksum;
};

/* False: the kernel did not take it, and it is lost, as packets can be. */
bool tun_write(const struct tun *tun, const struct tun_frame *frame);

void tun_close(struct tun *tun);
