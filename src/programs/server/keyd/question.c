/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/keyd/question.h"

#include "base/limits.h"
#include "base/reader.h"

/* Octets; honest exchanges stay somewhat below. */
static const size_t len_max[QUESTION_TEXT_COUNT] = {
    [QUESTION_ALGORITHM] = 64,        [QUESTION_KEY] = LIMIT_KEY_BLOB,
    [QUESTION_CLIENT_IDENT] = 255,    [QUESTION_CLIENT_KEXINIT] = 35000,
    [QUESTION_SERVER_KEXINIT] = 4096, [QUESTION_CLIENT_SHARE] = 2400,
    [QUESTION_SERVER_SHARE] = 2400,   [QUESTION_SECRET] = 1100,
};

/* Otherwise the hash would not have two shares and a secret after the host key. */
static enum err check_secret(struct bytes secret)
{
    struct reader r = reader_over(secret, NULL);
    (void)reader_string(&r, "K");
    return reader_end(&r) == OK ? OK : ERR_BAD_VALUE;
}

static bool is_for_exchanges(uint32_t digest)
{
    return digest == DIGEST_SHA256 || digest == DIGEST_SHA384 || digest == DIGEST_SHA512;
}

enum err question_decode(const struct record *record, struct question *question)
{
    const struct bytes *texts = record->texts;
    for (size_t i = 0; i < QUESTION_TEXT_COUNT; i++)
        if (texts[i].len > len_max[i])
            return ERR_TOO_LONG;
    if (!is_for_exchanges(record->numbers[0]) || record->numbers[1] > 1)
        return ERR_BAD_VALUE;
    TRY(check_secret(texts[QUESTION_SECRET]));
    *question = (struct question){
        .algorithm = texts[QUESTION_ALGORITHM],
        .key = texts[QUESTION_KEY],
        .parts = {
            .digest = (enum digest_algorithm)record->numbers[0],
            .client_ident = texts[QUESTION_CLIENT_IDENT],
            .client_kexinit = texts[QUESTION_CLIENT_KEXINIT],
            .server_kexinit = texts[QUESTION_SERVER_KEXINIT],
            .client_share = texts[QUESTION_CLIENT_SHARE],
            .server_share = texts[QUESTION_SERVER_SHARE],
            .shares_are_mpints = record->numbers[1],
            .secret = texts[QUESTION_SECRET],
        },
    };
    return OK;
}
