/* The class Reading of _body.py. */

#ifndef TAPSCOPE_READING_H
#define TAPSCOPE_READING_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

#include "../channels/_raised.h"
#include "_names.h"

/* A response's file, the exchange it belongs to, how much of the body is to come or None, and
   what parts its chunks or None. */
typedef struct {
    PyObject_HEAD
    PyObject *file, *exchange, *left, *chunks;
} Reading;

static PyObject *
Reading_new(PyTypeObject *type, PyObject *arguments, PyObject *Py_UNUSED(keywords))
{
    PyObject *file, *exchange, *left, *chunks;
    if (!PyArg_UnpackTuple(arguments, "Reading", 4, 4, &file, &exchange, &left, &chunks)) {
        return NULL;
    }
    Reading *reading = (Reading *)type->tp_alloc(type, 0);
    if (reading != NULL) {
        reading->file = Py_NewRef(file);
        reading->exchange = Py_NewRef(exchange);
        reading->left = Py_NewRef(left);
        reading->chunks = Py_NewRef(chunks);
    }
    return (PyObject *)reading;
}

/* Tells the exchange of the exception that is set, and stays so. */
static void
broke(Reading *reading)
{
    PyObject *error = take_raised();
    call(reading->exchange, fail_name, error, NULL);
    raise_again(error);
}

/* Whether the exchange has ended; -1 if that can't be told. */
static int
has_ended(Reading *reading)
{
    PyObject *ended = PyObject_GetAttr(reading->exchange, ended_name);
    int answer = ended == NULL ? -1 : PyObject_IsTrue(ended);
    Py_XDECREF(ended);
    return answer;
}

/* Whether the data is a piece of a body that is neither chunked nor ends before its time. */
static int
is_plain(Reading *reading, PyObject *data, Py_ssize_t asked)
{
    if (!PyBytes_CheckExact(data) || reading->chunks != Py_None) {
        return 0;
    }
    Py_ssize_t length = PyBytes_GET_SIZE(data), left = PY_SSIZE_T_MAX;
    if (reading->left != Py_None) {
        left = PyLong_AsSsize_t(reading->left);
    }
    return 0 < length && length <= left && (length == left || length >= asked);
}

static int
took_plain(Reading *reading, PyObject *data)
{
    if (!call(reading->exchange, received_name, data, NULL)) {
        return 0;
    }
    if (reading->left == Py_None) {
        return 1;
    }
    Py_ssize_t left = PyLong_AsSsize_t(reading->left) - PyBytes_GET_SIZE(data);
    PyObject *number = PyLong_FromSsize_t(left);
    if (number == NULL) {
        return 0;
    }
    Py_SETREF(reading->left, number);
    return left > 0 || call(reading->exchange, finish_name, NULL, NULL);
}

/* Publishes what was read of what the program asked for. */
static int
took(Reading *reading, PyObject *data, Py_ssize_t asked)
{
    int ended = has_ended(reading);
    if (ended != 0) {
        return ended > 0;
    }
    if (is_plain(reading, data, asked)) {
        return took_plain(reading, data);
    }
    PyObject *number = PyErr_Occurred() ? NULL : PyLong_FromSsize_t(asked);
    int done = number != NULL && call((PyObject *)reading, took_name, data, number);
    Py_XDECREF(number);
    return done;
}

static PyObject *
Reading_read(Reading *reading, PyObject *const *given, Py_ssize_t count)
{
    if (count > 1) {
        return PyErr_Format(PyExc_TypeError, "read() takes one number, not %zd", count);
    }
    PyObject *data = PyObject_CallMethodObjArgs(reading->file, read_name, count ? given[0] : NULL,
                                                NULL);
    if (data == NULL) {
        broke(reading);
        return NULL;
    }
    Py_ssize_t asked = -1;
    if (count && given[0] != Py_None) {
        asked = PyNumber_AsSsize_t(given[0], NULL);
    }
    if (PyErr_Occurred() || !took(reading, data, asked < 0 ? PY_SSIZE_T_MAX : asked)) {
        Py_CLEAR(data);
    }
    return data;
}

static int
Reading_traverse(Reading *reading, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(reading));
    Py_VISIT(reading->file);
    Py_VISIT(reading->exchange);
    Py_VISIT(reading->chunks);
    return 0;
}

/* Leaves None, so that nothing is ever missing. */
static int
Reading_clear(Reading *reading)
{
    Py_SETREF(reading->file, Py_NewRef(Py_None));
    Py_SETREF(reading->exchange, Py_NewRef(Py_None));
    Py_SETREF(reading->chunks, Py_NewRef(Py_None));
    return 0;
}

static void
Reading_dealloc(Reading *reading)
{
    PyTypeObject *type = Py_TYPE(reading);
    PyObject_GC_UnTrack(reading);
    Py_XDECREF(reading->file);
    Py_XDECREF(reading->exchange);
    Py_XDECREF(reading->left);
    Py_XDECREF(reading->chunks);
    type->tp_free(reading);
    Py_DECREF(type);
}

static PyMethodDef Reading_methods[] = {
    {"read", (PyCFunction)(void (*)(void))Reading_read, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef Reading_members[] = {
    {"_file", T_OBJECT, offsetof(Reading, file), READONLY, NULL},
    {"_exchange", T_OBJECT, offsetof(Reading, exchange), READONLY, NULL},
    {"_left", T_OBJECT, offsetof(Reading, left), 0, NULL},
    {"_chunks", T_OBJECT, offsetof(Reading, chunks), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot Reading_slots[] = {
    {Py_tp_new, Reading_new},
    {Py_tp_traverse, Reading_traverse},
    {Py_tp_clear, Reading_clear},
    {Py_tp_dealloc, Reading_dealloc},
    {Py_tp_methods, Reading_methods},
    {Py_tp_members, Reading_members},
    {0, NULL},
};

static PyType_Spec Reading_spec = {
    .name = "tapscope.integrations._wire.Reading",
    .basicsize = sizeof(Reading),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .slots = Reading_slots,
};

#endif
