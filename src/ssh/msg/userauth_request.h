/* SPDX-License-Identifier: BSD-2-Clause */
/* SSH_MSG_USERAUTH_REQUEST, RFC 4252 section 5, with the methods none, publickey (section 7),
 * password (section 8) and keyboard-interactive (RFC 4256 section 3.1), and OpenSSH's
 * publickey-hostbound-v00@openssh.com, which names the server's host key in what is signed. */
#pragma once

#include "ssh/msg/message.h"

enum userauth_request_method {
    USERAUTH_REQUEST_NONE,
    USERAUTH_REQUEST_PUBLICKEY,
    USERAUTH_REQUEST_HOSTBOUND, /* as PUBLICKEY, and host_key */
    USERAUTH_REQUEST_PASSWORD,
    USERAUTH_REQUEST_INTERACTIVE,
    USERAUTH_REQUEST_OTHER, /* any other name: its fields were not read */
};

struct userauth_request {
    struct bytes user;
    struct bytes service;
    struct bytes
        method_name; /* as on the wire; decides `method` when decoding, not when encoding */
    enum userauth_request_method method;

    /* PUBLICKEY, HOSTBOUND. A message that says it is signed and then ends has an empty signature. */
    bool is_signed; /* false: only asks whether the key would do */
    struct bytes algorithm;
    struct bytes blob;
    struct bytes host_key; /* HOSTBOUND */
    struct bytes signature;
    struct bytes signed_part; /* decoding: the payload before the signature; what is signed is the
                               * session id as a string, then these octets */

    /* PASSWORD. */
    bool changes_password;
    struct bytes password; /* the old one if it changes */
    struct bytes new_password;

    /* INTERACTIVE. */
    struct bytes language;
    struct bytes submethods;
};

/* The wire name of a method (not OTHER). */
const char *userauth_request_method_name(enum userauth_request_method method);

/* ERR_TRAILING: something follows the fields of a known method. */
NODISCARD enum err userauth_request_decode(struct bytes payload, const struct field_sink *sink,
                                           struct userauth_request *out);

/* OTHER writes method_name and nothing after it. */
NODISCARD enum err userauth_request_encode(struct buf *out, const struct userauth_request *request);

/* Appends what a signature covers: the session id as a string, then the request up to its
 * signature. Give `request` as for encoding, with is_signed set. */
NODISCARD enum err userauth_request_encode_signed(struct buf *out, struct bytes session_id,
                                                  const struct userauth_request *request);

enum { USERAUTH_REQUEST_USER_MAX = 255 };

/* Whether the user name is acceptable: 1 to USERAUTH_REQUEST_USER_MAX octets of UTF-8 without
 * control characters, and no leading dash, which some program might take for an option. */
bool userauth_request_user_fits(struct bytes user);
