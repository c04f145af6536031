/* SPDX-License-Identifier: BSD-2-Clause */
/* What the monitor asks about a key: an AUTHORIZE record. */
#pragma once

#include "config/option.h"
#include "ipc/record.h"

#include <limits.h>
#include <sys/types.h>

enum { INQUIRY_NAME_MAX = 256, INQUIRY_ADDRESS_MAX = 64, INQUIRY_HOST_MAX = 256 };

struct inquiry {
    /* The account to log in to. */
    uid_t uid;
    char user[INQUIRY_NAME_MAX], home[PATH_MAX];
    char address[INQUIRY_ADDRESS_MAX]; /* the client's */
    char host[INQUIRY_HOST_MAX];       /* the client's name if it was looked up, or empty */
    struct bytes blob;                 /* the key */
    struct bytes files;                /* AuthorizedKeysFile's values as strings */
    struct bytes command; /* instead of files: a program and its arguments as strings, or empty */
    bool strict_modes;
    enum option_log_level log_level;
};

/* Borrows from the inquiry. */
struct record inquiry_encode(const struct inquiry *inquiry);

/* The blob, the files and the command lie in the record. ERR_TOO_LONG, ERR_BAD_VALUE. */
NODISCARD enum err inquiry_decode(const struct record *record, struct inquiry *inquiry);
