/* What the parts in C look up. */

#ifndef TAPSCOPE_NAMES_H
#define TAPSCOPE_NAMES_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* Names that are looked up, and a clock. */
static PyObject *read_name, *ended_name, *received_name, *finish_name, *fail_name, *took_name;
static PyObject *send_name, *left_name, *monotonic_ns;

static int
call(PyObject *object, PyObject *name, PyObject *first, PyObject *second)
{
    PyObject *result = PyObject_CallMethodObjArgs(object, name, first, second, NULL);
    Py_XDECREF(result);
    return result != NULL;
}

static int
load_names(void)
{
    PyObject *time = PyImport_ImportModule("time");
    read_name = PyUnicode_InternFromString("read");
    ended_name = PyUnicode_InternFromString("ended");
    received_name = PyUnicode_InternFromString("received");
    finish_name = PyUnicode_InternFromString("finish");
    fail_name = PyUnicode_InternFromString("fail");
    took_name = PyUnicode_InternFromString("_took");
    send_name = PyUnicode_InternFromString("_send");
    left_name = PyUnicode_InternFromString("_left");
    monotonic_ns = time == NULL ? NULL : PyObject_GetAttrString(time, "monotonic_ns");
    Py_XDECREF(time);
    return !PyErr_Occurred();
}

#endif
