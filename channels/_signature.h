/* How methods in C are called: as those in Python, by place or by name. */

#ifndef TAPSCOPE_SIGNATURE_H
#define TAPSCOPE_SIGNATURE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* The names of a method's arguments: the first few have to be given, the last few only by name. */
typedef struct {
    const char *method;
    const char *names[9];
    Py_ssize_t count, required, positional;
} Signature;

static inline Py_ssize_t
index_of(const Signature *signature, PyObject *name)
{
    Py_ssize_t index = 0;
    while (index < signature->count
           && PyUnicode_CompareWithASCIIString(name, signature->names[index]) != 0) {
        index++;
    }
    return index;
}

/* Puts what was given where its name is in the signature; what was not stays as it is. */
static inline int
bind(const Signature *signature, PyObject *const *given, Py_ssize_t count, PyObject *names,
     PyObject **values)
{
    Py_ssize_t named = names == NULL ? 0 : PyTuple_GET_SIZE(names), known = 0;
    for (Py_ssize_t index = 0; index < count && count <= signature->positional; index++) {
        values[index] = given[index];
    }
    while (known < named) {
        Py_ssize_t index = index_of(signature, PyTuple_GET_ITEM(names, known));
        if (index < count || index == signature->count) {
            break;
        }
        values[index] = given[count + known++];
    }
    int is_whole = count <= signature->positional && known == named;
    for (Py_ssize_t index = 0; index < signature->required; index++) {
        is_whole = is_whole && values[index] != NULL;
    }
    if (!is_whole) {
        PyErr_Format(PyExc_TypeError, "%s() was given arguments it does not take, or too few",
                     signature->method);
    }
    return is_whole;
}

#endif
