/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/lab/ssh_talk.h"

#include "base/check.h"
#include "base/limits.h"
#include "base/writer.h"
#include "keys/private/private_key.h"
#include "keys/public_key.h"
#include "lab/scene.h"
#include "programs/lab/ssh_facts.h"
#include "ssh/connection.h"

#include <string.h>

enum {
    BYTES = 2000,
    WIRE_MAX = 64 * 1024 * 1024,
    INBOX_MAX = 4 * 1024 * 1024,
    PIECE = 4096,
    GRACE_MS = 120000,
    STATUS = 0
};

static const char USER[] = "alice";

struct end {
    struct connection *connection;
    struct flow *flow; /* NULL: not yet, or no longer */
    struct buf inbox;
    bool is_closing;
};

struct talk {
    struct scene scene;
    struct ssh_facts facts;
    struct dice dice;
    struct rng rng;
    struct private_key *host_key, *user_key;
    struct end ends[STORY_ENDS];
    uint32_t channel, server_channel;
    bool is_open; /* the client has asked for its channel */
    bool is_sending, has_ended;
    uint64_t left;   /* octets that the client has still to send */
    struct buf echo; /* octets that the server has still to send back */
    bool has_eof;
};

static void must(enum err err)
{
    CHECK(err == OK);
}

static void sign(struct connection *c, const struct private_key *key,
                 const struct connection_sign *request)
{
    scoped(buf) signature = BUF_EMPTY(LIMIT_SIGNATURE);
    must(private_key_sign(key, request->algorithm, request->message, &signature));
    connection_answer_signature(c, buf_bytes(&signature));
}

/* ---- the client ---- */

static void log_in(struct talk *t, struct connection *c)
{
    connection_auth_publickey(c, BYTES_LITERAL("ssh-ed25519"), private_key_public_blob(t->user_key),
                              true);
    if (t->is_open)
        return;
    t->is_open = true;
    t->channel = connection_open_session(c);
    const struct channel_request exec = { .kind = CHANNEL_REQUEST_EXEC,
                                          .want_reply = true,
                                          .text = BYTES_LITERAL("cat") };
    connection_request(c, t->channel, &exec);
}

static void send_data(struct talk *t, struct connection *c)
{
    uint8_t piece[PIECE];
    memset(piece, 'x', sizeof(piece));
    while (t->is_sending && t->left > 0) {
        size_t len = t->left < PIECE ? (size_t)t->left : PIECE;
        size_t took = connection_data_copy(c, t->channel, 0, bytes_of(piece, len));
        if (took == 0)
            return;
        t->left -= took;
    }
    if (t->is_sending)
        connection_eof(c, t->channel);
    t->is_sending = false;
}

static void client_event(struct talk *t, struct connection *c, const struct connection_event *event)
{
    switch ((int)event->kind) {
    case CONNECTION_ASK_HOST_KEY:
        connection_answer_host_key(
            c, bytes_equal(event->host_key.blob, private_key_public_blob(t->host_key)));
        break;
    case CONNECTION_ASK_AUTH:
        log_in(t, c);
        break;
    case CONNECTION_ASK_SIGNATURE:
        sign(c, t->user_key, &event->sign);
        break;
    case CONNECTION_CHANNEL_REPLY:
        t->is_sending = true;
        send_data(t, c);
        break;
    case CONNECTION_CHANNEL_ROOM:
        send_data(t, c);
        break;
    case CONNECTION_CHANNEL_DATA:
        connection_data_delivered(c, t->channel, event->data.len);
        break;
    case CONNECTION_CHANNEL_CLOSED:
        connection_disconnect(c, SSH_DISCONNECT_BY_APPLICATION, "disconnected by user");
        t->ends[NETWORK_CLIENT].is_closing = true;
        break;
    default:
        break;
    }
}

/* ---- the server ---- */

