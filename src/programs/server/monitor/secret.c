/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/secret.h"

#include "base/check.h"
#include "base/reader.h"
#include "config/server_options.h"
#include "programs/server/common/log.h"
#include "programs/server/monitor/password.h"

enum { SECOND_MS = 1000 };

void secret_init(struct secret *secret)
{
    *secret = (struct secret){ .is_asking = false };
    pam_link_init(&secret->pam);
}

void secret_wipe(struct secret *secret)
{
    pam_link_wipe(&secret->pam);
    secret->is_asking = false;
}

/* Starts PAM if need be, and tells it what it must know before the question. */
static void start_pam(struct secret *secret, const struct secret_attempt *attempt)
{
    const struct pam_link_setup setup = {
        .service = attempt->options->pam_service_name,
        .user = attempt->user,
        .peer = attempt->setup->peer,
        .local = attempt->setup->local,
        .may_be_empty = attempt->options->permit_empty_passwords,
        .watch_fd = attempt->setup->worker_fd,
        .grace_ms = (int64_t)attempt->options->login_grace_time * SECOND_MS,
    };
    pam_link_start(&secret->pam, &setup);
    pam_link_tell(&secret->pam, attempt->proofs);
}

static bool pam_takes(struct secret *secret, const struct secret_attempt *attempt,
                      struct bytes password)
{
    start_pam(secret, attempt);
    return pam_link_password(&secret->pam, password, attempt->may) == PAM_LINK_GRANTED;
}

enum monitor_verdict secret_password(struct secret *secret, const struct secret_attempt *attempt,
                                     struct bytes password)
{
    const struct server_options *options = attempt->options;
    secret->is_asking = false;
    bool right = options->use_pam ? pam_takes(secret, attempt, password)
                                  : password_is_right(attempt->account, password,
                                                      options->permit_empty_passwords,
                                                      attempt->setup->worker_fd);
    return right ? MONITOR_ACCEPTED : MONITOR_REFUSED;
}

static enum monitor_verdict have_pam_ask(struct secret *secret,
                                         const struct secret_attempt *attempt,
                                         const struct monitor_login *login)
{
    struct pam_link *pam = &secret->pam;
    if (!login->has_answers)
        start_pam(secret, attempt);
    enum pam_link_result result =
        login->has_answers ? pam_link_answer(pam, login->answers) : pam_link_ask(pam, attempt->may);
    secret->is_asking = result == PAM_LINK_ASKS;
    if (secret->is_asking)
        return MONITOR_ASKS;
    if (result == PAM_LINK_GRANTED)
        return MONITOR_ACCEPTED;
    LOG(PAM_REFUSED, .why = events_text(pam->why));
    return MONITOR_REFUSED;
}

static enum monitor_verdict ask_for_password(struct secret *secret,
                                             const struct secret_attempt *attempt,
                                             const struct monitor_login *login)
{
    secret->is_asking = !login->has_answers;
    if (secret->is_asking)
        return MONITOR_ASKS;
    struct reader r = reader_over(login->answers, NULL);
    struct bytes password = reader_string(&r, "answer");
    return reader_end(&r) == OK ? secret_password(secret, attempt, password) : MONITOR_REFUSED;
}

enum monitor_verdict secret_interactive(struct secret *secret, const struct secret_attempt *attempt,
                                        const struct monitor_login *login)
{
    bool is_fit = !login->has_answers || (secret->is_asking && login->answers_fit);
    secret->is_asking = false;
    if (!is_fit)
        return MONITOR_REFUSED; /* RFC 4256 section 3.4 */
    return attempt->options->use_pam ? have_pam_ask(secret, attempt, login)
                                     : ask_for_password(secret, attempt, login);
}

struct monitor_questions secret_questions(const struct secret *secret)
{
    const struct pam_link *pam = &secret->pam;
    CHECK(secret->is_asking);
    if (pam->id == 0)
        return (struct monitor_questions){ .count = 1,
                                           .prompts = BYTES_LITERAL("\0\0\0\12Password: ") };
    return (struct monitor_questions){ .instruction = pam->instruction,
                                       .count = pam->count,
                                       .echoes = pam->echoes,
                                       .prompts = pam->prompts };
}

bool secret_lets_in(struct secret *secret, const struct secret_attempt *attempt, bool *must_change)
{
    struct pam_link *pam = &secret->pam;
    *must_change = false;
    if (!attempt->options->use_pam)
        return true;
    start_pam(secret, attempt);
    enum pam_link_result result = pam_link_account(pam);
    *must_change = result == PAM_LINK_EXPIRED;
    if (result != PAM_LINK_GRANTED && !*must_change) {
        LOG(PAM_ACCOUNT, .why = events_text(pam->why));
        return false;
    }
    if (pam_link_session(pam) == PAM_LINK_GRANTED)
        return true;
    LOG(PAM_SESSION, .why = events_text(pam->why));
    return false;
}
