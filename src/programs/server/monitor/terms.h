/* SPDX-License-Identifier: BSD-2-Clause */
/* The options in force for a connection and, once it is known, for its user: the configuration with the blocks of the
 * Match lines that fit. */
#pragma once

#include "base/buf.h"
#include "config/option.h"
#include "os/endpoint.h"
#include "os/host_name.h"
#include "programs/server/common/account.h"

struct server_options;

struct terms {
    const struct server_options *all;     /* the configuration */
    const struct server_options *options; /* in force: `all` or `own` */
    struct server_options *own;
    struct endpoint peer, local;
    char host[HOST_NAME_LEN_MAX]; /* the client's name, if it was looked up and counts */
    bool knows_host;
    enum option_log_level usual_level; /* of the log, before any Match */
};

/* Sets the options for the connection before a user is named. `all` must outlive the terms. */
void terms_init(struct terms *terms, const struct server_options *all, const struct endpoint *peer,
                const struct endpoint *local);
void terms_wipe(struct terms *terms);

/* Whether the options may depend on the user. */
bool terms_depend_on_user(const struct terms *terms);

/* The client's name, or its address. */
const char *terms_host(const struct terms *terms);

/* Appends what is shown before the login: the content of the Banner file, if it can be read. */
void terms_banner(const struct terms *terms, struct buf *text);

/* Sets the options for that user; `account` is NULL if there is none. False, with the reason in the log: they cannot be
 * determined, so nobody may log in. */
bool terms_name_user(struct terms *terms, struct bytes user, const struct account *account);
