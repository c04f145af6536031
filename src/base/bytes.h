/* SPDX-License-Identifier: BSD-2-Clause */
/* Borrowed octets. `struct bytes` is read-only, `struct span` may be written through. Neither owns
 * anything: a function that returns one documents how long it is valid. Empty ones may have a NULL
 * pointer. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
    const uint8_t *data;
    size_t len;
};

struct span {
    uint8_t *data;
    size_t len;
};

#define BYTES_NONE ((struct bytes){ NULL, 0 })

/* A string literal or an array without its terminating NUL. */
#define BYTES_LITERAL(text) ((struct bytes){ (const uint8_t *)(text), sizeof(text) - 1 })

struct bytes bytes_of(const void *data, size_t len);
struct bytes bytes_text(const char *text); /* without its NUL; NULL gives none */
struct bytes bytes_span(struct span span);

/* Whether the octets are the same. Not for secrets: see base/equal.h. */
bool bytes_equal(struct bytes a, struct bytes b);
bool bytes_is(struct bytes a, const char *text);
bool bytes_starts(struct bytes a, const char *prefix);
bool bytes_ends(struct bytes a, const char *suffix);

/* Octets [from, from + len) cut to what is there. */
struct bytes bytes_slice(struct bytes a, size_t from, size_t len);
struct bytes bytes_skip(struct bytes a, size_t count);
struct span bytes_span_skip(struct span a, size_t count);

/* The index of the first octet `c`, or a.len. */
size_t bytes_find(struct bytes a, uint8_t c);

/* Cuts the list at its first separator: returns what is before it and moves *list past it.
 * An empty list gives an empty part. */
struct bytes bytes_cut(struct bytes *list, uint8_t separator);

/* Whether the comma-separated name-list contains exactly this name. */
bool bytes_list_has(struct bytes list, struct bytes name);

/* Without blanks and tabs at both ends. */
struct bytes bytes_trim(struct bytes a);

/* Copies into a C string of `size` octets; false, and an empty string, if it does not fit or has a
 * NUL inside. */
bool bytes_to_text(struct bytes a, char *text, size_t size);

/* A decimal number of at most `max`, digits only. */
bool bytes_to_number(struct bytes a, uint64_t max, uint64_t *number);

/* Overwrites with zeros; the compiler does not optimize it away. */
void bytes_wipe(void *data, size_t len);
