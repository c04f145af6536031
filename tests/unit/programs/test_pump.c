/* SPDX-License-Identifier: BSD-2-Clause */
/* A server's pump and a client's at the two ends of a socket pair. What comes on the one channel goes into a pipe. */
#include "programs/pump/pump.h"

#include "base/limits.h"
#include "base/writer.h"
#include "crypto/crypto.h"
#include "crypto/random.h"
#include "keys/private/private_key.h"
#include "os/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum { READ, WRITE, CLIENT = 0, SERVER = 1, TURNS_MAX = 100000 };

struct stage {
    uv_loop_t loop;
    uv_timer_t alive; /* the pumps alone keep no loop going */
    int wire[2], pipe[2];
    struct private_key *host_key;
    struct connection *connections[2];
    struct pump *pumps[2];
    struct pump_sink *sink;
    uint32_t channel; /* the client's number */
    bool is_open;
};

static void on_client_event(void *context, const struct connection_event *event)
{
    struct stage *s = context;
    struct connection *c = s->connections[CLIENT];
    if (event->kind == CONNECTION_ASK_HOST_KEY)
        connection_answer_host_key(c, true);
    if (event->kind == CONNECTION_ASK_AUTH)
        connection_auth_none(c);
    if (event->kind == CONNECTION_AUTHENTICATED)
        s->channel = connection_open_session(c);
    s->is_open |= event->kind == CONNECTION_CHANNEL_OPENED;
}

static void sign(struct stage *s, const struct connection_sign *asked)
{
    scoped(buf) signature = BUF_EMPTY(LIMIT_SIGNATURE);
    assert_int_equal(private_key_sign(s->host_key, asked->algorithm, asked->message, &signature),
                     OK);
    connection_answer_signature(s->connections[SERVER], buf_bytes(&signature));
}

static void on_server_event(void *context, const struct connection_event *event)
{
    struct stage *s = context;
    struct connection *c = s->connections[SERVER];
    if (event->kind == CONNECTION_ASK_HOST_SIGNATURE)
        sign(s, &event->sign);
    if (event->kind == CONNECTION_ASK_LOGIN)
        connection_answer_login(c, CONNECTION_LOGIN_ACCEPTED);
    if (event->kind == CONNECTION_CHANNEL_OPENING) {
        const struct pump_sink_setup setup = { .fd = s->pipe[WRITE], .channel = event->channel };
        connection_answer_open(c, event->channel, true, 0);
        s->sink = pump_sink_new(s->pumps[SERVER], &setup);
    }
}

static void on_ended(void *context, enum err err, int number)
{
    (void)context;
    fail_msg("the connection has ended: %s, %d", err_name(err), number);
}

static void turn_until(struct stage *s, const bool *condition)
{
    for (int turns = 0; !*condition; turns++) {
        assert_true(turns < TURNS_MAX);
        (void)uv_run(&s->loop, UV_RUN_NOWAIT);
    }
}

static struct connection *make_connection(enum role role, struct bytes host_keys)
{
    struct connection_setup setup = {
        .role = role,
        .software = "glassh_test",
        .rng = random_source(),
        .now = clock_now(),
        .user = role == ROLE_CLIENT ? "alice" : NULL,
        .host_keys = host_keys,
        .auth_methods = BYTES_LITERAL("publickey"),
        .max_sessions = 1,
    };
    for (int i = 0; i < ALGORITHMS_CATEGORY_COUNT; i++)
        setup.offer.names[i] = algorithms_default((enum algorithms_category)i);
    setup.offer.names[ALGORITHMS_HOST_KEY] = BYTES_LITERAL("ssh-ed25519");
    return connection_new(&setup);
}

static void start_end(struct stage *s, enum role role, struct bytes host_keys)
{
    const struct pump_owner owner = {
        .event = role == ROLE_CLIENT ? on_client_event : on_server_event,
        .ended = on_ended,
        .context = s,
    };
    s->connections[role] = make_connection(role, host_keys);
    s->pumps[role] = pump_new(&s->loop, s->connections[role], s->wire[role], s->wire[role], &owner);
}

static void on_alive(uv_timer_t *timer)
{
    (void)timer;
}

static int set_up(void **state)
{
    static struct stage s;
    scoped(buf) keys = BUF_EMPTY(LIMIT_KEY_FILE);
    memset(&s, 0, sizeof(s));
    crypto_start();
    if (uv_loop_init(&s.loop) != 0 ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, s.wire) != 0 ||
        pipe2(s.pipe, O_NONBLOCK | O_CLOEXEC) != 0 ||
        private_key_generate(PKEY_ED25519, 0, &s.host_key) != OK)
        return -1;
    (void)uv_timer_init(&s.loop, &s.alive);
    (void)uv_timer_start(&s.alive, on_alive, 1, 1);
    struct writer w = writer_to(&keys);
    writer_string(&w, private_key_public_blob(s.host_key));
    start_end(&s, ROLE_CLIENT, BYTES_NONE);
    start_end(&s, ROLE_SERVER, buf_bytes(&keys));
    turn_until(&s, &s.is_open);
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct stage *s = *state;
    for (int end = CLIENT; end <= SERVER; end++) {
        pump_free(s->pumps[end]);
        connection_free(s->connections[end]);
        (void)close(s->wire[end]);
        (void)close(s->pipe[end]);
    }
    uv_close((uv_handle_t *)&s->alive, NULL);
    (void)uv_run(&s->loop, UV_RUN_DEFAULT);
    private_key_free(s->host_key);
    return uv_loop_close(&s->loop);
}

