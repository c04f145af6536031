/* SPDX-License-Identifier: BSD-2-Clause */
/* Each test makes its device in a network of its own. */
#include "os/tun.h"

#include "tcpip/wire/checksum.h"
#include "tcpip/wire/tcp_segment.h"

#include <arpa/inet.h>
#include <linux/if_tun.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "network_stage.h"

enum { MTU = 1500, PORT = 4711, ANSWER_MS = 60000 };

#define TRUE_OR_FAIL(condition)                                           \
    do {                                                                  \
        if (!(condition)) {                                               \
            (void)fprintf(stderr, "line %d: %s\n", __LINE__, #condition); \
            return 1;                                                     \
        }                                                                 \
    } while (0)

static struct ip_address address_of(const char *text)
{
    struct ip_address address;
    (void)ip_address_parse(bytes_text(text), &address);
    return address;
}

/* 0, or the status the child is to end with. */
static int open_device(struct tun *tun)
{
    const struct ip_address v4 = address_of("192.0.2.2"), v6 = address_of("2001:db8::2");
    if (tun_open("glassh0", MTU, tun) != OK) {
        (void)fprintf(stderr, "no TUN device: %s\n", strerror(errno));
        return errno == EPERM || errno == EACCES || errno == ENOENT ? STAGE_CANNOT : 1;
    }
    return tun_add_address("glassh0", &v4, 24) == OK && tun_add_address("glassh0", &v6, 64) == OK
               ? 0
               : 1;
}

/* The next packet of TCP that the kernel sends to us. */
static bool next_segment(const struct tun *tun, struct span room, struct ip_header *ip,
                         struct tcp_segment *segment)
{
    struct pollfd polled = { .fd = tun->fd, .events = POLLIN };
    struct tun_packet packet;
    while (poll(&polled, 1, ANSWER_MS) == 1)
        while (tun_read(tun, room, &packet))
            if (ip_header_parse(packet.octets, ip) == OK && ip->protocol == IP_TCP &&
                tcp_segment_parse(ip, packet.checksum_is_known, segment) == OK)
                return true;
    return false;
}

/* As a stack would: the pseudo header's sum for the kernel to finish. */
static bool send_segment(const struct tun *tun, const struct ip_header *ip,
                         const struct tcp_segment *segment, uint16_t segment_len)
{
    uint8_t header[IP_HEADER_LEN_V6 + TCP_HEADER_MAX];
    size_t at = ip->source.version == 4 ? IP_HEADER_LEN_V4 : IP_HEADER_LEN_V6;
    size_t len = tcp_segment_write(segment, header + at);
    size_t total = len + segment->payload.len;
    (void)ip_header_write(ip, total, header);
    uint64_t pseudo =
        checksum_pseudo_header(&ip->source, &ip->destination, IP_TCP, (uint32_t)total);
    uint16_t sum = checksum_fold(pseudo);
    if (!tun->has_offloads)
        sum = checksum_finish(
            checksum_add(checksum_add(pseudo, bytes_of(header + at, len)), segment->payload));
    header[at + TCP_CHECKSUM_AT] = (uint8_t)(sum >> 8);
    header[at + TCP_CHECKSUM_AT + 1] = (uint8_t)sum;
    const struct tun_frame frame = {
        .parts = { bytes_of(header, at + len), segment->payload },
        .part_count = 2,
        .transport_at = at,
        .segment_len = segment_len,
        .needs_checksum = tun->has_offloads,
    };
    return tun_write(tun, &frame);
}

static int connect_to(const char *text)
{
    struct ip_address address = address_of(text);
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(PORT) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(PORT) };
    memcpy(&v4.sin_addr, address.octets, sizeof(v4.sin_addr));
    memcpy(&v6.sin6_addr, address.octets, sizeof(v6.sin6_addr));
    bool is_v4 = address.version == 4;
    int fd = socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const struct sockaddr *to = is_v4 ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6;
    (void)!connect(fd, to, is_v4 ? sizeof(v4) : sizeof(v6));
    return fd;
}

