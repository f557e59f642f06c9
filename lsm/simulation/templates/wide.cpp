{# The code of an update or a reset as a function of one neuron and some of its lanes, for wide/wide.h.
   Brian2 has written it for arrays that neurons index; `places` says where these variables are. #}
{# USES_VARIABLES { N } #}
{% macro _placed(code) %}
{% set text = namespace(code=code) %}
{% for name, place in places.items() %}
{% set text.code = text.code | replace(name, place) %}
{% endfor %}
{{ text.code }}
{% endmacro %}
{% macro cpp_file() %}
{% endmacro %}
{% macro h_file() %}
#pragma once
#include <cmath>
#include "brianlib/common_math.h"
#include "brianlib/stdint_compat.h"
#include "wide/place.h"

namespace {
namespace {{codeobj_name}}_functions {
using namespace std;  // as Brian2's own units: the exp of a float is std's, not C's, which is of a double
    {{support_code_lines|autoindent}}
    {{hashdefine_lines|autoindent}}

// ALONE: in `_place.lane` and no other.
template <int LANES, bool REFRACTORY, bool ALONE>
inline __attribute__((always_inline)) void run(lsm::Place _place)
{
    float *__restrict const _state = _place.state;
    int32_t *__restrict const _release = _place.release;
    char *__restrict const _fired = _place.fired;
    {% if kind == "reset" %}
    const int32_t *__restrict const _here = _place.here;
    {% endif %}
    const auto _noise_at = [=](int lane) { return _place.noise_at(lane); };
    const size_t _vectorisation_idx = -1;
    {{_placed(scalar_code|autoindent)}}
    // Here, not in the loop: compilers would read a constant in some lanes alone, one by one.
    {% for name in constants if name in variables %}
    const float _constant_{{name}} = _place.constants[{{constants.index(name)}}];
    {% endfor %}
    #pragma GCC ivdep
    for (int _lane = ALONE ? _place.lane : 0; _lane < (ALONE ? _place.lane + 1 : LANES); _lane++)
    {
        {% for name, (type, first) in lane_variables.items() if name in variables %}
        {{type}} _lane_{{name}} = ({{first}})[_lane];
        {% endfor %}
        {{_placed(vector_code|autoindent)}}
        {% for name, (type, first) in lane_variables.items() if name in variables %}
        {% if kind == "reset" %}
        {% if name == "release" %}
        if (REFRACTORY)  // nobody looks at it otherwise
        {% endif %}
        ({{first}})[_lane] = ALONE || _here[_lane] ? _lane_{{name}} : ({{first}})[_lane];
        {% elif name != "release" %}
        ({{first}})[_lane] = _lane_{{name}};
        {% endif %}
        {% endfor %}
    }
}
}  // namespace {{codeobj_name}}_functions
}  // namespace
{% endmacro %}
