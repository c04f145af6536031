/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/server_options.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { PRINTED_MAX = 1 << 20 };

static enum err parse(struct server_options *options, const char *text)
{
    return server_options_parse(options, "config", bytes_text(text), NULL);
}

/* What -T prints for the keyword, without it, of several lines with "|" between. */
static const char *printed(const struct server_options *options, const char *keyword,
                           struct buf *out)
{
    scoped(buf) all = BUF_EMPTY(PRINTED_MAX);
    assert_int_equal(server_options_print(options, &all), OK);
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
    const char *keyword; /* as -T prints it */
    const char *line;    /* a line with it; NULL: the default */
    const char *value;   /* what -T prints then; NULL: the line is bad */
} values[] = {
    { "port", NULL, "22" },
    { "port", "Port 22\nPort 23", "22|23" },
    { "port", "Port 0", NULL },
    { "listenaddress", NULL, "[::]:22|0.0.0.0:22" },
    { "listenaddress", "ListenAddress 127.0.0.1\nPort 5\nPort 6", "127.0.0.1:5|127.0.0.1:6" },
    { "listenaddress", "ListenAddress [::1]:77\nListenAddress localhost", "[::1]:77|localhost:22" },
    { "listenaddress", "ListenAddress ::1\nListenAddress 10.0.0.1:7", "[::1]:22|10.0.0.1:7" },
    { "listenaddress", "ListenAddress a b", NULL },
    { "usepam", NULL, "no" },
    { "usepam", "UsePAM no", "no" },
    { "usepam", "UsePAM yes", "yes" },
    { "pamservicename", NULL, "sshd" },
    { "pamservicename", "PAMServiceName other", "other" },
    { "pamservicename", "PAMServiceName", NULL },
    { "logingracetime", NULL, "120" },
    { "logingracetime", "LoginGraceTime 1h", "3600" },
    { "logingracetime", "LoginGraceTime x", NULL },
    { "maxauthtries", NULL, "6" },
    { "maxauthtries", "MaxAuthTries 1", "1" },
    { "maxauthtries", "MaxAuthTries x", NULL },
    { "maxsessions", NULL, "10" },
    { "maxsessions", "MaxSessions 0", "0" },
    { "maxsessions", "MaxSessions -1", NULL },
    { "clientaliveinterval", NULL, "0" },
    { "clientaliveinterval", "ClientAliveInterval 5m", "300" },
    { "clientaliveinterval", "ClientAliveInterval none", NULL },
    { "clientalivecountmax", NULL, "3" },
    { "clientalivecountmax", "ClientAliveCountMax 1", "1" },
    { "clientalivecountmax", "ClientAliveCountMax x", NULL },
    { "permitrootlogin", NULL, "without-password" },
    { "permitrootlogin", "PermitRootLogin yes", "yes" },
    { "permitrootlogin", "PermitRootLogin no", "no" },
    { "permitrootlogin", "PermitRootLogin prohibit-password", "without-password" },
    { "permitrootlogin", "PermitRootLogin forced-commands-only", "forced-commands-only" },
    { "permitrootlogin", "PermitRootLogin maybe", NULL },
    { "pubkeyauthentication", NULL, "yes" },
    { "pubkeyauthentication", "PubkeyAuthentication no", "no" },
    { "pubkeyauthentication", "PubkeyAuthentication x", NULL },
    { "passwordauthentication", NULL, "yes" },
    { "passwordauthentication", "PasswordAuthentication=no", "no" },
    { "passwordauthentication", "PasswordAuthentication x", NULL },
    { "printmotd", NULL, "yes" },
    { "printmotd", "PrintMotd no", "no" },
    { "printmotd", "PrintMotd no yes", NULL },
    { "strictmodes", NULL, "yes" },
    { "strictmodes", "StrictModes no", "no" },
    { "strictmodes", "StrictModes x", NULL },
    { "pidfile", NULL, "/run/sshd.pid" },
    { "pidfile", "PidFile none", "none" },
    { "pidfile", "PidFile ~/x", "/home/me/x" },
    { "pidfile", "PidFile", NULL },
    { "ciphers", NULL, "" },
    { "ciphers", "Ciphers +aes128-cbc", "+aes128-cbc" },
    { "ciphers", "Ciphers", NULL },
    { "macs", NULL, "" },
    { "macs", "MACs hmac-sha2-256", "hmac-sha2-256" },
    { "macs", "MACs", NULL },
    { "forcecommand", NULL, "none" },
    { "forcecommand", "ForceCommand  echo \"a b\" x", "echo \"a b\" x" },
    { "forcecommand", "ForceCommand none", "none" },
    { "forcecommand", "ForceCommand it's", NULL },
    { "kexalgorithms", NULL, "" },
    { "kexalgorithms", "KexAlgorithms curve25519-sha256", "curve25519-sha256" },
    { "kexalgorithms", "KexAlgorithms", NULL },
    { "hostkeyalgorithms", NULL, "" },
    { "hostkeyalgorithms", "HostKeyAlgorithms -ssh-rsa", "-ssh-rsa" },
    { "hostkeyalgorithms", "HostKeyAlgorithms", NULL },
    { "loglevel", NULL, "INFO" },
    { "loglevel", "LogLevel debug", "DEBUG" },
    { "loglevel", "LogLevel foo", NULL },
    { "authorizedkeysfile", NULL, ".ssh/authorized_keys .ssh/authorized_keys2" },
    { "authorizedkeysfile", "AuthorizedKeysFile a %h/b\nAuthorizedKeysFile c", "a %h/b" },
    { "authorizedkeysfile", "AuthorizedKeysFile none", "none" },
    { "authorizedkeysfile", "AuthorizedKeysFile", NULL },
    { "hostkey", NULL,
      "/etc/ssh/ssh_host_rsa_key|/etc/ssh/ssh_host_ecdsa_key|/etc/ssh/ssh_host_ed25519_key" },
    { "hostkey", "HostKey /a\nHostKey ~/b\nHostKey c\nHostKey /a", "/a|/home/me/b|/there/c" },
    { "hostkey", "HostKey a b", NULL },
    { "addressfamily", NULL, "any" },
    { "addressfamily", "AddressFamily inet6", "inet6" },
    { "addressfamily", "AddressFamily x", NULL },
    { "permittty", NULL, "yes" },
    { "permittty", "PermitTTY no", "no" },
    { "permittty", "PermitTTY x", NULL },
    { "tcpkeepalive", NULL, "yes" },
    { "tcpkeepalive", "TCPKeepAlive no", "no" },
    { "tcpkeepalive", "TCPKeepAlive x", NULL },
    { "versionaddendum", NULL, "none" },
    { "versionaddendum", "VersionAddendum of example.org", "of example.org" },
    { "versionaddendum", "VersionAddendum", NULL },
    { "banner", NULL, "none" },
    { "banner", "Banner /etc/issue.net", "/etc/issue.net" },
    { "banner", "Banner", NULL },
    { "setenv", NULL, "" },
    { "setenv", "SetEnv A=1 B=\"2 3\"", "A=1|B=2 3" },
    { "setenv", "SetEnv A", NULL },
    { "allowusers", NULL, "" },
    { "allowusers", "AllowUsers a b@192.0.2.0/24\nAllowUsers c*", "a|b@192.0.2.0/24|c*" },
    { "allowusers", "AllowUsers", NULL },
    { "denyusers", NULL, "" },
    { "denyusers", "DenyUsers \"a b\" c", "a b|c" },
    { "denyusers", "DenyUsers \"\"", NULL },
    { "allowgroups", NULL, "" },
    { "allowgroups", "AllowGroups staff wheel", "staff|wheel" },
    { "allowgroups", "AllowGroups", NULL },
    { "denygroups", NULL, "" },
    { "denygroups", "DenyGroups *", "*" },
    { "denygroups", "DenyGroups", NULL },
    { "acceptenv", NULL, "" },
    { "acceptenv", "AcceptEnv LANG LC_*\nAcceptEnv X", "LANG|LC_*|X" },
    { "acceptenv", "AcceptEnv A=b", NULL },
    { "subsystem", NULL, "" },
    { "subsystem", "Subsystem sftp /usr/lib/sftp -f \"a b\"\nSubsystem sftp x\nSubsystem y z",
      "sftp /usr/lib/sftp -f \"a b\"|y z" },
    { "subsystem", "Subsystem sftp", NULL },
    { "maxstartups", NULL, "10:30:100" },
    { "maxstartups", "MaxStartups 5", "5:30:5" },
    { "maxstartups", "MaxStartups 5:200:1", NULL },
    { "rekeylimit", NULL, "0 0" },
    { "rekeylimit", "RekeyLimit 1G 1h", "1073741824 3600" },
    { "rekeylimit", "RekeyLimit x", NULL },
    { "usepam", "UsePAM off", NULL },
    { "usedns", NULL, "no" },
    { "usedns", "UseDNS yes", "yes" },
    { "usedns", "UseDNS maybe", NULL },
    { "syslogfacility", NULL, "AUTH" },
    { "syslogfacility", "SyslogFacility authpriv", "AUTHPRIV" },
    { "syslogfacility", "SyslogFacility KERN", NULL },
    { "logformat", NULL, "text" },
    { "logformat", "LogFormat text", "text" },
    { "logformat", "LogFormat xml", NULL },
    { "kbdinteractiveauthentication", NULL, "yes" },
    { "kbdinteractiveauthentication", "KbdInteractiveAuthentication no", "no" },
    { "kbdinteractiveauthentication", "ChallengeResponseAuthentication no", "no" },
    { "kbdinteractiveauthentication", "KbdInteractiveAuthentication x", NULL },
    { "authenticationmethods", NULL, "any" },
    { "authenticationmethods", "AuthenticationMethods any", "any" },
    { "authenticationmethods", "AuthenticationMethods any any", NULL },
    { "authenticationmethods", "AuthenticationMethods publickey,password password",
      "publickey,password password" },
    { "authenticationmethods", "AuthenticationMethods password\nAuthenticationMethods publickey",
      "password" },
    { "authenticationmethods", "AuthenticationMethods any publickey", NULL },
    { "authenticationmethods", "AuthenticationMethods foo", NULL },
    { "authenticationmethods", "AuthenticationMethods publickey,", NULL },
    { "authenticationmethods", "AuthenticationMethods publickey,,password", NULL },
    { "permitemptypasswords", NULL, "no" },
    { "permitemptypasswords", "PermitEmptyPasswords no", "no" },
    { "permitemptypasswords", "PermitEmptyPasswords yes", "yes" },
    { "permitemptypasswords", "PermitEmptyPasswords x", NULL },
    { "pubkeyacceptedalgorithms", NULL, "" },
    { "pubkeyacceptedalgorithms", "PubkeyAcceptedKeyTypes ssh-ed25519", "ssh-ed25519" },
    { "pubkeyacceptedalgorithms", "PubkeyAcceptedAlgorithms", NULL },
    { "requiredrsasize", NULL, "2048" },
    { "requiredrsasize", "RequiredRSASize 1024", "1024" },
    { "requiredrsasize", "RequiredRSASize x", NULL },
    { "authorizedkeyscommand", NULL, "none" },
    { "authorizedkeyscommand", "AuthorizedKeysCommand none", "none" },
    { "authorizedkeyscommand", "AuthorizedKeysCommand keys", NULL },
    { "authorizedkeyscommanduser", NULL, "none" },
    { "authorizedkeyscommanduser", "AuthorizedKeysCommandUser nobody", "nobody" },
    { "authorizedkeyscommanduser", "AuthorizedKeysCommandUser", NULL },
    { "authorizedprincipalsfile", NULL, "none" },
    { "authorizedprincipalsfile", "AuthorizedPrincipalsFile .ssh/names", ".ssh/names" },
    { "authorizedprincipalsfile", "AuthorizedPrincipalsFile", NULL },
    { "ignorerhosts", NULL, "yes" },
    { "ignorerhosts", "IgnoreRhosts shosts-only", "shosts-only" },
    { "ignorerhosts", "IgnoreRhosts x", NULL },
    { "persourcemaxstartups", NULL, "none" },
    { "persourcemaxstartups", "PerSourceMaxStartups none", "none" },
    { "persourcemaxstartups", "PerSourceMaxStartups x", NULL },
    { "persourcenetblocksize", NULL, "32:128" },
    { "persourcenetblocksize", "PerSourceNetBlockSize 24:56", "24:56" },
    { "persourcenetblocksize", "PerSourceNetBlockSize 33", NULL },
    { "persourcepenalties", NULL,
      "crash:90 authfail:5 noauth:1 invaliduser:5 grace-exceeded:10 refuseconnection:10 max:600 "
      "min:15 max-sources4:65536 max-sources6:65536 overflow:permissive overflow6:permissive" },
    { "persourcepenalties", "PerSourcePenalties no", "no" },
    { "persourcepenalties", "PerSourcePenalties x", NULL },
    { "persourcepenaltyexemptlist", NULL, "none" },
    { "persourcepenaltyexemptlist", "PerSourcePenaltyExemptList 10.0.0.0/8,::1", "10.0.0.0/8,::1" },
    { "persourcepenaltyexemptlist", "PerSourcePenaltyExemptList 10.0.0.1/8", NULL },
    { "chrootdirectory", NULL, "none" },
    { "chrootdirectory", "ChrootDirectory /srv/%u", "/srv/%u" },
    { "chrootdirectory", "ChrootDirectory x", NULL },
    { "permituserrc", NULL, "yes" },
    { "permituserrc", "PermitUserRC no", "no" },
    { "permituserrc", "PermitUserRC x", NULL },
    { "permituserenvironment", NULL, "no" },
    { "permituserenvironment", "PermitUserEnvironment LANG,LC_*", "LANG,LC_*" },
    { "permituserenvironment", "PermitUserEnvironment", NULL },
    { "printlastlog", NULL, "yes" },
    { "printlastlog", "PrintLastLog no", "no" },
    { "printlastlog", "PrintLastLog x", NULL },
    { "exposeauthinfo", NULL, "no" },
    { "exposeauthinfo", "ExposeAuthInfo yes", "yes" },
    { "exposeauthinfo", "ExposeAuthInfo x", NULL },
    { "disableforwarding", NULL, "no" },
    { "disableforwarding", "DisableForwarding yes", "yes" },
    { "disableforwarding", "DisableForwarding x", NULL },
    { "allowtcpforwarding", NULL, "no" },
    { "allowtcpforwarding", "AllowTcpForwarding no", "no" },
    { "allowtcpforwarding", "AllowTcpForwarding x", NULL },
    { "allowstreamlocalforwarding", NULL, "no" },
    { "allowstreamlocalforwarding", "AllowStreamLocalForwarding no", "no" },
    { "allowstreamlocalforwarding", "AllowStreamLocalForwarding x", NULL },
    { "allowagentforwarding", NULL, "no" },
    { "allowagentforwarding", "AllowAgentForwarding no", "no" },
    { "allowagentforwarding", "AllowAgentForwarding x", NULL },
    { "permittunnel", NULL, "no" },
    { "permittunnel", "PermitTunnel no", "no" },
    { "permittunnel", "PermitTunnel x", NULL },
    { "permitopen", NULL, "any" },
    { "permitopen", "PermitOpen a:1 [::1]:*", "a:1 [::1]:*" },
    { "permitopen", "PermitOpen none", "none" },
    { "permitopen", "PermitOpen a", NULL },
    { "permitopen", "PermitOpen any a:1", NULL },
    { "permitlisten", NULL, "any" },
    { "permitlisten", "PermitListen 80 a:1", "80 a:1" },
    { "permitlisten", "PermitListen a", NULL },
    { "gatewayports", NULL, "no" },
    { "gatewayports", "GatewayPorts no", "no" },
    { "gatewayports", "GatewayPorts x", NULL },
    { "x11forwarding", NULL, "no" },
    { "x11forwarding", "X11Forwarding no", "no" },
    { "x11forwarding", "X11Forwarding x", NULL },
    { "compression", NULL, "yes" },
    { "compression", "Compression delayed", "yes" },
    { "compression", "Compression no", "no" },
    { "compression", "Compression x", NULL },
    /* without effect: what sshd would print of it */
    { "fingerprinthash", "FingerprintHash sha256", "SHA256" },
    { "gssapiauthentication", "GSSAPIAuthentication NO", "no" },
    { "ipqos", "IPQoS none", "none none" },
    { "ipqos", "IPQoS none af21", NULL },
    { "x11displayoffset", "X11DisplayOffset 20\nX11DisplayOffset 30", "20" },
    { "x11uselocalhost", "X11UseLocalhost No", "no" },
    { "modulifile", "ModuliFile \"/a b\"", "/a b" },
    { "casignaturealgorithms", "CASignatureAlgorithms ssh-ed25519", "" },
};

