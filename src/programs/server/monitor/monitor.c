/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/monitor.h"

#include "base/check.h"
#include "config/server_options.h"
#include "os/login_record.h"
#include "programs/server/common/log.h"
#include "programs/server/common/policy_server.h"
#include "programs/server/monitor/account_rules.h"
#include "programs/server/monitor/host_signature.h"
#include "programs/server/monitor/key_sources.h"
#include "programs/server/monitor/methods.h"
#include "programs/server/monitor/offered.h"
#include "programs/server/monitor/password.h"
#include "programs/server/monitor/progress.h"
#include "programs/server/monitor/secret.h"
#include "programs/server/monitor/signed_data.h"
#include "programs/server/monitor/terms.h"
#include "programs/server/monitor/verdict_log.h"
#include "programs/server/monitor/verifier.h"
#include "programs/server/verify/verify.h"

#include <stdlib.h>
#include <string.h>

enum {
    MONITOR_HASH_MAX = 64,
    MONITOR_METHODS_MAX = 64,
    MONITOR_HOST_KEY_MAX = 16 * 1024,
    MONITOR_REASON_MAX = 1024,
    IMPOSSIBLE_ID = 65534
};

struct monitor {
    struct monitor_setup setup;
    struct terms terms;
    struct methods left;         /* still to be done for a login */
    struct buf methods;          /* the methods that may come next */
    bool knows_user;             /* `left` is that of the user */
    struct account account;      /* the one that the attempt names */
    struct policy_server server; /* what the options of the attempt allow */
    struct authorizer_grant grant;
    struct progress progress;
    bool must_change_password; /* and do nothing else */
    struct policy policy;      /* nothing until a login is accepted */
    bool is_decided;
    unsigned failures;
    bool is_ours; /* the attempt's user may log in */
    struct secret secret;
    struct buf session_id;            /* the first exchange hash that was signed … */
    struct buf host_key;              /* … and the blob of the key that signed it */
    char key_name[VERIFIER_NAME_MAX]; /* of the attempt's key */
};

static void note_methods(struct monitor *monitor)
{
    buf_clear(&monitor->methods);
    enum err err = methods_format(&monitor->left, &monitor->methods);
    CHECK(err == OK);
}

/* The keyboard-interactive device, if it has a name. */
static const char *device_of(const struct monitor *monitor)
{
    return monitor->terms.options->use_pam ? "pam" : NULL;
}

static void start_methods(struct monitor *monitor)
{
    const struct server_options *options = monitor->terms.options;
    methods_wipe(&monitor->left);
    methods_init(&monitor->left, &options->authentication_methods,
                 offered_methods(options, &monitor->setup), device_of(monitor));
    note_methods(monitor);
}

struct monitor *monitor_new(const struct monitor_setup *setup)
{
    struct monitor *monitor = calloc(1, sizeof(*monitor));
    CHECK(monitor);
    monitor->setup = *setup;
    terms_init(&monitor->terms, setup->options, &setup->peer, &setup->local);
    monitor->grant = AUTHORIZER_NOTHING;
    buf_init(&monitor->methods, MONITOR_METHODS_MAX);
    buf_init(&monitor->session_id, MONITOR_HASH_MAX);
    buf_init(&monitor->host_key, MONITOR_HOST_KEY_MAX);
    progress_init(&monitor->progress);
    secret_init(&monitor->secret);
    start_methods(monitor);
    return monitor;
}

void monitor_free(struct monitor *monitor)
{
    if (!monitor)
        return;
    policy_server_wipe(&monitor->server);
    terms_wipe(&monitor->terms);
    methods_wipe(&monitor->left);
    secret_wipe(&monitor->secret);
    authorizer_wipe(&monitor->grant);
    account_wipe(&monitor->account);
    buf_wipe(&monitor->methods);
    buf_wipe(&monitor->session_id);
    buf_wipe(&monitor->host_key);
    progress_wipe(&monitor->progress);
    free(monitor);
}

bool monitor_is_lost(const struct monitor *monitor)
{
    return monitor->secret.pam.is_lost;
}

struct bytes monitor_methods(const struct monitor *monitor)
{
    return buf_bytes(&monitor->methods);
}

enum err monitor_sign(struct monitor *monitor, struct bytes question, struct buf *signature)
{
    scoped(buf) room = BUF_EMPTY(HOST_SIGNATURE_MAX);
    struct host_signature answer;
    TRY(host_signature_ask(monitor->setup.keyd_fd, question, &room, &answer));
    if (buf_len(&monitor->session_id) == 0) {
        TRY(buf_append(&monitor->session_id, answer.hash));
        TRY(buf_append(&monitor->host_key, answer.key));
    }
    return buf_append(signature, answer.signature);
}

