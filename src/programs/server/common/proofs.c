/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/common/proofs.h"

#include "base/base64.h"
#include "base/reader.h"

static enum err write_proof(struct bytes method, struct bytes blob, struct buf *out)
{
    struct reader r = reader_over(blob, NULL);
    struct bytes type = reader_string(&r, "key type");
    TRY(buf_append(out, method));
    if (blob.len > 0) {
        TRY(buf_append_text(out, " "));
        TRY(buf_append(out, type));
        TRY(buf_append_text(out, " "));
        TRY(base64_encode(blob, true, out));
    }
    return buf_append_text(out, "\n");
}

enum err proofs_write(struct bytes proofs, struct buf *out)
{
    while (proofs.len > 0) {
        struct reader r = reader_over(proofs, NULL);
        struct bytes method = reader_string(&r, "method");
        struct bytes blob = reader_string(&r, "key blob");
        proofs = reader_rest(&r, "more proofs");
        TRY(reader_end(&r));
        TRY(write_proof(method, blob, out));
    }
    return OK;
}
