/* SPDX-License-Identifier: BSD-2-Clause */
/* One SSH connection, either role: composes the transport (RFC 4253), the authentication (RFC 4252) and the channels
 * (RFC 4254), and owns no rule of its own.
 *
 * The owner feeds it what the socket delivers, collects events, answers questions, sends its output and tells it the
 * time. After any feed, answer, command or expire, call next, output and deadline again. What an event lends (struct
 * bytes) lies in the span that was fed, or in the connection: it is valid until the next feed, expire, or until the
 * span is overwritten, whichever comes first; with connection_is_compressed, until the next connection_feed only. */
#pragma once

#include "base/buf.h"
#include "base/instant.h"
#include "base/rng.h"
#include "base/trace.h"
#include "keys/exchange_hash.h"
#include "ssh/auth/auth_request.h"
#include "ssh/channel/channel_request.h"
#include "ssh/reasons.h"
#include "ssh/role.h"
#include "ssh/transport/algorithms.h"

struct connection;

struct connection_setup {
    enum role role;
    const char *software; /* "glassh_0.1"; an optional comment after a blank */
    struct algorithms_offer offer;
    const struct rng *rng;     /* outlives the connection */
    const struct trace *trace; /* or NULL */
    struct instant now;

    /* Rekey after this many octets in either direction, or this long; 0: the default. */
    uint64_t rekey_octets;
    int64_t rekey_ms;

    /* Client. */
    const char *user;
    bool guesses;      /* send a guessed first key-exchange packet with our KEXINIT */
    bool pipelines;    /* channel messages may precede the login's success, if the peer allows it */
    bool login_known;  /* the method tried first worked here last time */
    bool no_hostbound; /* never use publickey-hostbound-v00@openssh.com */

    /* Server. */
    struct bytes host_keys; /* key blobs as SSH strings one after another, the best first */
    struct bytes
        user_key_algorithms; /* what users' keys may sign with, for server-sig-algs; empty: the default */
    struct bytes auth_methods; /* "publickey,password,keyboard-interactive" */
    struct bytes banner;       /* for people, sent with the first attempt to log in; empty: none */
    /* Our identification and a KEXINIT of this offer with this cookie have been sent already (transport/preface.h);
     * empty: they are in the output. */
    struct bytes sent_cookie;
    unsigned max_auth_tries;
    unsigned max_sessions;
    int64_t login_grace_ms; /* 0: no limit */

    /* Keep-alive: after this long without a packet, up to this many times; 0: never. */
    int64_t alive_interval_ms;
    unsigned alive_count_max;
};

enum connection_event_kind {
    /* Both roles. */
    CONNECTION_KEX_DONE, /* keys are in use, at first or after a rekey; .kex has what was chosen */
    CONNECTION_AUTHENTICATED, /* login done; .user (server) */
    CONNECTION_CHANNEL_OPENED,
    CONNECTION_CHANNEL_REFUSED, /* .reason .text: our open was refused; the channel is gone */
    CONNECTION_CHANNEL_DATA,    /* .extended (0: data, 1: stderr) .data */
    CONNECTION_CHANNEL_EOF,
    CONNECTION_CHANNEL_CLOSED,  /* both sides have closed; the channel is gone */
    CONNECTION_CHANNEL_REQUEST, /* .request; if it wants a reply, connection_answer_request */
    CONNECTION_CHANNEL_REPLY,   /* .ok: to our oldest unanswered request on that channel */
    CONNECTION_CHANNEL_ROOM,    /* there was no room for data, now there is */
    CONNECTION_GLOBAL_REPLY,    /* .ok .data */
    CONNECTION_DISCONNECTED,    /* the peer sent a DISCONNECT: .reason .text; nothing follows */