/* Has the key and its signature verified; the data it must have signed is made here. False: it has signed something
 * else, whatever the verifier says. */
static bool ask_verifier(const struct monitor *monitor, const struct monitor_login *login, int *fd)
{
    const char *list = monitor->terms.options->pubkey_accepted_algorithms;
    const struct signed_data wanted = { buf_bytes(&monitor->session_id), login->user,
                                        login->key_algorithm, login->key_blob,
                                        buf_bytes(&monitor->host_key) };
    scoped(buf) data = BUF_EMPTY(SIGNED_DATA_MAX);
    bool fits = !login->is_signed || signed_data_make(&wanted, login->signed_data, &data) == OK;
    const struct record question = {
        RECORD_VERIFY,
        { login->is_signed, list != NULL, (uint32_t)monitor->terms.options->required_rsa_size },
        {
            [VERIFY_LIST] = bytes_text(list ? list : ""),
            [VERIFY_ALGORITHM] = login->key_algorithm,
            [VERIFY_KEY] = login->key_blob,
            [VERIFY_DATA] = buf_bytes(&data),
            [VERIFY_SIGNATURE] = login->signature,
        },
    };
    verifier_ask(monitor->setup.cradle_fd, &question, fd);
    return fits;
}

/* Whether the key opens the account; *verdict is what the verifier says. Both are found out at the same time, unless
 * there is a command, which needs the verdict first. */
static bool authorize(struct monitor *monitor, struct bytes blob, int verifier_fd,
                      struct verifier_verdict *verdict)
{
    const struct key_sources sources = {
        .options = monitor->terms.options,
        .account = &monitor->account,
        .peer = &monitor->setup.peer,
        .host = monitor->terms.host,
        .local = &monitor->setup.local,
        .start = monitor->setup.start_authorizer,
        .watch_fd = monitor->setup.worker_fd,
    };
    bool has_command = monitor->terms.options->authorized_keys_command != NULL;
    bool may = !has_command && key_sources_ask_files(&sources, blob, &monitor->grant);
    *verdict = verifier_answer(verifier_fd);
    memcpy(monitor->key_name, verdict->name, sizeof(monitor->key_name));
    if (!has_command || !verdict->is_right)
        return may;
    return key_sources_ask_command(&sources, blob, monitor->key_name, &monitor->grant) ||
           key_sources_ask_files(&sources, blob, &monitor->grant);
}

static enum monitor_verdict try_key(struct monitor *monitor, const struct monitor_login *login)
{
    int fd;
    struct verifier_verdict verdict;
    if (!methods_allow(&monitor->left, MONITOR_PUBLICKEY) ||
        progress_has_key(&monitor->progress, login->key_blob))
        return MONITOR_REFUSED;
    bool fits = ask_verifier(monitor, login, &fd);
    bool may = authorize(monitor, login->key_blob, fd, &verdict);
    if (!may || !fits || !verdict.is_right)
        return MONITOR_REFUSED;
    return login->is_signed ? MONITOR_ACCEPTED : MONITOR_KEY_OK;
}

static struct secret_attempt secret_of(const struct monitor *monitor, enum monitor_method method,
                                       struct bytes user)
{
    return (struct secret_attempt){
        .options = monitor->terms.options,
        .account = &monitor->account,
        .user = user,
        .may = monitor->is_ours &&
               (monitor->account.uid != 0 || offered_to_root(monitor->terms.options, method)),
        .setup = &monitor->setup,
        .proofs = monitor_proofs(monitor),
    };
}

/* A password or an answer allows everything. */
static enum monitor_verdict try_secret(struct monitor *monitor, enum monitor_method method,
                                       const struct monitor_login *login)
{
    const struct secret_attempt attempt = secret_of(monitor, method, login->user);
    authorizer_wipe(&monitor->grant);
    monitor->grant.policy = (struct policy){ .features = POLICY_ALL };
    if (!methods_allow(&monitor->left, method))
        return MONITOR_REFUSED;
    enum monitor_verdict verdict =
        method == MONITOR_INTERACTIVE
            ? secret_interactive(&monitor->secret, &attempt, login)
            : secret_password(&monitor->secret, &attempt, login->password);
    /* PAM reports that itself. */
    if (verdict == MONITOR_ACCEPTED && !attempt.options->use_pam && monitor->is_ours)
        monitor->must_change_password |= password_has_expired(&monitor->account);
    return verdict;
}

