/* output.c: the arguments of a benchmark, and the JSON it writes beside its table.
 *
 * {"benchmark": ..., "notes": {...}} would need two passes; so all is one list of objects, each of which says what it is:
 * a note, a race with its rivals, a claim. */
#include "output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char usage[] =
    "[--quick] [--busy] [--threads N] [--only TEXT] [--folder DIR] [--cblas auto|no|PATH[,...]] [--plugin FILE]";

static bool read_option(bench *b, const char *option, const char *value)
{
    if (!strcmp(option, "--threads")) b->threads = (int)strtol(value, NULL, 10);
    else if (!strcmp(option, "--only")) b->only = value;
    else if (!strcmp(option, "--folder")) b->folder = value;
    else if (!strcmp(option, "--cblas")) b->cblas = value;
    else if (!strcmp(option, "--plugin")) b->plugin = value;
    else return false;
    return true;
}

static bool read_arguments(bench *b, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--quick")) {
            b->quick = true;
            b->budget = 0.02;
        } else if (!strcmp(argv[i], "--busy")) {
            b->busy = true;
        } else if (i + 1 >= argc || !read_option(b, argv[i], argv[i + 1])) {
            fprintf(stderr, "%s: %s?\nusage: %s %s\n", argv[0], argv[i], argv[0], usage);
            return false;
        } else {
            i++;
        }
    }
    if (b->threads >= 1) return true;
    fprintf(stderr, "%s: --threads takes a number from 1 up\n", argv[0]);
    return false;
}

static bool make_folder(const char *folder)
{
    if (mkdir(folder, 0777) == 0 || errno == EEXIST) return true;
    perror(folder);
    return false;
}

FILE *bench_file(const bench *b, const char *part, const char *suffix)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s%s%s.%s", b->folder, b->name, *part ? "-" : "", part, suffix);
    FILE *file = fopen(path, "w");
    if (!file) perror(path);
    return file;
}

/* What the system calls the processor; "" where it does not say. */
static void processor_name(char name[64])
{
    char  line[256];
    FILE *file = fopen("/proc/cpuinfo", "r");
    name[0] = 0;
    while (file && !name[0] && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (!strncmp(line, "model name", 10) && colon) snprintf(name, 64, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
    }
    if (file) fclose(file);
}

bool bench_open(bench *b, int argc, char **argv, const char *name, const char *title)
{
    char processor[64];
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    *b = (bench){ .program = argv[0], .name = name, .title = title, .folder = "bench-results", .cblas = TD_CBLAS,
                  .budget = 0.25, .comma = "", .threads = (int)processors };
    if (!read_arguments(b, argc, argv) || !make_folder(b->folder)) return false;
    b->json = bench_file(b, "", "json");
    if (!b->json) return false;
    processor_name(processor);
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("%s: %s\n", name, title);
    fprintf(b->json, "[");
    bench_note(b, "version", "triad %s, numerics %d", td_version(), td_numerics_version());
    bench_note(b, "machine", "%s, %ld processors, %.2f GHz now", processor, processors, 1e-9 * bench_hertz());
    return true;
}

int bench_close(bench *b)
{
    fprintf(b->json, "\n]\n");
    bool bad = fclose(b->json) != 0;
    if (b->claims) printf("\n%d of %d met.  ", b->claims - b->missed, b->claims);
    printf("Written to %s/%s.json and figures beside it\n", b->folder, b->name);
    return bad || b->wrong;
}

bool bench_wants(const bench *b, const char *work) { return !b->only || strstr(work, b->only); }

/* A JSON string. */
static void write_text(FILE *file, const char *text)
{
    fputc('"', file);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\') fputc('\\', file);
        if ((unsigned char)*text >= ' ') fputc(*text, file);
    }
    fputc('"', file);
}

static void begin_object(bench *b, const char *key, const char *text)
{
    fprintf(b->json, "%s\n  {\"%s\": ", b->comma, key);
    write_text(b->json, text);
    b->comma = ",";
}

static void note(bench *b, const char *key, const char *format, va_list arguments)
{
    char text[256];
    vsnprintf(text, sizeof text, format, arguments);
    printf("  %s: %s\n", key, text);
    begin_object(b, "note", key);
    fprintf(b->json, ", \"text\": ");
    write_text(b->json, text);
    fprintf(b->json, "}");
}

void bench_note(bench *b, const char *key, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    note(b, key, format, arguments);
    va_end(arguments);
}

void bench_wrong(bench *b, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    note(b, "wrong", format, arguments);
    va_end(arguments);
    b->wrong++;
}

void bench_claim(bench *b, const char *what, const char *at, double value, double wanted)
{
    bool met = value >= wanted;
    b->claims++;
    b->missed += !met;
    printf("  %-6s %6.3f %s %-5.4g %s%s%s\n", met ? "met" : "missed", value, met ? ">=" : "< ", wanted, what, at ? ", " : "",
           at ? at : "");
    begin_object(b, "claim", what);
    fprintf(b->json, ", \"at\": ");
    write_text(b->json, at ? at : "");
    fprintf(b->json, ", \"value\": %.4f, \"wanted\": %.4g, \"met\": %s}", value, wanted, met ? "true" : "false");
}

void bench_write_race(bench *b, const bench_race *r)
{
    begin_object(b, "work", r->work);
    fprintf(b->json, ", \"dtype\": \"%s\", \"threads\": %d, \"rounds\": %d, \"unit\": \"%s\", \"rivals\": [", r->dtype,
            r->threads, r->rounds, r->unit);
    for (int i = 0; i < r->n; i++) {
        const bench_rival *v = &r->rival[i];
        fprintf(b->json, "%s\n    {\"name\": ", i ? "," : "");
        write_text(b->json, v->name);
        fprintf(b->json, ", \"seconds\": %.6g, \"fastest\": %.6g, \"slowest\": %.6g", v->median, v->fastest, v->slowest);
        fprintf(b->json, ", \"calls\": %lld, \"rate\": %.6g}", (long long)v->calls, bench_rate(r, i));
    }
    fprintf(b->json, "]}");
}
