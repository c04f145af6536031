/* SPDX-License-Identifier: BSD-2-Clause */
#include "ssh/msg/kexinit.h"

#include "base/check.h"
#include "base/writer.h"

static const char *const field_names[KEXINIT_LIST_COUNT] = {
    [KEXINIT_KEX] = "kex algorithms",
    [KEXINIT_HOST_KEY] = "server host key algorithms",
    [KEXINIT_CIPHER_TO_SERVER] = "encryption algorithms client to server",
    [KEXINIT_CIPHER_TO_CLIENT] = "encryption algorithms server to client",
    [KEXINIT_MAC_TO_SERVER] = "mac algorithms client to server",
    [KEXINIT_MAC_TO_CLIENT] = "mac algorithms server to client",
    [KEXINIT_COMPRESSION_TO_SERVER] = "compression algorithms client to server",
    [KEXINIT_COMPRESSION_TO_CLIENT] = "compression algorithms server to client",
    [KEXINIT_LANGUAGE_TO_SERVER] = "languages client to server",
    [KEXINIT_LANGUAGE_TO_CLIENT] = "languages server to client",
};

static enum err judge_name(struct bytes name)
{
    if (name.len == 0)
        return ERR_BAD_VALUE;
    if (name.len > KEXINIT_NAME_LEN_MAX)
        return ERR_TOO_LONG;
    for (size_t i = 0; i < name.len; i++)
        if (name.data[i] <= ' ' || name.data[i] >= 0x7f)
            return ERR_BAD_VALUE;
    return OK;
}

/* bytes_cut makes no difference between "a" and "a,": libssh 0.10 ends its list of ciphers with a comma. */
static enum err judge_list(struct bytes list)
{
    for (size_t count = 0; list.len > 0; count++) {
        if (count == KEXINIT_NAMES_MAX)
            return ERR_TOO_LONG;
        TRY(judge_name(bytes_cut(&list, ',')));
    }
    return OK;
}

enum err kexinit_decode(struct bytes payload, const struct field_sink *sink, struct kexinit *out)
{
    if (payload.len > KEXINIT_LEN_MAX)
        return ERR_TOO_LONG;
    struct reader r = reader_over(payload, sink);

    uint8_t number = reader_u8(&r, "message number");
    out->cookie = reader_octets(&r, "cookie", KEXINIT_COOKIE_LEN);
    for (size_t i = 0; i < KEXINIT_LIST_COUNT; i++)
        out->list[i] = reader_string(&r, field_names[i]);
    out->follows = reader_bool(&r, "first kex packet follows");
    out->reserved = reader_u32(&r, "reserved");
    TRY(message_end(&r, number, SSH_MSG_KEXINIT));

    for (size_t i = 0; i < KEXINIT_LIST_COUNT; i++)
        TRY(judge_list(out->list[i]));
    return OK;
}

enum err kexinit_encode(struct buf *out, const struct kexinit *kexinit)
{
    CHECK(kexinit->cookie.len == KEXINIT_COOKIE_LEN);
    struct writer w = writer_to(out);

    writer_u8(&w, SSH_MSG_KEXINIT);
    writer_octets(&w, kexinit->cookie);
    for (size_t i = 0; i < KEXINIT_LIST_COUNT; i++)
        writer_string(&w, kexinit->list[i]);
    writer_bool(&w, kexinit->follows);
    writer_u32(&w, kexinit->reserved);
    return writer_end(&w);
}
