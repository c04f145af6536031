/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/login.h"

#include "base/escape.h"
#include "base/limits.h"
#include "base/writer.h"
#include "keys/public_key.h"
#include "os/prompt.h"
#include "programs/client/log.h"

#include <stdio.h>
#include <string.h>

enum {
    KEYS_BEFORE_PASSWORD = 5, /* servers usually allow 6 tries: one is left for the person */
    TEXT_MAX = 4096,
};

static const char default_order[] = "publickey,keyboard-interactive,password";

static const struct {
    enum login_method method;
    const char *name;
} method_names[] = {
    { LOGIN_PUBLICKEY, "publickey" },
    { LOGIN_INTERACTIVE, "keyboard-interactive" },
    { LOGIN_PASSWORD, "password" },
};

enum err login_init(struct login *l, const struct settings *settings,
                    const struct cache_entry *remembered)
{
    *l = (struct login){ .options = &settings->options };
    buf_init(&l->accepted, TEXT_MAX);
    TRY(settings_offer(&settings->options, SETTINGS_USER_KEYS, &l->accepted));
    if (settings->options.pubkey_authentication != CLIENT_PUBKEY_NO)
        identities_load(&l->identities, settings, remembered);
    else
        l->identities.agent = AGENT_CLIENT_NONE;
    return OK;
}

void login_wipe(struct login *l)
{
    identities_wipe(&l->identities);
    buf_wipe(&l->accepted);
}

bool login_is_known(const struct login *l, const struct cache_entry *remembered)
{
    return l->identities.count && cache_has_key(remembered, l->identities.items[0]->fingerprint) &&
           identities_signs_at_once(l->identities.items[0]);
}

/* Keys. */

/* The best algorithm for the key that both sides accept; or NULL. */
static const char *algorithm_for(const struct login *l, struct bytes blob, struct bytes theirs)
{
    struct bytes type = public_key_blob_type(blob);
    for (size_t i = 0; i < key_type_all.count; i++) {
        const struct key_algorithm *row = &key_type_all.rows[i];
        struct bytes name = bytes_text(row->name);
        if (bytes_is(type, row->key_type) && bytes_list_has(buf_bytes(&l->accepted), name) &&
            (theirs.len == 0 || bytes_list_has(theirs, name)))
            return row->name;
    }
    return NULL;
}

/* A key whose public half is not known can be offered only once it is unlocked. */
static bool make_known(struct login *l, struct identity *i)
{
    if (buf_len(&i->blob))
        return true;
    if (l->options->batch_mode)
        return false;
    l->has_asked = true;
    return identities_unlock(i, l->options->number_of_password_prompts) == OK;
}

static bool may_use(const struct login *l, const struct identity *i)
{
    return identities_signs_at_once(i) || i->is_in_agent ||
           (i->is_locked && !l->options->batch_mode);
}

static bool try_key(struct login *l, struct connection *c, struct identity *i)
{
    i->is_done = true;
    if (!make_known(l, i))
        return false;
    struct bytes blob = buf_bytes(&i->blob);
    const char *algorithm = algorithm_for(l, blob, connection_server_sig_algs(c));
    if (!algorithm) {
        log_write(OPTION_LOG_DEBUG1, "%s: the server takes no signature of this kind of key",
                  i->name);
        return false;
    }
    log_write(OPTION_LOG_DEBUG1, "Offering public key: %s %s %s%s", i->name,
              public_key_short_name(public_key_blob_type(blob)), i->fingerprint,
              i->is_in_agent ? " agent" : "");
    l->identity = i;
    l->key_tries++;
    connection_auth_publickey(c, bytes_text(algorithm), blob, identities_signs_at_once(i));
    return true;
}

/* Whether a person could still log in by other means if keys do not use up the allowed tries. */
static bool person_may_log_in(const struct login *l)
{
    struct bytes methods = bytes_text(l->methods);
    return !l->options->batch_mode && !l->no_passwords &&
           (bytes_list_has(methods, bytes_text("password")) ||
            bytes_list_has(methods, bytes_text("keyboard-interactive")));
}

