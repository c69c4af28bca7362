/* Takes plain events as queue.py and encoder.py do, in a fraction of the time.

   Plain is what nearly all events are: exactly of their class, made of values of
   the built-in types, neither deep nor long, and with room for them in the queue.
   Of such an event a taker makes the bytes that the encoder would, and leaves them
   in the queue.  Any other event goes to the queue's own method, untouched: what
   is special is written once, in Python.

   Attributes are read from where __slots__ has them, as looking them up would take
   most of the time.  Before an event is handed on no Python code runs, and so no other
   thread comes between, except where the garbage collector may: where a tuple is made.

   Functions that can find an event not to be plain give 0 then, perhaps with an
   exception set, which nobody will see. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "../../channels/_classes.h"
#include "../../channels/_shape.h"
#include "_packing.h"

#ifdef Py_GIL_DISABLED
#error "other threads would come between"
#endif

#define MAX_DEPTH 4

enum { ENCODER, EVENTS, REFUSED, LIMIT, MAX_ROOM, PUSHED, POPPED };
enum { NUMBERS, LATEST };

typedef struct {
    PyObject_HEAD
    PyObject *queue;
    PyObject *take;           /* what takes an event that is not plain */
    long number;              /* of the messages that are made of events */
    Shape event;              /* what a message has behind its number */
    Py_ssize_t stack, length; /* which of that is the number of a stack, or the length of data */
    Shape connection, security;
    Shape queue_shape, encoder, stacks;
} Taker;

static int pack(Packed *, const Taker *, PyObject *value, int depth);

static int
pack_items(Packed *packed, const Taker *taker, PyObject *list, int depth)
{
    Py_ssize_t length = PySequence_Fast_GET_SIZE(list);
    PyObject **items = PySequence_Fast_ITEMS(list);
    int done = depth > 0 && pack_array(packed, length);
    for (Py_ssize_t index = 0; done && index < length; index++) {
        done = pack(packed, taker, items[index], depth - 1);
    }
    return done;
}

static int
pack_attributes(Packed *packed, const Taker *taker, PyObject *object, const Shape *shape, int depth)
{
    int done = depth > 0 && pack_array(packed, shape->count);
    for (Py_ssize_t index = 0; done && index < shape->count; index++) {
        done = pack(packed, taker, attribute(object, shape, index), depth - 1);
    }
    return done;
}

static int
pack(Packed *packed, const Taker *taker, PyObject *value, int depth)
{
    if (value == NULL) {
        return 0;
    }
    if (value == Py_None) {
        return pack_none(packed);
    }
    if (PyUnicode_CheckExact(value)) {
        return pack_str(packed, value);
    }
    if (PyBytes_CheckExact(value)) {
        return pack_bytes(packed, value);
    }
    if (PyLong_CheckExact(value)) {
        return pack_int(packed, value);
    }
    if (PyBool_Check(value)) {
        return pack_bool(packed, value);
    }
    if (PyList_CheckExact(value) || PyTuple_CheckExact(value)) {
        return pack_items(packed, taker, value, depth);
    }
    if (Py_IS_TYPE(value, taker->connection.type)) {
        return pack_attributes(packed, taker, value, &taker->connection, depth);
    }
    if (Py_IS_TYPE(value, taker->security.type)) {
        return pack_attributes(packed, taker, value, &taker->security, depth);
    }
    return 0;
}

/* What a StackTable knows a stack by: the ids of its code objects, and its offsets. */
static PyObject *
key_of_stack(PyObject *stack)
{
    Py_ssize_t frames = PySequence_Fast_GET_SIZE(stack) / 2;
    PyObject *ids = PyTuple_New(frames), *offsets = PyTuple_New(frames);
    PyObject *key = ids == NULL || offsets == NULL ? NULL : PyTuple_Pack(2, ids, offsets);
    PyObject **items = PySequence_Fast_ITEMS(stack);
    for (Py_ssize_t index = 0; key != NULL && index < frames; index++) {
        PyObject *id = PyLong_FromVoidPtr(items[2 * index]), *offset = items[2 * index + 1];
        if (id == NULL || !PyLong_CheckExact(offset)) {
            Py_XDECREF(id);
            Py_CLEAR(key);
            break;
        }
        PyTuple_SET_ITEM(ids, index, id);
        PyTuple_SET_ITEM(offsets, index, Py_NewRef(offset));
    }
    Py_XDECREF(ids);
    Py_XDECREF(offsets);
    return key;
}

/* Whether both have the same code objects, not just equal ones, at the same offsets. */
static int
is_same_stack(PyObject *stack, PyObject *other)
{
    Py_ssize_t size = PyList_GET_SIZE(stack);
    int is_same = PyList_CheckExact(other) && PyList_GET_SIZE(other) == size;
    for (Py_ssize_t index = 0; is_same && index < size; index++) {
        PyObject *item = PyList_GET_ITEM(stack, index), *another = PyList_GET_ITEM(other, index);
        is_same = item == another
                  || (PyLong_CheckExact(item) && PyLong_CheckExact(another)
                      && PyObject_RichCompareBool(item, another, Py_EQ) == 1);
    }
    return is_same;
}

