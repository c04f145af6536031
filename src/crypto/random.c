/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/random.h"

#include "base/check.h"
#include "crypto/crypto_internal.h"
#include "crypto/random_internal.h"

#include <openssl/rand.h>

#include <string.h>
#include <sys/mman.h>

/* Octets drawn ahead: a call to RAND_bytes costs more than the padding of a packet is worth. */
enum { AHEAD = 2048 };

/* The kernel zeroes this memory in a child, however it was forked. */
struct pool {
    size_t left; /* the octets at the front that are not used yet */
    bool is_seeded;
    uint8_t octets[AHEAD];
};

static struct pool *pool;

static void reseed(void)
{
    static const char reason[] = "fork";
    RAND_seed(reason, sizeof(reason));
    pool->is_seeded = true;
}

void random_start(void)
{
    void *memory =
        mmap(NULL, sizeof(*pool), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    CHECK(madvise(memory, sizeof(*pool), MADV_WIPEONFORK) == 0);
    (void)madvise(memory, sizeof(*pool), MADV_DONTDUMP);
    pool = memory;

    /* The first octets are slow: not in a sandbox, and not once per child. */
    uint8_t first[1];
    CHECK(RAND_bytes(first, sizeof(first)) == 1);
    CHECK(RAND_priv_bytes(first, sizeof(first)) == 1);
    pool->is_seeded = true;
}

void random_notice_fork(void)
{
    CHECK(pool != NULL);
    if (!pool->is_seeded)
        reseed();
}

static void fill(void *context, struct span out)
{
    (void)context;
    random_notice_fork();
    if (out.len > AHEAD / 4) {
        CHECK(RAND_bytes(out.data, crypto_int(out.len)) == 1);
        return;
    }
    if (pool->left < out.len) {
        CHECK(RAND_bytes(pool->octets, AHEAD) == 1);
        pool->left = AHEAD;
    }
    pool->left -= out.len;
    if (out.len)
        memcpy(out.data, pool->octets + pool->left, out.len);
    bytes_wipe(pool->octets + pool->left, out.len);
}

const struct rng *random_source(void)
{
    static const struct rng source = { .fill = fill };
    return &source;
}
