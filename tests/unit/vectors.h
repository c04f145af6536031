/* SPDX-License-Identifier: BSD-2-Clause */
/* Test vectors from tests/vectors: JSON arrays of objects with hexadecimal fields. Include it after
 * cmocka.h. */
#pragma once

#include "base/buf.h"

#include <jansson.h>
#include <stdlib.h>

/* To be released with json_decref. */
static inline json_t *vectors_load(const char *name)
{
    char path[512];
    json_error_t error;
    (void)snprintf(path, sizeof(path), "%s/%s", TEST_DATA, name);
    json_t *tests = json_load_file(path, 0, &error);
    if (!tests)
        fail_msg("%s:%d: %s", path, error.line, error.text);
    assert_true(json_array_size(tests) > 0);
    return tests;
}

static inline const char *vectors_text(const json_t *test, const char *field)
{
    const char *text = json_string_value(json_object_get(test, field));
    assert_non_null(text);
    return text;
}

static inline uint32_t vectors_number(const json_t *test, const char *field)
{
    return (uint32_t)json_integer_value(json_object_get(test, field));
}

static inline bool vectors_is_valid(const json_t *test)
{
    return json_is_true(json_object_get(test, "valid"));
}

static inline struct buf vectors_from_hex(const char *text)
{
    struct buf out = BUF_EMPTY(1 << 20);
    for (; *text; text += 2) {
        const char pair[] = { text[0], text[1], 0 };
        const uint8_t octet = (uint8_t)strtoul(pair, NULL, 16);
        assert_int_equal(buf_append(&out, bytes_of(&octet, 1)), OK);
    }
    return out;
}

static inline struct buf vectors_hex(const json_t *test, const char *field)
{
    return vectors_from_hex(vectors_text(test, field));
}

/* Names the test that a failed assertion belongs to. */
static inline void vectors_expect(bool is_right, const json_t *test)
{
    if (!is_right)
        fail_msg("test %u: %s", vectors_number(test, "id"),
                 json_string_value(json_object_get(test, "comment")));
}