/* Looks a stack up that is not the latest, and makes it that. */
static PyObject *
look_up(const Taker *taker, PyObject *table, PyObject *stack)
{
    PyObject *key = key_of_stack(stack), *latest = PyTuple_New(2), *number = NULL;
    /* From here on nothing is made, and so nothing changed by the collector. */
    if (key != NULL && latest != NULL) {
        number = PyDict_GetItemWithError(attribute(table, &taker->stacks, NUMBERS), key);
    }
    if (number != NULL) {
        PyTuple_SET_ITEM(latest, 0, Py_NewRef(stack));
        PyTuple_SET_ITEM(latest, 1, Py_NewRef(number));
        set_attribute(table, &taker->stacks, LATEST, latest);
        Py_INCREF(number);
    }
    Py_XDECREF(latest);
    Py_XDECREF(key);
    return number;
}

/* The number of a stack, most often the latest; NULL if it has none yet. */
static PyObject *
number_of_stack(const Taker *taker, PyObject *table, PyObject *stack)
{
    PyObject *latest = attribute(table, &taker->stacks, LATEST);
    if (PyList_CheckExact(stack) && is_same_stack(stack, PyTuple_GET_ITEM(latest, 0))) {
        return Py_NewRef(PyTuple_GET_ITEM(latest, 1));
    }
    Py_INCREF(table);
    PyObject *number = look_up(taker, table, stack);
    Py_DECREF(table);
    return number;
}

/* The number of a stack; one that has none yet is not plain, nor is one with parents. */
static int
pack_stack(Packed *packed, const Taker *taker, PyObject *stack)
{
    PyObject *encoder = attribute(taker->queue, &taker->queue_shape, ENCODER), *number = NULL;
    if ((PyList_CheckExact(stack) || PyTuple_CheckExact(stack))
        && Py_IS_TYPE(encoder, taker->encoder.type)) {
        number = number_of_stack(taker, attribute(encoder, &taker->encoder, 0), stack);
    }
    int done = number != NULL && pack_int(packed, number);
    Py_XDECREF(number);
    return done;
}

static int
pack_field(Packed *packed, const Taker *taker, PyObject *event, Py_ssize_t index)
{
    PyObject *value = attribute(event, &taker->event, index);
    if (value != NULL && index == taker->stack) {
        return pack_stack(packed, taker, value);
    }
    if (value != NULL && index == taker->length) {
        return PyBytes_CheckExact(value) && pack_number(packed, PyBytes_GET_SIZE(value));
    }
    return pack(packed, taker, value, MAX_DEPTH);
}

/* The event's bytes; NULL if it is not plain. */
static PyObject *
packed_event(const Taker *taker, PyObject *event)
{
    Packed packed = {.size = 0, .room = sizeof packed.few};
    packed.start = packed.few;
    int done = pack_array(&packed, 1 + taker->event.count) && pack_number(&packed, taker->number);
    for (Py_ssize_t index = 0; done && index < taker->event.count; index++) {
        done = pack_field(&packed, taker, event, index);
    }
    PyObject *bytes = done ? PyBytes_FromStringAndSize(packed.start, packed.size) : NULL;
    if (packed.start != packed.few) {
        PyMem_Free(packed.start);
    }
    return bytes;
}

static long long
queue_number(const Taker *taker, Py_ssize_t index)
{
    return PyLong_AsLongLong(attribute(taker->queue, &taker->queue_shape, index));
}

/* How many bytes there is room for; -1 if an exchange was refused, or too many events wait. */
static long long
room_of(const Taker *taker)
{
    PyObject *refused = attribute(taker->queue, &taker->queue_shape, REFUSED);
    PyObject *events = attribute(taker->queue, &taker->queue_shape, EVENTS);
    if (PySet_GET_SIZE(refused) > 0 || PyObject_Size(events) > queue_number(taker, LIMIT)) {
        return -1;
    }
    return queue_number(taker, MAX_ROOM) - queue_number(taker, PUSHED)
           + queue_number(taker, POPPED);
}

static int
push(const Taker *taker, PyObject *bytes)
{
    static PyObject *name;
    if (name == NULL && (name = PyUnicode_InternFromString("append")) == NULL) {
        return 0;
    }
    PyObject *events = attribute(taker->queue, &taker->queue_shape, EVENTS);
    PyObject *none = PyObject_CallMethodOneArg(events, name, bytes);
    PyObject *pushed = PyLong_FromLongLong(queue_number(taker, PUSHED) + PyBytes_GET_SIZE(bytes));
    if (none != NULL && pushed != NULL) {
        set_attribute(taker->queue, &taker->queue_shape, PUSHED, pushed);
    }
    int done = none != NULL;
    Py_XDECREF(pushed);
    Py_XDECREF(none);
    return done;
}

