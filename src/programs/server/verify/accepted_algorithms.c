/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/verify/accepted_algorithms.h"

#include "base/pattern.h"
#include "keys/key_type.h"

bool accepted_algorithms_has(const char *list, struct bytes name)
{
    const struct key_algorithm *algorithm = key_type_find(name);
    if (!algorithm || !list)
        return algorithm && algorithm->is_default;
    struct bytes names = bytes_text(list);
    if (bytes_starts(names, "-"))
        return algorithm->is_default &&
               pattern_list(name, bytes_skip(names, 1)) == PATTERN_NO_MATCH;
    bool adds = bytes_starts(names, "+") || bytes_starts(names, "^");
    return (adds && algorithm->is_default) ||
           pattern_list(name, bytes_skip(names, adds)) == PATTERN_MATCH;
}
