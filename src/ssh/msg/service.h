/* SPDX-License-Identifier: BSD-2-Clause */
/* SSH_MSG_SERVICE_REQUEST and SSH_MSG_SERVICE_ACCEPT, RFC 4253 section 10. */
#pragma once

#include "ssh/msg/message.h"

enum { SERVICE_NAME_MAX = 64 }; /* octets of a service's name */

struct service {
    uint8_t number;    /* SSH_MSG_SERVICE_REQUEST or SSH_MSG_SERVICE_ACCEPT */
    struct bytes name; /* empty if an ACCEPT came without one, as some servers send it */
};

/* ERR_TOO_LONG for a name above SERVICE_NAME_MAX. */
NODISCARD enum err service_decode(struct bytes payload, const struct field_sink *sink,
                                  struct service *out);
NODISCARD enum err service_encode(struct buf *out, const struct service *service);
