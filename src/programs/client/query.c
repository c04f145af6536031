/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/query.h"

#include "keys/key_type.h"
#include "ssh/transport/algorithms.h"

#include <string.h>
#include <strings.h>

static enum err list_names(struct bytes names, struct buf *out)
{
    while (names.len) {
        TRY(buf_append(out, bytes_cut(&names, ',')));
        TRY(buf_append_text(out, "\n"));
    }
    return OK;
}

static enum err list_category(enum algorithms_category category, struct buf *out)
{
    return list_names(algorithms_supported(category), out);
}

static enum err list_kex(struct buf *out)
{
    return list_category(ALGORITHMS_KEX, out);
}

static enum err list_signatures(struct buf *out)
{
    return list_category(ALGORITHMS_HOST_KEY, out);
}

static enum err list_ciphers(struct buf *out)
{
    return list_category(ALGORITHMS_CIPHER, out);
}

static enum err list_macs(struct buf *out)
{
    return list_category(ALGORITHMS_MAC, out);
}

static enum err list_compression(struct buf *out)
{
    return list_category(ALGORITHMS_COMPRESSION, out);
}

/* Ciphers that authenticate themselves (AEAD). */
static enum err list_aeads(struct buf *out)
{
    struct bytes names = algorithms_supported(ALGORITHMS_CIPHER);
    while (names.len) {
        struct bytes name = bytes_cut(&names, ',');
        if (algorithms_find_cipher(name)->mode != ALGORITHMS_CTR)
            TRY(list_names(name, out));
    }
    return OK;
}

static enum err list_keys(struct buf *out)
{
    for (size_t i = 0; i < key_type_all.count; i++) {
        const struct key_algorithm *row = &key_type_all.rows[i];
        if (key_type_of_key(bytes_text(row->key_type)) == row)
            TRY(list_names(bytes_text(row->key_type), out));
    }
    return OK;
}

static enum err list_nothing(struct buf *out)
{
    (void)out;
    return OK;
}

static enum err list_protocol(struct buf *out)
{
    return list_names(BYTES_LITERAL("2"), out);
}

static enum err list_help(struct buf *out);

static const struct {
    const char *name;
    enum err (*list)(struct buf *out);
} queries[] = {
    { "cipher", list_ciphers },
    { "cipher-auth", list_aeads },
    { "compression", list_compression },
    { "kex", list_kex },
    { "key", list_keys },
    { "key-ca-sign", list_signatures },
    { "key-cert", list_nothing },
    { "key-plain", list_keys },
    { "key-sig", list_signatures },
    { "mac", list_macs },
    { "protocol-version", list_protocol },
    { "sig", list_signatures },
    { "help", list_help },
    { "Ciphers", list_ciphers },
    { "HostKeyAlgorithms", list_signatures },
    { "KexAlgorithms", list_kex },
    { "MACs", list_macs },
    { "PubkeyAcceptedAlgorithms", list_signatures },
};

/* Neither the list itself nor the other names that follow it. */
static enum err list_help(struct buf *out)
{
    for (size_t i = 0; queries[i].list != list_help; i++)
        TRY(list_names(bytes_text(queries[i].name), out));
    return OK;
}

enum err query_list(const char *name, struct buf *out)
{
    for (size_t i = 0; i < sizeof(queries) / sizeof(queries[0]); i++) {
        if (strcasecmp(name, queries[i].name) == 0)
            return queries[i].list(out);
    }
    return ERR_UNSUPPORTED;
}
