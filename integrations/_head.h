/* The class Head of _sending.py. */

#ifndef TAPSCOPE_HEAD_H
#define TAPSCOPE_HEAD_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

#include "_names.h"

/* A request on its way, with what Head in _sending.py has. */
typedef struct {
    PyObject_HEAD
    PyObject *exchange, *connection, *send_start, *send_end, *headers, *chunks, *error;
    char connecting, answered;
} Head;

static PyObject *
Head_new(PyTypeObject *type, PyObject *arguments, PyObject *Py_UNUSED(keywords))
{
    PyObject *exchange, *headers, *connection;
    if (!PyArg_UnpackTuple(arguments, "Head", 3, 3, &exchange, &headers, &connection)) {
        return NULL;
    }
    Head *head = (Head *)type->tp_alloc(type, 0);
    if (head != NULL) {
        head->exchange = Py_NewRef(exchange);
        head->connection = Py_NewRef(connection);
        head->headers = Py_NewRef(headers);
    }
    return (PyObject *)head;
}

/* Whether this is the head of a request and nothing more. */
static int
is_head(PyObject *data)
{
    if (!PyBytes_CheckExact(data)) {
        return 0;
    }
    const char *place = PyBytes_AS_STRING(data), *end = place + PyBytes_GET_SIZE(data);
    while ((place = memchr(place, '\r', end - place)) != NULL
           && (end - place < 4 || memcmp(place, "\r\n\r\n", 4) != 0)) {
        place++;
    }
    return place != NULL && place + 4 == end;
}

static int
note_time(PyObject **place)
{
    PyObject *now = PyObject_CallNoArgs(monotonic_ns);
    if (now != NULL) {
        Py_XSETREF(*place, now);
    }
    return now != NULL;
}

static PyObject *
Head_send(Head *head, PyObject *const *given, Py_ssize_t count)
{
    if (count != 3) {
        return PyErr_Format(PyExc_TypeError, "send() takes three arguments, not %zd", count);
    }
    int is_begun = head->send_start != NULL && head->send_start != Py_None;
    if (is_begun || head->connection == Py_None || !is_head(given[2])) {
        return PyObject_CallMethodObjArgs((PyObject *)head, send_name, given[0], given[1],
                                          given[2], NULL);
    }
    PyObject *result = NULL;
    if (note_time(&head->send_start)) {
        result = PyObject_Vectorcall(given[0], given + 1, 2, NULL);
    }
    if (result != NULL && !note_time(&head->send_end)) {
        Py_CLEAR(result);
    }
    return result;
}

static void
Head_finalize(Head *head)
{
    PyObject *type, *error, *traceback;
    if (!head->answered) {
        PyErr_Fetch(&type, &error, &traceback);
        if (!call((PyObject *)head, left_name, NULL, NULL)) {
            PyErr_WriteUnraisable((PyObject *)head);
        }
        PyErr_Restore(type, error, traceback);
    }
}

static int
Head_traverse(Head *head, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(head));
    Py_VISIT(head->exchange);
    Py_VISIT(head->connection);
    Py_VISIT(head->headers);
    Py_VISIT(head->chunks);
    Py_VISIT(head->error);
    return 0;
}

/* What was raised may refer to whoever holds us; the rest does not. */
static int
Head_clear(Head *head)
{
    Py_CLEAR(head->error);
    return 0;
}

static void
Head_dealloc(Head *head)
{
    PyTypeObject *type = Py_TYPE(head);
    if (PyObject_CallFinalizerFromDealloc((PyObject *)head) < 0) {
        return;
    }
    PyObject_GC_UnTrack(head);
    Py_XDECREF(head->exchange);
    Py_XDECREF(head->connection);
    Py_XDECREF(head->send_start);
    Py_XDECREF(head->send_end);
    Py_XDECREF(head->headers);
    Py_XDECREF(head->chunks);
    Py_XDECREF(head->error);
    type->tp_free(head);
    Py_DECREF(type);
}

static PyMethodDef Head_methods[] = {
    {"send", (PyCFunction)(void (*)(void))Head_send, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef Head_members[] = {
    {"exchange", T_OBJECT, offsetof(Head, exchange), READONLY, NULL},
    {"connection", T_OBJECT, offsetof(Head, connection), 0, NULL},
    {"send_start", T_OBJECT, offsetof(Head, send_start), 0, NULL},
    {"send_end", T_OBJECT, offsetof(Head, send_end), 0, NULL},
    {"_headers", T_OBJECT, offsetof(Head, headers), 0, NULL},
    {"_chunks", T_OBJECT, offsetof(Head, chunks), 0, NULL},
    {"_error", T_OBJECT, offsetof(Head, error), 0, NULL},
    {"_connecting", T_BOOL, offsetof(Head, connecting), 0, NULL},
    {"_answered", T_BOOL, offsetof(Head, answered), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot Head_slots[] = {
    {Py_tp_new, Head_new},
    {Py_tp_finalize, Head_finalize},
    {Py_tp_traverse, Head_traverse},
    {Py_tp_clear, Head_clear},
    {Py_tp_dealloc, Head_dealloc},
    {Py_tp_methods, Head_methods},
    {Py_tp_members, Head_members},
    {0, NULL},
};

static PyType_Spec Head_spec = {
    .name = "tapscope.integrations._wire.Head",
    .basicsize = sizeof(Head),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .slots = Head_slots,
};

#endif
