/* fedquery.oprf._native: the batch kernel for Python (3.11 or newer, stable ABI).
 *
 * It checks every length and lets go of the interpreter lock while it computes. What is malformed
 * gives None, which the caller turns into its error. Which back end runs is an argument, so that a
 * test can hold them against each other in one process. */
#define Py_LIMITED_API 0x030B0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdlib.h>

#include "backend.h"
#include "scalar.h"
#include "wipe.h"

#define MOST_BACKENDS 3
static const backend *backends[MOST_BACKENDS];
static int backend_count = 0;

static void find_backends(void) {
    if (backend_count) return;
    backends[backend_count++] = &backend_portable;
#if defined(__x86_64__)
    __builtin_cpu_init();
    /* These look at what the system saves of the registers too, not at the processor alone. */
    if (__builtin_cpu_supports("avx2")) backends[backend_count++] = &backend_avx2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("bmi2"))
        backends[backend_count++] = &backend_ifma;
#endif
}

static const backend *backend_at(int index) {
    if (index >= 0 && index < backend_count) return backends[index];
    PyErr_SetString(PyExc_ValueError, "there is no such back end");
    return NULL;
}

static int require(int holds) {
    if (!holds) PyErr_SetString(PyExc_ValueError, "a batch of another length was expected");
    return holds;
}

/* Recoding takes a scalar for one below L, and would give another product for what is not. */
static int require_scalars(const Py_buffer *scalars) {
    const int holds = scalar_is_canonical(scalars->buf, (size_t)scalars->len / 32);
    if (!holds) PyErr_SetString(PyExc_ValueError, "a scalar is not below the group order");
    return holds;
}

/* Without the interpreter lock. Only what the call wrote to its result outlives it. */
#define COMPUTE(call)          \
    do {                       \
        Py_BEGIN_ALLOW_THREADS \
        call;                  \
        b->wipe_traces();      \
        Py_END_ALLOW_THREADS   \
    } while (0)

static uint8_t *memory_of(PyObject *made) { return (uint8_t *)PyBytes_AsString(made); }

/* Give the new object for DONE; None for MALFORMED; an error for NO_MEMORY. */
static PyObject *given(PyObject *made, int result) {
    if (result == DONE) return made;
    /* Products of what decoded, and of what did not, with a key. */
    explicit_wipe(memory_of(made), (size_t)PyBytes_Size(made));
    Py_DECREF(made);
    if (result == NO_MEMORY) return PyErr_NoMemory();
    Py_RETURN_NONE;
}

static PyObject *py_backends(PyObject *self, PyObject *unused) {
    (void)self, (void)unused;
    PyObject *names = PyTuple_New(backend_count);
    for (int at = 0; names && at < backend_count; at++)
        PyTuple_SetItem(names, at, PyUnicode_FromString(backends[at]->name));
    return names;
}

static PyObject *py_multiply(PyObject *self, PyObject *args) {
    int index, uniform, same, result = NO_MEMORY;
    Py_buffer in, scalars;
    PyObject *made = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "iy*y*pp", &index, &in, &scalars, &uniform, &same)) return NULL;
    const backend *b = backend_at(index);
    const Py_ssize_t size = uniform ? 64 : 32, count = in.len / size;
    if (b && require(in.len % size == 0 && scalars.len == (same ? 32 : 32 * count)) &&
        require_scalars(&scalars))
        made = PyBytes_FromStringAndSize(NULL, 32 * count);
    if (made) {
        uint8_t *out = memory_of(made);
        COMPUTE(result = b->multiply(out, in.buf, scalars.buf, (size_t)count, uniform, same));
    }
    PyBuffer_Release(&in);
    PyBuffer_Release(&scalars);
    return made ? given(made, result) : NULL;
}

static PyObject *py_from_uniform(PyObject *self, PyObject *args) {
    int index, result = NO_MEMORY;
    Py_buffer in;
    PyObject *made = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "iy*", &index, &in)) return NULL;
    const backend *b = backend_at(index);
    if (b && require(in.len % 64 == 0)) made = PyBytes_FromStringAndSize(NULL, in.len / 2);
    if (made) {
        uint8_t *out = memory_of(made);
        COMPUTE(result = b->from_uniform(out, in.buf, (size_t)in.len / 64));
    }
    PyBuffer_Release(&in);
    return made ? given(made, result) : NULL;
}

