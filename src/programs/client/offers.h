/* SPDX-License-Identifier: BSD-2-Clause */
/* The five lists of algorithms that we offer: the user's or the defaults, in an order that suits this server. */
#pragma once

#include "programs/client/cache.h"
#include "programs/client/host_key.h"
#include "ssh/transport/algorithms.h"

/* Zero is empty. */
struct offers {
    struct buf lists[ALGORITHMS_CATEGORY_COUNT];
};

/* Lists that the user did not order are put in order: host key algorithms whose keys are known go first, and so does
 * what the server itself preferred last time, because then a guess at the key exchange is right. ERR_BAD_VALUE for a
 * list that is wrong, which has been logged. */
NODISCARD enum err offers_make(struct offers *offers, const struct client_options *options,
                               const struct host_key *host_key,
                               const struct cache_entry *remembered);
void offers_wipe(struct offers *offers);

/* A guess is right if the first choices of both sides agree. False if they are known not to, because the packet would
 * only be thrown away. */
bool offers_guess_may_fit(const struct offers *offers, const struct cache_entry *remembered);
