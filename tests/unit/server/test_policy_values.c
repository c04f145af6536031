/* SPDX-License-Identifier: BSD-2-Clause */
/* Every value that a policy has × what is said of it globally, in a Match, in one line of authorized_keys and in
 * another one that is needed, too, against a model that knows nothing of the code: a Match takes the place of what is
 * global; where is allowed what all allow; the server's command comes before a key's, and two keys may not
 * want two; the variables are those of the first key that has some; a device must be the same for all. */
#include "programs/server/common/policy_server.h"

#include "config/server_options.h"
#include "programs/server/authorize/policy_key.h"
#include "programs/server/common/log.h"
#include "programs/server/monitor/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* What is asked, and its bit: hosts and ports, or just whether. */
static const struct probe {
    const char *host;
    uint16_t port;
} probes[] = { { "a", 1 }, { "a", 2 }, { "b", 1 }, { "c", 9 } };
enum { A1 = 1, A2 = 2, B1 = 4, C9 = 8, PROBE_COUNT = 4, ALL = A1 | A2 | B1 | C9, NO = 0, YES = 1 };

struct setting {
    const char *text; /* NULL: nothing is said, and what follows is what holds then */
    unsigned leaves;  /* bits of what may be done */
    const char *value;
};

enum kind { OPEN, LISTEN, COMMAND, ENVIRONMENT, TUNNEL };
enum { SETTINGS_MAX = 8 };

static const struct row {
    enum kind kind;
    struct setting global[SETTINGS_MAX], match[SETTINGS_MAX], line[SETTINGS_MAX];
    size_t global_count, match_count, line_count;
} rows[] = {
    { OPEN,
      { { NULL, ALL, NULL },
        { "PermitOpen any", ALL, NULL },
        { "PermitOpen none", NO, NULL },
        { "PermitOpen a:1 b:*", A1 | B1, NULL },
        { "AllowTcpForwarding remote", NO, NULL } },
      { { NULL, ALL, NULL },
        { "PermitOpen any", ALL, NULL },
        { "PermitOpen none", NO, NULL },
        { "PermitOpen *:1 c:8", A1 | B1, NULL },
        { "PermitOpen a:*", A1 | A2, NULL } },
      { { NULL, ALL, NULL },
        { "permitopen=\"a:1\"", A1, NULL },
        { "permitopen=\"b:*\",permitopen=\"a:2\"", A2 | B1, NULL },
        { "permitopen=\"d:1\"", NO, NULL },
        { "permitlisten=\"d:1\"", ALL, NULL },
        { "restrict,permitopen=\"a:1\"", NO, NULL },
        { "restrict,port-forwarding,permitopen=\"a:1\"", A1, NULL } },
      5,
      5,
      7 },
    { LISTEN,
      { { NULL, ALL, NULL },
        { "PermitListen any", ALL, NULL },
        { "PermitListen none", NO, NULL },
        { "PermitListen 1 a:2", A1 | A2 | B1, NULL },
        { "AllowTcpForwarding local", NO, NULL } },
      { { NULL, ALL, NULL },
        { "PermitListen any", ALL, NULL },
        { "PermitListen none", NO, NULL },
        { "PermitListen a:*", A1 | A2, NULL },
        { "PermitListen [?]:9", C9, NULL } },
      { { NULL, ALL, NULL },
        { "permitlisten=\"1\"", A1 | B1, NULL },
        { "permitlisten=\"c:*\",permitlisten=\"a:1\"", A1 | C9, NULL },
        { "permitlisten=\"d:1\"", NO, NULL },
        { "permitopen=\"d:1\"", ALL, NULL },
        { "restrict,permitlisten=\"1\"", NO, NULL },
        { "restrict,port-forwarding,permitlisten=\"a:1\"", A1, NULL } },
      5,
      5,
      7 },
    { COMMAND,
      { { NULL, YES, NULL },
        { "ForceCommand none", YES, NULL },
        { "ForceCommand global one", YES, "global one" } },
      { { NULL, YES, NULL },
        { "ForceCommand none", YES, NULL },
        { "ForceCommand matched", YES, "matched" } },
      { { NULL, YES, NULL },
        { "command=\"key's\"", YES, "key's" },
        { "command=\"other\"", YES, "other" },
        { "command=\"\"", YES, "" },
        { "restrict,command=\"none\"", YES, "none" } },
      3,
      3,
      5 },
    { ENVIRONMENT,
      { { NULL, NO, NULL },
        { "PermitUserEnvironment no", NO, NULL },
        { "PermitUserEnvironment yes", YES, NULL },
        { "PermitUserEnvironment A*", YES, NULL } },
      { { NULL, NO, NULL } },
      { { NULL, YES, NULL },
        { "environment=\"A=1\"", YES, "A=1;" },
        { "environment=\"A=2\",environment=\"B=\"", YES, "A=2;B=;" },
        { "restrict,environment=\"C=3\"", YES, "C=3;" } },
      4,
      1,
      4 },
    { TUNNEL,
      { { NULL, NO, NULL },
        { "PermitTunnel no", NO, NULL },
        { "PermitTunnel yes", YES, NULL },
        { "PermitTunnel point-to-point", YES, NULL } },
      { { NULL, NO, NULL },
        { "PermitTunnel no", NO, NULL },
        { "PermitTunnel ethernet", YES, NULL } },
      { { NULL, YES, NULL },
        { "tunnel=\"1\"", YES, "1" },
        { "tunnel=\"2\"", YES, "2" },
        { "tunnel=\"any\"", YES, NULL },
        { "restrict,tunnel=\"1\"", NO, "1" },
        { "restrict,port-forwarding,tunnel=\"2\"", YES, "2" } },
      4,
      3,
      6 },
};
enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