static PyObject *py_check(PyObject *self, PyObject *args) {
    int index, result = MALFORMED;
    Py_buffer in;
    (void)self;
    if (!PyArg_ParseTuple(args, "iy*", &index, &in)) return NULL;
    const backend *b = backend_at(index);
    if (b && in.len % 32 == 0) {
        COMPUTE(result = b->check(in.buf, (size_t)in.len / 32));
    }
    PyBuffer_Release(&in);
    if (!b) return NULL;
    return result == NO_MEMORY ? PyErr_NoMemory() : PyBool_FromLong(result == DONE);
}

static PyObject *py_add(PyObject *self, PyObject *args) {
    int index, result = NO_MEMORY;
    Py_buffer left, right;
    PyObject *made = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "iy*y*", &index, &left, &right)) return NULL;
    const backend *b = backend_at(index);
    if (b && require(left.len % 32 == 0 && left.len == right.len))
        made = PyBytes_FromStringAndSize(NULL, left.len);
    if (made) {
        uint8_t *out = memory_of(made);
        COMPUTE(result = b->add(out, left.buf, right.buf, (size_t)left.len / 32));
    }
    PyBuffer_Release(&left);
    PyBuffer_Release(&right);
    return made ? given(made, result) : NULL;
}

static PyObject *py_combine(PyObject *self, PyObject *args) {
    int index, result = NO_MEMORY;
    Py_buffer in, scalars;
    PyObject *made = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "iy*y*", &index, &in, &scalars)) return NULL;
    const backend *b = backend_at(index);
    if (b && require(in.len % 32 == 0 && in.len == scalars.len) && require_scalars(&scalars))
        made = PyBytes_FromStringAndSize(NULL, 32);
    if (made) {
        uint8_t *out = memory_of(made);
        COMPUTE(result = b->combine(out, in.buf, scalars.buf, (size_t)in.len / 32));
    }
    PyBuffer_Release(&in);
    PyBuffer_Release(&scalars);
    return made ? given(made, result) : NULL;
}

/* Point at the octets of each item of a tuple of bytes, which the caller keeps alive. */
static octets *items_of(PyObject *tuple, size_t longest) {
    const Py_ssize_t count = PyTuple_Size(tuple);
    if (count < 0) return NULL;
    octets *items = malloc(sizeof(octets) * ((size_t)count + 1));
    if (!items) {
        PyErr_NoMemory();
        return NULL;
    }
    for (Py_ssize_t at = 0; at < count; at++) {
        char *memory;
        Py_ssize_t length;
        if (PyBytes_AsStringAndSize(PyTuple_GetItem(tuple, at), &memory, &length) < 0 ||
            !require((size_t)length <= longest)) {
            free(items);
            return NULL;
        }
        items[at] = (octets){(const uint8_t *)memory, (size_t)length};
    }
    return items;
}

static PyObject *py_expand(PyObject *self, PyObject *args) {
    int index;
    PyObject *tuple, *made = NULL;
    Py_buffer dst;
    octets *items = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "iO!y*", &index, &PyTuple_Type, &tuple, &dst)) return NULL;
    const backend *b = backend_at(index);
    if (b && require(dst.len > 0 && dst.len <= 128)) items = items_of(tuple, b->longest);
    if (items) made = PyBytes_FromStringAndSize(NULL, 64 * PyTuple_Size(tuple));
    if (made) {
        const size_t count = (size_t)PyTuple_Size(tuple);
        uint8_t *out = memory_of(made);
        COMPUTE(b->expand(out, items, count, (octets){dst.buf, (size_t)dst.len}));
    }
    free(items);
    PyBuffer_Release(&dst);
    return made;
}

