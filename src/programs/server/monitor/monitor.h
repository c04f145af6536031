/* SPDX-License-Identifier: BSD-2-Clause */
/* Decides for one connection: has the host's key sign, and rules who may log in and what they may do. It knows the
 * configuration and the account, and nothing of the protocol: questions come as plain octets, and every octet is the
 * peer's. */
#pragma once

#include "base/buf.h"
#include "os/endpoint.h"
#include "programs/server/common/account.h"
#include "programs/server/common/outcome.h"
#include "programs/server/common/policy.h"
#include "programs/server/monitor/authorizer.h"

struct pam_link;
struct server_options;
struct terms;
struct monitor;

/* All of it must outlive the monitor. */
struct monitor_setup {
    const struct server_options *options;
    int keyd_fd;
    int cradle_fd; /* the socket where verifiers wait */
    authorizer_start_fn start_authorizer;
    const struct account *account; /* of whoever runs the server */
    bool serves_all; /* every user of the system may log in, not only that one; for root */
    struct endpoint peer, local;
    int worker_fd; /* answers are not waited for once the worker is gone; or -1 */
};

enum monitor_method {
    MONITOR_NONE,
    MONITOR_PUBLICKEY,
    MONITOR_PASSWORD,
    MONITOR_INTERACTIVE,
    MONITOR_OTHER, /* one that we do not have */
};

struct monitor_login {
    enum monitor_method method;
    struct bytes user;
    /* The method is not offered, or something in the request does not fit: a failed attempt, and the fields below are
     * empty. */
    bool is_impossible;
    struct bytes password;
    struct bytes key_algorithm, key_blob;
    bool is_signed;
    struct bytes signed_data, signature;
    bool has_answers; /* INTERACTIVE: to monitor_questions, as SSH strings … */
    bool answers_fit; /* … unless there are too few or too many, or some are too long */
    struct bytes answers;
};

/* What the user is asked; borrowed until the next attempt. */
struct monitor_questions {
    struct bytes name, instruction;
    uint32_t count, echoes; /* bit i: the answer to the i-th is echoed */
    struct bytes prompts;   /* SSH strings */
};

enum monitor_verdict {
    MONITOR_REFUSED,
    MONITOR_PARTIAL, /* right, but AuthenticationMethods wants more */
    MONITOR_KEY_OK,  /* unsigned: this key would be accepted */
    MONITOR_ACCEPTED,
    MONITOR_ASKS, /* INTERACTIVE: the answers to monitor_questions decide */
};

struct monitor *monitor_new(const struct monitor_setup *setup);
void monitor_free(struct monitor *monitor);

/* A process that must be asked is gone: nobody can be let in any more. */
bool monitor_is_lost(const struct monitor *monitor);

/* The methods that may come next, comma-separated; valid until the next attempt. */
struct bytes monitor_methods(const struct monitor *monitor);

/* Has keyd sign what the worker asks (an EXCHANGE record). The first hash is the session id, which users' signatures
 * must cover. Errors of host_signature_ask. */
NODISCARD enum err monitor_sign(struct monitor *monitor, struct bytes question,
                                struct buf *signature);

/* Names the user of the coming attempts, who need not exist: monitor_options are that user's from now on. */
void monitor_name_user(struct monitor *monitor, struct bytes user);

/* The options in force, and for whom; valid as long as the monitor. */
const struct terms *monitor_terms(const struct monitor *monitor);

/* Whether another attempt is allowed: MaxAuthTries of them may fail, and the worker ends after the last. */
bool monitor_may_try(const struct monitor *monitor);

/* Judges an attempt and logs it. With PAM an accepted one has an open session. Answers belong to the attempt before
 * them, of the same user, which gave MONITOR_ASKS. */
enum monitor_verdict monitor_decide(struct monitor *monitor, const struct monitor_login *login);

/* Whether answers are awaited; and to which questions. */
bool monitor_is_asking(const struct monitor *monitor);
struct monitor_questions monitor_questions(const struct monitor *monitor);

/* PAM's messages to the user in the last attempt; escaped, and valid until the next one. */
struct bytes monitor_text(const struct monitor *monitor);

/* PAM's process, which starts the session's; NULL without PAM. */
struct pam_link *monitor_pam(struct monitor *monitor);

/* The account that was logged in to. Valid as long as the monitor; CHECKs that there is one. */
const struct account *monitor_account(const struct monitor *monitor);

/* The options in force: for the connection, and from the first attempt on for its user. Valid until the next attempt,
 * and after the accepted one as long as the monitor. */
const struct server_options *monitor_options(const struct monitor *monitor);

/* What the user may do: nothing until a login is accepted. Valid as long as the monitor. */
const struct policy *monitor_policy(const struct monitor *monitor);

/* How the login was proved: for each step a method's name and, for a key, its blob, as SSH strings. Valid as long as
 * the monitor. */
struct bytes monitor_proofs(const struct monitor *monitor);

/* The outcome for the peer's source if the connection ended now. */
enum outcome monitor_outcome(const struct monitor *monitor);
