/* SPDX-License-Identifier: BSD-2-Clause */
/* The worker's end and the session's process against each other: the service runs in a child. The user has a home of
 * the test's own and /bin/sh: what the files of whoever runs it make of a shell, and how long that takes, is not tested. */
#include "programs/server/worker/session_link.h"

#include "programs/server/common/log.h"
#include "programs/server/session/session_service.h"
#include "ssh/channel/channel_request.h"
#include "unit/server/homes.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

enum { WAIT_MS = 60000 };

struct stage {
    struct home home;
    struct record_link records;
    pid_t service;
};

static int set_up(void **state)
{
    static struct stage s;
    memset(&s, 0, sizeof(s));
    *state = &s;
    log_open(OPTION_LOG_QUIET, true);
    home_make(&s.home);
    if (server_options_put(&s.home.options, "AcceptEnv", B("LANG")) != OK ||
        server_options_finish(&s.home.options, "/", "/") != OK)
        return -1;
    int ends[2];
    if (seqpacket_pair(ends) != OK)
        return -1;
    s.service = fork();
    if (s.service == 0) {
        (void)close(ends[0]);
        _exit(session_service_run(&s.home.host, ends[1]));
    }
    (void)close(ends[1]);
    record_link_init(&s.records, ends[0]);
    return 0;
}

static int tear_down(void **state)
{
    struct stage *s = *state;
    int status = -1;
    record_link_wipe(&s->records); /* now the service sees that the worker is gone */
    (void)waitpid(s->service, &status, 0);
    home_remove(&s->home);
    return status;
}

static struct session_link *start(struct stage *s, uint32_t channel, const char *command)
{
    scoped(buf) greeting = BUF_EMPTY(1000);
    struct session_link *link = session_link_new(&s->records, channel);
    assert_true(session_link_start(link, SESSION_EXEC, bytes_text(command), &greeting));
    assert_false(session_link_streams(link)->is_terminal);
    return link;
}

static void await(int fd)
{
    struct pollfd one = { .fd = fd, .events = POLLIN };
    assert_int_equal(poll(&one, 1, WAIT_MS), 1);
}

static void assert_says(int fd, const char *wanted)
{
    char text[256];
    size_t len = 0;
    while (len < strlen(wanted)) {
        await(fd);
        ssize_t got = read(fd, text + len, sizeof(text) - len);
        assert_true(got > 0);
        len += (size_t)got;
    }
    assert_true(bytes_is(bytes_of(text, len), wanted));
}

static struct process_exit end_of(struct session_link *link)
{
    struct process_exit how;
    await(session_link_end_fd(link));
    assert_true(session_link_ended(link, &how));
    return how;
}

static void a_programs_descriptors_come_to_the_worker(void **state)
{
    struct session_link *link = start(*state, 0, "cat; echo problem >&2; exit 7");
    const struct session_streams *streams = session_link_streams(link);
    assert_int_equal(write(streams->in, "octets", 6), 6);
    assert_says(streams->out, "octets");
    session_link_close_input(link);
    assert_says(streams->err, "problem\n");
    struct process_exit how = end_of(link);
    assert_false(how.is_signal);
    assert_int_equal(how.number, 7);
    session_link_free(link);
}

static void without_room_for_all_its_descriptors_no_program_starts(void **state)
{
    struct stage *s = *state;
    struct rlimit before, few;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    int first = dup(STDERR_FILENO); /* the lowest that is free */
    assert_true(first >= 0);
    (void)close(first);
    for (rlim_t room = 0; room < 4; room++) {
        scoped(buf) greeting = BUF_EMPTY(1000);
        struct session_link *link = session_link_new(&s->records, (uint32_t)room);
        few = (struct rlimit){ (rlim_t)first + room, before.rlim_max };
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
        assert_false(session_link_start(link, SESSION_EXEC, B("true"), &greeting));
        session_link_free(link);
    }
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    session_link_free(start(s, 4, "true"));
}

static void several_programs_run_beside_each_other(void **state)
{
    struct session_link *links[3];
    for (uint32_t i = 0; i < 3; i++)
        links[i] = start(*state, i, "read line; echo \"got $line\"");
    for (int i = 2; i >= 0; i--) {
        assert_int_equal(write(session_link_streams(links[i])->in, "it\n", 3), 3);
        assert_says(session_link_streams(links[i])->out, "got it\n");
        assert_int_equal(end_of(links[i]).number, 0);
        session_link_free(links[i]);
    }
}

static void a_terminal_has_the_size_that_was_asked_for(void **state)
{
    struct stage *s = *state;
    scoped(buf) greeting = BUF_EMPTY(1000);
    struct session_link *link = session_link_new(&s->records, 0);
    const struct session_terminal terminal = { B("vt100"), B("\0"), 101, 37, 0, 0 };
    assert_true(session_link_open_terminal(link, &terminal));
    assert_true(
        session_link_start(link, SESSION_EXEC, B("stty size; read x; stty size"), &greeting));
    const struct session_streams *streams = session_link_streams(link);
    assert_true(streams->is_terminal);
    assert_int_equal(streams->err, -1);
    assert_says(streams->out, "37 101\r\n");
    assert_true(session_link_resize(link, 90, 20, 0, 0));
    assert_int_equal(write(streams->in, "\n", 1), 1);
    assert_says(streams->out, "\r\n20 90\r\n");
    assert_int_equal(end_of(link).number, 0);
    session_link_free(link);
}

