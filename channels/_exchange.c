/* Publishes the events of an outgoing request as exchange.py does, in a fraction of the time.

   The classes are as those there to whoever uses them, and what each method does is said
   there. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "_classes.h"
#include "_operation.h"
#include "_publishing.h"
#include "_signature.h"

#ifdef Py_GIL_DISABLED
#error "other threads would come between"
#endif

typedef struct {
    PyObject_HEAD
    PyObject *id, *early_hints;
    Operation *operation; /* or NULL */
    long long received_bytes;
    char ended, unseen;
} Exchange;

static PyTypeObject *exchange_type;

static Exchange *
new_exchange(int is_unseen)
{
    Exchange *exchange = (Exchange *)exchange_type->tp_alloc(exchange_type, 0);
    if (exchange != NULL) {
        exchange->operation = open_operation();
        exchange->early_hints = PyTuple_New(0);
        exchange->id = PyObject_CallNoArgs(bus.next_id);
        exchange->ended = exchange->unseen = (char)is_unseen;
        if (PyErr_Occurred()) {
            Py_CLEAR(exchange);
        }
    }
    return exchange;
}

static int
Exchange_traverse(Exchange *exchange, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(exchange));
    Py_VISIT(exchange->early_hints);
    Py_VISIT(exchange->operation);
    return 0;
}

/* The rest stays, so that none of it is ever missing. */
static int
Exchange_clear(Exchange *exchange)
{
    Py_CLEAR(exchange->operation);
    return 0;
}

static void
Exchange_dealloc(Exchange *exchange)
{
    PyTypeObject *type = Py_TYPE(exchange);
    PyObject_GC_UnTrack(exchange);
    Py_XDECREF(exchange->id);
    Py_XDECREF(exchange->early_hints);
    Py_XDECREF(exchange->operation);
    type->tp_free(exchange);
    Py_DECREF(type);
}

static PyObject *
or_none(PyObject *object)
{
    return Py_NewRef(object == NULL ? Py_None : object);
}

/* The first of two times that is one, or the present; 0 means as little as None. */
static PyObject *
time_of(PyObject *first, PyObject *second)
{
    if (first != NULL && PyObject_IsTrue(first) == 1) {
        return Py_NewRef(first);
    }
    return second != NULL && PyObject_IsTrue(second) == 1 ? Py_NewRef(second) : now();
}

enum { METHOD, URL, FIELDS, STACK, THREAD, PARENT, REDIRECTED_FROM, STARTED };

/* What a RequestStarted has behind its time, with new references. */
static void
start_values(const Exchange *exchange, PyObject *const *given, PyObject **values)
{
    const Operation *operation = exchange->operation;
    values[METHOD] = Py_NewRef(given[0]);
    values[URL] = Py_NewRef(given[1]);
    values[FIELDS] = Py_NewRef(given[2]);
    values[STACK] = operation == NULL ? capture_stack() : or_none(operation->stack);
    values[THREAD] = values[STACK] == NULL ? NULL : thread_name();
    values[PARENT] = NULL;
    values[REDIRECTED_FROM] = or_none(operation == NULL ? NULL : operation->redirect);
    if (values[THREAD] != NULL) {
        PyContextVar_Get(bus.current_exchange, NULL, &values[PARENT]);
    }
}

static void
take_part(const Exchange *exchange)
{
    Operation *operation = exchange->operation;
    if (operation != NULL) {
        Py_XSETREF(operation->at, Py_NewRef(Py_None));
        Py_XSETREF(operation->redirect, Py_NewRef(Py_None));
        Py_XSETREF(operation->newest, Py_NewRef(exchange->id));
    }
}

static int
publish_start(Exchange *exchange, PyObject *const *given)
{
    PyObject *values[STARTED], *at = NULL, *none;
    start_values(exchange, given, values);
    if (values[PARENT] != NULL) {
        at = time_of(exchange->operation == NULL ? NULL : exchange->operation->at, given[3]);
    }
    take_part(exchange);
    none = tell(&bus.phases[START], exchange->id, at, values);
    for (Py_ssize_t index = 0; index < STARTED; index++) {
        Py_XDECREF(values[index]);
    }
    Py_XDECREF(none);
    return none != NULL;
}

static PyObject *
Exchange_start(PyObject *Py_UNUSED(type), PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    static const Signature signature = {"start", {"method", "url", "headers", "at"}, 4, 3, 4};
    PyObject *values[4] = {NULL};
    int is_unseen = bind(&signature, given, count, names, values) ? is_suppressed() : -1;
    Exchange *exchange = is_unseen < 0 ? NULL : new_exchange(is_unseen);
    if (exchange != NULL && !is_unseen && !publish_start(exchange, values)) {
        Py_CLEAR(exchange);
    }
    return (PyObject *)exchange;
}

static PyObject *
publish_chunk(const Exchange *exchange, PyObject *data, PyObject *sent)
{
    PyObject *values[] = {data, sent};
    return tell(&bus.phases[BODY_CHUNK], exchange->id, now(), values);
}

static PyObject *
Exchange_sent(Exchange *exchange, PyObject *data)
{
    int is_any = exchange->unseen ? 0 : PyObject_IsTrue(data);
    if (is_any > 0) {
        return publish_chunk(exchange, data, Py_True);
    }
    return is_any < 0 ? NULL : Py_NewRef(Py_None);
}

static PyObject *
Exchange_received(Exchange *exchange, PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    static const Signature signature = {"received", {"data", "wire_length"}, 2, 1, 2};
    PyObject *values[] = {NULL, Py_None};
    if (!bind(&signature, given, count, names, values)) {
        return NULL;
    }
    if (exchange->unseen) {
        Py_RETURN_NONE;
    }
    Py_ssize_t length = PyObject_Size(values[0]);
    exchange->received_bytes += values[1] == Py_None ? length : PyLong_AsLongLong(values[1]);
    if (PyErr_Occurred()) {
        return NULL;
    }
    return length ? publish_chunk(exchange, values[0], Py_False) : Py_NewRef(Py_None);
}

