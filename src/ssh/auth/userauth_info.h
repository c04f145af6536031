/* SPDX-License-Identifier: BSD-2-Clause */
/* SSH_MSG_USERAUTH_INFO_REQUEST and SSH_MSG_USERAUTH_INFO_RESPONSE, RFC 4256 sections 3.2 and 3.4. */
#pragma once

#include "ssh/auth/auth_request.h"
#include "ssh/msg/message.h"

enum {
    USERAUTH_INFO_PROMPT_MAX = 4 * 1024, /* octets of a prompt */
    USERAUTH_INFO_ANSWERS_MAX = 64,      /* answers in a response that is still read */
};

struct userauth_info_response {
    size_t count;
    struct bytes answers; /* `count` SSH strings one after another */
};

/* ERR_TOO_LONG: more than AUTH_PROMPTS_MAX prompts, or a prompt over the limit. */
NODISCARD enum err userauth_info_decode_request(struct bytes payload, const struct field_sink *sink,
                                                struct auth_prompts *out);
NODISCARD enum err userauth_info_encode_request(struct buf *out,
                                                const struct auth_prompts *prompts);

/* ERR_TOO_LONG: more than USERAUTH_INFO_ANSWERS_MAX answers. The caller checks that there are as many as prompts. The
 * sink gets only the number of answers and their lengths. */
NODISCARD enum err userauth_info_decode_response(struct bytes payload,
                                                 const struct field_sink *sink,
                                                 struct userauth_info_response *out);
NODISCARD enum err userauth_info_encode_response(struct buf *out,
                                                 const struct userauth_info_response *response);