static bool try_next_key(struct login *l, struct connection *c)
{
    for (size_t n = 0; n < l->identities.count; n++) {
        struct identity *i = l->identities.items[n];
        if (i->is_done || !may_use(l, i))
            continue;
        if (l->key_tries >= KEYS_BEFORE_PASSWORD && person_may_log_in(l)) {
            log_write(OPTION_LOG_INFO,
                      "glassh: %u keys were refused; the others are left out, so that the server "
                      "still listens to a password. Name the right one with -i.",
                      l->key_tries);
            return false;
        }
        if (try_key(l, c, i))
            return true;
    }
    return false;
}

void login_key_is_welcome(struct login *l, struct connection *c)
{
    struct identity *i = l->identity;
    log_write(OPTION_LOG_DEBUG1, "Server accepts key: %s %s", i->name, i->fingerprint);
    if (i->is_locked && !i->is_in_agent) {
        l->has_asked = true;
        enum err err = identities_unlock(i, l->options->number_of_password_prompts);
        if (err != OK) {
            log_write(OPTION_LOG_VERBOSE, "glassh: key '%s' is not used: %s", i->name,
                      err_text(err));
            login_choose(l, c, bytes_text(l->methods), false);
            return;
        }
    }
    struct bytes blob = buf_bytes(&i->blob);
    const char *algorithm = algorithm_for(l, blob, connection_server_sig_algs(c));
    connection_auth_publickey(c, bytes_text(algorithm), blob, true);
}

void login_sign(struct login *l, struct connection *c, const struct connection_sign *sign)
{
    scoped(buf) signature = BUF_EMPTY(LIMIT_SIGNATURE);
    enum err err =
        identities_sign(&l->identities, sign->blob, sign->algorithm, sign->message, &signature);
    if (err != OK) {
        log_write(OPTION_LOG_ERROR, "sign_and_send_pubkey: signing failed for \"%s\"%s: %s",
                  l->identity->name, l->identity->is_in_agent ? " from agent" : "",
                  l->identity->is_in_agent && err == ERR_UNSUPPORTED ? "agent refused operation"
                                                                     : err_text(err));
        buf_clear(&signature);
    }
    connection_answer_signature(c, buf_bytes(&signature));
}

/* Passwords and answers. */

static bool try_password(struct login *l, struct connection *c)
{
    const struct client_options *o = l->options;
    if (!o->password_authentication || o->batch_mode || l->no_passwords ||
        l->password_tries >= o->number_of_password_prompts)
        return false;
    if (l->password_tries++)
        log_write(OPTION_LOG_ERROR, "Permission denied, please try again.");
    scoped(buf) question = BUF_EMPTY(TEXT_MAX);
    scoped(buf) answer = BUF_EMPTY(LIMIT_PASSPHRASE);
    if (buf_format(&question, "%s@%s's password: ", o->user, o->hostname) != OK)
        return false;
    l->has_asked = true;
    enum err err = prompt_ask(PROMPT_SECRET, buf_text(&question), &answer);
    if (err != OK) {
        log_write(OPTION_LOG_DEBUG1, "nobody answered: %s", err_text(err));
        l->password_tries = o->number_of_password_prompts;
        return false;
    }
    connection_auth_password(c, buf_bytes(&answer));
    return true;
}

/* A server that refused without a question would do so again, and count that against the person. */
static bool try_interactive(struct login *l, struct connection *c)
{
    const struct client_options *o = l->options;
    bool is_pointless = l->interactive_tries > 0 && !l->was_questioned;
    if (!o->kbd_interactive_authentication || o->batch_mode || l->no_passwords || is_pointless ||
        l->interactive_tries >= o->number_of_password_prompts)
        return false;
    l->interactive_tries++;
    l->was_questioned = false;
    connection_auth_interactive(c);
    return true;
}

static void tell_lines(struct bytes text)
{
    scoped(buf) safe = BUF_EMPTY(4 * TEXT_MAX);
    if (text.len && escape_append(&safe, text, ESCAPE_KEEP_LINES, 2 * TEXT_MAX) == OK) {
        log_text(OPTION_LOG_INFO, buf_text(&safe));
    }
}

static enum err ask_one(struct login *l, const struct auth_prompts *prompts, size_t index,
                        struct writer *answers)
{
    scoped(buf) question = BUF_EMPTY(4 * TEXT_MAX);
    scoped(buf) answer = BUF_EMPTY(LIMIT_PASSPHRASE);
    TRY(buf_format(&question, "(%s@%s) ", l->options->user, l->options->hostname));
    TRY(escape_append(&question, prompts->prompt[index].text, ESCAPE_KEEP_LINES, TEXT_MAX));
    enum prompt_kind kind = prompts->prompt[index].echoes ? PROMPT_LINE : PROMPT_SECRET;
    TRY(prompt_ask(kind, buf_text(&question), &answer));
    writer_string(answers, buf_bytes(&answer));
    return OK;
}

