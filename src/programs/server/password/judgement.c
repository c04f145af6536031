/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/password/judgement.h"

#include "base/equal.h"
#include "base/limits.h"

#include <crypt.h>
#include <stdlib.h>

int judgement_of(const struct record *asked)
{
    char password[LIMIT_PASSPHRASE + 1], setting[JUDGEMENT_HASH_MAX + 1];
    struct bytes hash = asked->texts[JUDGEMENT_HASH];
    struct crypt_data *scratch = calloc(1, sizeof(*scratch));
    if (!scratch || asked->type != RECORD_PASSWORD ||
        !bytes_to_text(asked->texts[JUDGEMENT_PASSWORD], password, sizeof(password)) ||
        !bytes_to_text(hash, setting, sizeof(setting))) {
        free(scratch);
        return JUDGEMENT_FAILED;
    }
    const char *result = crypt_r(password, setting, scratch);
    bool is_right = result && equal_secret(bytes_text(result), hash);
    bytes_wipe(password, sizeof(password));
    bytes_wipe(scratch, sizeof(*scratch));
    free(scratch);
    return is_right ? JUDGEMENT_RIGHT : JUDGEMENT_WRONG;
}