/* Values of keywords of which the server cannot do all yet, for when it can. */
static const struct {
    const char *line, *printed;
} later[] = {
    { "UseDNS yes", "usedns yes" },
    { "SyslogFacility local7", "syslogfacility LOCAL7" },
    { "LogFormat json", "logformat json" },
    { "", "kbdinteractiveauthentication yes" },
    { "AuthenticationMethods publickey,password keyboard-interactive:pam",
      "authenticationmethods publickey,password keyboard-interactive:pam" },
    { "PermitEmptyPasswords yes", "permitemptypasswords yes" },
    { "RequiredRSASize 4096", "requiredrsasize 4096" },
    { "AuthorizedKeysCommand /bin/keys %u\nAuthorizedKeysCommandUser nobody",
      "authorizedkeyscommand /bin/keys %u" },
    { "PerSourceMaxStartups 3", "persourcemaxstartups 3" },
    { "PerSourcePenalties authfail:0.5s noauth:2m overflow:deny-all\nPerSourcePenalties authfail:9",
      "persourcepenalties crash:90 authfail:0.500 noauth:120 invaliduser:5 grace-exceeded:10 "
      "refuseconnection:10 max:600 min:15 max-sources4:65536 max-sources6:65536 overflow:deny-all "
      "overflow6:deny-all" },
    { "ChrootDirectory %h/x", "chrootdirectory %h/x" },
    { "PermitUserEnvironment LANG,LC_*", "permituserenvironment LANG,LC_*" },
    { "", "permituserrc yes" },
    { "", "printlastlog yes" },
    { "ExposeAuthInfo yes", "exposeauthinfo yes" },
    { "AllowTcpForwarding local", "allowtcpforwarding local" },
    { "AllowTcpForwarding all", "allowtcpforwarding yes" },
    { "AllowStreamLocalForwarding remote", "allowstreamlocalforwarding remote" },
    { "", "allowagentforwarding yes" },
    { "PermitTunnel ethernet", "permittunnel ethernet" },
    { "GatewayPorts clientspecified", "gatewayports clientspecified" },
    { "X11Forwarding yes", "x11forwarding yes" },
};

