// The same as backend.c, as far as it goes, by PyO3.
#![allow(non_snake_case)]

use pyo3::prelude::*;

#[pyfunction]
#[pyo3(signature = (a, b=1))]
fn js__add(a: i64, b: i64) -> i64 {
    a + b
}

#[pyclass]
struct Engine {}

#[pymethods]
impl Engine {
    #[new]
    fn new() -> Self {
        Engine {}
    }
    fn run(&self, script: &str) -> String {
        format!("ran {script}")
    }
    #[staticmethod]
    fn version() -> &'static str {
        "1.0"
    }
}

#[pyclass]
struct Counter {
    next: i64,
    end: i64,
}

#[pymethods]
impl Counter {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }
    fn __next__(mut slf: PyRefMut<'_, Self>) -> Option<i64> {
        if slf.next == slf.end {
            return None;
        }
        slf.next += 1;
        Some(slf.next - 1)
    }
}

#[pyfunction]
fn js__count(end: i64) -> Counter {
    Counter { next: 0, end }
}

#[pyfunction]
fn js__each(callback: Bound<'_, PyAny>, count: i64) -> PyResult<i64> {
    for number in 0..count {
        callback.call1((number,))?;
    }
    Ok(count)
}

#[pymodule]
fn rusty(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_function(wrap_pyfunction!(js__add, m)?)?;
    m.add_function(wrap_pyfunction!(js__count, m)?)?;
    m.add_function(wrap_pyfunction!(js__each, m)?)?;
    m.add_class::<Engine>()?;
    Ok(())
}
