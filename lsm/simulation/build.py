"""Build one liquid program: ``python -m lsm.simulation.build DESCRIPTION.json FOLDER``.

It is ``FOLDER/main``. What goes wrong is said on standard error.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import brian2
from brian2 import Synapses, device, prefs, second
from brian2.devices.cpp_standalone.codeobject import CPPStandaloneCodeObject

from lsm.base.processes import end_with_input
from lsm.simulation.network import FUNCTIONS, INTEGERS, liquid, network
from lsm.simulation.programs import TIMED, real
from lsm.simulation.wide.code import generate_code, model_header


def _only_in_cpp(name: str) -> Callable[..., Any]:
    def function(*_: Any) -> Any:
        raise RuntimeError(f"{name} has no Python implementation in a compiled program")

    return function


def generate(description: dict[str, Any], folder: Path) -> None:
    """Write the project: C++ units that :func:`compile_and_link` makes a program of."""
    prefs.reset_to_defaults()  # a user's preferences file could set other flags
    prefs.codegen.cpp.compiler = "unix"
    closed = "loop" in description  # the loop's program, or the one that plays samples
    prefs.codegen.cpp.headers += ['"loop/loop.h"' if closed else '"tape.h"']
    brian2.set_device("cpp_standalone", build_on_run=False)
    CPPStandaloneCodeObject.templater = CPPStandaloneCodeObject.templater.derive("lsm.simulation")
    group = liquid(description)
    wide = not closed and real(description) == "float32"
    if wide:
        device.insert_code("before_start", "lsm::run_if_wide();")

    # What follows goes into main() as it stands: a line an array instead of a compiled unit each.

    def array(name: str) -> str:
        return str(device.get_array_name(group.variables[name], access_data=False))

    def fill_neurons() -> None:
        size = description["size"]
        lines = [
            f'lsm::fill({array(name)}, {size}, "{name}");'
            for name in (*description["constants"], *INTEGERS)
        ]
        states = ", ".join(array(name) for name in description["state"])
        pushed = ", ".join(array(name) for name in description["drives" if closed else "targets"])
        attach = "loop" if closed else "tape"
        first = array("release") if closed else f"{array('release')}, {array('_spikespace')}"
        lines.append(f"lsm::{attach}().attach({first}, {{{pushed}}}, {{{states}}}, {size});")
        device.insert_code("main", "\n".join(lines))

    def fill_synapses(synapses: Synapses) -> None:
        read = {"w": "edge_weight", "delay": "edge_delay"}
        if description["plastic"]:
            read["edge"] = "edge_index"
        for variable, name in read.items():
            owner = synapses.pre if variable == "delay" else synapses
            vector = device.get_array_name(owner.variables[variable], access_data=False)
            device.insert_code("main", f'lsm::fill({vector}.data(), {vector}.size(), "{name}");')

    stubs = {name: _only_in_cpp(name) for name in FUNCTIONS}
    net = network(group, description, stubs, fill_neurons, fill_synapses)
    if wide:
        generate_code(group, description)
    if closed:
        device.insert_code("before_network_run", "lsm::loop().send_recent();")
    timed = TIMED in description["flags"]
    if timed:
        device.insert_code("before_network_run", "lsm::ticks();")
    net.run(1e9 * second, profile=timed)  # a job ends when its samples do
    device.build(run=False, compile=False, directory=str(folder), with_output=False)
    if closed:
        (folder / "learning_rule.h").write_text(description["rule"])
    if wide:
        (folder / "wide_model.h").write_text(model_header(description))


def compile_and_link(folder: Path, flags: list[str]) -> None:
    """Compile a generated project and link it to ``main``.

    Brian2 writes a unit for each code object, and most of what compiling one takes is the headers
    that all include. So they go through the compiler as one; the wide form goes beside it.
    """
    here = Path(__file__).parent
    units = [folder / "program.cpp"]
    if (folder / "wide_model.h").exists():
        units.append(here / "wide" / "wide.cpp")
    parts = sorted(folder.rglob("*.cpp"))
    units[0].write_text("\n".join(map(_own_support_code, parts)))
    # Parts include what lies beside them.
    folders = [f"-I{place}" for place in dict.fromkeys([folder, here, *(p.parent for p in parts)])]

    def compiled(unit: Path) -> str:
        made = str(folder / f"{unit.stem}.o")
        _tool(["g++", "-c", *flags, *folders, str(unit), "-o", made])
        return made

    with ThreadPoolExecutor() as pool:
        objects = list(pool.map(compiled, units))
    _tool(["g++", "-pthread", *objects, "-o", str(folder / "main")])


def _own_support_code(unit: Path) -> str:
    """A unit's code, with its helpers in a namespace: those of the next have the same names."""
    own, brians = f"support_of_{unit.stem}", "using namespace brian;"
    text = unit.read_text().replace("namespace {", f"namespace {own} {{", 1)
    return text.replace(brians, f"{brians} using namespace {own};") if own in text else text


def _tool(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)


if __name__ == "__main__":
    end_with_input()
    described, project = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
    generate(described, project)
    compile_and_link(project, described["flags"])
