/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/monitor/signed_data.h"

#include "base/reader.h"

enum { USERAUTH_REQUEST = 50 };

bool signed_data_fits(struct bytes data, const struct signed_data *wanted)
{
    struct reader r = reader_over(data, NULL);
    struct bytes session_id = reader_string(&r, "session id");
    uint8_t number = reader_u8(&r, "message number");
    struct bytes user = reader_string(&r, "user");
    struct bytes service = reader_string(&r, "service");
    struct bytes method = reader_string(&r, "method");
    bool is_signed = reader_bool(&r, "has a signature");
    struct bytes algorithm = reader_string(&r, "algorithm");
    struct bytes blob = reader_string(&r, "key");
    bool is_bound = bytes_is(method, "publickey-hostbound-v00@openssh.com");
    if (is_bound)
        (void)reader_string(&r, "host key");
    return reader_end(&r) == OK && wanted->session_id.len > 0 &&
           bytes_equal(session_id, wanted->session_id) && number == USERAUTH_REQUEST &&
           bytes_equal(user, wanted->user) && bytes_is(service, "ssh-connection") &&
           (is_bound || bytes_is(method, "publickey")) && is_signed &&
           bytes_equal(algorithm, wanted->key_algorithm) && bytes_equal(blob, wanted->key_blob);
}
