/* SPDX-License-Identifier: BSD-2-Clause */
#include "load/peer.h"

#include "base/check.h"
#include "base/limits.h"
#include "crypto/crypto.h"
#include "crypto/random.h"
#include "os/file.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PEER_READ_LEN = 16 * 1024 };

struct instant peer_now(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (struct instant){ (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000 };
}

struct private_key *peer_read_key(const char *path)
{
    scoped(buf) text = BUF_EMPTY(LIMIT_KEY_FILE);
    struct private_key *key = NULL;
    crypto_start();
    if (file_read(path, &text, NULL) == OK && private_key_parse(buf_bytes(&text), NULL, &key) == OK)
        return key;
    (void)fprintf(stderr, "%s: no private key without a passphrase\n", path);
    exit(2);
}

static int dial(const struct peer_setup *setup)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons(setup->port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (setup->address && inet_pton(AF_INET, setup->address, &to.sin_addr) != 1) {
        (void)fprintf(stderr, "%s: no address\n", setup->address);
        exit(2);
    }
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int yes = 1;
    if (fd < 0 || setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes)) != 0 ||
        (connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0 && errno != EINPROGRESS)) {
        perror("connect");
        exit(2);
    }
    return fd;
}

void peer_open(struct peer *peer, const struct peer_setup *setup)
{
    const struct connection_setup connection = {
        .role = ROLE_CLIENT,
        .software = "glassh_load",
        .offer.names = { BYTES_LITERAL("curve25519-sha256"), BYTES_LITERAL("ssh-ed25519"),
                         BYTES_LITERAL("aes128-gcm@openssh.com"), BYTES_LITERAL("hmac-sha2-256"),
                         BYTES_LITERAL("none") },
        .rng = random_source(),
        .now = peer_now(),
        .user = setup->user,
        .guesses = true,
    };
    *peer = (struct peer){ .fd = dial(setup),
                           .connection = connection_new(&connection),
                           .key = setup->key };
    buf_init(&peer->inbox, CONNECTION_INPUT_MAX);
}

void peer_close(struct peer *peer)
{
    (void)close(peer->fd);
    connection_free(peer->connection);
    buf_wipe(&peer->inbox);
}

static void sign(const struct peer *peer, const struct connection_sign *asked)
{
    scoped(buf) signature = BUF_EMPTY(LIMIT_SIGNATURE);
    enum err err = private_key_sign(peer->key, asked->algorithm, asked->message, &signature);
    CHECK(err == OK);
    connection_answer_signature(peer->connection, buf_bytes(&signature));
}

static void hand_out(struct peer *peer, peer_event_fn on_event, void *context)
{
    struct connection_event event;
    while (connection_next(peer->connection, &event)) {
        if (event.kind == CONNECTION_ASK_HOST_KEY)
            connection_answer_host_key(peer->connection, true);
        else if (event.kind == CONNECTION_ASK_SIGNATURE)
            sign(peer, &event.sign);
        else
            on_event(context, &event);
    }
}

static void feed(struct peer *peer, peer_event_fn on_event, void *context)
{
    size_t used = 1;
    while (used && !peer->has_ended) {
        struct span in = { peer->inbox.data + peer->inbox.start, buf_len(&peer->inbox) };
        peer->has_ended = connection_feed(peer->connection, in, &used) != OK;
        hand_out(peer, on_event, context);
        buf_consume(&peer->inbox, used);
    }
}

static void receive(struct peer *peer, peer_event_fn on_event, void *context)
{
    struct span room;
    enum err err = buf_reserve(&peer->inbox, PEER_READ_LEN, &room);
    CHECK(err == OK);
    ssize_t count = recv(peer->fd, room.data, room.len, 0);
    if (count > 0) {
        peer->received += (uint64_t)count;
        buf_commit(&peer->inbox, (size_t)count);
        feed(peer, on_event, context);
    } else {
        peer->has_ended = count == 0 || (errno != EAGAIN && errno != ENOTCONN);
    }
    if (buf_len(&peer->inbox) == 0)
        buf_wipe(&peer->inbox);
}

static void send_output(struct peer *peer)
{
    struct bytes out = connection_output(peer->connection);
    if (out.len == 0)
        return;
    ssize_t count = send(peer->fd, out.data, out.len, MSG_NOSIGNAL);
    if (count > 0)
        connection_sent(peer->connection, (size_t)count);
    else if (errno != EAGAIN && errno != ENOTCONN)
        peer->has_ended = true;
}

void peer_turn(struct peer *peer, peer_event_fn on_event, void *context)
{
    if (connection_expire(peer->connection, peer_now()) != OK)
        peer->has_ended = true;
    hand_out(peer, on_event, context);
    if (!peer->has_ended)
        receive(peer, on_event, context);
    send_output(peer);
}

bool peer_is_full(const struct peer *peer)
{
    return connection_output(peer->connection).len > 0;
}
