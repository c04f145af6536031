/* SPDX-License-Identifier: BSD-2-Clause */
#include "tcpip/tcp/syn_cookie.h"

#include "unit/tcpip/dice.h"

static const struct ip_endpoint LOCAL = { { 4, { 10, 0, 0, 1 } }, 22 };
static const struct ip_endpoint REMOTE = { { 4, { 10, 0, 0, 2 } }, 40000 };
static const struct syn_cookie_offer FULL = { 1460, true, true, true, true, 7 };
enum { IRS = 1234567, PERIOD_MS = 64000 };

static struct syn_cookie made(uint64_t seed)
{
    struct syn_cookie c;
    struct rng rng = dice_rng(&seed);
    syn_cookie_init(&c, &rng);
    return c;
}

static void an_offer_comes_back_whole(void **state)
{
    (void)state;
    struct syn_cookie c = made(1);
    for (uint32_t bits = 0; bits < 128; bits++) {
        struct syn_cookie_offer offer = { 1460, true, bits & 1, bits & 2, bits & 4, 0 }, got;
        offer.scale = offer.has_scale ? (uint8_t)(bits >> 3) % 15 : 0;
        uint32_t clock = 1000000 + bits, before = clock;
        uint32_t iss =
            syn_cookie_make(&c, &LOCAL, &REMOTE, IRS, &offer, at_ms(5 * PERIOD_MS), &clock);
        assert_true(clock <= before && before - clock < 1 << SYN_COOKIE_TIMESTAMP_BITS);
        assert_true(
            syn_cookie_check(&c, &LOCAL, &REMOTE, IRS, iss, &clock, at_ms(5 * PERIOD_MS), &got));
        assert_int_equal(got.mss, 1460);
        assert_true(got.has_timestamps && got.has_scale == offer.has_scale);
        assert_true(got.has_sack == offer.has_sack && got.has_ecn == offer.has_ecn);
        assert_int_equal(got.scale, offer.scale);
    }
}

static void without_timestamps_only_the_size_is_kept(void **state)
{
    (void)state;
    struct syn_cookie c = made(2);
    struct syn_cookie_offer offer = FULL, got;
    offer.has_timestamps = false;
    uint32_t clock = 77;
    uint32_t iss = syn_cookie_make(&c, &LOCAL, &REMOTE, IRS, &offer, at_ms(0), &clock);
    assert_int_equal(clock, 77);
    assert_true(syn_cookie_check(&c, &LOCAL, &REMOTE, IRS, iss, NULL, at_ms(0), &got));
    assert_false(got.has_timestamps || got.has_scale || got.has_sack || got.has_ecn);
    /* One that had none cannot be answered with one, nor the other way round. */
    assert_false(syn_cookie_check(&c, &LOCAL, &REMOTE, IRS, iss, &clock, at_ms(0), &got));
    iss = syn_cookie_make(&c, &LOCAL, &REMOTE, IRS, &FULL, at_ms(0), &clock);
    assert_false(syn_cookie_check(&c, &LOCAL, &REMOTE, IRS, iss, NULL, at_ms(0), &got));
}

static void a_size_is_rounded_down(void **state)
{
    (void)state;
    static const uint16_t sizes[][2] = { { 0, 536 },     { 536, 536 },   { 1219, 536 },
                                         { 1220, 1220 }, { 1459, 1440 }, { 1460, 1460 },
                                         { 8959, 1460 }, { 65535, 8960 } };
    struct syn_cookie c = made(3);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        struct syn_cookie_offer offer = { .mss = sizes[i][0] }, got;
        uint32_t clock = 0;
        uint32_t iss = syn_cookie_make(&c, &LOCAL, &REMOTE, IRS, &offer, at_ms(0), &clock);
        assert_true(syn_cookie_check(&c, &LOCAL, &REMOTE, IRS, iss, NULL, at_ms(0), &got));
        assert_int_equal(got.mss, sizes[i][1]);
    }
}

static void it_is_good_for_two_minutes_at_most(void **state)
{
    (void)state;
    struct syn_cookie c = made(4);
    struct syn_cookie_offer got;
    /* Also when its clock of five bits begins again. */
    for (int64_t period = 0; period < 70; period++) {
        uint32_t clock = 1000;
        int64_t ms = period * PERIOD_MS;
        uint32_t iss = syn_cookie_make(&c, &LOCAL, &REMOTE, IRS, &FULL, at_ms(ms), &clock);
        for (int64_t later = 0; later < 70; later++) {
            bool is_good = syn_cookie_check(&c, &LOCAL, &REMOTE, IRS, iss, &clock,
                                            at_ms(ms + later * PERIOD_MS), &got);
            assert_int_equal(is_good, later < 2);
        }
    }
}

static void it_is_good_for_one_handshake_only(void **state)
{
    (void)state;
    struct syn_cookie c = made(5), other = made(6);
    struct syn_cookie_offer got;
    uint32_t clock = 1000;
    uint32_t iss = syn_cookie_make(&c, &LOCAL, &REMOTE, IRS, &FULL, at_ms(0), &clock);
    struct ip_endpoint away = REMOTE;
    away.port++;
    assert_false(syn_cookie_check(&c, &LOCAL, &away, IRS, iss, &clock, at_ms(0), &got));
    away = REMOTE;
    away.address.octets[3]++;
    assert_false(syn_cookie_check(&c, &LOCAL, &away, IRS, iss, &clock, at_ms(0), &got));
    assert_false(syn_cookie_check(&c, &REMOTE, &LOCAL, IRS, iss, &clock, at_ms(0), &got));
    assert_false(syn_cookie_check(&c, &LOCAL, &REMOTE, IRS + 1, iss, &clock, at_ms(0), &got));
    assert_false(syn_cookie_check(&other, &LOCAL, &REMOTE, IRS, iss, &clock, at_ms(0), &got));
    for (uint32_t bit = 0; bit < 32; bit++)
        assert_false(syn_cookie_check(&c, &LOCAL, &REMOTE, IRS, iss ^ (uint32_t)1 << bit, &clock,
                                      at_ms(0), &got));
    for (uint32_t bit = 0; bit < SYN_COOKIE_TIMESTAMP_BITS; bit++) {
        uint32_t forged = clock ^ (uint32_t)1 << bit;
        assert_false(syn_cookie_check(&c, &LOCAL, &REMOTE, IRS, iss, &forged, at_ms(0), &got));
    }
}

/* Guessing hits once in 2^24 for each valid period. */
static void guesses_do_not_pass(void **state)
{
    (void)state;
    struct syn_cookie c = made(7);
    struct syn_cookie_offer got;
    uint64_t dice = 8;
    int passed = 0;
    for (int i = 0; i < 1000000; i++)
        passed += syn_cookie_check(&c, &LOCAL, &REMOTE, IRS, (uint32_t)dice_next(&dice), NULL,
                                   at_ms(9 * PERIOD_MS), &got);
    assert_in_range(passed, 0, 1);
    syn_cookie_wipe(&c);
    assert_true(c.key.words[0] == 0 && c.key.words[1] == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_offer_comes_back_whole),
        cmocka_unit_test(without_timestamps_only_the_size_is_kept),
        cmocka_unit_test(a_size_is_rounded_down),
        cmocka_unit_test(it_is_good_for_two_minutes_at_most),
        cmocka_unit_test(it_is_good_for_one_handshake_only),
        cmocka_unit_test(guesses_do_not_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
