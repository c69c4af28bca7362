/* Publishes the events of http.client.

   They are made without calling their class, and handed to a channel's only subscriber if
   that is written in C too.  All else is left to the channel's own publish. */

#ifndef TAPSCOPE_PUBLISHING_H
#define TAPSCOPE_PUBLISHING_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "_raised.h"
#include "_shape.h"

/* One of the channels of http.client, and the class of what is published there. */
typedef struct {
    PyObject *channel;
    Shape event;
} Phase;

enum { START, HEADERS, BODY_CHUNK, FINISH, ERROR, PHASES };
static const char *const PHASE_NAMES[] = {"start", "headers", "body_chunk", "finish", "error"};

enum { NAME, ONLY, BUSY };

/* What else this stands on, and names that are looked up. */
static struct {
    Phase phases[PHASES];
    Shape channel, connection, gates_shape, linking_shape;
    PyObject *clock, *threading; /* what these modules define */
    PyObject *threads, *next_id, *stack_of, *linking, *gates, *suppressed;
    PyObject *operations, *current_exchange;
    PyObject *now, *get_ident, *name, *used, *publish, *fail;
} bus;

/* Calls what a module defines now, as it may be replaced. */
static PyObject *
call_defined(PyObject *defined, PyObject *name)
{
    PyObject *function = PyDict_GetItemWithError(defined, name);
    if (function == NULL) {
        return PyErr_Occurred() ? NULL : PyErr_Format(PyExc_NameError, "%R is not defined", name);
    }
    Py_INCREF(function);
    PyObject *result = PyObject_CallNoArgs(function);
    Py_DECREF(function);
    return result;
}

static PyObject *
now(void)
{
    return call_defined(bus.clock, bus.now);
}

/* Has the channel deal with the exception that is set, as its publish would. */
static int
fail_entry(PyObject *channel, PyObject *entry)
{
    if (!PyErr_ExceptionMatches(PyExc_Exception)) {
        return 0;
    }
    PyObject *error = take_raised();
    PyObject *done = PyObject_CallMethodObjArgs(channel, bus.fail, entry, error, NULL);
    Py_XDECREF(done);
    Py_DECREF(error);
    return done != NULL;
}

static int
publish_to(PyObject *channel, PyObject *entry, PyObject *event)
{
    PyObject *arguments[] = {event, attribute(channel, &bus.channel, NAME)};
    set_attribute(channel, &bus.channel, BUSY, Py_True);
    PyObject *result = PyObject_Vectorcall(entry, arguments, 2, NULL);
    int done = result != NULL || fail_entry(channel, entry);
    Py_XDECREF(result);
    set_attribute(channel, &bus.channel, BUSY, Py_False);
    return done;
}

static PyObject *
publish(PyObject *channel, PyObject *event)
{
    PyObject *entry = Py_NewRef(attribute(channel, &bus.channel, ONLY)), *none;
    /* Not one in Python, as of those the channel counts how deep they publish in turn. */
    if (PyCFunction_CheckExact(entry) && attribute(channel, &bus.channel, BUSY) == Py_False) {
        none = publish_to(channel, entry, event) ? Py_NewRef(Py_None) : NULL;
    }
    else {
        none = PyObject_CallMethodOneArg(channel, bus.publish, event);
    }
    Py_DECREF(entry);
    return none;
}

/* Publishes an event of this id, this time and these values; gives None.

   Takes over the reference to the time, which may be NULL with an exception. */
static PyObject *
tell(const Phase *phase, PyObject *id, PyObject *at, PyObject *const *values)
{
    const Shape *shape = &phase->event;
    PyObject *event = at == NULL ? NULL : shape->type->tp_alloc(shape->type, 0);
    if (event == NULL) {
        Py_XDECREF(at);
        return NULL;
    }
    *place_of(event, shape, 0) = Py_NewRef(id);
    *place_of(event, shape, 1) = at;
    for (Py_ssize_t index = 2; index < shape->count; index++) {
        *place_of(event, shape, index) = Py_NewRef(values[index - 2]);
    }
    PyObject *none = publish(phase->channel, event);
    Py_DECREF(event);
    return none;
}

/* Whether what is published here reaches nobody; -1 if that can't be told. */
static int
is_suppressed(void)
{
    if (attribute(bus.gates, &bus.gates_shape, 0) == Py_False) {
        return 0;
    }
    PyObject *is_silent = PyObject_CallNoArgs(bus.suppressed);
    int answer = is_silent == NULL ? -1 : PyObject_IsTrue(is_silent);
    Py_XDECREF(is_silent);
    return answer;
}

