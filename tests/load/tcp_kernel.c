/* SPDX-License-Identifier: BSD-2-Clause */
/* Simple services and their clients by the kernel's TCP, over IPv4:
 * serve ADDRESS: echo at port 7, discard at 9, an echo that then closes at 13, a source at 19; says "ready", runs until
 *     stdin ends.
 * in|out ADDRESS SECONDS: sends to 9 or receives from 19; prints Gbit/s.
 * crr ADDRESS SECONDS: connects to 13, one octet there and back, until it is closed; prints how often in a second.
 * rr ADDRESS SECONDS: one octet there and back at 7; prints microseconds.
 * hold ADDRESS COUNT: connects so often to 7, says "held", waits until stdin ends. */
#include "base/check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    FIRST_PORT = 1024,
    ECHO = 7,
    DISCARD = 9,
    ONCE = 13,
    SOURCE = 19,
    EVENTS = 256,
    BLOCK = 512 * 1024,
    BACKLOG = 4096
};

static uint8_t block[BLOCK];

static double seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct sockaddr_in address_at(const char *text, uint16_t port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
    CHECK(inet_pton(AF_INET, text, &address.sin_addr) == 1);
    return address;
}

static void set(int fd, int level, int name)
{
    int on = 1;
    (void)setsockopt(fd, level, name, &on, sizeof(on));
}

/* ---- the server ---- */

/* What an event is about: the descriptor, and above it the port, or 0 for one that listens. */
static void watch(int epoll_fd, int fd, uint16_t port, uint32_t events)
{
    struct epoll_event event = { .events = events,
                                 .data.u64 = (uint64_t)port << 32 | (uint32_t)fd };
    CHECK(epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0);
}

/* The same for all, where it may be chosen; who connects to one that listens has it, too. */
static void set_cubic(int fd)
{
    (void)setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, "cubic", 5);
}

static void listen_at(int epoll_fd, const char *text, uint16_t port)
{
    struct sockaddr_in address = address_at(text, port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    set(fd, SOL_SOCKET, SO_REUSEADDR);
    set_cubic(fd);
    CHECK(bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 && listen(fd, BACKLOG) == 0);
    watch(epoll_fd, fd, 0, EPOLLIN);
}

/* In a process of its own, which does nothing else until nobody reads any more, or the network is gone. */
static void become_source(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (fork() == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)fcntl(fd, F_SETFL, flags & ~O_NONBLOCK);
        while (send(fd, block, BLOCK, MSG_NOSIGNAL) > 0)
            ;
        _exit(0);
    }
    (void)close(fd);
}

static void accept_all(int epoll_fd, int listening)
{
    struct sockaddr_in address;
    socklen_t len = sizeof(address);
    int fd;
    while ((fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        set(fd, IPPROTO_TCP, TCP_NODELAY);
        CHECK(getsockname(fd, (struct sockaddr *)&address, &len) == 0);
        uint16_t port = ntohs(address.sin_port);
        if (port == SOURCE)
            become_source(fd);
        else
            watch(epoll_fd, fd, port, EPOLLIN);
    }
}

static void serve_one(int fd, uint16_t port)
{
    ssize_t got = recv(fd, block, BLOCK, MSG_DONTWAIT);
    if (got < 0 && errno == EAGAIN)
        return;
    if (got > 0 && port != DISCARD)
        (void)!send(fd, block, (size_t)got, MSG_NOSIGNAL);
    if (got <= 0 || port == ONCE)
        (void)close(fd);
}

static int serve(const char *address)
{
    static const uint16_t ports[] = { ECHO, DISCARD, ONCE, SOURCE };
    struct epoll_event events[EVENTS];
    int epoll_fd = epoll_create1(0);
    for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++)
        listen_at(epoll_fd, address, ports[i]);
    watch(epoll_fd, STDIN_FILENO, 1, EPOLLIN);
    (void)signal(SIGCHLD, SIG_IGN);
    (void)puts("ready");
    (void)fflush(stdout);
    for (;;) {
        int count = epoll_wait(epoll_fd, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            int fd = (int)(uint32_t)events[i].data.u64;
            uint16_t port = (uint16_t)(events[i].data.u64 >> 32);
            if (fd == STDIN_FILENO)
                return 0;
            if (port == 0)
                accept_all(epoll_fd, fd);
            else
                serve_one(fd, port);
        }
    }
}

/* ---- clients ---- */

/* `from`: our own port, or 0: any. */
static int reach(const char *text, uint16_t port, uint16_t from)
{
    struct sockaddr_in address = address_at(text, port), own = address_at("0.0.0.0", from);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(from == 0 || bind(fd, (struct sockaddr *)&own, sizeof(own)) == 0);
    set_cubic(fd);
    set(fd, IPPROTO_TCP, TCP_NODELAY);
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0) {
        perror("connect");
        exit(1);
    }
    return fd;
}

static double move(const char *address, bool is_in, double duration)
{
    int fd = reach(address, is_in ? DISCARD : SOURCE, 0);
    double begin = seconds(), now = begin, total = 0;
    while ((now = seconds()) - begin < duration) {
        ssize_t count = is_in ? send(fd, block, BLOCK, 0) : recv(fd, block, BLOCK, 0);
        CHECK(count > 0);
        total += (double)count;
    }
    (void)close(fd);
    return total * 8 / (now - begin) / 1e9;
}

static void exchange(int fd)
{
    char octet = 'x';
    CHECK(send(fd, &octet, 1, 0) == 1 && recv(fd, &octet, 1, 0) == 1);
}

static double connect_request_respond(const char *address, double duration)
{
    double begin = seconds(), now;
    long count = 0;
    for (; (now = seconds()) - begin < duration; count++) {
        char octet;
        /* Each port in turn: the kernel soon takes one again, which lwIP will not have for minutes. */
        int fd = reach(address, ONCE, (uint16_t)(FIRST_PORT + count % (UINT16_MAX - FIRST_PORT)));
        exchange(fd);
        CHECK(recv(fd, &octet, 1, 0) == 0);
        (void)close(fd);
    }
    return (double)count / (now - begin);
}

static double request_respond(const char *address, double duration)
{
    int fd = reach(address, ECHO, 0);
    double begin = seconds(), now;
    long count = 0;
    for (; (now = seconds()) - begin < duration; count++)
        exchange(fd);
    (void)close(fd);
    return (now - begin) / (double)count * 1e6;
}

static int hold(const char *address, long count)
{
    struct rlimit limit = { (rlim_t)count + 64, (rlim_t)count + 64 };
    char octet;
    CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    for (long i = 0; i < count; i++)
        exchange(reach(address, ECHO, 0));
    (void)puts("held");
    (void)fflush(stdout);
    return read(STDIN_FILENO, &octet, 1) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "serve") == 0)
        return serve(argv[2]);
    if (argc != 4)
        return 2;
    double number = strtod(argv[3], NULL);
    if (strcmp(argv[1], "hold") == 0)
        return hold(argv[2], (long)number);
    if (strcmp(argv[1], "in") == 0 || strcmp(argv[1], "out") == 0)
        (void)printf("%.5f\n", move(argv[2], argv[1][0] == 'i', number));
    else if (strcmp(argv[1], "crr") == 0)
        (void)printf("%.0f\n", connect_request_respond(argv[2], number));
    else if (strcmp(argv[1], "rr") == 0)
        (void)printf("%.2f\n", request_respond(argv[2], number));
    else
        return 2;
    return 0;
}
