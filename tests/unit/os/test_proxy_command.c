/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/proxy_command.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { TICK_US = 10 * 1000, PATIENCE_MS = 60 * 1000 };

static void plain_words_need_no_shell(void **state)
{
    static const char *const plain[] = { "nc h 22",
                                         "/usr/bin/nc  -X 5 -x proxy:1080 h 22 ",
                                         " a",
                                         "socat - TCP:h:22",
                                         "cat a=b,c+d@e%f",
                                         "Exec a",
                                         "execute" };
    static const char *const others[] = { "",       " ",      "nc 'h' 22", "nc \"h\" 22", "nc $h",
                                          "nc *",   "a|b",    "a;b",       "a&",          "a<b",
                                          "a>b",    "(a)",    "a `b`",     "a\\b",        "a ~b",
                                          "~/a",    "A=b nc", "exec nc",   "exec",        "-a",
                                          "nc [h]", "nc {a}", "a\nb",      "a\tb",        "nc h #x",
                                          "! nc",   "nc h?",  "nc ^",      "nc \xc3\xa4" };
    (void)state;
    for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
        assert_true(proxy_command_is_plain(plain[i]));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_false(proxy_command_is_plain(others[i]));
}

static void so_many_words_are_left_to_the_shell(void **state)
{
    char words[2 * 256 + 1];
    (void)state;
    for (size_t i = 0; i < sizeof(words) - 1; i++)
        words[i] = i % 2 ? ' ' : 'a';
    words[sizeof(words) - 1] = '\0';
    assert_false(proxy_command_is_plain(words));
    words[2 * 255] = '\0';
    assert_true(proxy_command_is_plain(words));
}

/* What the command says, until it ends; "" if it cannot be started. */
static const char *said(const char *command)
{
    static char text[256];
    struct proxy_command proxy = { 0 };
    int fd = -1;
    size_t len = 0;
    text[0] = '\0';
    if (proxy_command_start(command, &proxy, &fd) != OK)
        return text;
    assert_int_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
    assert_int_equal(fcntl(fd, F_SETFL, 0), 0);
    for (ssize_t got; (got = read(fd, text + len, sizeof(text) - 1 - len)) > 0;)
        len += (size_t)got;
    text[len] = '\0';
    (void)close(fd);
    assert_int_equal(waitpid(proxy.id, NULL, 0), proxy.id);
    return text;
}

static void the_shell_is_the_persons_and_only_for_what_needs_one(void **state)
{
    (void)state;
    assert_int_equal(setenv("SHELL", "/bin/sh", 1), 0);
    assert_string_equal(said("echo  a   b-c "), "a b-c\n");
    assert_string_equal(said("echo 'a  b' $((1 + 1))"), "a  b 2\n");
    assert_int_equal(setenv("SHELL", "/nowhere", 1), 0);
    assert_string_equal(said("echo  a   b-c "), "a b-c\n");
    assert_string_equal(said("echo 'a  b'"), "");
    assert_int_equal(setenv("SHELL", "", 1), 0);
    assert_string_equal(said("echo 'a  b'"), "a  b\n");
}

static void a_program_that_is_not_there_is_told_at_once(void **state)
{
    (void)state;
    assert_string_equal(said("/nowhere/nc h 22"), "");
}

static void a_script_without_a_first_line_is_left_to_the_shell(void **state)
{
    char path[] = "/tmp/test_proxy_command.XXXXXX", command[64];
    static const char script[] = "echo \"$1\"\n";
    (void)state;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, script, strlen(script)), (ssize_t)strlen(script));
    assert_int_equal(fchmod(fd, 0700), 0);
    (void)close(fd);
    (void)snprintf(command, sizeof(command), "%s word", path);
    assert_int_equal(setenv("SHELL", "/bin/sh", 1), 0);
    assert_string_equal(said(command), "word\n");
    (void)unlink(path);
}

static void ignore(int number)
{
    (void)number;
}

static void signals_do_not_hide_how_it_ended(void **state)
{
    const struct sigaction action = { .sa_handler = ignore };
    const struct itimerval ticks = { { 0, TICK_US }, { 0, TICK_US } },
                           none = { { 0, 0 }, { 0, 0 } };
    struct proxy_command proxy = { 0 };
    struct process_exit how;
    int fd = -1;
    (void)state;
    assert_int_equal(proxy_command_start("sh -c 'sleep 0.2; exit 3'", &proxy, &fd), OK);
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(setitimer(ITIMER_REAL, &ticks, NULL), 0);
    bool has_ended = proxy_command_ended(&proxy, PATIENCE_MS, &how);
    assert_int_equal(setitimer(ITIMER_REAL, &none, NULL), 0);
    assert_int_equal(close(fd), 0);
    assert_true(has_ended);
    assert_false(how.is_signal);
    assert_int_equal(how.number, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_words_need_no_shell),
        cmocka_unit_test(so_many_words_are_left_to_the_shell),
        cmocka_unit_test(the_shell_is_the_persons_and_only_for_what_needs_one),
        cmocka_unit_test(a_program_that_is_not_there_is_told_at_once),
        cmocka_unit_test(a_script_without_a_first_line_is_left_to_the_shell),
        cmocka_unit_test(signals_do_not_hide_how_it_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
