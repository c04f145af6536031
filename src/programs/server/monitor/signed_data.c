/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/signed_data.h"

#include "base/writer.h"

enum { USERAUTH_REQUEST = 50 };

static enum err make(const struct signed_data *wanted, bool is_bound, struct buf *data)
{
    buf_clear(data);
    struct writer w = writer_to(data);
    writer_string(&w, wanted->session_id);
    writer_u8(&w, USERAUTH_REQUEST);
    writer_string(&w, wanted->user);
    writer_text(&w, "ssh-connection");
    writer_text(&w, is_bound ? "publickey-hostbound-v00@openssh.com" : "publickey");
    writer_bool(&w, true);
    writer_string(&w, wanted->key_algorithm);
    writer_string(&w, wanted->key_blob);
    if (is_bound)
        writer_string(&w, wanted->host_key);
    return writer_end(&w);
}

enum err signed_data_make(const struct signed_data *wanted, struct bytes claimed, struct buf *data)
{
    if (wanted->session_id.len == 0)
        return ERR_BAD_SIGNATURE;
    for (int is_bound = 0; is_bound < 2; is_bound++) {
        TRY(make(wanted, is_bound, data));
        if (bytes_equal(buf_bytes(data), claimed))
            return OK;
    }
    return ERR_BAD_SIGNATURE;
}
