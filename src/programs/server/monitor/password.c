/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/password.h"

#include "base/buf.h"
#include "base/check.h"
#include "base/limits.h"
#include "os/await.h"
#include "os/clock.h"
#include "os/companion.h"
#include "os/record_socket.h"
#include "programs/server/common/log.h"
#include "programs/server/password/judgement.h"

#include <errno.h>
#include <shadow.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SECONDS_PER_DAY = 24 * 60 * 60, HASH_MAX = JUDGEMENT_HASH_MAX, PATIENCE_MS = 60 * 1000 };

/* For a system without any hashes. */
static const char NO_HASH[] = "$y$j9T$nothingIsLikeThis0.....$";

static bool is_hash(const char *text)
{
    return text && *text && *text != '!' && *text != '*';
}

/* The account's hash, or NULL: none, locked, or expired. Valid until the next call. */
static const char *find_hash(const struct account *account)
{
    const struct spwd *entry = geteuid() == 0 ? getspnam(account->name) : NULL;
    if (!entry || !entry->sp_pwdp || *entry->sp_pwdp == '!' || *entry->sp_pwdp == '*' ||
        (entry->sp_expire > 0 && time(NULL) / SECONDS_PER_DAY >= entry->sp_expire))
        return NULL;
    return entry->sp_pwdp;
}

bool password_can_check(const struct account *account)
{
    const char *hash = find_hash(account);
    return hash && *hash;
}

bool password_has_expired(const struct account *account)
{
    const struct spwd *entry = geteuid() == 0 ? getspnam(account->name) : NULL;
    if (!entry)
        return false;
    return entry->sp_lstchg == 0 ||
           (entry->sp_max != -1 && time(NULL) / SECONDS_PER_DAY > entry->sp_lstchg + entry->sp_max);
}

/* Any account's hash, which costs what hashes cost here: a guess at an account without one takes as long. */
static void copy_typical_hash(struct buf *hash)
{
    const struct spwd *entry = NULL;
    if (geteuid() == 0) {
        setspent();
        while ((entry = getspent()) && !is_hash(entry->sp_pwdp))
            ;
        endspent();
    }
    if (buf_append_text(hash, entry ? entry->sp_pwdp : NO_HASH) == OK)
        return;
    enum err err = buf_append_text(hash, NO_HASH);
    CHECK(err == OK);
}

static enum err start_judge(struct bytes password, struct bytes hash, pid_t *judge)
{
    int ends[2];
    const struct record question = {
        RECORD_PASSWORD,
        { 0 },
        { [JUDGEMENT_PASSWORD] = password, [JUDGEMENT_HASH] = hash },
    };
    TRY(seqpacket_pair(ends));
    const struct companion_setup setup = { .name = "glasshd-password",
                                           .fds = { ends[1] },
                                           .fd_count = 1 };
    enum err err = record_socket_send(ends[0], &question, NULL);
    if (err == OK)
        err = companion_start(&setup, judge);
    (void)close(ends[0]);
    (void)close(ends[1]);
    return err;
}

/* Kills the judge if it is no longer waited for, or takes too long. False: nobody waits. */
static bool await(pid_t judge, int watch_fd)
{
    int fd = pidfd_open(judge, 0);
    if (fd < 0)
        return true;
    enum err err = await_readable(fd, watch_fd, clock_now_ms() + PATIENCE_MS);
    if (err != OK)
        (void)kill(judge, SIGKILL);
    (void)close(fd);
    return err != ERR_DISCONNECTED;
}

static bool judge_says_right(struct bytes password, struct bytes hash, int watch_fd)
{
    int status = 0;
    pid_t judge = -1, reaped = -1;
    bool is_awaited = true;
    if (start_judge(password, hash, &judge) == OK) {
        is_awaited = await(judge, watch_fd);
        while ((reaped = waitpid(judge, &status, 0)) < 0 && errno == EINTR)
            ;
    }
    bool has_said = judge > 0 && reaped == judge && WIFEXITED(status);
    if (has_said && WEXITSTATUS(status) == JUDGEMENT_RIGHT)
        return true;
    if (is_awaited && (!has_said || WEXITSTATUS(status) != JUDGEMENT_WRONG))
        log_error("a password could not be checked");
    return false;
}

bool password_is_right(const struct account *account, struct bytes password, bool may_be_empty,
                       int watch_fd)
{
    scoped(buf) hash = BUF_EMPTY(HASH_MAX);
    scoped(buf) typical = BUF_EMPTY(HASH_MAX);
    copy_typical_hash(&typical);
    const char *found = find_hash(account);
    if (password.len > LIMIT_PASSPHRASE || bytes_find(password, '\0') < password.len)
        return false;

    bool is_hashed = is_hash(found) && buf_append_text(&hash, found) == OK;
    bool is_open = found && !*found && password.len == 0;
    bool right = judge_says_right(password, buf_bytes(is_hashed ? &hash : &typical), watch_fd);
    return ((right && is_hashed) || is_open) && (password.len > 0 || may_be_empty);
}
