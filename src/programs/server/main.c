/* SPDX-License-Identifier: BSD-2-Clause */
/* glasshd: reads its options, listens, and serves each connection in a process of its own. */
#include "base/check.h"
#include "base/limits.h"
#include "os/activation.h"
#include "os/file.h"
#include "os/heap.h"
#include "os/sandbox_setup.h"
#include "os/system_error.h"
#include "programs/common/config_files.h"
#include "programs/common/tcp_link.h"
#include "programs/server/arguments.h"
#include "programs/server/common/groups.h"
#include "programs/server/common/log.h"
#include "programs/server/common/software.h"
#include "programs/server/demo.h"
#include "programs/server/exit_status.h"
#include "programs/server/inspection/sandbox_check.h"
#include "programs/server/listener/cradle.h"
#include "programs/server/listener/daemon.h"
#include "programs/server/listener/heritage.h"
#include "programs/server/listener/listener.h"
#include "programs/server/listener/porch_link.h"
#include "programs/server/listener/sockets.h"
#include "programs/server/listener/vault.h"
#include "programs/server/lists.h"
#include "programs/server/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { PROBLEM_MAX = 512 };

enum {
    PORCH_CAPACITY = 16384,
    PORCH_SILENT_MS = 10 * 1000,
    PORCH_NAMED_MS = 30 * 1000, /* some clients compute their share first, perhaps a large one */
};

struct program {
    char self[PATH_MAX]; /* the program's path: the file may be replaced while it runs */
    char **argv;
    struct arguments arguments;
    struct server_options options;
    struct account account;
    struct vault vault;
    char software[SOFTWARE_MAX], ident[SOFTWARE_LINE_MAX];
    struct offer_link offer;
    struct heritage heritage;
    struct cradle cradle;
    struct porch_link porch;
    struct tcp_link tcp;
    struct demo demo;
};

