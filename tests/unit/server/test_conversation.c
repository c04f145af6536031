/* SPDX-License-Identifier: BSD-2-Clause */
/* What a module asks, and a monitor that answers, or does not. What the monitor says stands in the socket
 * before it is asked. */
#include "programs/server/pam/conversation.h"

#include "os/record_socket.h"

#include <security/pam_appl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

enum { MANY = 17 };

struct stage {
    int ends[2]; /* the monitor's, ours */
    struct record_gate gate;
    struct conversation conversation;
    struct pam_response *replies;
    int result;
};

static void set_stage(struct stage *s, enum conversation_mode mode)
{
    *s = (struct stage){ .replies = NULL };
    assert_int_equal(seqpacket_pair(s->ends), OK);
    conversation_init(&s->conversation, s->ends[1], &s->gate);
    s->conversation.mode = mode;
    s->conversation.is_real = true;
    s->conversation.password = B("secret");
}

static void clear_stage(struct stage *s, int count)
{
    for (int i = 0; s->replies && i < count; i++)
        free(s->replies[i].resp);
    free(s->replies);
    conversation_wipe(&s->conversation);
    (void)close(s->ends[0]);
    (void)close(s->ends[1]);
}

static void hold(struct stage *s, const struct pam_message *messages, int count)
{
    const struct pam_message *list[PAM_MAX_NUM_MSG + 1];
    for (int i = 0; i < count; i++)
        list[i] = &messages[i];
    s->result = conversation_hold(count, list, &s->replies, &s->conversation);
}

static void say(const struct stage *s, const struct record *record)
{
    assert_int_equal(record_socket_send(s->ends[0], record, NULL), OK);
}

static const struct pam_message mixed[] = {
    { PAM_TEXT_INFO, "hello\033[2J" },
    { PAM_PROMPT_ECHO_ON, "name: " },
    { PAM_ERROR_MSG, "oh\n" },
    { PAM_PROMPT_ECHO_OFF, "pin\033: " },
};

static void text_is_kept_and_escaped(void **state)
{
    (void)state;
    for (enum conversation_mode mode = CONVERSATION_SILENT; mode <= CONVERSATION_ASKS; mode++) {
        struct stage s;
        set_stage(&s, mode);
        hold(&s, mixed, 1);
        assert_int_equal(s.result, PAM_SUCCESS);
        assert_null(s.replies[0].resp);
        assert_string_equal(buf_text(&s.conversation.texts), "hello\\x1b[2J\n");
        clear_stage(&s, 1);
    }
}

static void long_text_is_kept_and_what_is_too_much_is_cut(void **state)
{
    (void)state;
    enum { LINE = 61, KEPT_MAX = 8 * 1024 };
    static char text[200 * LINE + 1];
    struct stage s;
    for (size_t i = 0; i < sizeof(text) - 1; i++)
        text[i] = i % LINE == LINE - 1 ? '\n' : 'm';
    text[100 * LINE] = '\0';
    set_stage(&s, CONVERSATION_SILENT);
    hold(&s, &(struct pam_message){ PAM_TEXT_INFO, text }, 1);
    assert_string_equal(buf_text(&s.conversation.texts), text);
    text[100 * LINE] = 'm';
    clear_stage(&s, 1);
    set_stage(&s, CONVERSATION_SILENT);
    for (int i = 0; i < 2; i++) {
        hold(&s, &(struct pam_message){ PAM_TEXT_INFO, text }, 1);
        assert_int_equal(s.result, PAM_SUCCESS);
        assert_int_equal(buf_len(&s.conversation.texts), KEPT_MAX + sizeof("...\n") - 1);
        free(s.replies);
        s.replies = NULL;
    }
    clear_stage(&s, 0);
}

static void what_is_no_text_is_no_conversation(void **state)
{
    (void)state;
    struct stage s;
    set_stage(&s, CONVERSATION_SILENT);
    hold(&s, &(struct pam_message){ PAM_BINARY_PROMPT, "\1\2" }, 1);
    assert_int_equal(s.result, PAM_CONV_ERR);
    assert_int_equal(buf_len(&s.conversation.texts), 0);
    clear_stage(&s, 0);
}

static void the_password_answers_what_has_no_echo(void **state)
{
    (void)state;
    struct stage s;
    set_stage(&s, CONVERSATION_PASSWORD);
    hold(&s, &mixed[2], 2);
    assert_int_equal(s.result, PAM_SUCCESS);
    assert_null(s.replies[0].resp);
    assert_string_equal(s.replies[1].resp, "secret");
    clear_stage(&s, 2);

    set_stage(&s, CONVERSATION_PASSWORD);
    hold(&s, mixed, 4);
    assert_int_equal(s.result, PAM_CONV_ERR);
    assert_null(s.replies);
    clear_stage(&s, 0);
}

static void nobody_is_asked_where_nobody_is(void **state)
{
    (void)state;
    struct stage s;
    set_stage(&s, CONVERSATION_SILENT);
    hold(&s, &mixed[3], 1);
    assert_int_equal(s.result, PAM_CONV_ERR);
    clear_stage(&s, 0);
}

static void what_may_not_be_right_is_replaced_by_as_much(void **state)
{
    (void)state;
    struct stage s;
    set_stage(&s, CONVERSATION_PASSWORD);
    s.conversation.is_real = false;
    hold(&s, &mixed[3], 1);
    assert_int_equal(s.result, PAM_SUCCESS);
    assert_int_equal(strlen(s.replies[0].resp), strlen("secret"));
    assert_string_not_equal(s.replies[0].resp, "secret");
    clear_stage(&s, 1);
}

