/* SPDX-License-Identifier: BSD-2-Clause */
/* The listener's end of the program that knows the algorithms and the protocol's first octets (offer/offer_service.h).
 * What it answers is looked at before it is used; on any deviation the program is ended, and the call gives
 * ERR_BAD_STATE, ERR_BAD_VALUE and the like. */
#pragma once

#include "base/buf.h"
#include "os/sandbox_setup.h"
#include "programs/server/common/offer_names.h"

enum { OFFER_LINK_WORDS_MAX = 1024, OFFER_LINK_PREFACE_MAX = 128 * 1024 };

struct server_options;

struct offer_link {
    int fd; /* -1: the program is not there */
    pid_t id;
    struct buf names[OFFER_NAMES_COUNT];
    struct buf user_keys; /* what PubkeyAcceptedAlgorithms leaves */
    const char *wrong;    /* the keyword of a list that is wrong */
    struct buf words;     /* and what is wrong with it */
    struct buf preface;   /* what each client is sent at once */
    size_t cookie_at;     /* where in it there are OFFER_LINK_COOKIE_LEN random octets */
    struct buf bad_packet, too_many, refused; /* what is sent behind it to whom we turn away */
};

enum { OFFER_LINK_COOKIE_LEN = 16 };

void offer_link_init(struct offer_link *link);

/* Starts the program, as that user and there. ERR_SYSTEM with errno. */
NODISCARD enum err offer_link_open(struct offer_link *link, const struct sandbox_setup *sandbox);

/* Applies the options' lists: fills `names` and `user_keys`. What is wrong with a list lies in `wrong` and `words`, and
 * the result is ERR_UNSUPPORTED; without words the program is at fault. */
NODISCARD enum err offer_link_apply(struct offer_link *link, const struct server_options *options);

/* PubkeyAcceptedAlgorithms of these options alone: fills `user_keys`; the rest as above. */
NODISCARD enum err offer_link_user_keys(struct offer_link *link,
                                        const struct server_options *options);

/* Of the names for host keys those are left for which there is a key (`blobs`: SSH strings), and the preface and
 * the refusals are filled. */
NODISCARD enum err offer_link_greet(struct offer_link *link, const char *software,
                                    struct bytes blobs);

/* Borrowed from the link. */
struct offer_names offer_link_names(const struct offer_link *link);

/* Ends the program; what it answered stays. For its parent. */
void offer_link_close(struct offer_link *link);
/* The same, and forgets everything. */
void offer_link_wipe(struct offer_link *link);