static enum monitor_verdict try_method(struct monitor *monitor, const struct monitor_login *login)
{
    *monitor->key_name = '\0';
    if (login->is_impossible)
        return MONITOR_REFUSED;
    switch (login->method) {
    case MONITOR_PUBLICKEY:
        return try_key(monitor, login);
    case MONITOR_PASSWORD:
    case MONITOR_INTERACTIVE:
        return try_secret(monitor, login->method, login);
    case MONITOR_NONE:
        return monitor->terms.options->permit_empty_passwords && monitor->left.is_any
                   ? try_secret(monitor, MONITOR_PASSWORD, login)
                   : MONITOR_REFUSED;
    case MONITOR_OTHER:
        break;
    }
    return MONITOR_REFUSED;
}

/* What the configuration allows, intersected with what the key or password grants. */
static struct policy resulting_policy(const struct monitor *monitor)
{
    return policy_intersect(monitor->server.policy,
                            progress_policy(&monitor->progress, monitor->grant.policy));
}

/* Decides whether the login is complete or needs more; what the attempt allows also limits what follows. PAM's account
 * and session modules are asked last, when they can know about the whole login. */
static enum monitor_verdict add_up(struct monitor *monitor, const struct monitor_login *login)
{
    if (progress_add(&monitor->progress, login, monitor->grant.policy) != OK)
        return MONITOR_REFUSED;
    bool is_end = methods_take(&monitor->left, login->method);
    note_methods(monitor);
    if (!is_end)
        return MONITOR_PARTIAL;
    const struct secret_attempt attempt = secret_of(monitor, login->method, login->user);
    bool must_change;
    if (!secret_lets_in(&monitor->secret, &attempt, &must_change))
        return MONITOR_REFUSED;
    monitor->must_change_password |= must_change;
    return MONITOR_ACCEPTED;
}

/* The attempt succeeded. One that is refused all the same proves nothing. */
static enum monitor_verdict prove(struct monitor *monitor, const struct monitor_login *login)
{
    size_t before = buf_len(&monitor->progress.proofs);
    if (progress_note(&monitor->progress, login, device_of(monitor)) != OK)
        return MONITOR_REFUSED;
    enum monitor_verdict verdict = add_up(monitor, login);
    if (verdict == MONITOR_REFUSED)
        progress_forget(&monitor->progress, before);
    return verdict;
}

/* Whether the account itself may be entered by that method. */
static bool account_may(const struct monitor *monitor, enum monitor_method method)
{
    if (monitor->account.uid != 0)
        return true;
    bool needs_command = monitor->terms.options->permit_root_login == SERVER_ROOT_FORCED_COMMANDS;
    if (offered_to_root(monitor->terms.options, method) &&
        (!needs_command || resulting_policy(monitor).command))
        return true;
    LOG_BARE(ROOT_REFUSED);
    return false;
}

static void log_verdict(const struct monitor *monitor, enum monitor_method method,
                        enum monitor_verdict verdict)
{
    const struct verdict_log_attempt attempt = {
        .method = method,
        .device = device_of(monitor),
        .key_name = monitor->key_name,
        .is_ours = monitor->is_ours,
        .are_many = monitor->failures > (unsigned)monitor->terms.options->max_auth_tries / 2,
    };
    verdict_log(&attempt, verdict);
}

/* An account that nobody can enter: questions about it cost the same as about another. */
static void take_impossible_account(struct account *account)
{
    const struct account impossible = {
        .uid = IMPOSSIBLE_ID,
        .gid = IMPOSSIBLE_ID,
        .name = (char[]){ "NOUSER" },
        .home = (char[]){ "/nonexistent" },
        .shell = (char[]){ "/usr/sbin/nologin" },
    };
    account_copy(&impossible, account);
}

/* Finds the user's account. False: there is none, or it may not log in here. */
static bool find_account(struct monitor *monitor, struct bytes user)
{
    const struct account *own = monitor->setup.account;
    account_wipe(&monitor->account);
    if (monitor->setup.serves_all)
        return account_find(user, &monitor->account) == OK;
    account_copy(own, &monitor->account);
    return bytes_is(user, own->name);
}

void monitor_name_user(struct monitor *monitor, struct bytes user)
{
    bool is_valid = find_account(monitor, user);
    (void)terms_name_user(&monitor->terms, user, is_valid ? &monitor->account : NULL);
}

