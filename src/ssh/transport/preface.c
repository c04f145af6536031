/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/transport/preface.h"

#include "ssh/limits.h"
#include "ssh/msg/disconnect.h"
#include "ssh/transport/transport.h"

enum { COOKIE_IN_PAYLOAD = 1 };

/* Exactly what a machine sends, because a machine writes it. */
enum err preface_write(const char *software, const struct algorithms_offer *offer,
                       const struct rng *rng, struct buf *out, size_t *cookie_at)
{
    const struct transport_setup setup = {
        .role = ROLE_SERVER,
        .software = software,
        .offer = *offer,
        .rng = rng,
    };
    struct transport transport;
    transport_init(&transport, &setup);
    struct bytes octets = transport_output(&transport);
    *cookie_at =
        buf_len(out) + bytes_find(octets, '\n') + 1 + SEALER_HEADER_LEN + COOKIE_IN_PAYLOAD;
    enum err err = buf_append(out, octets);
    transport_wipe(&transport);
    return err;
}

enum err preface_write_refusal(uint32_t reason, const char *text, const struct rng *rng,
                               struct buf *out)
{
    scoped(buf) payload = BUF_EMPTY(LIMITS_PAYLOAD);
    const struct disconnect message = { .reason = reason, .text = bytes_text(text) };
    struct sealer sealer;
    TRY(disconnect_encode(&payload, &message));
    sealer_init(&sealer, rng);
    return sealer_append(&sealer, buf_bytes(&payload), out);
}
