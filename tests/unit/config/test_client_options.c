/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/client_options.h"

#include "base/limits.h"
#include "config/include.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PRINTED_MAX = 1 << 20 };

static enum err parse(struct client_options *options, const char *text)
{
    const struct client_file file = { "config", bytes_text(text), "host", NULL };
    return client_options_parse(options, &file);
}

static const char *problems(struct client_options *options)
{
    return buf_text(&options->problems);
}

/* What -G prints for the keyword, without it, of several lines with "|" between. */
static const char *printed(const struct client_options *options, const char *keyword,
                           struct buf *out)
{
    scoped(buf) all = BUF_EMPTY(PRINTED_MAX);
    assert_int_equal(client_options_print(options, "host", &all), OK);
    struct bytes rest = buf_bytes(&all);
    buf_clear(out);
    while (rest.len) {
        struct bytes value = bytes_cut(&rest, '\n');
        if (!bytes_is(bytes_cut(&value, ' '), keyword))
            continue;
        assert_int_equal(buf_append_text(out, buf_len(out) ? "|" : ""), OK);
        assert_int_equal(buf_append(out, value), OK);
    }
    return buf_text(out);
}

static const struct {
    const char *keyword; /* as -G prints it */
    const char *line;    /* a line with it; NULL: the default */
    const char *value;   /* what -G prints then; NULL: the line is bad */
} values[] = {
    { "user", NULL, "" },
    { "user", "User fred", "fred" },
    { "user", "User \"a b\"", "a b" },
    { "user", "User", NULL },
    { "user", "User \"\"", NULL },
    { "user", "User a b", NULL },
    { "hostname", NULL, "" },
    { "hostname", "hostname example.org", "example.org" },
    { "hostname", "Hostname a b", NULL },
    { "port", NULL, "22" },
    { "port", "Port 2222", "2222" },
    { "port", "Port 65536", NULL },
    { "addressfamily", NULL, "any" },
    { "addressfamily", "AddressFamily inet", "inet" },
    { "addressfamily", "AddressFamily INET6", "inet6" },
    { "addressfamily", "AddressFamily x", NULL },
    { "batchmode", NULL, "no" },
    { "batchmode", "BatchMode yes", "yes" },
    { "batchmode", "BatchMode true", "yes" },
    { "batchmode", "BatchMode maybe", NULL },
    { "checkhostip", NULL, "no" },
    { "checkhostip", "CheckHostIP yes", "yes" },
    { "checkhostip", "CheckHostIP 1", NULL },
    { "compression", NULL, "no" },
    { "compression", "Compression yes", "yes" },
    { "compression", "Compression 6", NULL },
    { "fingerprinthash", NULL, "SHA256" },
    { "fingerprinthash", "FingerprintHash md5", "MD5" },
    { "fingerprinthash", "FingerprintHash sha1", NULL },
    { "hashknownhosts", NULL, "no" },
    { "hashknownhosts", "HashKnownHosts yes", "yes" },
    { "hashknownhosts", "HashKnownHosts x", NULL },
    { "identitiesonly", NULL, "no" },
    { "identitiesonly", "IdentitiesOnly yes", "yes" },
    { "identitiesonly", "IdentitiesOnly x", NULL },
    { "kbdinteractiveauthentication", NULL, "yes" },
    { "kbdinteractiveauthentication", "KbdInteractiveAuthentication no", "no" },
    { "kbdinteractiveauthentication", "ChallengeResponseAuthentication no", "no" },
    { "kbdinteractiveauthentication", "KbdInteractiveAuthentication x", NULL },
    { "passwordauthentication", NULL, "yes" },
    { "passwordauthentication", "PasswordAuthentication no", "no" },
    { "passwordauthentication", "PasswordAuthentication x", NULL },
    { "pubkeyauthentication", NULL, "true" },
    { "pubkeyauthentication", "PubkeyAuthentication no", "false" },
    { "pubkeyauthentication", "PubkeyAuthentication unbound", "unbound" },
    { "pubkeyauthentication", "PubkeyAuthentication host-bound", "host-bound" },
    { "pubkeyauthentication", "PubkeyAuthentication x", NULL },
    { "requesttty", NULL, "auto" },
    { "requesttty", "RequestTTY force", "force" },
    { "requesttty", "RequestTTY yes", "true" },
    { "requesttty", "RequestTTY no", "false" },
    { "requesttty", "RequestTTY x", NULL },
    { "stricthostkeychecking", NULL, "ask" },
    { "stricthostkeychecking", "StrictHostKeyChecking yes", "true" },
    { "stricthostkeychecking", "StrictHostKeyChecking off", "false" },
    { "stricthostkeychecking", "StrictHostKeyChecking accept-new", "accept-new" },
    { "stricthostkeychecking", "StrictHostKeyChecking x", NULL },
    { "tcpkeepalive", NULL, "yes" },
    { "tcpkeepalive", "TCPKeepAlive no", "no" },
    { "tcpkeepalive", "KeepAlive no", "no" },
    { "tcpkeepalive", "TCPKeepAlive x", NULL },
    { "visualhostkey", NULL, "no" },
    { "visualhostkey", "VisualHostKey yes", "yes" },
    { "visualhostkey", "VisualHostKey x", NULL },
    { "connectionattempts", NULL, "1" },
    { "connectionattempts", "ConnectionAttempts 3", "3" },
    { "connectionattempts", "ConnectionAttempts 0", NULL },
    { "connectionattempts", "ConnectionAttempts 1h", NULL },
    { "numberofpasswordprompts", NULL, "3" },
    { "numberofpasswordprompts", "NumberOfPasswordPrompts 1", "1" },
    { "numberofpasswordprompts", "NumberOfPasswordPrompts -1", NULL },
    { "serveralivecountmax", NULL, "3" },
    { "serveralivecountmax", "ServerAliveCountMax 5", "5" },
    { "serveralivecountmax", "ServerAliveCountMax 99999999999", NULL },
    { "serveraliveinterval", NULL, "0" },
    { "serveraliveinterval", "ServerAliveInterval 10m", "600" },
    { "serveraliveinterval", "ServerAliveInterval none", NULL },
    { "bindaddress", NULL, "" },
    { "bindaddress", "BindAddress 192.0.2.1", "192.0.2.1" },
    { "bindaddress", "BindAddress a b", NULL },
    { "ciphers", NULL, "" },
    { "ciphers", "Ciphers +aes128-cbc", "+aes128-cbc" },
    { "ciphers", "Ciphers \"aes128-ctr\"", "aes128-ctr" },
    { "ciphers", "Ciphers", NULL },
    { "hostkeyalgorithms", NULL, "" },
    { "hostkeyalgorithms", "HostKeyAlgorithms ^ssh-rsa", "^ssh-rsa" },
    { "hostkeyalgorithms", "HostKeyAlgorithms a b", NULL },
    { "hostkeyalias", NULL, "" },
    { "hostkeyalias", "HostKeyAlias name", "name" },
    { "hostkeyalias", "HostKeyAlias", NULL },
    { "identityagent", NULL, "" },
    { "identityagent", "IdentityAgent /run/agent", "/run/agent" },
    { "identityagent", "IdentityAgent $FOO bar", NULL },
    { "ignoreunknown", NULL, "" },
    { "ignoreunknown", "IgnoreUnknown Foo*,bar", "Foo*,bar" },
    { "ignoreunknown", "IgnoreUnknown", NULL },
    { "kexalgorithms", NULL, "" },
    { "kexalgorithms", "KexAlgorithms -curve25519*", "-curve25519*" },
    { "kexalgorithms", "KexAlgorithms", NULL },
    { "remotecommand", NULL, "" },
    { "remotecommand", "RemoteCommand echo \"a  b\" %h # c", "echo \"a  b\" %h # c" },
    { "remotecommand", "RemoteCommand none", "" },
    { "remotecommand", "RemoteCommand", NULL },
    { "remotecommand", "RemoteCommand it's", NULL },
    { "loglevel", NULL, "INFO" },
    { "loglevel", "LogLevel debug3", "DEBUG3" },
    { "loglevel", "LogLevel quiet", "SILENT" },
    { "loglevel", "LogLevel foo", NULL },
    { "macs", NULL, "" },
    { "macs", "MACs hmac-sha2-256", "hmac-sha2-256" },
    { "macs", "MACs", NULL },
    { "preferredauthentications", NULL, "" },
    { "preferredauthentications", "PreferredAuthentications ,", "," },
    { "preferredauthentications", "PreferredAuthentications gssapi-keyex,publickey",
      "gssapi-keyex,publickey" },
    { "preferredauthentications", "PreferredAuthentications", NULL },
    { "pubkeyacceptedalgorithms", NULL, "" },
    { "pubkeyacceptedalgorithms", "PubkeyAcceptedAlgorithms +ssh-rsa", "+ssh-rsa" },
    { "pubkeyacceptedalgorithms", "PubkeyAcceptedKeyTypes +ssh-rsa", "+ssh-rsa" },
    { "pubkeyacceptedalgorithms", "PubkeyAcceptedAlgorithms", NULL },
    { "identityfile", NULL, "" },
    { "identityfile", "IdentityFile ~/x\nIdentityFile %d/y\nIdentityFile ~/x", "~/x|%d/y" },
    { "identityfile", "IdentityFile \"/a b\"", "/a b" },
    { "identityfile", "IdentityFile a b", NULL },
    { "globalknownhostsfile", NULL, "/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2" },
    { "globalknownhostsfile", "GlobalKnownHostsFile /a /b", "/a /b" },
    { "globalknownhostsfile", "GlobalKnownHostsFile", NULL },
    { "userknownhostsfile", NULL, "~/.ssh/known_hosts ~/.ssh/known_hosts2" },
    { "userknownhostsfile", "UserKnownHostsFile /a \"/b c\"\nUserKnownHostsFile /d", "/a /b c" },
    { "userknownhostsfile", "UserKnownHostsFile none", "none" },
    { "userknownhostsfile", "UserKnownHostsFile none /x", NULL },
    { "sendenv", NULL, "" },
    { "sendenv", "SendEnv LANG LC_*\nSendEnv X", "LANG|LC_*|X" },
    { "sendenv", "SendEnv A B\nSendEnv -A*", "B" },
    { "sendenv", "SendEnv A=b", NULL },
    { "setenv", NULL, "" },
    { "setenv", "SetEnv A=b \"C=d e\" A=x\nSetEnv F=g", "A=b|C=d e" },
    { "setenv", "SetEnv A", NULL },
    { "setenv", "SetEnv =b", NULL },
    { "connecttimeout", NULL, "none" },
    { "connecttimeout", "ConnectTimeout 1h30m", "5400" },
    { "connecttimeout", "ConnectTimeout none", "none" },
    { "connecttimeout", "ConnectTimeout -1", NULL },
    { "escapechar", NULL, "~" },
    { "escapechar", "EscapeChar ^B", "\\^B" },
    { "escapechar", "EscapeChar none", "none" },
    { "escapechar", "EscapeChar ab", NULL },
    { "ipqos", NULL, "lowdelay throughput" },
    { "ipqos", "IPQoS ef", "ef ef" },
    { "ipqos", "IPQoS 0x20 none", "cs1 none" },
    { "ipqos", "IPQoS foo", NULL },
    { "ipqos", "IPQoS ef foo", NULL },
    { "ipqos", "IPQoS ef ef ef", NULL },
    { "rekeylimit", NULL, "0 0" },
    { "rekeylimit", "RekeyLimit 1G 1h", "1073741824 3600" },
    { "rekeylimit", "RekeyLimit default none", "0 0" },
    { "rekeylimit", "RekeyLimit 1", NULL },
    { "rekeylimit", "RekeyLimit none", NULL },
    { "rekeylimit", "RekeyLimit 1G x", NULL },
    { "proxycommand", NULL, "" },
    { "proxycommand", "ProxyCommand = nc \"%h\" %p", "nc \"%h\" %p" },
    { "proxycommand", "ProxyCommand none", "" },
    { "proxycommand", "ProxyCommand", NULL },
};

