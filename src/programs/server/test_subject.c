/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/test_subject.h"

#include "config/option_value.h"

#include <string.h>

static bool take(struct server_match_subject *subject, const char *piece, bool *is_port)
{
    const struct {
        const char *name;
        const char **value;
    } texts[] = {
        { "user=", &subject->user },
        { "host=", &subject->host },
        { "addr=", &subject->address },
        { "laddr=", &subject->local_address },
    };
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        size_t len = strlen(texts[i].name);
        if (strncmp(piece, texts[i].name, len) == 0) {
            *texts[i].value = piece + len;
            return true;
        }
    }
    if (strcmp(piece, "invalid-user") == 0)
        return subject->is_invalid_user = true;
    *is_port = strncmp(piece, "lport=", strlen("lport=")) == 0;
    return *is_port &&
           option_value_port(bytes_text(piece + strlen("lport=")), &subject->local_port);
}

bool test_subject_parse(struct server_match_subject *subject, char *text, const char **wrong,
                        bool *is_port)
{
    *is_port = false;
    for (char *piece; (piece = strsep(&text, ",")) != NULL;) {
        *wrong = piece;
        if (*piece && !take(subject, piece, is_port))
            return false;
    }
    return true;
}
