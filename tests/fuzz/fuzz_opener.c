/* SPDX-License-Identifier: BSD-2-Clause */
/* For every cipher and MAC: what is sealed opens, a packet with one octet changed does not, and octets
 * that nobody sealed give no payload once there are keys. */
#include "crypto/crypto.h"
#include "fuzz/fuzz.h"
#include "ssh/transport/opener.h"
#include "ssh/transport/sealer.h"

enum { ROOM = 1024 * 1024 };

static void fill_zeros(void *context, struct span out)
{
    (void)context;
    memset(out.data, 0, out.len);
}

static const struct rng zeros = { fill_zeros, NULL };
static const uint8_t key_octets[128] = { 1, 2, 3 };

static struct bytes nth(struct bytes list, size_t n)
{
    struct bytes part = bytes_cut(&list, ',');
    while (n-- > 0 && list.len)
        part = bytes_cut(&list, ',');
    return part;
}

static void set_keys(struct sealer *s, struct opener *o, struct bytes *in)
{
    const struct algorithms_cipher *cipher =
        algorithms_find_cipher(nth(algorithms_supported(ALGORITHMS_CIPHER), fuzz_choice(in, 6)));
    const struct algorithms_mac *mac =
        algorithms_find_mac(nth(algorithms_supported(ALGORITHMS_MAC), fuzz_choice(in, 4)));
    const struct packet_keys_material material = {
        .iv = bytes_of(key_octets, cipher->iv_len),
        .key = bytes_of(key_octets, cipher->key_len),
        .mac_key = bytes_of(key_octets, digest_len(mac->digest)),
    };
    sealer_init(s, &zeros);
    opener_init(o);
    sealer_set_keys(s, cipher, mac, &material, true);
    opener_set_keys(o, cipher, mac, &material, true);
}

/* Nothing comes out of these octets, however long they are looked at. */
static void must_stay_shut(struct opener *o, struct span wire)
{
    enum err err = OK;
    size_t used = 1;
    while (err == OK && used > 0 && wire.len > 0) {
        struct bytes payload = BYTES_NONE;
        err = opener_open(o, wire, &payload, &used);
        CHECK(payload.len == 0);
        CHECK(used <= wire.len);
        wire = bytes_span_skip(wire, used);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    crypto_start();
    struct bytes in = bytes_of(data, size < 65536 ? size : 65536);
    struct sealer s;
    struct opener o;
    set_keys(&s, &o, &in);
    size_t at = fuzz_choice(&in, 256) * 7;
    uint8_t change = (uint8_t)fuzz_choice(&in, 256);

    struct span copy = fuzz_copy(in);
    if (in.len > 0) {
        scoped(buf) wire = BUF_EMPTY(ROOM);
        CHECK(sealer_append(&s, in, &wire) == OK);
        struct span packet = { wire.data + wire.start, buf_len(&wire) };
        if (change) {
            packet.data[at % packet.len] ^= change;
            must_stay_shut(&o, packet);
        } else {
            struct bytes payload;
            size_t used;
            CHECK(opener_open(&o, packet, &payload, &used) == OK);
            CHECK(used == packet.len && bytes_equal(payload, in));
            must_stay_shut(&o, copy);
        }
    }
    free(copy.data);
    sealer_wipe(&s);
    opener_wipe(&o);
    return 0;
}
