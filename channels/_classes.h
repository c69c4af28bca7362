/* Classes in C, as modules get them. */

#ifndef TAPSCOPE_CLASSES_H
#define TAPSCOPE_CLASSES_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

/* Adds the class to the module and gives a reference to it; NULL if an exception is set. */
static inline PyTypeObject *
add_class(PyObject *module, PyType_Spec *spec, const char *name)
{
    PyObject *type = PyErr_Occurred() ? NULL : PyType_FromSpec(spec);
    if (type != NULL && PyModule_AddObjectRef(module, name, type) < 0) {
        Py_CLEAR(type);
    }
    return (PyTypeObject *)type;
}

#endif
