/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/client_resolve.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const char *const environment[] = { "HOME=/elsewhere", "KEYS=/keys", "EMPTY=", NULL };

static const struct client_surroundings surroundings = {
    .host = "Host.Example",
    .home = "/home/me",
    .local_user = "me",
    .local_uid = 1000,
    .local_host = "box.example.net",
    .environment = environment,
};

static enum err resolve(struct client_options *options, const char *text,
                        struct client_resolved *resolved)
{
    const struct client_file file = { "config", bytes_text(text), surroundings.host, NULL };
    client_options_init(options);
    assert_int_equal(client_options_parse(options, &file), OK);
    return client_resolve(options, &surroundings, resolved);
}

static void what_is_not_given_has_a_default(void **state)
{
    struct client_options options;
    struct client_resolved resolved;
    (void)state;
    assert_int_equal(resolve(&options, "", &resolved), OK);
    assert_string_equal(options.hostname, "host.example");
    assert_string_equal(options.user, "me");
    assert_int_equal(options.port, 22);
    assert_int_equal(options.server_alive_interval, 0);
    assert_string_equal(options.user_known_hosts_file.items[0], "/home/me/.ssh/known_hosts");
    assert_string_equal(options.identity_file.items[0], "~/.ssh/id_ed25519");
    assert_int_equal(resolved.identity_paths.count, 3);
    assert_string_equal(resolved.identity_paths.items[0], "/home/me/.ssh/id_ed25519");
    assert_string_equal(resolved.identity_paths.items[2], "/home/me/.ssh/id_rsa");
    assert_null(resolved.proxy_command);
    assert_null(options.identity_agent);
    client_options_wipe(&options);
}

static void batch_mode_asks_for_signs_of_life(void **state)
{
    struct client_options options;
    struct client_resolved resolved;
    (void)state;
    assert_int_equal(resolve(&options, "BatchMode yes", &resolved), OK);
    assert_int_equal(options.server_alive_interval, 300);
    client_options_wipe(&options);
    assert_int_equal(resolve(&options, "BatchMode yes\nServerAliveInterval 0", &resolved), OK);
    assert_int_equal(options.server_alive_interval, 0);
    client_options_wipe(&options);
}

static void tokens_are_expanded_where_ssh_does(void **state)
{
    struct client_options options;
    struct client_resolved resolved;
    (void)state;
    assert_int_equal(resolve(&options,
                             "Hostname %h.Net\nPort 2222\nUser you\n"
                             "HostKeyAlias Alias%h\n"
                             "RemoteCommand ~ ${KEYS} %h %n %p %r %u %d %i %k %l %L %%h\n"
                             "ProxyCommand ~ ${KEYS} %h %n %p %r %%\n"
                             "UserKnownHostsFile ~/k%h ${KEYS}/%u ~\n"
                             "GlobalKnownHostsFile ~/%h\n"
                             "IdentityAgent ~/%r${EMPTY}\n"
                             "IdentityFile ~/%r\nIdentityFile ${KEYS}/a\nIdentityFile none\n"
                             "IdentityFile /home/me/you\n"
                             "SetEnv A=%h\nBindAddress %h\n",
                             &resolved),
                     OK);
    assert_string_equal(options.hostname, "host.example.net");
    assert_string_equal(options.host_key_alias, "alias%h");
    assert_string_equal(options.remote_command,
                        "~ ${KEYS} host.example.net Host.Example 2222 you me /home/me 1000 "
                        "alias%h box.example.net box %h");
    assert_string_equal(options.proxy_command, "~ ${KEYS} %h %n %p %r %%");
    assert_string_equal(resolved.proxy_command,
                        "~ ${KEYS} host.example.net Host.Example 2222 you %");
    assert_string_equal(options.user_known_hosts_file.items[0], "/home/me/khost.example.net");
    assert_string_equal(options.user_known_hosts_file.items[1], "/keys/me");
    assert_string_equal(options.user_known_hosts_file.items[2], "/home/me");
    assert_string_equal(options.global_known_hosts_file.items[0], "~/%h");
    assert_string_equal(options.identity_agent, "/home/me/you");
    assert_string_equal(options.set_env.items[0], "A=%h");
    assert_string_equal(options.bind_address, "%h");
    assert_int_equal(resolved.identity_paths.count, 2);
    assert_string_equal(resolved.identity_paths.items[0], "/home/me/you");
    assert_string_equal(resolved.identity_paths.items[1], "/keys/a");
    assert_int_equal(options.identity_file.count, 4);
    client_options_wipe(&options);
}

