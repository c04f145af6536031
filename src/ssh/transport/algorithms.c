/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/transport/algorithms.h"

#include "base/escape.h"
#include "base/pattern.h"

#include <string.h>

enum { SHOWN_MAX = 512 };

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const struct algorithms_kex kex_table[] = {
    { "curve25519-sha256", AGREE_X25519, DIGEST_SHA256 },
    { "curve25519-sha256@libssh.org", AGREE_X25519, DIGEST_SHA256 },
    { "ecdh-sha2-nistp256", AGREE_P256, DIGEST_SHA256 },
    { "ecdh-sha2-nistp384", AGREE_P384, DIGEST_SHA384 },
    { "ecdh-sha2-nistp521", AGREE_P521, DIGEST_SHA512 },
    { "diffie-hellman-group16-sha512", AGREE_MODP16, DIGEST_SHA512 },
    { "diffie-hellman-group18-sha512", AGREE_MODP18, DIGEST_SHA512 },
    { "diffie-hellman-group14-sha256", AGREE_MODP14, DIGEST_SHA256 },
};

static const struct algorithms_cipher cipher_table[] = {
    { "aes128-gcm@openssh.com", ALGORITHMS_GCM, .key_len = 16, .iv_len = 12, .block_len = 16 },
    { "aes256-gcm@openssh.com", ALGORITHMS_GCM, .key_len = 32, .iv_len = 12, .block_len = 16 },
    { "chacha20-poly1305@openssh.com", ALGORITHMS_CHACHAPOLY, .key_len = 64, .block_len = 8 },
    { "aes128-ctr", ALGORITHMS_CTR, .key_len = 16, .iv_len = 16, .block_len = 16 },
    { "aes192-ctr", ALGORITHMS_CTR, .key_len = 24, .iv_len = 16, .block_len = 16 },
    { "aes256-ctr", ALGORITHMS_CTR, .key_len = 32, .iv_len = 16, .block_len = 16 },
};

static const struct algorithms_mac mac_table[] = {
    { "hmac-sha2-256-etm@openssh.com", DIGEST_SHA256, .is_etm = true },
    { "hmac-sha2-512-etm@openssh.com", DIGEST_SHA512, .is_etm = true },
    { "hmac-sha2-256", DIGEST_SHA256, .is_etm = false },
    { "hmac-sha2-512", DIGEST_SHA512, .is_etm = false },
};

static const char *const host_key_table[] = {
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
    "ssh-rsa",
};

static const char *const compression_table[] = { "none", "zlib@openssh.com" };

/* The names above, best first. SHA-1 signatures and compression are only used on request. */
#define KEX_NAMES                                               \
    "curve25519-sha256,curve25519-sha256@libssh.org,"           \
    "ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521," \
    "diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group14-sha256"
#define HOST_KEY_NAMES                                                         \
    "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521," \
    "rsa-sha2-512,rsa-sha2-256"
#define CIPHER_NAMES                                                               \
    "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com," \
    "aes128-ctr,aes192-ctr,aes256-ctr"
#define MAC_NAMES \
    "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha2-256,hmac-sha2-512"

static const struct {
    const char *by_default;
    const char *supported;
    const char *complaint; /* about a user's list, as in ssh and sshd */
} lists[ALGORITHMS_CATEGORY_COUNT] = {
    [ALGORITHMS_KEX] = { KEX_NAMES, KEX_NAMES, "Bad SSH2 KexAlgorithms" },
    [ALGORITHMS_HOST_KEY] = { HOST_KEY_NAMES, HOST_KEY_NAMES ",ssh-rsa", "Bad key types" },
    [ALGORITHMS_CIPHER] = { CIPHER_NAMES, CIPHER_NAMES, "Bad SSH2 cipher spec" },
    [ALGORITHMS_MAC] = { MAC_NAMES, MAC_NAMES, "Bad SSH2 MAC spec" },
    [ALGORITHMS_COMPRESSION] = { "none", "none,zlib@openssh.com", "Bad compression" },
};

static bool allows_truncation(const char *cipher, const char *mac)
{
    const struct algorithms_mac *row = algorithms_find_mac(bytes_text(mac));
    return strcmp(cipher, "chacha20-poly1305@openssh.com") == 0 || (row && row->is_etm);
}

bool algorithms_allow_truncation(const struct algorithms_chosen *chosen)
{
    return !chosen->strict && (allows_truncation(chosen->cipher_in, chosen->mac_in) ||
                               allows_truncation(chosen->cipher_out, chosen->mac_out));
}

const struct algorithms_kex *algorithms_find_kex(struct bytes name)
{
    for (size_t i = 0; i < COUNT(kex_table); i++)
        if (bytes_is(name, kex_table[i].name))
            return &kex_table[i];
    return NULL;
}

const struct algorithms_cipher *algorithms_find_cipher(struct bytes name)
{
    for (size_t i = 0; i < COUNT(cipher_table); i++)
        if (bytes_is(name, cipher_table[i].name))
            return &cipher_table[i];
    return NULL;
}

const struct algorithms_mac *algorithms_find_mac(struct bytes name)
{
    for (size_t i = 0; i < COUNT(mac_table); i++)
        if (bytes_is(name, mac_table[i].name))
            return &mac_table[i];
    return NULL;
}

static const char *find_text(const char *const *table, size_t count, struct bytes name)
{
    for (size_t i = 0; i < count; i++)
        if (bytes_is(name, table[i]))
            return table[i];
    return NULL;
}