static PyObject *py_expand_pairs(PyObject *self, PyObject *args) {
    int index;
    PyObject *made = NULL;
    Py_buffer prefix, left, right, dst;
    (void)self;
    if (!PyArg_ParseTuple(args, "iy*y*y*y*", &index, &prefix, &left, &right, &dst)) return NULL;
    const backend *b = backend_at(index);
    if (b && require(left.len % 32 == 0 && left.len == right.len && left.len <= 32 * 65536 &&
                     prefix.len <= 128 && dst.len > 0 && dst.len <= 128))
        made = PyBytes_FromStringAndSize(NULL, 2 * left.len);
    if (made) {
        uint8_t *out = memory_of(made);
        COMPUTE(b->expand_pairs(out, (octets){prefix.buf, (size_t)prefix.len}, 0, left.buf,
                                right.buf, (size_t)left.len / 32,
                                (octets){dst.buf, (size_t)dst.len}));
    }
    PyBuffer_Release(&prefix);
    PyBuffer_Release(&left);
    PyBuffer_Release(&right);
    PyBuffer_Release(&dst);
    return made;
}

static PyObject *py_finalize(PyObject *self, PyObject *args) {
    int index;
    PyObject *tuple, *made = NULL;
    Py_buffer elements;
    octets *items = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "iO!y*", &index, &PyTuple_Type, &tuple, &elements)) return NULL;
    const backend *b = backend_at(index);
    if (b) items = items_of(tuple, b->longest);
    if (items && require(elements.len == 32 * PyTuple_Size(tuple)))
        made = PyBytes_FromStringAndSize(NULL, 2 * elements.len);
    if (made) {
        uint8_t *out = memory_of(made);
        COMPUTE(b->finalize(out, items, elements.buf, (size_t)elements.len / 32));
    }
    free(items);
    PyBuffer_Release(&elements);
    return made;
}

static PyObject *py_derive(PyObject *self, PyObject *args) {
    int index;
    PyObject *first = NULL, *second = NULL;
    Py_buffer outputs, first_label, second_label;
    Py_ssize_t first_length, second_length;
    (void)self;
    if (!PyArg_ParseTuple(args, "iy*y*ny*n", &index, &outputs, &first_label, &first_length,
                          &second_label, &second_length))
        return NULL;
    const backend *b = backend_at(index);
    const Py_ssize_t count = outputs.len / 64;
    if (b && require(outputs.len % 64 == 0 && first_length > 0 && first_length <= 64 &&
                     second_length > 0 && second_length <= 64 && first_label.len <= 128 &&
                     second_label.len <= 128)) {
        first = PyBytes_FromStringAndSize(NULL, first_length * count);
        second = PyBytes_FromStringAndSize(NULL, second_length * count);
    }
    if (first && second) {
        uint8_t *to = memory_of(first), *also = memory_of(second);
        COMPUTE(b->derive(
            to, (size_t)first_length, (octets){first_label.buf, (size_t)first_label.len}, also,
            (size_t)second_length, (octets){second_label.buf, (size_t)second_label.len},
            outputs.buf, (size_t)count));
    }
    PyBuffer_Release(&outputs);
    PyBuffer_Release(&first_label);
    PyBuffer_Release(&second_label);
    if (first && second) return Py_BuildValue("(NN)", first, second);
    Py_XDECREF(first);
    Py_XDECREF(second);
    return NULL;
}

static PyObject *py_sha256(PyObject *self, PyObject *args) {
    int index;
    PyObject *tuple, *made = NULL;
    Py_buffer prefix;
    octets *items = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "iy*O!", &index, &prefix, &PyTuple_Type, &tuple)) return NULL;
    const backend *b = backend_at(index);
    if (b && require(prefix.len <= 128)) items = items_of(tuple, b->longest);
    if (items) made = PyBytes_FromStringAndSize(NULL, 32 * PyTuple_Size(tuple));
    if (made) {
        const size_t count = (size_t)PyTuple_Size(tuple);
        uint8_t *out = memory_of(made);
        COMPUTE(b->sha256(out, (octets){prefix.buf, (size_t)prefix.len}, items, count));
    }
    free(items);
    PyBuffer_Release(&prefix);
    return made;
}

static PyObject *py_scalar_reduce(PyObject *self, PyObject *args) {
    Py_buffer wide;
    PyObject *made = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*", &wide)) return NULL;
    if (require(wide.len % 64 == 0)) made = PyBytes_FromStringAndSize(NULL, wide.len / 2);
    if (made) {
        scalar_reduce(memory_of(made), wide.buf, (size_t)wide.len / 64);
        wipe_stack();
    }
    PyBuffer_Release(&wide);
    return made;
}

