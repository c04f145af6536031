/* SPDX-License-Identifier: BSD-2-Clause */
/* Holds connections and never says enough: half_open COUNT ADDRESSES PORT.
 *
 * COUNT connections to 127.0.0.1 from as many ADDRESSES of 127.0.0.0/8 (127.1.0.1 and on). By turns they say
 * nothing, an identification, or a first packet in an octet per second. Whoever is closed comes again. Prints
 * "held" when all are connected, and ends with stdin: "closed N refused N". */
#include "base/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_PER_TURN = 256, CONNECTS_PER_TURN = 100, TICK_MS = 1000 };

enum manner { SILENT, NAMED, SLOW, MANNER_COUNT };

/* What the slow ones say of, an octet at a time: a packet that never ends. */
static const char words[] = "SSH-2.0-slow\r\n\0\0\x0f\xfc\4\x14";

struct guest {
    int fd; /* -1: not connected */
    size_t said;
};

struct crowd {
    struct guest *guests;
    size_t count, address_count, connected, next, closed, refused;
    uint16_t port;
    int epoll_fd;
    bool was_complete;
};

static int64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * (int64_t)1000 + now.tv_nsec / 1000000;
}

static struct sockaddr_in address_of(const struct crowd *c, size_t number)
{
    uint32_t host = (uint32_t)(number % c->address_count);
    uint32_t address =
        127u << 24 | (1 + host / 254 / 256) << 16 | host / 254 % 256 << 8 | (1 + host % 254);
    return (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(address) };
}

static void say(struct guest *guest, size_t len)
{
    if (guest->said + len > sizeof(words) - 1)
        return;
    if (send(guest->fd, words + guest->said, len, MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
        guest->said += len;
}

static void connect_one(struct crowd *c, size_t number)
{
    const struct sockaddr_in from = address_of(c, number);
    const struct sockaddr_in to = { .sin_family = AF_INET,
                                    .sin_port = htons(c->port),
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    CHECK(fd >= 0);
    (void)setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
    CHECK(bind(fd, (const struct sockaddr *)&from, sizeof(from)) == 0);
    if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0 && errno != EINPROGRESS) {
        c->refused++;
        (void)close(fd);
        return;
    }
    struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP, .data.u64 = number };
    CHECK(epoll_ctl(c->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0);
    c->guests[number] = (struct guest){ .fd = fd };
    c->connected++;
}

static void connect_some(struct crowd *c)
{
    for (int i = 0; i < CONNECTS_PER_TURN && c->connected < c->count; i++) {
        while (c->guests[c->next].fd >= 0)
            c->next = (c->next + 1) % c->count;
        connect_one(c, c->next);
    }
    if (c->connected == c->count && !c->was_complete) {
        c->was_complete = true;
        printf("held\n");
        (void)fflush(stdout);
    }
}

/* The greeting; behind it, that it is over. */
static void read_one(struct crowd *c, size_t number)
{
    char room[4096];
    struct guest *guest = &c->guests[number];
    ssize_t got = guest->fd >= 0 ? recv(guest->fd, room, sizeof(room), MSG_DONTWAIT) : -1;
    if (got > 0) {
        if (guest->said == 0 && number % MANNER_COUNT == NAMED)
            say(guest, strcspn(words, "\n") + 1);
        return;
    }
    if (guest->fd < 0 || (got < 0 && errno == EAGAIN))
        return;
    (void)close(guest->fd);
    guest->fd = -1;
    c->connected--;
    c->closed++;
}

static void drip(struct crowd *c)
{
    for (size_t i = SLOW; i < c->count; i += MANNER_COUNT)
        if (c->guests[i].fd >= 0)
            say(&c->guests[i], 1);
}

static void run(struct crowd *c)
{
    struct epoll_event events[EVENTS_PER_TURN];
    struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };
    int64_t drip_at = now_ms();
    while (poll(&input, 1, 0) == 0) {
        connect_some(c);
        int count = epoll_wait(c->epoll_fd, events, EVENTS_PER_TURN, 10);
        for (int i = 0; i < count; i++)
            read_one(c, (size_t)events[i].data.u64);
        if (now_ms() >= drip_at) {
            drip(c);
            drip_at += TICK_MS;
        }
    }
}

int main(int argc, char **argv)
{
    struct rlimit limit;
    CHECK(argc == 4 && getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = limit.rlim_max;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    struct crowd c = { .count = strtoul(argv[1], NULL, 10),
                       .address_count = strtoul(argv[2], NULL, 10),
                       .port = (uint16_t)strtoul(argv[3], NULL, 10),
                       .epoll_fd = epoll_create1(EPOLL_CLOEXEC) };
    c.guests = calloc(c.count, sizeof(*c.guests));
    CHECK(c.guests && c.count > 0 && c.address_count > 0 && c.epoll_fd >= 0);
    for (size_t i = 0; i < c.count; i++)
        c.guests[i].fd = -1;
    run(&c);
    printf("closed %zu refused %zu\n", c.closed, c.refused);
    return 0;
}
