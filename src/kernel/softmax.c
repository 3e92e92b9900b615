/* softmax.c: softmax.tmpl.h for float and double. */
#include "softmax.h"

#include <math.h>

enum { LANES = 32 };

#define T float
#define F(name) name##_f
#include "softmax.tmpl.h"

#define T double
#define F(name) name##_d
#include "softmax.tmpl.h"
