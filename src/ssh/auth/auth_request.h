/* SPDX-License-Identifier: BSD-2-Clause */
/* What authentication asks of the owner: the shapes of RFC 4252 requests and RFC 4256 prompts. */
#pragma once

#include "base/bytes.h"

enum { AUTH_PROMPTS_MAX = 16 }; /* questions in one round */

/* keyboard-interactive: everything is the peer's text. */
struct auth_prompts {
    struct bytes name;
    struct bytes instruction;
    size_t count;
    struct {
        struct bytes text;
        bool echoes;
    } prompt[AUTH_PROMPTS_MAX];
};

enum auth_method {
    AUTH_METHOD_NONE,
    AUTH_METHOD_PUBLICKEY,
    AUTH_METHOD_PASSWORD,
    AUTH_METHOD_INTERACTIVE,
    AUTH_METHOD_OTHER, /* none that we know */
};

/* Server: someone wants to log in. Nothing has been verified. */
struct auth_login {
    enum auth_method method;
    struct bytes user; /* of a longer one than there can be, its beginning */
    /* It will be refused whatever the answer is: the method is not offered, or something does not fit. What follows is
     * empty then. */
    bool is_impossible;
    struct bytes password;      /* PASSWORD */
    struct bytes key_algorithm; /* PUBLICKEY: the signature's algorithm */
    struct bytes key_blob;
    bool is_signed;           /* false: only asks whether the key would do */
    struct bytes signed_data; /* what `signature` must cover */
    struct bytes signature;
};
