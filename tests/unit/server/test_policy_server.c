/* SPDX-License-Identifier: BSD-2-Clause */
/* Every feature × what is said of it globally, in a Match and in authorized_keys, against a model that knows
 * nothing of the code: who says nothing, leaves it; a Match takes the place of what is global; and all must
 * allow it. */
#include "programs/server/common/policy_server.h"

#include "config/server_options.h"
#include "programs/server/authorize/policy_key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

/* What the manual pages say of each. */
static const struct row {
    enum policy_feature feature;
    const char *keyword, *yes; /* of sshd_config; NULL: there is none */
    bool in_match, is_usual;   /* without the keyword */
    bool is_forwarding;        /* DisableForwarding is about it */
    const char *option;        /* of authorized_keys, behind "no-" or alone; NULL: there is none */
} rows[] = {
    { POLICY_PROGRAM, NULL, NULL, false, true, false, NULL },
    { POLICY_PTY, "PermitTTY", "yes", true, true, false, "pty" },
    { POLICY_SIGNAL, NULL, NULL, false, true, false, NULL },
    { POLICY_USER_RC, "PermitUserRC", "yes", true, true, false, "user-rc" },
    { POLICY_USER_ENVIRONMENT, "PermitUserEnvironment", "yes", false, false, false, NULL },
    { POLICY_X11, "X11Forwarding", "yes", true, false, true, "X11-forwarding" },
    { POLICY_AGENT, "AllowAgentForwarding", "yes", true, true, true, "agent-forwarding" },
    { POLICY_TCP_LOCAL, "AllowTcpForwarding", "local", true, true, true, "port-forwarding" },
    { POLICY_TCP_REMOTE, "AllowTcpForwarding", "remote", true, true, true, "port-forwarding" },
    { POLICY_STREAM_LOCAL, "AllowStreamLocalForwarding", "local", true, true, true,
      "port-forwarding" },
    { POLICY_STREAM_REMOTE, "AllowStreamLocalForwarding", "remote", true, true, true,
      "port-forwarding" },
    { POLICY_TUNNEL, "PermitTunnel", "ethernet", true, false, true, "port-forwarding" },
};
enum { ROW_COUNT = sizeof(rows) / sizeof(rows[0]) };

enum setting { UNSET, YES, NO, SETTING_COUNT };
enum line { PLAIN, FORBIDS, RESTRICTS, RESTRICTS_BUT, FORBIDS_BUT, LINE_COUNT };
enum forced { BY_NOBODY, BY_SERVER, BY_KEY, FORCED_COUNT };

struct combination {
    const struct row *row;
    enum setting global, match, disable;
    enum line line;
    enum forced forced;
};

static bool model(const struct combination *c)
{
    const struct row *row = c->row;
    bool by_server = row->is_usual;
    if (row->keyword && c->global != UNSET)
        by_server = c->global == YES;
    if (row->keyword && row->in_match && c->match != UNSET)
        by_server = c->match == YES;
    if (row->is_forwarding && c->disable == YES)
        by_server = false;
    bool by_key = !row->option || (c->line != FORBIDS && c->line != RESTRICTS);
    bool is_kept = c->forced == BY_NOBODY || row->feature != POLICY_SIGNAL;
    return by_server && by_key && is_kept;
}

static const char *value_of(const struct row *row, enum setting setting)
{
    return setting == YES ? row->yes : "no";
}

static void write_config(const struct combination *c, struct buf *text)
{
    const struct row *row = c->row;
    enum err err = OK;
    if (row->keyword && c->global != UNSET)
        err = buf_format(text, "%s %s\n", row->keyword, value_of(row, c->global));
    assert_int_equal(err, OK);
    if (c->disable != UNSET)
        err = buf_format(text, "DisableForwarding %s\n", value_of(&rows[1], c->disable));
    assert_int_equal(err, OK);
    assert_int_equal(buf_append_text(text, "Match User bob\nForceCommand none\nMatch User ann\n"),
                     OK);
    if (row->keyword && row->in_match && c->match != UNSET)
        err = buf_format(text, "%s %s\n", row->keyword, value_of(row, c->match));
    assert_int_equal(err, OK);
    if (c->forced == BY_SERVER)
        assert_int_equal(buf_append_text(text, "ForceCommand forced\n"), OK);
}

static void write_line(const struct combination *c, struct buf *text)
{
    static const struct {
        const char *before, *between; /* the option; NULL: it is not there */
    } lines[] = {
        [PLAIN] = { NULL, NULL },       [FORBIDS] = { "no-", NULL },
        [RESTRICTS] = { NULL, NULL },   [RESTRICTS_BUT] = { "", NULL },
        [FORBIDS_BUT] = { "no-", "," },
    };
    const char *option = c->row->option ? c->row->option : "pty";
    bool restricts = c->line == RESTRICTS || c->line == RESTRICTS_BUT;
    enum err err = buf_append_text(text, restricts ? "restrict" : "no-pty,pty");
    if (err == OK && lines[c->line].before)
        err = buf_format(text, ",%s%s", lines[c->line].before, option);
    if (err == OK && lines[c->line].between)
        err = buf_format(text, "%s%s", lines[c->line].between, option);
    if (err == OK && c->forced == BY_KEY)
        err = buf_append_text(text, ",command=\"forced\"");
    assert_int_equal(err, OK);
}