/* Whether the event is plain, and in the queue now. */
static int
take_plain(const Taker *taker, PyObject *event)
{
    PyObject *encoder = attribute(taker->queue, &taker->queue_shape, ENCODER);
    if (!Py_IS_TYPE(event, taker->event.type) || !Py_IS_TYPE(encoder, taker->encoder.type)) {
        return 0;
    }
    long long room = room_of(taker);
    PyObject *bytes = room < 0 ? NULL : packed_event(taker, event);
    int done = bytes != NULL && PyBytes_GET_SIZE(bytes) <= room && push(taker, bytes);
    Py_XDECREF(bytes);
    return done;
}

static PyObject *
Taker_take(Taker *taker, PyObject *const *arguments, Py_ssize_t count)
{
    if (count != 2) {
        PyErr_SetString(PyExc_TypeError, "take() takes an event and the name of its channel");
        return NULL;
    }
    int done = take_plain(taker, arguments[0]);
    PyErr_Clear();
    if (done) {
        Py_RETURN_NONE;
    }
    return PyObject_Vectorcall(taker->take, arguments, 2, NULL);
}

static int
make_shapes(Taker *taker, PyObject *queue, PyTypeObject *encoder, PyTypeObject *stacks)
{
    return make_shape(&taker->queue_shape, Py_TYPE(queue),
                      Py_BuildValue("(sssssss)", "encoder", "_events", "_refused", "limit",
                                    "_max_bytes", "_pushed_bytes", "_popped_bytes"))
           && make_shape(&taker->encoder, encoder, Py_BuildValue("(s)", "_stacks"))
           && make_shape(&taker->stacks, stacks, Py_BuildValue("(ss)", "_numbers", "_latest"));
}

static PyObject *
Taker_new(PyTypeObject *type, PyObject *arguments, PyObject *Py_UNUSED(keywords))
{
    PyTypeObject *event, *connection, *security, *encoder, *stacks;
    PyObject *queue, *take, *names, *connection_names, *security_names;
    long number;
    Py_ssize_t stack, length;
    if (!PyArg_ParseTuple(arguments, "OOl(O!O!)nn(O!O!)(O!O!)O!O!", &queue, &take, &number,
                          &PyType_Type, &event, &PyTuple_Type, &names, &stack, &length,
                          &PyType_Type, &connection, &PyTuple_Type, &connection_names,
                          &PyType_Type, &security, &PyTuple_Type, &security_names,
                          &PyType_Type, &encoder, &PyType_Type, &stacks)) {
        return NULL;
    }
    Taker *taker = (Taker *)type->tp_alloc(type, 0);
    if (taker == NULL) {
        return NULL;
    }
    taker->queue = Py_NewRef(queue);
    taker->take = Py_NewRef(take);
    taker->number = number;
    taker->stack = stack;
    taker->length = length;
    if (!make_shape(&taker->event, event, Py_NewRef(names))
        || !make_shape(&taker->connection, connection, Py_NewRef(connection_names))
        || !make_shape(&taker->security, security, Py_NewRef(security_names))
        || !make_shapes(taker, queue, encoder, stacks)) {
        Py_CLEAR(taker);
    }
    return (PyObject *)taker;
}

static int
Taker_traverse(Taker *taker, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(taker));
    Py_VISIT(taker->queue);
    Py_VISIT(taker->take);
    Py_VISIT(taker->event.type);
    Py_VISIT(taker->connection.type);
    Py_VISIT(taker->security.type);
    Py_VISIT(taker->queue_shape.type);
    Py_VISIT(taker->encoder.type);
    Py_VISIT(taker->stacks.type);
    return 0;
}

/* There is no tp_clear: like a tuple, a taker can't be left without what it needs to be called. */
static void
Taker_dealloc(Taker *taker)
{
    PyTypeObject *type = Py_TYPE(taker);
    PyObject_GC_UnTrack(taker);
    Py_XDECREF(taker->queue);
    Py_XDECREF(taker->take);
    Py_XDECREF(taker->event.type);
    Py_XDECREF(taker->connection.type);
    Py_XDECREF(taker->security.type);
    Py_XDECREF(taker->queue_shape.type);
    Py_XDECREF(taker->encoder.type);
    Py_XDECREF(taker->stacks.type);
    type->tp_free(taker);
    Py_DECREF(type);
}

static PyMethodDef Taker_methods[] = {
    {"take", (PyCFunction)(void (*)(void))Taker_take, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot Taker_slots[] = {
    {Py_tp_new, Taker_new},
    {Py_tp_traverse, Taker_traverse},
    {Py_tp_dealloc, Taker_dealloc},
    {Py_tp_methods, Taker_methods},
    {0, NULL},
};

static PyType_Spec Taker_spec = {
    .name = "tapscope.agents.tap._taker.Taker",
    .basicsize = sizeof(Taker),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .slots = Taker_slots,
};

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, .m_name = "_taker", .m_size = -1};

PyMODINIT_FUNC
PyInit__taker(void)
{
    PyObject *made = PyModule_Create(&module);
    PyTypeObject *taker = made == NULL ? NULL : add_class(made, &Taker_spec, "Taker");
    if (taker == NULL) {
        Py_CLEAR(made);
    }
    Py_XDECREF(taker);
    return made;
}
