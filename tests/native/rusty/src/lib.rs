// The same as backend.c, as far as it goes, by PyO3.
#![allow(non_snake_case)]

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyType;
use std::thread::sleep;
use std::time::Duration;

#[pyfunction(b = "1")]
#[pyo3(text_signature = "(a, b=1)")]
fn js__add(a: i64, b: i64) -> i64 {
    a + b
}

#[pyfunction]
fn js__each(callback: &PyAny, count: i64) -> PyResult<i64> {
    for number in 0..count {
        callback.call1((number,))?;
    }
    Ok(count)
}

#[pyfunction]
fn js__fail(message: String) -> PyResult<()> {
    Err(PyValueError::new_err(message))
}

#[pyfunction]
fn js__panic(message: String) {
    panic!("{message}");
}

#[pyfunction]
fn js__sleep(py: Python<'_>, seconds: f64) {
    py.allow_threads(|| sleep(Duration::from_secs_f64(seconds)));
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
    fn __next__(&mut self) -> Option<i64> {
        if self.next == self.end {
            return None;
        }
        self.next += 1;
        Some(self.next - 1)
    }
}

#[pyfunction]
fn js__count(end: i64) -> Counter {
    Counter { next: 0, end }
}

// It does not say its module, so it calls itself "builtins.Engine", as most do.
#[pyclass]
struct Engine {
    #[pyo3(get)]
    runs: i64,
}

#[pymethods]
impl Engine {
    #[new]
    fn new() -> Self {
        Engine { runs: 0 }
    }
    fn run(&mut self, script: &str) -> String {
        self.runs += 1;
        format!("ran {script}")
    }
    #[staticmethod]
    fn version() -> &'static str {
        "1.0"
    }
    #[classmethod]
    fn make(cls: &PyType) -> PyResult<&PyAny> {
        cls.call0()
    }
}

#[pymodule]
fn rusty(_py: Python<'_>, module: &PyModule) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(js__add, module)?)?;
    module.add_function(wrap_pyfunction!(js__each, module)?)?;
    module.add_function(wrap_pyfunction!(js__fail, module)?)?;
    module.add_function(wrap_pyfunction!(js__panic, module)?)?;
    module.add_function(wrap_pyfunction!(js__sleep, module)?)?;
    module.add_function(wrap_pyfunction!(js__count, module)?)?;
    module.add_class::<Engine>()?;
    Ok(())
}
