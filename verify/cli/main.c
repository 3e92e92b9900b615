/* main.c: a table of subcommands. */
#include "cli.h"

#include <errno.h>
#include <gsl/gsl_errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const td_command *const commands[] = {
    &td_command_check, &td_command_compare, &td_command_explain, &td_command_expr, &td_command_fuzz, &td_command_isa, &td_command_merge,
    &td_command_mutate, &td_command_ops, &td_command_report, &td_command_version};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void help(FILE *file)
{
    fputs("usage: triad COMMAND [ARGUMENT...]\n\n"
          "Three ways to one gradient: reverse mode, dual numbers and finite differences,\n"
          "asked the same questions.  Where they disagree, triad says who is wrong, and\n"
          "where.\n\n", file);
    for (int i = 0; i < COMMANDS; i++) {
        fprintf(file, "  %-8s %.*s\n", commands[i]->name, (int)strcspn(commands[i]->help, "\n"), commands[i]->help);
    }
    fputs("  help     this text\n\n"
          "triad COMMAND --help tells more.  Exit status: 0 all agreed, 1 something\n"
          "disagreed, 2 it could not be asked.\n", file);
}

static const td_command *find(const char *name)
{
    for (int i = 0; i < COMMANDS; i++) if (!strcmp(commands[i]->name, name)) return commands[i];
    return NULL;
}

/* What the environment asks for may not be there: better said once than by every check. */
static bool environment_is_sound(void)
{
    td_context *c = td_open(NULL);
    bool sound = c && !td_error(c);
    if (!sound) td_complain("%s", td_message(c));
    td_close(c);
    return sound;
}

static int run(int n, char **text)
{
    const char *name = n > 1 ? text[1] : "";
    const td_command *c = find(name);
    if (!strcmp(name, "help") || !strcmp(name, "--help")) return help(stdout), TD_EXIT_AGREE;
    if (!strcmp(name, "--version")) c = &td_command_version;
    if (!strcmp(name, "foreign-worker")) return td_foreign_worker(n - 2, text + 2);
    if (!c && !name[0]) return help(stderr), TD_EXIT_TROUBLE;
    if (!c) return td_complain("no command '%s'; see triad help", name);
    td_args a;
    int status = TD_EXIT_TROUBLE;
    if (td_args_parse(c, n - 2, text + 2, &a)) {
        if (a.help) td_args_help(c, stdout), status = TD_EXIT_AGREE;
        else if (environment_is_sound()) status = c->run(&a);
    }
    free(a.name);
    return status;
}

/* OpenMP's threads that wait for work turn in circles, and where others want the processors a check takes many times as
 * long.  How they wait is read from the environment before main: so triad begins once more. */
static void wait_asleep(char **text)
{
    if (!getenv("OMP_WAIT_POLICY") && !setenv("OMP_WAIT_POLICY", "passive", 1)) execv("/proc/self/exe", text);
}

/* A report that did not arrive is no report. */
int main(int n, char **text)
{
    wait_asleep(text);
    gsl_set_error_handler_off();
    signal(SIGPIPE, SIG_IGN);
    int status = run(n, text);
    bool bad = ferror(stdout);
    errno = 0;
    bool shut = fclose(stdout) == 0;
    if (shut && !bad) return status;
    return td_complain("writing to standard output failed: %s", errno ? strerror(errno) : "it was cut short");
}
