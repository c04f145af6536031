/* SPDX-License-Identifier: BSD-2-Clause */
/* The listener's end of the program that knows the algorithms and the protocol's first octets (offer/offer_service.h).
 * Its answers are checked before they are used; on any deviation the program is ended, and the call returns
 * ERR_BAD_STATE, ERR_BAD_VALUE and the like. */
#pragma once

#include "base/buf.h"
#include "os/sandbox_setup.h"
#include "programs/server/common/offer_names.h"

enum { OFFER_LINK_WORDS_MAX = 1024, OFFER_LINK_PREFACE_MAX = 128 * 1024 };

struct server_options;

struct offer_link {
    int fd; /* -1: the program is not running */
    pid_t id;
    struct buf names[OFFER_NAMES_COUNT];
    struct buf user_keys; /* the algorithms that PubkeyAcceptedAlgorithms leaves */
    const char *wrong;    /* the keyword of a list that is wrong */
    struct buf words;     /* and what is wrong with it */
    struct buf preface;   /* sent to each client at once */
    size_t cookie_at;     /* offset of its OFFER_LINK_COOKIE_LEN random octets */
    struct buf bad_packet, too_many, refused; /* sent after it to clients that are turned away */
};

enum { OFFER_LINK_COOKIE_LEN = 16 };

void offer_link_init(struct offer_link *link);

/* Starts the program in that sandbox. ERR_SYSTEM with errno. */
NODISCARD enum err offer_link_open(struct offer_link *link, const struct sandbox_setup *sandbox);

/* Applies the options' lists: fills `names` and `user_keys`. ERR_UNSUPPORTED: a list is wrong, as `wrong` and `words`
 * say; without words the program is at fault. */
NODISCARD enum err offer_link_apply(struct offer_link *link, const struct server_options *options);

/* The same for PubkeyAcceptedAlgorithms alone: fills `user_keys`. */
NODISCARD enum err offer_link_user_keys(struct offer_link *link,
                                        const struct server_options *options);

/* Keeps those host key algorithms for which there is a key (`blobs`: SSH strings), and fills the preface and the
 * refusals. */
NODISCARD enum err offer_link_greet(struct offer_link *link, const char *software,
                                    struct bytes blobs);

/* Borrowed from the link. */
struct offer_names offer_link_names(const struct offer_link *link);

/* Ends the program and keeps its answers. For its parent. */
void offer_link_close(struct offer_link *link);
/* The same, and forgets its answers. */
void offer_link_wipe(struct offer_link *link);
