/* SPDX-License-Identifier: BSD-2-Clause */
/* The conditions of Match in sshd_config: all, User, Group, Host, Address, LocalAddress, LocalPort and
 * Invalid-User. */
#pragma once

#include "config/place.h"

/* Whom the lines after a Match are tested against. A field that is NULL or 0 is unknown, and fits no condition. */
struct server_match_subject {
    const char *user;          /* as the client named it */
    bool is_invalid_user;      /* there is no such account */
    const char *const *groups; /* names of all the user's groups */
    size_t group_count;
    const char *host;    /* the client's name; its address when names are not looked up */
    const char *address; /* the client's */
    const char *local_address;
    int local_port;
};

/* Checks a condition. ERR_BAD_VALUE, and a problem, when it is wrong. */
NODISCARD enum err server_match_check(struct bytes condition, const struct place *place);

/* Whether every criterion fits; an invalid one does not. */
bool server_match_fits(struct bytes condition, const struct server_match_subject *subject);

/* Whether it is "all". */
bool server_match_is_all(struct bytes condition);
