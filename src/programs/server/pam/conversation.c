/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/pam/conversation.h"

#include "base/check.h"
#include "base/escape.h"
#include "base/reader.h"
#include "base/writer.h"
#include "os/clock.h"
#include "os/record_socket.h"

#include <security/pam_appl.h>
#include <stdlib.h>
#include <string.h>

enum {
    QUESTIONS_MAX = 16, /* the most that the SSH machine takes at once */
    TEXT_MAX = 1024,
    TEXTS_MAX = 8 * 1024,
    PROMPTS_MAX = 10 * 1024,
    DATAGRAM_MAX = 36 * 1024,
};

void conversation_init(struct conversation *c, int monitor_fd, struct record_gate *gate)
{
    *c = (struct conversation){
        .monitor_fd = monitor_fd,
        .gate = gate,
        .texts = BUF_EMPTY(TEXTS_MAX + sizeof("...\n")),
        .pending = BUF_EMPTY(DATAGRAM_MAX),
    };
}

void conversation_wipe(struct conversation *c)
{
    buf_wipe(&c->texts);
    buf_wipe(&c->pending);
}

static bool is_question(const struct pam_message *message)
{
    return message->msg_style == PAM_PROMPT_ECHO_OFF || message->msg_style == PAM_PROMPT_ECHO_ON;
}

/* Drops what is too much: pam_motd sends a whole file at once. */
static void take_text(struct conversation *c, const char *text)
{
    size_t before = buf_len(&c->texts);
    size_t len = text ? strlen(text) : 0;
    if (len == 0 || before >= TEXTS_MAX)
        return;
    enum err err =
        escape_append(&c->texts, bytes_text(text), ESCAPE_KEEP_LINES, TEXTS_MAX - before);
    if (err == OK && buf_text(&c->texts)[buf_len(&c->texts) - 1] != '\n')
        err = buf_append_text(&c->texts, "\n");
    if (err != OK)
        buf_truncate(&c->texts, before);
}

/* Keeps the length, so that it costs as much to check. */
static void write_nobodys(char *password)
{
    static const char junk[] = "\b\n\r\177INCORRECT";
    for (size_t i = 0; password[i]; i++)
        password[i] = junk[i % (sizeof(junk) - 1)];
}

static bool reply_with(const struct conversation *c, struct bytes text, struct pam_response *reply)
{
    char *resp = calloc(text.len + 1, 1);
    CHECK(resp);
    if (!bytes_to_text(text, resp, text.len + 1)) {
        free(resp);
        return false;
    }
    reply->resp = resp;
    if (!c->is_real)
        write_nobodys(reply->resp);
    return true;
}

static bool send_questions(struct conversation *c, int count, const struct pam_message **messages)
{
    scoped(buf) prompts = BUF_EMPTY(PROMPTS_MAX);
    struct writer w = writer_to(&prompts);
    struct record record = { .type = RECORD_PAM_QUESTIONS };
    for (int i = 0; i < count; i++) {
        scoped(buf) prompt = BUF_EMPTY(2 * TEXT_MAX);
        if (!is_question(messages[i]))
            continue;
        if (escape_append(&prompt, bytes_text(messages[i]->msg), ESCAPE_KEEP_LINES, TEXT_MAX) != OK)
            return false;
        if (messages[i]->msg_style == PAM_PROMPT_ECHO_ON)
            record.numbers[1] |= 1U << record.numbers[0];
        record.numbers[0]++;
        writer_string(&w, buf_bytes(&prompt));
    }
    record.texts[0] = buf_bytes(&c->texts);
    record.texts[1] = buf_bytes(&prompts);
    bool is_sent = writer_end(&w) == OK && record_socket_send(c->monitor_fd, &record, NULL) == OK;
    buf_clear(&c->texts);
    return is_sent;
}

/* False: no answers; a record that came instead is kept for the next question to PAM. */
static bool receive_answers(struct conversation *c, struct buf *room, struct record *answers)
{
    if (record_socket_take(c->monitor_fd, room, answers, NULL) != OK) {
        c->is_over = true;
        return false;
    }
    if (answers->type != RECORD_PAM_ANSWERS) {
        buf_keep(&c->pending, buf_bytes(room));
        return false;
    }
    c->heard_us = clock_now().us;
    c->is_over = record_admit(c->gate, answers->type, RECORD_MONITOR, RECORD_PAM) != OK;
    return !c->is_over;
}

static bool take_answers(const struct conversation *c, const struct record *answers, int count,
                         const struct pam_message **messages, struct pam_response *replies)
{
    struct reader r = reader_over(answers->texts[0], NULL);
    for (int i = 0; i < count; i++)
        if (is_question(messages[i]) && !reply_with(c, reader_string(&r, "answer"), &replies[i]))
            return false;
    return reader_end(&r) == OK;
}

static bool ask(struct conversation *c, int count, const struct pam_message **messages,
                struct pam_response *replies)
{
    scoped(buf) room = BUF_EMPTY(DATAGRAM_MAX);
    struct record answers;
    return send_questions(c, count, messages) && receive_answers(c, &room, &answers) &&
           take_answers(c, &answers, count, messages, replies);
}

static bool give_password(const struct conversation *c, int count,
                          const struct pam_message **messages, struct pam_response *replies)
{
    for (int i = 0; i < count; i++) {
        if (messages[i]->msg_style == PAM_PROMPT_ECHO_ON ||
            (is_question(messages[i]) && !reply_with(c, c->password, &replies[i])))
            return false;
    }
    return true;
}

/* Other styles are not text for people. */
static bool are_known(const struct pam_message *const *messages, int count)
{
    for (int i = 0; i < count; i++)
        if (!is_question(messages[i]) && messages[i]->msg_style != PAM_TEXT_INFO &&
            messages[i]->msg_style != PAM_ERROR_MSG)
            return false;
    return true;
}

static bool hold(struct conversation *c, int count, const struct pam_message **messages,
                 struct pam_response *replies)
{
    int questions = 0;
    if (!are_known(messages, count))
        return false;
    for (int i = 0; i < count; i++) {
        if (is_question(messages[i]))
            questions++;
        else
            take_text(c, messages[i]->msg);
    }
    if (questions == 0)
        return true;
    if (questions > QUESTIONS_MAX || c->mode == CONVERSATION_SILENT || buf_len(&c->pending) > 0 ||
        c->is_over)
        return false;
    return c->mode == CONVERSATION_ASKS ? ask(c, count, messages, replies)
                                        : give_password(c, count, messages, replies);
}

static void free_replies(struct pam_response *replies, int count)
{
    for (int i = 0; i < count; i++) {
        if (replies[i].resp)
            bytes_wipe(replies[i].resp, strlen(replies[i].resp));
        free(replies[i].resp);
    }
    free(replies);
}

int conversation_hold(int count, const struct pam_message **messages, struct pam_response **replies,
                      void *context)
{
    if (count <= 0 || count > PAM_MAX_NUM_MSG)
        return PAM_CONV_ERR;
    struct pam_response *made = calloc((size_t)count, sizeof(*made));
    CHECK(made);
    if (hold(context, count, messages, made)) {
        *replies = made;
        return PAM_SUCCESS;
    }
    free_replies(made, count);
    return PAM_CONV_ERR;
}