typedef void (*pairwise)(uint8_t *, const uint8_t *, const uint8_t *, size_t);

static PyObject *scalar_pairwise(PyObject *args, pairwise operation) {
    Py_buffer left, right;
    PyObject *made = NULL;
    if (!PyArg_ParseTuple(args, "y*y*", &left, &right)) return NULL;
    if (require(left.len % 32 == 0 && left.len == right.len))
        made = PyBytes_FromStringAndSize(NULL, left.len);
    if (made) {
        operation(memory_of(made), left.buf, right.buf, (size_t)left.len / 32);
        wipe_stack();
    }
    PyBuffer_Release(&left);
    PyBuffer_Release(&right);
    return made;
}

static PyObject *py_scalar_add(PyObject *self, PyObject *args) {
    (void)self;
    return scalar_pairwise(args, scalar_add);
}
static PyObject *py_scalar_subtract(PyObject *self, PyObject *args) {
    (void)self;
    return scalar_pairwise(args, scalar_subtract);
}
static PyObject *py_scalar_multiply(PyObject *self, PyObject *args) {
    (void)self;
    return scalar_pairwise(args, scalar_multiply);
}

static PyObject *py_scalar_invert(PyObject *self, PyObject *args) {
    int result = MALFORMED;
    Py_buffer in;
    PyObject *made = NULL;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*", &in)) return NULL;
    if (require(in.len % 32 == 0)) made = PyBytes_FromStringAndSize(NULL, in.len);
    if (made) {
        result = scalar_invert(memory_of(made), in.buf, (size_t)in.len / 32);
        wipe_stack();
    }
    PyBuffer_Release(&in);
    return made ? given(made, result) : NULL;
}

static PyObject *py_scalar_is_canonical(PyObject *self, PyObject *args) {
    Py_buffer in;
    (void)self;
    if (!PyArg_ParseTuple(args, "y*", &in)) return NULL;
    const int holds = in.len % 32 == 0 && scalar_is_canonical(in.buf, (size_t)in.len / 32);
    wipe_stack();
    PyBuffer_Release(&in);
    return PyBool_FromLong(holds);
}

static PyMethodDef methods[] = {
    {"backends", py_backends, METH_NOARGS, "Name the back ends that this processor can run."},
    {"multiply", py_multiply, METH_VARARGS, "Multiply elements, or mapped uniform octets."},
    {"from_uniform", py_from_uniform, METH_VARARGS, "Map uniform octets to elements."},
    {"check", py_check, METH_VARARGS, "Tell whether all elements decode, none the identity."},
    {"add", py_add, METH_VARARGS, "Add elements pairwise."},
    {"combine", py_combine, METH_VARARGS, "Sum products of PUBLIC elements and scalars."},
    {"expand", py_expand, METH_VARARGS, "expand_message_xmd to 64 octets."},
    {"expand_pairs", py_expand_pairs, METH_VARARGS, "Expand the transcripts of a proof."},
    {"finalize", py_finalize, METH_VARARGS, "Hash inputs and elements to outputs."},
    {"derive", py_derive, METH_VARARGS, "HKDF-Expand-SHA512 of outputs under two labels."},
    {"sha256", py_sha256, METH_VARARGS, "SHA-256 of a prefix and each input."},
    {"scalar_reduce", py_scalar_reduce, METH_VARARGS, "Reduce integers of 64 octets."},
    {"scalar_add", py_scalar_add, METH_VARARGS, "Add scalars pairwise."},
    {"scalar_subtract", py_scalar_subtract, METH_VARARGS, "Subtract scalars pairwise."},
    {"scalar_multiply", py_scalar_multiply, METH_VARARGS, "Multiply scalars pairwise."},
    {"scalar_invert", py_scalar_invert, METH_VARARGS, "Invert scalars; None if one is zero."},
    {"scalar_is_canonical", py_scalar_is_canonical, METH_VARARGS, "Tell whether all are below L."},
    {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_native", "The batch kernel.", 0, methods, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__native(void) {
    find_backends();
    return PyModule_Create(&definition);
}
