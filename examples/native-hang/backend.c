/* The engine of a print shop: lays out pages and renders them.  One of its loops may not end. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject *parse(PyObject *module, PyObject *text) {
    Py_ssize_t length;
    const char *start = PyUnicode_AsUTF8AndSize(text, &length);
    if (start == NULL) {
        return NULL;
    }
    long words = 0;
    for (Py_ssize_t i = 0; i < length; i++) {
        words += start[i] == ' ';
    }
    return PyLong_FromLong(words + 1);
}

static PyObject *layout(PyObject *module, PyObject *args, PyObject *keywords) {
    static char *names[] = {"words", "columns", NULL};
    long words, columns = 1;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "l|$l:js__layout", names, &words, &columns)) {
        return NULL;
    }
    /* Fills the page column by column, and goes round for ever when there is none. */
    volatile long placed = 0;
    while (placed < words) {
        placed += columns;
    }
    return PyLong_FromLong(columns);
}

static PyObject *render(PyObject *module, PyObject *args) {
    long columns;
    PyObject *progress;
    if (!PyArg_ParseTuple(args, "lO:js__render", &columns, &progress)) {
        return NULL;
    }
    for (int percent = 50; percent <= 100; percent += 50) {
        PyObject *result = PyObject_CallFunction(progress, "i", percent);
        if (result == NULL) {
            return NULL;
        }
        Py_DECREF(result);
    }
    return PyBytes_FromFormat("%%PDF %ld columns", columns);
}

static PyMethodDef methods[] = {
    {"js__parse", parse, METH_O, "js__parse(text, /)\n--\n\nCount the words of a text."},
    {"js__layout", (PyCFunction)(void (*)(void))layout, METH_VARARGS | METH_KEYWORDS, NULL},
    {"js__render", render, METH_VARARGS,
     "js__render(columns, progress, /)\n--\n\nRender the page."},
    {NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "backend", .m_size = -1, .m_methods = methods,
};

PyMODINIT_FUNC PyInit_backend(void) {
    return PyModule_Create(&definition);
}
