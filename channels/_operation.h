/* The class Operation of exchange.py. */

#ifndef TAPSCOPE_OPERATION_H
#define TAPSCOPE_OPERATION_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "_publishing.h"

typedef struct {
    PyObject_HEAD
    PyObject *at, *newest, *redirect, *stack, *token;
} Operation;

static PyTypeObject *operation_type;

static PyObject *
Operation_new(PyTypeObject *type, PyObject *Py_UNUSED(arguments), PyObject *Py_UNUSED(keywords))
{
    Operation *operation = (Operation *)type->tp_alloc(type, 0);
    if (operation != NULL) {
        operation->at = Py_NewRef(Py_None);
        operation->newest = Py_NewRef(Py_None);
        operation->redirect = Py_NewRef(Py_None);
        operation->stack = PyTuple_New(0);
    }
    return (PyObject *)operation;
}

static PyObject *
Operation_enter(Operation *operation, PyObject *Py_UNUSED(nothing))
{
    PyObject *outer, *at, *stack;
    if (PyContextVar_Get(bus.operations, NULL, &outer) < 0 || outer != Py_None) {
        return outer;
    }
    Py_DECREF(outer);
    if ((at = now()) == NULL || (stack = capture_stack()) == NULL) {
        Py_XDECREF(at);
        return NULL;
    }
    Py_XSETREF(operation->at, at);
    Py_XSETREF(operation->stack, stack);
    Py_XSETREF(operation->token, PyContextVar_Set(bus.operations, (PyObject *)operation));
    return operation->token == NULL ? NULL : Py_NewRef(operation);
}

static PyObject *
Operation_exit(Operation *operation, PyObject *const *Py_UNUSED(error), Py_ssize_t Py_UNUSED(count))
{
    if (operation->token != NULL && PyContextVar_Reset(bus.operations, operation->token) < 0) {
        return NULL;
    }
    Py_CLEAR(operation->token);
    Py_RETURN_NONE;
}

static int
Operation_traverse(Operation *operation, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(operation));
    Py_VISIT(operation->at);
    Py_VISIT(operation->newest);
    Py_VISIT(operation->redirect);
    Py_VISIT(operation->stack);
    Py_VISIT(operation->token);
    return 0;
}

/* The rest stays, so that none of it is ever missing, and refers to no operation. */
static int
Operation_clear(Operation *operation)
{
    Py_CLEAR(operation->token);
    return 0;
}

static void
Operation_dealloc(Operation *operation)
{
    PyTypeObject *type = Py_TYPE(operation);
    PyObject_GC_UnTrack(operation);
    Py_XDECREF(operation->at);
    Py_XDECREF(operation->newest);
    Py_XDECREF(operation->redirect);
    Py_XDECREF(operation->stack);
    Py_XDECREF(operation->token);
    type->tp_free(operation);
    Py_DECREF(type);
}

static PyMethodDef Operation_methods[] = {
    {"__enter__", (PyCFunction)Operation_enter, METH_NOARGS, NULL},
    {"__exit__", (PyCFunction)(void (*)(void))Operation_exit, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef Operation_members[] = {
    {"at", T_OBJECT, offsetof(Operation, at), 0, NULL},
    {"newest", T_OBJECT, offsetof(Operation, newest), 0, NULL},
    {"redirect", T_OBJECT, offsetof(Operation, redirect), 0, NULL},
    {"stack", T_OBJECT, offsetof(Operation, stack), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot Operation_slots[] = {
    {Py_tp_new, Operation_new},
    {Py_tp_traverse, Operation_traverse},
    {Py_tp_clear, Operation_clear},
    {Py_tp_dealloc, Operation_dealloc},
    {Py_tp_methods, Operation_methods},
    {Py_tp_members, Operation_members},
    {0, NULL},
};

static PyType_Spec Operation_spec = {
    .name = "tapscope.channels.exchange.Operation",
    .basicsize = sizeof(Operation),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Operation_slots,
};

/* A new reference to the operation that is open here, or NULL: if there is none or, with an
   exception, if that can't be told. */
static Operation *
open_operation(void)
{
    PyObject *operation = NULL;
    if (PyContextVar_Get(bus.operations, NULL, &operation) == 0
        && !Py_IS_TYPE(operation, operation_type)) {
        Py_CLEAR(operation);
    }
    return (Operation *)operation;
}

#endif
