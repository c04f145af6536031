/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/isn.h"

#include <stdlib.h>

enum { TUPLE_WORDS = 5 };

static struct siphash_key random_key(const struct rng *rng)
{
    uint8_t octets[SIPHASH_KEY_LEN];
    rng_fill(rng, octets, sizeof(octets));
    struct siphash_key key = siphash_key(octets);
    bytes_wipe(octets, sizeof(octets));
    return key;
}

bool isn_init(struct isn *isn, const struct rng *rng)
{
    isn->sequence = random_key(rng);
    isn->timestamp = random_key(rng);
    isn->port = random_key(rng);
    isn->table = random_key(rng);
    isn->counters = calloc(ISN_PORT_TABLE, sizeof(*isn->counters));
    return isn->counters;
}

void isn_wipe(struct isn *isn)
{
    free(isn->counters);
    bytes_wipe(isn, sizeof(*isn));
}

static uint64_t address_word(const struct ip_address *address, size_t from)
{
    uint64_t word = 0;
    for (size_t i = from; i < from + 8; i++)
        word = word << 8 | address->octets[i];
    return word;
}

static uint64_t keyed(const struct siphash_key *key, const struct ip_address *local,
                      const struct ip_address *remote, uint16_t local_port, uint16_t remote_port)
{
    const uint64_t words[TUPLE_WORDS] = {
        address_word(local, 0),
        address_word(local, 8),
        address_word(remote, 0),
        address_word(remote, 8),
        (uint64_t)local->version << 32 | (uint32_t)local_port << 16 | remote_port,
    };
    return siphash_words(key, words, TUPLE_WORDS);
}

uint32_t isn_sequence(const struct isn *isn, const struct ip_endpoint *local,
                      const struct ip_endpoint *remote, struct instant now)
{
    uint64_t hash =
        keyed(&isn->sequence, &local->address, &remote->address, local->port, remote->port);
    return (uint32_t)hash + (uint32_t)(now.us / 4);
}

uint32_t isn_timestamp_offset(const struct isn *isn, const struct ip_endpoint *local,
                              const struct ip_endpoint *remote)
{
    return (uint32_t)keyed(&isn->timestamp, &local->address, &remote->address, local->port,
                           remote->port);
}

/* The second hash of RFC 6056 section 3.3.4. */
static uint64_t second_hash(const struct isn *isn, const struct ip_address *local,
                            const struct ip_endpoint *remote)
{
    return keyed(&isn->table, local, &remote->address, 0, remote->port);
}

uint16_t isn_port(const struct isn *isn, const struct ip_address *local,
                  const struct ip_endpoint *remote, uint32_t attempt)
{
    uint32_t offset = (uint32_t)keyed(&isn->port, local, &remote->address, 0, remote->port);
    uint64_t second = second_hash(isn, local, remote);
    /* The counters should start at random values: these come from bits of the hash that do not choose the counter, so
     * the table need not be filled. */
    uint32_t begin = (uint32_t)(second >> 32);
    uint32_t place = offset + begin + isn->counters[second % ISN_PORT_TABLE] + attempt;
    return (uint16_t)(ISN_PORT_FIRST + place % ISN_PORT_COUNT);
}

void isn_port_taken(struct isn *isn, const struct ip_address *local,
                    const struct ip_endpoint *remote, uint32_t attempt)
{
    isn->counters[second_hash(isn, local, remote) % ISN_PORT_TABLE] += (uint16_t)(attempt + 1);
}
