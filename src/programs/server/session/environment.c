/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/environment.h"

#include "base/check.h"
#include "base/pattern.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the dynamic linker and shells obey before the program's first instruction. */
static const char *const dangerous[] = { "LD_*",     "GCONV_PATH",  "BASH_ENV", "ENV", "SHELLOPTS",
                                         "BASHOPTS", "BASH_FUNC_*", "PS4",      "IFS" };

void environment_wipe(struct environment *environment)
{
    for (size_t i = 0; i < environment->count; i++)
        free(environment->entries[i]);
    free(environment->entries);
    *environment = (struct environment){ 0 };
}

static char **find(struct environment *environment, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i < environment->count; i++) {
        const char *entry = environment->entries[i];
        if (strncmp(entry, name, len) == 0 && entry[len] == '=')
            return &environment->entries[i];
    }
    return NULL;
}

void environment_set(struct environment *environment, const char *name, const char *value)
{
    char *entry = NULL;
    CHECK(asprintf(&entry, "%s=%s", name, value) >= 0);

    char **old = find(environment, name);
    if (old) {
        free(*old);
        *old = entry;
        return;
    }
    environment->entries =
        reallocarray(environment->entries, environment->count + 2, sizeof(char *));
    CHECK(environment->entries != NULL);
    environment->entries[environment->count++] = entry;
    environment->entries[environment->count] = NULL;
}

static bool matches_any(const char *const *patterns, size_t count, struct bytes name)
{
    for (size_t i = 0; i < count; i++)
        if (pattern_match(name, bytes_text(patterns[i])))
            return true;
    return false;
}

static bool is_dangerous(struct bytes name)
{
    return matches_any(dangerous, sizeof(dangerous) / sizeof(dangerous[0]), name);
}

bool environment_set_from_peer(struct environment *environment, const char *const *patterns,
                               size_t pattern_count, struct bytes name, struct bytes value)
{
    char name_text[ENVIRONMENT_NAME_MAX + 1];
    char value_text[ENVIRONMENT_VALUE_MAX + 1];
    if (name.len == 0 || environment->peer_count >= ENVIRONMENT_PEER_MAX ||
        !bytes_to_text(name, name_text, sizeof(name_text)) ||
        !bytes_to_text(value, value_text, sizeof(value_text)) || strchr(name_text, '='))
        return false;
    if (!matches_any(patterns, pattern_count, name) || is_dangerous(name))
        return false;

    environment->peer_count++;
    environment_set(environment, name_text, value_text);
    return true;
}

bool environment_set_from_pam(struct environment *environment, struct bytes name,
                              struct bytes value)
{
    return !bytes_starts(name, "SSH_") && environment_set_from_user(environment, NULL, name, value);
}

bool environment_set_from_user(struct environment *environment, const char *patterns,
                               struct bytes name, struct bytes value)
{
    char name_text[ENVIRONMENT_USER_NAME_MAX + 1];
    char value_text[ENVIRONMENT_USER_VALUE_MAX + 1];
    bool is_wanted = !patterns || pattern_list(name, bytes_text(patterns)) == PATTERN_MATCH;
    if (name.len == 0 || !is_wanted || is_dangerous(name) ||
        !bytes_to_text(name, name_text, sizeof(name_text)) || strchr(name_text, '=') ||
        !bytes_to_text(value, value_text, sizeof(value_text)))
        return false;
    environment_set(environment, name_text, value_text);
    return true;
}
