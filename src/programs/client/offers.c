/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/offers.h"

#include "programs/client/settings.h"

enum { LIST_MAX = 4096 };

/* Appends the list, with that name first if the list has it. */
static enum err put_first(struct bytes list, const char *name, struct buf *out)
{
    if (!bytes_list_has(list, bytes_text(name)))
        return buf_append(out, list);
    TRY(buf_append_text(out, name));
    while (list.len) {
        struct bytes item = bytes_cut(&list, ',');
        if (bytes_is(item, name))
            continue;
        TRY(buf_append_text(out, ","));
        TRY(buf_append(out, item));
    }
    return OK;
}

static enum err offer_kex(struct offers *offers, const struct client_options *o,
                          const struct cache_entry *remembered)
{
    scoped(buf) wanted = BUF_EMPTY(LIST_MAX);
    TRY(settings_offer(o, SETTINGS_KEXES, &wanted));
    return put_first(buf_bytes(&wanted), o->kex_algorithms ? "" : remembered->kex,
                     &offers->lists[ALGORITHMS_KEX]);
}

/* The server's first choice goes first only if its key is known: otherwise the person would be asked about a key
 * although another one is known. */
static enum err offer_host_keys(struct offers *offers, const struct client_options *o,
                                const struct host_key *host_key,
                                const struct cache_entry *remembered)
{
    scoped(buf) wanted = BUF_EMPTY(LIST_MAX);
    scoped(buf) ordered = BUF_EMPTY(LIST_MAX);
    struct buf *out = &offers->lists[ALGORITHMS_HOST_KEY];
    TRY(settings_offer(o, SETTINGS_HOST_KEYS, &wanted));
    if (o->host_key_algorithms)
        return buf_append(out, buf_bytes(&wanted));
    TRY(host_key_order(host_key, buf_bytes(&wanted), &ordered));
    bool is_known = host_key_is_known(host_key, bytes_text(remembered->host_key));
    return put_first(buf_bytes(&ordered), is_known ? remembered->host_key : "", out);
}

enum err offers_make(struct offers *offers, const struct client_options *o,
                     const struct host_key *host_key, const struct cache_entry *remembered)
{
    struct buf *compression = &offers->lists[ALGORITHMS_COMPRESSION];
    for (size_t i = 0; i < ALGORITHMS_CATEGORY_COUNT; i++)
        buf_init(&offers->lists[i], LIST_MAX);
    TRY(settings_offer(o, SETTINGS_CIPHERS, &offers->lists[ALGORITHMS_CIPHER]));
    TRY(settings_offer(o, SETTINGS_MACS, &offers->lists[ALGORITHMS_MAC]));
    TRY(buf_append_text(compression, o->compression ? "zlib@openssh.com,none" : "none"));
    TRY(offer_kex(offers, o, remembered));
    return offer_host_keys(offers, o, host_key, remembered);
}

void offers_wipe(struct offers *offers)
{
    for (size_t i = 0; i < ALGORITHMS_CATEGORY_COUNT; i++)
        buf_wipe(&offers->lists[i]);
}

bool offers_guess_may_fit(const struct offers *offers, const struct cache_entry *remembered)
{
    struct bytes kex = buf_bytes(&offers->lists[ALGORITHMS_KEX]);
    struct bytes host_key = buf_bytes(&offers->lists[ALGORITHMS_HOST_KEY]);
    return (!remembered->kex[0] || bytes_is(bytes_cut(&kex, ','), remembered->kex)) &&
           (!remembered->host_key[0] || bytes_is(bytes_cut(&host_key, ','), remembered->host_key));
}
