/* SPDX-License-Identifier: BSD-2-Clause */
/* The facts as JSON lines, one object per fact; docs/explain-schema.md is their schema. Secrets are never
 * written, only that they exist; what the peer sent is escaped. */
#pragma once

#include "base/instant.h"
#include "base/trace.h"

struct json;

struct json_setup {
    void (*write)(void *context, struct bytes line); /* with its newline */
    struct instant (*now)(void *context);
    void *context;
};

/* The clock starts now. */
struct json *json_new(const struct json_setup *setup);
void json_free(struct json *json);
const struct trace *json_trace(struct json *json);