static void what_cannot_be_done_yet_is_understood(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++) {
        scoped(buf) text = BUF_EMPTY(PRINTED_MAX);
        scoped(buf) line = BUF_EMPTY(PRINTED_MAX);
        struct server_options options;
        server_options_init(&options);
        options.pending = NULL;
        assert_int_equal(parse(&options, later[i].line), OK);
        assert_int_equal(server_options_finish(&options, "/", "/"), OK);
        assert_int_equal(server_options_print(&options, &text), OK);
        assert_int_equal(buf_format(&line, "\n%s\n", later[i].printed), OK);
        if (!strstr(buf_text(&text), buf_text(&line)))
            fail_msg("%s: not printed: %s", later[i].line, buf_text(&text));
        server_options_wipe(&options);
    }
}

/* Each of them is a keyword of the table, and its values are taken. */
static void what_is_done_of_it_is_taken(void **state)
{
    struct server_options none;
    (void)state;
    server_options_init(&none);
    for (const struct option_pending *pending = none.pending; pending->keyword; pending++) {
        struct bytes harmless = bytes_text(pending->values);
        assert_non_null(option_table_find(server_options_table(), bytes_text(pending->keyword)));
        while (harmless.len) {
            struct server_options options;
            server_options_init(&options);
            assert_int_equal(
                server_options_put(&options, pending->keyword, bytes_cut(&harmless, '|')), OK);
            server_options_wipe(&options);
        }
    }
    server_options_wipe(&none);
}