    /* Client. */
    CONNECTION_BANNER,       /* .text, for people */
    CONNECTION_ASK_HOST_KEY, /* .host_key: proven by signature; trusted? connection_answer_host_key */
    CONNECTION_ASK_AUTH, /* .methods (empty: not known yet) .partial: choose with connection_auth_… */
    CONNECTION_ASK_SIGNATURE,        /* .sign: sign it, connection_answer_signature */
    CONNECTION_AUTH_PK_OK,           /* the key that was queried would be accepted; choose again */
    CONNECTION_ASK_PROMPTS,          /* .prompts: connection_answer_prompts */
    CONNECTION_AUTH_CHANGE_PASSWORD, /* .text: the server wants a new password; choose again */

    /* Server. */
    CONNECTION_ASK_HOST_SIGNATURE, /* .sign: with the host key; connection_answer_signature */
    CONNECTION_ASK_LOGIN,          /* .login: connection_answer_login */
    CONNECTION_ASK_ANSWERS,        /* .answers .answers_count: see auth_server.h; the same */
    CONNECTION_CHANNEL_OPENING,    /* .request.type names it: connection_answer_open */
};

struct connection_event {
    enum connection_event_kind kind;
    uint32_t channel; /* our number for it */
    bool ok;
    bool partial;
    uint32_t extended;
    uint32_t reason; /* SSH_DISCONNECT_… or SSH_OPEN_… */
    struct bytes data;
    struct bytes text; /* the peer's: escape before showing */
    struct bytes user;
    struct bytes methods; /* comma-separated */
    struct bytes channel_type;
    struct channel_request request;
    struct algorithms_chosen kex;
    struct connection_host_key {
        struct bytes algorithm;
        struct bytes blob;
        bool is_rekey;
    } host_key;
    struct connection_sign {
        struct bytes algorithm;
        struct bytes blob;    /* of the public key that must sign */
        struct bytes message; /* what to sign: for a host key, the exchange hash … */
        struct exchange_hash_parts exchange; /* … and its inputs */
    } sign;
    struct auth_prompts prompts;
    struct auth_login login;
    struct bytes answers; /* SSH strings one after another */
    size_t answers_count;
};

struct connection *connection_new(const struct connection_setup *setup);
void connection_free(struct connection *c);

/* Takes octets from the peer and decrypts them in place. *used is how many were consumed. It stops after each packet
 * that makes an event: collect the events, then feed the rest. Less than a whole packet is left alone: keep it and feed
 * it again with more after it. An error ends the connection; its output (a DISCONNECT) should still be sent. Input must
 * fit CONNECTION_INPUT_MAX. */
NODISCARD enum err connection_feed(struct connection *c, struct span in, size_t *used);
bool connection_next(struct connection *c, struct connection_event *event);
/* The octets for the peer, valid until the next call that takes a `struct connection *`. */
struct bytes connection_output(const struct connection *c);
void connection_sent(struct connection *c, size_t count);
struct instant connection_deadline(const struct connection *c);
/* Sets the time; call it in each turn before feeding. ERR_TIMEOUT ends the connection. */
NODISCARD enum err connection_expire(struct connection *c, struct instant now);

enum { CONNECTION_INPUT_MAX = 4 + 256 * 1024 + 64 };

/* Answers. Once the connection is over, they and all commands do nothing. */
void connection_answer_host_key(struct connection *c, bool trusted);
/* An empty signature: none could be made (a client is asked for another method). */
void connection_answer_signature(struct connection *c, struct bytes signature);
/* One answer per prompt, as SSH strings one after another. */
void connection_answer_prompts(struct connection *c, struct bytes answers, size_t count);
enum connection_login_answer {
    CONNECTION_LOGIN_REFUSED,
    CONNECTION_LOGIN_PARTIAL, /* right, but not enough */
    CONNECTION_LOGIN_KEY_OK,  /* an unsigned publickey query: this key would do */
    CONNECTION_LOGIN_ACCEPTED,
};
void connection_answer_login(struct connection *c, enum connection_login_answer answer);
/* Instead, for keyboard-interactive: asks these questions first. They are copied. */
void connection_answer_login_prompts(struct connection *c, const struct auth_prompts *prompts);
/* Before either: the methods that can continue for the user, now that it is known; and text for people. */
void connection_offer_methods(struct connection *c, struct bytes methods);
void connection_tell_user(struct connection *c, struct bytes text);
/* Likewise: values that replace those of the setup from now on. */
struct connection_terms {
    unsigned max_auth_tries, max_sessions;
    int64_t alive_interval_ms;
    unsigned alive_count_max;
    uint64_t rekey_octets;
    int64_t rekey_ms;
};
void connection_set_terms(struct connection *c, const struct connection_terms *terms);
void connection_answer_open(struct connection *c, uint32_t channel, bool accepted, uint32_t reason);
void connection_answer_request(struct connection *c, uint32_t channel, bool ok);

