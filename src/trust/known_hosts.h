/* SPDX-License-Identifier: BSD-2-Clause */
/* The known_hosts files: which keys belong to which hosts. Text in, verdict out; the caller reads the
 * files. A line is "[@marker] hosts type base64 [comment]"; hosts are a list of names and patterns, or
 * one hashed name "|1|salt|hash". Lines that are damaged or longer than LIMIT_LINE are skipped.
 * Everything here takes time linear in the size of the files. */
#pragma once

#include "base/buf.h"
#include "base/rng.h"
#include "trust/text_lines.h"

/* The content of one file, and its name for the user. Both are borrowed. */
struct known_hosts_file {
    const char *label;
    struct bytes text;
};

enum known_hosts_marker {
    KNOWN_HOSTS_PLAIN,
    KNOWN_HOSTS_AUTHORITY, /* @cert-authority: the key signs certificates, it is not a host's */
    KNOWN_HOSTS_REVOKED_KEY,
};

/* One line, borrowed from the files. */
struct known_hosts_entry {
    const char *label;
    size_t line; /* from 1; 0: no entry */
    enum known_hosts_marker marker;
    struct bytes hosts; /* as written */
    struct bytes type;
    struct bytes key; /* "type base64 [comment]", as written */
};

/* Walks the lines of the files in their order. */
struct known_hosts_walk {
    const struct known_hosts_file *files;
    size_t file_count;
    struct text_lines lines; /* of the first file */
};

struct known_hosts_walk known_hosts_walk(const struct known_hosts_file *files, size_t file_count);
bool known_hosts_next(struct known_hosts_walk *walk, struct known_hosts_entry *entry);

/* Whether the entry is for the host: named, matched by a pattern and by no negated one, or hashed.
 * Hosts are always given in the form of known_hosts_name. */
bool known_hosts_has_host(const struct known_hosts_entry *entry, struct bytes host);

/* Whether the entry has exactly this key. */
bool known_hosts_has_key(const struct known_hosts_entry *entry, struct bytes blob);

/* From the weakest to the strongest; the strongest one found in any file counts. */
enum known_hosts_verdict {
    KNOWN_HOSTS_NEW,        /* no line has the host */
    KNOWN_HOSTS_OTHER_TYPE, /* the host is known, but with keys of other types only */
    KNOWN_HOSTS_CHANGED,    /* the host is known with another key of the same type */
    KNOWN_HOSTS_KNOWN,
    KNOWN_HOSTS_REVOKED,
};

struct known_hosts_answer {
    enum known_hosts_verdict verdict;
    struct known_hosts_entry entry; /* the first with that verdict; line 0 for KNOWN_HOSTS_NEW */
};

/* The files' verdict on this key (a blob) for this host. To check the address too, call again with the
 * address as the host. */
struct known_hosts_answer known_hosts_check(const struct known_hosts_file *files, size_t file_count,
                                            struct bytes host, struct bytes blob);

/* Appends the types of the keys known for the host, comma-separated, each once, in the order of the
 * files: the algorithms that the client should prefer. */
NODISCARD enum err known_hosts_types(const struct known_hosts_file *files, size_t file_count,
                                     struct bytes host, struct buf *out);

/* Appends the name of a host as the files write it: lower case, "[host]:port" unless the port is 22.
 * ERR_BAD_VALUE if it could be taken for a pattern, a list, a marker or a hash, or has blanks or control
 * characters. */
NODISCARD enum err known_hosts_name(struct bytes host, uint16_t port, struct buf *out);

/* Appends a line with its newline for a name that known_hosts_name made (or several, comma-separated)
 * and a key. With `rng`, the name is hashed with a salt from it, and there must be only one.
 * ERR_BAD_VALUE for names and blobs that would not read back. */
NODISCARD enum err known_hosts_line(struct bytes names, struct bytes blob, const struct rng *rng,
                                    struct buf *out);
