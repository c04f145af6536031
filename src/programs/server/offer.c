/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/offer.h"

#include "base/escape.h"
#include "base/reader.h"
#include "config/server_options.h"
#include "keys/key_type.h"
#include "keys/public_key.h"

void offer_init(struct offer *offer)
{
    for (size_t i = 0; i < ALGORITHMS_CATEGORY_COUNT; i++)
        buf_init(&offer->names[i], OFFER_NAMES_MAX);
}

void offer_wipe(struct offer *offer)
{
    for (size_t i = 0; i < ALGORITHMS_CATEGORY_COUNT; i++)
        buf_wipe(&offer->names[i]);
}

/* Compression costs nothing until a client asks for it. */
static struct bytes usual(enum algorithms_category category)
{
    return category == ALGORITHMS_COMPRESSION ? algorithms_supported(category)
                                              : algorithms_default(category);
}

enum err offer_apply(struct offer *offer, const struct server_options *options, struct buf *problem)
{
    static const char *const words[] = { "KEX algorithms", "key types", "ciphers", "MACs", "" };
    const char *const specs[] = { options->kex_algorithms, options->host_key_algorithms,
                                  options->ciphers, options->macs, NULL };

    for (enum algorithms_category i = 0; i < ALGORITHMS_CATEGORY_COUNT; i++) {
        buf_clear(&offer->names[i]);
        if (!specs[i]) {
            TRY(buf_append(&offer->names[i], usual(i)));
            continue;
        }
        struct bytes spec = bytes_text(specs[i]), bad = BYTES_NONE;
        enum err err = algorithms_apply(usual(i), algorithms_supported(i), spec, false,
                                        &offer->names[i], &bad);
        if (err == OK)
            continue;
        char shown[128];
        TRY(buf_format(problem, "Bad SSH2 %s '%s'", words[i],
                       escape_text(bad.len ? bad : spec, shown, sizeof(shown))));
        return err;
    }
    return OK;
}

enum err offer_user_keys(const struct server_options *options, struct buf *names,
                         struct buf *problem)
{
    struct bytes standard = algorithms_default(ALGORITHMS_HOST_KEY), bad = BYTES_NONE;
    if (!options->pubkey_accepted_algorithms)
        return buf_append(names, standard);
    struct bytes spec = bytes_text(options->pubkey_accepted_algorithms);
    enum err err = algorithms_apply(standard, algorithms_supported(ALGORITHMS_HOST_KEY), spec, true,
                                    names, &bad);
    char shown[128];
    if (err != OK)
        TRY(buf_format(problem, "Bad key types '%s'", escape_text(spec, shown, sizeof(shown))));
    return err;
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

enum err offer_keep_possible(struct offer *offer, struct bytes blobs)
{
    scoped(buf) kept = BUF_EMPTY(OFFER_NAMES_MAX);
    struct buf *names = &offer->names[ALGORITHMS_HOST_KEY];
    struct bytes rest = buf_bytes(names);
    while (rest.len > 0) {
        struct bytes name = bytes_cut(&rest, ',');
        if (!has_key_for(blobs, name))
            continue;
        if (buf_len(&kept) > 0)
            TRY(buf_append_text(&kept, ","));
        TRY(buf_append(&kept, name));
    }
    buf_clear(names);
    return buf_append(names, buf_bytes(&kept));
}

struct algorithms_offer offer_names(const struct offer *offer)
{
    struct algorithms_offer names;
    for (size_t i = 0; i < ALGORITHMS_CATEGORY_COUNT; i++)
        names.names[i] = buf_bytes(&offer->names[i]);
    return names;
}