void login_answer(struct login *l, struct connection *c, const struct auth_prompts *prompts)
{
    scoped(buf) answers = BUF_EMPTY(AUTH_PROMPTS_MAX * (LIMIT_PASSPHRASE + 4));
    struct writer w = writer_to(&answers);
    tell_lines(prompts->name);
    tell_lines(prompts->instruction);
    l->has_asked |= prompts->count > 0;
    l->was_questioned = true;
    size_t count = 0;
    while (count < prompts->count && ask_one(l, prompts, count, &w) == OK)
        count++;
    if (count == prompts->count) {
        connection_answer_prompts(c, buf_bytes(&answers), count);
        return;
    }
    /* Nobody answered. The server waits for as many answers as it asked for. */
    l->interactive_tries = l->options->number_of_password_prompts;
    for (; count < prompts->count; count++)
        writer_string(&w, BYTES_NONE);
    connection_answer_prompts(c, buf_bytes(&answers), prompts->count);
}

void login_change_password(struct login *l, struct connection *c, struct bytes text)
{
    tell_lines(text);
    log_write(OPTION_LOG_ERROR, "glassh: the server wants a new password; that cannot be set from "
                                "here. Ask its administrator.");
    l->password_tries = l->options->number_of_password_prompts;
    login_choose(l, c, bytes_text(l->methods), false);
}

/* The choice. */

static bool try_method(struct login *l, struct connection *c, struct bytes name)
{
    for (size_t i = 0; i < sizeof(method_names) / sizeof(method_names[0]); i++) {
        if (!bytes_is(name, method_names[i].name))
            continue;
        enum login_method method = method_names[i].method;
        bool is_tried = method == LOGIN_PUBLICKEY     ? try_next_key(l, c)
                        : method == LOGIN_INTERACTIVE ? try_interactive(l, c)
                                                      : try_password(l, c);
        if (is_tried)
            l->method = method;
        return is_tried;
    }
    return false;
}

static struct bytes preferred(const struct login *l)
{
    const char *order = l->options->preferred_authentications;
    return bytes_text(order ? order : default_order);
}

static void give_up(struct login *l, struct connection *c)
{
    identities_tell_halves(&l->identities);
    log_write(OPTION_LOG_ERROR, "%s@%s: Permission denied (%s).", l->options->user,
              l->options->hostname, l->methods);
    connection_auth_give_up(c);
}

static void choose_first(struct login *l, struct connection *c)
{
    /* A key that is unknown until its passphrase is entered needs a question that may prove needless: first find out
     * whether the server accepts keys at all. */
    struct bytes order = preferred(l);
    bool is_known = l->identities.count && buf_len(&l->identities.items[0]->blob);
    if (is_known && bytes_list_has(order, bytes_text("publickey")) &&
        try_method(l, c, bytes_text("publickey")))
        return;
    l->method = LOGIN_NONE;
    connection_auth_none(c);
}

void login_choose(struct login *l, struct connection *c, struct bytes methods, bool partial)
{
    if (methods.len == 0 && !l->methods[0]) {
        choose_first(l, c);
        return;
    }
    (void)escape_text(methods, l->methods, sizeof(l->methods));
    log_write(OPTION_LOG_DEBUG1, "Authentications that can continue: %s", l->methods);
    if (partial) {
        log_write(OPTION_LOG_VERBOSE, "Authenticated using \"%s\" with partial success.",
                  login_method_name(l));
        l->password_tries = l->interactive_tries = 0;
    }
    for (struct bytes order = preferred(l); order.len;) {
        struct bytes name = bytes_cut(&order, ',');
        if (bytes_list_has(methods, name) && try_method(l, c, name))
            return;
    }
    give_up(l, c);
}

const char *login_method_name(const struct login *l)
{
    for (size_t i = 0; i < sizeof(method_names) / sizeof(method_names[0]); i++) {
        if (method_names[i].method == l->method)
            return method_names[i].name;
    }
    return "none";
}
