/* SPDX-License-Identifier: BSD-2-Clause */
/* CIPHER: copies standard input to standard output until its end, in pieces as large as ours, and does to each packet's
 * octets what sealing it with that cipher costs ("none": nothing). Two of them, one at each end of a connection, carry
 * about as much as any SSH can with this cryptographic library: nothing is left but its cipher and the copying. */
#include "base/check.h"
#include "crypto/aead.h"
#include "crypto/chachapoly.h"
#include "crypto/cipher.h"
#include "crypto/crypto.h"
#include "crypto/mac.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ROOM = 512 * 1024, PACKET = 32 * 1024, PIPE = 1 << 20, KEY = 64, TAG = 32 };

static const uint8_t key[KEY] = { 1 };
static uint8_t tag[TAG];

static void leave(struct span packet)
{
    (void)packet;
}

static void seal_gcm(struct span packet)
{
    static struct aead *aead;
    static uint8_t nonce[AEAD_NONCE_LEN];
    if (!aead)
        aead = aead_new(bytes_of(key, 16), true);
    nonce[0]++;
    aead_seal(aead, nonce, bytes_of(key, 4), packet, tag);
}

static void seal_chachapoly(struct span packet)
{
    static struct chachapoly *chachapoly;
    static uint32_t sequence;
    if (!chachapoly)
        chachapoly = chachapoly_new(bytes_of(key, CHACHAPOLY_KEY_LEN));
    if (packet.len > CHACHAPOLY_LENGTH_LEN)
        chachapoly_seal(chachapoly, sequence++, packet, tag);
}

static void seal_etm(struct span packet)
{
    static struct cipher *cipher;
    static struct mac *mac;
    if (!cipher) {
        cipher = cipher_new(bytes_of(key, 16), bytes_of(key, 16));
        mac = mac_new(DIGEST_SHA256, bytes_of(key, 32));
    }
    cipher_apply(cipher, packet);
    mac_sum(mac, &(struct bytes){ packet.data, packet.len }, 1, tag);
}

static const struct {
    const char *name;
    void (*seal)(struct span packet);
} ciphers[] = {
    { "none", leave },
    { "aes128-gcm", seal_gcm },
    { "chacha20-poly1305", seal_chachapoly },
    { "aes128-ctr+sha2-etm", seal_etm },
};

static void write_all(const uint8_t *data, size_t len)
{
    while (len > 0) {
        ssize_t took = write(STDOUT_FILENO, data, len);
        CHECK(took > 0 || errno == EINTR);
        if (took > 0) {
            data += took;
            len -= (size_t)took;
        }
    }
}

static void copy(void (*seal)(struct span packet))
{
    static uint8_t room[ROOM];
    for (;;) {
        ssize_t got = read(STDIN_FILENO, room, sizeof(room));
        if (got < 0 && errno == EINTR)
            continue;
        CHECK(got >= 0);
        if (got == 0)
            return;
        for (size_t at = 0; at < (size_t)got; at += PACKET) {
            size_t left = (size_t)got - at;
            seal((struct span){ room + at, left < PACKET ? left : PACKET });
        }
        write_all(room, (size_t)got);
    }
}

int main(int argc, char **argv)
{
    crypto_start();
    (void)fcntl(STDIN_FILENO, F_SETPIPE_SZ, PIPE);
    (void)fcntl(STDOUT_FILENO, F_SETPIPE_SZ, PIPE);
    for (size_t i = 0; argc == 2 && i < sizeof(ciphers) / sizeof(ciphers[0]); i++) {
        if (strcmp(argv[1], ciphers[i].name) == 0) {
            copy(ciphers[i].seal);
            return 0;
        }
    }
    (void)fprintf(stderr, "usage: relay none|aes128-gcm|chacha20-poly1305|aes128-ctr+sha2-etm\n");
    return 2;
}
