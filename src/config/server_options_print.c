/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/server_options_internal.h"

#include <string.h>

/* The order in which sshd prints. */
static const char order[] =
    "Port AddressFamily ListenAddress UsePAM PAMServiceName LoginGraceTime X11DisplayOffset "
    "MaxAuthTries MaxSessions ClientAliveInterval ClientAliveCountMax RequiredRSASize "
    "StreamLocalBindMask UnusedConnectionTimeout PermitRootLogin IgnoreRhosts "
    "IgnoreUserKnownHosts HostbasedAuthentication HostbasedUsesNameFromPacketOnly "
    "PubkeyAuthentication KerberosAuthentication KerberosOrLocalPasswd KerberosTicketCleanup "
    "GSSAPIAuthentication GSSAPICleanupCredentials GSSAPIKeyExchange GSSAPIStrictAcceptorCheck "
    "GSSAPIStoreCredentialsOnRekey PasswordAuthentication KbdInteractiveAuthentication "
    "PrintMotd PrintLastLog X11Forwarding X11UseLocalhost PermitTTY PermitUserRC StrictModes "
    "TCPKeepAlive PermitEmptyPasswords Compression GatewayPorts UseDNS AllowTcpForwarding "
    "AllowAgentForwarding DisableForwarding AllowStreamLocalForwarding StreamLocalBindUnlink "
    "FingerprintHash ExposeAuthInfo PidFile ModuliFile XAuthLocation Ciphers MACs Banner "
    "ForceCommand ChrootDirectory TrustedUserCAKeys RevokedKeys SecurityKeyProvider "
    "AuthorizedPrincipalsFile VersionAddendum AuthorizedKeysCommand AuthorizedKeysCommandUser "
    "AuthorizedPrincipalsCommand AuthorizedPrincipalsCommandUser HostKeyAgent KexAlgorithms "
    "HostKeyAlgorithms PubkeyAcceptedAlgorithms PerSourcePenaltyExemptList LogLevel "
    "SyslogFacility AuthorizedKeysFile HostKey AllowUsers DenyUsers AllowGroups DenyGroups "
    "AcceptEnv SetEnv AuthenticationMethods Subsystem MaxStartups PerSourceMaxStartups "
    "PerSourceNetBlockSize PermitTunnel IPQoS RekeyLimit PermitOpen PermitListen "
    "PermitUserEnvironment PubkeyAuthOptions PerSourcePenalties";

static enum err print_listen(const struct server_options *options, struct buf *out)
{
    for (size_t i = 0; i < options->listen_count; i++) {
        const struct server_listen *at = &options->listen[i];
        bool is_ipv6 = strchr(at->host, ':') != NULL;
        TRY(buf_format(out, "listenaddress %s%s%s:%d\n", is_ipv6 ? "[" : "", at->host,
                       is_ipv6 ? "]" : "", at->port));
    }
    return OK;
}

static enum err print_row(const struct option_row *row, const struct server_options *options,
                          struct buf *out)
{
    return strcmp(row->keyword, "ListenAddress") == 0 ? print_listen(options, out)
                                                      : option_print(row, options, out);
}

static enum err print_ignored(const struct option_ignored *ignored,
                              const struct server_options *options, struct buf *out)
{
    const char *noted = options->noted[ignored - server_options_table()->ignored];
    return buf_format(out, "%s %s\n", option_name(bytes_text(ignored->keyword)).text,
                      noted ? noted : ignored->shown);
}

static enum err print_keyword(struct bytes keyword, const struct server_options *options,
                              struct buf *out)
{
    const struct option_table *table = server_options_table();
    const struct option_row *row = option_table_find(table, keyword);
    return row ? print_row(row, options, out)
               : print_ignored(option_table_find_ignored(table, keyword), options, out);
}

static bool is_ordered(const char *keyword)
{
    for (struct bytes rest = bytes_text(order); rest.len;)
        if (bytes_is(bytes_cut(&rest, ' '), keyword))
            return true;
    return false;
}

enum err server_options_print(const struct server_options *options, struct buf *out)
{
    const struct option_table *table = server_options_table();
    for (struct bytes rest = bytes_text(order); rest.len;)
        TRY(print_keyword(bytes_cut(&rest, ' '), options, out));
    for (size_t i = 0; i < table->row_count; i++)
        if (!is_ordered(table->rows[i].keyword))
            TRY(print_row(&table->rows[i], options, out));
    return OK;
}
