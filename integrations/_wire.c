/* What the hooks of http.client do for each request, in a fraction of the time.

   It is what http_client.py, _sending.py and _body.py do in Python.  Only plain cases are
   written here; a connection that is to be opened, a request's body, a response that is
   chunked or ends too early are left to the classes in Python. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>

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

/* Names that are looked up, and a clock. */
static PyObject *read_name, *ended_name, *received_name, *finish_name, *fail_name, *took_name;
static PyObject *send_name, *left_name, *monotonic_ns;

static int
call(PyObject *object, PyObject *name, PyObject *first, PyObject *second)
{
    PyObject *result = PyObject_CallMethodObjArgs(object, name, first, second, NULL);
    Py_XDECREF(result);
    return result != NULL;
}

/* A request on its way, with what Head in _sending.py has. */
typedef struct {
    PyObject_HEAD
    PyObject *exchange, *connection, *send_start, *send_end, *headers, *chunks, *error;
    char connecting, answered;
} Head;

static PyObject *
Head_new(PyTypeObject *type, PyObject *arguments, PyObject *Py_UNUSED(keywords))
{
    PyObject *exchange, *headers, *connection;
    if (!PyArg_UnpackTuple(arguments, "Head", 3, 3, &exchange, &headers, &connection)) {
        return NULL;
    }
    Head *head = (Head *)type->tp_alloc(type, 0);
    if (head != NULL) {
        head->exchange = Py_NewRef(exchange);
        head->connection = Py_NewRef(connection);
        head->headers = Py_NewRef(headers);
    }
    return (PyObject *)head;
}

/* Whether this is the head of a request and nothing more. */
static int
is_head(PyObject *data)
{
    if (!PyBytes_CheckExact(data)) {
        return 0;
    }
    const char *place = PyBytes_AS_STRING(data), *end = place + PyBytes_GET_SIZE(data);
    while ((place = memchr(place, '\r', end - place)) != NULL
           && (end - place < 4 || memcmp(place, "\r\n\r\n", 4) != 0)) {
        place++;
    }
    return place != NULL && place + 4 == end;
}

static int
note_time(PyObject **place)
{
    PyObject *now = PyObject_CallNoArgs(monotonic_ns);
    if (now != NULL) {
        Py_XSETREF(*place, now);
    }
    return now != NULL;
}

static PyObject *
Head_send(Head *head, PyObject *const *given, Py_ssize_t count)
{
    if (count != 3) {
        return PyErr_Format(PyExc_TypeError, "send() takes three arguments, not %zd", count);
    }
    int is_begun = head->send_start != NULL && head->send_start != Py_None;
    if (is_begun || head->connection == Py_None || !is_head(given[2])) {
        return PyObject_CallMethodObjArgs((PyObject *)head, send_name, given[0], given[1],
                                          given[2], NULL);
    }
    PyObject *result = NULL;
    if (note_time(&head->send_start)) {
        result = PyObject_Vectorcall(given[0], given + 1, 2, NULL);
    }
    if (result != NULL && !note_time(&head->send_end)) {
        Py_CLEAR(result);
    }
    return result;
}

static void
Head_finalize(Head *head)
{
    PyObject *type, *error, *traceback;
    if (!head->answered) {
        PyErr_Fetch(&type, &error, &traceback);
        if (!call((PyObject *)head, left_name, NULL, NULL)) {
            PyErr_WriteUnraisable((PyObject *)head);
        }
        PyErr_Restore(type, error, traceback);
    }
}

static int
Head_traverse(Head *head, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(head));
    Py_VISIT(head->exchange);
    Py_VISIT(head->connection);
    Py_VISIT(head->headers);
    Py_VISIT(head->chunks);
    Py_VISIT(head->error);
    return 0;
}

/* What was raised may refer to whoever holds us; the rest does not. */
static int
Head_clear(Head *head)
{
    Py_CLEAR(head->error);
    return 0;
}

static void
Head_dealloc(Head *head)
{
    PyTypeObject *type = Py_TYPE(head);
    if (PyObject_CallFinalizerFromDealloc((PyObject *)head) < 0) {
        return;
    }
    PyObject_GC_UnTrack(head);
    Py_XDECREF(head->exchange);
    Py_XDECREF(head->connection);
    Py_XDECREF(head->send_start);
    Py_XDECREF(head->send_end);
    Py_XDECREF(head->headers);
    Py_XDECREF(head->chunks);
    Py_XDECREF(head->error);
    type->tp_free(head);
    Py_DECREF(type);
}

