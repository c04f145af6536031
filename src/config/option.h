/* SPDX-License-Identifier: BSD-2-Clause */
/* The types of values in ssh_config and sshd_config, and how the row of an option table is parsed into
 * and printed from the field of a plain struct. The first value of a field wins; the caller sees to that. */
#pragma once

#include "base/buf.h"
#include "config/option_penalties.h"
#include "config/place.h"
#include "config/text_store.h"

enum {
    OPTION_LIST_MAX = 256,
    OPTION_PORTS_MAX = 32,
    OPTION_NAME_MAX = 48,
    OPTION_NAMES_MAX = 4095, /* octets: more than the names of all algorithms */
};

struct option_list {
    const char *items[OPTION_LIST_MAX];
    size_t count;
};

struct option_ports {
    int numbers[OPTION_PORTS_MAX];
    size_t count;
};

/* When to change keys; 0 means the cipher's own limit of octets, or no limit of time. */
struct option_rekey {
    uint64_t octets;
    uint32_t seconds;
};

/* Octets for IP_TOS or IPV6_TCLASS; OPTION_IPQOS_NONE keeps the system's default. */
enum { OPTION_IPQOS_NONE = -1 };
struct option_ipqos {
    int interactive;
    int bulk;
};

/* Unauthenticated connections: from `begin` on, `rate` percent are refused, rising to all of them at
 * `full`. */
struct option_startups {
    int begin;
    int rate;
    int full;
};

/* Clients whose addresses share this many leading bits count as one. */
struct option_net_blocks {
    int ipv4, ipv6;
};

enum option_log_level {
    OPTION_LOG_QUIET,
    OPTION_LOG_FATAL,
    OPTION_LOG_ERROR,
    OPTION_LOG_INFO,
    OPTION_LOG_VERBOSE,
    OPTION_LOG_DEBUG1,
    OPTION_LOG_DEBUG2,
    OPTION_LOG_DEBUG3,
};

enum option_fingerprint_hash { OPTION_SHA256, OPTION_MD5 };

/* One way to write a value of an enum; if a number has several, the first is printed. */
struct option_choice {
    const char *name; /* NULL ends the list */
    int number;
};

enum option_kind {
#define KIND(name, member, collects, parse, print, written) OPTION_##name,
#include "config/option_kind.def"
#undef KIND
};

/* The field of a row, whatever its kind. */
union option_field {
    bool flag;
    int number;
    const char *text;
    struct option_list list;
    struct option_ports ports;
    struct option_rekey rekey;
    struct option_ipqos ipqos;
    struct option_startups startups;
    struct option_net_blocks net_blocks;
    struct option_penalties penalties;
};

/* How many octets of the union the kind uses. */
size_t option_size(enum option_kind kind);

struct option_row {
    const char *keyword;
    enum option_kind kind;
    int min, max; /* of a number; max also of a list's length */
    const struct option_choice *choices;
    bool (*is_good)(struct bytes word); /* checks a word or line; NULL: any is good */
    const char *rule;                   /* "must be …": what is_good checks */
    const char *alone;                  /* words that must stand alone, separated by "|" */
    bool in_match;                      /* sshd_config: a Match may set it */
    const char *fallback; /* the default, as written in a file; NULL leaves the field empty */
    const char *help;     /* for the manual page, in troff */
    size_t offset;        /* of the field in its struct */
};

/* Whether further lines with the keyword add to the field instead of being ignored. */
bool option_collects(enum option_kind kind);

/* The keyword in lower case, as it is shown. */
struct option_name {
    char text[OPTION_NAME_MAX];
};
struct option_name option_name(struct bytes keyword);

/* Parses what follows the keyword into the row's field of the struct at `base`; strings go to
 * `store`. With a NULL base the value is only checked. ERR_BAD_VALUE when it is invalid; the problem
 * is then reported at `place`, and the field is unchanged. */
NODISCARD enum err option_set(const struct option_row *row, void *base, struct text_store *store,
                              struct bytes arguments, const struct place *place);

/* Makes the field as if it had never been set. */
void option_clear(const struct option_row *row, void *base);

/* Appends "keyword value" lines as ssh -G and sshd -T do; nothing for an empty field. */
NODISCARD enum err option_print(const struct option_row *row, const void *base, struct buf *out);
