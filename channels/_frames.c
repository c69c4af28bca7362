/* Walks a call stack as _stack.py does, in a fraction of the time. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#define DEPTH 64

static Py_ssize_t
collect(PyFrameObject *frame, PyObject **items)
{
    Py_ssize_t count = 0;
    Py_XINCREF(frame);
    while (frame != NULL && count < 2 * DEPTH) {
        PyFrameObject *caller = PyFrame_GetBack(frame);
        items[count++] = (PyObject *)PyFrame_GetCode(frame);
        items[count++] = PyLong_FromLong(PyFrame_GetLasti(frame));
        Py_SETREF(frame, caller);
    }
    Py_XDECREF(frame);
    return count;
}

/* A code object and an offset in turn, innermost first, of at most DEPTH frames. */
static PyObject *
stack_of(PyObject *Py_UNUSED(module), PyObject *frame)
{
    PyObject *items[2 * DEPTH];
    if (frame != Py_None && !PyFrame_Check(frame)) {
        return PyErr_Format(PyExc_TypeError, "expected a frame or None, not %R", frame);
    }
    Py_ssize_t count = collect(frame == Py_None ? NULL : (PyFrameObject *)frame, items);
    PyObject *stack = PyList_New(count);
    for (Py_ssize_t index = 0; index < count; index++) {
        if (items[index] == NULL || stack == NULL) {
            Py_XDECREF(items[index]);
            Py_CLEAR(stack);
        }
        else {
            PyList_SET_ITEM(stack, index, items[index]);
        }
    }
    return stack;
}

static PyMethodDef functions[] = {
    {"stack_of", stack_of, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_frames",
    .m_size = 0,
    .m_methods = functions,
};

PyMODINIT_FUNC
PyInit__frames(void)
{
    return PyModule_Create(&module);
}
