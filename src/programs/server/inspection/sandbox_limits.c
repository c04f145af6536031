/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/inspection/sandbox_limits.h"

#include "programs/server/common/rlimits.h"
#include "programs/server/inspection/sandbox_proc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SOFT_AT = 26, HARD_AT = 47, NAME_LEN = 24 };

static const char *const names[RLIM_NLIMITS] = {
    [RLIMIT_CPU] = "cpu",           [RLIMIT_FSIZE] = "fsize",
    [RLIMIT_DATA] = "data",         [RLIMIT_STACK] = "stack",
    [RLIMIT_CORE] = "core",         [RLIMIT_RSS] = "rss",
    [RLIMIT_NPROC] = "nproc",       [RLIMIT_NOFILE] = "nofile",
    [RLIMIT_MEMLOCK] = "memlock",   [RLIMIT_AS] = "as",
    [RLIMIT_LOCKS] = "locks",       [RLIMIT_SIGPENDING] = "sigpending",
    [RLIMIT_MSGQUEUE] = "msgqueue", [RLIMIT_NICE] = "nice",
    [RLIMIT_RTPRIO] = "rtprio",     [RLIMIT_RTTIME] = "rttime",
};

static rlim_t number_at(struct bytes row, size_t at)
{
    char text[SANDBOX_PROC_VALUE];
    struct bytes rest = bytes_skip(row, at < row.len ? at : row.len);
    if (!bytes_to_text(bytes_cut(&rest, ' '), text, sizeof(text)) || !*text)
        return 0;
    return strcmp(text, "unlimited") == 0 ? RLIM_INFINITY : strtoull(text, NULL, 10);
}

/* prlimit(2) is not allowed for everybody; reading this file is. A heading, then a row per limit in the order of their
 * numbers. */
static bool read_limits(pid_t id, struct rlimit limits[RLIM_NLIMITS])
{
    scoped(buf) text = BUF_EMPTY(SANDBOX_PROC_FILE);
    if (!sandbox_proc_read(id, "limits", &text))
        return false;
    struct bytes rest = buf_bytes(&text);
    (void)bytes_cut(&rest, '\n');
    for (size_t i = 0; i < RLIM_NLIMITS; i++) {
        struct bytes row = bytes_cut(&rest, '\n');
        limits[i] = (struct rlimit){ number_at(row, SOFT_AT), number_at(row, HARD_AT) };
    }
    return true;
}

static const struct sandbox_role_limit *find(const struct sandbox_role_limits *wanted, size_t i)
{
    for (size_t at = 0; wanted && at < wanted->count; at++)
        if (wanted->items[at].resource == (int)i)
            return &wanted->items[at];
    return NULL;
}

static bool is_same(const struct rlimit *a, const struct rlimit *b)
{
    return a->rlim_cur == b->rlim_cur && a->rlim_max == b->rlim_max;
}

static bool is_right(const struct sandbox_role_limit *wanted, const struct rlimit *theirs,
                     const struct rlimit *ours)
{
    if (!wanted)
        return is_same(theirs, ours);
    /* Raising the hard limit takes a capability that not every root has. */
    if (wanted->most == RLIM_INFINITY)
        return is_same(theirs, ours) ||
               (theirs->rlim_cur == theirs->rlim_max && theirs->rlim_max >= ours->rlim_max);
    rlim_t most = wanted->most < ours->rlim_max ? wanted->most : ours->rlim_max;
    /* Before the login the lower limit applies, unless it is not set yet. */
    bool is_early = wanted->resource == RLIMIT_DATA && theirs->rlim_cur == RLIMITS_DATA_EARLY;
    return theirs->rlim_max == most && (theirs->rlim_cur == most || is_early);
}

static void write_number(rlim_t number, char text[NAME_LEN])
{
    if (number == RLIM_INFINITY)
        (void)strcpy(text, "unlimited");
    else
        (void)snprintf(text, NAME_LEN, "%llu", (unsigned long long)number);
}

static void append(char row[SANDBOX_LIMITS_ROW], const char *name, const struct rlimit *limit)
{
    char soft[NAME_LEN], hard[NAME_LEN];
    size_t len = strlen(row);
    write_number(limit->rlim_cur, soft);
    write_number(limit->rlim_max, hard);
    bool is_one = limit->rlim_cur == limit->rlim_max;
    (void)snprintf(row + len, SANDBOX_LIMITS_ROW - len, "%s%s=%s%s%s", len ? " " : "", name, soft,
                   is_one ? "" : ":", is_one ? "" : hard);
}

bool sandbox_limits_judge(pid_t id, const struct sandbox_role_limits *wanted,
                          char row[SANDBOX_LIMITS_ROW], char wrong[SANDBOX_LIMITS_ROW])
{
    struct rlimit theirs[RLIM_NLIMITS], ours[RLIM_NLIMITS];
    *row = *wrong = '\0';
    if (!read_limits(id, theirs) || !read_limits(getpid(), ours))
        return false;
    for (size_t i = 0; i < RLIM_NLIMITS; i++) {
        const struct sandbox_role_limit *own = find(wanted, i);
        if (own)
            append(row, names[i], &theirs[i]);
        if (!is_right(own, &theirs[i], &ours[i]))
            append(wrong, names[i], &theirs[i]);
    }
    size_t len = strlen(row);
    (void)snprintf(row + len, SANDBOX_LIMITS_ROW - len, "%s",
                   len ? ", else as glasshd's" : "as glasshd's");
    return !*wrong;
}
