/* An exception that is set, as one object. */

#ifndef TAPSCOPE_RAISED_H
#define TAPSCOPE_RAISED_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* Takes the exception that is set, with its traceback; a new reference. */
static inline PyObject *
take_raised(void)
{
    PyObject *type, *error, *traceback;
    PyErr_Fetch(&type, &error, &traceback);
    PyErr_NormalizeException(&type, &error, &traceback);
    if (traceback != NULL) {
        PyException_SetTraceback(error, traceback);
    }
    Py_XDECREF(type);
    Py_XDECREF(traceback);
    return error;
}

/* Sets an exception that was taken, with the traceback it has; takes over the reference. */
static inline void
raise_again(PyObject *error)
{
    PyErr_Restore(Py_NewRef(Py_TYPE(error)), error, PyException_GetTraceback(error));
}

#endif
