/* SPDX-License-Identifier: BSD-2-Clause */
/* What authentication asks the owner: the shapes of RFC 4252 requests and RFC 4256 prompts. */
#pragma once

#include "base/bytes.h"

enum { AUTH_PROMPTS_MAX = 16 }; /* questions in one round */

/* keyboard-interactive: all text is the peer's. */
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
    struct bytes user; /* cut off if longer than a user name can be */
    /* Refused whatever the answer: the method is not offered, or something does not fit. The fields below are then
     * empty. */
    bool is_impossible;
    struct bytes password;      /* PASSWORD */
    struct bytes key_algorithm; /* PUBLICKEY: the signature's algorithm */
    struct bytes key_blob;
    bool is_signed;           /* false: only asks whether the key would do */
    struct bytes signed_data; /* what `signature` must cover */
    struct bytes signature;
};
