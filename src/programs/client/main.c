/* SPDX-License-Identifier: BSD-2-Clause */
/* glassh: options in, exit status out. */
#include "base/check.h"
#include "crypto/crypto.h"
#include "os/dial.h"
#include "programs/client/client.h"
#include "programs/client/log.h"
#include "programs/client/query.h"
#include "programs/client/streams.h"
#include "ssh/limits.h"
#include "ssh/transport/algorithms.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FAILED = 255, TEXT_MAX = 256 * 1024 };

static void tell_check(const char *condition, const char *file, int line)
{
    (void)fprintf(stderr, "glassh: %s:%d: this must not happen: %s\n", file, line, condition);
}

static int print(const struct buf *text)
{
    size_t len = buf_len(text);
    return fwrite(buf_bytes(text).data, 1, len, stdout) == len && fflush(stdout) == 0 ? 0 : FAILED;
}

static int tell_version(void)
{
    (void)fprintf(stderr, "glassh_%s (options and behaviour of OpenSSH_9.2p1), %s\n",
                  GLASSH_VERSION, crypto_version());
    return 0;
}

static void tell_usage(FILE *to)
{
    scoped(buf) forms = BUF_EMPTY(TEXT_MAX);
    CHECK(arguments_explain_forms("|", &forms) == OK);
    (void)fprintf(
        to,
        "usage: glassh [-46AaCfNnqsTtVvx] [-b bind_address] [-c cipher_spec]\n"
        "              [-E log_file] [-e escape_char] [-F configfile] [-i identity_file]\n"
        "              [-l login_name] [-m mac_spec] [-o option] [-p port]\n"
        "              [--explain[=%s]] [--explain-to file]\n"
        "              [--tun name=address/prefix] destination [command [argument ...]]\n"
        "       glassh -G [options] destination\n"
        "       glassh -Q query_option\n",
        buf_text(&forms));
}

static int help(void)
{
    tell_usage(stdout);
    return fflush(stdout) == 0 ? 0 : FAILED;
}

static int answer_query(const char *name)
{
    scoped(buf) text = BUF_EMPTY(TEXT_MAX);
    if (query_list(name, &text) == OK)
        return print(&text);
    (void)fprintf(stderr, "Unsupported query \"%s\"; glassh -Q help lists those there are\n", name);
    return FAILED;
}

static int print_settings(const struct arguments *arguments, struct settings *settings)
{
    scoped(buf) text = BUF_EMPTY(TEXT_MAX);
    if (settings_complete_lists(&settings->options) != OK ||
        client_options_print(&settings->options, arguments->host, &text) != OK)
        return FAILED;
    return print(&text);
}

/* -O controls a shared connection, and there is never one. Answers in the words of ssh. */
static int refuse_control(const struct arguments *arguments)
{
    static const char *const commands[] = { "cancel", "check", "exit", "forward", "proxy", "stop" };
    bool is_known = false;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        is_known |= strcmp(arguments->control, commands[i]) == 0;
    if (is_known)
        (void)fprintf(stderr, "Control socket connect(%s): No such file or directory\n",
                      arguments->control_path ? arguments->control_path : "none");
    else
        (void)fprintf(stderr, "Invalid multiplex command.\n");
    return FAILED;
}

static bool has_two_commands(const struct arguments *arguments, const struct settings *settings)
{
    bool has_two = arguments->command && settings->options.remote_command;
    if (has_two)
        log_write(OPTION_LOG_ERROR, "Cannot execute command-line and remote command.");
    return has_two;
}

/* A shell in the background could not be typed into. */
static bool has_no_work_behind(const struct arguments *arguments, const struct settings *settings)
{
    bool has_work = arguments->no_session || arguments->command || settings->options.remote_command;
    if (arguments->goes_behind && !has_work)
        log_write(OPTION_LOG_ERROR, "Cannot fork into background without a command to execute.");
    return arguments->goes_behind && !has_work;
}

static bool is_too_long(const struct arguments *arguments)
{
    size_t len = bytes_text(arguments->command).len;
    if (len > LIMITS_COMMAND)
        log_write(
            OPTION_LOG_ERROR,
            "glassh: the command is too long: it has %zu octets, and no more than %d can be sent",
            len, LIMITS_COMMAND);
    return len > LIMITS_COMMAND;
}

static int connect_to(const struct arguments *arguments, const struct person *person,
                      const struct settings *settings)
{
    bool failed;
    if (is_too_long(arguments) || has_no_work_behind(arguments, settings) ||
        settings_check_lists(&settings->options) != OK)
        return FAILED;
    struct explain_view *view = explain_view_new(arguments, &failed);
    int status = failed ? FAILED : client_run(arguments, person, settings, view);
    explain_view_free(view);
    return status;
}

static int connect_or_print(const struct arguments *arguments)
{
    struct person person;
    struct settings settings;
    if (!person_find(&person)) {
        (void)fputs("glassh: the system does not know the user who runs this\n", stderr);
        return FAILED;
    }
    int status = FAILED;
    if (settings_read(arguments, &person, &settings) == OK &&
        !has_two_commands(arguments, &settings))
        status = arguments->mode == ARGUMENTS_PRINT ? print_settings(arguments, &settings)
                                                    : connect_to(arguments, &person, &settings);
    settings_wipe(&settings);
    return status;
}

static int run(const struct arguments *arguments)
{
    if (arguments->log_file && !log_open(arguments->log_file)) {
        (void)fprintf(stderr, "Couldn't open logfile %s: %s\n", arguments->log_file,
                      strerror(errno));
        return FAILED;
    }
    switch (arguments->mode) {
    case ARGUMENTS_VERSION:
        return tell_version();
    case ARGUMENTS_QUERY:
        return answer_query(arguments->query);
    case ARGUMENTS_HELP:
        return help();
    case ARGUMENTS_CONTROL:
        return refuse_control(arguments);
    case ARGUMENTS_PRINT:
    case ARGUMENTS_CONNECT:
        return connect_or_print(arguments);
    }
    return FAILED;
}

int main(int count, char **words)
{
    static struct arguments arguments;
    check_observe(tell_check);
    streams_settle();
    int status = FAILED;
    if (arguments_parse(count, words, &arguments) != OK) {
        if (buf_len(&arguments.problem))
            (void)fputs(buf_text(&arguments.problem), stderr);
        tell_usage(stderr);
    } else {
        crypto_start();
        status = run(&arguments);
    }
    arguments_wipe(&arguments);
    if (dial_is_left_waiting()) {
        (void)fflush(NULL);
        _exit(status);
    }
    return status;
}
