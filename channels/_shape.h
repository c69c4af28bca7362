/* Where the instances of a class that has __slots__ keep them, as looking attributes up would
   take most of the time. */

#ifndef TAPSCOPE_SHAPE_H
#define TAPSCOPE_SHAPE_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

#define MAX_FIELDS 16

/* A class, and where its instances have some of their attributes. */
typedef struct {
    PyTypeObject *type;
    Py_ssize_t count;
    Py_ssize_t offsets[MAX_FIELDS];
} Shape;

static inline PyObject **
place_of(PyObject *object, const Shape *shape, Py_ssize_t index)
{
    return (PyObject **)((char *)object + shape->offsets[index]);
}

/* Borrowed; NULL if nothing was ever set. */
static inline PyObject *
attribute(PyObject *object, const Shape *shape, Py_ssize_t index)
{
    return *place_of(object, shape, index);
}

static inline void
set_attribute(PyObject *object, const Shape *shape, Py_ssize_t index, PyObject *value)
{
    Py_XSETREF(*place_of(object, shape, index), Py_NewRef(value));
}

static inline Py_ssize_t
offset_of(PyTypeObject *type, const char *name)
{
    PyObject *member = PyObject_GetAttrString((PyObject *)type, name);
    Py_ssize_t offset = -1;
    if (member != NULL && Py_IS_TYPE(member, &PyMemberDescr_Type)) {
        offset = ((PyMemberDescrObject *)member)->d_member->offset;
    }
    else if (member != NULL) {
        PyErr_Format(PyExc_TypeError, "%R has no slot %s", type, name);
    }
    Py_XDECREF(member);
    return offset;
}

/* Takes over the reference to the names. */
static inline int
make_shape(Shape *shape, PyTypeObject *type, PyObject *names)
{
    Py_ssize_t count = names == NULL ? -1 : PyTuple_Size(names);
    if (count > MAX_FIELDS) {
        PyErr_Format(PyExc_ValueError, "%R has more than %d names", type, MAX_FIELDS);
    }
    shape->type = (PyTypeObject *)Py_NewRef(type);
    for (; shape->count < count && !PyErr_Occurred(); shape->count++) {
        const char *name = PyUnicode_AsUTF8(PyTuple_GET_ITEM(names, shape->count));
        shape->offsets[shape->count] = name == NULL ? -1 : offset_of(type, name);
    }
    Py_XDECREF(names);
    return !PyErr_Occurred();
}

#endif