static bool is_right(const struct talk *t, const struct auth_login *login)
{
    struct public_key *key;
    if (!bytes_is(login->user, USER) || !login->is_signed ||
        !bytes_equal(login->key_blob, private_key_public_blob(t->user_key)) ||
        public_key_decode(login->key_blob, &key) != OK)
        return false;
    enum err err =
        public_key_verify(key, login->key_algorithm, login->signed_data, login->signature);
    public_key_free(key);
    return err == OK;
}

/* The program echoes its input and ends with it. */
static void echo(struct talk *t, struct connection *c)
{
    size_t took = connection_data_copy(c, t->server_channel, 0, buf_bytes(&t->echo));
    buf_consume(&t->echo, took);
    connection_data_delivered(c, t->server_channel, took);
    if (buf_len(&t->echo) > 0 || !t->has_eof || t->has_ended)
        return;
    t->has_ended = true;
    const struct channel_request status = { .kind = CHANNEL_REQUEST_EXIT_STATUS, .status = STATUS };
    connection_eof(c, t->server_channel);
    connection_request(c, t->server_channel, &status);
    connection_close(c, t->server_channel);
}

static void server_event(struct talk *t, struct connection *c, const struct connection_event *event)
{
    switch ((int)event->kind) {
    case CONNECTION_ASK_HOST_SIGNATURE:
        sign(c, t->host_key, &event->sign);
        break;
    case CONNECTION_ASK_LOGIN:
        connection_answer_login(c, is_right(t, &event->login) ? CONNECTION_LOGIN_ACCEPTED
                                                              : CONNECTION_LOGIN_REFUSED);
        break;
    case CONNECTION_CHANNEL_OPENING:
        t->server_channel = event->channel;
        connection_answer_open(c, event->channel, true, 0);
        break;
    case CONNECTION_CHANNEL_REQUEST:
        if (event->request.want_reply)
            connection_answer_request(c, event->channel, true);
        break;
    case CONNECTION_CHANNEL_DATA:
        must(buf_append(&t->echo, event->data));
        echo(t, c);
        break;
    case CONNECTION_CHANNEL_EOF:
        t->has_eof = true;
        echo(t, c);
        break;
    case CONNECTION_CHANNEL_ROOM:
        echo(t, c);
        break;
    default:
        break;
    }
}

/* ---- between SSH and TCP ---- */

static void take_events(struct talk *t, int host)
{
    struct connection_event event;
    struct connection *c = t->ends[host].connection;
    while (connection_next(c, &event)) {
        if (host == NETWORK_CLIENT)
            client_event(t, c, &event);
        else
            server_event(t, c, &event);
    }
}

static void send_output(struct talk *t, int host)
{
    struct end *end = &t->ends[host];
    struct instant now = network_now(t->scene.network);
    if (!end->flow)
        return;
    for (struct bytes out; (out = connection_output(end->connection)).len > 0;) {
        size_t sent = flow_send(end->flow, out, now);
        if (sent == 0)
            return;
        connection_sent(end->connection, sent);
        take_events(t, host);
    }
    if (end->is_closing)
        flow_close(end->flow, now);
    end->is_closing = false;
}

static void feed(struct talk *t, int host)
{
    struct end *end = &t->ends[host];
    for (struct bytes data; (data = flow_received(end->flow)).len > 0;) {
        must(buf_append(&end->inbox, data));
        flow_consume(end->flow, data.len, network_now(t->scene.network));
    }
    for (size_t used = 1; used > 0;) {
        struct span in = { end->inbox.data + end->inbox.start, buf_len(&end->inbox) };
        if (in.len == 0)
            return;
        enum err err = connection_feed(end->connection, in, &used);
        take_events(t, host);
        buf_consume(&end->inbox, used);
        if (err != OK)
            return;
    }
}

