"""A model's update and reset by Brian2, for lanes of a neuron that stand side by side."""

from __future__ import annotations

from typing import Any

from brian2 import NeuronGroup, device
from brian2.codegen.codeobject import create_runner_codeobj
from brian2.utils.stringtools import get_identifiers

from lsm.simulation.network import reset_code, update_code


def generate_code(group: NeuronGroup, description: dict[str, Any]) -> None:
    """Have Brian2 write the update and the reset for the wide form too: ``templates/wide.cpp``."""

    def place(name: str) -> str:
        return f"_ptr{device.get_array_name(group.variables[name])}[_idx]"

    # Type, and where the lanes begin.
    variables = {v: ("float", f"_state + {k} * LANES") for k, v in enumerate(description["state"])}
    variables |= {"fired": ("char", "_fired"), "release": ("int32_t", "_release")}
    places = {place(name): f"_lane_{name}" for name in variables}
    places |= {place(name): f"_constant_{name}" for name in description["constants"]}
    step = f"_ptr{device.get_array_name(group.variables['step'])}[0]"
    places |= {
        place("refractory_steps"): "_place.refractory",
        place("i"): "_lane",
        step: "_place.step",
        "lsm_noise_at(": "_noise_at(",
    }
    never = "std::numeric_limits<int32_t>::min()"
    refractory = {place("release"): f"(REFRACTORY ? _lane_release : {never})"}
    for kind, code, others in (
        ("update", update_code(description), refractory),
        ("reset", reset_code(description), {}),
    ):
        create_runner_codeobj(
            group,
            code,
            "wide",
            group.namespace,
            name=f"wide_{kind}",
            template_kwds={
                "kind": kind,
                "lane_variables": variables,
                "constants": description["constants"],
                "places": places | others,
            },
        )


def model_header(description: dict[str, Any]) -> str:
    """What ``wide/wide.h`` asks of a model."""
    state, targets = description["state"], description["targets"]
    touched = get_identifiers(description["reset"])
    return f"""#pragma once
#include "code_objects/wide_update.h"
#include "code_objects/wide_reset.h"

struct WideModel {{
    static constexpr int LANES = {description["lanes"]};
    static constexpr int VARIABLES = {len(state)}, CONSTANTS = {len(description["constants"])};
    static constexpr int POSITIVE = {state.index(targets[0])};
    static constexpr int NEGATIVE = {state.index(targets[-1])};
    // Whether a reset can come before spikes arrive: it has nothing to do with what they change.
    static constexpr bool RESETS_AT_ONCE = {str(not touched & set(targets)).lower()};
    struct Update {{
        template <int LANES, bool REFRACTORY>
        static inline __attribute__((always_inline)) void run(lsm::Place place) {{
            wide_update_functions::run<LANES, REFRACTORY, false>(place);
        }}
    }};
    struct Reset {{
        template <int LANES, bool REFRACTORY, bool ALONE>
        static inline __attribute__((always_inline)) void run(lsm::Place place) {{
            wide_reset_functions::run<LANES, REFRACTORY, ALONE>(place);
        }}
    }};
}};
"""
