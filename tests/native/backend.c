/* A native module as programs have them: functions, callbacks, an iterator, a type. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* A signal that comes meanwhile ends it. */
static void pause_for(double seconds) {
    struct timespec wanted = {(time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9)};
    nanosleep(&wanted, NULL);
}

static PyObject *add(PyObject *module, PyObject *const *args, Py_ssize_t count) {
    if (count != 2) {
        return PyErr_Format(PyExc_TypeError, "js__add() takes 2 arguments (%zd given)", count);
    }
    return PyNumber_Add(args[0], args[1]);
}

static PyObject *echo(PyObject *module, PyObject *value) {
    return Py_NewRef(value);
}

static PyObject *nothing(PyObject *module, PyObject *unused) {
    Py_RETURN_NONE;
}

static PyObject *named(PyObject *module, PyObject *args, PyObject *keywords) {
    static char *names[] = {"value", "times", NULL};
    PyObject *value;
    int times = 1;
    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O|i:js__named", names, &value, &times)) {
        return NULL;
    }
    return Py_BuildValue("(Oi)", value, times);
}

static PyObject *fail(PyObject *module, PyObject *message) {
    PyErr_SetObject(PyExc_ValueError, message);
    return NULL;
}

static PyObject *raise_error(PyObject *module, PyObject *error) {
    PyErr_SetObject((PyObject *)Py_TYPE(error), error);
    return NULL;
}

/* Keeps the interpreter lock all the time. */
static PyObject *hold(PyObject *module, PyObject *seconds) {
    double wanted = PyFloat_AsDouble(seconds);
    if (PyErr_Occurred()) {
        return NULL;
    }
    pause_for(wanted);
    Py_RETURN_NONE;
}

static PyObject *sleep_released(PyObject *module, PyObject *seconds) {
    double wanted = PyFloat_AsDouble(seconds);
    if (PyErr_Occurred()) {
        return NULL;
    }
    Py_BEGIN_ALLOW_THREADS
    pause_for(wanted);
    Py_END_ALLOW_THREADS
    Py_RETURN_NONE;
}

static PyObject *crash(PyObject *module, PyObject *unused) {
    *(volatile int *)8 = 1;
    Py_RETURN_NONE;
}

static PyObject *raise_signal(PyObject *module, PyObject *number) {
    double wanted = PyFloat_AsDouble(number);
    if (PyErr_Occurred()) {
        return NULL;
    }
    kill(getpid(), (int)wanted);
    Py_RETURN_NONE;
}

static PyObject *each(PyObject *module, PyObject *args) {
    PyObject *callback;
    int count;
    if (!PyArg_ParseTuple(args, "Oi:js__each", &callback, &count)) {
        return NULL;
    }
    for (int number = 0; number < count; number++) {
        PyObject *result = PyObject_CallFunction(callback, "i", number);
        if (result == NULL) {
            return NULL;
        }
        Py_DECREF(result);
    }
    return PyLong_FromLong(count);
}

static PyObject *kept = NULL;

static PyObject *keep(PyObject *module, PyObject *callback) {
    Py_XSETREF(kept, Py_NewRef(callback));
    Py_RETURN_NONE;
}

static PyObject *is_kept(PyObject *module, PyObject *callback) {
    return PyBool_FromLong(kept == callback);
}

static PyObject *give_kept(PyObject *module, PyObject *unused) {
    return Py_NewRef(kept ? kept : Py_None);
}

static PyObject *forget(PyObject *module, PyObject *unused) {
    Py_CLEAR(kept);
    Py_RETURN_NONE;
}

static void *fire_there(void *number) {
    PyGILState_STATE state = PyGILState_Ensure();
    PyObject *result = PyObject_CallFunction(kept, "i", (int)(intptr_t)number);
    Py_XDECREF(result);
    PyGILState_Release(state);
    return NULL;
}

/* Calls what is kept from a thread that Python has not made. */
static PyObject *fire(PyObject *module, PyObject *number) {
    pthread_t thread;
    long wanted = PyLong_AsLong(number);
    if (PyErr_Occurred()) {
        return NULL;
    }
    if (kept == NULL) {
        Py_RETURN_NONE;
    }
    Py_BEGIN_ALLOW_THREADS
    pthread_create(&thread, NULL, fire_there, (void *)(intptr_t)wanted);
    pthread_join(thread, NULL);
    Py_END_ALLOW_THREADS
    Py_RETURN_NONE;
}