static void every_value_is_taken_printed_or_refused(void **state)
{
    scoped(buf) out = BUF_EMPTY(PRINTED_MAX);
    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct client_options options;
        client_options_init(&options);
        enum err err = parse(&options, values[i].line ? values[i].line : "");
        client_options_fill(&options);
        if ((err == OK) != (values[i].value != NULL))
            fail_msg("%s: %s", values[i].line, problems(&options));
        if (values[i].value)
            assert_string_equal(printed(&options, values[i].keyword, &out), values[i].value);
        client_options_wipe(&options);
    }
}

static void every_keyword_of_the_table_was_tried(void **state)
{
    const struct option_table *table = client_options_table();
    (void)state;
    for (size_t row = 0; row < table->row_count; row++) {
        unsigned standard = 0, good = 0, bad = 0;
        struct option_name name = option_name(bytes_text(table->rows[row].keyword));
        for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
            if (strcmp(values[i].keyword, name.text) != 0)
                continue;
            standard += values[i].line == NULL;
            good += values[i].line && values[i].value;
            bad += values[i].value == NULL;
        }
        if (!standard || !good || !bad)
            fail_msg("%s lacks a default, a good or a bad value", name.text);
    }
}

static void every_keyword_is_there_once(void **state)
{
    const struct option_table *table = client_options_table();
    (void)state;
    for (size_t i = 0; i < table->row_count; i++)
        assert_ptr_equal(option_table_find(table, bytes_text(table->rows[i].keyword)),
                         &table->rows[i]);
    for (size_t i = 0; i < table->ignored_count; i++)
        assert_null(option_table_find(table, bytes_text(table->ignored[i].keyword)));
}

