/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/demo.h"

#include "base/check.h"
#include "base/limits.h"
#include "os/companion.h"
#include "os/file.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SFTP_SERVER "/usr/lib/openssh/sftp-server"

enum { DEMO_PATH_MAX = sizeof(((struct demo *)NULL)->directory) + 32 };

static const char host_key[] = "host_key";
static const char host_key_public[] = "host_key.pub";
static const char user_key[] = "id_ed25519";
static const char user_key_public[] = "authorized_keys";
static const char known_hosts[] = "known_hosts";
static const char *const files[] = { host_key, host_key_public, user_key, user_key_public,
                                     known_hosts };

static const char *path_of(const struct demo *demo, const char *file, char path[DEMO_PATH_MAX])
{
    (void)snprintf(path, DEMO_PATH_MAX, "%s/%s", demo->directory, file);
    return path;
}

/* The keys are made by glasshd-keyd. */
static enum err make_key_pairs(const struct demo *demo)
{
    char option[] = "--make", paths[4][DEMO_PATH_MAX];
    const char *const names[] = { host_key, host_key_public, user_key, user_key_public };
    char *arguments[] = { option, paths[0], paths[1], paths[2], paths[3], NULL };
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        (void)path_of(demo, names[i], paths[i]);
    const struct companion_setup setup = { .name = "glasshd-keyd", .arguments = arguments };
    pid_t id;
    int status = 1;
    TRY(companion_start(&setup, &id));
    while (waitpid(id, &status, 0) < 0 && errno == EINTR)
        ;
    errno = EIO;
    return status == 0 ? OK : ERR_SYSTEM;
}

static enum err put_path(const struct demo *demo, struct server_options *options,
                         const char *keyword, const char *file)
{
    char path[DEMO_PATH_MAX];
    return server_options_put(options, keyword, bytes_text(path_of(demo, file, path)));
}

static enum err set_options(const struct demo *demo, struct server_options *options)
{
    TRY(put_path(demo, options, "HostKey", host_key));
    TRY(put_path(demo, options, "AuthorizedKeysFile", user_key_public));
    /* The directory is ours alone, but lies in one that everybody can write to. */
    TRY(server_options_put(options, "StrictModes", BYTES_LITERAL("no")));
    TRY(server_options_put(options, "PidFile", BYTES_LITERAL("none")));
    TRY(server_options_put(options, "PasswordAuthentication", BYTES_LITERAL("no")));
    if (access(SFTP_SERVER, X_OK) == 0)
        TRY(server_options_set(options, BYTES_LITERAL("Subsystem sftp " SFTP_SERVER)));
    return OK;
}

enum err demo_prepare(struct demo *demo, struct server_options *options)
{
    const char *base = getenv("TMPDIR");
    char directory[sizeof(demo->directory)];
    int len = snprintf(directory, sizeof(directory), "%s/glasshd-demo.XXXXXX",
                       base && *base == '/' ? base : "/tmp");
    if (len >= (int)sizeof(directory) || !mkdtemp(directory))
        return ERR_SYSTEM;

    memcpy(demo->directory, directory, sizeof(directory));
    TRY(make_key_pairs(demo));
    return set_options(demo, options);
}

void demo_listen(struct server_options *options)
{
    options->listen[0] = (struct server_listen){
        .host = "127.0.0.1",
        .port = server_options_given(options, "Port") ? options->port.numbers[0] : 0,
    };
    options->listen_count = 1;
    options->per_source_penalties.is_off = true; /* trying things out includes failing */
}

static enum err write_known_hosts(const struct demo *demo, uint16_t port)
{
    char path[DEMO_PATH_MAX];
    scoped(buf) line = BUF_EMPTY(LIMIT_LINE);
    TRY(buf_format(&line, "[127.0.0.1]:%u ", port));
    TRY(file_read(path_of(demo, host_key_public, path), &line, NULL));
    return file_write(path_of(demo, known_hosts, path), buf_bytes(&line), 0600);
}

/* The client next to this program, or the one found in the PATH. */
static const char *find_client(char path[PATH_MAX])
{
    static const char name[] = "glassh";
    ssize_t len = readlink("/proc/self/exe", path, PATH_MAX - sizeof(name));
    if (len > 0) {
        path[len] = '\0';
        char *slash = strrchr(path, '/');
        CHECK(slash);
        memcpy(slash + 1, name, sizeof(name));
        if (access(path, X_OK) == 0)
            return path;
    }
    return name;
}

enum err demo_announce(const struct demo *demo, const struct account *account, uint16_t port)
{
    TRY(write_known_hosts(demo, port));

    char client[PATH_MAX], key[DEMO_PATH_MAX], hosts[DEMO_PATH_MAX];
    (void)printf(
        "%s -F none -p %u -i %s -o IdentitiesOnly=yes -o UserKnownHostsFile=%s %s@127.0.0.1\n",
        find_client(client), port, path_of(demo, user_key, key), path_of(demo, known_hosts, hosts),
        account->name);
    return fflush(stdout) == 0 ? OK : ERR_SYSTEM;
}

void demo_clean(struct demo *demo)
{
    char path[DEMO_PATH_MAX];
    if (*demo->directory == '\0')
        return;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        (void)unlink(path_of(demo, files[i], path));
    (void)rmdir(demo->directory);
    *demo->directory = '\0';
}
