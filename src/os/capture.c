/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/capture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PROTOCOL_TCP = 6, SNAP_LEN = 128 };

/* IPv4: TCP, not a later fragment, either port is ours. IPv6: TCP right after the header, either port is
 * ours. And one of the flags is set. Offsets are from the IP header, which SOCK_DGRAM begins with. */
static int attach_filter(int fd, uint16_t port, uint8_t flags)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
        BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 4),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 4, 0, 11),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROTOCOL_TCP, 0, 19),
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 6),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 0x1fff, 17, 0),
        BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
        BPF_STMT(BPF_LD | BPF_H | BPF_IND, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port, 2, 0),
        BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port, 0, 12),
        BPF_STMT(BPF_LD | BPF_B | BPF_IND, 13),
        BPF_STMT(BPF_JMP | BPF_JA, 8),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 6, 0, 9),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 6),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROTOCOL_TCP, 0, 7),
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 40),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port, 2, 0),
        BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 42),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port, 0, 3),
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 53),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, flags, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SNAP_LEN),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    const struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };
    int yes = 1;
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) != 0)
        return -1;
    return setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &yes, sizeof(yes));
}

static int start(int fd, uint16_t port, uint8_t flags)
{
    const struct sockaddr_ll everywhere = { .sll_family = AF_PACKET,
                                            .sll_protocol = htons(ETH_P_ALL) };
    int yes = 1;
    if (attach_filter(fd, port, flags) != 0)
        return -1;
    (void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof(yes));
    return bind(fd, (const struct sockaddr *)&everywhere, sizeof(everywhere));
}

int capture_open(uint16_t local_port, uint8_t flags)
{
    /* Protocol 0 receives nothing until the filter is in place. */
    int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && start(fd, local_port, flags) != 0) {
        int reason = errno;
        (void)close(fd);
        errno = reason;
        return -1;
    }
    return fd;
}

static bool is_seen_twice(const struct sockaddr_ll *from)
{
    char name[IF_NAMESIZE] = "";
    return from->sll_pkttype == PACKET_OUTGOING &&
           if_indextoname((unsigned)from->sll_ifindex, name) && name[0] == 'l' && name[1] == 'o' &&
           name[2] == 0;
}

/* The kernel stamps frames with the time of day. */
static int64_t age_of(struct msghdr *message)
{
    struct timespec stamp, now;
    struct cmsghdr *c = CMSG_FIRSTHDR(message);
    if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS)
        return 0;
    memcpy(&stamp, CMSG_DATA(c), sizeof(stamp));
    (void)clock_gettime(CLOCK_REALTIME, &now);
    int64_t age_us =
        (now.tv_sec - stamp.tv_sec) * (int64_t)1000000 + (now.tv_nsec - stamp.tv_nsec) / 1000;
    return age_us > 0 ? age_us : 0;
}

bool capture_next(int fd, int wait_ms, struct span room, struct bytes *frame, int64_t *age_us)
{
    for (;;) {
        struct sockaddr_ll from;
        _Alignas(struct cmsghdr) uint8_t control[CMSG_SPACE(sizeof(struct timespec))];
        struct iovec part = { room.data, room.len };
        struct msghdr message = { .msg_name = &from,
                                  .msg_namelen = sizeof(from),
                                  .msg_iov = &part,
                                  .msg_iovlen = 1,
                                  .msg_control = control,
                                  .msg_controllen = sizeof(control) };
        ssize_t got = recvmsg(fd, &message, 0);
        struct pollfd waiting = { .fd = fd, .events = POLLIN };
        if (got < 0 && poll(&waiting, 1, wait_ms) <= 0)
            return false;
        if (got <= 0 || is_seen_twice(&from))
            continue;
        *frame = bytes_of(room.data, (size_t)got);
        *age_us = age_of(&message);
        return true;
    }
}
