// The same as backend.c, as far as it goes, by nanobind.

#include <chrono>
#include <nanobind/nanobind.h>
#include <nanobind/stl/string.h>
#include <stdexcept>
#include <string>
#include <thread>

namespace nb = nanobind;

struct Engine {
    std::string run(const std::string &script) { return "ran " + script; }
};

struct Numbers {
    int next, end;
};

NB_MODULE(nbmod, module) {
    module.def(
        "js__add", [](int a, int b) { return a + b; }, nb::arg("a"), nb::arg("b") = 1);
    module.def("js__each", [](nb::callable callback, int count) {
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
        nb::call_guard<nb::gil_scoped_release>());
    nb::class_<Numbers>(module, "Numbers")
        .def("__iter__", [](nb::handle self) { return nb::borrow(self); })
        .def("__next__", [](Numbers &numbers) {
            if (numbers.next == numbers.end) {
                throw nb::stop_iteration();
            }
            return numbers.next++;
        });
    module.def("js__count", [](int end) { return Numbers{0, end}; });
    nb::class_<Engine>(module, "Engine")
        .def(nb::init<>())
        .def("run", &Engine::run)
        .def_static("version", [] { return "1.0"; });
}
