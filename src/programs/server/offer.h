/* SPDX-License-Identifier: BSD-2-Clause */
/* The algorithms this server offers: its options applied to what we have, as far as it has host keys. */
#pragma once

#include "ssh/transport/algorithms.h"

struct server_options;

enum { OFFER_NAMES_MAX = 4096 };

struct offer {
    struct buf names[ALGORITHMS_CATEGORY_COUNT];
};

void offer_init(struct offer *offer);
void offer_wipe(struct offer *offer);

/* Applies the options. When a list has a name that we lack, or leaves nothing, that is ERR_UNSUPPORTED
 * or ERR_BAD_VALUE and `problem` gets the words for it. */
NODISCARD enum err offer_apply(struct offer *offer, const struct server_options *options,
                               struct buf *problem);

/* Appends the names of the signatures that PubkeyAcceptedAlgorithms lets users log in with. Names that we lack are
 * passed over; when none is left that is ERR_BAD_VALUE, and `problem` gets the words for it. */
NODISCARD enum err offer_user_keys(const struct server_options *options, struct buf *names,
                                   struct buf *problem);

/* Keeps the host key algorithms for which there is a key. `blobs` are public keys as SSH strings. */
NODISCARD enum err offer_keep_possible(struct offer *offer, struct bytes blobs);

/* Borrowed from the offer. */
struct algorithms_offer offer_names(const struct offer *offer);