/* The stack of the Python function that called us. */
static PyObject *
capture_stack(void)
{
    PyObject *frame = (PyObject *)PyEval_GetFrame();
    PyObject *stack = PyObject_CallOneArg(bus.stack_of, frame == NULL ? Py_None : frame);
    PyObject *link = Py_NewRef(attribute(bus.linking, &bus.linking_shape, 0));
    if (stack != NULL && link != Py_None) {
        Py_SETREF(stack, PyObject_CallOneArg(link, stack));
    }
    Py_DECREF(link);
    return stack;
}

static PyObject *
thread_name(void)
{
    PyObject *ident = call_defined(bus.threading, bus.get_ident);
    PyObject *thread = ident == NULL ? NULL : PyDict_GetItemWithError(bus.threads, ident);
    PyObject *name = NULL;
    if (thread != NULL) {
        Py_INCREF(thread);
        name = PyObject_GetAttr(thread, bus.name);
        Py_DECREF(thread);
    }
    else if (!PyErr_Occurred()) {
        name = PyUnicode_New(0, 0);
    }
    Py_XDECREF(ident);
    return name;
}

static PyObject *
imported(const char *module, const char *name)
{
    PyObject *owner = PyErr_Occurred() ? NULL : PyImport_ImportModule(module);
    PyObject *found = owner == NULL ? NULL : PyObject_GetAttrString(owner, name);
    Py_XDECREF(owner);
    return found;
}

static int
load_shape(Shape *shape, PyObject *type, PyObject *names)
{
    int done = type != NULL && make_shape(shape, (PyTypeObject *)type, names);
    Py_XDECREF(type);
    return done;
}

static int
load_phase(Phase *phase, PyObject *lifecycle, const char *name)
{
    phase->channel = PyObject_GetAttrString(lifecycle, name);
    PyObject *event = phase->channel == NULL ? NULL
                                             : PyObject_GetAttrString(phase->channel, "event");
    PyObject *names = event == NULL ? NULL : PyObject_GetAttrString(event, "__match_args__");
    return load_shape(&phase->event, event, names);
}

static int
load_phases(void)
{
    PyObject *lifecycle = imported("tapscope.channels.http", "client");
    int done = lifecycle != NULL;
    for (Py_ssize_t index = 0; done && index < PHASES; index++) {
        done = load_phase(&bus.phases[index], lifecycle, PHASE_NAMES[index]);
    }
    Py_XDECREF(lifecycle);
    return done;
}

static int
load_bus(void)
{
    bus.clock = imported("tapscope.channels.clock", "__dict__");
    bus.threading = imported("threading", "__dict__");
    bus.threads = imported("tapscope.channels._identity", "threads");
    bus.next_id = imported("tapscope.channels._identity", "next_id");
    bus.current_exchange = imported("tapscope.channels._identity", "current_exchange");
    bus.stack_of = imported("tapscope.channels._stack", "stack_of");
    bus.linking = imported("tapscope.channels._stack", "linking");
    bus.gates = imported("tapscope.channels._suppression", "gates");
    bus.suppressed = imported("tapscope.channels._suppression", "suppressed");
    bus.operations = imported("tapscope.channels._identity", "operations");
    bus.now = PyUnicode_InternFromString("now");
    bus.get_ident = PyUnicode_InternFromString("get_ident");
    bus.name = PyUnicode_InternFromString("name");
    bus.used = PyUnicode_InternFromString("used");
    bus.publish = PyUnicode_InternFromString("publish");
    bus.fail = PyUnicode_InternFromString("_fail");
    return !PyErr_Occurred() && load_phases()
           && load_shape(&bus.gates_shape, PyObject_Type(bus.gates), Py_BuildValue("(s)", "shut"))
           && load_shape(&bus.linking_shape, PyObject_Type(bus.linking), Py_BuildValue("(s)", "link"))
           && load_shape(&bus.connection, imported("tapscope.channels.http", "Connection"),
                         Py_BuildValue("(s)", "used"))
           && load_shape(&bus.channel, imported("tapscope.channels._channel", "Channel"),
                         Py_BuildValue("(sss)", "name", "_only", "_busy"));
}

#endif
