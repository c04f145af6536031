/* SPDX-License-Identifier: BSD-2-Clause */
/* The algorithms this server offers: the configuration's lists applied to those we have and have host keys for. */
#pragma once

#include "base/buf.h"
#include "programs/server/common/offer_names.h"

/* The lists that the configuration has. */
enum offer_wish {
    OFFER_WISH_KEX,
    OFFER_WISH_HOST_KEY,
    OFFER_WISH_CIPHER,
    OFFER_WISH_MAC,
    OFFER_WISH_COMPRESSION,
    OFFER_WISH_USER_KEY, /* PubkeyAcceptedAlgorithms */
    OFFER_WISH_COUNT
};

/* Borrowed. A list that is not given means the default. */
struct offer_wishes {
    bool is_given[OFFER_WISH_COUNT];
    struct bytes specs[OFFER_WISH_COUNT];
};

struct offer {
    struct buf names[OFFER_NAMES_COUNT];
    struct buf user_keys; /* the signatures that users may log in with */
};

void offer_init(struct offer *offer);
void offer_wipe(struct offer *offer);

/* Fills an empty offer. ERR_UNSUPPORTED or ERR_BAD_VALUE: a list has an unknown name, or leaves nothing; then *wrong is
 * the list, and `problem` gets a sentence about it. */
NODISCARD enum err offer_apply(struct offer *offer, const struct offer_wishes *wishes,
                               enum offer_wish *wrong, struct buf *problem);

/* Appends those host key algorithms of `names` for which there is a key. `blobs` are public keys as SSH strings.
 * ERR_NO_SPACE. */
NODISCARD enum err offer_keep_possible(struct bytes names, struct bytes blobs, struct buf *kept);