static void problems_are_told_in_the_words_of_ssh(void **state)
{
    static const char *const rows[][2] = {
        { "Foo x", "config: line 1: Bad configuration option: foo\n" },
        { "\n\nFoo x", "config: line 3: Bad configuration option: foo\n" },
        { "LocalForward 1 a:2",
          "config: line 1: Bad configuration option: localforward (there are no"
          " forwardings)\n" },
        { "Port x", "config line 1: Bad port 'x'.\n" },
        { "Port", "config line 1: no argument after keyword \"port\"\n" },
        { "BatchMode maybe", "config line 1: unsupported option \"maybe\".\n" },
        { "BatchMode yes no", "config line 1: keyword batchmode extra arguments at end of line\n" },
        { "User \"fred", "config line 1: invalid quotes\n" },
        { "User \"\"", "config line 1: Missing argument.\n" },
        { "ConnectTimeout x", "config line 1: invalid time value.\n" },
        { "RekeyLimit 1X", "config line 1: Bad number '1X': Invalid argument\n" },
        { "RekeyLimit 1", "config line 1: RekeyLimit too small\n" },
        { "IPQoS foo", "config line 1: Bad IPQoS value: foo\n" },
        { "EscapeChar ab", "config line 1: Bad escape character.\n" },
        { "LogLevel foo", "config line 1: unsupported log level 'foo'\n" },
        { "SetEnv foo", "config line 1: Invalid SetEnv.\n" },
        { "SendEnv A=b", "config line 1: Invalid environment name.\n" },
        { "Host", "config line 1: no argument after keyword \"host\"\n" },
        { "Host a \"b", "config line 1: invalid quotes\n" },
        { "ServerAliveCountMax x", "config line 1: integer value invalid.\n" },
        { "ServerAliveCountMax -1", "config line 1: integer value too small.\n" },
        { "ServerAliveCountMax 99999999999", "config line 1: integer value too large.\n" },
        { "UserKnownHostsFile x none",
          "config line 1: keyword userknownhostsfile \"none\" argument must appear alone.\n" },
        { "Match user x", "config: line 1: Bad configuration option: match"
                          " (of its conditions, only all is known)\n" },
        { "Include", "config line 1: no argument after keyword \"include\"\n" },
        { "ForwardAgent yes",
          "config line 1: unsupported option \"yes\" of keyword forwardagent: the agent is never"
          " forwarded; write \"ForwardAgent no\" or leave the line out.\n" },
        { "ForwardAgent", "config line 1: no argument after keyword \"forwardagent\"\n" },
        { "User a\x1b[2J b c", "config line 1: keyword user extra arguments at end of line\n" },
        { "Port \x1b[2J", "config line 1: Bad port '\\x1b[2J'.\n" },
        { "F\x1b", "config: line 1: Bad configuration option: f\\x1b\n" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char expected[500];
        struct client_options options;
        client_options_init(&options);
        assert_int_equal(parse(&options, rows[i][0]), ERR_BAD_VALUE);
        (void)snprintf(expected, sizeof(expected),
                       "%sconfig: terminating, 1 bad configuration options\n", rows[i][1]);
        assert_string_equal(problems(&options), expected);
        client_options_wipe(&options);
    }
}

static void all_problems_of_a_file_are_told(void **state)
{
    struct client_options options;
    (void)state;
    client_options_init(&options);
    assert_int_equal(parse(&options, "Foo x\nPort 5\nBar y\nPort z\n"), ERR_BAD_VALUE);
    assert_string_equal(problems(&options), "config: line 1: Bad configuration option: foo\n"
                                            "config: line 3: Bad configuration option: bar\n"
                                            "config line 4: Bad port 'z'.\n"
                                            "config: terminating, 3 bad configuration options\n");
    client_options_wipe(&options);
}

static void an_option_of_the_command_line_has_several_forms(void **state)
{
    static const char *const rows[][3] = {
        { "Port=3", "port", "3" },
        { "Port 3", "port", "3" },
        { " Port=3", "port", "3" },
        { "Port = 3 ", "port", "3" },
        { "PORT\t3", "port", "3" },
        { "User=\"a b\"", "user", "a b" },
        { "User='a b'", "user", "a b" },
        { "IdentityFile=\"/f x\"", "identityfile", "/f x" },
        { "ProxyCommand='/usr/bin/mosh' '--fake-proxy' -- %h %p", "proxycommand",
          "'/usr/bin/mosh' '--fake-proxy' -- %h %p" },
        { "SetEnv=A=b", "setenv", "A=b" },
        { "", "port", "22" },
        { "# x", "port", "22" },
    };
    scoped(buf) out = BUF_EMPTY(PRINTED_MAX);
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct client_options options;
        client_options_init(&options);
        assert_int_equal(client_options_set(&options, bytes_text(rows[i][0])), OK);
        client_options_fill(&options);
        assert_string_equal(printed(&options, rows[i][1], &out), rows[i][2]);
        client_options_wipe(&options);
    }
}

