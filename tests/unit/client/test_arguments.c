/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/client/arguments.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WORDS_MAX = 32 };

/* Parses a line whose words are separated by one blank; an underscore stands for a blank within a word. */
static enum err parse(const char *line, struct arguments *arguments)
{
    static char text[512], program[] = "glassh";
    char *words[WORDS_MAX] = { program };
    int count = 1;
    (void)strcpy(text, line);
    for (char *word = strtok(text, " "); word; word = strtok(NULL, " ")) {
        for (char *at = word; (at = strchr(at, '_')); at++)
            *at = ' ';
        words[count++] = word;
    }
    return arguments_parse(count, words, arguments);
}

/* The value that counts for the keyword, or NULL. */
static const char *counting(const struct arguments *arguments, const char *keyword)
{
    for (size_t i = 0; i < arguments->option_count; i++) {
        const struct arguments_option *option = &arguments->options[i];
        if (option->keyword && strcmp(option->keyword, keyword) == 0)
            return option->value;
    }
    return NULL;
}

/* The value given last for the keyword, or NULL. */
static const char *value_of(const struct arguments *arguments, const char *keyword)
{
    const char *value = NULL;
    for (size_t i = 0; i < arguments->option_count; i++)
        if (arguments->options[i].keyword && strcmp(arguments->options[i].keyword, keyword) == 0)
            value = arguments->options[i].value;
    return value;
}

static void assert_read(const char *line, const char *host, const char *command)
{
    struct arguments a;
    assert_int_equal(parse(line, &a), OK);
    assert_string_equal(a.host, host);
    if (command)
        assert_string_equal(a.command, command);
    else
        assert_null(a.command);
    arguments_wipe(&a);
}

static void the_words_behind_the_host_are_the_command(void **state)
{
    (void)state;
    assert_read("host", "host", NULL);
    assert_read("host ls -l", "host", "ls -l");
    assert_read("-p 22 host ls", "host", "ls");
    assert_read("host -- -p", "host", "-p");
    assert_read("-- host -p", "host", "-p");
}

static void options_may_stand_behind_the_host(void **state)
{
    (void)state;
    struct arguments a;
    assert_int_equal(parse("host -p 2222 -l alice ls -p 1", &a), OK);
    assert_string_equal(value_of(&a, "Port"), "2222");
    assert_string_equal(value_of(&a, "User"), "alice");
    assert_string_equal(a.command, "ls -p 1");
    arguments_wipe(&a);
}

static void letters_are_bundled_and_values_attached(void **state)
{
    (void)state;
    struct arguments a;
    assert_int_equal(parse("-vvTp2222 -lalice -oUser=bob -o Port_7 host", &a), OK);
    assert_int_equal(a.verbosity, 2);
    assert_string_equal(value_of(&a, "Port"), "2222");
    assert_string_equal(value_of(&a, "User"), "alice");
    bool has_attached = false, has_apart = false;
    for (size_t i = 0; i < a.option_count; i++) {
        has_attached |= !a.options[i].keyword && strcmp(a.options[i].value, "User=bob") == 0;
        has_apart |= !a.options[i].keyword && strcmp(a.options[i].value, "Port 7") == 0;
    }
    assert_true(has_attached && has_apart);
    arguments_wipe(&a);
}

static void some_letters_beat_what_stands_before_them(void **state)
{
    (void)state;
    static const struct {
        const char *line, *keyword, *value;
    } cases[] = {
        { "-4 -6 host", "AddressFamily", "inet6" },
        { "-b 192.0.2.1 host -b 192.0.2.2", "BindAddress", "192.0.2.2" },
        { "-c aes128-ctr -c aes256-ctr host", "Ciphers", "aes256-ctr" },
        { "-m hmac-sha2-256 -m hmac-sha2-512 host", "MACs", "hmac-sha2-512" },
        { "-e none -e ^B host", "EscapeChar", "^B" },
        { "-p 1 -p 2 host", "Port", "1" },
        { "-l alice -l bob host", "User", "alice" },
        { "alice@host -l bob", "User", "alice" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arguments a;
        assert_int_equal(parse(cases[i].line, &a), OK);
        assert_string_equal(counting(&a, cases[i].keyword), cases[i].value);
        arguments_wipe(&a);
    }
}

static void some_letters_beat_o(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "-o AddressFamily=inet -6 host", "-o BindAddress=192.0.2.1 -b 192.0.2.2 host",
        "-o Compression=no -C host",     "-o Ciphers=aes128-ctr -c aes256-ctr host",
        "-o EscapeChar=none -e ^B host", "-o MACs=hmac-sha2-256 -m hmac-sha2-512 host",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct arguments a;
        assert_int_equal(parse(lines[i], &a), OK);
        assert_int_equal(a.option_count, 2);
        assert_non_null(a.options[0].keyword);
        assert_null(a.options[1].keyword);
        arguments_wipe(&a);
    }
}

