/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/offer/offer.h"

#include "base/reader.h"
#include "keys/key_type.h"
#include "keys/public_key.h"
#include "ssh/transport/algorithms.h"

_Static_assert((int)OFFER_NAMES_KEX == ALGORITHMS_KEX &&
                   (int)OFFER_NAMES_COMPRESSION == ALGORITHMS_COMPRESSION &&
                   (int)OFFER_NAMES_COUNT == ALGORITHMS_CATEGORY_COUNT,
               "the lists are those of the negotiation");

void offer_init(struct offer *offer)
{
    for (size_t i = 0; i < OFFER_NAMES_COUNT; i++)
        buf_init(&offer->names[i], OFFER_NAMES_MAX);
    buf_init(&offer->user_keys, OFFER_NAMES_MAX);
}

void offer_wipe(struct offer *offer)
{
    for (size_t i = 0; i < OFFER_NAMES_COUNT; i++)
        buf_wipe(&offer->names[i]);
    buf_wipe(&offer->user_keys);
}

/* Compression costs nothing until a client asks for it. */
static struct bytes standard(enum algorithms_category category)
{
    return category == ALGORITHMS_COMPRESSION ? algorithms_supported(category)
                                              : algorithms_default(category);
}

static enum err apply_list(enum algorithms_category category, const struct offer_wishes *wishes,
                           enum offer_wish wish, struct buf *names, struct buf *problem)
{
    struct bytes spec = wishes->specs[wish], bad = BYTES_NONE;
    if (!wishes->is_given[wish])
        return buf_append(names, standard(category));
    enum err err = algorithms_wish(category, spec, names, &bad);
    if (err != OK)
        TRY(algorithms_complain(category, spec, bad, problem));
    return err;
}

enum err offer_apply(struct offer *offer, const struct offer_wishes *wishes, enum offer_wish *wrong,
                     struct buf *problem)
{
    const struct {
        enum algorithms_category category;
        struct buf *names;
    } lists[OFFER_WISH_COUNT] = {
        [OFFER_WISH_KEX] = { ALGORITHMS_KEX, &offer->names[OFFER_NAMES_KEX] },
        [OFFER_WISH_HOST_KEY] = { ALGORITHMS_HOST_KEY, &offer->names[OFFER_NAMES_HOST_KEY] },
        [OFFER_WISH_CIPHER] = { ALGORITHMS_CIPHER, &offer->names[OFFER_NAMES_CIPHER] },
        [OFFER_WISH_MAC] = { ALGORITHMS_MAC, &offer->names[OFFER_NAMES_MAC] },
        [OFFER_WISH_COMPRESSION] = { ALGORITHMS_COMPRESSION,
                                     &offer->names[OFFER_NAMES_COMPRESSION] },
        [OFFER_WISH_USER_KEY] = { ALGORITHMS_HOST_KEY, &offer->user_keys },
    };
    for (*wrong = 0; *wrong < OFFER_WISH_COUNT; ++*wrong)
        TRY(apply_list(lists[*wrong].category, wishes, *wrong, lists[*wrong].names, problem));
    return OK;
}

static bool has_key_for(struct bytes blobs, struct bytes algorithm)
{
    const struct key_algorithm *row = key_type_find(algorithm);
    struct reader r = reader_over(blobs, NULL);
    while (row && reader_more(&r))
        if (bytes_is(public_key_blob_type(reader_string(&r, "host key")), row->key_type))
            return true;
    return false;
}

enum err offer_keep_possible(struct bytes names, struct bytes blobs, struct buf *kept)
{
    while (names.len > 0) {
        struct bytes name = bytes_cut(&names, ',');
        if (!has_key_for(blobs, name))
            continue;
        if (buf_len(kept) > 0)
            TRY(buf_append_text(kept, ","));
        TRY(buf_append(kept, name));
    }
    return OK;
}
