/* SPDX-License-Identifier: BSD-2-Clause */
#include "keys/exchange_hash.h"

#include "base/writer.h"

enum { PARTS_MAX = 256 * 1024 };

static void write_share(struct writer *w, struct bytes share, bool is_mpint)
{
    if (is_mpint)
        writer_mpint(w, share);
    else
        writer_string(w, share);
}

enum err exchange_hash_compute(const struct exchange_hash_parts *parts, struct exchange_hash *hash)
{
    scoped(buf) all = BUF_EMPTY(PARTS_MAX);
    struct writer w = writer_to(&all);
    writer_string(&w, parts->client_ident);
    writer_string(&w, parts->server_ident);
    writer_string(&w, parts->client_kexinit);
    writer_string(&w, parts->server_kexinit);
    writer_string(&w, parts->host_key);
    write_share(&w, parts->client_share, parts->shares_are_mpints);
    write_share(&w, parts->server_share, parts->shares_are_mpints);
    writer_octets(&w, parts->secret);
    TRY(writer_end(&w));
    digest_once(parts->digest, buf_bytes(&all), hash->octets);
    hash->len = digest_len(parts->digest);
    return OK;
}