static void the_last_of_q_and_v_counts(void **state)
{
    (void)state;
    struct arguments a;
    assert_int_equal(parse("-v -v -q host", &a), OK);
    assert_true(a.is_quiet && a.verbosity == 0);
    arguments_wipe(&a);
    assert_int_equal(parse("-q -v host", &a), OK);
    assert_int_equal(a.verbosity, 1);
    arguments_wipe(&a);
}

static void a_destination_may_have_user_and_port(void **state)
{
    (void)state;
    static const struct {
        const char *line, *host, *user, *port;
    } cases[] = {
        { "alice@host", "host", "alice", NULL },
        { "a@b@host", "host", "a@b", NULL },
        { "ssh://host", "host", NULL, NULL },
        { "ssh://alice@host:2222", "host", "alice", "2222" },
        { "ssh://[2001:db8::1]:2222", "2001:db8::1", NULL, "2222" },
        { "2001:db8::1", "2001:db8::1", NULL, NULL },
        { "host:2222", "host:2222", NULL, NULL },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arguments a;
        assert_int_equal(parse(cases[i].line, &a), OK);
        assert_string_equal(a.host, cases[i].host);
        const char *user = value_of(&a, "User"), *port = value_of(&a, "Port");
        assert_string_equal(user ? user : "none", cases[i].user ? cases[i].user : "none");
        assert_string_equal(port ? port : "none", cases[i].port ? cases[i].port : "none");
        arguments_wipe(&a);
    }
}

static void what_is_not_understood_is_refused(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "", "-9 host", "--frobnicate host", "-p", "host -p", "ssh://", "-vvp",
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct arguments a;
        assert_int_equal(parse(lines[i], &a), ERR_BAD_VALUE);
        arguments_wipe(&a);
    }
}

static void what_is_not_there_yet_is_refused_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *line, *problem;
    } cases[] = {
        { "-J jump host", "glassh: option -J is not supported (jump hosts)\n" },
        { "-w 0 host", "glassh: option -w is not supported (tunnel devices)\n" },
        { "-X host", "glassh: option -X is not supported (X11 forwarding)\n" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arguments a;
        assert_int_equal(parse(cases[i].line, &a), ERR_BAD_VALUE);
        assert_string_equal(buf_text(&a.problem), cases[i].problem);
        arguments_wipe(&a);
    }
}

static void some_options_need_no_host(void **state)
{
    (void)state;
    struct arguments a;
    assert_int_equal(parse("-V", &a), OK);
    assert_int_equal(a.mode, ARGUMENTS_VERSION);
    arguments_wipe(&a);
    assert_int_equal(parse("-Q cipher", &a), OK);
    assert_int_equal(a.mode, ARGUMENTS_QUERY);
    assert_string_equal(a.query, "cipher");
    arguments_wipe(&a);
}

static void flags_are_kept(void **state)
{
    (void)state;
    struct arguments a;
    assert_int_equal(parse("-q -n -f -N -T -G -E log -F config --explain=json host", &a), OK);
    assert_true(a.is_quiet && a.no_input && a.goes_behind && a.no_session);
    assert_int_equal(a.mode, ARGUMENTS_PRINT);
    assert_int_equal(a.explain, ARGUMENTS_EXPLAIN_JSON);
    assert_string_equal(a.log_file, "log");
    assert_string_equal(a.config_file, "config");
    assert_string_equal(a.request_tty, "no");
    arguments_wipe(&a);
}

static void an_explanation_has_a_form(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum arguments_explain explain;
    } cases[] = {
        { "host", ARGUMENTS_EXPLAIN_OFF },
        { "--explain host", ARGUMENTS_EXPLAIN_LADDER },
        { "--explain=ladder host", ARGUMENTS_EXPLAIN_LADDER },
        { "--explain=unicode host", ARGUMENTS_EXPLAIN_UNICODE },
        { "--explain=ascii host", ARGUMENTS_EXPLAIN_ASCII },
        { "--explain=short host", ARGUMENTS_EXPLAIN_SHORT },
        { "--explain-to file host", ARGUMENTS_EXPLAIN_LADDER },
        { "--explain-to file --explain=json host", ARGUMENTS_EXPLAIN_JSON },
        { "--explain=json --explain-to=file host", ARGUMENTS_EXPLAIN_JSON },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arguments a;
        assert_int_equal(parse(cases[i].line, &a), OK);
        assert_int_equal(a.explain, cases[i].explain);
        arguments_wipe(&a);
    }
    struct arguments a;
    assert_int_equal(parse("--explain=stairs host", &a), ERR_BAD_VALUE);
    assert_string_equal(buf_text(&a.problem), "glassh: --explain: there are the forms ladder, "
                                              "unicode, ascii, short, json; not \"stairs\"\n");
    arguments_wipe(&a);
}

