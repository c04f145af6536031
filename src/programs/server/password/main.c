/* SPDX-License-Identifier: BSD-2-Clause */
/* glasshd-password: judges the one password that waits at its descriptor (judgement.h). Started by glasshd. */
#include "os/companion.h"
#include "os/seqpacket.h"
#include "programs/server/password/judgement.h"

#include <grp.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { ARGUMENT_COUNT = 1, EXIT_WRONG = 2, ROOM = 8 * 1024 };

static bool become_nobody(void)
{
    const struct rlimit none = { 0, 0 };
    if (close_range(0, ~0U, 0) != 0 || setrlimit(RLIMIT_CORE, &none) != 0 ||
        setrlimit(RLIMIT_NOFILE, &none) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
    const id_t id = JUDGEMENT_NOBODY;
    if (geteuid() == 0 && (setgroups(0, NULL) != 0 || setresgid(id, id, id) != 0 ||
                           setresuid(id, id, id) != 0 || setuid(0) == 0))
        return false;
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

int main(int argc, char **argv)
{
    (void)argv;
    uint8_t room[ROOM];
    struct record asked;
    size_t len = 0;
    enum err err =
        seqpacket_receive(COMPANION_FIRST_FD, (struct span){ room, sizeof(room) }, &len, NULL);
    if (argc != ARGUMENT_COUNT || err != OK) {
        (void)fprintf(stderr, "glasshd-password is a part of glasshd, which starts it.\n");
        return EXIT_WRONG;
    }
    if (!become_nobody() || record_decode(bytes_of(room, len), &asked) != OK)
        return JUDGEMENT_FAILED;
    int status = judgement_of(&asked);
    bytes_wipe(room, sizeof(room));
    return status;
}
