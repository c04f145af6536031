/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of the ladder: a template with the values of a fact's fields, or with what they mean in plain
 * words where the value alone would not tell. */
#pragma once

#include "explain/fact.h"

struct phrase {
    bool is_ascii;
    bool is_server;      /* our end */
    const char *message; /* the name of the packet that the fact is about */
};

/* Replaces each {field}. False: there were some, and none had a value. */
bool phrase_expand(const struct phrase *phrase, const struct fact *fact, const char *template,
                   char *out, size_t size);