const char *algorithms_name(enum algorithms_category category, struct bytes name)
{
    const struct algorithms_kex *kex;
    const struct algorithms_cipher *cipher;
    const struct algorithms_mac *mac;

    switch (category) {
    case ALGORITHMS_KEX:
        kex = algorithms_find_kex(name);
        return kex ? kex->name : NULL;
    case ALGORITHMS_HOST_KEY:
        return find_text(host_key_table, COUNT(host_key_table), name);
    case ALGORITHMS_CIPHER:
        cipher = algorithms_find_cipher(name);
        return cipher ? cipher->name : NULL;
    case ALGORITHMS_MAC:
        mac = algorithms_find_mac(name);
        return mac ? mac->name : NULL;
    case ALGORITHMS_COMPRESSION:
        return find_text(compression_table, COUNT(compression_table), name);
    case ALGORITHMS_CATEGORY_COUNT:
        break;
    }
    return NULL;
}

struct bytes algorithms_supported(enum algorithms_category category)
{
    return bytes_text(lists[category].supported);
}

struct bytes algorithms_default(enum algorithms_category category)
{
    return bytes_text(lists[category].by_default);
}

static const struct lacking {
    enum algorithms_category category;
    struct algorithms_lacking told;
} lacking_table[] = {
#define LACKING(category, name, why) { ALGORITHMS_##category, { (name), (why) } },
#include "ssh/transport/algorithms_lacking.def"
#undef LACKING
};

static const struct algorithms_lacking *find_lacking(enum algorithms_category category,
                                                     struct bytes name)
{
    for (size_t i = 0; i < COUNT(lacking_table); i++)
        if (lacking_table[i].category == category && bytes_is(name, lacking_table[i].told.name))
            return &lacking_table[i].told;
    return NULL;
}

static bool is_pattern(struct bytes text)
{
    return bytes_find(text, '*') < text.len || bytes_find(text, '?') < text.len;
}

static bool matches_any(struct bytes patterns, struct bytes name)
{
    while (patterns.len > 0)
        if (pattern_match(name, bytes_trim(bytes_cut(&patterns, ','))))
            return true;
    return false;
}

/* A list under construction: what `out` holds from `begin` on. */
struct growing {
    struct buf *out;
    size_t begin;
};

static struct bytes so_far(const struct growing *list)
{
    return bytes_skip(buf_bytes(list->out), list->begin);
}

static enum err add(struct growing *list, struct bytes name)
{
    if (bytes_list_has(so_far(list), name))
        return OK;
    if (so_far(list).len > 0)
        TRY(buf_append_text(list->out, ","));
    return buf_append(list->out, name);
}

/* The names of `from` that match none (wanted: some) of the patterns. */
static enum err add_matching(struct growing *list, struct bytes from, struct bytes patterns,
                             bool wanted)
{
    while (from.len > 0) {
        struct bytes name = bytes_cut(&from, ',');
        if (matches_any(patterns, name) == wanted)
            TRY(add(list, name));
    }
    return OK;
}

static enum err add_named(struct growing *list, enum algorithms_category category,
                          struct bytes names, struct bytes *bad)
{
    struct bytes supported = algorithms_supported(category);
    while (names.len > 0) {
        struct bytes name = bytes_trim(bytes_cut(&names, ','));
        if (!bytes_list_has(supported, name) && !is_pattern(name)) {
            if (find_lacking(category, name))
                continue;
            *bad = name;
            return ERR_UNSUPPORTED;
        }
        TRY(add_matching(list, supported, name, true));
    }
    return OK;
}

static enum err combine(struct growing *list, enum algorithms_category category, struct bytes spec,
                        struct bytes *bad)
{
    const struct bytes nothing = BYTES_NONE, base = algorithms_default(category);
    struct bytes names = bytes_skip(spec, 1);

    switch (spec.len ? spec.data[0] : 0) {
    case '-':
        return add_matching(list, base, names, false);
    case '+':
        TRY(add_matching(list, base, nothing, false));
        return add_named(list, category, names, bad);
    case '^':
        TRY(add_named(list, category, names, bad));
        return add_matching(list, base, nothing, false);
    default:
        return add_named(list, category, spec, bad);
    }
}

enum err algorithms_wish(enum algorithms_category category, struct bytes spec, struct buf *out,
                         struct bytes *bad)
{
    struct growing list = { out, buf_len(out) };
    enum err err = combine(&list, category, bytes_trim(spec), bad);
    if (err == OK && so_far(&list).len == 0)
        err = ERR_BAD_VALUE;
    if (err != OK)
        buf_truncate(out, list.begin);
    return err;
}

const struct algorithms_lacking *algorithms_next_lacking(enum algorithms_category category,
                                                         struct bytes *spec)
{
    if (bytes_starts(bytes_trim(*spec), "-"))
        *spec = BYTES_NONE;
    while (spec->len > 0) {
        struct bytes name = bytes_trim(bytes_cut(spec, ','));
        bool has_sign = bytes_starts(name, "+") || bytes_starts(name, "^");
        const struct algorithms_lacking *lacking =
            find_lacking(category, bytes_skip(name, has_sign));
        if (lacking)
            return lacking;
    }
    return NULL;
}

enum err algorithms_complain(enum algorithms_category category, struct bytes spec, struct bytes bad,
                             struct buf *out)
{
    char shown[SHOWN_MAX];
    struct bytes rest = spec;
    const struct algorithms_lacking *lacking = algorithms_next_lacking(category, &rest);
    TRY(buf_format(out, "%s '%s'. ", lists[category].complaint,
                   escape_text(spec, shown, sizeof(shown))));
    if (bad.len)
        return buf_format(out, "No such name is known: %s.",
                          escape_text(bad, shown, sizeof(shown)));
    TRY(buf_append_text(out, "Nothing is left of it"));
    return lacking ? buf_format(out, ": %s: %s.", lacking->name, lacking->why)
                   : buf_append_text(out, ".");
}
