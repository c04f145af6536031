/* SPDX-License-Identifier: BSD-2-Clause */
/* The server's authentication machine: RFC 4252, RFC 4256. It reads requests and answers them as its owner
 * decides; it knows neither keys nor users. */
#pragma once

#include "base/buf.h"
#include "base/trace.h"
#include "ssh/auth/auth_request.h"
#include "ssh/budget.h"
#include "ssh/legality.h"
#include "ssh/outbox.h"

enum auth_server_event_kind {
    AUTH_SERVER_NOTHING,
    AUTH_SERVER_ASK_LOGIN,   /* .login */
    AUTH_SERVER_ASK_ANSWERS, /* .answers */
};

struct auth_server_event {
    enum auth_server_event_kind kind;
    struct auth_login login;
    struct bytes answers; /* SSH strings one after another */
    /* How many answers came. If not as many as there were questions, or if some are too long (0), `answers` is empty
     * and the owner must refuse the login. */
    size_t answers_count;
};

enum auth_server_answer {
    AUTH_SERVER_REFUSED,
    AUTH_SERVER_PARTIAL, /* right, but not enough */
    AUTH_SERVER_KEY_OK,
    AUTH_SERVER_ACCEPTED,
};

struct auth_server {
    enum legality_phase phase;
    bool is_asking;
    bool is_impossible;   /* the running request: see auth_request.h */
    bool counts;          /* whether a refusal of the running request is a failed attempt */
    bool knows_methods;   /* the methods are this user's; until then the owner refuses */
    size_t prompts_count; /* of the last INFO_REQUEST */
    unsigned failures;
    unsigned failures_max;
    const struct trace *trace;
    struct outbox outbox;
    struct budget *budget;
    struct buf methods, session_id, host_key;
    bool has_user;
    struct buf user; /* of the first request; it may not change */
    struct buf algorithm, blob, signed_data;
    struct buf banner; /* not sent yet */
};

/* `methods`: those that may be tried, comma-separated. */
void auth_server_init(struct auth_server *a, struct bytes methods, unsigned failures_max,
                      struct budget *budget, const struct trace *trace, struct outbox outbox);
void auth_server_wipe(struct auth_server *a);

/* Text for people, sent with the first attempt. */
void auth_server_greet(struct auth_server *a, struct bytes banner);

/* Call once the first keys are in use and the host key that signed is known. */
void auth_server_start(struct auth_server *a, struct bytes session_id, struct bytes host_key);
void auth_server_past_first(struct auth_server *a);

/* Takes messages 5 and 50 to 79 that are legal in the phase. ERR_UNSUPPORTED: an unknown service
 * (SERVICE_NOT_AVAILABLE). ERR_OVER_BUDGET. */
NODISCARD enum err auth_server_feed(struct auth_server *a, struct bytes payload, struct instant now,
                                    struct auth_server_event *event);

/* auth_server_answer answers ASK_LOGIN and ASK_ANSWERS; ERR_NO_AUTH: too many attempts failed. Before it may come
 * auth_server_offer, with the methods that can continue for this user, and auth_server_tell, with text for people. */
void auth_server_offer(struct auth_server *a, struct bytes methods);
NODISCARD enum err auth_server_tell(const struct auth_server *a, struct bytes text);
NODISCARD enum err auth_server_answer(struct auth_server *a, enum auth_server_answer answer);

/* Another answer to ASK_ANSWERS and to a keyboard-interactive ASK_LOGIN: asks these questions first. A new request
 * instead of answers drops them. */
NODISCARD enum err auth_server_ask(struct auth_server *a, const struct auth_prompts *prompts);
