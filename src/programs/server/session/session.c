/* SPDX-License-Identifier: BSD-2-Clause */
#include "programs/server/session/session.h"

#include "base/check.h"
#include "config/server_options.h"
#include "os/descriptor.h"
#include "os/pty.h"
#include "programs/server/common/log.h"
#include "programs/server/session/auth_file.h"
#include "programs/server/session/command.h"
#include "programs/server/session/environment.h"
#include "programs/server/session/line_report.h"
#include "programs/server/session/login_notice.h"
#include "programs/server/session/program_report.h"
#include "programs/server/session/rc.h"
#include "programs/server/session/signals.h"
#include "programs/server/session/variables.h"
#include "ssh/channel/terminal_modes.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    SESSION_COMMAND_MAX = 128 * 1024 - 1, /* what Linux allows as one argument */
    SESSION_TERMINAL_TYPE_MAX = 64,
    SESSION_MODES_MAX = 1024,
    SESSION_NOTICE_MAX = 8192,
    SESSION_PIPE_SIZE = 1024 * 1024, /* for fewer and longer turns between the program and us */
};

struct session {
    const struct session_host *host;
    uint32_t id;
    struct environment environment;
    char *terminal_type;
    char auth_file[AUTH_FILE_PATH_MAX]; /* "": none */
    struct pty pty;
    struct session_streams streams;
    struct process process;
    bool is_started;
    bool is_reported; /* the monitor knows about the terminal */
};

struct session *session_new(const struct session_host *host, uint32_t id)
{
    struct session *session = calloc(1, sizeof(*session));
    CHECK(session);
    session->host = host;
    session->id = id;
    session->pty = PTY_NONE;
    session->streams = (struct session_streams){ .in = -1, .out = -1, .err = -1 };
    session->process = PROCESS_NONE;
    return session;
}

pid_t session_free(struct session *session)
{
    pid_t id = session->process.id;
    LOG(SESSION_CLOSED, .id = events_number(session->id));
    process_hang_up(&session->process);
    if (id != 0)
        program_report_over(session->host->monitor_fd, id);
    process_forget(&session->process);
    session_release_streams(session);
    if (session->is_reported)
        line_report_close(session->host->monitor_fd, session->pty.path);
    pty_close(&session->pty);
    environment_wipe(&session->environment);
    if (*session->auth_file)
        (void)unlink(session->auth_file);
    free(session->terminal_type);
    free(session);
    return id;
}

bool session_set_variable(struct session *session, struct bytes name, struct bytes value)
{
    const struct option_list *accepted = &session->host->options->accept_env;
    return !session->is_started && environment_set_from_peer(&session->environment, accepted->items,
                                                             accepted->count, name, value);
}

static bool set_up_terminal(const struct pty *pty, const struct session_terminal *terminal)
{
    struct termios modes;
    if (tcgetattr(pty->master, &modes) != 0 ||
        terminal_modes_decode(terminal->modes, &modes) != OK ||
        tcsetattr(pty->master, TCSANOW, &modes) != 0)
        return false;
    pty_resize(pty, terminal->columns, terminal->rows, terminal->width, terminal->height);
    return true;
}

bool session_open_terminal(struct session *session, const struct session_terminal *terminal)
{
    char type[SESSION_TERMINAL_TYPE_MAX + 1];
    if (session->is_started || session->pty.master >= 0 ||
        !policy_allows(session->host->policy, POLICY_PTY) ||
        terminal->modes.len > SESSION_MODES_MAX ||
        !bytes_to_text(terminal->type, type, sizeof(type)))
        return false;

    if (pty_open(&session->pty, session->host->dev_fd) != OK) {
        log_error("no pseudo-terminal: %s", strerror(errno));
        return false;
    }
    if (!set_up_terminal(&session->pty, terminal)) {
        pty_close(&session->pty);
        return false;
    }
    session->terminal_type = strdup(type);
    CHECK(session->terminal_type);
    return true;
}

/* A pipe; only our end is non-blocking. */
static bool open_pipe(int *ours, int *theirs, bool we_write)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    *ours = ends[we_write ? 1 : 0];
    *theirs = ends[we_write ? 0 : 1];
    (void)fcntl(*ours, F_SETFL, O_NONBLOCK);
    return true;
}

struct child_ends {
    int in, out, err;
};

static bool open_pipes(struct session_streams *streams, struct child_ends *theirs)
{
    if (!open_pipe(&streams->in, &theirs->in, true) ||
        !open_pipe(&streams->out, &theirs->out, false) ||
        !open_pipe(&streams->err, &theirs->err, false))
        return false;
    /* Beyond the user's allowance the kernel refuses, and the pipes keep their size. */
    (void)fcntl(streams->in, F_SETPIPE_SZ, SESSION_PIPE_SIZE);
    (void)fcntl(streams->out, F_SETPIPE_SZ, SESSION_PIPE_SIZE);
    return true;
}