static void a_bad_option_of_the_command_line_is_told_so(void **state)
{
    static const char *const rows[][2] = {
        { "Foo=x", "command-line: line 0: Bad configuration option: foo\n" },
        { "Port", "command-line line 0: no argument after keyword \"port\"\n" },
        { "User=a b", "command-line line 0: keyword user extra arguments at end of line\n" },
        { "Port=99999", "command-line line 0: Bad port '99999'.\n" },
        { "Host=x",
          "command-line line 0: Host directive not supported as a command-line option\n" },
        { "include x",
          "command-line line 0: Include directive not supported as a command-line option\n" },
        { "Match=all",
          "command-line line 0: Match directive not supported as a command-line option\n" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct client_options options;
        client_options_init(&options);
        assert_int_equal(client_options_set(&options, bytes_text(rows[i][0])), ERR_BAD_VALUE);
        assert_string_equal(problems(&options), rows[i][1]);
        client_options_wipe(&options);
    }
}

/* What scp, sftp, ssh-copy-id, sshfs, rsync, ansible, mosh, docker, TRAMP and others pass. */
static void what_programs_pass_is_taken(void **state)
{
    static const char *const lines[] = {
        "PermitLocalCommand=no",
        "ClearAllForwardings=yes",
        "RemoteCommand=none",
        "RequestTTY=no",
        "ForwardAgent=no",
        "ControlMaster=no",
        "ForwardX11 no",
        "PermitLocalCommand no",
        "ClearAllForwardings yes",
        "batchmode yes",
        "Port 22",
        "PreferredAuthentications=,",
        "ControlPath=none",
        "ControlMaster=auto",
        "ControlPersist=60s",
        "KbdInteractiveAuthentication=no",
        "PreferredAuthentications=gssapi-with-mic,gssapi-keyex,hostbased,publickey",
        "PasswordAuthentication=no",
        "ConnectTimeout=10",
        "IdentityFile=\"/f\"",
        "User=\"root\"",
        "ControlPath=\"/root/.ansible/cp/8a5a\"",
        " ConnectTimeout=30",
        "ControlPath=tramp.%C",
        "SendEnv=GIT_PROTOCOL",
        "ExitOnForwardFailure=yes",
        "NumberOfPasswordPrompts=1",
        "StreamLocalBindUnlink=yes",
        "Protocol 2",
        "UpdateHostKeys=no",
        "GSSAPIAuthentication=yes",
        "VisualHostKey=no",
        "NoHostAuthenticationForLocalhost=no",
        "ProxyJump=none",
        "Tunnel=no",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct client_options options;
        client_options_init(&options);
        if (client_options_set(&options, bytes_text(lines[i])) != OK)
            fail_msg("%s", problems(&options));
        client_options_wipe(&options);
    }
}

static void what_needs_a_missing_feature_is_refused(void **state)
{
    static const char *const lines[] = {
        "ForwardAgent=yes",    "ForwardX11=yes",       "LocalForward=1 a:2",
        "RemoteForward=1 a:2", "DynamicForward=1080",  "PermitLocalCommand=yes",
        "ProxyJump=other",     "Tunnel=yes",           "NoHostAuthenticationForLocalhost=yes",
        "RevokedHostKeys=/f",  "CertificateFile=/f",   "StdinNull=yes",
        "Protocol=1",          "VerifyHostKeyDNS=yes",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct client_options options;
        client_options_init(&options);
        if (client_options_set(&options, bytes_text(lines[i])) != ERR_BAD_VALUE)
            fail_msg("%s", lines[i]);
        client_options_wipe(&options);
    }
}

static void a_value_put_stands_for_itself(void **state)
{
    static const char *const texts[] = { "a b", "\"", "a'b\\", "#x", "\\\"", "/plain" };
    scoped(buf) out = BUF_EMPTY(PRINTED_MAX);
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct client_options options;
        client_options_init(&options);
        assert_int_equal(client_options_put(&options, "IdentityFile", bytes_text(texts[i])), OK);
        assert_string_equal(printed(&options, "identityfile", &out), texts[i]);
        assert_true(client_options_given(&options, "IdentityFile"));
        assert_false(client_options_given(&options, "Port"));
        assert_int_equal(client_options_put(&options, "Port", BYTES_LITERAL("x")), ERR_BAD_VALUE);
        assert_int_equal(client_options_put(&options, "User", BYTES_LITERAL("a\0b")),
                         ERR_BAD_VALUE);
        client_options_wipe(&options);
    }
}