typedef struct {
    PyObject_HEAD
    int next;
    int end;
} Counter;

static PyObject *counter_next(Counter *counter) {
    if (counter->next == counter->end) {
        return NULL;
    }
    return PyLong_FromLong(counter->next++);
}

static PyTypeObject CounterType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "backend.Counter",
    .tp_basicsize = sizeof(Counter),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = (iternextfunc)counter_next,
};

static PyObject *count(PyObject *module, PyObject *end) {
    long wanted = PyLong_AsLong(end);
    if (PyErr_Occurred()) {
        return NULL;
    }
    Counter *counter = PyObject_New(Counter, &CounterType);
    if (counter != NULL) {
        counter->next = 0;
        counter->end = (int)wanted;
    }
    return (PyObject *)counter;
}

typedef struct {
    PyObject_HEAD
} Engine;

static PyObject *engine_run(PyObject *engine, PyObject *script) {
    return PyUnicode_FromFormat("ran %S", script);
}

static PyObject *engine_version(PyObject *type, PyObject *unused) {
    return PyUnicode_FromString("1.0");
}

static PyMethodDef engine_methods[] = {
    {"run", engine_run, METH_O, "run($self, script, /)\n--\n\nRun a script."},
    {"version", engine_version, METH_NOARGS | METH_STATIC, "version()\n--\n\nGive the version."},
    {NULL},
};

static PyTypeObject EngineType = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "backend.Engine",
    .tp_basicsize = sizeof(Engine),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_doc = "An engine.",
    .tp_methods = engine_methods,
    .tp_new = PyType_GenericNew,
};

static PyMethodDef methods[] = {
    {"js__add", (PyCFunction)(void (*)(void))add, METH_FASTCALL,
     "js__add(a, b, /)\n--\n\nAdd two things."},
    {"js__echo", echo, METH_O, "js__echo(value, /)\n--\n\nGive what it gets."},
    {"js__nothing", nothing, METH_NOARGS, "js__nothing()\n--\n\nDo nothing."},
    {"js__named", (PyCFunction)(void (*)(void))named, METH_VARARGS | METH_KEYWORDS, NULL},
    {"js__fail", fail, METH_O, "js__fail(message, /)\n--\n\n"},
    {"js__raise", raise_error, METH_O, "js__raise(error, /)\n--\n\n"},
    {"js__hold", hold, METH_O, "js__hold(seconds, /)\n--\n\n"},
    {"js__sleep", sleep_released, METH_O, "js__sleep(seconds, /)\n--\n\n"},
    {"js__crash", crash, METH_NOARGS, "js__crash()\n--\n\n"},
    {"js__signal", raise_signal, METH_O, "js__signal(number, /)\n--\n\n"},
    {"js__each", each, METH_VARARGS, "js__each(callback, count, /)\n--\n\n"},
    {"js__keep", keep, METH_O, "js__keep(callback, /)\n--\n\n"},
    {"js__is_kept", is_kept, METH_O, "js__is_kept(callback, /)\n--\n\n"},
    {"js__give_kept", give_kept, METH_NOARGS, "js__give_kept()\n--\n\n"},
    {"js__forget", forget, METH_NOARGS, "js__forget()\n--\n\n"},
    {"js__fire", fire, METH_O, "js__fire(number, /)\n--\n\n"},
    {"js__count", count, METH_O, "js__count(end, /)\n--\n\n"},
    {"internal", echo, METH_O, "internal(value, /)\n--\n\n"},
    {NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "backend", .m_size = -1, .m_methods = methods,
};

PyMODINIT_FUNC PyInit_backend(void) {
    if (PyType_Ready(&CounterType) < 0 || PyType_Ready(&EngineType) < 0) {
        return NULL;
    }
    PyObject *module = PyModule_Create(&definition);
    if (module != NULL && PyModule_AddObjectRef(module, "Engine", (PyObject *)&EngineType) < 0) {
        Py_CLEAR(module);
    }
    return module;
}