static void the_last_of_N_T_and_t_says_whether_there_is_a_terminal(void **state)
{
    (void)state;
    static const struct {
        const char *line, *wanted;
    } cases[] = {
        { "-N h", "no" },       { "-N -t h", "yes" }, { "-t -N h", "no" },
        { "-t -t h", "force" }, { "-tNt h", "yes" },  { "-t -T h", "no" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arguments a;
        assert_int_equal(parse(cases[i].line, &a), OK);
        assert_string_equal(a.request_tty, cases[i].wanted);
        arguments_wipe(&a);
    }
}

static void a_subsystem_has_a_name(void **state)
{
    (void)state;
    struct arguments a;
    assert_int_equal(parse("-s host", &a), ERR_BAD_VALUE);
    assert_string_equal(buf_text(&a.problem), "You must specify a subsystem to invoke.\n");
    arguments_wipe(&a);
    assert_int_equal(parse("host -s sftp", &a), OK);
    assert_string_equal(a.command, "sftp");
    arguments_wipe(&a);
    assert_int_equal(parse("-s -V", &a), OK);
    arguments_wipe(&a);
}

static void each_that_has_no_effect_is_noted_once(void **state)
{
    (void)state;
    struct arguments a;
    assert_int_equal(parse("-2akxgM -M -S path -K -y -A -P tag host -gS x", &a), OK);
    char letters[ARGUMENTS_IDLE_MAX + 1] = "";
    for (size_t i = 0; i < a.idle_count; i++) {
        letters[i] = a.idle[i].letter;
        assert_non_null(a.idle[i].why);
    }
    assert_string_equal(letters, "gMSKyAP");
    arguments_wipe(&a);
}

static void a_long_option_without_the_value_that_it_needs_takes_no_other_word(void **state)
{
    (void)state;
    static const struct {
        const char *line, *problem;
    } cases[] = {
        { "--explain-to= host true", "option requires an argument -- --explain-to=" },
        { "--tun= t0=192.0.2.1/24 host", "option requires an argument -- --tun=" },
        { "host --explain-to", "option requires an argument -- --explain-to" },
        { "--help=me", "unknown option -- --help=me" },
        { "--version= host", "unknown option -- --version=" },
        { "--explains host", "unknown option -- --explains" },
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct arguments a;
        assert_int_equal(parse(cases[i].line, &a), ERR_BAD_VALUE);
        assert_non_null(strstr(buf_text(&a.problem), cases[i].problem));
        arguments_wipe(&a);
    }
}

static void a_tun_has_a_name_and_an_address(void **state)
{
    (void)state;
    struct arguments a;
    assert_int_equal(parse("--tun t0=192.0.2.1/24 --tun=t1=2001:db8::1/64 host", &a), OK);
    assert_int_equal(a.tuns.count, 2);
    assert_string_equal(a.tuns.items[1].name, "t1");
    assert_string_equal(a.host, "host");
    assert_int_equal(buf_len(&a.problem), 0);
    arguments_wipe(&a);
    assert_int_equal(parse("--tun t0=192.0.2.1 host", &a), ERR_BAD_VALUE);
    assert_string_equal(buf_text(&a.problem),
                        "glassh: --tun t0=192.0.2.1: the number of bits after the \"/\" is wrong "
                        "or missing.\n");
    arguments_wipe(&a);
    assert_int_equal(parse("--tun", &a), ERR_BAD_VALUE);
    arguments_wipe(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_explanation_has_a_form),
        cmocka_unit_test(a_long_option_without_the_value_that_it_needs_takes_no_other_word),
        cmocka_unit_test(a_tun_has_a_name_and_an_address),
        cmocka_unit_test(the_words_behind_the_host_are_the_command),
        cmocka_unit_test(options_may_stand_behind_the_host),
        cmocka_unit_test(letters_are_bundled_and_values_attached),
        cmocka_unit_test(some_letters_beat_what_stands_before_them),
        cmocka_unit_test(some_letters_beat_o),
        cmocka_unit_test(the_last_of_q_and_v_counts),
        cmocka_unit_test(a_destination_may_have_user_and_port),
        cmocka_unit_test(what_is_not_understood_is_refused),
        cmocka_unit_test(what_is_not_there_yet_is_refused_by_name),
        cmocka_unit_test(some_options_need_no_host),
        cmocka_unit_test(flags_are_kept),
        cmocka_unit_test(the_last_of_N_T_and_t_says_whether_there_is_a_terminal),
        cmocka_unit_test(a_subsystem_has_a_name),
        cmocka_unit_test(each_that_has_no_effect_is_noted_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
