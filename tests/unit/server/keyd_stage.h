/* SPDX-License-Identifier: BSD-2-Clause */
/* A keyd in a process of its own, not locked in, with one key; and questions for it. */
#pragma once

#include "base/check.h"
#include "keys/private/private_key.h"
#include "os/record_socket.h"
#include "programs/server/keyd/keyd.h"
#include "programs/server/keyd/question.h"

#include <sys/wait.h>
#include <unistd.h>

#define KEYD_STAGE_LINE "SSH-2.0-stage"

struct keyd_stage {
    int fd;
    pid_t id;
    struct private_key *key;
};

static inline void keyd_stage_send(int fd, const struct record *record,
                                   const struct seqpacket_descriptors *passed)
{
    enum err err = record_socket_send(fd, record, passed);
    CHECK(err == OK);
}

/* The answer lies in `room`; its type is RECORD_TYPE_COUNT when the other end was closed. */
static inline struct record keyd_stage_receive(int fd, struct buf *room)
{
    struct record answer = { .type = RECORD_TYPE_COUNT };
    struct span span;
    size_t len = 0;
    buf_clear(room);
    enum err err = buf_reserve(room, RECORD_LEN_MAX, &span);
    CHECK(err == OK);
    if (seqpacket_receive(fd, span, &len, NULL) != OK || len == 0)
        return answer;
    buf_commit(room, len);
    err = record_decode(buf_bytes(room), &answer);
    CHECK(err == OK);
    return answer;
}

static inline void keyd_stage_fork(struct keyd_stage *stage)
{
    int ends[2];
    enum err err = seqpacket_pair(ends);
    CHECK(err == OK);
    stage->fd = ends[0];
    stage->id = fork();
    if (stage->id == 0) {
        (void)close(ends[0]);
        _exit(keyd_run(ends[1], KEYD_STAGE_LINE));
    }
    (void)close(ends[1]);
}

static inline void keyd_stage_open(struct keyd_stage *stage)
{
    scoped(buf) file = BUF_EMPTY(4096);
    scoped(buf) room = BUF_EMPTY(RECORD_LEN_MAX);
    keyd_stage_fork(stage);
    enum err err = private_key_generate(PKEY_ED25519, 0, &stage->key);
    CHECK(err == OK);
    err = private_key_format(stage->key, "host", &file);
    CHECK(err == OK);
    keyd_stage_send(stage->fd, &(struct record){ RECORD_HOST_KEY, { 0 }, { buf_bytes(&file) } },
                    NULL);
    CHECK(keyd_stage_receive(stage->fd, &room).numbers[0] == OK);
    keyd_stage_send(stage->fd, &(struct record){ .type = RECORD_HOST_KEYS_END }, NULL);
    CHECK(keyd_stage_receive(stage->fd, &room).type == RECORD_HOST_KEYS);
}

static inline void keyd_stage_close(struct keyd_stage *stage)
{
    int status = 0;
    (void)close(stage->fd);
    CHECK(waitpid(stage->id, &status, 0) == stage->id && status == 0);
    private_key_free(stage->key);
}

/* What an honest worker asks. */
static inline struct record keyd_stage_exchange(const struct keyd_stage *stage)
{
    return (struct record){
        RECORD_EXCHANGE,
        { DIGEST_SHA256, 0 },
        {
            [QUESTION_ALGORITHM] = BYTES_LITERAL("ssh-ed25519"),
            [QUESTION_KEY] = private_key_public_blob(stage->key),
            [QUESTION_CLIENT_IDENT] = BYTES_LITERAL("SSH-2.0-client"),
            [QUESTION_CLIENT_KEXINIT] = BYTES_LITERAL("\24client"),
            [QUESTION_SERVER_KEXINIT] = BYTES_LITERAL("\24server"),
            [QUESTION_CLIENT_SHARE] = BYTES_LITERAL("a share"),
            [QUESTION_SERVER_SHARE] = BYTES_LITERAL("another"),
            [QUESTION_SECRET] = BYTES_LITERAL("\0\0\0\1K"),
        },
    };
}