static void the_first_value_wins_and_lists_collect(void **state)
{
    struct client_options options;
    (void)state;
    client_options_init(&options);
    assert_int_equal(client_options_set(&options, BYTES_LITERAL("Port=1")), OK);
    assert_int_equal(client_options_put(&options, "IdentityFile", BYTES_LITERAL("/one")), OK);
    assert_int_equal(parse(&options, "Port 2\nUser a\nIdentityFile /two\nRemoteCommand none\n"),
                     OK);
    assert_int_equal(parse(&options, "Port 3\nUser b\nIdentityFile /three\nRemoteCommand x\n"), OK);
    assert_int_equal(options.port, 1);
    assert_string_equal(options.user, "a");
    assert_null(options.remote_command);
    assert_int_equal(options.identity_file.count, 3);
    assert_string_equal(options.identity_file.items[2], "/three");
    client_options_wipe(&options);
}

static void host_lines_choose_by_pattern(void **state)
{
    static const struct {
        const char *patterns;
        bool matches;
    } rows[] = {
        { "host", true },       { "*", true },        { "h*", true },       { "ho?t", true },
        { "other host", true }, { "\"host\"", true }, { "host # c", true }, { "HOST", false },
        { "other", false },     { "!host *", false }, { "* !ho*", false },  { "!other", false },
        { "h* !other", true },  { "hos", false },     { "host?", false },   { "=host", true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[100];
        struct client_options options;
        client_options_init(&options);
        (void)snprintf(text, sizeof(text), "Host %s\n Port 3\nHost other\n Port 4\n Foo x\n",
                       rows[i].patterns);
        /* What is for other hosts is checked all the same. */
        assert_int_equal(parse(&options, text), ERR_BAD_VALUE);
        assert_int_equal(options.port, rows[i].matches ? 3 : 0);
        client_options_wipe(&options);
    }
}

static void match_all_ends_a_host_block(void **state)
{
    struct client_options options;
    (void)state;
    client_options_init(&options);
    assert_int_equal(parse(&options, "Host other\nPort 3\nMatch all\nPort 4\n"), OK);
    assert_int_equal(options.port, 4);
    client_options_wipe(&options);
}

static void unknown_keywords_can_be_ignored(void **state)
{
    struct client_options options;
    (void)state;
    client_options_init(&options);
    assert_int_equal(parse(&options, "IgnoreUnknown foo*,BAR,match\nFooBar x\nbar \"y\n"
                                     "Match exec true\nPort 3\n"),
                     OK);
    assert_int_equal(options.port, 0);
    assert_int_equal(parse(&options, "Baz x\n"), ERR_BAD_VALUE);
    assert_int_equal(parse(&options, "IgnoreUnknown baz\nBaz x\n"), ERR_BAD_VALUE);
    client_options_wipe(&options);
    assert_int_equal(parse(&options, "Foo x\nIgnoreUnknown foo\n"), ERR_BAD_VALUE);
    client_options_wipe(&options);
    assert_int_equal(parse(&options, "IgnoreUnknown port\nPort x\n"), ERR_BAD_VALUE);
    client_options_wipe(&options);
}

static void what_is_not_there_can_be_ignored(void **state)
{
    struct client_options options;
    (void)state;
    client_options_init(&options);
    assert_int_equal(parse(&options, "IgnoreUnknown forwardagent,*forward\nForwardAgent yes\n"
                                     "LocalForward 1 a:2\nPort 3\n"),
                     OK);
    assert_int_equal(options.port, 3);
    client_options_wipe(&options);
}

static void what_is_not_there_is_an_error_only_for_whom_it_holds(void **state)
{
    static const char *const lines[] = { "ForwardAgent yes", "ProxyJump bastion",
                                         "LocalForward 1 a:2", "CertificateFile x" };
    struct client_options options;
    char text[128];
    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        (void)snprintf(text, sizeof(text), "Host other\n%s\nHost *\nPort 3\n", lines[i]);
        client_options_init(&options);
        assert_int_equal(parse(&options, text), OK);
        assert_int_equal(options.port, 3);
        assert_int_equal(parse(&options, lines[i]), ERR_BAD_VALUE);
        client_options_wipe(&options);
    }
    client_options_init(&options);
    assert_int_equal(parse(&options, "Host other\nFoo x\n"), ERR_BAD_VALUE);
    client_options_wipe(&options);
}

