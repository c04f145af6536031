/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/keyd/keyd.h"

#include "base/check.h"
#include "base/limits.h"
#include "os/record_socket.h"
#include "programs/server/keyd/host_keys.h"
#include "programs/server/keyd/question.h"

#include <unistd.h>

struct keyd {
    struct host_keys keys;
    struct bytes ident;
    struct record_gate gate;
    int fd;
};

static enum err on_host_key(struct keyd *keyd, const struct record *told)
{
    enum err err = host_keys_take(&keyd->keys, told->texts[0]);
    const struct record taken = { RECORD_HOST_KEY_TAKEN, { err }, { BYTES_NONE } };
    return record_socket_send(keyd->fd, &taken, NULL);
}

static enum err on_end(struct keyd *keyd)
{
    keyd->gate.is_open = true;
    const struct record keys = { RECORD_HOST_KEYS, { 0 }, { buf_bytes(&keyd->keys.blobs) } };
    return record_socket_send(keyd->fd, &keys, NULL);
}

static enum err on_exchange(const struct keyd *keyd, const struct record *asked, int answer_fd)
{
    struct question question;
    struct exchange_hash hash;
    scoped(buf) signature = BUF_EMPTY(LIMIT_SIGNATURE);
    TRY(question_decode(asked, &question));
    question.parts.server_ident = keyd->ident;
    question.parts.host_key = question.key; /* host_keys_sign refuses if it is not one of ours */
    TRY(exchange_hash_compute(&question.parts, &hash));
    struct bytes h = bytes_of(hash.octets, hash.len);
    TRY(host_keys_sign(&keyd->keys, question.algorithm, question.key, h, &signature));
    const struct record answer = { RECORD_EXCHANGE_SIGNED,
                                   { 0 },
                                   { h, question.key, buf_bytes(&signature) } };
    return record_socket_send(answer_fd, &answer, NULL);
}

/* An error ends only that question. */
static enum err serve(struct keyd *keyd, struct bytes datagram, int answer_fd)
{
    struct record record;
    TRY(record_decode(datagram, &record));
    TRY(record_admit(&keyd->gate, record.type, keyd->gate.is_open ? RECORD_WORKER : RECORD_LISTENER,
                     RECORD_KEYD));
    if (record.type == RECORD_HOST_KEY)
        return on_host_key(keyd, &record);
    if (record.type == RECORD_HOST_KEYS_END)
        return on_end(keyd);
    return answer_fd >= 0 ? on_exchange(keyd, &record, answer_fd) : ERR_BAD_STATE;
}

/* False: nobody is left who could ask. */
static bool serve_next(struct keyd *keyd, struct span room)
{
    size_t len = 0;
    struct seqpacket_descriptors passed = { .count = 0 };
    enum err err = seqpacket_receive(keyd->fd, room, &len, &passed);
    if (err == ERR_SYSTEM || (err == OK && len == 0))
        return false;
    if (err == OK)
        (void)!serve(keyd, bytes_of(room.data, len), passed.count == 1 ? passed.fds[0] : -1);
    seqpacket_close(&passed);
    bytes_wipe(room.data, len);
    return true;
}

int keyd_run(int fd, const char *ident)
{
    struct keyd keyd = { .ident = bytes_text(ident), .fd = fd };
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    struct span span;
    enum err err = buf_reserve(&room, RECORD_LEN_MAX, &span);
    CHECK(err == OK);
    host_keys_init(&keyd.keys);
    while (serve_next(&keyd, span))
        ;
    host_keys_wipe(&keyd.keys);
    return 0;
}