/* Client: methods to log in, each after CONNECTION_ASK_AUTH. For publickey, `signs` false sends the
 * query without a signature. Text is copied (passwords are wiped). */
void connection_auth_none(struct connection *c);
void connection_auth_publickey(struct connection *c, struct bytes algorithm, struct bytes blob,
                               bool signs);
void connection_auth_password(struct connection *c, struct bytes password);
void connection_auth_interactive(struct connection *c);
/* No method is left: ends the connection with a DISCONNECT; the next feed or expire is ERR_NO_AUTH. */
void connection_auth_give_up(struct connection *c);
/* The server's server-sig-algs (RFC 8308), empty if it sent none. */
struct bytes connection_server_sig_algs(const struct connection *c);

/* Channels. */
uint32_t connection_open_session(struct connection *c);
/* Sends a request on our channel; its reply, if wanted, comes as CONNECTION_CHANNEL_REPLY. */
void connection_request(struct connection *c, uint32_t channel,
                        const struct channel_request *request);
void connection_global_request(struct connection *c, const char *name, bool want_reply,
                               struct bytes specific);

/* Sending data without copying: up to `count` writable spans inside packets that are being built.
 * Returns how many spans there are (0: no room; CONNECTION_CHANNEL_ROOM comes later). Read into them
 * in order, then commit the octets filled, which may be 0. Nothing else may be called in between. */
size_t connection_data_reserve(struct connection *c, uint32_t channel, uint32_t extended,
                               struct span *spans, size_t count);
void connection_data_commit(struct connection *c, size_t filled);
/* The same with a copy; returns how many octets were taken. */
size_t connection_data_copy(struct connection *c, uint32_t channel, uint32_t extended,
                            struct bytes data);
/* `count` octets of CHANNEL_DATA were delivered and may be credited to the peer's window. */
void connection_data_delivered(struct connection *c, uint32_t channel, size_t count);
void connection_eof(struct connection *c, uint32_t channel);
void connection_close(struct connection *c, uint32_t channel);

void connection_rekey(struct connection *c);
/* Sends a DISCONNECT with an SSH_DISCONNECT_… code and a fixed text. */
void connection_disconnect(struct connection *c, uint32_t reason, const char *text);

/* The path's current round trip in microseconds, as the system measures it: windows follow it. */
void connection_round_trip(struct connection *c, int64_t us);

/* Nothing flows for a while: gives back the memory that large transfers need. */
void connection_rest(struct connection *c);

/* Facts. */
bool connection_is_compressed(const struct connection *c);
bool connection_is_authenticated(const struct connection *c);
struct bytes connection_peer_ident(const struct connection *c); /* "SSH-2.0-…", empty if not yet */
/* Not OK: the connection is over, for whatever reason; what is in the output should still be sent. */
enum err connection_error(const struct connection *c);
const char *connection_failure(const struct connection *c); /* one sentence of detail, or "" */
struct bytes connection_peer_line(
    const struct connection *c); /* its identification as far as it came */
/* After ERR_NO_COMMON: the kind of algorithm ("host key type", static), and the peer's offer of it: names of printable
 * US-ASCII, valid as long as the connection. */
const char *connection_missing(const struct connection *c, struct bytes *offer);
