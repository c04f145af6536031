/* SPDX-License-Identifier: BSD-2-Clause */
/* Decides for one connection: has the host's key sign, and says who may log in and what they may do.
 * It knows the configuration and the account, and nothing of the protocol: what it is asked comes as plain
 * octets, and every octet of it is the peer's. */
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

/* All of it outlives the monitor. */
struct monitor_setup {
    const struct server_options *options;
    int keyd_fd;
    int cradle_fd; /* where verifiers wait */
    authorizer_start_fn start_authorizer;
    const struct account *account; /* of whoever runs the server */
    bool serves_all; /* every user of the system may log in, not that one only: root's */
    struct endpoint peer, local;
    int worker_fd; /* when it is gone no answer is waited for any longer; or -1 */
};

enum monitor_method {
    MONITOR_NONE,
    MONITOR_PUBLICKEY,
    MONITOR_PASSWORD,
    MONITOR_INTERACTIVE,
    MONITOR_OTHER, /* none that we have */
};

struct monitor_login {
    enum monitor_method method;
    struct bytes user;
    /* Not offered, or something did not fit: it is a failed attempt, and what follows is empty. */
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
    uint32_t count, echoes; /* bit i: the answer to the i-th may be seen */
    struct bytes prompts;   /* SSH strings */
};

enum monitor_verdict {
    MONITOR_REFUSED,
    MONITOR_PARTIAL, /* right, but AuthenticationMethods wants more */
    MONITOR_KEY_OK,  /* an unsigned question: this key would do */
    MONITOR_ACCEPTED,
    MONITOR_ASKS, /* INTERACTIVE: it depends on the answers to monitor_questions */
};

struct monitor *monitor_new(const struct monitor_setup *setup);
void monitor_free(struct monitor *monitor);

/* Who must be asked is gone: nobody can be let in any more. */
bool monitor_is_lost(const struct monitor *monitor);

/* The methods that may come next, comma-separated; valid until the next attempt. */
struct bytes monitor_methods(const struct monitor *monitor);

/* Has keyd sign what the worker asks (an EXCHANGE record). The first hash is the session's id, which what users
 * sign must name. Errors of host_signature_ask. */
NODISCARD enum err monitor_sign(struct monitor *monitor, struct bytes question,
                                struct buf *signature);

/* Whose attempts are going to come: monitor_options are that user's from now on, who need not exist. */
void monitor_name_user(struct monitor *monitor, struct bytes user);

/* What holds, and for whom; valid as long as the monitor. */
const struct terms *monitor_terms(const struct monitor *monitor);

/* Whether there may be another attempt: as many as MaxAuthTries may fail, and the worker ends after the last. */
bool monitor_may_try(const struct monitor *monitor);

/* Judges an attempt and logs it. With PAM an accepted one has an open session.
 * Answers are for the attempt before them, of the same user, which came to
 * MONITOR_ASKS. */
enum monitor_verdict monitor_decide(struct monitor *monitor, const struct monitor_login *login);

/* Whether answers are awaited; to what. */
bool monitor_is_asking(const struct monitor *monitor);
struct monitor_questions monitor_questions(const struct monitor *monitor);

/* What PAM has said to people in the last attempt; escaped, and valid until the next one. */
struct bytes monitor_text(const struct monitor *monitor);

/* PAM's process, which starts that of the session; NULL without PAM. */
struct pam_link *monitor_pam(struct monitor *monitor);

/* Whose the accepted login was. Valid as long as the monitor; CHECKs that there was one. */
const struct account *monitor_account(const struct monitor *monitor);

/* The options that hold: for the connection, and from the first attempt on for its user. Valid until the next
 * attempt, and as long as the monitor after the accepted one. */
const struct server_options *monitor_options(const struct monitor *monitor);

/* What the user may do: nothing until a login was accepted. Valid as long as the monitor. */
const struct policy *monitor_policy(const struct monitor *monitor);

/* How the login was proved: for each step a method's name and, for a key, its blob, as strings. Valid as long as the
 * monitor. */
struct bytes monitor_proofs(const struct monitor *monitor);

/* How it would end for the peer's source if it ended now. */
enum outcome monitor_outcome(const struct monitor *monitor);