/* Files by name: "self" includes itself, "twice" does so two times. */
static enum config_source_result read_made_up(void *context, const char *pattern, size_t index,
                                              struct buf *name, struct buf *content)
{
    static const char *const files[][2] = {
        { "a", "Port 5\nHost other\nUser no\n" },
        { "b", "Host host\nUser b\n" },
        { "self", "Include self\n" },
        { "twice", "Include twice\nInclude twice\n" },
        { "bad", "Foo x\n" },
        { "all", "Host *\nUser all\n" },
    };
    unsigned *reads = context;
    ++*reads;
    if (strcmp(pattern, "secret") == 0) {
        assert_int_equal(buf_append_text(name, "secret: Permission denied"), OK);
        return CONFIG_SOURCE_FAILED;
    }
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        bool is_both = strcmp(pattern, "[ab]") == 0 && i == index && i < 2;
        if (!is_both && (index > 0 || strcmp(pattern, files[i][0]) != 0))
            continue;
        assert_int_equal(buf_append_text(name, files[i][0]), OK);
        assert_int_equal(buf_append_text(content, files[i][1]), OK);
        return CONFIG_SOURCE_FILE;
    }
    return CONFIG_SOURCE_END;
}

static enum err parse_with_includes(struct client_options *options, const char *text,
                                    unsigned *reads)
{
    const struct config_source source = { read_made_up, reads };
    const struct client_file file = { "config", bytes_text(text), "host", &source };
    *reads = 0;
    return client_options_parse(options, &file);
}

