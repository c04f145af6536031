/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/arguments.h"

#include "programs/server/test_subject.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PROBLEM_MAX = 1024 };

enum {
    ARGUMENTS_DEMO = 256,
    ARGUMENTS_EXPLAIN,
    ARGUMENTS_HELP,
    ARGUMENTS_SANDBOX_CHECK,
    ARGUMENTS_TUN,
    ARGUMENTS_VERSION
};

static const struct option long_options[] = {
    { "demo", no_argument, NULL, ARGUMENTS_DEMO },
    { "explain", no_argument, NULL, ARGUMENTS_EXPLAIN },
    { "help", no_argument, NULL, ARGUMENTS_HELP },
    { "sandbox-check", no_argument, NULL, ARGUMENTS_SANDBOX_CHECK },
    { "tun", required_argument, NULL, ARGUMENTS_TUN },
    { "version", no_argument, NULL, ARGUMENTS_VERSION },
    { NULL, 0, NULL, 0 },
};

static void print_version(FILE *out)
{
    (void)fprintf(out, "glasshd %s\n", GLASSH_VERSION);
}

static void print_usage(FILE *out)
{
    (void)fprintf(
        out, "usage: glasshd [-46DdeiqtTV] [-C connection_spec] [-E log_file] [-f config_file]\n"
             "               [-g login_grace_time] [-h host_key_file] [-o option] [-p port]\n"
             "               [--demo] [--explain] [--sandbox-check]\n"
             "               [--tun name=address/prefix] [--help] [--version]\n");
}

static bool is_good(struct server_options *options, enum err err)
{
    if (err != OK)
        (void)fputs(buf_text(&options->problems), stderr);
    return err == OK;
}

static bool put(struct server_options *options, const char *keyword, const char *value)
{
    return is_good(options, keyword ? server_options_put(options, keyword, bytes_text(value))
                                    : server_options_set(options, bytes_text(value)));
}

static bool replace(struct server_options *options, const char *keyword, const char *value)
{
    return is_good(options, server_options_replace(options, keyword, bytes_text(value)));
}

/* True if the option stands for a keyword with a value; of -d and -q the last counts. */
static bool take_abbreviation(int option, struct arguments *a, struct server_options *options)
{
    switch (option) {
    case '4':
        return replace(options, "AddressFamily", "inet");
    case '6':
        return replace(options, "AddressFamily", "inet6");
    case 'q':
        a->debug_level = 0;
        return replace(options, "LogLevel", "QUIET");
    default:
        return false;
    }
}

/* True if the option has no value. */
static bool take_flag(int option, struct arguments *a)
{
    switch (option) {
    case 'D':
        a->stays_in_front = true;
        return true;
    case 'd':
        a->stays_in_front = a->serves_once = a->logs_to_stderr = true;
        a->debug_level++;
        return true;
    case 'e':
        a->logs_to_stderr = true;
        return true;
    case 'i':
        a->is_inetd = true;
        return true;
    case 't':
        a->tests = a->logs_to_stderr = true;
        return true;
    case 'T':
        a->prints = a->logs_to_stderr = true;
        return true;
    case ARGUMENTS_DEMO:
        a->is_demo = a->stays_in_front = a->logs_to_stderr = true;
        return true;
    case ARGUMENTS_EXPLAIN:
        a->explains = true;
        return true;
    case ARGUMENTS_SANDBOX_CHECK:
        a->checks_sandbox = true;
        return true;
    default:
        return false;
    }
}

static bool take_subject(char *text, struct arguments *a)
{
    const char *wrong = NULL;
    bool is_port = false;
    a->has_subject = true;
    if (test_subject_parse(&a->subject, text, &wrong, &is_port))
        return true;
    if (is_port)
        (void)fprintf(stderr, "Invalid port '%s' in test mode specification %s\n",
                      wrong + strlen("lport="), wrong);
    else
        (void)fprintf(stderr, "Invalid test mode specification %s\n", wrong);
    return false;
}

static bool take_tun(const char *text, struct arguments *a)
{
    scoped(buf) problem = BUF_EMPTY(PROBLEM_MAX);
    if (tun_option_add(&a->tuns, text, &problem) == OK)
        return true;
    (void)fprintf(stderr, "glasshd: %s.\n", buf_text(&problem));
    return false;
}

static bool take_value(int option, char *value, struct arguments *a, struct server_options *options)
{
    switch (option) {
    case 'C':
        return take_subject(value, a);
    case 'E':
        a->log_path = value;
        a->logs_to_stderr = true;
        return true;
    case 'f':
        a->config_path = value;
        return true;
    case 'g':
        return replace(options, "LoginGraceTime", value);
    case 'h':
        return put(options, "HostKey", value);
    case 'p':
        return put(options, "Port", value);
    case 'o':
        return put(options, NULL, value);
    case ARGUMENTS_TUN:
        return take_tun(value, a);
    default:
        return false;
    }
}

enum arguments_outcome arguments_parse(int argc, char **argv, struct arguments *arguments,
                                       struct server_options *options)
{
    *arguments = (struct arguments){ .config_path = "/etc/ssh/sshd_config" };

    int option;
    while ((option = getopt_long(argc, argv, "+46C:DdE:ef:g:h:io:p:qtTV", long_options, NULL)) !=
           -1) {
        if (option == 'V' || option == ARGUMENTS_VERSION) {
            print_version(option == 'V' ? stderr : stdout); /* sshd's goes to stderr */
            return ARGUMENTS_DONE;
        }
        if (option == ARGUMENTS_HELP) {
            print_usage(stdout);
            return ARGUMENTS_DONE;
        }
        if (take_flag(option, arguments) || take_abbreviation(option, arguments, options))
            continue;
        if (option == '?') {
            print_version(stderr);
            print_usage(stderr);
            return ARGUMENTS_WRONG;
        }
        if (!take_value(option, optarg, arguments, options))
            return ARGUMENTS_WRONG;
    }
    if (optind < argc) {
        (void)fprintf(stderr, "Extra argument %s.\n", argv[optind]);
        return ARGUMENTS_WRONG;
    }
    if (arguments->tuns.count > 0 && (arguments->is_demo || arguments->is_inetd)) {
        (void)fprintf(stderr, "glasshd: --tun goes neither with --demo nor with -i.\n");
        return ARGUMENTS_WRONG;
    }
    return ARGUMENTS_GO;
}
