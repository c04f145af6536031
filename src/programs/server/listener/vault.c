/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/listener/vault.h"

#include "base/limits.h"
#include "config/server_options.h"
#include "os/companion.h"
#include "os/descriptor.h"
#include "os/file.h"
#include "os/record_socket.h"
#include "os/system_error.h"
#include "programs/server/common/log.h"

#include <errno.h>

void vault_init(struct vault *vault)
{
    *vault = (struct vault){ .fd = -1, .blobs = BUF_EMPTY(VAULT_BLOBS_MAX) };
}

/* If there is such a user, the keys belong to it alone. */
static const char OWN_USER[] = "glasshd-keyd";

struct sandbox_setup vault_identity(const struct vault *vault)
{
    return sandbox_setup_as(&vault->sandbox, OWN_USER);
}

static enum err start(const struct vault *vault, int *fd, pid_t *id)
{
    const struct sandbox_setup sandbox = vault_identity(vault);
    char *arguments[] = { (char *)(uintptr_t)vault->ident, NULL };
    const struct companion_setup setup = { .name = "glasshd-keyd",
                                           .sandbox = &sandbox,
                                           .arguments = arguments };
    return companion_start_linked(&setup, fd, id);
}

enum { ANSWER_MS = 10 * 1000 };

/* The answer borrows from `room`. */
static enum err ask(int fd, const struct record *question, struct buf *room, struct record *answer)
{
    TRY(record_socket_send(fd, question, NULL));
    TRY(record_socket_await(fd, ANSWER_MS));
    return record_socket_take(fd, room, answer, NULL);
}

/* *verdict is the result for the key. */
static enum err hand_over(int fd, const char *path, enum err *verdict)
{
    scoped(buf) file = BUF_EMPTY(LIMIT_KEY_FILE);
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    struct stat facts;
    struct record answer;
    *verdict = file_read(path, &file, &facts);
    if (*verdict == OK && (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        *verdict = ERR_UNTRUSTED;
    if (*verdict != OK)
        return OK;
    TRY(ask(fd, &(struct record){ RECORD_HOST_KEY, { 0 }, { buf_bytes(&file) } }, &room, &answer));
    if (answer.numbers[0] >= ERR_COUNT)
        return ERR_BAD_VALUE;
    *verdict = (enum err)answer.numbers[0];
    return answer.type == RECORD_HOST_KEY_TAKEN ? OK : ERR_BAD_STATE;
}

static void log_verdict(const struct vault *vault, const char *path, enum err verdict)
{
    bool is_explicit = server_options_given(vault->options, "HostKey");
    if (verdict == OK || (verdict == ERR_SYSTEM && errno == ENOENT && !is_explicit))
        return;
    if (verdict == ERR_UNTRUSTED)
        log_error("Permissions for '%s' are too open: other users can read it. It is not used.",
                  path);
    else
        log_error("Unable to load host key \"%s\": %s", path, system_error_text(verdict));
}

static enum err fill(const struct vault *vault, int fd, struct buf *blobs)
{
    const struct option_list *paths = &vault->options->host_key;
    for (size_t i = 0; i < paths->count; i++) {
        enum err verdict;
        TRY(hand_over(fd, paths->items[i], &verdict));
        log_verdict(vault, paths->items[i], verdict);
    }
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    struct record answer;
    TRY(ask(fd, &(struct record){ .type = RECORD_HOST_KEYS_END }, &room, &answer));
    TRY(answer.type == RECORD_HOST_KEYS ? OK : ERR_BAD_STATE);
    return buf_append(blobs, answer.texts[0]);
}

enum err vault_open(struct vault *vault)
{
    scoped(buf) blobs = BUF_EMPTY(VAULT_BLOBS_MAX);
    int fd = -1;
    pid_t id = 0;
    TRY(start(vault, &fd, &id));
    enum err err = fill(vault, fd, &blobs);
    if (err == OK && vault->fd >= 0 && !bytes_equal(buf_bytes(&blobs), buf_bytes(&vault->blobs)))
        err = ERR_BAD_VALUE;
    if (err != OK) {
        companion_end(&id); /* if stuck, it would not see its socket's end */
        descriptor_close(&fd);
        return err;
    }
    vault_close(vault);
    buf_keep(&vault->blobs, buf_bytes(&blobs));
    vault->fd = fd;
    vault->id = id;
    return OK;
}

void vault_close(struct vault *vault)
{
    descriptor_close(&vault->fd);
    buf_wipe(&vault->blobs);
}
