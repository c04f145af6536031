/* SPDX-License-Identifier: BSD-2-Clause */
/* glassh-lab: options in, a story out. */
#include "base/check.h"
#include "crypto/crypto.h"
#include "lab/lab_html.h"
#include "lab/lab_json.h"
#include "lab/lab_ladder.h"
#include "lab/pcapng.h"
#include "programs/lab/arguments.h"
#include "programs/lab/ssh_talk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { FAILED = 255, TEXT_MAX = 256 * 1024 * 1024 };

static void tell_check(const char *condition, const char *file, int line)
{
    (void)fprintf(stderr, "glassh-lab: %s:%d: this must not happen: %s\n", file, line, condition);
}

static int tell_usage(FILE *to, int status)
{
    (void)fputs(
        "usage: glassh-lab list\n"
        "       glassh-lab scenario [--ascii | --json] [--html file] [--pcap file] [--seed n]\n"
        "                  [--ipv6] [--bytes n] [--delay ms] [--jitter ms] [--rate bits] [--mtu "
        "n]\n"
        "                  [--loss percent] [--reorder percent] [--duplicate percent]\n"
        "       glassh-lab ssh [the same options]\n"
        "       glassh-lab --help | --version\n",
        to);
    return status;
}

static int complain(const char *what, const char *why)
{
    (void)fprintf(stderr, "glassh-lab: %s: %s\n", what, why);
    return FAILED;
}

static int list(void)
{
    struct scenario s;
    for (size_t i = 0; scenario_at(i, &s); i++)
        (void)printf("%-24s %s\n", s.name, s.title);
    (void)printf("%-24s %s\n", "ssh", "a login and a transfer of SSH, with the TCP below it");
    return fflush(stdout) == 0 ? 0 : complain("standard output", strerror(errno));
}

static int print(const struct buf *text)
{
    size_t len = buf_len(text);
    if (fwrite(buf_bytes(text).data, 1, len, stdout) == len && fflush(stdout) == 0)
        return 0;
    return complain("standard output", strerror(errno));
}

static int tell_story(const struct arguments *a, const struct story *story)
{
    scoped(buf) text = BUF_EMPTY(TEXT_MAX);
    enum err err = a->form == ARGUMENTS_JSON ? lab_json_write(story, &text)
                   : a->form == ARGUMENTS_ASCII
                       ? lab_ladder_write(story, LAB_LADDER_ASCII, &text)
                       : lab_ladder_write(story, LAB_LADDER_UNICODE, &text);
    return err == OK ? print(&text) : complain("what there is to tell", "is too long");
}

/* Writes the whole file, or reports the error. */
static int write_file(const char *path, const struct buf *content)
{
    size_t len = buf_len(content);
    FILE *file = fopen(path, "we");
    if (!file)
        return complain(path, strerror(errno));
    bool is_written = fwrite(buf_bytes(content).data, 1, len, file) == len;
    int error = errno;
    if (fclose(file) != 0 && is_written) {
        error = errno;
        is_written = false;
    }
    return is_written ? 0 : complain(path, strerror(error));
}

typedef enum err write_fn(const struct story *story, struct buf *out);

static int keep(const char *path, write_fn *write, const struct story *story)
{
    scoped(buf) content = BUF_EMPTY(TEXT_MAX);
    if (!path)
        return 0;
    if (write(story, &content) != OK)
        return complain(path, "it would be too long");
    return write_file(path, &content);
}

static int run(const struct arguments *a)
{
    struct story story;
    if (a->mode == ARGUMENTS_SSH) {
        crypto_start();
        ssh_talk_run(&a->options, &story);
    } else {
        scenario_run(a->scenario, &a->options, &story);
    }
    int status = tell_story(a, &story);
    if (status == 0)
        status = keep(a->pcap_file, pcapng_write, &story);
    if (status == 0)
        status = keep(a->html_file, lab_html_write, &story);
    story_wipe(&story);
    return status;
}

int main(int count, char **words)
{
    struct arguments a;
    check_observe(tell_check);
    if (arguments_parse(count, words, &a) != OK) {
        if (a.problem[0])
            (void)fprintf(stderr, "glassh-lab: %s\n", a.problem);
        return tell_usage(stderr, FAILED);
    }
    switch (a.mode) {
    case ARGUMENTS_HELP:
        return tell_usage(stdout, 0);
    case ARGUMENTS_VERSION:
        (void)printf("glassh-lab %s\n", GLASSH_VERSION);
        return 0;
    case ARGUMENTS_LIST:
        return list();
    case ARGUMENTS_SSH:
    case ARGUMENTS_RUN:
        return run(&a);
    }
    return FAILED;
}