static PyMethodDef Head_methods[] = {
    {"send", (PyCFunction)(void (*)(void))Head_send, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef Head_members[] = {
    {"exchange", T_OBJECT, offsetof(Head, exchange), READONLY, NULL},
    {"connection", T_OBJECT, offsetof(Head, connection), 0, NULL},
    {"send_start", T_OBJECT, offsetof(Head, send_start), 0, NULL},
    {"send_end", T_OBJECT, offsetof(Head, send_end), 0, NULL},
    {"_headers", T_OBJECT, offsetof(Head, headers), 0, NULL},
    {"_chunks", T_OBJECT, offsetof(Head, chunks), 0, NULL},
    {"_error", T_OBJECT, offsetof(Head, error), 0, NULL},
    {"_connecting", T_BOOL, offsetof(Head, connecting), 0, NULL},
    {"_answered", T_BOOL, offsetof(Head, answered), 0, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot Head_slots[] = {
    {Py_tp_new, Head_new},
    {Py_tp_finalize, Head_finalize},
    {Py_tp_traverse, Head_traverse},
    {Py_tp_clear, Head_clear},
    {Py_tp_dealloc, Head_dealloc},
    {Py_tp_methods, Head_methods},
    {Py_tp_members, Head_members},
    {0, NULL},
};

static PyType_Spec Head_spec = {
    .name = "tapscope.integrations._wire.Head",
    .basicsize = sizeof(Head),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .slots = Head_slots,
};

/* A response's file, the exchange it belongs to, how much of the body is to come or None, and
   what parts its chunks or None. */
typedef struct {
    PyObject_HEAD
    PyObject *file, *exchange, *left, *chunks;
} Reading;

static PyObject *
Reading_new(PyTypeObject *type, PyObject *arguments, PyObject *Py_UNUSED(keywords))
{
    PyObject *file, *exchange, *left, *chunks;
    if (!PyArg_UnpackTuple(arguments, "Reading", 4, 4, &file, &exchange, &left, &chunks)) {
        return NULL;
    }
    Reading *reading = (Reading *)type->tp_alloc(type, 0);
    if (reading != NULL) {
        reading->file = Py_NewRef(file);
        reading->exchange = Py_NewRef(exchange);
        reading->left = Py_NewRef(left);
        reading->chunks = Py_NewRef(chunks);
    }
    return (PyObject *)reading;
}

/* Tells the exchange of the exception that is set, and stays so. */
static void
broke(Reading *reading)
{
    PyObject *type, *error, *traceback;
    PyErr_Fetch(&type, &error, &traceback);
    PyErr_NormalizeException(&type, &error, &traceback);
    if (traceback != NULL) {
        PyException_SetTraceback(error, traceback);
    }
    call(reading->exchange, fail_name, error, NULL);
    PyErr_Restore(type, error, traceback);
}

/* Whether the exchange has ended; -1 if that can't be told. */
static int
has_ended(Reading *reading)
{
    PyObject *ended = PyObject_GetAttr(reading->exchange, ended_name);
    int answer = ended == NULL ? -1 : PyObject_IsTrue(ended);
    Py_XDECREF(ended);
    return answer;
}

/* Whether the data is a piece of a body that is neither chunked nor ends before its time. */
static int
is_plain(Reading *reading, PyObject *data, Py_ssize_t asked)
{
    if (!PyBytes_CheckExact(data) || reading->chunks != Py_None) {
        return 0;
    }
    Py_ssize_t length = PyBytes_GET_SIZE(data), left = PY_SSIZE_T_MAX;
    if (reading->left != Py_None) {
        left = PyLong_AsSsize_t(reading->left);
    }
    return 0 < length && length <= left && (length == left || length >= asked);
}

static int
took_plain(Reading *reading, PyObject *data)
{
    if (!call(reading->exchange, received_name, data, NULL)) {
        return 0;
    }
    if (reading->left == Py_None) {
        return 1;
    }
    Py_ssize_t left = PyLong_AsSsize_t(reading->left) - PyBytes_GET_SIZE(data);
    PyObject *number = PyLong_FromSsize_t(left);
    if (number == NULL) {
        return 0;
    }
    Py_SETREF(reading->left, number);
    return left > 0 || call(reading->exchange, finish_name, NULL, NULL);
}

/* Publishes what was read of what the program asked for. */
static int
took(Reading *reading, PyObject *data, Py_ssize_t asked)
{
    int ended = has_ended(reading);
    if (ended != 0) {
        return ended > 0;
    }
    if (is_plain(reading, data, asked)) {
        return took_plain(reading, data);
    }
    PyObject *number = PyErr_Occurred() ? NULL : PyLong_FromSsize_t(asked);
    int done = number != NULL && call((PyObject *)reading, took_name, data, number);
    Py_XDECREF(number);
    return done;
}

static PyObject *
Reading_read(Reading *reading, PyObject *const *given, Py_ssize_t count)
{
    if (count > 1) {
        return PyErr_Format(PyExc_TypeError, "read() takes one number, not %zd", count);
    }
    PyObject *data = PyObject_CallMethodObjArgs(reading->file, read_name, count ? given[0] : NULL,
                                                NULL);
    if (data == NULL) {
        broke(reading);
        return NULL;
    }
    Py_ssize_t asked = -1;
    if (count && given[0] != Py_None) {
        asked = PyNumber_AsSsize_t(given[0], NULL);
    }
    if (PyErr_Occurred() || !took(reading, data, asked < 0 ? PY_SSIZE_T_MAX : asked)) {
        Py_CLEAR(data);
    }
    return data;
}

static int
Reading_traverse(Reading *reading, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(reading));
    Py_VISIT(reading->file);
    Py_VISIT(reading->exchange);
    Py_VISIT(reading->chunks);
    return 0;
}

/* Leaves None, so that nothing is ever missing. */
static int
Reading_clear(Reading *reading)
{
    Py_SETREF(reading->file, Py_NewRef(Py_None));
    Py_SETREF(reading->exchange, Py_NewRef(Py_None));
    Py_SETREF(reading->chunks, Py_NewRef(Py_None));
    return 0;
}

static void
Reading_dealloc(Reading *reading)
{
    PyTypeObject *type = Py_TYPE(reading);
    PyObject_GC_UnTrack(reading);
    Py_XDECREF(reading->file);
    Py_XDECREF(reading->exchange);
    Py_XDECREF(reading->left);
    Py_XDECREF(reading->chunks);
    type->tp_free(reading);
    Py_DECREF(type);
}

static PyMethodDef Reading_methods[] = {
    {"read", (PyCFunction)(void (*)(void))Reading_read, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef Reading_members[] = {
    {"_file", T_OBJECT, offsetof(Reading, file), READONLY, NULL},
    {"_exchange", T_OBJECT, offsetof(Reading, exchange), READONLY, NULL},
    {"_left", T_OBJECT, offsetof(Reading, left), 0, NULL},
    {"_chunks", T_OBJECT, offsetof(Reading, chunks), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot Reading_slots[] = {
    {Py_tp_new, Reading_new},
    {Py_tp_traverse, Reading_traverse},
    {Py_tp_clear, Reading_clear},
    {Py_tp_dealloc, Reading_dealloc},
    {Py_tp_methods, Reading_methods},
    {Py_tp_members, Reading_members},
    {0, NULL},
};

static PyType_Spec Reading_spec = {
    .name = "tapscope.integrations._wire.Reading",
    .basicsize = sizeof(Reading),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .slots = Reading_slots,
};

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

static int
load(void)
{
    PyObject *time = PyImport_ImportModule("time");
    read_name = PyUnicode_InternFromString("read");
    ended_name = PyUnicode_InternFromString("ended");
    received_name = PyUnicode_InternFromString("received");
    finish_name = PyUnicode_InternFromString("finish");
    fail_name = PyUnicode_InternFromString("fail");
    took_name = PyUnicode_InternFromString("_took");
    send_name = PyUnicode_InternFromString("_send");
    left_name = PyUnicode_InternFromString("_left");
    monotonic_ns = time == NULL ? NULL : PyObject_GetAttrString(time, "monotonic_ns");
    Py_XDECREF(time);
    return !PyErr_Occurred();
}

static int
add_type(PyObject *module, PyType_Spec *spec, const char *name)
{
    PyObject *type = PyType_FromSpec(spec);
    int done = type != NULL && PyModule_AddObjectRef(module, name, type) == 0;
    Py_XDECREF(type);
    return done;
}

PyMODINIT_FUNC
PyInit__wire(void)
{
    PyObject *made = load() ? PyModule_Create(&module) : NULL;
    if (made != NULL
        && !(add_type(made, &Head_spec, "Head") && add_type(made, &Reading_spec, "Reading"))) {
        Py_CLEAR(made);
    }
    return made;
}
