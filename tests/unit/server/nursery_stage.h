/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes that wait at a cradle and judge keys, as those of the nursery do, without being locked in. */
#pragma once

#include "base/check.h"
#include "os/record_socket.h"
#include "programs/server/verify/verify.h"

#include <sys/wait.h>
#include <unistd.h>

struct nursery_stage {
    int cradle_fd;
    pid_t id;
};

static inline void nursery_stage_judge(struct bytes datagram, int answer_fd)
{
    struct record asked;
    scoped(buf) name = BUF_EMPTY(VERIFY_NAME_MAX);
    enum err err = record_decode(datagram, &asked);
    CHECK(err == OK && asked.type == RECORD_VERIFY);
    const struct record verdict = verify_judge(&asked, &name);
    err = record_socket_send(answer_fd, &verdict, NULL);
    CHECK(err == OK);
    (void)close(answer_fd);
}

static inline void nursery_stage_run(int fd)
{
    static uint8_t octets[RECORD_LEN_MAX];
    struct seqpacket_descriptors passed = { .count = 0 };
    size_t len = 0;
    while (seqpacket_receive(fd, (struct span){ octets, sizeof(octets) }, &len, &passed) == OK &&
           len > 0)
        nursery_stage_judge(bytes_of(octets, len), passed.fds[0]);
}

static inline void nursery_stage_open(struct nursery_stage *stage)
{
    int ends[2];
    enum err err = seqpacket_pair(ends);
    CHECK(err == OK);
    stage->cradle_fd = ends[0];
    stage->id = fork();
    if (stage->id == 0) {
        (void)close(ends[0]);
        nursery_stage_run(ends[1]);
        _exit(0);
    }
    (void)close(ends[1]);
}

static inline void nursery_stage_close(const struct nursery_stage *stage)
{
    int status = 0;
    (void)close(stage->cradle_fd);
    CHECK(waitpid(stage->id, &status, 0) == stage->id && status == 0);
}