static bool has_terminal(const struct session *session)
{
    return session->pty.master >= 0;
}

/* Tells the user that the home cannot be entered: the program then starts in "/". */
static void write_no_home(const struct session_host *host, const char *line_end, struct buf *out)
{
    const char *home = host->account->home;
    /* Another root directory seldom has homes. */
    if (host->options->chroot_directory || access(home, X_OK) == 0)
        return;
    enum err err = buf_format(out, "Could not chdir to home directory %s: %s%s", home,
                              strerror(errno), line_end);
    if (err != OK)
        buf_clear(out);
}

static void say_no_home(const struct session_host *host, int fd)
{
    scoped(buf) text = BUF_EMPTY(SESSION_NOTICE_MAX);
    write_no_home(host, "\n", &text);
    if (buf_len(&text))
        (void)!write(fd, buf_text(&text), buf_len(&text));
}

/* Two descriptors for the terminal, so that each can be polled on its own. */
static bool open_terminal_streams(struct session *session)
{
    session->streams.is_terminal = true;
    session->streams.in = fcntl(session->pty.master, F_DUPFD_CLOEXEC, 0);
    session->streams.out = fcntl(session->pty.master, F_DUPFD_CLOEXEC, 0);
    return session->streams.in >= 0 && session->streams.out >= 0;
}

static bool start_at_terminal(struct session *session, struct process_setup *setup)
{
    if (session->host->dev_fd < 0) {
        setup->terminal = session->pty.path;
        return process_start(setup, &session->process) == OK;
    }
    int fd = pty_open_slave(&session->pty);
    setup->is_terminal = true;
    setup->in_fd = setup->out_fd = setup->err_fd = fd;
    bool started = fd >= 0 && process_start(setup, &session->process) == OK;
    descriptor_close(&fd);
    return started;
}

/* Runs in the program's process. */
static void report_begun(void *context)
{
    const struct session_host *host = context;
    program_report_begun(host->monitor_fd);
}

static bool spawn(struct session *session, const struct command *command, const struct rc *rc)
{
    struct process_setup setup = {
        .path = command->path,
        .argv = command->argv,
        .environment = session->environment.entries,
        .first = rc && rc->argv[0] ? rc->argv : NULL,
        .directory = session->host->account->home,
        .begin = report_begun,
        .context = (void *)(uintptr_t)session->host,
    };
    if (has_terminal(session))
        return open_terminal_streams(session) && start_at_terminal(session, &setup);

    struct child_ends theirs = { -1, -1, -1 };
    bool started = open_pipes(&session->streams, &theirs);
    setup.in_fd = theirs.in;
    setup.out_fd = theirs.out;
    setup.err_fd = theirs.err;
    if (started)
        say_no_home(session->host, theirs.err);
    started = started && process_start(&setup, &session->process) == OK;
    descriptor_close(&theirs.in);
    descriptor_close(&theirs.out);
    descriptor_close(&theirs.err);
    return started;
}

/* The command line that the user asked for; *line is NULL for a shell. */
static bool find_line(const struct session *session, enum session_program program, const char *text,
                      const char **line)
{
    switch (program) {
    case SESSION_SHELL:
        *line = NULL;
        return true;
    case SESSION_EXEC:
        *line = text;
        return true;
    case SESSION_SUBSYSTEM:
        *line = server_options_subsystem(session->host->options, bytes_text(text));
        if (!*line)
            LOG(SUBSYSTEM_UNKNOWN, .name = events_text(text));
        return *line != NULL;
    }
    return false;
}

/* Commands that users choose are private; forced ones are logged. */
static void log_start(const struct session *session, enum session_program program, const char *name,
                      const char *forced)
{
    static const char *const programs[] = { "shell", "command", "subsystem" };
    LOG(SESSION_STARTED, .program = events_text(forced ? "forced-command" : programs[program]),
        .name = events_text(forced                         ? forced
                            : program == SESSION_SUBSYSTEM ? name
                                                           : NULL),
        .terminal = events_text(has_terminal(session) ? session->pty.path + strlen("/dev/") : NULL),
        .id = events_number(session->id));
}

/* With PAM a module decides that. */
static bool is_closed(const struct session_host *host)
{
    if (host->options->use_pam || host->account->uid == 0 || access(COMMAND_NOLOGIN, F_OK) != 0)
        return false;
    LOG(USER_REFUSED, .why = events_text(COMMAND_NOLOGIN " exists"));
    return true;
}