static void start_connection(struct talk *t, int host)
{
    bool is_client = host == NETWORK_CLIENT;
    struct connection_setup setup = {
        .role = is_client ? ROLE_CLIENT : ROLE_SERVER,
        .software = "glassh_" GLASSH_VERSION,
        .rng = &t->rng,
        .trace = is_client ? &t->facts.trace : NULL,
        .now = network_now(t->scene.network),
        .user = is_client ? USER : NULL,
        .guesses = is_client,
        .pipelines = is_client,
        .login_known = is_client,
        .auth_methods = BYTES_LITERAL("publickey"),
        .max_auth_tries = 3,
        .max_sessions = 1,
        .login_grace_ms = GRACE_MS,
    };
    for (int i = 0; i < ALGORITHMS_CATEGORY_COUNT; i++)
        setup.offer.names[i] = algorithms_default((enum algorithms_category)i);
    scoped(buf) keys = BUF_EMPTY(LIMIT_KEY_FILE);
    struct writer w = writer_to(&keys);
    writer_string(&w, private_key_public_blob(t->host_key));
    if (!is_client) {
        setup.host_keys = buf_bytes(&keys);
        setup.offer.names[ALGORITHMS_HOST_KEY] = BYTES_LITERAL("ssh-ed25519");
    }
    t->ends[host].connection = connection_new(&setup);
}

static void open(struct talk *t, int host, struct flow *flow)
{
    struct flow_options options = flow_options(flow);
    options.no_delay = true;
    flow_set_options(flow, &options, network_now(t->scene.network));
    t->ends[host].flow = flow;
    start_connection(t, host);
    take_events(t, host);
}

static void end_flow(struct talk *t, int host, struct flow *flow)
{
    if (host == NETWORK_CLIENT)
        network_watch(t->scene.network, NULL);
    flow_release(flow, network_now(t->scene.network));
    t->ends[host].flow = NULL;
}

static void on_event(void *context, int host, const struct flow_event *event)
{
    struct talk *t = context;
    struct end *end = &t->ends[host];
    if (event->kind == FLOW_OPENED)
        open(t, host, event->flow);
    if (!end->flow)
        return;
    if (connection_expire(end->connection, network_now(t->scene.network)) != OK)
        end->is_closing = true;
    if (event->kind == FLOW_DATA)
        feed(t, host);
    else if (event->kind == FLOW_PEER_CLOSED)
        end->is_closing |= host == NETWORK_SERVER;
    else if (event->kind >= FLOW_CLOSED)
        end_flow(t, host, event->flow);
    send_output(t, host);
}

/* ---- life ---- */

static void start(struct talk *t, const struct scenario_options *options, struct story *story)
{
    story_init(story, (struct instant){ 0 });
    story->name = "ssh";
    story->title = "a login and a transfer of SSH, with the TCP below it";
    story->lesson = "What TCP carries in order SSH cuts into messages: those that it may send "
                    "without waiting leave "
                    "together, and after NEWKEYS nobody on the way can read them.";
    story->seed = options->seed;
    t->dice = dice_new(options->seed, UINT32_MAX);
    t->rng = dice_rng(&t->dice);
    t->left = options->bytes ? options->bytes : BYTES;
    must(private_key_generate(PKEY_ED25519, 0, &t->host_key));
    must(private_key_generate(PKEY_ED25519, 0, &t->user_key));
    buf_init(&t->echo, WIRE_MAX);
    for (int host = 0; host < STORY_ENDS; host++)
        buf_init(&t->ends[host].inbox, INBOX_MAX);
    t->scene = (struct scene){ .story = story, .options = options };
    scene_start(&t->scene, &(struct scene_setup){ .event = on_event, .context = t });
    ssh_facts_init(&t->facts, t->scene.network, story);
}

void ssh_talk_run(const struct scenario_options *options, struct story *story)
{
    struct talk talk = { 0 }, *t = &talk;
    start(t, options, story);
    scene_connect(&t->scene);
    scene_finish(&t->scene);
    for (int host = 0; host < STORY_ENDS; host++) {
        connection_free(t->ends[host].connection);
        buf_wipe(&t->ends[host].inbox);
    }
    buf_wipe(&t->echo);
    private_key_free(t->host_key);
    private_key_free(t->user_key);
    network_free(t->scene.network);
}
