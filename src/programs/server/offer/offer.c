/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/offer/offer.h"

#include "base/escape.h"
#include "base/reader.h"
#include "keys/key_type.h"
#include "keys/public_key.h"
#include "ssh/transport/algorithms.h"

enum { SHOWN_MAX = 128 };

_Static_assert((int)OFFER_NAMES_KEX == ALGORITHMS_KEX &&
                   (int)OFFER_NAMES_COMPRESSION == ALGORITHMS_COMPRESSION &&
                   (int)OFFER_NAMES_COUNT == ALGORITHMS_CATEGORY_COUNT,
               "the lists are those of the negotiation");
_Static_assert((int)OFFER_WISH_MAC == OFFER_NAMES_MAC, "the wishes are in the order of the lists");

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
static struct bytes usual(enum algorithms_category category)
{
    return category == ALGORITHMS_COMPRESSION ? algorithms_supported(category)
                                              : algorithms_default(category);
}

static enum err apply_list(struct offer *offer, const struct offer_wishes *wishes, size_t i,
                           struct buf *problem)
{
    static const char *const words[] = { "KEX algorithms", "key types", "ciphers", "MACs" };
    enum algorithms_category category = (enum algorithms_category)i;
    struct bytes bad = BYTES_NONE;
    if (i >= OFFER_WISH_USER_KEY || !wishes->is_given[i])
        return buf_append(&offer->names[i], usual(category));
    enum err err = algorithms_apply(usual(category), algorithms_supported(category),
                                    wishes->specs[i], false, &offer->names[i], &bad);
    if (err == OK)
        return OK;
    char shown[SHOWN_MAX];
    TRY(buf_format(problem, "Bad SSH2 %s '%s'", words[i],
                   escape_text(bad.len ? bad : wishes->specs[i], shown, sizeof(shown))));
    return err;
}

static enum err apply_user_keys(struct offer *offer, const struct offer_wishes *wishes,
                                struct buf *problem)
{
    struct bytes standard = algorithms_default(ALGORITHMS_HOST_KEY), bad = BYTES_NONE;
    struct bytes spec = wishes->specs[OFFER_WISH_USER_KEY];
    if (!wishes->is_given[OFFER_WISH_USER_KEY])
        return buf_append(&offer->user_keys, standard);
    enum err err = algorithms_apply(standard, algorithms_supported(ALGORITHMS_HOST_KEY), spec, true,
                                    &offer->user_keys, &bad);
    char shown[SHOWN_MAX];
    if (err != OK)
        TRY(buf_format(problem, "Bad key types '%s'", escape_text(spec, shown, sizeof(shown))));
    return err;
}

enum err offer_apply(struct offer *offer, const struct offer_wishes *wishes, struct buf *problem)
{
    for (size_t i = 0; i < OFFER_NAMES_COUNT; i++)
        TRY(apply_list(offer, wishes, i, problem));
    return apply_user_keys(offer, wishes, problem);
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
