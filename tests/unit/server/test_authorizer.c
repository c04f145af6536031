/* SPDX-License-Identifier: BSD-2-Clause */
/* The monitor's end, with authorizers that may be anybody's: the user could have got at them. */
#include "programs/server/monitor/authorizer.h"

#include "base/check.h"
#include "os/record_socket.h"
#include "programs/server/common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define B(text) BYTES_LITERAL(text)

static const struct account account = { .name = (char[]){ "ann" } };
static const struct inquiry inquiry = { .user = "ann", .home = "/", .blob = B("blob") };

/* What the process answers, so many times. */
static struct record answer;
static int times;
static int says_pid_fd =
    -1; /* it runs on, as another one that it starts does, whose number is told here */

static void tell(int fd, const struct record *record)
{
    (void)!record_socket_send(fd, record, NULL);
}

static void run_on(void)
{
    (void)setsid();
    pid_t id = fork();
    if (id > 0)
        (void)!write(says_pid_fd, &id, sizeof(id));
    for (;;)
        (void)pause();
}

static enum err start(const struct account *user, int fd, pid_t *id)
{
    (void)user;
    *id = fork();
    if (*id == 0) {
        static uint8_t octets[RECORD_LEN_MAX];
        size_t len = 0;
        enum err err = seqpacket_receive(fd, (struct span){ octets, sizeof(octets) }, &len, NULL);
        CHECK(err == OK);
        for (int i = 0; i < times; i++)
            tell(fd, &answer);
        if (says_pid_fd >= 0)
            run_on();
        _exit(0);
    }
    return *id > 0 ? OK : ERR_SYSTEM;
}

static bool ask(struct authorizer_grant *grant)
{
    const struct authorizer_setup setup = { start, &account, -1 };
    bool may = authorizer_ask(&setup, &inquiry, grant);
    assert_true(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD); /* nobody is left behind */
    return may;
}

static void what_a_policy_says_is_granted(void **state)
{
    (void)state;
    scoped(buf) record = BUF_EMPTY(POLICY_TEXT_MAX);
    struct authorizer_grant grant = AUTHORIZER_NOTHING;
    const struct policy policy = { .features = POLICY_PTY, .command = "date" };
    assert_int_equal(policy_encode(&policy, &record), OK);
    answer = (struct record){ RECORD_AUTHORIZED, { 1 }, { buf_bytes(&record) } };
    times = 1;
    assert_true(ask(&grant));
    assert_int_equal(grant.policy.features, POLICY_PTY);
    assert_string_equal(grant.policy.command, "date");
    answer.numbers[0] = 0;
    assert_false(ask(&grant));
    assert_int_equal(grant.policy.features, 0);
    authorizer_wipe(&grant);
}

static void whatever_is_no_answer_grants_nothing(void **state)
{
    (void)state;
    static const struct record answers[] = {
        { RECORD_AUTHORIZED, { 1 }, { B("no policy") } },
        { RECORD_AUTHORIZED, { 2 }, { B("") } },
        { RECORD_VERDICT, { 2 }, { B("user ann") } },
        { RECORD_AUTHORIZE_LOG, { OPTION_LOG_DEBUG3 + 1 }, { B("line") } },
        { RECORD_AUTHORIZE_LOG, { OPTION_LOG_INFO }, { B("and then nothing") } },
    };
    struct authorizer_grant grant = AUTHORIZER_NOTHING;
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        answer = answers[i];
        times = 1;
        assert_false(ask(&grant));
        assert_int_equal(grant.policy.features, 0);
    }
    times = 0;
    assert_false(ask(&grant));
    authorizer_wipe(&grant);
}

static void it_may_not_talk_for_ever(void **state)
{
    (void)state;
    struct authorizer_grant grant = AUTHORIZER_NOTHING;
    answer = (struct record){ RECORD_AUTHORIZE_LOG, { OPTION_LOG_DEBUG3 }, { B("la") } };
    times = 1000 * 1000; /* it is killed on the way */
    assert_false(ask(&grant));
    authorizer_wipe(&grant);
}

/* Orphans become our children here, so that their end can be seen. */
static void what_it_started_ends_with_it(void **state)
{
    (void)state;
    int ends[2], pids[2], status;
    struct authorizer_grant grant = AUTHORIZER_NOTHING;
    pid_t id = 0;
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    assert_int_equal(seqpacket_pair(ends), OK);
    assert_int_equal(pipe2(pids, O_CLOEXEC), 0);
    pid_t closer = fork(); /* nobody waits for the answer any more */
    if (closer == 0) {
        (void)close(ends[0]);
        _exit(read(pids[0], &id, sizeof(id)) == sizeof(id) ? 0 : 1);
    }
    (void)close(ends[1]);
    says_pid_fd = pids[1];
    times = 0;
    const struct authorizer_setup setup = { start, &account, ends[0] };
    assert_false(authorizer_ask(&setup, &inquiry, &grant));
    assert_int_equal(waitpid(closer, &status, 0), closer);
    assert_int_equal(status, 0);
    assert_true(waitpid(-1, &status, 0) > 0 && WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
    assert_int_equal(waitpid(-1, &status, 0), -1);
    says_pid_fd = -1;
    (void)close(ends[0]);
    (void)close(pids[0]);
    (void)close(pids[1]);
    authorizer_wipe(&grant);
}

static enum err start_nothing(const struct account *user, int fd, pid_t *id)
{
    (void)user;
    (void)fd;
    (void)id;
    errno = EAGAIN;
    return ERR_SYSTEM;
}

static void without_a_process_nothing_is_granted(void **state)
{
    (void)state;
    struct authorizer_grant grant = AUTHORIZER_NOTHING;
    const struct authorizer_setup setup = { start_nothing, &account, -1 };
    assert_false(authorizer_ask(&setup, &inquiry, &grant));
    authorizer_wipe(&grant);
}

static int set_up(void **state)
{
    (void)state;
    log_open(OPTION_LOG_QUIET, true);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_policy_says_is_granted),
        cmocka_unit_test(whatever_is_no_answer_grants_nothing),
        cmocka_unit_test(it_may_not_talk_for_ever),
        cmocka_unit_test(what_it_started_ends_with_it),
        cmocka_unit_test(without_a_process_nothing_is_granted),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
