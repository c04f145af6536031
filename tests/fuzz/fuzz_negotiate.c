/* SPDX-License-Identifier: BSD-2-Clause */
/* Both roles choose the same from the same two KEXINITs, and what is chosen stands in both lists. */
#include "fuzz/fuzz.h"
#include "ssh/transport/negotiate.h"

static void offer(enum role role, struct buf *names, struct kexinit *out)
{
    struct algorithms_offer ours;
    for (enum algorithms_category c = 0; c < ALGORITHMS_CATEGORY_COUNT; c++)
        ours.names[c] = algorithms_supported(c);
    CHECK(negotiate_offer(role, &ours, true, names, out) == OK);
    out->cookie = BYTES_LITERAL("0123456789abcdef");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kexinit ours, theirs;
    struct negotiate_result as_client, as_server;
    if (kexinit_decode(bytes_of(data, size), NULL, &theirs) != OK)
        return 0;
    scoped(buf) names = BUF_EMPTY(KEXINIT_LEN_MAX);
    offer(ROLE_CLIENT, &names, &ours);

    enum err err = negotiate_choose(ROLE_CLIENT, &ours, &theirs, NULL, &as_client);
    CHECK(err == negotiate_choose(ROLE_SERVER, &theirs, &ours, NULL, &as_server));
    if (err != OK) {
        CHECK(as_client.missing == as_server.missing);
        CHECK(negotiate_list_name(as_client.missing)[0] != 0);
        return 0;
    }
    CHECK(as_client.chosen.kex == as_server.chosen.kex);
    CHECK(as_client.chosen.host_key == as_server.chosen.host_key);
    return 0;
}