/* The kernel opens a connection; what it then gets is one frame of 20 segments. */
static int take_a_large_segment(const char *text)
{
    enum { SEGMENT = 1000, COUNT = 20 };
    static uint8_t room[TUN_ROOM], sent[SEGMENT * COUNT], got[sizeof(sent)];
    struct tun tun;
    struct ip_header ip;
    struct tcp_segment syn;
    int status = open_device(&tun);
    if (status)
        return status;
    int fd = connect_to(text);
    TRUE_OR_FAIL(next_segment(&tun, (struct span){ room, sizeof(room) }, &ip, &syn));
    TRUE_OR_FAIL(syn.flags == TCP_SYN && syn.destination_port == PORT);
    struct ip_header back = {
        .source = ip.destination, .destination = ip.source, .ttl = 64, .protocol = IP_TCP
    };
    struct tcp_segment answer = { .source_port = PORT,
                                  .destination_port = syn.source_port,
                                  .seq = 1000,
                                  .ack = syn.seq + 1,
                                  .flags = TCP_SYN | TCP_ACK,
                                  .window = 60000 };
    TRUE_OR_FAIL(send_segment(&tun, &back, &answer, 0));
    for (size_t i = 0; i < sizeof(sent); i++)
        sent[i] = (uint8_t)(i * 7 / 3);
    answer.seq++;
    answer.flags = TCP_ACK | TCP_PSH;
    answer.payload = bytes_of(sent, sizeof(sent));
    for (size_t i = 0; !tun.has_offloads && i < COUNT; i++, answer.seq += SEGMENT) {
        answer.payload = bytes_of(sent + i * SEGMENT, SEGMENT);
        TRUE_OR_FAIL(send_segment(&tun, &back, &answer, 0));
    }
    if (tun.has_offloads)
        TRUE_OR_FAIL(send_segment(&tun, &back, &answer, SEGMENT));
    size_t len = 0;
    struct pollfd polled = { .fd = fd, .events = POLLIN };
    while (len < sizeof(got) && poll(&polled, 1, ANSWER_MS) == 1) {
        ssize_t part = recv(fd, got + len, sizeof(got) - len, 0);
        TRUE_OR_FAIL(part > 0);
        len += (size_t)part;
    }
    TRUE_OR_FAIL(len == sizeof(got) && memcmp(got, sent, len) == 0);
    return 0;
}

static int take_ipv4(void)
{
    return take_a_large_segment("192.0.2.1");
}

static int take_ipv6(void)
{
    return take_a_large_segment("2001:db8::1");
}

static void test_a_large_segment_arrives_as_what_was_in_it(void **state)
{
    (void)state;
    in_own_network(take_ipv4);
}

static void test_a_large_segment_of_ipv6_does_too(void **state)
{
    (void)state;
    in_own_network(take_ipv6);
}

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef TUN_F_USO4
#define TUN_F_USO4 0x20
#define TUN_F_USO6 0x40
#endif

/* The lengths of all datagrams for the port that come until so many octets are there; how many they are is returned. */
static size_t datagrams(const struct tun *tun, size_t wanted, size_t *len)
{
    enum { UDP_HEADER = 8 };
    static uint8_t room[TUN_ROOM];
    struct pollfd polled = { .fd = tun->fd, .events = POLLIN };
    struct ip_header ip;
    struct tun_packet packet;
    size_t count = 0;
    for (*len = 0; *len < wanted && poll(&polled, 1, ANSWER_MS) == 1;)
        while (tun_read(tun, (struct span){ room, sizeof(room) }, &packet))
            if (ip_header_parse(packet.octets, &ip) == OK && ip.protocol == IPPROTO_UDP &&
                ip.payload.data[2] == PORT >> 8 && ip.payload.data[3] == (PORT & 0xff)) {
                *len += ip.payload.len - UDP_HEADER;
                count++;
            }
    return count;
}

