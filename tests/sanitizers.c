/* SPDX-License-Identifier: BSD-2-Clause */
/* Linked into the programs of a build with sanitizers: the defaults of their runtime. Those of the server get no
 * environment, and what they may call is the product's list, nothing more: leaks are looked for by a process that
 * traces, names of functions in files, and signals have stacks of their own. */
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void)
{
    return "abort_on_error=1:color=never:detect_leaks=0:symbolize=0:use_sigaltstack=0:"
           "handle_segv=0:handle_sigbus=0:handle_sigfpe=0";
}

const char *__ubsan_default_options(void)
{
    return "halt_on_error=1:symbolize=0";
}