struct combination {
    enum kind kind;
    const struct setting *global, *match, *line, *more; /* more: NULL, one key will do */
};

struct result {
    bool is_refused; /* the second key */
    unsigned may;
    char value[64]; /* "-": none */
};

/* ---- the model ---- */

static const char *first_of(const char *one, const char *other)
{
    return one ? one : other;
}

static struct result model(const struct combination *c)
{
    static const struct setting nothing = { NULL, ALL, NULL };
    const struct setting *server = c->match->text ? c->match : c->global;
    const struct setting *more = c->more ? c->more : &nothing;
    const char *of_keys = first_of(c->line->value, more->value);
    bool differ = c->line->value && more->value && strcmp(c->line->value, more->value) != 0;
    struct result outcome = { .may = server->leaves & c->line->leaves & more->leaves };
    /* Whether at all is another keyword's, which holds beside the list's. */
    if (strncmp(first_of(c->global->text, "-"), "Allow", 5) == 0)
        outcome.may = NO;
    outcome.is_refused = c->kind == COMMAND && differ;
    if (c->kind == TUNNEL && differ)
        outcome.may = NO;
    (void)snprintf(outcome.value, sizeof(outcome.value), "%s",
                   first_of(first_of(server->value, of_keys), "-"));
    return outcome;
}

/* ---- the code ---- */

static unsigned may(const struct policy *policy, enum kind kind)
{
    unsigned bits = 0;
    switch (kind) {
    case OPEN:
    case LISTEN:
        for (size_t i = 0; i < PROBE_COUNT; i++) {
            struct bytes host = bytes_text(probes[i].host);
            bool is_open = policy_may_open(policy, host, probes[i].port);
            bool is_heard = policy_may_listen(policy, host, probes[i].port);
            bits |= (kind == OPEN ? is_open : is_heard) ? 1U << i : 0U;
        }
        return bits;
    case COMMAND:
        return policy_allows(policy, POLICY_PROGRAM);
    case ENVIRONMENT:
        return policy_allows(policy, POLICY_USER_ENVIRONMENT);
    case TUNNEL:
        return policy_allows(policy, POLICY_TUNNEL);
    }
    return 0;
}

static void note_value(const struct policy *policy, enum kind kind, struct result *outcome)
{
    const char *text = kind == COMMAND ? policy->command : kind == TUNNEL ? policy->tunnel : NULL;
    struct bytes all = policy->environment;
    (void)snprintf(outcome->value, sizeof(outcome->value), "%s",
                   first_of(text, kind == ENVIRONMENT && all.len ? "" : "-"));
    for (size_t len = 0; kind == ENVIRONMENT && all.len; len = strlen(outcome->value)) {
        struct bytes one = bytes_cut(&all, 0);
        (void)snprintf(outcome->value + len, sizeof(outcome->value) - len, "%.*s;", (int)one.len,
                       (const char *)one.data);
    }
}