static void an_agent_may_be_a_word_or_a_variable(void **state)
{
    static const char *const rows[][2] = {
        { "none", "none" },           { "SSH_AUTH_SOCK", "SSH_AUTH_SOCK" },
        { "$MY_AGENT", "$MY_AGENT" }, { "${KEYS}/x", "/keys/x" },
        { "/tmp/%%", "/tmp/%" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[100];
        struct client_options options;
        struct client_resolved resolved;
        (void)snprintf(text, sizeof(text), "IdentityAgent %s", rows[i][0]);
        assert_int_equal(resolve(&options, text, &resolved), OK);
        assert_string_equal(options.identity_agent, rows[i][1]);
        client_options_wipe(&options);
    }
}

static void no_identity_at_all_can_be_asked_for(void **state)
{
    struct client_options options;
    struct client_resolved resolved;
    (void)state;
    assert_int_equal(resolve(&options, "IdentityFile none", &resolved), OK);
    assert_int_equal(resolved.identity_paths.count, 0);
    client_options_wipe(&options);
}

static void what_cannot_be_expanded_is_told(void **state)
{
    static const char *const rows[][2] = {
        { "RemoteCommand x %z", "RemoteCommand: unknown key %z\n" },
        { "RemoteCommand x %C", "RemoteCommand: unknown key %C\n" },
        { "RemoteCommand x %", "RemoteCommand: unknown key %\n" },
        { "Hostname %n", "Hostname: unknown key %n\n" },
        { "ProxyCommand %u", "ProxyCommand: unknown key %u\n" },
        { "UserKnownHostsFile /${NOPE}", "UserKnownHostsFile: env var ${NOPE} has no value\n" },
        { "IdentityFile ${NOPE",
          "IdentityFile: environment variable expansion is not closed: ${NOPE\n" },
        { "IdentityFile ~you/x", "IdentityFile: the home of user you is not known here\n" },
        { "IdentityAgent %\x1b", "IdentityAgent: unknown key %\\x1b\n" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct client_options options;
        struct client_resolved resolved;
        assert_int_equal(resolve(&options, rows[i][0], &resolved), ERR_BAD_VALUE);
        assert_string_equal(buf_text(&options.problems), rows[i][1]);
        client_options_wipe(&options);
    }
}

static void an_expansion_is_bounded(void **state)
{
    struct client_options options;
    struct client_resolved resolved;
    scoped(buf) text = BUF_EMPTY(LIMIT_LINE);
    (void)state;
    assert_int_equal(buf_append_text(&text, "RemoteCommand "), OK);
    for (int i = 0; i < 20000; i++)
        assert_int_equal(buf_append_text(&text, "%n"), OK);
    assert_int_equal(resolve(&options, buf_text(&text), &resolved), ERR_BAD_VALUE);
    assert_string_equal(buf_text(&options.problems), "RemoteCommand: it becomes too long\n");
    client_options_wipe(&options);
}

/* Without a ProxyCommand if that is NULL. */
static enum err resolve_names(const char *host, const char *user, const char *proxy)
{
    struct client_options options;
    struct client_resolved resolved;
    struct client_surroundings around = surroundings;
    client_options_init(&options);
    around.host = host;
    assert_int_equal(client_options_put(&options, "User", bytes_text(user)), OK);
    if (proxy)
        assert_int_equal(client_options_put(&options, "ProxyCommand", bytes_text(proxy)), OK);
    enum err err = client_resolve(&options, &around, &resolved);
    client_options_wipe(&options);
    return err;
}

static void hosts_with_characters_of_the_shell_are_refused(void **state)
{
    static const char *const bad_hosts[] = { "a;b",  "$(id)", "`id`",  "a b", "-oX",
                                             "a\nb", "a|b",   "a&b",   "a'b", "a\"b",
                                             "a\\b", "a>b",   "{a,b}", "*",   "" };
    static const char *const good_hosts[] = {
        "host",    "192.0.2.1",    "2001:db8::1",          "fe80::1%eth0",
        "a_b.c-d", "xn--nxasmq6b", "m\xc3\xbcller.example"
    };
    (void)state;
    for (size_t i = 0; i < sizeof(bad_hosts) / sizeof(bad_hosts[0]); i++)
        assert_int_equal(resolve_names(bad_hosts[i], "me", NULL), ERR_BAD_VALUE);
    for (size_t i = 0; i < sizeof(good_hosts) / sizeof(good_hosts[0]); i++)
        assert_int_equal(resolve_names(good_hosts[i], "me", "nc %h"), OK);
}

static void users_are_refused_by_the_rule_of_ssh(void **state)
{
    static const char *const bad[] = { "a;b", "`id`", "-l",    "a\x01", "a|b", "(a)",
                                       "a'b", "a\\",  "a -oX", "a\tb",  "a>b", "a{b" };
    static const char *const good[] = { "me", "$HOME", "DOMAIN\\me", "a b", "a*", "~me", "a-b" };
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(resolve_names("host", bad[i], NULL), ERR_BAD_VALUE);
        assert_int_equal(resolve_names("host", bad[i], "nc %h"), ERR_BAD_VALUE);
    }
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        assert_int_equal(resolve_names("host", good[i], NULL), OK);
        assert_int_equal(resolve_names("host", good[i], "nc %h %%r %p"), OK);
    }
}

static void users_that_a_shell_would_read_otherwise_are_refused_for_it(void **state)
{
    static const char *const bad[] = {
        "$HOME", "DOMAIN\\me", "a b", "a*", "~me", "a?", "a!", "#a"
    };
    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(resolve_names("host", bad[i], "nc -u %r %h"), ERR_BAD_VALUE);
        assert_int_equal(resolve_names("host", bad[i], "nc '%%%r'"), ERR_BAD_VALUE);
    }
    assert_int_equal(resolve_names("host", "me.too-1", "nc -u %r %h"), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_given_has_a_default),
        cmocka_unit_test(batch_mode_asks_for_signs_of_life),
        cmocka_unit_test(tokens_are_expanded_where_ssh_does),
        cmocka_unit_test(an_agent_may_be_a_word_or_a_variable),
        cmocka_unit_test(no_identity_at_all_can_be_asked_for),
        cmocka_unit_test(what_cannot_be_expanded_is_told),
        cmocka_unit_test(an_expansion_is_bounded),
        cmocka_unit_test(hosts_with_characters_of_the_shell_are_refused),
        cmocka_unit_test(users_are_refused_by_the_rule_of_ssh),
        cmocka_unit_test(users_that_a_shell_would_read_otherwise_are_refused_for_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
