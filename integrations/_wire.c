/* What the hooks of http.client do for each request, in a fraction of the time.

   It is what http_client.py, _sending.py and _body.py do in Python.  Only plain cases are
   written here; a connection that is to be opened, a request's body, a response that is
   chunked or ends too early are left to the classes in Python. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "../channels/_classes.h"
#include "_head.h"
#include "_names.h"
#include "_reading.h"

#ifdef Py_GIL_DISABLED
#error "other threads would come between"
#endif

static const char *
find_separator(const char *start, const char *end)
{
    const char *colon = start == end ? NULL : memchr(start, ':', end - start - 1);
    while (colon != NULL && colon[1] != ' ') {
        colon = memchr(colon + 1, ':', end - colon - 2);
    }
    return colon;
}

static PyObject *
field_of(PyObject *line)
{
    if (!PyBytes_Check(line)) {
        return PyErr_Format(PyExc_TypeError, "expected a line of bytes, not %R", line);
    }
    const char *start = PyBytes_AS_STRING(line), *end = start + PyBytes_GET_SIZE(line);
    const char *separator = find_separator(start, end);
    const char *name_end = separator == NULL ? end : separator;
    const char *value = separator == NULL ? end : separator + 2;
    return Py_BuildValue("(y#y#)", start, name_end - start, value, end - value);
}

static PyObject *
fields_of(PyObject *lines)
{
    PyObject *fields = PyList_New(0);
    for (Py_ssize_t index = 1; fields != NULL && index < PyList_GET_SIZE(lines); index++) {
        PyObject *field = field_of(PyList_GET_ITEM(lines, index));
        if (field == NULL || PyList_Append(fields, field) < 0) {
            Py_CLEAR(fields);
        }
        Py_XDECREF(field);
    }
    return fields;
}

/* The method and the target in a request's first line, and the fields in the others. */
static PyObject *
head_of(PyObject *Py_UNUSED(module), PyObject *lines)
{
    if (!PyList_Check(lines) || PyList_GET_SIZE(lines) == 0
        || !PyBytes_Check(PyList_GET_ITEM(lines, 0))) {
        return PyErr_Format(PyExc_TypeError, "expected lines of bytes, not %R", lines);
    }
    PyObject *line = PyList_GET_ITEM(lines, 0);
    const char *method = PyBytes_AS_STRING(line), *end = method + PyBytes_GET_SIZE(line);
    const char *method_end = memchr(method, ' ', end - method);
    if (method_end == NULL) {
        return PyErr_Format(PyExc_ValueError, "%R is no request line", line);
    }
    const char *target = method_end + 1, *target_end = memchr(target, ' ', end - target);
    return Py_BuildValue(
        "(NNN)", PyUnicode_DecodeLatin1(method, method_end - method, NULL),
        PyUnicode_DecodeLatin1(target, (target_end == NULL ? end : target_end) - target, NULL),
        fields_of(lines));
}

static PyMethodDef functions[] = {
    {"head_of", head_of, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_wire",
    .m_size = -1,
    .m_methods = functions,
};

PyMODINIT_FUNC
PyInit__wire(void)
{
    PyObject *made = load_names() ? PyModule_Create(&module) : NULL;
    if (made != NULL) {
        Py_XDECREF(add_class(made, &Head_spec, "Head"));
        Py_XDECREF(add_class(made, &Reading_spec, "Reading"));
    }
    if (PyErr_Occurred()) {
        Py_CLEAR(made);
    }
    return made;
}
