/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/worker/login_link.h"

#include "base/check.h"
#include "base/reader.h"
#include "programs/server/monitor/monitor.h"

static enum monitor_method method_of(enum auth_method method)
{
    switch (method) {
    case AUTH_METHOD_NONE:
        return MONITOR_NONE;
    case AUTH_METHOD_PUBLICKEY:
        return MONITOR_PUBLICKEY;
    case AUTH_METHOD_PASSWORD:
        return MONITOR_PASSWORD;
    case AUTH_METHOD_INTERACTIVE:
        return MONITOR_INTERACTIVE;
    case AUTH_METHOD_OTHER:
        break;
    }
    return MONITOR_OTHER;
}

static enum connection_login_answer answer_of(uint32_t verdict)
{
    switch ((enum monitor_verdict)verdict) {
    case MONITOR_REFUSED:
    case MONITOR_ASKS:
        return CONNECTION_LOGIN_REFUSED;
    case MONITOR_PARTIAL:
        return CONNECTION_LOGIN_PARTIAL;
    case MONITOR_KEY_OK:
        return CONNECTION_LOGIN_KEY_OK;
    case MONITOR_ACCEPTED:
        return CONNECTION_LOGIN_ACCEPTED;
    }
    return CONNECTION_LOGIN_REFUSED;
}

static void pass_questions(const struct login_link *link, const struct record *asked)
{
    struct auth_prompts prompts = {
        .name = asked->texts[0],
        .instruction = asked->texts[1],
        .count = asked->numbers[0],
    };
    struct reader r = reader_over(asked->texts[2], NULL);
    CHECK(prompts.count <= AUTH_PROMPTS_MAX);
    for (size_t i = 0; i < prompts.count; i++) {
        prompts.prompt[i].text = reader_string(&r, "question");
        prompts.prompt[i].echoes = asked->numbers[1] >> i & 1;
    }
    CHECK(reader_end(&r) == OK);
    connection_answer_login_prompts(link->connection, &prompts);
}

static void ask(struct login_link *link, const struct record *question)
{
    struct record answer =
        record_link_ask_either(link->monitor, question, RECORD_VERDICT, RECORD_QUESTIONS);
    if (answer.type == RECORD_QUESTIONS) {
        pass_questions(link, &answer);
        return;
    }
    if (answer.texts[1].len)
        connection_tell_user(link->connection, answer.texts[1]);
    connection_offer_methods(link->connection, answer.texts[0]);
    connection_answer_login(link->connection, answer_of(answer.numbers[0]));
}

void login_link_ask(struct login_link *link, const struct auth_login *login)
{
    const struct record question = {
        RECORD_LOGIN,
        { method_of(login->method), login->is_signed, login->is_impossible },
        { login->user, login->password, login->key_algorithm, login->key_blob, login->signed_data,
          login->signature },
    };
    ask(link, &question);
}

void login_link_answers(struct login_link *link, struct bytes answers, size_t count)
{
    const struct record question = { RECORD_ANSWERS, { (uint32_t)count }, { answers } };
    ask(link, &question);
}
