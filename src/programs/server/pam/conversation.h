/* SPDX-License-Identifier: BSD-2-Clause */
/* Passes what PAM's modules ask and tell the user (pam_conv(3)) as records to and from the monitor. Their text is
 * escaped. */
#pragma once

#include "ipc/record.h"

struct pam_message;
struct pam_response;

enum conversation_mode {
    CONVERSATION_SILENT,   /* nobody can be asked */
    CONVERSATION_PASSWORD, /* questions without echo are answered with the password */
    CONVERSATION_ASKS,     /* the user is asked, by the monitor */
};

struct conversation {
    int monitor_fd;
    struct record_gate *gate;
    enum conversation_mode mode;
    bool is_real; /* false: answers are replaced by text that is nobody's password */
    struct bytes password;
    struct buf texts;   /* messages to the user since it was last cleared */
    struct buf pending; /* a record that came in place of answers */
    bool is_over;       /* the monitor is gone, or broke a rule */
    int64_t heard_us;   /* when the user last answered, by os/clock.h */
};

void conversation_init(struct conversation *c, int monitor_fd, struct record_gate *gate);
void conversation_wipe(struct conversation *c);

/* For pam_start(3), with the conversation as its context. */
int conversation_hold(int count, const struct pam_message **messages, struct pam_response **replies,
                      void *context);
