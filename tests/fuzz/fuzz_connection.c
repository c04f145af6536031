/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection before there are keys, either role. How the stream is cut does not matter: the same error,
 * the same events, the same output. And nothing that needs keys happens: nobody logs in. */
#include "base/writer.h"
#include "crypto/crypto.h"
#include "fuzz/fuzz.h"
#include "ssh/connection.h"

enum { ROOM = 4 * 1024 * 1024, INPUT_MAX = 64 * 1024, EVENTS_MAX = 4096 };

static const struct bytes host_key = BYTES_LITERAL("\0\0\0\063\0\0\0\013ssh-ed25519\0\0\0\040"
                                                   "0123456789abcdef0123456789abcdef");

struct outcome {
    enum err err;
    size_t event_count;
    enum connection_event_kind events[EVENTS_MAX];
    struct buf output;
};

static void fill(void *context, struct span out)
{
    uint8_t *next = context;
    for (size_t i = 0; i < out.len; i++)
        out.data[i] = (*next)++;
}

static struct connection *start(enum role role, const struct rng *rng)
{
    struct connection_setup setup = {
        .role = role,
        .software = "test",
        .rng = rng,
        .user = "alice",
        .host_keys = host_key,
        .auth_methods = BYTES_LITERAL("publickey,password"),
        .max_auth_tries = 6,
        .max_sessions = 10,
    };
    for (enum algorithms_category c = 0; c < ALGORITHMS_CATEGORY_COUNT; c++)
        setup.offer.names[c] = algorithms_default(c);
    return connection_new(&setup);
}

static void collect(struct connection *c, struct outcome *out)
{
    struct connection_event event;
    while (connection_next(c, &event)) {
        CHECK(event.kind != CONNECTION_AUTHENTICATED && event.kind != CONNECTION_ASK_LOGIN &&
              event.kind != CONNECTION_ASK_SIGNATURE && event.kind != CONNECTION_CHANNEL_OPENING);
        if (event.kind == CONNECTION_ASK_HOST_SIGNATURE)
            connection_answer_signature(c, BYTES_LITERAL("no signature at all"));
        if (event.kind == CONNECTION_ASK_HOST_KEY)
            connection_answer_host_key(c, true);
        CHECK(out->event_count < EVENTS_MAX);
        out->events[out->event_count++] = event.kind;
    }
    struct bytes octets = connection_output(c);
    CHECK(buf_append(&out->output, octets) == OK);
    connection_sent(c, octets.len);
}

static void run(struct bytes in, enum role role, size_t chunk, struct outcome *out)
{
    uint8_t next = 0;
    const struct rng rng = { fill, &next };
    struct connection *c = start(role, &rng);
    scoped(buf) inbox = BUF_EMPTY(ROOM);
    buf_init(&out->output, ROOM);
    collect(c, out);
    while (in.len && out->err == OK) {
        struct bytes part = bytes_slice(in, 0, chunk);
        in = bytes_skip(in, part.len);
        CHECK(buf_append(&inbox, part) == OK);
        size_t used = 1;
        while (used > 0 && out->err == OK && buf_len(&inbox) > 0) {
            out->err = connection_feed(
                c, (struct span){ inbox.data + inbox.start, buf_len(&inbox) }, &used);
            buf_consume(&inbox, used);
            collect(c, out);
        }
    }
    if (out->err != OK)
        CHECK(connection_error(c) != OK);
    CHECK(!connection_is_authenticated(c));
    connection_free(c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    crypto_start();
    struct bytes in = bytes_of(data, size < INPUT_MAX ? size : INPUT_MAX);
    enum role role = fuzz_choice(&in, 2) ? ROLE_SERVER : ROLE_CLIENT;
    size_t chunk = 1 + fuzz_choice(&in, 64);
    static struct outcome whole, cut;
    memset(&whole, 0, sizeof(whole));
    memset(&cut, 0, sizeof(cut));
    run(in, role, INPUT_MAX, &whole);
    run(in, role, chunk, &cut);
    CHECK(whole.err == cut.err && whole.event_count == cut.event_count);
    CHECK(memcmp(whole.events, cut.events, sizeof(whole.events)) == 0);
    CHECK(buf_len(&whole.output) == buf_len(&cut.output));
    buf_wipe(&whole.output);
    buf_wipe(&cut.output);
    return 0;
}
