/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto/random.h"

#include "crypto/agree.h"
#include "crypto/crypto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* All processes of this program have the same number, as far as libcrypto can see: so it is for the
 * first process of a container and its children that are the first in a namespace. */
pid_t getpid(void)
{
    return 1;
}

enum { LEN = 32, CHILDREN = 8 };

static bool is_filled(const uint8_t *octets, size_t len)
{
    size_t zeros = 0;
    for (size_t i = 0; i < len; i++)
        zeros += octets[i] == 0;
    return zeros < 8 + len / 16;
}

static void any_length_is_filled_and_no_more(void **state)
{
    (void)state;
    const struct rng *rng = random_source();
    for (size_t len = 0; len < 6000; len += len < 40 ? 1 : 511) {
        uint8_t octets[6016] = { 0 };
        rng_fill(rng, octets, len);
        assert_true(is_filled(octets, len));
        for (size_t i = len; i < sizeof(octets); i++)
            assert_int_equal(octets[i], 0);
    }
}

static void nothing_comes_twice(void **state)
{
    (void)state;
    enum { COUNT = 600 };
    static uint8_t draws[COUNT][16];
    for (size_t i = 0; i < COUNT; i++) {
        rng_fill(random_source(), draws[i], sizeof(draws[i]));
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(draws[i], draws[j], sizeof(draws[i]));
    }
}

static void draw(uint8_t out[LEN])
{
    rng_fill(random_source(), out, LEN);
}

static void make_key(uint8_t out[LEN])
{
    struct agree *agree = agree_new(AGREE_X25519);
    memcpy(out, agree_public(agree).data, LEN);
    agree_free(agree);
}

static void write_from_child(int fd, void (*make)(uint8_t out[LEN]))
{
    uint8_t octets[LEN];
    make(octets);
    _exit(write(fd, octets, LEN) == LEN ? 0 : 1);
}

static void check_children(void (*make)(uint8_t out[LEN]))
{
    uint8_t seen[CHILDREN + 1][LEN];
    make(seen[CHILDREN]); /* so that something is left in the buffer */
    for (size_t i = 0; i < CHILDREN; i++) {
        int ends[2], status = 0;
        assert_int_equal(pipe(ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            write_from_child(ends[1], make);
        assert_int_equal(read(ends[0], seen[i], LEN), LEN);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
        close(ends[0]);
        close(ends[1]);
    }
    make(seen[CHILDREN]);
    for (size_t i = 0; i <= CHILDREN; i++) {
        for (size_t j = 0; j < i; j++)
            assert_memory_not_equal(seen[i], seen[j], LEN);
    }
}

static void children_draw_other_octets(void **state)
{
    (void)state;
    check_children(draw);
}

static void children_make_other_keys(void **state)
{
    (void)state;
    check_children(make_key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_length_is_filled_and_no_more),
        cmocka_unit_test(nothing_comes_twice),
        cmocka_unit_test(children_draw_other_octets),
        cmocka_unit_test(children_make_other_keys),
    };
    crypto_start();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