static void included_files_are_read_in_place(void **state)
{
    struct client_options options;
    unsigned reads = 0;
    (void)state;
    client_options_init(&options);
    assert_int_equal(parse_with_includes(&options, "Include [ab] missing\nPort 6\n", &reads), OK);
    assert_int_equal(options.port, 5);
    assert_string_equal(options.user, "b");
    client_options_wipe(&options);

    /* A Host line of an included file ends with it. */
    assert_int_equal(parse_with_includes(&options, "Include a\nUser after\n", &reads), OK);
    assert_string_equal(options.user, "after");
    client_options_wipe(&options);
}

static void nothing_included_for_other_hosts_applies(void **state)
{
    struct client_options options;
    unsigned reads = 0;
    (void)state;
    client_options_init(&options);
    assert_int_equal(parse_with_includes(&options, "Host other\nInclude a b all\n", &reads), OK);
    assert_int_equal(options.port, 0);
    assert_null(options.user);
    client_options_wipe(&options);
}

static void problems_of_included_files_name_them(void **state)
{
    struct client_options options;
    unsigned reads = 0;
    (void)state;
    client_options_init(&options);
    assert_int_equal(parse_with_includes(&options, "\nInclude bad\n", &reads), ERR_BAD_VALUE);
    assert_string_equal(problems(&options), "bad: line 1: Bad configuration option: foo\n"
                                            "config: terminating, 1 bad configuration options\n");
    client_options_wipe(&options);
    assert_int_equal(parse_with_includes(&options, "Include secret\n", &reads), ERR_BAD_VALUE);
    assert_string_equal(problems(&options), "config line 1: Can't open secret: Permission denied\n"
                                            "config: terminating, 1 bad configuration options\n");
    client_options_wipe(&options);
    assert_int_equal(parse(&options, "Include a\n"), ERR_BAD_VALUE);
    client_options_wipe(&options);
}

static void includes_have_a_depth_and_a_number(void **state)
{
    struct client_options options;
    unsigned reads = 0;
    (void)state;
    client_options_init(&options);
    assert_int_equal(parse_with_includes(&options, "Include self\n", &reads), ERR_BAD_VALUE);
    assert_non_null(strstr(problems(&options), "Too many recursive configuration includes"));
    assert_int_equal(reads, 2 * INCLUDE_DEPTH);
    client_options_wipe(&options);

    assert_int_equal(parse_with_includes(&options, "Include twice\n", &reads), ERR_BAD_VALUE);
    assert_non_null(strstr(problems(&options), "Too many configuration includes"));
    assert_in_range(reads, INCLUDE_FILES, 3 * INCLUDE_FILES);
    client_options_wipe(&options);
}

static void a_filled(size_t len, char c, const char *front, char **text)
{
    *text = malloc(len + 1);
    assert_non_null(*text);
    memset(*text, c, len);
    memcpy(*text, front, strlen(front));
    (*text)[len] = 0;
}

static void hostile_files_are_refused_in_bounds(void **state)
{
    static const struct {
        char fill;
        const char *front;
    } rows[] = { { 'a', "User " }, { '"', "User " },   { '\n', "Foo" },  { ' ', "User x\n" },
                 { 'a', "" },      { '\\', "User x" }, { '*', "Host " }, { '=', "Port" } };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *text;
        struct client_options options;
        client_options_init(&options);
        a_filled(LIMIT_CONFIG_FILE, rows[i].fill, rows[i].front, &text);
        assert_int_equal(parse(&options, text), ERR_BAD_VALUE);
        client_options_wipe(&options);
        free(text);
    }
}