/* If descriptor 0, 1 or 2 were missing, the first file or socket would take its number. */
static void open_missing_descriptors(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

/* Descriptors that a careless parent left open would reach every process of ours. */
static void close_foreign_descriptors(struct heritage *heritage)
{
    heritage_adopt(heritage, ACTIVATION_FIRST + activation_count());
}

static void tell_failed_check(const char *condition, const char *file, int line)
{
    log_error("internal error: %s is not true in %s:%d", condition, file, line);
}

static void print_problems(struct program *program)
{
    if (buf_len(&program->options.problems) > 0)
        (void)fputs(buf_text(&program->options.problems), stderr);
}

/* 0, or the exit status. */
static int read_configuration(struct program *program)
{
    const char *path = program->arguments.config_path;
    if (strcmp(path, "none") == 0)
        return 0;

    scoped(buf) content = BUF_EMPTY(LIMIT_CONFIG_FILE);
    enum err err = file_read(path, &content, NULL);
    if (err != OK) {
        (void)fprintf(stderr, "%s: %s\n", path, system_error_text(err));
        return EXIT_STATUS_PROBLEM;
    }
    struct config_files files = { .folder = "/etc/ssh" };
    const struct config_source source = config_files_source(&files);
    if (server_options_parse(&program->options, path, buf_bytes(&content), &source) == OK)
        return 0;
    print_problems(program);
    return EXIT_STATUS_CONFIGURATION;
}

/* Sockets that are handed over, and our own TCP, have their addresses already. */
static bool listens_where_told(const struct arguments *arguments)
{
    return activation_count() == 0 && !arguments->is_inetd && arguments->tuns.count == 0;
}

static int complete_options(struct program *program)
{
    char directory[PATH_MAX];
    if (!getcwd(directory, sizeof(directory)))
        (void)strcpy(directory, "/");
    if (server_options_finish(&program->options, program->account.home, directory) != OK) {
        print_problems(program);
        return EXIT_STATUS_CONFIGURATION;
    }
    if (program->arguments.is_demo)
        demo_listen(&program->options);
    if (listens_where_told(&program->arguments) && sockets_resolve(&program->options) != OK) {
        print_problems(program);
        return EXIT_STATUS_CONFIGURATION;
    }
    return lists_apply(&program->offer, &program->options, &program->cradle.sandbox);
}

static void start_log(const struct program *program)
{
    enum option_log_level level = program->options.log_level;
    int debug = program->arguments.debug_level;
    if (debug > 0)
        level = debug > 3 ? OPTION_LOG_DEBUG3 : OPTION_LOG_DEBUG1 + (unsigned)debug - 1;
    log_shape(program->options.log_format, program->options.syslog_facility);
    log_open(level, program->arguments.logs_to_stderr);
}

static int open_vault(struct program *program)
{
    software_name(&program->options, program->software);
    software_line(program->software, program->ident);
    program->vault.sandbox = program->cradle.sandbox;
    program->vault.options = &program->options;
    program->vault.ident = program->ident;
    enum err err = vault_open(&program->vault);
    if (err != OK) {
        (void)fprintf(stderr, "glasshd: glasshd-keyd cannot be started: %s\n",
                      system_error_text(err));
        return EXIT_STATUS_PROBLEM;
    }
    struct bytes blobs = buf_bytes(&program->vault.blobs);
    if (blobs.len == 0) {
        (void)fprintf(stderr, "glasshd: no hostkeys available -- exiting.\n");
        return EXIT_STATUS_PROBLEM;
    }
    err = offer_link_greet(&program->offer, program->software, blobs);
    return err == OK ? 0 : lists_give_up(err);
}

static const char *keep_names(struct program *program, enum offer_names_list list)
{
    return server_options_keep(&program->options, buf_bytes(&program->offer.names[list]));
}

/* The options for the user and connection of -C; without -C, those for everybody. */
static enum err resolve_options(const struct program *program, struct server_options *options)
{
    struct server_match_subject subject = program->arguments.subject;
    struct account account = { 0 };
    struct groups groups = { 0 };
    if (subject.user && account_find(bytes_text(subject.user), &account) == OK)
        groups_of(&account, &groups);
    subject.is_invalid_user = subject.is_invalid_user || !account.name;
    subject.groups = groups.names;
    subject.group_count = groups.count;
    enum err err = server_options_resolve(&program->options, &subject, options);
    if (err != OK)
        (void)fputs(buf_text(&options->problems), stderr);
    groups_wipe(&groups);
    account_wipe(&account);
    return err;
}

static void spell_out_algorithms(struct program *program)
{
    struct server_options *options = &program->options;
    options->ciphers = keep_names(program, OFFER_NAMES_CIPHER);
    options->macs = keep_names(program, OFFER_NAMES_MAC);
    options->kex_algorithms = keep_names(program, OFFER_NAMES_KEX);
    options->host_key_algorithms = keep_names(program, OFFER_NAMES_HOST_KEY);
}

/* 0, or the exit status. */
static int print_resolved(struct offer_link *offer, struct server_options *options)
{
    scoped(buf) text = BUF_EMPTY(LIMIT_CONFIG_FILE);
    int status = lists_user_keys(offer, options);
    if (status != 0)
        return status;
    options->pubkey_accepted_algorithms = buf_text(&offer->user_keys);
    return server_options_print(options, &text) == OK && fputs(buf_text(&text), stdout) >= 0
               ? 0
               : EXIT_STATUS_PROBLEM;
}

/* -T */
static int print_options(struct program *program)
{
    struct server_options *options = server_options_new();
    spell_out_algorithms(program);
    int status = resolve_options(program, options) == OK ? 0 : EXIT_STATUS_CONFIGURATION;
    if (status == 0)
        status = print_resolved(&program->offer, options);
    server_options_free(options);
    return status;
}

static struct serve_setup serve_setup_of(const struct program *program)
{
    return (struct serve_setup){
        .options = &program->options,
        .account = &program->account,
        .serves_all = geteuid() == 0 && !program->arguments.is_demo,
        .keyd_fd = program->vault.fd,
        .host_keys = buf_bytes(&program->vault.blobs),
        .software = program->software,
        .offer = offer_link_names(&program->offer),
        .explains = program->arguments.explains,
    };
}

/* A silent client costs only a descriptor, so there may be many; LoginGraceTime applies to them, too. */
static void prepare_porch(struct program *program)
{
    int64_t grace_ms = 1000 * (int64_t)program->options.login_grace_time;
    program->porch.setup = (struct porch_link_setup){
        .sandbox = program->cradle.sandbox,
        .capacity = PORCH_CAPACITY,
        .silent_ms = grace_ms && grace_ms < PORCH_SILENT_MS ? grace_ms : PORCH_SILENT_MS,
        .named_ms = grace_ms && grace_ms < PORCH_NAMED_MS ? grace_ms : PORCH_NAMED_MS,
        .preface = buf_bytes(&program->offer.preface),
        .cookie_at = program->offer.cookie_at,
        .refusal = buf_bytes(&program->offer.bad_packet),
    };
    program->tcp.setup.sandbox = program->cradle.sandbox;
    program->tcp.setup.tuns = program->arguments.tuns;
    program->tcp.setup.keeps_alive = program->options.tcp_keep_alive;
}

static int check_sandbox(struct program *program)
{
    const struct serve_setup setup = serve_setup_of(program);
    prepare_porch(program);
    return sandbox_check_run(&(struct sandbox_cast_setup){
        .serve = &setup,
        .cradle = &program->cradle,
        .vault = &program->vault,
        .porch = &program->porch,
        .tcp = program->arguments.tuns.count > 0 ? &program->tcp : NULL,
        .offer = program->offer.id,
    });
}

static enum outcome serve(struct program *program, struct serve_descriptors descriptors)
{
    const struct serve_setup setup = serve_setup_of(program);
    descriptors.cradle = program->cradle.fd;
    if (!program->arguments.serves_once)
        cradle_leave(&program->cradle);
    return serve_connection(&setup, &descriptors);
}

static enum outcome serve_accepted(void *context, const struct listener_connection *connection)
{
    struct program *program = context;
    if (!program->arguments.serves_once)
        (void)setsid(); /* signals from our terminal are for the listener */
    if (program->arguments.is_demo)
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    return serve(program, (struct serve_descriptors){
                              .in = connection->fd,
                              .out = connection->fd,
                              .peer = connection->peer,
                              .local = connection->local,
                              .waiting = connection->waiting_fd,
                              .cradle = -1,
                              .sent_cookie = connection->cookie,
                          });
}

static void start_nursery(struct program *program)
{
    program->cradle.environment = program->arguments.explains ? environ : NULL;
    if (cradle_renew(&program->cradle) != OK)
        log_fatal("glasshd-worker cannot be started: %s", strerror(errno));
}

/* With inetd the connection is descriptors 0 and 1; what programs print must not go there. */
static int serve_inetd(struct program *program)
{
    int in_fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int out_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (in_fd < 0 || out_fd < 0 || null_fd < 0)
        log_fatal("descriptors: %s", strerror(errno));
    (void)dup2(null_fd, STDIN_FILENO);
    (void)dup2(null_fd, STDOUT_FILENO);
    if (program->arguments.log_path || !program->arguments.logs_to_stderr)
        (void)dup2(null_fd, STDERR_FILENO);
    close(null_fd);
    (void)fcntl(in_fd, F_SETFL, fcntl(in_fd, F_GETFL) | O_NONBLOCK);
    (void)fcntl(out_fd, F_SETFL, fcntl(out_fd, F_GETFL) | O_NONBLOCK);
    const struct serve_descriptors descriptors = {
        .in = in_fd, .out = out_fd, .waiting = -1, .cradle = -1, .sent_cookie = BYTES_NONE
    };
    return serve(program, descriptors) == OUTCOME_GOOD ? 0 : EXIT_STATUS_CONNECTION;
}

/* After SIGHUP the program starts again in the same process, which is in the background already. */
static bool is_daemon_already(void)
{
    int terminal = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (terminal >= 0)
        close(terminal);
    return terminal < 0 && getppid() == 1 && getsid(0) == getpid();
}

static void go_to_background(const struct program *program)
{
    const char *pid_file = program->options.pid_file;
    if (!program->arguments.stays_in_front && !is_daemon_already() && daemon_detach() != OK)
        log_fatal("daemon() failed: %s", strerror(errno));
    if (!program->arguments.serves_once && strcmp(pid_file, "none") != 0 &&
        daemon_write_pid(pid_file) != OK)
        log_error("Couldn't create pid file \"%s\": %s", pid_file, strerror(errno));
}

static enum listener_end listen_and_serve(struct program *program)
{
    listener_block_signals();
    prepare_porch(program);
    const struct listener_setup setup = {
        .options = &program->options,
        .keeps_syns = program->arguments.explains,
        .once = program->arguments.serves_once,
        .cradle = &program->cradle,
        .vault = &program->vault,
        .porch = &program->porch,
        .tcp = program->arguments.tuns.count > 0 ? &program->tcp : NULL,
        .heritage = &program->heritage,
        .too_many_startups = buf_bytes(&program->offer.too_many),
        .refused = buf_bytes(&program->offer.refused),
        .serve = serve_accepted,
        .context = program,
        .path = program->self,
        .argv = program->arguments.is_demo ? NULL : program->argv,
    };
    struct listener *listener = listener_new(&setup);
    heritage_wipe(&program->heritage);
    if (!listener) {
        demo_clean(&program->demo);
        log_fatal(setup.tcp ? "No link for --tun." : "Cannot bind any address.");
    }
    go_to_background(program);
    start_nursery(program);
    enum err err = listener_open_porch(listener);
    if (err != OK)
        log_fatal("glasshd-porch cannot be started: %s", system_error_text(err));

    enum listener_end end = LISTENER_STOPPED;
    activation_tell("READY=1");
    if (!program->arguments.is_demo ||
        demo_announce(&program->demo, &program->account, listener_port(listener)) == OK)
        end = listener_run(listener);
    if (end == LISTENER_RELOAD) {
        listener_reload_hand_over(listener);
    } else {
        activation_tell("STOPPING=1");
        porch_link_close(&program->porch); /* or it would keep the sockets */
        listener_free(listener);
    }
    cradle_close(&program->cradle);
    if (strcmp(program->options.pid_file, "none") != 0 && !program->arguments.serves_once)
        (void)unlink(program->options.pid_file);
    return end;
}

/* 0, or the exit status. */
static int prepare(struct program *program)
{
    scoped(buf) problem = BUF_EMPTY(PROBLEM_MAX);
    if (program->arguments.log_path && !log_to_file(program->arguments.log_path)) {
        (void)fprintf(stderr, "Couldn't open logfile %s: %s\n", program->arguments.log_path,
                      strerror(errno));
        return EXIT_STATUS_PROBLEM;
    }
    account_rehearse();
    if (account_of_self(&program->account) != OK) {
        (void)fprintf(stderr, "glasshd: there is no account for user id %lu\n",
                      (unsigned long)geteuid());
        return EXIT_STATUS_PROBLEM;
    }
    if (sandbox_setup_prepare(&program->cradle.sandbox, &problem) != OK) {
        (void)fprintf(stderr, "glasshd: %s\n", buf_text(&problem));
        return EXIT_STATUS_PROBLEM;
    }
    if (program->arguments.is_demo && demo_prepare(&program->demo, &program->options) != OK) {
        (void)fprintf(stderr, "glasshd: the demonstration's files: %s\n", strerror(errno));
        return EXIT_STATUS_PROBLEM;
    }
    int status = program->arguments.is_demo ? 0 : read_configuration(program);
    if (status == 0)
        status = complete_options(program);
    if (status != 0)
        return status;
    start_log(program);
    return open_vault(program);
}

static int run(struct program *program)
{
    (void)!readlink("/proc/self/exe", program->self, sizeof(program->self) - 1);

    if (program->arguments.has_subject && !program->arguments.prints) {
        (void)fprintf(stderr,
                      "Config test connection parameter (-C) provided without test mode (-T)\n");
        return EXIT_STATUS_CONFIGURATION;
    }
    int status = prepare(program);
    if (status != 0)
        return status;
    if (program->arguments.prints)
        return print_options(program);
    if (program->arguments.tests)
        return 0;
    if (program->arguments.checks_sandbox)
        return check_sandbox(program);
    offer_link_close(&program->offer);
    if (program->arguments.is_inetd) {
        listener_block_signals();
        start_nursery(program);
        return serve_inetd(program);
    }
    if (listen_and_serve(program) == LISTENER_STOPPED)
        return 0;

    LOG_BARE(RELOADED);
    execv(program->self, program->argv);
    log_fatal("RESTART FAILED: av[0]='%s', error: %s.", program->self, strerror(errno));
}

int main(int argc, char **argv)
{
    static struct program program = {
        .cradle = CRADLE_NONE,
        .porch = PORCH_LINK_NONE,
        .tcp = TCP_LINK_NONE,
    };
    heap_give_back_large();
    close_foreign_descriptors(&program.heritage);
    open_missing_descriptors();
    check_observe(tell_failed_check);
    server_options_init(&program.options);
    vault_init(&program.vault);
    offer_link_init(&program.offer);

    int status = EXIT_STATUS_PROBLEM;
    switch (arguments_parse(argc, argv, &program.arguments, &program.options)) {
    case ARGUMENTS_GO:
        program.argv = argv;
        status = run(&program);
        break;
    case ARGUMENTS_DONE:
        status = 0;
        break;
    case ARGUMENTS_WRONG:
        break;
    }
    demo_clean(&program.demo);
    offer_link_wipe(&program.offer);
    vault_close(&program.vault);
    account_wipe(&program.account);
    server_options_wipe(&program.options);
    return status;
}
