/* SPDX-License-Identifier: BSD-2-Clause */
/* The client's authentication machine: RFC 4252, with publickey (section 7), password (section 8) and
 * keyboard-interactive (RFC 4256). It begins with the service request; the first attempt may follow without waiting for
 * the reply. The owner chooses which method to try. */
#pragma once

#include "base/buf.h"
#include "base/trace.h"
#include "ssh/auth/auth_request.h"
#include "ssh/legality.h"
#include "ssh/msg/userauth_request.h"
#include "ssh/outbox.h"

enum auth_client_event_kind {
    AUTH_CLIENT_NOTHING,
    AUTH_CLIENT_ASK_METHOD,      /* methods, partial */
    AUTH_CLIENT_ASK_SIGNATURE,   /* algorithm, blob, message */
    AUTH_CLIENT_PK_OK,           /* algorithm, blob */
    AUTH_CLIENT_ASK_PROMPTS,     /* prompts */
    AUTH_CLIENT_CHANGE_PASSWORD, /* text */
    AUTH_CLIENT_BANNER,          /* text */
    AUTH_CLIENT_SUCCESS,
};

struct auth_client_event {
    enum auth_client_event_kind kind;
    bool partial;
    struct bytes methods, text, algorithm, blob, message;
    struct auth_prompts prompts;
};

struct auth_client {
    enum legality_phase phase; /* what may be received: AFTER_NEWKEYS to AUTH_… */
    enum legality_phase sent;  /* the request that went out before the service was accepted */
    bool is_signing;           /* the owner makes a signature */
    bool uses_hostbound;
    const struct trace *trace;
    struct outbox outbox;
    struct buf user, session_id, host_key;
    struct buf algorithm, blob; /* of the running publickey attempt */
    struct buf to_sign;
};

void auth_client_init(struct auth_client *a, const char *user, const struct trace *trace,
                      struct outbox outbox);
void auth_client_wipe(struct auth_client *a);

/* Call once the first keys are in use: requests the service. `host_key` is that of the first exchange. */
void auth_client_start(struct auth_client *a, struct bytes session_id, struct bytes host_key);

/* The server understands publickey-hostbound-v00@openssh.com. */
void auth_client_use_hostbound(struct auth_client *a);

/* Takes messages 6 and 50 to 79 that are legal in the phase. */
NODISCARD enum err auth_client_feed(struct auth_client *a, struct bytes payload,
                                    struct auth_client_event *event);

/* Another packet came: EXT_INFO can no longer come first. */
void auth_client_past_first(struct auth_client *a);

void auth_client_none(struct auth_client *a);
/* Sends a query, or with `signs` asks the owner for a signature (*event). */
void auth_client_publickey(struct auth_client *a, struct bytes algorithm, struct bytes blob,
                           bool signs, struct auth_client_event *event);
/* Empty: no signature could be made; the owner is then asked for another method (*event). */
void auth_client_answer_signature(struct auth_client *a, struct bytes signature,
                                  struct auth_client_event *event);
void auth_client_password(struct auth_client *a, struct bytes password);
void auth_client_interactive(struct auth_client *a);
/* Answers as SSH strings one after another. */
void auth_client_answer_prompts(struct auth_client *a, struct bytes answers, size_t count);
