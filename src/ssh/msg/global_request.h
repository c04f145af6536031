/* SPDX-License-Identifier: BSD-2-Clause */
/* SSH_MSG_GLOBAL_REQUEST and SSH_MSG_REQUEST_SUCCESS, RFC 4254 section 4. SSH_MSG_REQUEST_FAILURE is a
 * bare message, see message.h. */
#pragma once

#include "ssh/msg/message.h"

struct global_request {
    struct bytes name;
    bool want_reply;
    struct bytes specific; /* what the request's type defines */
};

struct global_request_success {
    struct bytes specific;
};

NODISCARD enum err global_request_decode(struct bytes payload, const struct field_sink *sink,
                                         struct global_request *out);
NODISCARD enum err global_request_encode(struct buf *out, const struct global_request *request);
NODISCARD enum err global_request_decode_success(struct bytes payload,
                                                 const struct field_sink *sink,
                                                 struct global_request_success *out);
NODISCARD enum err global_request_encode_success(struct buf *out,
                                                 const struct global_request_success *success);