static PyObject *
Exchange_hinted(Exchange *exchange, PyObject *headers)
{
    PyObject *before = PySequence_List(exchange->early_hints);
    PyObject *all = before == NULL ? NULL : PySequence_InPlaceConcat(before, headers);
    Py_XDECREF(before);
    if (all == NULL) {
        return NULL;
    }
    Py_SETREF(exchange->early_hints, all);
    Py_RETURN_NONE;
}

static int
is_redirect(PyObject *status)
{
    long number = PyLong_Check(status) ? PyLong_AsLong(status) : -1;
    PyErr_Clear();
    return number == 301 || number == 302 || number == 303 || number == 307 || number == 308;
}

/* Whether an earlier exchange used the connection; -1 if that can't be told. */
static int
is_reused(PyObject *connection)
{
    PyObject *used = NULL;
    if (Py_IS_TYPE(connection, bus.connection.type)) {
        used = Py_XNewRef(attribute(connection, &bus.connection, 0));
    }
    else if (connection != Py_None) {
        used = PyObject_GetAttr(connection, bus.used);
    }
    long long times = used == NULL ? 0 : PyLong_AsLongLong(used);
    Py_XDECREF(used);
    return PyErr_Occurred() ? -1 : times > 1;
}

/* Lets go of the operation, as some libraries' responses are garbage that only the collector
   can clear. */
static void
leave_operation(Exchange *exchange, PyObject *status)
{
    if (exchange->operation != NULL && is_redirect(status)) {
        Py_XSETREF(exchange->operation->redirect, Py_NewRef(exchange->id));
    }
    Py_CLEAR(exchange->operation);
}

static PyObject *
Exchange_responded(Exchange *exchange, PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    static const Signature signature = {
        "responded",
        {"status", "reason", "protocol", "headers", "connection", "send_start", "send_end",
         "from_cache"},
        8, 7, 7,
    };
    PyObject *of[8] = {NULL, NULL, NULL, NULL, NULL, NULL, NULL, Py_False};
    if (!bind(&signature, given, count, names, of)) {
        return NULL;
    }
    if (exchange->unseen) {
        Py_RETURN_NONE;
    }
    int reused = is_reused(of[4]);
    if (reused < 0) {
        return NULL;
    }
    leave_operation(exchange, of[0]);
    PyObject *values[] = {of[0], of[1], of[2], of[3], of[4], reused ? Py_True : Py_False,
                          of[5], of[6], of[7], exchange->early_hints};
    return tell(&bus.phases[HEADERS], exchange->id, now(), values);
}

static PyObject *
Exchange_finish(Exchange *exchange, PyObject *const *given, Py_ssize_t count, PyObject *names)
{
    static const Signature signature = {"finish", {"complete"}, 1, 0, 0};
    PyObject *complete = Py_True;
    if (!bind(&signature, given, count, names, &complete)) {
        return NULL;
    }
    PyObject *length = PyLong_FromLongLong(exchange->received_bytes), *none = NULL;
    if (exchange->ended) {
        none = Py_NewRef(Py_None);
    }
    else if (length != NULL) {
        PyObject *values[] = {length, complete};
        exchange->ended = 1;
        none = tell(&bus.phases[FINISH], exchange->id, now(), values);
    }
    Py_XDECREF(length);
    return none;
}

static PyObject *
Exchange_fail(Exchange *exchange, PyObject *error)
{
    if (exchange->ended) {
        Py_RETURN_NONE;
    }
    exchange->ended = 1;
    return tell(&bus.phases[ERROR], exchange->id, now(), &error);
}

#define WITH_NAMES(function) (PyCFunction)(void (*)(void))function, METH_FASTCALL | METH_KEYWORDS

static PyMethodDef Exchange_methods[] = {
    {"start", WITH_NAMES(Exchange_start) | METH_CLASS, NULL},
    {"sent", (PyCFunction)Exchange_sent, METH_O, NULL},
    {"hinted", (PyCFunction)Exchange_hinted, METH_O, NULL},
    {"responded", WITH_NAMES(Exchange_responded), NULL},
    {"received", WITH_NAMES(Exchange_received), NULL},
    {"finish", WITH_NAMES(Exchange_finish), NULL},
    {"fail", (PyCFunction)Exchange_fail, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef Exchange_members[] = {
    {"id", T_OBJECT_EX, offsetof(Exchange, id), READONLY, NULL},
    {"ended", T_BOOL, offsetof(Exchange, ended), READONLY, NULL},
    {"received_bytes", T_LONGLONG, offsetof(Exchange, received_bytes), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot Exchange_slots[] = {
    {Py_tp_traverse, Exchange_traverse},
    {Py_tp_clear, Exchange_clear},
    {Py_tp_dealloc, Exchange_dealloc},
    {Py_tp_methods, Exchange_methods},
    {Py_tp_members, Exchange_members},
    {0, NULL},
};

static PyType_Spec Exchange_spec = {
    .name = "tapscope.channels.exchange.ClientExchange",
    .basicsize = sizeof(Exchange),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = Exchange_slots,
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "_exchange", .m_size = -1};

PyMODINIT_FUNC
PyInit__exchange(void)
{
    PyObject *made = PyModule_Create(&module);
    if (made != NULL && load_bus()) {
        operation_type = add_class(made, &Operation_spec, "Operation");
        exchange_type = add_class(made, &Exchange_spec, "ClientExchange");
    }
    if (exchange_type == NULL) {
        Py_CLEAR(made);
    }
    return made;
}
