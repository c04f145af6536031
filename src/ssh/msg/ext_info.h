/* SPDX-License-Identifier: BSD-2-Clause */
/* SSH_MSG_EXT_INFO, RFC 8308 section 2.3. */
#pragma once

#include "ssh/msg/message.h"
#include "ssh/role.h"

enum {
    EXT_INFO_MAX = 16,                   /* extensions in one EXT_INFO */
    EXT_INFO_FROM_CLIENT_MAX = 8 * 1024, /* octets of an EXT_INFO that a server takes */
};

struct ext_info {
    size_t count;
    struct ext_info_item {
        struct bytes name;
        struct bytes value;
    } item[EXT_INFO_MAX];
};

/* `receiver` is our role. ERR_TOO_LONG: over one of the limits. ERR_BAD_VALUE: a name comes twice. */
NODISCARD enum err ext_info_decode(struct bytes payload, const struct field_sink *sink,
                                   enum role receiver, struct ext_info *out);
NODISCARD enum err ext_info_encode(struct buf *out, const struct ext_info *info);

/* Adds one, for encoding; there must be room. */
void ext_info_add(struct ext_info *info, const char *name, struct bytes value);

/* Appends the names, with commas between them. ERR_NO_SPACE when the buf's limit is reached. */
NODISCARD enum err ext_info_names(const struct ext_info *info, struct buf *out);

/* Whether the extension is there; *value may be NULL. */
bool ext_info_find(const struct ext_info *info, const char *name, struct bytes *value);