static void only_what_is_accepted_gets_into_the_environment(void **state)
{
    struct stage *s = *state;
    scoped(buf) greeting = BUF_EMPTY(1000);
    struct session_link *link = session_link_new(&s->records, 0);
    assert_true(session_link_set_variable(link, B("LANG"), B("C.UTF-8")));
    assert_false(session_link_set_variable(link, B("LD_PRELOAD"), B("/tmp/x.so")));
    assert_true(
        session_link_start(link, SESSION_EXEC, B("echo $LANG,$LD_PRELOAD,$SSH_CLIENT"), &greeting));
    assert_says(session_link_streams(link)->out, "C.UTF-8,,192.0.2.7 50000 22\n");
    session_link_free(link);
}

static void a_signal_reaches_the_program_and_a_free_hangs_it_up(void **state)
{
    struct stage *s = *state;
    struct session_link *link =
        start(s, 0, "trap 'echo hit; exit 3' USR1; echo ready; sleep 60 & wait");
    assert_says(session_link_streams(link)->out, "ready\n");
    assert_true(session_link_signal(link, B("USR1")));
    assert_says(session_link_streams(link)->out, "hit\n");
    assert_int_equal(end_of(link).number, 3);
    assert_false(session_link_signal(link, B("NOSUCH")));
    session_link_free(link);

    link = start(s, 1, "sleep 60");
    int end = dup(session_link_end_fd(link));
    session_link_free(link);
    await(end);
    (void)close(end);
}

static void assert_no_children(pid_t process)
{
    char path[64], octet;
    (void)snprintf(path, sizeof(path), "/proc/%ld/task/%ld/children", (long)process, (long)process);
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(read(fd, &octet, 1), 0);
    assert_int_equal(close(fd), 0);
}

static void what_was_hung_up_stays_no_zombie(void **state)
{
    struct stage *s = *state;
    struct session_link *link;
    for (uint32_t i = 0; i < 3; i++) {
        link = start(s, i, "exec sleep 60");
        int end = dup(session_link_end_fd(link));
        session_link_free(link);
        await(end);
        assert_int_equal(close(end), 0);
    }
    link = start(s, 0, "exit 0");
    assert_int_equal(end_of(link).number, 0);
    assert_no_children(s->service);
    session_link_free(link);
}

/* A record over its limit would be our own fault, and end the worker. */
static void the_longest_of_what_a_peer_may_ask_fits_its_record(void **state)
{
    static uint8_t text[CHANNEL_REQUEST_COMMAND_MAX];
    struct stage *s = *state;
    scoped(buf) greeting = BUF_EMPTY(1000);
    memset(text, 'x', sizeof(text));
    const struct session_terminal terminal = {
        .type = bytes_of(text, CHANNEL_REQUEST_TERM_MAX),
        .modes = bytes_of(text, CHANNEL_REQUEST_MODES_MAX),
    };
    struct session_link *link = session_link_new(&s->records, 0);
    (void)session_link_set_variable(link, bytes_of(text, CHANNEL_REQUEST_VARIABLE_MAX),
                                    bytes_of(text, CHANNEL_REQUEST_VALUE_MAX));
    (void)session_link_open_terminal(link, &terminal);
    assert_false(session_link_signal(link, bytes_of(text, CHANNEL_REQUEST_SIGNAL_MAX)));
    (void)session_link_start(link, SESSION_EXEC, bytes_of(text, sizeof(text)), &greeting);
    session_link_free(link);
}

static void a_record_out_of_turn_ends_the_service(void **state)
{
    struct stage *s = *state;
    int status = 0;
    record_link_tell(&s->records, &(struct record){ RECORD_SESSION_BREAK, { 99 }, { BYTES_NONE } });
    assert_int_equal(waitpid(s->service, &status, 0), s->service);
    assert_int_equal(WEXITSTATUS(status), 1);
}

static int tear_down_after_end(void **state)
{
    (void)tear_down(state);
    return 0;
}

int main(void)
{
    (void)signal(SIGPIPE, SIG_IGN);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_programs_descriptors_come_to_the_worker, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(without_room_for_all_its_descriptors_no_program_starts,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(several_programs_run_beside_each_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_terminal_has_the_size_that_was_asked_for, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(only_what_is_accepted_gets_into_the_environment, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_signal_reaches_the_program_and_a_free_hangs_it_up, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(what_was_hung_up_stays_no_zombie, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_longest_of_what_a_peer_may_ask_fits_its_record, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_record_out_of_turn_ends_the_service, set_up,
                                        tear_down_after_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
