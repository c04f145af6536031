/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/transport/choice.h"

#include "ssh/events.h"

#include <string.h>

/* What was chosen for one or two directions. */
struct choice {
    const char *what;
    enum kexinit_list list;
    const char *name;
};

/* The part of the client's list before the chosen name, without the comma. */
static struct bytes wishes_before(struct bytes list, const char *name)
{
    struct bytes rest = list;
    while (rest.len) {
        size_t at = list.len - rest.len;
        if (bytes_is(bytes_cut(&rest, ','), name))
            return bytes_slice(list, 0, at ? at - 1 : 0);
    }
    return BYTES_NONE;
}

static void tell_one(const struct trace *trace, const struct kexinit *client,
                     const struct choice *choice, const char *cipher)
{
    if (strcmp(choice->name, ALGORITHMS_IMPLICIT) == 0) {
        TRACE(trace, &events_CHOICE_IMPLICIT, trace_text("list", choice->what),
              trace_text("cipher", cipher));
        return;
    }
    struct bytes passed = wishes_before(client->list[choice->list], choice->name);
    if (passed.len)
        TRACE(trace, &events_CHOICE_LATER, trace_text("list", choice->what),
              trace_text("name", choice->name), trace_peer("passed", passed));
    else
        TRACE(trace, &events_CHOICE_FIRST, trace_text("list", choice->what),
              trace_text("name", choice->name));
}

/* One kind of algorithm that is chosen for each direction. */
struct direction_choice {
    const char *both, *to_server, *to_client; /* words */
    enum kexinit_list list_to_server, list_to_client;
    const char *name_to_server, *name_to_client;
};

static bool is_alike(const struct direction_choice *d, const struct kexinit *client)
{
    return strcmp(d->name_to_server, d->name_to_client) == 0 &&
           bytes_equal(client->list[d->list_to_server], client->list[d->list_to_client]);
}

static void tell_directions(const struct trace *trace, const struct kexinit *client,
                            const struct direction_choice *d, const char *const ciphers[2])
{
    bool once = is_alike(d, client);
    const struct choice up = { once ? d->both : d->to_server, d->list_to_server,
                               d->name_to_server };
    const struct choice down = { d->to_client, d->list_to_client, d->name_to_client };
    tell_one(trace, client, &up, ciphers[0]);
    if (!once)
        tell_one(trace, client, &down, ciphers[1]);
}

void choice_tell(const struct trace *trace, enum role role, const struct kexinit *ours,
                 const struct kexinit *theirs, const struct algorithms_chosen *chosen)
{
    if (!trace)
        return;
    bool is_client = role == ROLE_CLIENT;
    const struct kexinit *client = is_client ? ours : theirs;
    const char *const ciphers[2] = { is_client ? chosen->cipher_out : chosen->cipher_in,
                                     is_client ? chosen->cipher_in : chosen->cipher_out };
    const struct choice kex = { "key exchange", KEXINIT_KEX, chosen->kex };
    const struct choice host_key = { "host key", KEXINIT_HOST_KEY, chosen->host_key };
    const struct direction_choice directions[] = {
        { "cipher", "cipher to the server", "cipher to the client", KEXINIT_CIPHER_TO_SERVER,
          KEXINIT_CIPHER_TO_CLIENT, ciphers[0], ciphers[1] },
        { "MAC", "MAC to the server", "MAC to the client", KEXINIT_MAC_TO_SERVER,
          KEXINIT_MAC_TO_CLIENT, is_client ? chosen->mac_out : chosen->mac_in,
          is_client ? chosen->mac_in : chosen->mac_out },
        { "compression", "compression to the server", "compression to the client",
          KEXINIT_COMPRESSION_TO_SERVER, KEXINIT_COMPRESSION_TO_CLIENT,
          is_client ? chosen->compression_out : chosen->compression_in,
          is_client ? chosen->compression_in : chosen->compression_out },
    };
    tell_one(trace, client, &kex, "");
    tell_one(trace, client, &host_key, "");
    for (size_t i = 0; i < sizeof(directions) / sizeof(directions[0]); i++)
        tell_directions(trace, client, &directions[i], ciphers);
}
