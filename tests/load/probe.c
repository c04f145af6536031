/* SPDX-License-Identifier: BSD-2-Clause */
/* How a server answers attempts to log in: PORT KEY ROUNDS TRIES METHOD USER [USER …], one attempt that fails after
 * the other. METHOD is none, query, publickey, password or keyboard-interactive, where whatever is asked is answered
 * as the password is.
 *
 * In each round each user, in an order drawn by lot, has one connection: `none` first, so that what the first attempt
 * costs is not measured, then TRIES of the method. For each of these a line: user's place in the list, microseconds
 * from the request to the answer, octets of the answer. */
#include "load/peer.h"

#include "base/check.h"
#include "base/writer.h"
#include "crypto/random.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USERS_MAX = 16, WAIT_MS = 30000 };

#define WRONG_PASSWORD "not the right one"

struct probe {
    struct peer peer;
    const char *method;
    unsigned user, tries, done;
    bool is_ready;  /* `none` was answered */
    bool is_asking; /* and the time is not taken yet */
    struct instant asked_at;
    uint64_t received; /* before the answer */
};

static void ask(struct probe *probe)
{
    struct connection *c = probe->peer.connection;
    struct bytes blob = private_key_public_blob(probe->peer.key);
    if (!probe->is_ready || strcmp(probe->method, "none") == 0)
        connection_auth_none(c);
    else if (strcmp(probe->method, "password") == 0)
        connection_auth_password(c, BYTES_LITERAL(WRONG_PASSWORD));
    else if (strcmp(probe->method, "keyboard-interactive") == 0)
        connection_auth_interactive(c);
    else
        connection_auth_publickey(c, BYTES_LITERAL("ssh-ed25519"), blob,
                                  strcmp(probe->method, "publickey") == 0);
    probe->is_asking = true;
}

static void answer_prompts(struct connection *c, size_t count)
{
    scoped(buf) answers = BUF_EMPTY(AUTH_PROMPTS_MAX * (sizeof(uint32_t) + sizeof(WRONG_PASSWORD)));
    struct writer w = writer_to(&answers);
    for (size_t i = 0; i < count; i++)
        writer_string(&w, BYTES_LITERAL(WRONG_PASSWORD));
    CHECK(writer_end(&w) == OK);
    connection_answer_prompts(c, buf_bytes(&answers), count);
}

static void take_answer(struct probe *probe)
{
    if (probe->is_ready) {
        (void)printf("%u %ld %lu\n", probe->user, (long)(peer_now().us - probe->asked_at.us),
                     (unsigned long)(probe->peer.received - probe->received));
        probe->done++;
    }
    probe->is_ready = true;
}

static void on_event(void *context, const struct connection_event *event)
{
    struct probe *probe = context;
    CHECK(event->kind != CONNECTION_AUTHENTICATED && event->kind != CONNECTION_AUTH_PK_OK);
    if (event->kind == CONNECTION_ASK_PROMPTS)
        answer_prompts(probe->peer.connection, event->prompts.count);
    if (event->kind != CONNECTION_ASK_AUTH)
        return;
    if (event->methods.len)
        take_answer(probe);
    if (probe->done < probe->tries)
        ask(probe);
}

static void attempt(struct probe *probe, const struct peer_setup *setup)
{
    probe->is_ready = probe->is_asking = false;
    probe->done = 0;
    peer_open(&probe->peer, setup);
    while (probe->done < probe->tries) {
        struct pollfd wait = { probe->peer.fd, POLLIN | (peer_is_full(&probe->peer) ? POLLOUT : 0),
                               0 };
        if (poll(&wait, 1, WAIT_MS) > 0)
            peer_turn(&probe->peer, on_event, probe);
        else
            probe->peer.has_ended = true;
        if (probe->is_asking) {
            probe->asked_at = peer_now();
            probe->received = probe->peer.received;
            probe->is_asking = false;
        }
        if (probe->peer.has_ended && probe->done < probe->tries) {
            (void)fprintf(stderr, "ended as %s: %s; %s\n", setup->user,
                          err_text(connection_error(probe->peer.connection)),
                          connection_failure(probe->peer.connection));
            exit(EXIT_FAILURE);
        }
    }
    peer_close(&probe->peer);
}

static void shuffle(unsigned *order, unsigned count)
{
    for (unsigned i = count - 1; i > 0; i--) {
        uint32_t number;
        rng_fill(random_source(), &number, sizeof(number));
        unsigned other = number % (i + 1), kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
}

int main(int argc, char **argv)
{
    enum { PORT = 1, KEY, ROUNDS, TRIES, METHOD, USERS };
    unsigned count = argc > USERS ? (unsigned)(argc - USERS) : 0, order[USERS_MAX];
    if (count == 0 || count > USERS_MAX)
        return 2;
    struct private_key *key = peer_read_key(argv[KEY]);
    struct probe probe = { .method = argv[METHOD], .tries = (unsigned)atoi(argv[TRIES]) };
    for (unsigned i = 0; i < count; i++)
        order[i] = i;
    for (int round = atoi(argv[ROUNDS]); round > 0; round--) {
        shuffle(order, count);
        for (unsigned i = 0; i < count; i++) {
            probe.user = order[i];
            attempt(&probe, &(struct peer_setup){ .port = (uint16_t)atoi(argv[PORT]),
                                                  .user = argv[USERS + probe.user],
                                                  .key = key });
        }
    }
    private_key_free(key);
    return EXIT_SUCCESS;
}
