/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/keyd/key_pair.h"

#include "base/base64.h"
#include "base/limits.h"
#include "keys/private/private_key.h"
#include "keys/public_key.h"
#include "os/file.h"

static enum err write_pair(const struct private_key *key, const char *private_path,
                           const char *public_path)
{
    scoped(buf) text = BUF_EMPTY(LIMIT_KEY_FILE);
    TRY(private_key_format(key, "glasshd --demo", &text));
    TRY(file_write(private_path, buf_bytes(&text), 0600));

    struct bytes blob = private_key_public_blob(key);
    buf_clear(&text);
    TRY(buf_append(&text, public_key_blob_type(blob)));
    TRY(buf_append_text(&text, " "));
    TRY(base64_encode(blob, true, &text));
    TRY(buf_append_text(&text, "\n"));
    return file_write(public_path, buf_bytes(&text), 0600);
}

enum err key_pair_write(const char *private_path, const char *public_path)
{
    struct private_key *key = NULL;
    TRY(private_key_generate(PKEY_ED25519, 0, &key));
    enum err err = write_pair(key, private_path, public_path);
    private_key_free(key);
    return err;
}
