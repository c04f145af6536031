/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/server_match.h"

#include "base/address.h"
#include "base/limits.h"
#include "base/pattern.h"
#include "config/option_value.h"
#include "config/words.h"

enum shape { ALONE, BARE, WITH_VALUE };

struct criterion {
    const char *name;
    enum shape shape;
    bool (*is_good)(struct bytes value);
    bool (*fits)(const struct server_match_subject *subject, struct bytes value);
};

static bool is_any(struct bytes value)
{
    (void)value;
    return true;
}

static bool is_port(struct bytes value)
{
    int port;
    return option_value_port(value, &port);
}

static bool fits_all(const struct server_match_subject *subject, struct bytes value)
{
    (void)subject;
    (void)value;
    return true;
}

static bool fits_invalid_user(const struct server_match_subject *subject, struct bytes value)
{
    (void)value;
    return subject->user && subject->is_invalid_user;
}

static bool fits_user(const struct server_match_subject *subject, struct bytes value)
{
    return subject->user && pattern_list(bytes_text(subject->user), value) == PATTERN_MATCH;
}

/* One refused group outweighs any others that fit. */
static bool fits_group(const struct server_match_subject *subject, struct bytes value)
{
    bool fits = false;
    for (size_t i = 0; i < subject->group_count; i++) {
        enum pattern_verdict verdict = pattern_list(bytes_text(subject->groups[i]), value);
        if (verdict == PATTERN_REFUSED)
            return false;
        fits = fits || verdict == PATTERN_MATCH;
    }
    return fits;
}

static bool fits_host(const struct server_match_subject *subject, struct bytes value)
{
    return subject->host && pattern_list_host(bytes_text(subject->host), value) == PATTERN_MATCH;
}

static bool has_address(const char *address, struct bytes list)
{
    return address && address_list(bytes_text(address), list) == PATTERN_MATCH;
}

static bool fits_address(const struct server_match_subject *subject, struct bytes value)
{
    return has_address(subject->address, value);
}

static bool fits_local_address(const struct server_match_subject *subject, struct bytes value)
{
    return has_address(subject->local_address, value);
}

static bool fits_local_port(const struct server_match_subject *subject, struct bytes value)
{
    int port = 0;
    return option_value_port(value, &port) && port == subject->local_port;
}

static const struct criterion criteria[] = {
    { "all", ALONE, is_any, fits_all },
    { "Invalid-User", BARE, is_any, fits_invalid_user },
    { "User", WITH_VALUE, is_any, fits_user },
    { "Group", WITH_VALUE, is_any, fits_group },
    { "Host", WITH_VALUE, is_any, fits_host },
    { "Address", WITH_VALUE, address_list_is_good, fits_address },
    { "LocalAddress", WITH_VALUE, address_list_is_good, fits_local_address },
    { "LocalPort", WITH_VALUE, is_port, fits_local_port },
};

static const struct criterion *find(struct bytes name)
{
    for (size_t i = 0; i < sizeof(criteria) / sizeof(criteria[0]); i++)
        if (option_value_is(name, criteria[i].name))
            return &criteria[i];
    return NULL;
}

/* Walks through the criteria of a condition. */
struct walk {
    struct bytes rest;
    struct bytes name;
    const struct criterion *criterion; /* NULL: unknown name */
    struct buf *value;
    bool has_value;
};

static bool next(struct walk *walk)
{
    struct bytes before = walk->rest;
    words_split(before, &walk->name, &walk->rest);
    if (walk->name.len == 0 && walk->rest.len == 0)
        return false;
    walk->criterion = find(walk->name);
    walk->has_value = walk->criterion && walk->criterion->shape == WITH_VALUE &&
                      words_next(&walk->rest, walk->value) == WORDS_WORD &&
                      buf_len(walk->value) > 0;
    return true;
}

static enum err complain(const struct place *place, const char *why, struct bytes what)
{
    return place_report(place, "Bad Match condition: %s%s", why, place_quote(what).text);
}

static enum err check_one(const struct walk *walk, const struct place *place)
{
    if (!walk->criterion)
        return complain(place, "Unsupported Match attribute ", walk->name);
    if (walk->criterion->shape != WITH_VALUE)
        return OK;
    if (!walk->has_value)
        return complain(place, "Missing Match criteria for ", walk->name);
    if (!walk->criterion->is_good(buf_bytes(walk->value)))
        return place_report(place, "Bad Match condition: Invalid Match %s argument '%s'",
                            walk->criterion->name, place_quote(buf_bytes(walk->value)).text);
    return OK;
}

enum err server_match_check(struct bytes condition, const struct place *place)
{
    scoped(buf) value = BUF_EMPTY(2 * LIMIT_LINE);
    struct walk walk = { .rest = condition, .value = &value };
    enum err err = OK;
    size_t count = 0;
    bool has_all = false;
    while (err == OK && next(&walk)) {
        count++;
        err = check_one(&walk, place);
        has_all = has_all || (walk.criterion && walk.criterion->shape == ALONE);
        if (err == OK && has_all && count > 1)
            err =
                complain(place, "'all' cannot be combined with other Match attributes", BYTES_NONE);
    }
    if (err == OK && count == 0)
        err = complain(place, "One or more attributes required for Match", BYTES_NONE);
    return err;
}

bool server_match_fits(struct bytes condition, const struct server_match_subject *subject)
{
    scoped(buf) value = BUF_EMPTY(2 * LIMIT_LINE);
    struct walk walk = { .rest = condition, .value = &value };
    bool fits = true;
    size_t count = 0;
    for (; fits && next(&walk); count++)
        fits = walk.criterion && walk.has_value == (walk.criterion->shape == WITH_VALUE) &&
               walk.criterion->fits(subject, buf_bytes(&value));
    return fits && count > 0;
}

bool server_match_is_all(struct bytes condition)
{
    static const struct server_match_subject nobody = { .user = NULL };
    return server_match_fits(condition, &nobody);
}