static void resolve(const struct combination *c, struct server_options *base,
                    struct server_options *options)
{
    scoped(buf) text = BUF_EMPTY(1000);
    const struct server_match_subject ann = { .user = "ann" };
    enum err err = buf_format(&text, "%s\nMatch User bob\nForceCommand bobs\nMatch User ann\n%s\n",
                              first_of(c->global->text, ""), first_of(c->match->text, ""));
    assert_int_equal(err, OK);
    server_options_init(base);
    base->pending = NULL;
    assert_int_equal(server_options_parse(base, "config", buf_bytes(&text), NULL), OK);
    assert_int_equal(server_options_finish(base, "/", "/"), OK);
    assert_int_equal(server_options_resolve(base, &ann, options), OK);
}

/* As the monitor adds up what was proven. */
static bool add_key(struct progress *progress, const struct setting *line)
{
    struct key_options key;
    const struct monitor_login login = { .method = MONITOR_PUBLICKEY,
                                         .key_blob = BYTES_LITERAL("key") };
    key_options_init(&key);
    if (line->text && key_options_parse(&key, bytes_text(line->text)) != OK)
        fail_msg("no options of a key: %s", line->text);
    enum err err = progress_add(progress, &login, policy_key_of(&key));
    key_options_wipe(&key);
    return err == OK;
}

static struct result observe(const struct combination *c)
{
    struct result outcome = { .is_refused = false };
    struct server_options base, options;
    struct policy_server server;
    struct progress progress;
    resolve(c, &base, &options);
    policy_server_init(&server, &options);
    progress_init(&progress);
    assert_true(add_key(&progress, c->line));
    outcome.is_refused = c->more && !add_key(&progress, c->more);
    struct policy both = policy_intersect(server.policy, progress.all.policy);
    outcome.may = may(&both, c->kind);
    note_value(&both, c->kind, &outcome);
    progress_wipe(&progress);
    policy_server_wipe(&server);
    server_options_wipe(&options);
    server_options_wipe(&base);
    return outcome;
}

static void try(const struct combination *c)
{
    struct result wanted = model(c), found = observe(c);
    /* What holds when the second key was refused is of no interest: nobody is let in. */
    bool is_same =
        found.is_refused == wanted.is_refused &&
        (found.is_refused || (found.may == wanted.may && strcmp(found.value, wanted.value) == 0));
    if (!is_same)
        fail_msg("%s, ann: %s, key: %s, and key: %s: %d %x %s instead of %d %x %s",
                 first_of(c->global->text, "-"), first_of(c->match->text, "-"),
                 first_of(c->line->text, "-"), c->more ? first_of(c->more->text, "-") : "(none)",
                 found.is_refused, found.may, found.value, wanted.is_refused, wanted.may,
                 wanted.value);
}

static size_t try_keys(struct combination *c, const struct row *row)
{
    for (size_t i = 0; i < row->line_count; i++) {
        c->line = &row->line[i];
        c->more = NULL;
        try(c);
        for (size_t k = 0; k < row->line_count; k++) {
            c->more = &row->line[k];
            try(c);
        }
    }
    return row->line_count * (row->line_count + 1);
}

static void say_nothing(void *context, enum option_log_level level, enum events_id id,
                        const struct events_value *values)
{
    (void)context;
    (void)level;
    (void)id;
    (void)values;
}

static void every_value_is_what_the_sources_make_of_it(void **state)
{
    (void)state;
    size_t count = 0;
    for (size_t r = 0; r < ROW_COUNT; r++)
        for (size_t g = 0; g < rows[r].global_count; g++)
            for (size_t m = 0; m < rows[r].match_count; m++) {
                struct combination c = { .kind = rows[r].kind,
                                         .global = &rows[r].global[g],
                                         .match = &rows[r].match[m] };
                count += try_keys(&c, &rows[r]);
            }
    assert_int_equal(count, 2 * 25 * 56 + 9 * 30 + 4 * 20 + 12 * 42);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_is_what_the_sources_make_of_it),
    };
    log_hand_over(OPTION_LOG_FATAL, say_nothing, NULL);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