static struct policy resolve(struct bytes text, struct server_options *options,
                             struct policy_server *server)
{
    struct server_options base;
    const struct server_match_subject ann = { .user = "ann" };
    server_options_init(&base);
    base.pending = NULL;
    assert_int_equal(server_options_parse(&base, "config", text, NULL), OK);
    assert_int_equal(server_options_finish(&base, "/", "/"), OK);
    assert_int_equal(server_options_resolve(&base, &ann, options), OK);
    policy_server_init(server, options);
    struct policy policy = server->policy;
    policy.command = policy.command ? "forced" : NULL; /* base goes */
    server_options_wipe(&base);
    return policy;
}

static void try(const struct combination *c)
{
    scoped(buf) text = BUF_EMPTY(1000);
    scoped(buf) line = BUF_EMPTY(1000);
    struct server_options options;
    struct policy_server server;
    struct key_options key;
    write_config(c, &text);
    write_line(c, &line);
    struct policy by_server = resolve(buf_bytes(&text), &options, &server);
    key_options_init(&key);
    assert_int_equal(key_options_parse(&key, buf_bytes(&line)), OK);
    struct policy by_key = policy_key_of(&key);
    struct policy both = policy_intersect(by_server, by_key);
    struct policy turned = policy_intersect(by_key, by_server);
    if (policy_allows(&both, c->row->feature) != model(c) || turned.features != both.features)
        fail_msg("%sauthorized_keys: %s", buf_text(&text), buf_text(&line));
    assert_int_equal(both.command != NULL, c->forced != BY_NOBODY);
    key_options_wipe(&key);
    policy_server_wipe(&server);
    server_options_wipe(&options);
}

static void every_source_must_allow_each_feature(void **state)
{
    (void)state;
    struct combination c = { 0 };
    size_t count = 0;
    for (size_t i = 0; i < ROW_COUNT; i++)
        for (c.global = UNSET; c.global < SETTING_COUNT; c.global++)
            for (c.match = UNSET; c.match < SETTING_COUNT; c.match++)
                for (c.disable = UNSET; c.disable < SETTING_COUNT; c.disable++)
                    for (c.line = PLAIN; c.line < LINE_COUNT; c.line++)
                        for (c.forced = BY_NOBODY; c.forced < FORCED_COUNT; c.forced++, count++) {
                            c.row = &rows[i];
                            try(&c);
                        }
    assert_int_equal(count, ROW_COUNT * 405);
}

static void the_model_knows_every_feature(void **state)
{
    (void)state;
    unsigned known = 0;
    for (size_t i = 0; i < ROW_COUNT; i++)
        known |= rows[i].feature;
    assert_int_equal(known, POLICY_ALL);
}

static bool may_open(const char *permit_open, const char *host, uint16_t port)
{
    scoped(buf) text = BUF_EMPTY(1000);
    struct server_options options;
    struct policy_server server;
    assert_int_equal(buf_format(&text, "PermitOpen %s\n", permit_open), OK);
    struct policy policy = resolve(buf_bytes(&text), &options, &server);
    bool may = policy_may_open(&policy, bytes_text(host), port);
    policy_server_wipe(&server);
    server_options_wipe(&options);
    return may;
}

static void connections_go_where_the_server_says(void **state)
{
    (void)state;
    assert_true(may_open("any", "host", 1));
    assert_false(may_open("none", "host", 1));
    assert_true(may_open("a:1 host:*", "host", 1));
    assert_false(may_open("a:1 host:2", "host", 1));
}

static void what_a_line_allows_is_in_its_policy(void **state)
{
    (void)state;
    struct key_options key;
    key_options_init(&key);
    assert_int_equal(
        key_options_parse(
            &key,
            BYTES_LITERAL("permitopen=\"a:1\",permitopen=\"b:*\",permitlisten=\"80\",tunnel=\"7\","
                          "environment=\"A=1\",environment=\"B=2\",command=\"\"")),
        OK);
    struct policy policy = policy_key_of(&key);
    assert_true(policy_may_open(&policy, BYTES_LITERAL("a"), 1));
    assert_true(policy_may_open(&policy, BYTES_LITERAL("b"), 9));
    assert_false(policy_may_open(&policy, BYTES_LITERAL("a"), 9));
    assert_true(policy_may_listen(&policy, BYTES_LITERAL("localhost"), 80));
    assert_false(policy_may_listen(&policy, BYTES_LITERAL("localhost"), 81));
    assert_string_equal(policy.tunnel, "7");
    assert_true(bytes_equal(policy.environment, BYTES_LITERAL("A=1\0B=2\0")));
    assert_string_equal(policy.command, "");
    key_options_wipe(&key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_source_must_allow_each_feature),
        cmocka_unit_test(the_model_knows_every_feature),
        cmocka_unit_test(connections_go_where_the_server_says),
        cmocka_unit_test(what_a_line_allows_is_in_its_policy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
