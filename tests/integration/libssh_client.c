/* SPDX-License-Identifier: BSD-2-Clause */
/* libssh as a client: PORT USER KEY COMMAND; with an empty KEY, by the password in $PASSWORD. Prints what the
 * command prints, and ends with its exit status; 255 when it did not come to that. */
#include <libssh/libssh.h>
#include <stdio.h>
#include <stdlib.h>

static int log_in(ssh_session session, const char *key_file)
{
    ssh_key key = NULL;
    if (*key_file == '\0')
        return ssh_userauth_password(session, NULL, getenv("PASSWORD"));
    if (ssh_pki_import_privkey_file(key_file, NULL, NULL, NULL, &key) != SSH_OK)
        return SSH_AUTH_ERROR;
    int result = ssh_userauth_publickey(session, NULL, key);
    ssh_key_free(key);
    return result;
}

static int run(ssh_session session, const char *command)
{
    char octets[4096];
    ssh_channel channel = ssh_channel_new(session);
    if (!channel || ssh_channel_open_session(channel) != SSH_OK ||
        ssh_channel_request_exec(channel, command) != SSH_OK)
        return 255;
    for (int count; (count = ssh_channel_read(channel, octets, sizeof(octets), 0)) > 0;)
        (void)fwrite(octets, 1, (size_t)count, stdout);
    int status = ssh_channel_get_exit_status(channel);
    ssh_channel_free(channel);
    return status < 0 ? 255 : status;
}

int main(int argc, char **argv)
{
    const int never = 0;
    ssh_session session = ssh_new();
    if (argc != 5 || !session)
        return 255;
    unsigned port = (unsigned)atoi(argv[1]);
    (void)ssh_options_set(session, SSH_OPTIONS_HOST, "127.0.0.1");
    (void)ssh_options_set(session, SSH_OPTIONS_PORT, &port);
    (void)ssh_options_set(session, SSH_OPTIONS_USER, argv[2]);
    (void)ssh_options_set(session, SSH_OPTIONS_PROCESS_CONFIG, &never);
    int status = 255;
    if (ssh_connect(session) == SSH_OK && log_in(session, argv[3]) == SSH_AUTH_SUCCESS)
        status = run(session, argv[4]);
    else
        (void)fprintf(stderr, "%s\n", ssh_get_error(session));
    ssh_disconnect(session);
    ssh_free(session);
    return status;
}
