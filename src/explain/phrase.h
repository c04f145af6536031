/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of the ladder: fills a template with the values of a fact's fields, or with their meaning in plain
 * words where the value alone is not clear. */
#pragma once

#include "explain/fact.h"

struct phrase {
    bool is_ascii;
    bool is_server;      /* which end we are */
    const char *message; /* the name of the packet that the fact is about */
};

/* Replaces each {field}. False: there were fields, but none had a value. */
bool phrase_expand(const struct phrase *phrase, const struct fact *fact, const char *template,
                   char *out, size_t size);
