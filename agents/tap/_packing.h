/* msgpack, as far as plain events need it.

   Every function gives 0 if what it is to pack is not plain, or there is no memory. */

#ifndef TAPSCOPE_PACKING_H
#define TAPSCOPE_PACKING_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

#define MAX_LENGTH 1000
#define MAX_BYTES (1 << 20)

/* Bytes as they grow; few of them need no memory of their own. */
typedef struct {
    char *start;
    Py_ssize_t size, room;
    char few[4096];
} Packed;

static inline int
reserve(Packed *packed, Py_ssize_t count)
{
    Py_ssize_t needed = packed->size + count, room = needed + needed / 2;
    if (needed <= packed->room) {
        return 1;
    }
    int first = packed->start == packed->few;
    char *start = needed > MAX_BYTES ? NULL : PyMem_Realloc(first ? NULL : packed->start, room);
    if (start == NULL) {
        return 0;
    }
    if (first) {
        memcpy(start, packed->few, packed->size);
    }
    packed->start = start;
    packed->room = room;
    return 1;
}

/* A byte that tells what comes, and a number of so many bytes, the highest first. */
static inline int
pack_head(Packed *packed, int kind, uint64_t number, int bytes)
{
    if (!reserve(packed, 1 + bytes)) {
        return 0;
    }
    packed->start[packed->size++] = (char)kind;
    while (bytes-- > 0) {
        packed->start[packed->size++] = (char)(number >> (8 * bytes));
    }
    return 1;
}

static inline int
pack_number(Packed *packed, uint64_t number)
{
    if (number < 0x80) {
        return pack_head(packed, (int)number, 0, 0);
    }
    if (number <= 0xff) {
        return pack_head(packed, 0xcc, number, 1);
    }
    if (number <= 0xffff) {
        return pack_head(packed, 0xcd, number, 2);
    }
    if (number <= 0xffffffff) {
        return pack_head(packed, 0xce, number, 4);
    }
    return pack_head(packed, 0xcf, number, 8);
}

static inline int
pack_int(Packed *packed, PyObject *value)
{
    int overflow;
    long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
    return !overflow && number >= 0 && pack_number(packed, (uint64_t)number);
}

static inline int
pack_none(Packed *packed)
{
    return pack_head(packed, 0xc0, 0, 0);
}

static inline int
pack_bool(Packed *packed, PyObject *value)
{
    return pack_head(packed, value == Py_True ? 0xc3 : 0xc2, 0, 0);
}

static inline int
pack_array(Packed *packed, Py_ssize_t length)
{
    if (length < 16) {
        return pack_head(packed, 0x90 | (int)length, 0, 0);
    }
    return length <= MAX_LENGTH && pack_head(packed, 0xdc, (uint64_t)length, 2);
}

static inline int
append(Packed *packed, const char *data, Py_ssize_t length)
{
    if (!reserve(packed, length)) {
        return 0;
    }
    memcpy(packed->start + packed->size, data, length);
    packed->size += length;
    return 1;
}

/* The kind is that of less than 256 bytes; those of more follow it. */
static inline int
pack_data(Packed *packed, const char *data, Py_ssize_t length, int kind)
{
    int wide = length <= 0xff ? 0 : length <= 0xffff ? 1 : 2;
    return length <= MAX_BYTES && pack_head(packed, kind + wide, (uint64_t)length, 1 << wide)
           && append(packed, data, length);
}

static inline int
pack_bytes(Packed *packed, PyObject *bytes)
{
    return pack_data(packed, PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes), 0xc4);
}

static inline int
pack_str(Packed *packed, PyObject *text)
{
    Py_ssize_t length;
    const char *data = PyUnicode_AsUTF8AndSize(text, &length);
    if (data == NULL) {
        return 0;
    }
    if (length < 32) {
        return pack_head(packed, 0xa0 | (int)length, 0, 0) && append(packed, data, length);
    }
    return pack_data(packed, data, length, 0xd9);
}

#endif
