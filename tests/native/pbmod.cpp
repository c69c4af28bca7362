// The same as backend.c, as far as it goes, by pybind11.

#include <pybind11/functional.h>
#include <pybind11/pybind11.h>

namespace py = pybind11;

struct Engine {
    std::string run(const std::string &script) { return "ran " + script; }
};

PYBIND11_MODULE(pbmod, module) {
    module.def(
        "js__add", [](int a, int b) { return a + b; }, py::arg("a"), py::arg("b") = 1);
    module.def("js__each", [](const std::function<void(int)> &callback, int count) {
        for (int number = 0; number < count; number++) {
            callback(number);
        }
        return count;
    });
    py::class_<Engine>(module, "Engine")
        .def(py::init<>())
        .def("run", &Engine::run)
        .def_static("version", [] { return "1.0"; });
}