static int send_many_datagrams(int family)
{
    enum { DATAGRAM = 1000, COUNT = 20 };
    static const uint8_t sent[DATAGRAM * COUNT];
    struct tun tun;
    int status = open_device(&tun), cut = DATAGRAM;
    if (status)
        return status;
    int fd = socket(family, SOCK_DGRAM, 0);
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(PORT) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(PORT) };
    TRUE_OR_FAIL(inet_pton(AF_INET, "192.0.2.1", &v4.sin_addr) == 1);
    TRUE_OR_FAIL(inet_pton(AF_INET6, "2001:db8::1", &v6.sin6_addr) == 1);
    const struct sockaddr *to =
        family == AF_INET ? (const struct sockaddr *)&v4 : (const struct sockaddr *)&v6;
    if (setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &cut, sizeof(cut)) != 0)
        return STAGE_CANNOT;
    TRUE_OR_FAIL(sendto(fd, sent, sizeof(sent), 0, to,
                        family == AF_INET ? sizeof(v4) : sizeof(v6)) == sizeof(sent));
    size_t len = 0, count = datagrams(&tun, sizeof(sent), &len);
    bool has_uso = ioctl(tun.fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_USO4 | TUN_F_USO6) == 0;
    TRUE_OR_FAIL(len == sizeof(sent) && count == (has_uso ? 1 : COUNT));
    return 0;
}

static int send_ipv4(void)
{
    return send_many_datagrams(AF_INET);
}

static int send_ipv6(void)
{
    return send_many_datagrams(AF_INET6);
}

static void test_many_datagrams_come_as_one_where_the_kernel_has_it(void **state)
{
    (void)state;
    in_own_network(send_ipv4);
    in_own_network(send_ipv6);
}

static int look_for_addresses(void)
{
    struct tun tun;
    const struct ip_address ours = address_of("192.0.2.2"), other = address_of("192.0.2.1"),
                            ours6 = address_of("2001:db8::2");
    TRUE_OR_FAIL(!tun_is_kernels(&ours));
    int status = open_device(&tun);
    if (status)
        return status;
    TRUE_OR_FAIL(tun_is_kernels(&ours) && tun_is_kernels(&ours6) && !tun_is_kernels(&other));
    return 0;
}

static void test_the_address_given_is_the_kernels(void **state)
{
    (void)state;
    in_own_network(look_for_addresses);
}

/* What is sent to an address in use stays in the kernel, and comes back. */
static int send_to_oneself(void)
{
    enum { TIMES = 20 };
    const struct ip_address v6 = address_of("2001:db8::2");
    struct sockaddr_in6 name = { .sin6_family = AF_INET6, .sin6_port = htons(PORT) };
    memcpy(&name.sin6_addr, v6.octets, sizeof(name.sin6_addr));
    for (size_t i = 0; i < TIMES; i++) {
        struct tun tun;
        int status = open_device(&tun);
        if (status)
            return status;
        int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        struct pollfd polled = { .fd = fd, .events = POLLIN };
        TRUE_OR_FAIL(bind(fd, (const struct sockaddr *)&name, sizeof(name)) == 0);
        TRUE_OR_FAIL(sendto(fd, "", 1, 0, (const struct sockaddr *)&name, sizeof(name)) == 1);
        TRUE_OR_FAIL(poll(&polled, 1, ANSWER_MS) == 1);
        (void)close(fd);
        tun_close(&tun);
    }
    return 0;
}

static void test_an_address_is_in_use_as_soon_as_it_was_added(void **state)
{
    (void)state;
    in_own_network(send_to_oneself);
}

static int open_twice(void)
{
    struct tun first, second;
    int status = open_device(&first);
    if (status)
        return status;
    TRUE_OR_FAIL(tun_open("glassh0", MTU, &second) == ERR_SYSTEM && errno == EBUSY);
    TRUE_OR_FAIL(second.fd == -1);
    tun_close(&first);
    TRUE_OR_FAIL(if_nametoindex("glassh0") == 0);
    return 0;
}

static void test_a_device_is_ones_own_and_goes_with_its_descriptor(void **state)
{
    (void)state;
    in_own_network(open_twice);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_large_segment_arrives_as_what_was_in_it),
        cmocka_unit_test(test_a_large_segment_of_ipv6_does_too),
        cmocka_unit_test(test_many_datagrams_come_as_one_where_the_kernel_has_it),
        cmocka_unit_test(test_the_address_given_is_the_kernels),
        cmocka_unit_test(test_an_address_is_in_use_as_soon_as_it_was_added),
        cmocka_unit_test(test_a_device_is_ones_own_and_goes_with_its_descriptor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
