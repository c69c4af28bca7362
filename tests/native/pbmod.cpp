// The same as backend.c, as far as it goes, by pybind11.

#include <chrono>
#include <pybind11/functional.h>
#include <pybind11/pybind11.h>
#include <stdexcept>
#include <thread>

namespace py = pybind11;

struct Engine {
    std::string run(const std::string &script) { return "ran " + script; }
};

struct Numbers {
    int next, end;
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
    module.def("js__fail", [](const std::string &message) { throw std::invalid_argument(message); });
    module.def(
        "js__sleep",
        [](double seconds) {
            std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
        },
        py::call_guard<py::gil_scoped_release>());
    py::class_<Numbers>(module, "Numbers")
        .def("__iter__", [](py::object self) { return self; })
        .def("__next__", [](Numbers &numbers) {
            if (numbers.next == numbers.end) {
                throw py::stop_iteration();
            }
            return numbers.next++;
        });
    module.def("js__count", [](int end) { return Numbers{0, end}; });
    py::class_<Engine>(module, "Engine")
        .def(py::init<>())
        .def("run", &Engine::run)
        .def_static("version", [] { return "1.0"; });
}
