/* SPDX-License-Identifier: BSD-2-Clause */
/* The files of tests/vectors/keys. Include it after cmocka.h. */
#pragma once

#include "base/limits.h"
#include "keys/public_key.h"

#include <stdio.h>

enum { KEY_VECTORS_MAX = 256 * 1024 };

#define B(text) BYTES_LITERAL(text)

/* To be wiped by the caller. */
static inline struct buf key_vectors_read(const char *name)
{
    struct buf out = BUF_EMPTY(KEY_VECTORS_MAX);
    struct span room;
    char path[512];
    (void)snprintf(path, sizeof(path), "%s/keys/%s", TEST_DATA, name);
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s is missing", path);
    assert_int_equal(buf_reserve(&out, KEY_VECTORS_MAX, &room), OK);
    buf_commit(&out, fread(room.data, 1, room.len, file));
    (void)fclose(file);
    return out;
}

/* The blob of a .pub file, to be wiped by the caller. */
static inline struct buf key_vectors_blob(const char *name)
{
    struct buf blob = BUF_EMPTY(LIMIT_KEY_BLOB);
    scoped(buf) file = key_vectors_read(name);
    struct bytes type, comment;
    assert_int_equal(public_key_parse_line(buf_bytes(&file), &type, &blob, &comment), OK);
    return blob;
}