static void a_list_of_names_has_a_limit(void **state)
{
    (void)state;
    for (size_t len = OPTION_NAMES_MAX; len <= OPTION_NAMES_MAX + 1; len++) {
        struct server_options options;
        char names[OPTION_NAMES_MAX + 2] = "";
        memset(names, 'a', len);
        server_options_init(&options);
        assert_int_equal(server_options_put(&options, "Ciphers", bytes_text(names)),
                         len == OPTION_NAMES_MAX ? OK : ERR_BAD_VALUE);
        server_options_wipe(&options);
    }
}

static void lines_behind_match_come_one_by_one(void **state)
{
    (void)state;
    struct server_options options, line;
    const char text[] =
        "PubkeyAcceptedAlgorithms a\nMatch User x\nPubkeyAcceptedAlgorithms b\nMaxSessions 1\n"
        "Match User y\npubkeyacceptedkeytypes=c\n";
    size_t at = 0;
    server_options_init(&options);
    server_options_init(&line);
    assert_int_equal(parse(&options, text), OK);
    for (unsigned i = 0; i < 2; i++) {
        assert_true(server_options_resolve_next(&options, "PubkeyAcceptedAlgorithms", &at, &line));
        assert_string_equal(line.pubkey_accepted_algorithms, i ? "c" : "b");
        assert_int_equal(server_options_place(&line, "PubkeyAcceptedAlgorithms").line, i ? 6 : 3);
        assert_false(server_options_given(&line, "MaxSessions"));
    }
    assert_false(server_options_resolve_next(&options, "PubkeyAcceptedAlgorithms", &at, &line));
    server_options_wipe(&line);
    server_options_wipe(&options);
}