static void say(struct stage *s, const char *text)
{
    assert_int_equal(connection_data_copy(s->connections[CLIENT], s->channel, 0, bytes_text(text)),
                     strlen(text));
    pump_kick(s->pumps[CLIENT]);
}

static void fill(int fd)
{
    static const char octets[4096];
    while (write(fd, octets, sizeof(octets)) > 0)
        ;
}

static void drain(int fd)
{
    char octets[4096];
    while (read(fd, octets, sizeof(octets)) > 0)
        ;
}

/* What comes out of the pipe next. */
static void assert_says(struct stage *s, const char *wanted)
{
    char text[256];
    size_t len = 0;
    for (int turns = 0; len < strlen(wanted); turns++) {
        assert_true(turns < TURNS_MAX);
        (void)uv_run(&s->loop, UV_RUN_NOWAIT);
        ssize_t got = read(s->pipe[READ], text + len, sizeof(text) - len);
        len += got > 0 ? (size_t)got : 0;
    }
    assert_true(bytes_is(bytes_of(text, len), wanted));
}

static void data_reaches_its_descriptor(void **state)
{
    struct stage *s = *state;
    say(s, "one ");
    say(s, "and another");
    assert_says(s, "one and another");
}

/* It lies where it was received until the descriptor takes it: that memory is not given back meanwhile. */
static void a_rest_leaves_alone_what_a_full_descriptor_has_not_taken(void **state)
{
    struct stage *s = *state;
    uint64_t before = pump_count(s->pumps[SERVER]).received;
    fill(s->pipe[WRITE]);
    say(s, "held back");
    while (pump_count(s->pumps[SERVER]).received == before)
        (void)uv_run(&s->loop, UV_RUN_NOWAIT);
    pump_rest(s->pumps[SERVER]);
    drain(s->pipe[READ]);
    assert_says(s, "held back");
}

/* ---- a client alone ---- */

struct end {
    bool has_come;
    enum err err;
    int number;
};

static void take_end(void *context, enum err err, int number)
{
    *(struct end *)context = (struct end){ true, err, number };
}

static void take_nothing(void *context, const struct connection_event *event)
{
    (void)context;
    (void)event;
}

/* How it ends for a client that can tell its peer nothing, and has been told that much. */
static struct end end_without_output(const char *told)
{
    struct stage s = { .is_open = false };
    struct end end = { .has_come = false };
    const struct pump_owner owner = { take_nothing, take_end, &end };
    int out[2];
    crypto_start();
    assert_int_equal(uv_loop_init(&s.loop), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, s.wire), 0);
    assert_int_equal(pipe2(out, O_NONBLOCK | O_CLOEXEC), 0);
    assert_int_equal(close(out[READ]), 0);
    assert_int_equal(write(s.wire[SERVER], told, strlen(told)), strlen(told));
    (void)uv_timer_init(&s.loop, &s.alive);
    (void)uv_timer_start(&s.alive, on_alive, 1, 1);
    s.connections[CLIENT] = make_connection(ROLE_CLIENT, BYTES_NONE);
    s.pumps[CLIENT] = pump_new(&s.loop, s.connections[CLIENT], s.wire[CLIENT], out[WRITE], &owner);
    turn_until(&s, &end.has_come);
    pump_free(s.pumps[CLIENT]);
    connection_free(s.connections[CLIENT]);
    uv_close((uv_handle_t *)&s.alive, NULL);
    (void)uv_run(&s.loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&s.loop), 0);
    assert_int_equal(close(s.wire[CLIENT]) + close(s.wire[SERVER]) + close(out[WRITE]), 0);
    return end;
}

static void whoever_cannot_be_told_anything_any_more_is_no_peer(void **state)
{
    (void)state;
    struct end end = end_without_output("");
    assert_int_equal(end.err, ERR_SYSTEM);
    assert_int_equal(end.number, EPIPE);
    /* What came before counts for more. */
    assert_int_equal(end_without_output("SSH-1.5-old\r\n").err, ERR_BAD_VERSION);
}

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(data_reaches_its_descriptor, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_rest_leaves_alone_what_a_full_descriptor_has_not_taken,
                                        set_up, tear_down),
        cmocka_unit_test(whoever_cannot_be_told_anything_any_more_is_no_peer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
