/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/transport/negotiate.h"

/* One mark has two spellings: OpenSSH's and the later draft's. A mark counts only if client and server use the same
 * spelling. */
static const struct {
    const char *client;
    const char *server;
} strict_marks[] = {
    { "kex-strict-c-v00@openssh.com", "kex-strict-s-v00@openssh.com" },
    { "kex-strict-c", "kex-strict-s" },
};

enum { STRICT_MARK_COUNT = sizeof(strict_marks) / sizeof(strict_marks[0]) };

static const char *ext_info_mark(enum role role)
{
    return role == ROLE_CLIENT ? "ext-info-c" : "ext-info-s";
}

static const struct {
    const char *name, *kind;
} lists[KEXINIT_LIST_COUNT] = {
    [KEXINIT_KEX] = { "key exchange", "key exchange method" },
    [KEXINIT_HOST_KEY] = { "host key", "host key type" },
    [KEXINIT_CIPHER_TO_SERVER] = { "cipher from client to server", "cipher" },
    [KEXINIT_CIPHER_TO_CLIENT] = { "cipher from server to client", "cipher" },
    [KEXINIT_MAC_TO_SERVER] = { "MAC from client to server", "MAC" },
    [KEXINIT_MAC_TO_CLIENT] = { "MAC from server to client", "MAC" },
    [KEXINIT_COMPRESSION_TO_SERVER] = { "compression from client to server", "compression method" },
    [KEXINIT_COMPRESSION_TO_CLIENT] = { "compression from server to client", "compression method" },
    [KEXINIT_LANGUAGE_TO_SERVER] = { "language from client to server", "language" },
    [KEXINIT_LANGUAGE_TO_CLIENT] = { "language from server to client", "language" },
};

const char *negotiate_list_name(enum kexinit_list list)
{
    return lists[list].name;
}

const char *negotiate_list_kind(enum kexinit_list list)
{
    return lists[list].kind;
}

static bool has_mark(const struct kexinit *kexinit, const char *mark)
{
    return bytes_list_has(kexinit->list[KEXINIT_KEX], bytes_text(mark));
}

static bool is_strict(const struct kexinit *client, const struct kexinit *server)
{
    for (size_t i = 0; i < STRICT_MARK_COUNT; i++)
        if (has_mark(client, strict_marks[i].client) && has_mark(server, strict_marks[i].server))
            return true;
    return false;
}

/* What both sides sent, by role. */
struct pair {
    const struct kexinit *client, *server;
    enum kexinit_list missing;
};

/* The client's first that the server has too. Marks, and names that only the peer knows, are not in our
 * tables. */
static enum err choose(struct pair *pair, enum kexinit_list list, enum algorithms_category category,
                       const char **chosen)
{
    struct bytes wanted = pair->client->list[list];
    while (wanted.len > 0) {
        struct bytes name = bytes_cut(&wanted, ',');
        *chosen = algorithms_name(category, name);
        if (*chosen && bytes_list_has(pair->server->list[list], name))
            return OK;
    }
    pair->missing = list;
    return ERR_NO_COMMON;
}

/* An AEAD cipher needs no MAC, and then the lists of MACs do not matter. */
static enum err choose_mac(struct pair *pair, const char *cipher, enum kexinit_list list,
                           const char **chosen)
{
    if (algorithms_find_cipher(bytes_text(cipher))->mode != ALGORITHMS_CTR) {
        *chosen = ALGORITHMS_IMPLICIT;
        return OK;
    }
    return choose(pair, list, ALGORITHMS_MAC, chosen);
}

struct direction {
    const char *cipher, *mac, *compression;
};

static enum err choose_direction(struct pair *pair, bool to_server, struct direction *out)
{
    TRY(choose(pair, to_server ? KEXINIT_CIPHER_TO_SERVER : KEXINIT_CIPHER_TO_CLIENT,
               ALGORITHMS_CIPHER, &out->cipher));
    TRY(choose_mac(pair, out->cipher, to_server ? KEXINIT_MAC_TO_SERVER : KEXINIT_MAC_TO_CLIENT,
                   &out->mac));
    return choose(pair, to_server ? KEXINIT_COMPRESSION_TO_SERVER : KEXINIT_COMPRESSION_TO_CLIENT,
                  ALGORITHMS_COMPRESSION, &out->compression);
}