static void what_replaces_a_value_counts_before_the_others(void **state)
{
    struct server_options options;
    (void)state;
    server_options_init(&options);
    assert_int_equal(server_options_put(&options, "LogLevel", BYTES_LITERAL("DEBUG")), OK);
    assert_int_equal(server_options_replace(&options, "LogLevel", BYTES_LITERAL("QUIET")), OK);
    assert_int_equal(server_options_put(&options, "LogLevel", BYTES_LITERAL("ERROR")), OK);
    assert_int_equal(options.log_level, OPTION_LOG_QUIET);
    assert_int_equal(server_options_replace(&options, "Port", BYTES_LITERAL("1")), OK);
    assert_int_equal(server_options_replace(&options, "Port", BYTES_LITERAL("2")), OK);
    assert_int_equal(options.port.count, 1);
    assert_int_equal(options.port.numbers[0], 2);
    assert_int_equal(server_options_replace(&options, "LoginGraceTime", BYTES_LITERAL("x")),
                     ERR_BAD_VALUE);
    server_options_wipe(&options);
}

static void what_contradicts_itself_is_refused(void **state)
{
    static const char *const rows[][2] = {
        { "AuthenticationMethods publickey,password\nPasswordAuthentication no",
          "AuthenticationMethods cannot be satisfied by enabled authentication methods\n" },
        { "AuthorizedKeysCommand /bin/keys",
          "AuthorizedKeysCommand set without AuthorizedKeysCommandUser\n" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct server_options options;
        server_options_init(&options);
        options.pending = NULL;
        assert_int_equal(parse(&options, rows[i][0]), OK);
        assert_int_equal(server_options_finish(&options, "/", "/"), ERR_BAD_VALUE);
        assert_non_null(strstr(buf_text(&options.problems), rows[i][1]));
        server_options_wipe(&options);
    }
}

static void every_value_is_taken_printed_or_refused(void **state)
{
    scoped(buf) out = BUF_EMPTY(PRINTED_MAX);
    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        struct server_options options;
        server_options_init(&options);
        enum err err = parse(&options, values[i].line ? values[i].line : "");
        if ((err == OK) != (values[i].value != NULL))
            fail_msg("%s: %s", values[i].line, buf_text(&options.problems));
        if (values[i].value) {
            assert_int_equal(server_options_finish(&options, "/home/me", "/there"), OK);
            assert_string_equal(printed(&options, values[i].keyword, &out), values[i].value);
        }
        server_options_wipe(&options);
    }
}

