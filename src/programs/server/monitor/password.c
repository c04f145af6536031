/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/password.h"

#include "base/buf.h"
#include "base/check.h"
#include "base/equal.h"
#include "base/limits.h"
#include "programs/server/common/log.h"

#include <crypt.h>
#include <errno.h>
#include <grp.h>
#include <shadow.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SECONDS_PER_DAY = 24 * 60 * 60, HASH_MAX = 1024, NOBODY = 65534 };

/* What the child ends with: nothing that happens by accident. */
enum { CHILD_SAYS_RIGHT = 0x5a, CHILD_SAYS_WRONG = 0x33, CHILD_FAILED = 0x55 };

/* For a system on which nobody has a hash. */
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

/* Somebody's hash, which costs what hashes cost here: a guess at an account without one takes as long. */
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

static bool become_nobody(void)
{
    const struct rlimit none = { 0, 0 };
    if (close_range(0, ~0U, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0 ||
        setrlimit(RLIMIT_NOFILE, &none) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
    return geteuid() != 0 || (setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0 &&
                              setresuid(NOBODY, NOBODY, NOBODY) == 0 && setuid(0) != 0);
}

_Noreturn static void compute(const char *password, struct bytes hash)
{
    char setting[HASH_MAX + 1];
    struct crypt_data *scratch = calloc(1, sizeof(*scratch));
    if (!scratch || !become_nobody() || !bytes_to_text(hash, setting, sizeof(setting)))
        _exit(CHILD_FAILED);
    const char *result = crypt_r(password, setting, scratch);
    _exit(result && equal_secret(bytes_text(result), hash) ? CHILD_SAYS_RIGHT : CHILD_SAYS_WRONG);
}

static bool child_says_right(const char *password, struct bytes hash)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0)
        compute(password, hash);
    pid_t reaped = child;
    while (child > 0 && (reaped = waitpid(child, &status, 0)) < 0 && errno == EINTR)
        ;
    bool has_said = reaped == child && child > 0 && WIFEXITED(status);
    if (has_said && WEXITSTATUS(status) == CHILD_SAYS_RIGHT)
        return true;
    if (!has_said || WEXITSTATUS(status) != CHILD_SAYS_WRONG)
        log_error("a password could not be checked");
    return false;
}

bool password_is_right(const struct account *account, struct bytes password, bool may_be_empty)
{
    char text[LIMIT_PASSPHRASE + 1];
    scoped(buf) hash = BUF_EMPTY(HASH_MAX);
    scoped(buf) typical = BUF_EMPTY(HASH_MAX);
    copy_typical_hash(&typical);
    const char *found = find_hash(account);
    if (!bytes_to_text(password, text, sizeof(text)))
        return false;

    bool is_hashed = is_hash(found) && buf_append_text(&hash, found) == OK;
    bool is_open = found && !*found && password.len == 0;
    bool right = child_says_right(text, buf_bytes(is_hashed ? &hash : &typical));
    bytes_wipe(text, sizeof(text));
    return ((right && is_hashed) || is_open) && (password.len > 0 || may_be_empty);
}
