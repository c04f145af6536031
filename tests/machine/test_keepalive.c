/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether the peer is still there: asked only when it is silent, and so often. */
#include "machine/stage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { INTERVAL_MS = 1000, COUNT_MAX = 3 };

static struct instant at(int64_t ms)
{
    return (struct instant){ ms * 1000 };
}

static void start(struct stage *s, enum role role)
{
    stage_init(s, role, LEGALITY_OPEN);
    s->subject->alive_interval_ms = INTERVAL_MS;
    s->subject->alive_count_max = COUNT_MAX;
    s->subject->alive_at = at(INTERVAL_MS);
}

/* Whether the subject sends something when it is told the time. */
static bool asks(struct stage *s, int64_t ms)
{
    assert_int_equal(connection_expire(s->subject, at(ms)), OK);
    size_t len = connection_output(s->subject).len;
    connection_sent(s->subject, len);
    return len > 0;
}

static void hears(struct stage *s, struct bytes payload)
{
    struct stage_reaction reaction = stage_feed(s, payload);
    assert_int_equal(reaction.err, OK);
    assert_false(reaction.has_event);
    buf_wipe(&reaction.first);
}

static void a_silent_peer_is_asked_so_often(void **state)
{
    (void)state;
    for (enum role role = ROLE_CLIENT; role <= ROLE_SERVER; role++) {
        struct stage s;
        start(&s, role);
        for (int64_t n = 1; n <= COUNT_MAX; n++) {
            assert_int_equal(connection_deadline(s.subject).us, n * INTERVAL_MS * 1000);
            assert_false(asks(&s, n * INTERVAL_MS - 1));
            assert_true(asks(&s, n * INTERVAL_MS));
        }
        struct instant due = connection_deadline(s.subject);
        assert_int_equal(due.us, (COUNT_MAX + 1) * INTERVAL_MS * 1000);
        assert_int_equal(connection_expire(s.subject, due), ERR_TIMEOUT);
        stage_wipe(&s);
    }
}

/* REQUEST_FAILURE is what an honest peer says; anything else would do. */
static void whatever_it_answers_the_peer_is_there(void **state)
{
    (void)state;
    static const struct bytes answers[] = { BYTES_LITERAL("\x52"), BYTES_LITERAL("\2\0\0\0\0") };
    for (size_t i = 0; i < 2; i++) {
        struct stage s;
        start(&s, ROLE_CLIENT);
        for (int64_t n = 1; n <= 10; n++) {
            assert_true(asks(&s, n * INTERVAL_MS));
            hears(&s, answers[i]);
        }
        stage_wipe(&s);
    }
}

static void a_peer_that_is_heard_is_not_asked(void **state)
{
    (void)state;
    struct stage s;
    start(&s, ROLE_CLIENT);
    for (int64_t ms = 600; ms <= 6000; ms += 600) {
        assert_false(asks(&s, ms));
        hears(&s, BYTES_LITERAL("\2\0\0\0\0"));
    }
    assert_false(asks(&s, 6000 + INTERVAL_MS - 1));
    assert_int_equal(connection_deadline(s.subject).us, (6000 + INTERVAL_MS) * 1000);
    assert_true(asks(&s, 6000 + INTERVAL_MS));
    stage_wipe(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_silent_peer_is_asked_so_often),
        cmocka_unit_test(whatever_it_answers_the_peer_is_there),
        cmocka_unit_test(a_peer_that_is_heard_is_not_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