static enum err choose_all(struct pair *pair, enum role role, struct algorithms_chosen *out)
{
    struct direction to_server, to_client;
    TRY(choose(pair, KEXINIT_KEX, ALGORITHMS_KEX, &out->kex));
    TRY(choose(pair, KEXINIT_HOST_KEY, ALGORITHMS_HOST_KEY, &out->host_key));
    TRY(choose_direction(pair, true, &to_server));
    TRY(choose_direction(pair, false, &to_client));

    struct direction away = role == ROLE_CLIENT ? to_server : to_client;
    struct direction here = role == ROLE_CLIENT ? to_client : to_server;
    out->cipher_out = away.cipher;
    out->mac_out = away.mac;
    out->compression_out = away.compression;
    out->cipher_in = here.cipher;
    out->mac_in = here.mac;
    out->compression_in = here.compression;
    return OK;
}

static bool has_same_first(const struct pair *pair, enum kexinit_list list)
{
    struct bytes client = pair->client->list[list], server = pair->server->list[list];
    return bytes_equal(bytes_cut(&client, ','), bytes_cut(&server, ','));
}

enum err negotiate_choose(enum role role, const struct kexinit *ours, const struct kexinit *theirs,
                          const struct algorithms_chosen *previous, struct negotiate_result *out)
{
    bool is_client = role == ROLE_CLIENT;
    struct pair pair = { .client = is_client ? ours : theirs, .server = is_client ? theirs : ours };

    *out = (struct negotiate_result){ 0 };
    enum err err = choose_all(&pair, role, &out->chosen);
    out->missing = pair.missing;
    if (err != OK)
        return err;

    out->chosen.is_rekey = previous != NULL;
    out->chosen.strict = previous ? previous->strict : is_strict(pair.client, pair.server);
    out->chosen.guess_fits =
        has_same_first(&pair, KEXINIT_KEX) && has_same_first(&pair, KEXINIT_HOST_KEY);
    out->skips_next = theirs->follows && !out->chosen.guess_fits;
    out->guess_wrong = ours->follows && !out->chosen.guess_fits;
    out->peer_takes_ext_info =
        !previous && has_mark(theirs, ext_info_mark(is_client ? ROLE_SERVER : ROLE_CLIENT));
    return OK;
}

static enum err append_marks(enum role role, struct buf *names)
{
    TRY(buf_format(names, ",%s", ext_info_mark(role)));
    for (size_t i = 0; i < STRICT_MARK_COUNT; i++) {
        bool is_client = role == ROLE_CLIENT;
        const char *mark = is_client ? strict_marks[i].client : strict_marks[i].server;
        TRY(buf_format(names, ",%s", mark));
    }
    return OK;
}

enum err negotiate_offer(enum role role, const struct algorithms_offer *offer, bool is_first,
                         struct buf *kex_names, struct kexinit *out)
{
    size_t begin = buf_len(kex_names);
    TRY(buf_append(kex_names, offer->names[ALGORITHMS_KEX]));
    if (is_first)
        TRY(append_marks(role, kex_names));

    *out = (struct kexinit){ 0 };
    out->list[KEXINIT_KEX] = bytes_skip(buf_bytes(kex_names), begin);
    out->list[KEXINIT_HOST_KEY] = offer->names[ALGORITHMS_HOST_KEY];
    out->list[KEXINIT_CIPHER_TO_SERVER] = offer->names[ALGORITHMS_CIPHER];
    out->list[KEXINIT_CIPHER_TO_CLIENT] = offer->names[ALGORITHMS_CIPHER];
    out->list[KEXINIT_MAC_TO_SERVER] = offer->names[ALGORITHMS_MAC];
    out->list[KEXINIT_MAC_TO_CLIENT] = offer->names[ALGORITHMS_MAC];
    out->list[KEXINIT_COMPRESSION_TO_SERVER] = offer->names[ALGORITHMS_COMPRESSION];
    out->list[KEXINIT_COMPRESSION_TO_CLIENT] = offer->names[ALGORITHMS_COMPRESSION];
    return OK;
}
