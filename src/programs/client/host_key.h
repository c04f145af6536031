/* SPDX-License-Identifier: BSD-2-Clause */
/* Decides whether to trust the server's host key: from the known hosts files, and by asking the person. */
#pragma once

#include "programs/client/settings.h"
#include "trust/known_hosts.h"

enum { HOST_KEY_FILES_MAX = 16 };

struct host_key {
    const struct client_options *options;
    const struct trace *trace;
    struct known_hosts_file files[HOST_KEY_FILES_MAX];
    struct buf contents[HOST_KEY_FILES_MAX];
    size_t file_count;
    struct buf name;                  /* of the host, as known hosts files write it */
    struct buf accepted;              /* the key trusted for this connection */
    const char *address;              /* the server's, numeric */
    struct bytes server_algorithms;   /* the host key algorithms that the server offers, borrowed */
    enum known_hosts_verdict verdict; /* on the last key judged */
    bool has_changed;                 /* accepted all the same: no passwords for it */
    bool has_asked;
};

/* Reads the files. ERR_BAD_VALUE: not a possible host name, which has been logged. `trace` may be NULL; it and the
 * options must outlive the struct. */
NODISCARD enum err host_key_init(struct host_key *h, const struct client_options *options,
                                 const struct trace *trace);
void host_key_wipe(struct host_key *h);

/* Appends the algorithms, those for which the host's keys are known first. */
NODISCARD enum err host_key_order(const struct host_key *h, struct bytes algorithms,
                                  struct buf *out);

/* Whether a key for this signature algorithm is known for the host. */
bool host_key_is_known(const struct host_key *h, struct bytes algorithm);

/* Decides, asking the person if need be; remembers the key, or reports why it is not trusted. */
bool host_key_judge(struct host_key *h, struct bytes blob, bool is_rekey);
