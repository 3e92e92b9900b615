"""python.py: a function and a gradient written in Python, judged, through ctypes alone.

    python3 python.py

The library is looked for where TRIAD_VERIFY says, else as libtriad-verify.  What td_check_function is told is the struct
td_function of triad_verify.h, of which only the first members are set here.  The gradient is also written as
gradient.npy, for `triad compare`, or any other program; NumPy is not needed.  A gradient in a
shared object, whoever wrote it, is judged by `triad check ./lib.so --at point.npy`, with a point that write_npy has written.
"""

import ctypes
import ctypes.util
import math
import os
import struct
import sys

N = 5
ROUTINE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_double), ctypes.POINTER(ctypes.c_double), ctypes.c_void_p)


class Function(ctypes.Structure):
    """td_function up to its gradient; what follows is 0."""
    _fields_ = [("name", ctypes.c_char_p), ("n", ctypes.c_int64), ("m", ctypes.c_int64), ("dtype", ctypes.c_int),
                ("column_major", ctypes.c_bool), ("adds", ctypes.c_bool), ("value", ROUTINE), ("gradient", ROUTINE),
                ("rest", ctypes.c_void_p * 24)]


def f(x):
    """sum of x_i sin x_(i+1)"""
    return sum(x[i] * math.sin(x[i + 1]) for i in range(N - 1))


def gradient(x):
    g = [0.0] * N
    for i in range(N - 1):
        g[i] += math.sin(x[i + 1])
        g[i + 1] += x[i] * math.cos(x[i + 1])
    return g


def routine(function):
    """function of a list, as C calls it"""
    def call(x, y, user):
        answer = function(x[:N])
        for i, number in enumerate(answer if isinstance(answer, list) else [answer]):
            y[i] = number
        return 0
    return ROUTINE(call)


def write_npy(path, numbers):
    """a vector of doubles, as NumPy's format 1.0 has it"""
    head = "{'descr': '<f8', 'fortran_order': False, 'shape': (%d,), }" % len(numbers)
    head = head.ljust(117) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode())
        file.write(struct.pack("<%dd" % len(numbers), *numbers))


def main():
    path = os.environ.get("TRIAD_VERIFY") or ctypes.util.find_library("triad-verify") or "libtriad-verify.so"
    triad = ctypes.CDLL(path)
    triad.td_check_function.restype = ctypes.c_void_p
    triad.td_check_print.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    triad.td_check_free.argtypes = [ctypes.c_void_p]
    x = [0.3, -1.2, 0.8, 2.0, -0.5]
    judged = Function(name=b"f", n=N, value=routine(f), gradient=routine(gradient))
    result = triad.td_check_function(ctypes.byref(judged), (ctypes.c_double * N)(*x), None)
    verdict = ctypes.cast(result, ctypes.POINTER(ctypes.c_int))[0]      # its first member; 0: TD_AGREE
    triad.td_check_print(result, ctypes.c_void_p.in_dll(ctypes.CDLL(None), "stdout"))
    triad.td_check_free(result)
    write_npy("gradient.npy", gradient(x))
    return 1 if verdict else 0


if __name__ == "__main__":
    sys.exit(main())