static void what_is_ignored_is_printed_where_there_is_something_to_say(void **state)
{
    const struct option_table *table = server_options_table();
    struct server_options options;
    (void)state;
    server_options_init(&options);
    assert_int_equal(server_options_finish(&options, "/", "/"), OK);
    for (size_t i = 0; i < table->ignored_count; i++) {
        scoped(buf) out = BUF_EMPTY(PRINTED_MAX);
        const char *shown = table->ignored[i].shown;
        struct option_name name = option_name(bytes_text(table->ignored[i].keyword));
        assert_string_equal(printed(&options, name.text, &out), shown ? shown : "");
    }
    server_options_wipe(&options);
}

static void every_keyword_of_the_table_was_tried(void **state)
{
    const struct option_table *table = server_options_table();
    (void)state;
    for (size_t row = 0; row < table->row_count; row++) {
        unsigned standard = 0, good = 0, bad = 0;
        struct option_name name = option_name(bytes_text(table->rows[row].keyword));
        assert_ptr_equal(option_table_find(table, bytes_text(name.text)), &table->rows[row]);
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
    for (size_t i = 0; i < table->ignored_count; i++)
        assert_null(option_table_find(table, bytes_text(table->ignored[i].keyword)));
}

static void problems_are_told_in_the_words_of_sshd(void **state)
{
    static const char *const rows[][2] = {
        { "Foo x", "config: line 1: Bad configuration option: foo\n" },
        { "Include x", "config line 1: Too many recursive configuration includes\n" },
        { "IgnoreUnknown x", "config: line 1: Bad configuration option: ignoreunknown\n" },
        { "Port x", "config line 1: Badly formatted port number.\n" },
        { "PermitRootLogin maybe", "config line 1: unsupported option \"maybe\".\n" },
        { "X11Forwarding yes", "config line 1: unsupported option \"yes\" of keyword "
                               "x11forwarding: X11 is never forwarded;"
                               " write \"X11Forwarding no\" or leave the line out.\n" },
        { "GSSAPIAuthentication no yes",
          "config line 1: unsupported option \"yes\" of keyword gssapiauthentication: there is no"
          " login by GSSAPI; write \"GSSAPIAuthentication no\" or leave the line out.\n" },
        { "GSSAPIAuthentication # no",
          "config line 1: no argument after keyword \"gssapiauthentication\"\n" },
        { "AuthenticationMethods any foo",
          "config line 1: AuthenticationMethods must be methods with"
          " commas between: \"foo\"\n" },
        { "PermitOpen any a:1", "config line 1: PermitOpen: \"any|none\" must appear alone\n" },
        { "PerSourcePenalties yes no", "config line 1: PerSourcePenalties: \"yes\" and \"no\" must"
                                       " appear alone\n" },
        { "PerSourcePenalties crash:x",
          "config line 1: PerSourcePenalties: bad value \"crash:x\"\n" },
        { "ChrootDirectory x", "config line 1: ChrootDirectory must be an absolute path: \"x\"\n" },
        { "ListenAddress ::1 rdomain x",
          "config line 1: ListenAddress: rdomain is not supported\n" },
        { "Subsystem sftp", "config line 1: Missing subsystem command.\n" },
        { "Subsystem \"a b\" c", "config line 1: Bad subsystem name 'a b'.\n" },
        { "MaxStartups x", "config line 1: Invalid MaxStartups spec.\n" },
        { "AcceptEnv A=b", "config line 1: Invalid environment name.\n" },
        { "LoginGraceTime x", "config line 1: invalid time value.\n" },
        { "Port", "config line 1: no argument after keyword \"port\"\n" },
        { "Port \"22", "config line 1: invalid quotes\n" },
        { "AllowTcpForwarding yes",
          "config line 1: unsupported option \"yes\" of keyword allowtcpforwarding: there are no"
          " forwardings; write \"AllowTcpForwarding no\" or leave the line out.\n" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char expected[500];
        struct server_options options;
        server_options_init(&options);
        assert_int_equal(parse(&options, rows[i][0]), ERR_BAD_VALUE);
        (void)snprintf(expected, sizeof(expected),
                       "%sconfig: terminating, 1 bad configuration options\n", rows[i][1]);
        assert_string_equal(buf_text(&options.problems), expected);
        server_options_wipe(&options);
    }
}

static void harmless_keywords_are_passed_over(void **state)
{
    struct server_options options;
    (void)state;
    server_options_init(&options);
    assert_int_equal(parse(&options, "SshdSessionPath /x\nSshdAuthPath /y\nPerSourcePenalties no\n"
                                     "ModuliFile '/z z'\nSecurityKeyProvider internal\nProtocol 2\n"
                                     "HostbasedAuthentication no\nTrustedUserCAKeys none\n"),
                     OK);
    server_options_wipe(&options);
}

static void the_command_line_comes_before_the_file(void **state)
{
    struct server_options options;
    (void)state;
    server_options_init(&options);
    assert_int_equal(server_options_put(&options, "Port", BYTES_LITERAL("2200")), OK);
    assert_int_equal(server_options_put(&options, "Port", BYTES_LITERAL("2201")), OK);
    assert_int_equal(server_options_set(&options, BYTES_LITERAL(" LogLevel=DEBUG")), OK);
    assert_int_equal(server_options_set(&options, BYTES_LITERAL("Subsystem=sftp one")), OK);
    assert_int_equal(server_options_set(&options, BYTES_LITERAL("Foo=x")), ERR_BAD_VALUE);
    assert_string_equal(buf_text(&options.problems),
                        "command-line: line 0: Bad configuration option: foo\n");
    assert_int_equal(parse(&options, "Port 22\nLogLevel QUIET\nSubsystem sftp two\n"), OK);
    assert_int_equal(options.port.count, 2);
    assert_int_equal(options.port.numbers[1], 2201);
    assert_int_equal(options.log_level, OPTION_LOG_DEBUG1);
    assert_true(server_options_given(&options, "LogLevel"));
    assert_false(server_options_given(&options, "HostKey"));
    assert_string_equal(server_options_subsystem(&options, BYTES_LITERAL("sftp")), "one");
    assert_null(server_options_subsystem(&options, BYTES_LITERAL("sft")));
    assert_null(server_options_subsystem(&options, BYTES_LITERAL("sftp one")));
    server_options_wipe(&options);
}

static void bad_addresses_are_refused(void **state)
{
    static const char *const rows[] = {
        "[::1", "[::1]x", "[::1]:", "a:b", "a:0", ":22", "a:65536"
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct server_options options;
        server_options_init(&options);
        assert_int_equal(server_options_put(&options, "ListenAddress", bytes_text(rows[i])), OK);
        if (server_options_finish(&options, "/", "/") != ERR_BAD_VALUE)
            fail_msg("%s", rows[i]);
        server_options_wipe(&options);
    }
}

static void addresses_times_ports_are_bounded(void **state)
{
    struct server_options options;
    scoped(buf) text = BUF_EMPTY(LIMIT_CONFIG_FILE);
    (void)state;
    server_options_init(&options);
    for (int i = 1; i <= OPTION_PORTS_MAX; i++)
        assert_int_equal(buf_format(&text, "Port %d\nListenAddress 10.0.0.%d\n", i, i), OK);
    assert_int_equal(parse(&options, buf_text(&text)), OK);
    assert_int_equal(server_options_finish(&options, "/", "/"), ERR_BAD_VALUE);
    assert_int_equal(parse(&options, "Port 99\n"), OK); /* given before: passed over */
    assert_int_equal(options.port.count, OPTION_PORTS_MAX);
    server_options_wipe(&options);
    assert_int_equal(buf_append_text(&text, "Port 99\n"), OK);
    assert_int_equal(parse(&options, buf_text(&text)), ERR_BAD_VALUE);
    server_options_wipe(&options);
}

static void hostile_files_are_refused_in_bounds(void **state)
{
    static const char fills[] = { 'a', '"', '\\', ' ', '\n', '=', 0 };
    static char text[LIMIT_CONFIG_FILE + 1];
    (void)state;
    for (size_t i = 0; i < sizeof(fills); i++) {
        struct server_options options;
        server_options_init(&options);
        memset(text, fills[i], sizeof(text));
        memcpy(text, "Foo ", 4);
        assert_int_equal(
            server_options_parse(&options, "config", bytes_of(text, sizeof(text) - 1), NULL),
            ERR_BAD_VALUE);
        assert_int_equal(
            server_options_parse(&options, "config", bytes_of(text, sizeof(text)), NULL),
            ERR_BAD_VALUE);
        server_options_wipe(&options);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_value_is_taken_printed_or_refused),
        cmocka_unit_test(what_is_ignored_is_printed_where_there_is_something_to_say),
        cmocka_unit_test(what_cannot_be_done_yet_is_understood),
        cmocka_unit_test(what_is_done_of_it_is_taken),
        cmocka_unit_test(a_list_of_names_has_a_limit),
        cmocka_unit_test(lines_behind_match_come_one_by_one),
        cmocka_unit_test(what_replaces_a_value_counts_before_the_others),
        cmocka_unit_test(what_contradicts_itself_is_refused),
        cmocka_unit_test(every_keyword_of_the_table_was_tried),
        cmocka_unit_test(problems_are_told_in_the_words_of_sshd),
        cmocka_unit_test(harmless_keywords_are_passed_over),
        cmocka_unit_test(the_command_line_comes_before_the_file),
        cmocka_unit_test(bad_addresses_are_refused),
        cmocka_unit_test(addresses_times_ports_are_bounded),
        cmocka_unit_test(hostile_files_are_refused_in_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