static void the_user_is_asked_and_the_answers_find_their_questions(void **state)
{
    (void)state;
    struct stage s;
    uint8_t octets[4096];
    size_t len;
    struct record asked;
    set_stage(&s, CONVERSATION_ASKS);
    say(&s, &(struct record){ RECORD_PAM_ANSWERS, { 2 }, { B("\0\0\0\3ann\0\0\0\0014") } });
    hold(&s, mixed, 4);
    assert_int_equal(s.result, PAM_SUCCESS);
    assert_null(s.replies[0].resp);
    assert_string_equal(s.replies[1].resp, "ann");
    assert_null(s.replies[2].resp);
    assert_string_equal(s.replies[3].resp, "4");

    const struct span room = { octets, sizeof(octets) };
    assert_int_equal(seqpacket_receive(s.ends[0], room, &len, NULL), OK);
    assert_int_equal(record_decode(bytes_of(octets, len), &asked), OK);
    assert_int_equal(asked.type, RECORD_PAM_QUESTIONS);
    assert_int_equal(asked.numbers[0], 2);
    assert_int_equal(asked.numbers[1], 1); /* the first one's answer may be seen */
    assert_true(bytes_is(asked.texts[0], "hello\\x1b[2J\noh\n"));
    assert_true(bytes_equal(asked.texts[1], B("\0\0\0\6name: \0\0\0\x9pin\\x1b: ")));
    assert_int_equal(buf_len(&s.conversation.texts), 0);
    clear_stage(&s, 4);
}

static void answers_that_do_not_fit_fail(void **state)
{
    (void)state;
    static const struct bytes answers[] = { B(""), B("\0\0\0\1a"), B("\0\0\0\1a\0\0\0\1b\0\0\0\1c"),
                                            B("\0\0\0\1a\0\0\0\2b\0"), B("\0\0\0\1a\0\0\0\2b") };
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        struct stage s;
        set_stage(&s, CONVERSATION_ASKS);
        say(&s, &(struct record){ RECORD_PAM_ANSWERS, { 2 }, { answers[i] } });
        hold(&s, mixed, 4);
        assert_int_equal(s.result, PAM_CONV_ERR);
        clear_stage(&s, 0);
    }
}

static void another_question_of_the_monitor_ends_the_conversation_and_is_kept(void **state)
{
    (void)state;
    struct stage s;
    struct record kept;
    set_stage(&s, CONVERSATION_ASKS);
    say(&s, &(struct record){ RECORD_PAM_PASSWORD, { 1 }, { B("x") } });
    hold(&s, mixed, 4);
    assert_int_equal(s.result, PAM_CONV_ERR);
    assert_false(s.conversation.is_over);
    assert_int_equal(record_decode(buf_bytes(&s.conversation.pending), &kept), OK);
    assert_int_equal(kept.type, RECORD_PAM_PASSWORD);
    hold(&s, mixed, 4); /* a module that tries again does not get at what is kept */
    assert_int_equal(s.result, PAM_CONV_ERR);
    clear_stage(&s, 0);
}

static void without_a_monitor_it_is_over(void **state)
{
    (void)state;
    struct stage s;
    set_stage(&s, CONVERSATION_ASKS);
    (void)close(s.ends[0]);
    s.ends[0] = dup(s.ends[1]);
    hold(&s, mixed, 4);
    assert_int_equal(s.result, PAM_CONV_ERR);
    clear_stage(&s, 0);

    set_stage(&s, CONVERSATION_ASKS);
    assert_int_equal(seqpacket_send(s.ends[0], B("\377"), NULL), OK);
    hold(&s, mixed, 4);
    assert_int_equal(s.result, PAM_CONV_ERR);
    assert_true(s.conversation.is_over);
    clear_stage(&s, 0);
}

static void too_many_questions_are_not_asked(void **state)
{
    (void)state;
    struct pam_message messages[PAM_MAX_NUM_MSG + 1];
    for (int i = 0; i <= PAM_MAX_NUM_MSG; i++)
        messages[i] = mixed[3];
    static const int counts[] = { -1, 0, MANY, PAM_MAX_NUM_MSG + 1 };
    for (size_t i = 0; i < 4; i++) {
        struct stage s;
        set_stage(&s, CONVERSATION_ASKS);
        say(&s, &(struct record){ RECORD_PAM_ANSWERS, { 0 }, { BYTES_NONE } });
        hold(&s, messages, counts[i]);
        assert_int_equal(s.result, PAM_CONV_ERR);
        clear_stage(&s, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_kept_and_escaped),
        cmocka_unit_test(long_text_is_kept_and_what_is_too_much_is_cut),
        cmocka_unit_test(what_is_no_text_is_no_conversation),
        cmocka_unit_test(the_password_answers_what_has_no_echo),
        cmocka_unit_test(nobody_is_asked_where_nobody_is),
        cmocka_unit_test(what_may_not_be_right_is_replaced_by_as_much),
        cmocka_unit_test(the_user_is_asked_and_the_answers_find_their_questions),
        cmocka_unit_test(answers_that_do_not_fit_fail),
        cmocka_unit_test(another_question_of_the_monitor_ends_the_conversation_and_is_kept),
        cmocka_unit_test(without_a_monitor_it_is_over),
        cmocka_unit_test(too_many_questions_are_not_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