/* Takes the account of the attempt. False: the user may not log in. */
static bool take_account(struct monitor *monitor, struct bytes user)
{
    const struct monitor_setup *setup = &monitor->setup;
    scoped(buf) reason = BUF_EMPTY(MONITOR_REASON_MAX);
    bool is_first = !monitor->knows_user, is_listed = false;
    bool is_valid = find_account(monitor, user);
    log_user(user, !is_valid);
    if (is_first && !is_valid)
        LOG_BARE(USER_UNKNOWN);
    bool may =
        terms_name_user(&monitor->terms, user, is_valid ? &monitor->account : NULL) && is_valid;
    const struct account_rules_client client = { setup->peer.address, terms_host(&monitor->terms) };
    policy_server_wipe(&monitor->server);
    policy_server_init(&monitor->server, monitor->terms.options);
    if (may && account_rules_allow(monitor->terms.options, &monitor->account, &client, &reason,
                                   &is_listed))
        return true;
    log_user(user, true);
    if (is_first && buf_len(&reason))
        LOG(USER_REFUSED, .listed = events_flag(is_listed), .why = events_text(buf_text(&reason)));
    account_wipe(&monitor->account);
    take_impossible_account(&monitor->account);
    return false;
}

static bool is_secret_asked(enum monitor_method method)
{
    return method == MONITOR_PASSWORD || method == MONITOR_INTERACTIVE;
}

bool monitor_may_try(const struct monitor *monitor)
{
    return monitor->failures == 0 ||
           monitor->failures < (unsigned)monitor->terms.options->max_auth_tries;
}

static void take_user(struct monitor *monitor, const struct monitor_login *login)
{
    monitor->is_ours = take_account(monitor, login->user);
    if (!login->has_answers) {
        pam_link_begin(&monitor->secret.pam);
        monitor->secret.is_asking = false;
    }
    log_user(login->user, !monitor->is_ours);
    if (!monitor->knows_user)
        start_methods(monitor);
    monitor->knows_user = true;
}

/* A wrong name costs as much work as a right one, and reveals as little. */
static enum monitor_verdict judge(struct monitor *monitor, const struct monitor_login *login)
{
    enum monitor_verdict verdict = try_method(monitor, login);
    bool is_good = verdict == MONITOR_KEY_OK || verdict == MONITOR_ACCEPTED;
    if (is_good && (!monitor->is_ours || !account_may(monitor, login->method)))
        verdict = MONITOR_REFUSED;
    return verdict == MONITOR_ACCEPTED ? prove(monitor, login) : verdict;
}

static void let_in(struct monitor *monitor)
{
    monitor->is_decided = true;
    log_let_in();
    monitor->policy = policy_intersect(monitor->server.policy, monitor->progress.all.policy);
    if (monitor->must_change_password)
        monitor->policy.command = POLICY_CHANGE_PASSWORD;
}

enum monitor_verdict monitor_decide(struct monitor *monitor, const struct monitor_login *login)
{
    CHECK(!monitor->is_decided);
    take_user(monitor, login);
    enum monitor_verdict verdict = judge(monitor, login);
    if (verdict == MONITOR_REFUSED && login->method != MONITOR_NONE)
        monitor->failures++;
    log_verdict(monitor, login->method, verdict);
    if (verdict == MONITOR_REFUSED && is_secret_asked(login->method))
        login_record_failure(monitor->is_ours ? monitor->account.name : "UNKNOWN",
                             &monitor->setup.peer);
    if (verdict == MONITOR_ACCEPTED)
        let_in(monitor);
    return verdict;
}

bool monitor_is_asking(const struct monitor *monitor)
{
    return monitor->secret.is_asking;
}

struct monitor_questions monitor_questions(const struct monitor *monitor)
{
    return secret_questions(&monitor->secret);
}

struct bytes monitor_text(const struct monitor *monitor)
{
    return buf_bytes(&monitor->secret.pam.text);
}

struct pam_link *monitor_pam(struct monitor *monitor)
{
    return monitor->terms.options->use_pam ? &monitor->secret.pam : NULL;
}

const struct account *monitor_account(const struct monitor *monitor)
{
    CHECK(monitor->is_decided);
    return &monitor->account;
}

const struct server_options *monitor_options(const struct monitor *monitor)
{
    return monitor->terms.options;
}

const struct terms *monitor_terms(const struct monitor *monitor)
{
    return &monitor->terms;
}

const struct policy *monitor_policy(const struct monitor *monitor)
{
    return &monitor->policy;
}

struct bytes monitor_proofs(const struct monitor *monitor)
{
    return buf_bytes(&monitor->progress.proofs);
}

enum outcome monitor_outcome(const struct monitor *monitor)
{
    if (monitor->is_decided)
        return OUTCOME_GOOD;
    if (monitor->failures == 0)
        return OUTCOME_NO_ATTEMPT;
    return monitor->is_ours ? OUTCOME_FAILED_LOGIN : OUTCOME_INVALID_USER;
}
