/* SPDX-License-Identifier: BSD-2-Clause */
/* Chooses how to log in, attempt by attempt: keys, keyboard-interactive, password, in the order that the user prefers;
 * asks the person where it must. */
#pragma once

#include "programs/client/cache.h"
#include "programs/client/identities.h"
#include "programs/client/settings.h"
#include "ssh/connection.h"

enum login_method { LOGIN_NONE, LOGIN_PUBLICKEY, LOGIN_INTERACTIVE, LOGIN_PASSWORD };

struct login {
    const struct client_options *options;
    struct identities identities;
    struct buf accepted; /* signature algorithms we may use */

    struct identity *identity; /* of the running attempt */
    enum login_method method;  /* of the latest attempt */
    bool has_asked;            /* a person answered something */
    bool no_passwords;         /* the peer may not be the server: it gets no password or answer */
    unsigned key_tries;
    int password_tries, interactive_tries;
    bool was_questioned; /* in the latest keyboard-interactive attempt */
    char methods[256];   /* the server's latest list */
};

/* ERR_BAD_VALUE: the user's list of algorithms is wrong, and that has been logged. */
NODISCARD enum err login_init(struct login *login, const struct settings *settings,
                              const struct cache_entry *remembered);
void login_wipe(struct login *login);

/* Whether the first attempt will be signed with the key that worked last time. */
bool login_is_known(const struct login *login, const struct cache_entry *remembered);

/* Answers to CONNECTION_ASK_AUTH, AUTH_PK_OK, ASK_SIGNATURE, ASK_PROMPTS, AUTH_CHANGE_PASSWORD. */
void login_choose(struct login *login, struct connection *c, struct bytes methods, bool partial);
void login_key_is_welcome(struct login *login, struct connection *c);
void login_sign(struct login *login, struct connection *c, const struct connection_sign *sign);
void login_answer(struct login *login, struct connection *c, const struct auth_prompts *prompts);
void login_change_password(struct login *login, struct connection *c, struct bytes text);

/* "publickey": how the login succeeded. */
const char *login_method_name(const struct login *login);