static void very_many_problems_are_counted_but_not_kept(void **state)
{
    struct client_options options;
    scoped(buf) text = BUF_EMPTY(LIMIT_CONFIG_FILE);
    (void)state;
    for (int i = 0; i < 100000; i++)
        assert_int_equal(buf_append_text(&text, "Foo x\n"), OK);
    client_options_init(&options);
    assert_int_equal(parse(&options, buf_text(&text)), ERR_BAD_VALUE);
    assert_in_range(buf_len(&options.problems), PLACE_KEPT, 2 * PLACE_KEPT);
    assert_non_null(
        strstr(problems(&options), "config: terminating, 100000 bad configuration options\n"));
    client_options_wipe(&options);
}

static void a_nul_or_too_long_a_line_or_file_is_a_problem(void **state)
{
    struct client_options options;
    const struct client_file with_nul = { "config", BYTES_LITERAL("User a\0b\n"), "host", NULL };
    char *text;
    (void)state;
    client_options_init(&options);
    assert_int_equal(client_options_parse(&options, &with_nul), ERR_BAD_VALUE);
    assert_int_equal(client_options_set(&options, BYTES_LITERAL("User=a\0b")), ERR_BAD_VALUE);
    a_filled(LIMIT_CONFIG_FILE + 1, '\n', "", &text);
    assert_int_equal(parse(&options, text), ERR_BAD_VALUE);
    text[LIMIT_LINE] = 0;
    memset(text, 'a', LIMIT_LINE);
    memcpy(text, "User ", 5);
    assert_int_equal(parse(&options, text), OK);
    assert_int_equal(strlen(options.user), LIMIT_LINE - 5);
    client_options_wipe(&options);
    free(text);
}

static void lists_are_bounded(void **state)
{
    struct client_options options;
    scoped(buf) text = BUF_EMPTY(LIMIT_CONFIG_FILE);
    (void)state;
    for (int i = 0; i < 101; i++)
        assert_int_equal(buf_format(&text, "IdentityFile /%d\n", i), OK);
    client_options_init(&options);
    assert_int_equal(parse(&options, buf_text(&text)), ERR_BAD_VALUE);
    assert_string_equal(problems(&options), "config line 101: too many identityfile entries.\n"
                                            "config: terminating, 1 bad configuration options\n");
    assert_int_equal(options.identity_file.count, 100);
    client_options_wipe(&options);
}

static void blanks_and_line_ends_are_of_any_kind(void **state)
{
    struct client_options options;
    (void)state;
    client_options_init(&options);
    assert_int_equal(parse(&options, "\r\n  # x\r\n\tPort\t5\r\nUser\tx\t \r\nBatchMode yes"), OK);
    assert_int_equal(options.port, 5);
    assert_string_equal(options.user, "x");
    assert_true(options.batch_mode);
    client_options_wipe(&options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_is_taken_printed_or_refused),
        cmocka_unit_test(every_keyword_of_the_table_was_tried),
        cmocka_unit_test(every_keyword_is_there_once),
        cmocka_unit_test(problems_are_told_in_the_words_of_ssh),
        cmocka_unit_test(all_problems_of_a_file_are_told),
        cmocka_unit_test(an_option_of_the_command_line_has_several_forms),
        cmocka_unit_test(a_bad_option_of_the_command_line_is_told_so),
        cmocka_unit_test(what_programs_pass_is_taken),
        cmocka_unit_test(what_needs_a_missing_feature_is_refused),
        cmocka_unit_test(a_value_put_stands_for_itself),
        cmocka_unit_test(the_first_value_wins_and_lists_collect),
        cmocka_unit_test(host_lines_choose_by_pattern),
        cmocka_unit_test(match_all_ends_a_host_block),
        cmocka_unit_test(unknown_keywords_can_be_ignored),
        cmocka_unit_test(what_is_not_there_can_be_ignored),
        cmocka_unit_test(what_is_not_there_is_an_error_only_for_whom_it_holds),
        cmocka_unit_test(included_files_are_read_in_place),
        cmocka_unit_test(nothing_included_for_other_hosts_applies),
        cmocka_unit_test(problems_of_included_files_name_them),
        cmocka_unit_test(includes_have_a_depth_and_a_number),
        cmocka_unit_test(hostile_files_are_refused_in_bounds),
        cmocka_unit_test(very_many_problems_are_counted_but_not_kept),
        cmocka_unit_test(a_nul_or_too_long_a_line_or_file_is_a_problem),
        cmocka_unit_test(lists_are_bounded),
        cmocka_unit_test(blanks_and_line_ends_are_of_any_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
