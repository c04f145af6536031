/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/password.h"

#include "base/check.h"
#include "base/limits.h"
#include "crypto/equal.h"

#include <crypt.h>
#include <shadow.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { SECONDS_PER_DAY = 24 * 60 * 60 };

/* For an account without a hash: what is guessed of it costs as much time. */
static const char NO_HASH[] = "$y$j9T$nothingIsLikeThis0.....$";

/* The account's hash, or NULL: none, locked, or expired. Valid until the next call. */
static const char *find_hash(const struct account *account)
{
    const struct spwd *entry = geteuid() == 0 ? getspnam(account->name) : NULL;
    if (!entry || !entry->sp_pwdp || *entry->sp_pwdp == '\0' || *entry->sp_pwdp == '!' ||
        *entry->sp_pwdp == '*')
        return NULL;
    if (entry->sp_expire > 0 && time(NULL) / SECONDS_PER_DAY >= entry->sp_expire)
        return NULL;
    return entry->sp_pwdp;
}

bool password_can_check(const struct account *account)
{
    return find_hash(account) != NULL;
}

bool password_is_right(const struct account *account, struct bytes password)
{
    char text[LIMIT_PASSPHRASE + 1];
    const char *hash = find_hash(account);
    if (password.len == 0 || !bytes_to_text(password, text, sizeof(text)))
        return false;

    struct crypt_data *scratch = calloc(1, sizeof(*scratch));
    CHECK(scratch);
    const char *result = crypt_r(text, hash ? hash : NO_HASH, scratch);
    bool right = hash && result && equal_secret(bytes_text(result), bytes_text(hash));
    bytes_wipe(scratch, sizeof(*scratch));
    free(scratch);
    bytes_wipe(text, sizeof(text));
    return right;
}