static void fill_variables(struct session *session, const char *original_command)
{
    if (session->host->options->expose_auth_info)
        auth_file_make(session->host, session->auth_file);
    const struct variables_of_program of_program = {
        .terminal = has_terminal(session) ? session->pty.path : NULL,
        .terminal_type = session->terminal_type,
        .original_command = original_command,
        .auth_file = *session->auth_file ? session->auth_file : NULL,
    };
    variables_fill(&session->environment, session->host, &of_program);
}

static void complain(const struct session_host *host, const char *path, int reason)
{
    const char *root = host->options->chroot_directory;
    if (root)
        log_error("%s in ChrootDirectory %s of %s: %s", path, root, host->account->name,
                  strerror(reason));
    else
        log_error("%s: %s", path, strerror(reason));
}

static bool run(struct session *session, const struct command *command, const struct rc *rc)
{
    bool started = spawn(session, command, rc);
    if (!started)
        complain(session->host, command->path, errno);
    return started;
}

static bool run_refusal(struct session *session)
{
    struct command command;
    command_init_refusal(&command);
    bool started = run(session, &command, NULL);
    command_wipe(&command);
    return started;
}

/* `line` NULL: a shell. Only a line that is not the user's own may name a built-in command. */
static bool run_line(struct session *session, enum session_program program, const char *line,
                     struct buf *greeting)
{
    bool is_given = program == SESSION_SUBSYSTEM || session->host->policy->command;
    struct rc rc;
    struct login_record_last last;
    struct command command;
    if (has_terminal(session))
        session->is_reported =
            line_report_open(session->host->monitor_fd, session->pty.path, &last);
    bool is_sftp = line && is_given && command_is_internal_sftp(line);
    bool is_change = line && is_given && strcmp(line, POLICY_CHANGE_PASSWORD) == 0;
    if (is_sftp)
        command_init_internal_sftp(&command, line);
    else if (is_change)
        command_init_password_change(&command, has_terminal(session));
    else
        command_init(&command, session->host->account->shell, line);
    rc_init(&rc, session->host, is_sftp || is_change || program == SESSION_SUBSYSTEM);
    bool started = run(session, &command, &rc);
    command_wipe(&command);
    if (started && (!line || is_change) && has_terminal(session))
        login_notice_write(session->host, session->is_reported ? &last : NULL, greeting);
    if (started && has_terminal(session))
        write_no_home(session->host, "\r\n", greeting);
    return started;
}

bool session_start(struct session *session, enum session_program program, struct bytes text,
                   struct buf *greeting)
{
    scoped(buf) asked = BUF_EMPTY(SESSION_COMMAND_MAX + 1);
    const char *line = NULL;
    if (session->is_started || !policy_allows(session->host->policy, POLICY_PROGRAM) ||
        text.len > SESSION_COMMAND_MAX || bytes_find(text, 0) < text.len ||
        buf_append(&asked, text) != OK || !find_line(session, program, buf_text(&asked), &line))
        return false;

    session->is_started = true;
    const char *forced = session->host->policy->command;
    fill_variables(session, forced ? line : NULL);
    if (is_closed(session->host))
        return run_refusal(session);
    if (!run_line(session, program, forced ? forced : line, greeting))
        return false;
    log_start(session, program, buf_text(&asked), forced);
    return true;
}

const struct session_streams *session_streams(const struct session *session)
{
    return &session->streams;
}

void session_release_streams(struct session *session)
{
    descriptor_close(&session->streams.in);
    descriptor_close(&session->streams.out);
    descriptor_close(&session->streams.err);
}

bool session_resize(struct session *session, uint32_t columns, uint32_t rows, uint32_t width,
                    uint32_t height)
{
    if (session->pty.master < 0)
        return false;
    pty_resize(&session->pty, columns, rows, width, height);
    return true;
}

bool session_signal(struct session *session, struct bytes name)
{
    int number = signals_number(name);
    if (number == 0 || session->process.id == 0 ||
        !policy_allows(session->host->policy, POLICY_SIGNAL))
        return false;
    process_signal(&session->process, number);
    return true;
}

bool session_break(struct session *session)
{
    return session->process.id != 0 && session->pty.master >= 0 &&
           tcsendbreak(session->pty.master, 0) == 0;
}

int session_end_fd(const struct session *session)
{
    return session->process.fd;
}

bool session_ended(struct session *session, struct process_exit *how)
{
    pid_t id = session->process.id;
    bool has_ended = process_ended(&session->process, how);
    if (has_ended)
        program_report_over(session->host->monitor_fd, id);
    return has_ended;
}
