/* print.c: a program as C that compiles, with its inputs to the last bit. */
#include "fuzz/steps.h"

#include <math.h>
#include <stddef.h>

static void print_number(double v, FILE *file)
{
    if (isnan(v)) fputs("NAN", file);
    else if (isinf(v)) fputs(v > 0 ? "INFINITY" : "-INFINITY", file);
    else fprintf(file, v == rint(v) && fabs(v) < 1e15 && !(v == 0 && signbit(v)) ? "%.0f" : "%a", v);
}

static void print_list(const int64_t *list, int n, FILE *file)
{
    fputs("{", file);
    for (int i = 0; i < n; i++) fprintf(file, "%s%lld", i ? ", " : "", (long long)list[i]);
    fputs(n ? "}" : "0}", file);
}

static void print_input(const td_step_input *x, int number, FILE *file)
{
    static const char *const type[] = {"uint8_t", "int64_t", "float", "double"};
    static const char *const name[] = {"BOOL", "I64", "F32", "F64"};
    td_input in = {.dtype = x->dtype, .values = &x->number};
    fprintf(file, "    in[%d] = td_array(c, TD_%s, %d, (int64_t[])", number, name[x->dtype], x->rank);
    print_list(x->size, x->rank, file);
    fprintf(file, ", (%s[]){", type[x->dtype]);
    for (int64_t i = 0; i < x->numel; i++) {
        if (i) fputs(", ", file);
        print_number(td_input_at(&in, i), file);
    }
    fputs(x->numel ? "});\n" : "0});\n", file);
}

static void print_attr(const td_attr *a, FILE *file)
{
    fputs("&(td_attr){", file);
    fputs(".a = ", file);
    print_number(a->a, file);
    if (a->b != 0) fputs(", .b = ", file), print_number(a->b, file);
    if (a->seed) fprintf(file, ", .seed = %lluu", (unsigned long long)a->seed);
    if (a->axes) fprintf(file, ", .axes = %uu", (unsigned)a->axes);
    if (a->axis) fprintf(file, ", .axis = %d", a->axis);
    if (a->keepdim) fputs(", .keepdim = true", file);
    if (a->n_list) {
        fprintf(file, ", .n_list = %d, .list = ", a->n_list);
        print_list(a->list, a->n_list, file);
    }
    fputs("}", file);
}

static void print_step(const td_step *s, int k, FILE *file)
{
    fprintf(file, "    td_tensor *v%d = td_apply(td_op_by_name(\"%s\"), %d, (td_tensor *[]){", k, s->op->name, s->n);
    for (int i = 0; i < s->n; i++) {
        fprintf(file, s->in[i] < 0 ? "%sin[%d]" : "%sv%d", i ? ", " : "", s->in[i] < 0 ? ~s->in[i] : s->in[i]);
    }
    fputs("}, ", file);
    print_attr(&s->attr, file);
    fputs(");\n", file);
}

void td_steps_print(const td_steps *p, uint64_t seed, const char *comment, FILE *file)
{
    fprintf(file, "/* %s */\n#include <math.h>\n#include <triad_engine.h>\n#include <triad_verify.h>\n\n", comment);
    fputs("static td_tensor *program(td_context *c, td_tensor *const *in, void *user)\n{\n    (void)c, (void)user;\n", file);
    for (int k = 0; k < p->n_step; k++) print_step(&p->step[k], k, file);
    fprintf(file, "    return v%d;\n}\n\nint main(void)\n{\n", p->n_step - 1);
    fprintf(file, "    td_context *c = td_open(NULL);\n    td_tensor *in[%d];\n", p->n_input ? p->n_input : 1);
    for (int i = 0; i < p->n_input; i++) print_input(&p->input[i], i, file);
    fprintf(file, "    td_check_result *r = td_check(program, %d, in, NULL, &(td_check_options){.seed = %lluu});\n",
            p->n_input, (unsigned long long)seed);
    fputs("    int failed = !r || td_check_print(r, stdout) || r->verdict == TD_DISAGREE;\n"
          "    td_check_free(r);\n    td_close(c);\n    return failed;\n}\n", file);
}
