/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/login_record.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <lastlog.h>
#include <paths.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <utmpx.h>

enum { LINES_AT_ONCE = 64, ID_LEN = sizeof(((struct utmpx *)0)->ut_id) };

static const char FAILURES[] = "/var/log/btmp";
static const char NO_LINE[] = "ssh:notty";

/* These fields need no NUL when they are full. */
static void fill(char *field, size_t size, const char *text)
{
    memset(field, 0, size);
    size_t len = strlen(text);
    memcpy(field, text, len < size ? len : size);
}

static struct utmpx entry_of(short type, const char *line, pid_t process)
{
    struct utmpx entry = { .ut_type = type, .ut_pid = process };
    struct timeval now;
    size_t len = strlen(line);
    (void)gettimeofday(&now, NULL);
    entry.ut_tv.tv_sec = (int32_t)now.tv_sec;
    entry.ut_tv.tv_usec = (int32_t)now.tv_usec;
    fill(entry.ut_line, sizeof(entry.ut_line), line);
    /* The end of the line's name, as other programs do it. */
    fill(entry.ut_id, sizeof(entry.ut_id), len > ID_LEN ? line + len - ID_LEN : line);
    return entry;
}

static void fill_origin(struct utmpx *entry, const char *user, const struct endpoint *peer)
{
    struct in6_addr address = { 0 };
    fill(entry->ut_user, sizeof(entry->ut_user), user);
    fill(entry->ut_host, sizeof(entry->ut_host), peer->address);
    if (inet_pton(AF_INET, peer->address, &address) == 1 ||
        inet_pton(AF_INET6, peer->address, &address) == 1)
        memcpy(entry->ut_addr_v6, &address, sizeof(address));
}

static void write_entry(const struct utmpx *entry)
{
    setutxent();
    (void)pututxline(entry);
    endutxent();
    updwtmpx(_PATH_WTMP, entry);
}

static int open_lastlog(uid_t uid, int flags, off_t *at)
{
    *at = (off_t)uid * (off_t)sizeof(struct lastlog);
    return open(_PATH_LASTLOG, flags | O_CLOEXEC | O_NOFOLLOW);
}

static void write_lastlog(const struct login_record *record, int32_t now)
{
    off_t at;
    struct lastlog entry = { .ll_time = now };
    fill(entry.ll_line, sizeof(entry.ll_line), record->line);
    fill(entry.ll_host, sizeof(entry.ll_host), record->peer->address);
    int fd = open_lastlog(record->uid, O_WRONLY, &at);
    if (fd < 0)
        return;
    (void)!pwrite(fd, &entry, sizeof(entry), at);
    (void)close(fd);
}

void login_record_open(const struct login_record *record)
{
    if (geteuid() != 0)
        return;
    struct utmpx entry = entry_of(USER_PROCESS, record->line, record->process);
    fill_origin(&entry, record->user, record->peer);
    write_entry(&entry);
    write_lastlog(record, entry.ut_tv.tv_sec);
}

static bool is_anothers(const struct utmpx *entry)
{
    setutxent();
    const struct utmpx *found = getutxline(entry);
    bool is_so = found && found->ut_pid != entry->ut_pid;
    endutxent();
    return is_so;
}

void login_record_close(const char *line, pid_t process)
{
    if (geteuid() != 0)
        return;
    const struct utmpx entry = entry_of(DEAD_PROCESS, line, process);
    if (!is_anothers(&entry))
        write_entry(&entry);
}

static size_t find_lines(pid_t process, char lines[LINES_AT_ONCE][LOGIN_RECORD_LINE_MAX + 1])
{
    size_t count = 0;
    const struct utmpx *entry;
    setutxent();
    while (count < LINES_AT_ONCE && (entry = getutxent()) != NULL)
        if (entry->ut_type == USER_PROCESS && entry->ut_pid == process)
            (void)snprintf(lines[count++], LOGIN_RECORD_LINE_MAX + 1, "%.*s", LOGIN_RECORD_LINE_MAX,
                           entry->ut_line);
    endutxent();
    return count;
}

void login_record_close_all(pid_t process)
{
    char lines[LINES_AT_ONCE][LOGIN_RECORD_LINE_MAX + 1];
    size_t count;
    if (geteuid() != 0)
        return;
    do {
        count = find_lines(process, lines);
        for (size_t i = 0; i < count; i++)
            login_record_close(lines[i], process);
    } while (count == LINES_AT_ONCE);
}

bool login_record_last(uid_t uid, struct login_record_last *last)
{
    off_t at;
    struct lastlog entry;
    int fd = open_lastlog(uid, O_RDONLY, &at);
    if (fd < 0)
        return false;
    bool is_there = pread(fd, &entry, sizeof(entry), at) == sizeof(entry) && entry.ll_time != 0;
    (void)close(fd);
    if (!is_there)
        return false;
    last->at = (time_t)(uint32_t)entry.ll_time;
    (void)snprintf(last->host, sizeof(last->host), "%.*s", (int)sizeof(entry.ll_host),
                   entry.ll_host);
    return true;
}

/* It may hold passwords that were typed as user names. */
static bool is_secret(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == 0 &&
           (status.st_mode & (S_IXGRP | S_IRWXO)) == 0;
}

void login_record_failure(const char *user, const struct endpoint *peer)
{
    if (geteuid() != 0 || !is_secret(FAILURES))
        return;
    struct utmpx entry = entry_of(LOGIN_PROCESS, NO_LINE, getpid());
    fill_origin(&entry, user, peer);
    updwtmpx(FAILURES, &entry);
}
